"""Guardians, the four consents with their history, and linking a record of another institution."""

from typing import Any
from uuid import uuid4

import pytest

from consortium.journal.models import Entry
from consortium.journal.queries import timeline
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, StaleVersion, WrongStep
from consortium.patients.models import Consent, Guardian, Patient, RecordNumber
from consortium.patients.operations import (
    Decision,
    Link,
    Person,
    add_guardian,
    edit_guardian,
    link_record,
    record_consent,
)
from consortium.patients.operations.registry import set_identity
from consortium.patients.queries.record import consent_states, has_consent
from consortium.patients.states import ConsentKind, ConsentStatus
from consortium.people.models import Institution, User
from tests.cast import actor_for
from tests.factories.patients import make_grant, make_guardian, make_patient

pytestmark = pytest.mark.django_db

MOTHER = Person("Chen Mei", "mother", "13800000000")
NUMBER = "11010519491231002X"


def _consent(user: User, patient: Patient, status: str, kind: str = "share", **more: Any) -> Consent:
    with acting_as(actor_for(user)) as actor:
        decision = Decision(kind, status, more.pop("guardian_id", None), "spoken")
        return record_consent(actor=actor, patient_id=patient.pk, decision=decision, **more)[0]


# -- guardians ----------------------------------------------------------------------------------------------------


def test_a_guardian_is_written_down_once(patient: Patient, asker: User) -> None:
    key = uuid4()
    with acting_as(actor_for(asker)) as actor:
        first, fresh = add_guardian(actor=actor, patient_id=patient.pk, person=MOTHER, key=key)
        again, doubled = add_guardian(actor=actor, patient_id=patient.pk, person=MOTHER, key=key)
    assert (first.pk, fresh, doubled) == (again.pk, True, False)
    entry = Entry.unscoped.get(verb="add-guardian")
    assert entry.patient_id == patient.pk
    assert "Chen" not in str(entry.facts)


@pytest.mark.parametrize(("person", "field"), [(Person(" ", "mother"), "name"), (Person("X", "aunt"), "relation")])
def test_a_guardian_needs_a_name_and_a_relation(patient: Patient, asker: User, person: Person, field: str) -> None:
    with acting_as(actor_for(asker)) as actor, pytest.raises(InvalidInput) as refused:
        add_guardian(actor=actor, patient_id=patient.pk, person=person)
    assert field in refused.value.fields


def test_a_guardian_is_changed_with_a_version_check(patient: Patient, asker: User, colleague: User) -> None:
    guardian = make_guardian(patient)
    moved = Person("Chen Mei", "mother", "13911111111")
    with acting_as(actor_for(colleague)) as actor:
        assert edit_guardian(actor=actor, guardian_id=guardian.pk, person=moved, version=1).version == 2
        assert edit_guardian(actor=actor, guardian_id=guardian.pk, person=moved, version=2).version == 2
    with acting_as(actor_for(asker)) as actor, pytest.raises(StaleVersion) as refused:
        edit_guardian(actor=actor, guardian_id=guardian.pk, person=MOTHER, version=1)
    assert refused.value.detail["changed_by"] == colleague.full_name
    (step,) = timeline(guardian)
    assert step.changes == {"phone": ["13800000000", "13911111111"]}


def test_strangers_and_emergency_readers_write_no_guardian(
    patient: Patient, stranger: User, unrelated: Institution
) -> None:
    guardian = make_guardian(patient)
    with acting_as(actor_for(stranger)) as actor:
        with pytest.raises(NotVisible):
            add_guardian(actor=actor, patient_id=patient.pk, person=MOTHER)
        with pytest.raises(NotVisible):
            edit_guardian(actor=actor, guardian_id=guardian.pk, person=MOTHER, version=1)
        make_grant(patient, stranger, unrelated)
        with pytest.raises(NotPermitted):
            add_guardian(actor=actor, patient_id=patient.pk, person=MOTHER)
        with pytest.raises(NotPermitted):
            edit_guardian(actor=actor, guardian_id=guardian.pk, person=MOTHER, version=1)


# -- consents -----------------------------------------------------------------------------------------------------


def test_each_kind_is_decided_by_itself_and_nothing_is_overwritten(patient: Patient, asker: User) -> None:
    for status in (ConsentStatus.ACTIVE, ConsentStatus.INACTIVE, ConsentStatus.ACTIVE):
        _consent(asker, patient, status)
    _consent(asker, patient, ConsentStatus.REJECTED, ConsentKind.VIDEO)
    with acting_as(actor_for(asker)):
        states = {state.kind: state for state in consent_states(patient)}
    assert [c.status for c in states["share"].history] == ["active", "inactive", "active"]
    assert {kind: state.given for kind, state in states.items()} == {
        "share": True, "video": False, "recording": False, "teaching": False,
    }  # fmt: skip
    assert has_consent(patient.pk, ConsentKind.SHARE)
    assert not has_consent(patient.pk, ConsentKind.VIDEO)
    assert not has_consent(patient.pk, ConsentKind.TEACHING)


