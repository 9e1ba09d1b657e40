"""Keeping what was measured: limits, confirmation, time, once, corrections, events, erasure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, InternalError, transaction

from consortium.journal.models import Entry as JournalEntry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, WrongStep
from consortium.patients.models import Measurement, MeasurementSet, Patient
from consortium.patients.operations import (
    Entry,
    NotConfirmed,
    correct_measurement,
    erase_patient,
    merge_patients,
    record_measurements,
    undo_merge,
)
from consortium.people.models import Institution, User
from tests.cast import actor_for
from tests.factories.patients import make_grant, make_patient

pytestmark = pytest.mark.django_db
D = Decimal


def kg(value: str, **more: Any) -> Entry:
    return Entry("weight", D(value), "kg", **more)


def cm(value: str, **more: Any) -> Entry:
    return Entry("length", D(value), "cm", **more)


def keep(user: User, patient: Patient, *entries: Entry, **more: Any) -> MeasurementSet:
    with acting_as(actor_for(user)) as actor:
        return record_measurements(actor=actor, patient_id=patient.pk, entries=entries, **more)[0]


def only_row(patient: Patient) -> Measurement:
    found: Measurement = Measurement.unscoped.get(patient=patient)
    return found


def correct(user: User, row: Measurement, *, reason: str = "mistyped", **more: Any) -> Measurement:
    with acting_as(actor_for(user)) as actor:
        return correct_measurement(actor=actor, measurement_id=row.pk, reason=reason, **more)


def refused(user: User, patient: Patient, *entries: Entry, **more: Any) -> dict[str, Any]:
    with pytest.raises(InvalidInput) as error:
        keep(user, patient, *entries, **more)
    return {name: str(words) for name, words in error.value.fields.items()}


# -- keeping --------------------------------------------------------------------------------------------------------


def test_a_value_is_kept_as_entered_and_in_the_first_unit(asker: User, patient: Patient) -> None:
    keep(asker, patient, Entry("weight", D(6800), "g"))
    row = only_row(patient)
    assert (row.value, row.unit, row.base) == (D(6800), "g", D("6.8"))


def test_several_values_are_one_act_of_measuring(asker: User, patient: Patient) -> None:
    measured = keep(asker, patient, kg("6.8"), cm("66"))
    assert set(Measurement.unscoped.filter(measured=measured).values_list("kind", flat=True)) == {"weight", "length"}


def test_it_is_kept_with_its_author_and_institution(asker: User, community: Institution, patient: Patient) -> None:
    measured = keep(asker, patient, kg("6.8"))
    assert (measured.created_by_id, measured.institution_id) == (asker.pk, community.pk)


def test_without_a_time_it_was_measured_now(asker: User, patient: Patient) -> None:
    before = clock.now()
    assert before <= keep(asker, patient, kg("6.8")).taken_at <= clock.now()


def test_an_earlier_time_is_kept(asker: User, patient: Patient) -> None:
    at = clock.now() - timedelta(days=3)
    assert keep(asker, patient, kg("6.8"), taken_at=at).taken_at == at


def test_a_time_ahead_is_refused(asker: User, patient: Patient) -> None:
    ahead = clock.now() + timedelta(hours=1)
    assert list(refused(asker, patient, kg("6.8"), taken_at=ahead)) == ["taken_at"]


def test_a_clock_that_runs_a_little_ahead_means_now(asker: User, patient: Patient) -> None:
    assert keep(asker, patient, kg("6.8"), taken_at=clock.now() + timedelta(minutes=5)).taken_at <= clock.now()


def test_a_time_before_birth_is_refused(asker: User, patient: Patient) -> None:
    before = clock.now() - timedelta(days=400)
    assert list(refused(asker, patient, kg("6.8"), taken_at=before)) == ["taken_at"]


def test_the_same_key_twice_is_one_act(asker: User, patient: Patient) -> None:
    key = uuid4()
    assert keep(asker, patient, kg("6.8"), key=key) == keep(asker, patient, kg("6.8"), key=key)
    assert Measurement.unscoped.count() == 1


def test_an_infant_is_measured_lying_unless_told(asker: User, patient: Patient) -> None:
    keep(asker, patient, cm("66"))
    assert only_row(patient).position == "lying"


def test_from_two_years_a_child_is_measured_standing_unless_told(asker: User, community: Institution) -> None:
    child = make_patient(community, birth_date=clock.today() - timedelta(days=731))
    keep(asker, child, cm("86"))
    assert only_row(child).position == "standing"


def test_the_position_that_was_told_is_kept(asker: User, patient: Patient) -> None:
    keep(asker, patient, cm("66", position="standing"))
    assert only_row(patient).position == "standing"


def test_only_a_length_has_a_position(asker: User, patient: Patient) -> None:
    keep(asker, patient, kg("6.8", position="standing"))
    assert only_row(patient).position == ""


def test_a_temperature_keeps_its_site(asker: User, patient: Patient) -> None:
    keep(asker, patient, Entry("temperature", D("38.2"), "Cel", site="ear"))
    assert only_row(patient).site == "ear"


def test_only_a_temperature_has_a_site(asker: User, patient: Patient) -> None:
    keep(asker, patient, kg("6.8", site="ear"))
    assert only_row(patient).site == ""


def test_an_estimate_is_marked(asker: User, patient: Patient) -> None:
    keep(asker, patient, kg("6.8", estimated=True))
    assert only_row(patient).estimated


def test_a_sign_is_kept_by_its_word(asker: User, patient: Patient) -> None:
    keep(asker, patient, Entry("avpu", code="V"))
    row = only_row(patient)
    assert (row.code, row.value, row.words) == ("V", None, "Responds to voice")


def test_a_colleague_and_the_nurse_may_measure_too(colleague: User, nurse: User, patient: Patient) -> None:
    keep(colleague, patient, kg("6.8"))
    keep(nurse, patient, kg("6.9"))
    assert Measurement.unscoped.count() == 2


def test_a_stranger_does_not_even_see_the_child(stranger: User, patient: Patient) -> None:
    with pytest.raises(NotVisible):
        keep(stranger, patient, kg("6.8"))


def test_broken_glass_is_for_reading_only(
    specialist: User, hospital: Institution, community: Institution, patient: Patient
) -> None:
    make_grant(patient, specialist, hospital)
    with pytest.raises(NotPermitted):
        keep(specialist, patient, kg("6.8"))


def test_the_system_may_measure(patient: Patient) -> None:
    with acting_as(system("import")) as actor:
        measured, _fresh = record_measurements(actor=actor, patient_id=patient.pk, entries=[kg("6.8")])
    assert (measured.created_by_id, measured.institution_id) == (None, None)


# -- what is refused --------------------------------------------------------------------------------------------------


def test_nothing_entered_is_refused(asker: User, patient: Patient) -> None:
    assert list(refused(asker, patient)) == ["entries"]


def test_beyond_the_hard_limit_is_refused_with_the_unit_that_was_meant(asker: User, patient: Patient) -> None:
    assert "in g perhaps" in refused(asker, patient, kg("6800"))["weight"]


def test_an_impossible_value_is_refused_even_when_confirmed(asker: User, patient: Patient) -> None:
    entry = Entry("temperature", D(50), "Cel")
    assert list(refused(asker, patient, entry, confirmed=[entry.token])) == ["temperature"]


def test_an_unknown_kind_is_refused(asker: User, patient: Patient) -> None:
    assert refused(asker, patient, Entry("bilirubin", D(100), "umol/L")) == {"bilirubin": "This is not measured here."}


def test_a_unit_of_another_kind_is_refused(asker: User, patient: Patient) -> None:
    assert refused(asker, patient, Entry("weight", D(6), "cm")) == {"weight": "Choose a unit of the list."}


def test_a_missing_number_is_refused(asker: User, patient: Patient) -> None:
    assert refused(asker, patient, Entry("weight", None, "kg")) == {"weight": "Enter a number."}


def test_no_number_at_all_is_refused(asker: User, patient: Patient) -> None:
    assert refused(asker, patient, kg("NaN")) == {"weight": "Enter a number."}


def test_an_unknown_word_of_a_sign_is_refused(asker: User, patient: Patient) -> None:
    assert refused(asker, patient, Entry("avpu", code="X")) == {"avpu": "Choose one of the list."}


def test_a_kind_twice_is_refused(asker: User, patient: Patient) -> None:
    assert list(refused(asker, patient, kg("6.8"), kg("6.9"))) == ["weight"]


def test_two_concerns_are_two(asker: User, patient: Patient) -> None:
    keep(asker, patient, Entry("concern", code="carer"), Entry("concern", code="sepsis"))
    assert Measurement.unscoped.count() == 2


def test_one_concern_twice_is_refused(asker: User, patient: Patient) -> None:
    assert list(refused(asker, patient, Entry("concern", code="carer"), Entry("concern", code="carer"))) == ["concern"]


def test_a_diastolic_pressure_above_the_systolic_is_refused(asker: User, patient: Patient) -> None:
    pressures = (Entry("sbp", D(80), "mm[Hg]"), Entry("dbp", D(80), "mm[Hg]"))
    assert list(refused(asker, patient, *pressures)) == ["dbp"]


def test_a_diastolic_pressure_below_the_systolic_is_kept(asker: User, patient: Patient) -> None:
    keep(asker, patient, Entry("sbp", D(80), "mm[Hg]"), Entry("dbp", D(79), "mm[Hg]"))
    assert Measurement.unscoped.count() == 2


# -- what must be confirmed -------------------------------------------------------------------------------------------


def test_an_unusual_value_is_asked_back(asker: User, patient: Patient) -> None:
    entry = Entry("heart_rate", D(245), "/min")
    with pytest.raises(NotConfirmed) as error:
        keep(asker, patient, entry)
    assert error.value.detail["confirm"] == [entry.token]
    assert not Measurement.unscoped.exists()


def test_an_unusual_value_is_kept_once_confirmed(asker: User, patient: Patient) -> None:
    entry = Entry("heart_rate", D(245), "/min")
    keep(asker, patient, entry, confirmed=[entry.token])
    assert only_row(patient).confirmed


def test_another_number_is_not_confirmed_by_the_first_ones_token(asker: User, patient: Patient) -> None:
    first, second = Entry("heart_rate", D(245), "/min"), Entry("heart_rate", D(250), "/min")
    with pytest.raises(NotConfirmed):
        keep(asker, patient, second, confirmed=[first.token])


def test_a_weight_that_fits_no_child_of_this_age_is_asked_back(asker: User, patient: Patient) -> None:
    with pytest.raises(NotConfirmed) as error:
        keep(asker, patient, kg("20"))
    assert "standard deviations" in str(error.value.fields["weight"])


def test_a_usual_value_needs_no_confirmation_and_carries_none(asker: User, patient: Patient) -> None:
    keep(asker, patient, kg("6.8"), confirmed=[kg("6.8").token])
    assert not only_row(patient).confirmed


# -- corrections ------------------------------------------------------------------------------------------------------


def test_a_wrong_value_stays_marked_with_its_reason(asker: User, patient: Patient) -> None:
    keep(asker, patient, kg("6.8"))
    row = correct(asker, only_row(patient), reason="wrong_child")
    assert (row.value, row.error_reason, row.entered_in_error_by_id) == (D("6.8"), "wrong_child", asker.pk)


def test_a_replacement_stands_beside_what_it_replaces(asker: User, patient: Patient) -> None:
    measured = keep(asker, patient, kg("8.6"))
    wrong = only_row(patient)
    correct(asker, wrong, replacement=kg("6.8"))
    right = Measurement.unscoped.get(replaces=wrong)
    assert (right.base, right.measured_id, right.taken_at) == (D("6.8"), measured.pk, wrong.taken_at)


def test_a_reason_is_needed(asker: User, patient: Patient) -> None:
    keep(asker, patient, kg("6.8"))
    with pytest.raises(InvalidInput) as error:
        correct(asker, only_row(patient), reason="because")
    assert list(error.value.fields) == ["reason"]


def test_a_weight_is_not_replaced_by_a_length(asker: User, patient: Patient) -> None:
    keep(asker, patient, kg("6.8"))
    with pytest.raises(InvalidInput):
        correct(asker, only_row(patient), replacement=cm("66"))


def test_an_impossible_replacement_leaves_the_value_standing(asker: User, patient: Patient) -> None:
    keep(asker, patient, kg("6.8"))
    with pytest.raises(InvalidInput):
        correct(asker, only_row(patient), replacement=kg("6800"))
    assert only_row(patient).entered_in_error_at is None


def test_an_unusual_replacement_is_asked_back_and_leaves_the_value_standing(asker: User, patient: Patient) -> None:
    keep(asker, patient, kg("6.8"))
    with pytest.raises(NotConfirmed):
        correct(asker, only_row(patient), replacement=kg("20"))
    assert only_row(patient).entered_in_error_at is None


def test_an_unusual_replacement_is_kept_once_confirmed(asker: User, patient: Patient) -> None:
    keep(asker, patient, kg("6.8"))
    correct(asker, only_row(patient), replacement=kg("20"), confirmed=[kg("20").token])
    assert Measurement.unscoped.get(base=20).confirmed


def test_the_same_correction_twice_is_one(asker: User, patient: Patient) -> None:
    keep(asker, patient, kg("8.6"))
    row = only_row(patient)
    correct(asker, row, replacement=kg("6.8"))
    correct(asker, row, replacement=kg("6.8"))
    assert Measurement.unscoped.count() == 2


def test_another_correction_of_a_corrected_value_is_refused(asker: User, patient: Patient) -> None:
    keep(asker, patient, kg("8.6"))
    row = only_row(patient)
    correct(asker, row, replacement=kg("6.8"))
    with pytest.raises(WrongStep):
        correct(asker, row, replacement=kg("6.9"))


def test_taking_back_what_was_replaced_is_refused(asker: User, patient: Patient) -> None:
    keep(asker, patient, kg("8.6"))
    row = only_row(patient)
    correct(asker, row, replacement=kg("6.8"))
    with pytest.raises(WrongStep):
        correct(asker, row)


def test_a_sign_is_corrected_by_another_word(asker: User, patient: Patient) -> None:
    keep(asker, patient, Entry("avpu", code="V"))
    row = only_row(patient)
    correct(asker, row, replacement=Entry("avpu", code="A"))
    correct(asker, row, replacement=Entry("avpu", code="A"))
    assert Measurement.unscoped.filter(code="A").count() == 1


def test_a_stranger_corrects_nothing(asker: User, stranger: User, patient: Patient) -> None:
    keep(asker, patient, kg("6.8"))
    with pytest.raises(NotVisible):
        correct(stranger, only_row(patient))


# -- the journal and the event ----------------------------------------------------------------------------------------


def last_entry(patient: Patient) -> JournalEntry:
    found: JournalEntry | None = JournalEntry.unscoped.filter(patient=patient).order_by("seq").last()
    assert found is not None
    return found


def test_the_journal_names_the_kinds_and_no_value_in_plain(asker: User, patient: Patient) -> None:
    keep(asker, patient, kg("6.8"), cm("66"))
    entry = last_entry(patient)
    assert (entry.verb, entry.facts["kinds"], "6.8" in str(entry.facts)) == ("measure", ["length", "weight"], False)


def test_growth_alone_publishes_no_vital_signs(asker: User, patient: Patient) -> None:
    keep(asker, patient, kg("6.8"))
    assert last_entry(patient).event == ""


def test_vital_signs_publish_their_level(asker: User, patient: Patient) -> None:
    keep(asker, patient, Entry("avpu", code="V"))
    entry = last_entry(patient)
    assert (entry.event, entry.facts["pews"]) == ("patients.VitalSignsRecorded", 3)


def test_a_correction_publishes_the_level_anew(asker: User, patient: Patient) -> None:
    keep(asker, patient, Entry("avpu", code="A"))
    correct(asker, only_row(patient), replacement=Entry("avpu", code="U"))
    entry = last_entry(patient)
    assert (entry.verb, entry.facts["pews"], entry.facts["corrected"]) == ("correct-measurement", 4, "avpu")


# -- what the database holds ------------------------------------------------------------------------------------------


@pytest.fixture
def row(asker: User, patient: Patient) -> Measurement:
    keep(asker, patient, kg("6.8"))
    return only_row(patient)


@pytest.mark.parametrize(("field", "value"), [("base", 7), ("value", 7), ("unit", "g"), ("estimated", True)])
def test_a_value_is_never_changed(row: Measurement, field: str, value: Any) -> None:
    with pytest.raises(InternalError), transaction.atomic():
        Measurement.unscoped.filter(pk=row.pk).update(**{field: value})


def test_a_value_is_never_deleted(row: Measurement) -> None:
    with pytest.raises(InternalError), transaction.atomic():
        Measurement.unscoped.filter(pk=row.pk).delete()


def test_when_it_was_measured_is_never_changed(row: Measurement) -> None:
    with pytest.raises(InternalError), transaction.atomic():
        MeasurementSet.unscoped.filter(pk=row.measured_id).update(taken_at=clock.now() - timedelta(days=1))


def test_an_act_of_measuring_is_never_deleted(row: Measurement) -> None:
    with pytest.raises(InternalError), transaction.atomic():
        MeasurementSet.unscoped.filter(pk=row.measured_id)._raw_delete("default")


def another(row: Measurement, **fields: Any) -> None:
    plain = {"kind": "head", "value": 40, "base": 40, "unit": "cm", "taken_at": row.taken_at}
    with pytest.raises(IntegrityError), transaction.atomic():
        Measurement.unscoped.create(measured=row.measured, patient=row.patient, **{**plain, **fields})


@pytest.mark.parametrize(
    "fields",
    [
        {"base": 76},
        {"base": 14},
        {"value": None, "base": None, "unit": ""},
        {"base": None},
        {"value": None},
        {"unit": ""},
        {"kind": "glucose"},
        {"code": "A"},
        {"kind": "avpu", "code": "A"},
        {"kind": "avpu", "code": "X", "value": None, "base": None, "unit": ""},
        {"kind": "weight"},
        {"error_reason": "mistyped"},
        {"entered_in_error_at": datetime(2026, 1, 1, tzinfo=UTC)},
    ],
    ids=str,
)
def test_the_database_refuses(row: Measurement, fields: dict[str, Any]) -> None:
    another(row, **fields)


def test_the_database_refuses_a_value_that_replaces_itself(row: Measurement) -> None:
    pk = uuid4()
    another(row, id=pk, replaces_id=pk)


def test_the_database_refuses_what_was_measured_after_it_was_recorded(row: Measurement) -> None:
    later = clock.now() + timedelta(hours=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        MeasurementSet.unscoped.create(patient=row.patient, taken_at=later, recorded_at=clock.now())


# -- what follows the child -------------------------------------------------------------------------------------------


def test_measurements_follow_a_merge_and_come_back(asker: User, community: Institution, row: Measurement) -> None:
    kept = make_patient(community, "Lin Xiao Yu")
    with acting_as(actor_for(asker)) as actor:
        merge = merge_patients(actor=actor, kept_id=kept.pk, absorbed_id=row.patient_id)
        assert only_row(kept).measured.patient_id == kept.pk
        undo_merge(actor=actor, merge_id=merge.pk)
    assert only_row(row.patient).pk == row.pk


def test_erasing_a_child_takes_its_measurements(asker: User, privacy: User, row: Measurement) -> None:
    correct(asker, row, replacement=kg("6.9"))
    with acting_as(actor_for(privacy)) as actor:
        erase_patient(actor=actor, patient_id=row.patient_id, reason="asked for", proven=True)
    assert not Measurement.unscoped.exists() and not MeasurementSet.unscoped.exists()
