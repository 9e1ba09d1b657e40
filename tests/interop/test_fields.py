"""S5: which fields of which resource each role reads, as a list that is compared letter by letter.

A field that is added anywhere stands out here, and somebody has to say that this role may read it: the test that fails
prints what would have to be written into golden/.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.cast import client_for
from tests.interop.told import Told

pytestmark = pytest.mark.django_db
GOLDEN = Path(__file__).parent / "golden"
#: what is asked for in whose name; `queue` is a specialist of the service in whose queue the case lies
READERS = {
    "asker": "asker",
    "responder": "heart",
    "queue": "lungs",
    "coordinator": "coordinator",
    "stranger": "stranger",
}
OF_CHILD = (
    "Appointment", "AuditEvent", "Communication", "Consent", "DocumentReference", "EpisodeOfCare", "Observation",
    "Provenance", "RelatedPerson", "ServiceRequest", "Task",
)  # fmt: skip
#: of these the inner fields say nothing more
WHOLE = ("meta", "coding", "_display", "_text", "_name", "_comment", "period", "executionPeriod", "identifier")


def fields(value: Any, path: str) -> set[str]:
    """Every path of names in a resource, lists passed over."""
    if isinstance(value, list):
        return set().union(*(fields(each, path) for each in value)) if value else set()
    if not isinstance(value, dict) or path.rpartition(".")[2] in WHOLE:
        return {path}
    found: set[str] = set()
    for name, inner in value.items():
        if name != "resourceType":
            found |= fields(inner, f"{path}.{name}")
    return found


def read_by(client: Client, told: Told) -> list[str]:
    """All the fields that somebody is shown of the child's cases and of the directory."""
    found: set[str] = set()
    child, waiting = str(told.patient.pk), str(told.waiting.pk)
    asked = [(kind, {"patient": child}) for kind in OF_CHILD]
    asked += [
        ("Patient", {"_id": child}),
        ("AuditEvent", {"entity": waiting}),
        ("Appointment", {"based-on": str(told.case.pk)}),
    ]
    for service in (told.respiratory, told.cardiology):
        asked += [(kind, {"performer": str(service.pk)}) for kind in ("ServiceRequest", "Task")]
    for kind, query in asked:
        reply = client.get(f"/fhir/R4/{kind}", query)
        assert reply.status_code == 200, reply.content
        for entry in reply.json().get("entry", []):
            found |= fields(entry["resource"], kind)
    return sorted(found)


def golden(name: str) -> list[str]:
    return (GOLDEN / f"{name}.txt").read_text(encoding="utf-8").split()


@pytest.mark.parametrize("name", READERS)
def test_a_role_reads_these_fields_and_no_other(told: Told, name: str) -> None:
    found = read_by(client_for(told.people[READERS[name]]), told)
    assert found == golden(name), "\n".join(found)


def test_all_staff_read_these_fields_of_the_directory(told: Told) -> None:
    client, found = client_for(told.people["stranger"]), set()
    for kind in ("HealthcareService", "Organization", "Practitioner", "PractitionerRole"):
        for entry in client.get(f"/fhir/R4/{kind}").json()["entry"]:
            found |= fields(entry["resource"], kind)
    assert sorted(found) == golden("directory"), "\n".join(sorted(found))


def test_a_queue_reads_no_name_no_number_and_no_words_but_the_question(told: Told) -> None:
    """So that the lists above can be read: nothing of what identifies is among them."""
    for name in ("queue", "coordinator"):
        kinds = {field.partition(".")[0] for field in golden(name)}
        assert kinds <= {"ServiceRequest", "Task", "AuditEvent", "Appointment"}, name
        assert not [field for field in golden(name) if "subject.reference" in field or "for.reference" in field], name


def test_who_has_no_part_reads_nothing(told: Told) -> None:
    assert golden("stranger") == []
