"""Two records of one child: merged by hand, everything follows, and the undoing gives back exactly what was."""

from datetime import date, time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consortium.journal.queries import chain_faults
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, WrongStep
from consortium.patients.models import Consent, Guardian, Merge, Pathway, Patient, RecordNumber
from consortium.patients.operations import CHOICES, Details, edit_patient, merge_patients, register_twin, undo_merge
from consortium.patients.operations.registry import set_identity
from consortium.patients.queries.record import identity_of, patient_for
from consortium.patients.queries.search import patient_with_identity
from consortium.people.models import Institution, User
from tests.cast import actor_for
from tests.factories.cases import make_draft
from tests.factories.patients import make_consent, make_grant, make_guardian, make_pathway, make_patient
from tests.factories.people import number

pytestmark = pytest.mark.django_db

FOLLOWERS = (RecordNumber, Guardian, Consent, Pathway)


@pytest.fixture
def other(community: Institution) -> Patient:
    return make_patient(community, "Lin Xiao Yu", allergies="Egg")


def _merge(user: User, kept: Patient, absorbed: Patient, *taken: str) -> Merge:
    with acting_as(actor_for(user)) as actor:
        return merge_patients(actor=actor, kept_id=kept.pk, absorbed_id=absorbed.pk, taken=frozenset(taken))


def _undo(user: User, merge: Merge) -> Merge:
    with acting_as(actor_for(user)) as actor:
        return undo_merge(actor=actor, merge_id=merge.pk)


def _fresh(patient: Patient) -> Patient:
    found: Patient = Patient.unscoped.get(pk=patient.pk)
    return found


def _everything(*patients: Patient) -> dict[str, Any]:
    """What the two records are, but for versions and for how a value happens to be sealed."""
    volatile = {"version", "identity_sealed"}
    rows = {
        str(p.pk): {f.attname: getattr(p, f.attname) for f in Patient._meta.concrete_fields if f.name not in volatile}
        | {"identity": identity_of(p)}
        for p in map(_fresh, patients)
    }
    for model in FOLLOWERS:
        rows[model.__name__] = {str(row.pk): row.patient_id for row in model.unscoped.all()}
    return rows


def test_everything_follows(patient: Patient, other: Patient, asker: User, community: Institution) -> None:
    guardian, consent, pathway = make_guardian(other), make_consent(other, asker), make_pathway(other, community)
    case = make_draft(other, asker, community).case
    _merge(asker, patient, other)
    for row in (guardian, consent, pathway, case):
        row.refresh_from_db()
        assert row.patient_id == patient.pk
    assert RecordNumber.unscoped.filter(patient=patient).count() == 2
    assert _fresh(other).merged_into_id == patient.pk


def test_chosen_values_are_taken(patient: Patient, other: Patient, asker: User) -> None:
    set_identity(other, "E1234567")
    other.save()
    _merge(asker, patient, other, "allergies", "identity")
    kept = _fresh(patient)
    assert (kept.name, kept.allergies, identity_of(kept)) == (patient.name, "Egg", "E1234567")
    assert patient_with_identity("E1234567") == patient.pk


def test_the_merged_record_leads_to_the_kept_one(patient: Patient, other: Patient, asker: User, stranger: User) -> None:
    _merge(asker, patient, other)
    with acting_as(actor_for(asker)):
        assert patient_for(other.pk).pk == patient.pk
        assert list(Patient.objects.current().values_list("pk", flat=True)) == [patient.pk]
    with acting_as(actor_for(stranger)), pytest.raises(NotVisible):
        patient_for(other.pk)


def test_undoing_keeps_what_was_written_since(patient: Patient, other: Patient, asker: User) -> None:
    merge = _merge(asker, patient, other, "allergies")
    with acting_as(actor_for(asker)) as actor:
        details = Details.of(_fresh(patient))
        edit_patient(
            actor=actor, patient_id=patient.pk, version=None,
            details=Details.given({**{f: getattr(details, f) for f in details.__slots__}, "allergies": "Egg, milk"}),
        )  # fmt: skip
    since = make_guardian(patient, "Since the merge")
    _undo(asker, merge)
    assert _fresh(patient).allergies == "Egg, milk"
    assert Guardian.unscoped.get(pk=since.pk).patient_id == patient.pk


