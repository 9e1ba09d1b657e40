"""Search in both languages: words, parts of Chinese words, beginnings, pinyin initials."""

from __future__ import annotations

import pytest

from consortium.kernel.errors import NotVisible
from decision_manual.models import PathwayVersion
from decision_manual.operations.loading import initials
from decision_manual.queries import found, indication_cited

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "text",
    [
        "cough",
        "Cough",
        "pneumonia",
        "pneum",
        "breath difficult",
        "咳嗽",
        "咳",
        "呼吸困难",
        "肺炎",
        "ks",
        "fy",
        "胸凹陷",
    ],
)
def test_the_cough_page_is_found_by(text: str, cough_version: PathwayVersion) -> None:
    assert [hit.pathway for hit in found(text)] == ["cough-2-59m"]


@pytest.mark.parametrize("text", ["", "  ", "zebra", "肺咳", "'", ":*&!|", "%", "\0", "\\", "()"])
def test_nothing_is_found_by(text: str, cough_version: PathwayVersion) -> None:
    assert found(text) == []


def test_a_title_goes_before_a_paragraph(cough_version: PathwayVersion) -> None:
    (hit,) = found("cough")

    assert hit.place == "title"


def test_one_query_finds_it(cough_version: PathwayVersion, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        found("cough")


def test_initials_of_a_chinese_title() -> None:
    assert initials("发热", "zh") == "fr"


def test_an_english_title_has_no_initials() -> None:
    assert initials("Fever", "en") == ""


def test_an_indication_is_cited_by_its_id(cough_version: PathwayVersion) -> None:
    cited = indication_cited("RI-cough-1")

    assert (cited["urgency"], cited["pathway"], cited["version"]) == ("E1", "cough-2-59m", 1)


def test_an_indication_that_is_not_there_is_hidden(cough_version: PathwayVersion) -> None:
    with pytest.raises(NotVisible):
        indication_cited("RI-nothing-1")
