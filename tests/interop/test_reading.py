"""The reader: HL7's own examples go through it and through the models, and what is no FHIR does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from consortium.interop.r4.reading import Asked, Doing, Other, Said, Unreadable, read, read_all
from tests.architecture.measures import ROOT
from tests.interop.checking import accepted, path

EXAMPLES = ROOT / "node_modules" / "hl7.fhir.r4.examples"
DOCTOR = "Practitioner/3ad0687e-f477-468c-afd5-fcc2bf897809"
KINDS = {"ServiceRequest": Asked, "Task": Doing, "Communication": Said}
FILES = [file for kind in KINDS for file in sorted(EXAMPLES.glob(f"{kind}-*.json"))]
REQUEST = {
    "resourceType": "ServiceRequest",
    "status": "active",
    "intent": "order",
    "subject": {"reference": "Patient/1"},
}


def example(name: str) -> Any:
    return json.loads((EXAMPLES / name).read_text(encoding="utf-8"))


def test_there_are_all_of_hl7_s_examples() -> None:
    counted = {kind: sum(file.name.startswith(f"{kind}-") for file in FILES) for kind in KINDS}
    assert counted == {"ServiceRequest": 20, "Task": 12, "Communication": 3}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_example_of_hl7_passes(file: Path) -> None:
    given = json.loads(file.read_text(encoding="utf-8"))
    found = accepted(given)
    assert isinstance(found, KINDS[given["resourceType"]])
    assert found.id == given["id"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_reader_says_what_fhirpath_finds(file: Path) -> None:
    given = json.loads(file.read_text(encoding="utf-8"))
    found: Any = read(given)
    assert [found.status] == path(given, f"{given['resourceType']}.status")
    subject = "for" if given["resourceType"] == "Task" else "subject"
    named = path(given, f"{subject}.reference") or path(given, f"{subject}.display") or [""]
    assert [found.subject] == named


def test_a_request_is_read() -> None:
    found = read(example("ServiceRequest-colonoscopy.json"))
    assert isinstance(found, Asked)
    assert (found.intent, found.subject, found.requester) == ("order", "Patient/example", DOCTOR)
    assert (found.status, found.what, found.performers) == ("completed", "Colonoscopy", ("Practitioner/example",))


def test_a_task_is_read() -> None:
    found = read(example("Task-example1.json"))
    assert isinstance(found, Doing)
    assert (found.status, found.owner) == ("in-progress", "Organization/1832473e-2fe0-452d-abe9-3cdb9879522f")
    assert found.business_status == "waiting for specimen"


def test_a_communication_is_read() -> None:
    found = read(example("Communication-example.json"))
    assert isinstance(found, Said)
    assert found.sender.startswith("Device/")
    assert (found.about, found.texts[0][:9]) == (("Serum Potassium Observation",), "Patient 1")


def test_any_other_resource_is_named() -> None:
    assert read({"resourceType": "Patient", "id": "7"}) == Other("Patient", "7")


def test_a_bundle_is_read_in_its_order() -> None:
    entries = [{"resource": REQUEST}, {"fullUrl": "urn:x"}, {"resource": {"resourceType": "Patient", "id": "1"}}]
    found = read_all({"resourceType": "Bundle", "entry": entries})
    assert [type(each) for each in found] == [Asked, Other]


def test_one_resource_is_a_list_of_one() -> None:
    assert len(read_all(REQUEST)) == 1


@pytest.mark.parametrize("given", [None, [], "x", {}, {"resourceType": 7}])
def test_what_is_no_resource_is_refused(given: Any) -> None:
    with pytest.raises(Unreadable, match="no resource"):
        read(given)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"status": None}, "status is missing"),
        ({"status": "open"}, "not one of R4's codes: open"),
        ({"status": 7}, "status is not text"),
        ({"intent": None}, "intent is missing"),
        ({"priority": "high"}, "priority is not one"),
        ({"subject": None}, "subject is missing"),
        ({"subject": "Patient/1"}, "subject is not a reference"),
        ({"performer": {"reference": "x"}}, "performer is not a list"),
        ({"performer": ["x"]}, "performer is not a list"),
        ({"code": []}, "code is not a concept"),
    ],
)
def test_what_r4_does_not_allow_is_refused_by_name(change: dict[str, Any], words: str) -> None:
    given = {name: value for name, value in {**REQUEST, **change}.items() if value is not None}
    with pytest.raises(Unreadable, match=words):
        read(given)


def test_a_status_of_r5_is_refused_for_a_task() -> None:
    with pytest.raises(Unreadable, match="unknown"):
        read({"resourceType": "Task", "status": "unknown", "intent": "order"})


def test_words_are_the_text_or_else_a_code() -> None:
    plain = {**REQUEST, "code": {"coding": [{"code": "A"}, {"display": "B"}]}}
    said: Any = read(plain)
    assert said.what == "A"
    shown: Any = read({**REQUEST, "code": {"text": "Help", "coding": [{"code": "A"}]}})
    assert shown.what == "Help"


def test_what_lasts_strangely_has_no_period() -> None:
    found: Any = read({"resourceType": "Task", "status": "ready", "intent": "plan", "executionPeriod": "now"})
    assert (found.since, found.until) == ("", "")
