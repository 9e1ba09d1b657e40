"""Erasing: what named the child is gone everywhere, the key is destroyed, and the chain still verifies."""

from typing import Any

import pytest
from django.db import connection

from consortium.journal.models import Entry, SealingKey
from consortium.journal.queries import chain_faults, open_text, timeline
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, WrongStep
from consortium.patients.models import AccessGrant, Patient
from consortium.patients.operations import (
    Decision,
    Details,
    Person,
    add_guardian,
    break_glass,
    edit_patient,
    erase_patient,
    merge_patients,
    open_pathway,
    record_consent,
    register_patient,
)
from consortium.patients.queries.search import patient_with_identity
from consortium.people.models import Institution, User
from consortium.people.states import Role
from tests.cast import actor_for
from tests.factories.patients import make_patient
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db

SECRETS = ("Zhuge Liang", "Huang Yueying", "13877777777", "Penicillin", "11010519491231002X", "ZG-77", "Far from home")


@pytest.fixture
def child(asker: User, community: Institution, stranger: User, unrelated: Institution, patient: Patient) -> Patient:
    """A child with everything that names it."""
    details = Details(birth_date=patient.birth_date, sex="male", name="Zhuge Liang", gestation_weeks=39)
    with acting_as(actor_for(asker)) as actor:
        child, _ = register_patient(
            actor=actor, institution_id=community.pk, details=details, record_number="ZG-77",
            identity_number="11010519491231002X",
        )  # fmt: skip
        more = Details.given({f: getattr(details, f) for f in Details.__slots__} | {"allergies": "Penicillin"})
        edit_patient(actor=actor, patient_id=child.pk, details=more, version=1)
        person = Person("Huang Yueying", "mother", "13877777777")
        guardian, _ = add_guardian(actor=actor, patient_id=child.pk, person=person)
        record_consent(actor=actor, patient_id=child.pk, decision=Decision("share", "active", guardian.pk, "spoken"))
        open_pathway(actor=actor, patient_id=child.pk, institution_id=community.pk)
    with acting_as(actor_for(stranger)) as actor:
        break_glass(
            actor=actor, patient_id=child.pk, institution_id=unrelated.pk, reason="other", explanation="Far from home"
        )
    return child


def _erase(user: User, patient: Patient, reason: str = "The guardian asks for it.", proven: bool = True) -> Patient:
    with acting_as(actor_for(user)) as actor:
        return erase_patient(actor=actor, patient_id=patient.pk, reason=reason, proven=proven)


def _dump() -> str:
    """Every row of every table of ours, as text."""
    tables = [t for t in connection.introspection.table_names() if t.startswith(("patients_", "journal_", "casework_"))]
    found = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM \"{table}\" t")
            found.append((cursor.fetchone() or ("",))[0])
    return "\n".join(found)


def test_nothing_that_names_the_child_is_left(child: Patient, privacy: User) -> None:
    assert sum(secret in _dump() for secret in SECRETS) == 5  # two were sealed from the beginning
    _erase(privacy, child)
    left = _dump()
    assert [secret for secret in SECRETS if secret in left] == []
    assert patient_with_identity("11010519491231002X") is None


def test_the_key_is_gone_and_the_chain_still_verifies(child: Patient, privacy: User) -> None:
    grant = AccessGrant.unscoped.get(patient=child)
    assert open_text(child.pk, grant.explanation) == "Far from home"
    _erase(privacy, child)
    assert not SealingKey.objects.filter(subject=f"patient:{child.pk}").exists()
    assert open_text(child.pk, grant.explanation) == ""
    assert {step.text for step in timeline(child)} == {""}
    assert list(chain_faults()) == []
    assert Entry.unscoped.get(event="patients.PatientErased").payload == {"patient_id": str(child.pk)}


def test_nobody_sees_the_record_any_more(child: Patient, privacy: User, asker: User, stranger: User) -> None:
    _erase(privacy, child)
    for user in (asker, stranger):
        with acting_as(actor_for(user)):
            assert not Patient.objects.filter(pk=child.pk).exists()
    assert AccessGrant.unscoped.get(patient=child).ended_at is not None
    assert Entry.unscoped.filter(event="patients.AccessEnded").count() == 1


def test_records_merged_into_it_are_erased_with_it(
    child: Patient, privacy: User, asker: User, community: Institution
) -> None:
    other = make_patient(community, "Zhuge L.", allergies="Peanut")
    with acting_as(actor_for(asker)) as actor:
        merge_patients(actor=actor, kept_id=child.pk, absorbed_id=other.pk)
    _erase(privacy, child)
    other.refresh_from_db()
    assert (other.name, other.allergies) == ("", "")
    assert other.erased_at is not None


def test_it_is_done_once(child: Patient, privacy: User, auditor: User) -> None:
    _erase(privacy, child)
    with pytest.raises((WrongStep, NotVisible)):
        _erase(privacy, child)


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_reason_is_needed(child: Patient, privacy: User, reason: str) -> None:
    with pytest.raises(InvalidInput):
        _erase(privacy, child, reason)


def test_a_fresh_proof_is_needed(child: Patient, privacy: User) -> None:
    with pytest.raises(NotPermitted):
        _erase(privacy, child, proven=False)


def test_who_may_not(
    child: Patient, asker: User, auditor: User, stranger: User, manager: User, district: Institution
) -> None:
    elsewhere = make_staff("elsewhere", district, Role.PRIVACY_OFFICER)
    refusals: list[tuple[User, Any]] = [
        (asker, NotPermitted), (auditor, NotPermitted), (elsewhere, NotVisible), (manager, NotVisible),
    ]  # fmt: skip
    for user, refusal in refusals:
        with pytest.raises(refusal):
            _erase(user, child)
    assert Patient.unscoped.get(pk=child.pk).erased_at is None