def test_merges_are_undone_in_turn(patient: Patient, other: Patient, asker: User, community: Institution) -> None:
    third = make_patient(community, "Lin X.")
    first = _merge(asker, patient, other, "allergies")
    second = _merge(asker, patient, third, "name")
    with pytest.raises(WrongStep):
        _undo(asker, first)
    _undo(asker, second)
    _undo(asker, first)
    with pytest.raises(WrongStep):
        _undo(asker, first)
    assert (_fresh(patient).name, _fresh(patient).allergies) == (patient.name, "")


def test_twins_are_never_merged(patient: Patient, asker: User) -> None:
    with acting_as(actor_for(asker)) as actor:
        twins = [register_twin(actor=actor, patient_id=patient.pk)[0] for _ in range(2)]
    for kept, absorbed in ((patient, twins[0]), (twins[0], patient), tuple(twins)):
        with pytest.raises(NotPermitted):
            _merge(asker, kept, absorbed)


def test_a_record_is_not_merged_with_itself(patient: Patient, asker: User) -> None:
    with pytest.raises(InvalidInput):
        _merge(asker, patient, patient)


def test_unknown_fields_are_refused(patient: Patient, other: Patient, asker: User) -> None:
    with pytest.raises(InvalidInput):
        _merge(asker, patient, other, "registered_at")


def test_both_must_be_ones_own(patient: Patient, asker: User, stranger: User, unrelated: Institution) -> None:
    foreign = make_patient(unrelated, "Lin Xiaoyu")
    for user in (asker, stranger):
        with pytest.raises(NotVisible):
            _merge(user, patient, foreign)
    make_grant(foreign, asker, unrelated)
    with pytest.raises(NotPermitted):
        _merge(asker, patient, foreign)


def test_a_stranger_undoes_nothing(patient: Patient, other: Patient, asker: User, stranger: User) -> None:
    merge = _merge(asker, patient, other)
    with pytest.raises(NotVisible):
        _undo(stranger, merge)


def test_the_absorbed_record_is_merged_once(
    patient: Patient, other: Patient, asker: User, community: Institution
) -> None:
    _merge(asker, patient, other)
    with pytest.raises(NotVisible):
        _merge(asker, make_patient(community, "Third"), other)


facts = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Lin Xiaoyu", "林小雨", "X"]),
        "baby_of": st.sampled_from(["", "Chen Mei"]),
        "birth_order": st.sampled_from([None, 1, 2]),
        "birth_date": st.dates(date(2010, 1, 1), date(2026, 1, 1)),
        "birth_time": st.sampled_from([None, time(3, 7)]),
        "sex": st.sampled_from(["female", "male", "unknown"]),
        "gestation_weeks": st.sampled_from([None, 28, 40]),
        "allergies": st.sampled_from(["", "Egg", "“Latex”"]),
    }
)
following = st.fixed_dictionaries({name: st.integers(0, 2) for name in ("guardians", "consents", "pathways")})
identities = st.sampled_from(["", "a", "b"])


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    records=st.tuples(facts, facts), rows=st.tuples(following, following), numbers=st.tuples(identities, identities),
    taken=st.sets(st.sampled_from(CHOICES)),
)  # fmt: skip
def test_merging_and_undoing_gives_back_exactly_what_was(
    asker: User, community: Institution, records: Any, rows: Any, numbers: Any, taken: set[str]
) -> None:
    first, second = (_made(community, asker, *parts) for parts in zip(records, rows, numbers, strict=True))
    both = (first, second)
    before = _everything(*both)
    merge = _merge(asker, first, second, *taken)
    assert all(set(column.values()) & {both[1].pk} == set() for column in list(_everything(*both).values())[2:])
    _undo(asker, merge)
    assert _everything(*both) == before
    assert list(chain_faults()) == []


def _made(community: Institution, asker: User, fields: Any, rows: Any, identity: str) -> Patient:
    patient = make_patient(community, **fields)
    if identity:
        set_identity(patient, f"{identity}{number():08d}")
        patient.save()
    for count, make in (
        (rows["guardians"], lambda: make_guardian(patient)),
        (rows["consents"], lambda: make_consent(patient, asker)),
        (rows["pathways"], lambda: make_pathway(patient, community)),
    ):
        for _ in range(count):
            make()
    return patient
