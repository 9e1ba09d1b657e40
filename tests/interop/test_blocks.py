"""The building blocks: what is empty is left out, times are UTC, words come in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from consortium.interop.r4 import blocks
from consortium.interop.r4.bundles import collection, searchset
from consortium.interop.r4.outcomes import outcome
from consortium.kernel.errors import NotVisible

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
ANSWER = _("Answer")


@pytest.mark.parametrize("empty", [None, "", [], {}, ()])
def test_what_is_empty_is_left_out(empty: Any) -> None:
    assert blocks.said(a=empty, b=1) == {"b": 1}


@pytest.mark.parametrize("value", [0, False, "x", [0]])
def test_nought_and_no_are_said(value: Any) -> None:
    assert blocks.said(a=value) == {"a": value}


def test_a_word_of_python_is_an_element() -> None:
    assert blocks.said(for_="x", _name="y") == {"for": "x", "_name": "y"}


def test_a_resource_has_its_version_and_instant() -> None:
    made = blocks.resource("Task", "1", updated=NOON, version=7, status="")
    assert made == {
        "resourceType": "Task", "id": "1",
        "meta": {
            "versionId": "7", "lastUpdated": "2026-11-22T12:00:00.123Z",
            "profile": ["http://hl7.org/fhir/StructureDefinition/Task"],
        },
    }  # fmt: skip


def test_without_a_version_it_is_the_instant() -> None:
    assert blocks.resource("Task", 1, updated=NOON)["meta"]["versionId"] == "1795348800123"


def test_what_was_never_changed_has_no_version() -> None:
    assert set(blocks.resource("Task", 1)["meta"]) == {"profile"}


def test_another_profile_may_be_named() -> None:
    assert blocks.resource("Observation", 1, profile="vitalsigns")["meta"]["profile"][0].endswith("/vitalsigns")


def test_an_instant_is_told_in_utc() -> None:
    shanghai = NOON.astimezone(timezone(timedelta(hours=8)))
    assert blocks.instant(shanghai) == "2026-11-22T12:00:00.123Z"


def test_no_instant_is_none() -> None:
    assert blocks.instant(None) is None


def test_a_period_may_be_of_days_and_stand_open() -> None:
    assert blocks.period(date(2026, 1, 2)) == {"start": "2026-01-02"}


@pytest.mark.parametrize(("value", "told"), [("6.80", 6.8), ("40.0", 40), ("0", 0)])
def test_a_quantity_is_a_number_with_its_ucum_unit(value: str, told: float) -> None:
    made = blocks.quantity(Decimal(value), "kg", "kg")
    assert made == {"value": told, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"}
    assert type(made["value"]) is type(told)


def test_a_label_comes_in_both_languages_whatever_the_reader_s() -> None:
    with translation.override("zh-hans"):
        assert blocks.both(ANSWER) == ("Answer", "答复")
    assert blocks.both(ANSWER) == ("Answer", "答复")


def test_what_is_the_same_in_both_is_not_translated() -> None:
    assert blocks.both("DICOM") == ("DICOM", "")


def test_a_translation_stands_beside_the_string() -> None:
    name = blocks.named("Children's Hospital", "儿童医院")
    inner = name["_name"]["extension"][0]
    assert name["name"] == "Children's Hospital"
    assert inner["url"] == "http://hl7.org/fhir/StructureDefinition/translation"
    assert [list(each.values())[1] for each in inner["extension"]] == ["zh-Hans", "儿童医院"]


def test_a_name_in_chinese_alone_is_the_name() -> None:
    assert blocks.named("", "儿童医院") == {"name": "儿童医院"}
    assert blocks.human_name("", "林小雨") == [{"text": "林小雨"}]


def test_nobody_has_no_name() -> None:
    assert blocks.human_name("") == []


def test_a_code_of_ours_is_named_by_its_group() -> None:
    assert blocks.coding("", "step/answered") == {"system": "urn:consortium:code:step", "code": "answered"}


def test_a_code_of_theirs_keeps_its_slash() -> None:
    assert blocks.coding("http://x", "a/b") == {"system": "http://x", "code": "a/b"}


def test_a_concept_s_own_words_are_translated_with_their_label() -> None:
    assert blocks.concept(text=ANSWER)["_text"]
    assert blocks.concept(text="typed by somebody") == {"text": "typed by somebody"}


def test_who_may_not_be_known_is_masked() -> None:
    made = blocks.masked("Girl, 7 months")
    assert made["display"] == "Girl, 7 months"
    assert made["extension"][0]["valueCode"] == "masked"
    assert "reference" not in made


def test_references_are_found_at_any_depth() -> None:
    tree = {"a": [{"reference": "Patient/1"}, {"b": {"c": ({"reference": "Task/2"},)}}], "reference": "Task/3"}
    assert blocks.references_in(tree) == {"Patient/1", "Task/2", "Task/3"}


def test_ids_of_a_kind() -> None:
    assert blocks.ids_of("Task", {"Task/2", "Task/1", "TaskX/9", "Patient/1"}) == ["1", "2"]


def test_an_id_that_no_row_has_names_nothing() -> None:
    key = uuid4()
    assert blocks.uuid_in(str(key)) == key
    with pytest.raises(NotVisible):
        blocks.uuid_in("1 or 1")


# -- bundles and outcomes ---------------------------------------------------------------------------------------------


def test_a_page_names_itself_and_the_next() -> None:
    one = blocks.resource("Task", "1")
    page = searchset([one], base="http://h/fhir/R4", own="http://h/fhir/R4/Task", following="http://h/next")
    assert page["link"] == [
        {"relation": "self", "url": "http://h/fhir/R4/Task"},
        {"relation": "next", "url": "http://h/next"},
    ]
    assert page["entry"][0]["fullUrl"] == "http://h/fhir/R4/Task/1"
    assert "total" not in page


def test_an_empty_page_has_no_entry() -> None:
    assert "entry" not in searchset([], base="b", own="b/Task")


def test_the_last_page_has_no_next() -> None:
    assert [link["relation"] for link in searchset([], base="b", own="b/Task")["link"]] == ["self"]


def test_a_collection_says_when_and_of_what() -> None:
    made = collection([], base="b", at=NOON, identifier=blocks.identifier("case", "7"))
    assert (made["type"], made["timestamp"]) == ("collection", "2026-11-22T12:00:00.123Z")
    assert made["identifier"] == {"system": "urn:consortium:id:case", "value": "7"}


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, "not-found"), (401, "login"), (429, "throttled"), (422, "processing"), (500, "exception")],
)
def test_a_status_has_its_issue_type(status: int, code: str) -> None:
    (issue,) = outcome(status, "own-code", "Words.")["issue"]
    assert (issue["severity"], issue["code"], issue["diagnostics"]) == ("error", code, "Words.")
    assert issue["details"]["coding"][0]["code"] == "own-code"


def test_each_wrong_field_is_an_issue() -> None:
    issues = outcome(400, "bad-search", "", {"a": "unknown", "b": "unknown too"})["issue"]
    assert [issue["diagnostics"] for issue in issues] == ["a: unknown", "b: unknown too"]
