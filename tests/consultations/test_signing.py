"""Name and title of the signer stand in the reader's language, as far as they were written in it."""

from __future__ import annotations

import pytest
from django.utils import translation

from consortium.casework.models import Service
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations.models import Answer, Consultation
from consultations.queries.signing import signer_name, spoken_title
from tests.cast import client_for
from tests.consultations.cases import answered

BOTH = "Chief physician · 主任医师"


@pytest.fixture
def signed(asker: User, specialist: User, patient: Patient, service: Service) -> Consultation:
    User.objects.filter(pk=specialist.pk).update(full_name="Shen Kai", full_name_zh="沈凯", title=BOTH)
    return answered(asker, User.objects.get(pk=specialist.pk), patient, service)


@pytest.mark.parametrize(
    ("title", "english", "chinese"),
    [
        (BOTH, "Chief physician", "主任医师"),
        ("主任医师 · Chief physician", "Chief physician", "主任医师"),
        ("Chief physician", "Chief physician", "Chief physician"),
        ("主任医师", "主任医师", "主任医师"),
        ("Professor · Chief physician", "Professor · Chief physician", "Professor · Chief physician"),
        ("Professor · Chief physician · 主任医师", "Professor · Chief physician", "主任医师"),
        ("", "", ""),
    ],
)
def test_a_title_in_two_languages_is_said_in_the_readers(title: str, english: str, chinese: str) -> None:
    with translation.override("en"):
        assert spoken_title(title) == english
    with translation.override("zh-hans"):
        assert spoken_title(title) == chinese


@pytest.mark.parametrize(("language", "name"), [("en", "Shen Kai"), ("zh-hans", "沈凯")])
def test_the_name_in_the_readers_script(signed: Consultation, language: str, name: str) -> None:
    with translation.override(language):
        assert signer_name(Answer.unscoped.get(case_id=signed.pk)) == name


def test_a_name_that_was_changed_since_stays_as_it_was_signed(signed: Consultation, specialist: User) -> None:
    User.objects.filter(pk=specialist.pk).update(full_name="Shen Kaiming", full_name_zh="沈开明")
    with translation.override("zh-hans"):
        assert signer_name(Answer.unscoped.get(case_id=signed.pk)) == "Shen Kai"


@pytest.mark.parametrize(
    ("language", "there", "absent"),
    [("en", "<strong>Shen Kai</strong>, Chief physician<br>", "主任医师"),
     ("zh-hans", "<strong>沈凯</strong>, 主任医师<br>", "Chief physician")],
)  # fmt: skip
def test_the_report_is_signed_in_its_language(
    signed: Consultation, asker: User, language: str, there: str, absent: str
) -> None:
    page = client_for(asker).get(f"/consultations/{signed.pk}/report/", {"language": language}).content.decode()
    assert there in page
    assert absent not in page


def test_so_is_its_plain_text(signed: Consultation, asker: User) -> None:
    page = client_for(asker).get(f"/consultations/{signed.pk}/report/", {"language": "zh-hans"}).content.decode()
    assert "沈凯, 主任医师" in page.partition('<pre id="plain"')[2]


def test_so_is_the_answer_on_the_page_of_the_case(signed: Consultation, asker: User) -> None:
    client = client_for(asker)
    chinese = client.get(f"/consultations/{signed.pk}/", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "沈凯" in chinese
    assert "Chief physician" not in chinese
