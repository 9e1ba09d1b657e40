"""What goes onto the one page of the report, and what gives way when there is too much."""

from __future__ import annotations

import pytest

from consortium.casework.models import Service
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations.queries.report import SIZES, laid_out, lines_of, width_of
from tests.cast import client_for
from tests.consultations.cases import answered, claimed


def test_a_han_character_is_two_letters_wide() -> None:
    assert width_of("喘鸣 ok") == 7
    assert lines_of("喘" * 50, 100) == 1
    assert lines_of("喘" * 51, 100) == 2
    assert lines_of("a\n\nb", 100) == 3


@pytest.mark.parametrize(("lines", "size"), [(10, "roomy"), (26, "plain"), (38, "dense"), (51, "tiny")])
def test_print_grows_smaller_with_the_text(lines: int, size: str) -> None:
    asked, advice = [("Q", "why?")], [("I", "\n".join(["x"] * (lines - 1)))]
    assert laid_out(asked, advice) == (size, False, asked, advice)


@pytest.mark.parametrize("text", ["x" * 90_000, "x\n" * 4000, "喘" * 40_000, "word " * 9000])
def test_too_much_is_cut_to_the_page_and_says_so(text: str) -> None:
    size, cut, asked, advice = laid_out([("Q", text)], [("Impression", text), ("Do now", text), ("Flags", "short")])
    _name, per_line, most = SIZES[-1]
    assert (size, cut) == ("tiny", True)
    assert sum(lines_of(t, per_line) for _h, t in (*asked, *advice)) <= most
    assert all(t.endswith("[…]") for _h, t in (*asked, *advice[:2]))
    assert advice[2] == ("Flags", "short")
    # the answer keeps three quarters of the page
    assert sum(lines_of(t, per_line) for _h, t in advice) >= most * 3 // 4 - 2


def test_the_report_is_for_who_knows_the_child(
    asker: User, specialist: User, coordinator: User, stranger: User, patient: Patient, service: Service
) -> None:
    url = f"/consultations/{answered(asker, specialist, patient, service).pk}/report/"
    for user, status in ((asker, 200), (specialist, 200), (coordinator, 404), (stranger, 404)):
        assert client_for(user).get(url).status_code == status, user.username


def test_there_is_no_report_before_an_answer(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    made = claimed(asker, specialist, patient, service)
    assert client_for(asker).get(f"/consultations/{made.pk}/report/").status_code == 404


def test_the_asking_institution_decides_about_the_letterhead(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    url = f"/consultations/{answered(asker, specialist, patient, service).pk}/report/"
    assert "letterhead" not in client_for(asker).get(url).content.decode()
    patient.registered_at.letterhead = "Yanghang Health, Room 12"
    patient.registered_at.save()
    assert "Yanghang Health, Room 12" in client_for(asker).get(url).content.decode()


def test_it_prints_in_the_language_asked_for(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    url = f"/consultations/{answered(asker, specialist, patient, service).pk}/report/"
    page = client_for(asker).get(url, {"language": "zh-hans"}).content.decode()
    assert '<html lang="zh-hans"' in page
    assert '<html lang="en"' in client_for(asker).get(url, {"language": "klingon"}).content.decode()
