"""Texts to start from: written by a lead in both languages, found, offered, retired."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from consortium.casework.models import Service
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, NotVisible
from consortium.patients.models import Patient
from consortium.people.models import Specialty, User
from consultations.models import AnswerTemplate
from consultations.operations import save_template
from consultations.operations.templates import retire_template, write_template
from consultations.queries.templates import pairs_of, specialties_led, templates_for
from tests.cast import actor_for, client_for
from tests.consultations.cases import by, claimed

pytestmark = pytest.mark.django_db
CROUP = {"title": "Croup", "red_flags": "Stridor at rest.", "when_to_refer": "", "follow_up": "Tomorrow."}
CROUP_ZH = {"title": "急性喉炎", "red_flags": "安静时喉喘鸣。"}


def write(lead: User, specialty: Specialty, pair: UUID, **texts: Any) -> list[AnswerTemplate]:
    said = {code.replace("_", "-"): parts for code, parts in texts.items()}
    rows: list[AnswerTemplate] = by(lead, write_template, specialty_id=specialty.pk, texts=said, pair=pair)
    return rows


@pytest.fixture
def pair(lead: User, respiratory: Specialty) -> UUID:
    named = uuid4()
    write(lead, respiratory, named, en=CROUP, zh_hans=CROUP_ZH)
    return named


def test_one_text_in_two_languages_is_a_pair(pair: UUID, lead: User, respiratory: Specialty) -> None:
    (found,) = pairs_of([respiratory])
    assert set(found.texts) == {"en", "zh-hans"}


def test_it_is_named_in_the_readers_language(pair: UUID, respiratory: Specialty) -> None:
    with translation.override("zh-hans"):
        assert pairs_of([respiratory])[0].title == "急性喉炎"


def test_in_one_language_alone_it_has_that_name(lead: User, respiratory: Specialty) -> None:
    write(lead, respiratory, uuid4(), zh_hans=CROUP_ZH)
    assert pairs_of([respiratory])[0].title == "急性喉炎"


def test_sent_twice_it_is_one(pair: UUID, lead: User, respiratory: Specialty) -> None:
    before = Entry.unscoped.count()
    write(lead, respiratory, pair, en=CROUP, zh_hans=CROUP_ZH)
    assert AnswerTemplate.objects.count() == 2
    assert Entry.unscoped.count() == before, "nothing changed, nothing is said"


def test_a_language_left_out_is_no_longer_offered(pair: UUID, lead: User, respiratory: Specialty) -> None:
    write(lead, respiratory, pair, en={**CROUP, "title": "Croup, mild"})
    assert [row.title for row in AnswerTemplate.objects.offered()] == ["Croup, mild"]


def test_written_again_it_is_offered_again(pair: UUID, lead: User, respiratory: Specialty) -> None:
    by(lead, retire_template, pair=pair)
    write(lead, respiratory, pair, en=CROUP)
    assert [row.title for row in AnswerTemplate.objects.offered()] == ["Croup"]


def test_only_the_lead_of_the_specialty_writes(
    pair: UUID, lead: User, specialist: User, cardiology: Specialty, respiratory: Specialty
) -> None:
    with pytest.raises(NotPermitted):
        write(lead, cardiology, uuid4(), en=CROUP)
    with pytest.raises(NotPermitted):
        write(specialist, respiratory, uuid4(), en=CROUP)


def test_a_text_stays_with_its_specialty(pair: UUID, lead: User, cardiology: Specialty, other_service: Service) -> None:
    from tests.factories.cases import make_service_member

    make_service_member(other_service, lead, is_lead=True)
    with pytest.raises(InvalidInput) as refused:
        write(lead, cardiology, pair, en=CROUP)
    assert "specialty_id" in refused.value.fields


@pytest.mark.parametrize(
    ("texts", "field"),
    [({}, "title"), ({"en": {"title": ""}}, "title.en"), ({"fr": CROUP}, "title.fr"),
     ({"en": {**CROUP, "title": "x" * 121}}, "title.en"), ({"en": {**CROUP, "follow_up": "x" * 2001}}, "follow_up.en")],
)  # fmt: skip
def test_what_is_wrong_is_named(lead: User, respiratory: Specialty, texts: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        write(lead, respiratory, uuid4(), **texts)
    assert set(refused.value.fields) == {field}


def test_two_texts_of_one_name_are_told_apart(pair: UUID, lead: User, respiratory: Specialty) -> None:
    with pytest.raises(DomainError, match="has this title already"):
        write(lead, respiratory, uuid4(), en=CROUP)


def test_a_retired_name_is_free_again(pair: UUID, lead: User, respiratory: Specialty) -> None:
    by(lead, retire_template, pair=pair)
    assert write(lead, respiratory, uuid4(), en=CROUP)


def test_retiring_twice_is_once(pair: UUID, lead: User) -> None:
    by(lead, retire_template, pair=pair)
    at = AnswerTemplate.objects.filter(pair=pair).values_list("retired_at", flat=True)
    before = list(at)
    by(lead, retire_template, pair=pair)
    assert list(at.all()) == before


def test_what_is_not_there_is_not_retired(lead: User) -> None:
    with pytest.raises(NotVisible):
        by(lead, retire_template, pair=uuid4())


def test_the_older_way_of_writing_finds_its_text(lead: User, respiratory: Specialty) -> None:
    words = {"specialty_id": respiratory.pk, "language": "en", "title": "Croup"}
    assert by(lead, save_template, **words).pk == by(lead, save_template, **words, red_flags="Stridor").pk


@pytest.mark.parametrize(("words", "found"), [("stridor", 1), ("喉喘鸣", 1), ("asthma", 0), ("", 1)])
def test_words_are_found_in_either_language(pair: UUID, respiratory: Specialty, words: str, found: int) -> None:
    pairs = pairs_of([respiratory], search=words)
    assert len(pairs) == found
    assert all(len(each.texts) == 2 for each in pairs), "found by one half, shown whole"


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_is_one_query(lead: User, respiratory: Specialty, count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        write(lead, respiratory, uuid4(), en={**CROUP, "title": f"Croup {number}"})
    with django_assert_num_queries(1):
        assert len(pairs_of([respiratory])) == count


def test_who_leads_nothing_has_no_specialty(specialist: User) -> None:
    assert specialties_led(actor_for(specialist)) == []


def test_an_answer_is_offered_what_is_not_retired(
    pair: UUID, lead: User, asker: User, specialist: User, patient: Patient, service: Service, respiratory: Specialty
) -> None:
    made = claimed(asker, specialist, patient, service)
    with acting_as(actor_for(specialist)):
        assert [row.title for row in templates_for(made)] == ["Croup"]
    by(lead, retire_template, pair=pair)
    with acting_as(actor_for(specialist)):
        assert templates_for(made) == []


def test_the_page_lists_searches_and_links(pair: UUID, lead: User, specialist: User) -> None:
    client = client_for(lead)
    assert f"/consultations/templates/{pair}/" in client.get("/consultations/templates/").content.decode()
    assert "Nothing found" in client.get("/consultations/templates/", {"q": "asthma"}).content.decode()
    alone = client.get("/consultations/templates/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in alone
    assert client_for(specialist).get("/consultations/templates/").status_code == 403


def test_the_form_keeps_both_halves(lead: User, respiratory: Specialty) -> None:
    client, key = client_for(lead), uuid4()
    said = {"specialty_id": respiratory.pk, "request_key": key, "title.en": "Croup", "title.zh-hans": "急性喉炎"}
    for _ in range(2):
        assert client.post("/consultations/templates/new/", said).status_code == 302
    assert {row.title for row in AnswerTemplate.objects.filter(pair=key)} == {"Croup", "急性喉炎"}


def test_the_form_shows_what_was_written(pair: UUID, lead: User) -> None:
    text = client_for(lead).get(f"/consultations/templates/{pair}/").content.decode()
    assert "Stridor at rest." in text
    assert "安静时喉喘鸣。" in text


def test_the_form_comes_back_with_what_is_wrong(pair: UUID, lead: User, respiratory: Specialty) -> None:
    said = {"specialty_id": respiratory.pk, "red_flags.en": "Stridor."}
    answer = client_for(lead).post("/consultations/templates/new/", said)
    assert answer.status_code == 422
    assert "Give it a title." in answer.content.decode()


def test_a_name_that_is_taken_comes_back_too(pair: UUID, lead: User, respiratory: Specialty) -> None:
    said = {"specialty_id": respiratory.pk, "title.en": "Croup"}
    answer = client_for(lead).post("/consultations/templates/new/", said)
    assert answer.status_code == 422
    assert "has this title already" in answer.content.decode()


def test_retired_by_the_page_it_is_gone_from_it(pair: UUID, lead: User) -> None:
    client = client_for(lead)
    assert client.post(f"/consultations/templates/{pair}/retire/").status_code == 302
    assert client.get(f"/consultations/templates/{pair}/").status_code == 404


def test_the_api_writes_finds_and_retires(lead: User, respiratory: Specialty) -> None:
    client, pair = client_for(lead), uuid4()
    url = f"/api/v1/answer-templates/{pair}/"
    kind: dict[str, Any] = {"content_type": "application/json"}
    texts = {"en": {"title": "Croup", "red_flags": "Stridor"}}
    said = {"specialty_id": str(respiratory.pk), "texts": texts}
    assert client.put(url, said, **kind).json()["results"][0]["title"] == "Croup"
    found = client.get("/api/v1/answer-templates/", {"q": "strid"}).json()["results"]
    assert [row["pair"] for row in found] == [str(pair)]
    assert client.delete(url).status_code == 204
    assert client.get("/api/v1/answer-templates/").json()["results"] == []


def test_the_database_wants_a_title(respiratory: Specialty) -> None:
    with pytest.raises(IntegrityError, match="consultations_template_has_title"), transaction.atomic():
        AnswerTemplate.objects.create(specialty=respiratory, language="en", title="")


def test_the_database_keeps_one_of_each_language(pair: UUID, respiratory: Specialty) -> None:
    with pytest.raises(IntegrityError, match="consultations_template_pair"), transaction.atomic():
        AnswerTemplate.objects.create(
            specialty=respiratory, language="en", title="Other", pair=pair, retired_at=clock.now()
        )