@pytest.mark.parametrize("before", [None, ConsentStatus.REJECTED, ConsentStatus.INACTIVE])
def test_only_what_is_given_can_be_withdrawn(patient: Patient, asker: User, before: str | None) -> None:
    if before == ConsentStatus.INACTIVE:
        _consent(asker, patient, ConsentStatus.ACTIVE)
    if before:
        _consent(asker, patient, before)
    with pytest.raises(WrongStep):
        _consent(asker, patient, ConsentStatus.INACTIVE)


@pytest.mark.parametrize(("kind", "status", "field"), [("gossip", "active", "kind"), ("share", "maybe", "status")])
def test_unknown_decisions_are_refused(patient: Patient, asker: User, kind: str, status: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        _consent(asker, patient, status, kind)
    assert field in refused.value.fields


def test_another_childs_guardian_decides_nothing(patient: Patient, asker: User, community: Institution) -> None:
    other = make_guardian(make_patient(community, "Wang Fang"))
    with pytest.raises(InvalidInput) as refused:
        _consent(asker, patient, ConsentStatus.ACTIVE, guardian_id=other.pk)
    assert "guardian" in refused.value.fields


def test_a_double_click_is_one_decision(patient: Patient, asker: User) -> None:
    key = uuid4()
    assert _consent(asker, patient, "active", key=key).pk == _consent(asker, patient, "active", key=key).pk
    entry = Entry.unscoped.get(verb="consent")
    assert (entry.event, entry.facts) == ("patients.ConsentChanged", {"kind": "share", "status": "active"})


# -- linking ------------------------------------------------------------------------------------------------------


@pytest.fixture
def numbered(patient: Patient) -> Patient:
    set_identity(patient, NUMBER)
    patient.save()
    return patient


def _link(user: User, institution: Institution, number: str = NUMBER, **more: Any) -> Patient:
    link = Link(institution.pk, number, more.pop("record_number", "D-1"), "spoken")
    with acting_as(actor_for(user)) as actor:
        return link_record(actor=actor, link=link, guardian=MOTHER, **more)


def test_linking_keeps_the_consent_and_opens_the_record(
    numbered: Patient, district_doctor: User, district: Institution
) -> None:
    assert _link(district_doctor, district).pk == numbered.pk
    with acting_as(actor_for(district_doctor)):
        assert Patient.objects.filter(pk=numbered.pk).exists()
    consent = Consent.unscoped.get(patient=numbered)
    assert (consent.kind, consent.status, consent.guardian and consent.guardian.name) == ("share", "active", "Chen Mei")
    assert RecordNumber.unscoped.get(patient=numbered, institution=district).number == "D-1"
    assert Entry.unscoped.get(verb="link").event == "patients.RecordLinked"


def test_linking_twice_adds_nothing(numbered: Patient, district_doctor: User, district: Institution) -> None:
    key = uuid4()
    _link(district_doctor, district, key=key)
    _link(district_doctor, district, key=key)
    assert RecordNumber.unscoped.filter(patient=numbered).count() == 2
    assert Consent.unscoped.count() == Guardian.unscoped.count() == 1


def test_a_known_guardian_is_not_written_down_again(
    numbered: Patient, district_doctor: User, district: Institution
) -> None:
    make_guardian(numbered, "Chen Mei")
    _link(district_doctor, district)
    assert Guardian.unscoped.count() == 1


def test_an_unknown_number_links_nothing(numbered: Patient, district_doctor: User, district: Institution) -> None:
    with pytest.raises(NotVisible):
        _link(district_doctor, district, number="110105194912310021")


def test_a_record_number_in_use_links_nothing(numbered: Patient, district_doctor: User, district: Institution) -> None:
    make_patient(district, "Wang Fang", record="D-1")
    with pytest.raises(InvalidInput):
        _link(district_doctor, district)
    with acting_as(actor_for(district_doctor)):
        assert not Patient.objects.filter(pk=numbered.pk).exists()
    assert not Consent.unscoped.exists()


def test_nobody_links_for_another_institution(numbered: Patient, district_doctor: User, hospital: Institution) -> None:
    with pytest.raises(NotPermitted):
        _link(district_doctor, hospital)
