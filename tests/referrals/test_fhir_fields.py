"""S5: which fields of a referral each role reads, letter by letter, as `test_fields.py` has it for questions."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from consortium.casework.models import Service
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from tests.cast import client_for
from tests.interop.test_fields import fields, golden
from tests.referrals.stages import Stage

pytestmark = pytest.mark.django_db
#: of whom a search by the child may be asked; ServiceRequest and Task are also searched by the service asked
OF_CHILD = (
    "AdverseEvent", "Appointment", "CarePlan", "Communication", "Composition", "Condition", "Encounter", "Flag",
    "Provenance", "ServiceRequest", "Task",
)  # fmt: skip
READERS = ("asker", "specialist", "coordinator", "stranger")


@pytest.fixture
def stage(
    asker: User, colleague: User, nurse: User, specialist: User, coordinator: User, stranger: User, patient: Patient,
    service: Service, community: Institution,
) -> Stage:  # fmt: skip
    cast = {
        "asker": asker, "colleague": colleague, "nurse": nurse, "specialist": specialist, "coordinator": coordinator,
        "stranger": stranger,
    }  # fmt: skip
    return Stage(cast, patient, service, community)


def read_by(client: Client, stage: Stage) -> list[str]:
    asked = [(kind, {"patient": str(stage.patient.pk)}) for kind in OF_CHILD]
    asked += [(kind, {"performer": str(stage.service.pk)}) for kind in ("ServiceRequest", "Task")]
    found: set[str] = set()
    for kind, query in asked:
        reply = client.get(f"/fhir/R4/{kind}", query)
        assert reply.status_code == 200, reply.content
        for entry in reply.json().get("entry", []):
            found |= fields(entry["resource"], kind)
    return sorted(found)


def test_a_role_reads_these_fields_of_a_referral_and_no_other(stage: Stage) -> None:
    """A child sent up, cared for, and sent back with a plan; the outcome still to be written."""
    stage.to_following()
    for name in READERS:
        found = read_by(client_for(stage.cast[name]), stage)
        assert found == golden(f"referral_{name}"), f"{name}\n" + "\n".join(found)


def test_the_office_reads_no_name_and_no_words_but_the_question() -> None:
    kinds: set[Any] = {field.partition(".")[0] for field in golden("referral_coordinator")}
    assert kinds <= {"ServiceRequest", "Task"}
    assert not [field for field in golden("referral_coordinator") if "subject.reference" in field]


def test_who_has_no_part_reads_nothing_of_it() -> None:
    assert golden("referral_stranger") == []
