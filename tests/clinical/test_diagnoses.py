"""The diagnoses that pass between tiers: their codes, and what a doctor writes for them."""

from __future__ import annotations

import pytest

from consortium.clinical.diagnoses import CODE, diagnoses, read, words_of


def test_every_code_has_the_form_of_icd_10_and_words_in_both_languages() -> None:
    wrong = [d for d in diagnoses().values() if not CODE.fullmatch(d.code) or not d.en or d.en == d.zh]

    assert wrong == []


def test_no_code_and_no_words_stand_twice() -> None:
    rows = list(diagnoses().values())

    assert len(rows) == len({d.en for d in rows}) == len({d.zh for d in rows}) > 150


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("J21.9 Acute bronchiolitis", ("J21.9", "Acute bronchiolitis")),
        ("j21.9 mild", ("J21.9", "mild")),
        ("A38", ("A38", "Scarlet fever")),
        ("Z99.9", ("Z99.9", "")),
        ("asthma", ("J45.9", "asthma")),
        ("哮喘", ("J45.9", "哮喘")),
        ("J4599", ("", "J4599")),
        ("  Something   rare ", ("", "Something rare")),
        ("", ("", "")),
    ],
)
def test_what_is_written_is_read_as_code_and_words(written: str, kept: tuple[str, str]) -> None:
    assert read(written) == kept


def test_the_listed_words_are_told_in_the_reader_s_language() -> None:
    assert words_of("J45.9", "Asthma", "zh-hans") == "哮喘"
    assert words_of("J45.9", "哮喘", "en") == "Asthma"


def test_a_doctor_s_own_words_stay_as_they_are() -> None:
    assert words_of("J45.9", "Asthma, first attack", "zh-hans") == "Asthma, first attack"
    assert words_of("", "Something rare", "en") == "Something rare"
