"""Vital signs and questions: what they raise and never lower, and the weight that a question takes and gives."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from consortium.casework.models import Case, Service
from consortium.casework.queries.urgency import least_urgency, urgency_of_signs
from consortium.casework.states import Priority
from consortium.clinical.pews import Level
from consortium.journal.models import Entry as JournalEntry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.patients.models import Measurement, Patient
from consortium.patients.operations import Entry, correct_measurement, record_measurements
from consortium.people.models import Institution, User
from consultations import operations
from tests.cast import actor_for, client_for
from tests.consultations.cases import answered, by, claimed, drafted, submitted
from tests.factories.patients import make_measured, make_patient

pytestmark = pytest.mark.django_db


def signs(user: User, patient: Patient, **codes: str) -> None:
    with acting_as(actor_for(user)) as actor:
        entries = [Entry(kind, code=code) for kind, code in codes.items()]
        record_measurements(actor=actor, patient_id=patient.pk, entries=entries)


def priority(case_id: Any) -> int:
    return int(Case.unscoped.get(pk=case_id).priority)


# -- the rule ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "least"),
    [
        (Level.NONE, Priority.ROUTINE), (Level.LOW, Priority.ROUTINE), (Level.MEDIUM, Priority.URGENT),
        (Level.HIGH, Priority.STAT), (Level.EMERGENCY, Priority.STAT),
    ],
)  # fmt: skip
def test_a_level_asks_for_an_urgency(level: Level, least: Priority) -> None:
    assert least_urgency(level) == least


def test_a_child_without_signs_asks_for_nothing(asker: User, patient: Patient) -> None:
    assert urgency_of_signs(patient.pk) == Priority.ROUTINE


# -- an open question -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "concern", "after"),
    [
        (Priority.ROUTINE, "carer", Priority.URGENT), (Priority.ROUTINE, "septic_shock", Priority.STAT),
        (Priority.URGENT, "carer", Priority.URGENT), (Priority.URGENT, "pupils", Priority.STAT),
        (Priority.STAT, "carer", Priority.STAT),
    ],
)  # fmt: skip
def test_an_open_question_becomes_at_least_as_urgent(
    asker: User, patient: Patient, service: Service, before: Priority, concern: str, after: Priority
) -> None:
    case_id = submitted(asker, patient, service, priority=before).pk
    signs(asker, patient, concern=concern)
    assert priority(case_id) == after


def test_a_better_score_lowers_nothing(asker: User, patient: Patient, service: Service) -> None:
    case_id = submitted(asker, patient, service, priority=Priority.ROUTINE).pk
    signs(asker, patient, avpu="V")
    signs(asker, patient, avpu="A")
    assert priority(case_id) == Priority.STAT


def test_a_low_score_leaves_the_question_alone(asker: User, patient: Patient, service: Service) -> None:
    case_id = submitted(asker, patient, service, priority=Priority.ROUTINE).pk
    signs(asker, patient, distress="severe")
    assert priority(case_id) == Priority.ROUTINE


def test_a_question_being_answered_is_raised_too(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    case_id = claimed(asker, specialist, patient, service, priority=Priority.ROUTINE).pk
    signs(asker, patient, avpu="U")
    assert priority(case_id) == Priority.STAT


def test_whoever_measures_raises_it_though_they_may_not_raise_it_themselves(
    asker: User, nurse: User, patient: Patient, service: Service
) -> None:
    case_id = submitted(asker, patient, service, priority=Priority.ROUTINE).pk
    signs(nurse, patient, avpu="V")
    assert priority(case_id) == Priority.STAT


def test_a_correction_that_is_worse_raises_it(asker: User, patient: Patient, service: Service) -> None:
    case_id = submitted(asker, patient, service, priority=Priority.ROUTINE).pk
    signs(asker, patient, avpu="A")
    row = Measurement.unscoped.get(kind="avpu")
    by(asker, correct_measurement, measurement_id=row.pk, reason="mistyped", replacement=Entry("avpu", code="P"))
    assert priority(case_id) == Priority.STAT


def test_a_closed_question_is_left_alone(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    case_id = answered(asker, specialist, patient, service, priority=Priority.ROUTINE).pk
    by(asker, operations.close_out, case_id=case_id, change="confirmed", referral_avoided=True)
    signs(asker, patient, avpu="U")
    assert priority(case_id) == Priority.ROUTINE


def test_a_draft_is_raised_when_it_is_sent(asker: User, patient: Patient, service: Service) -> None:
    case_id = drafted(asker, patient, service, priority=Priority.ROUTINE).pk
    signs(asker, patient, avpu="V")
    assert priority(case_id) == Priority.ROUTINE
    by(asker, operations.submit, case_id=case_id)
    assert priority(case_id) == Priority.STAT


def test_signs_of_this_morning_raise_no_question_of_this_evening(
    asker: User, patient: Patient, service: Service
) -> None:
    make_measured(patient, at=clock.now() - timedelta(hours=5), avpu="U")
    assert priority(submitted(asker, patient, service, priority=Priority.ROUTINE).pk) == Priority.ROUTINE


def test_another_childs_question_is_left_alone(
    asker: User, patient: Patient, service: Service, community: Institution
) -> None:
    case_id = submitted(asker, patient, service, priority=Priority.ROUTINE).pk
    signs(asker, make_patient(community, "Wu Ping"), avpu="U")
    assert priority(case_id) == Priority.ROUTINE


def test_the_journal_says_that_the_signs_raised_it(asker: User, patient: Patient, service: Service) -> None:
    case_id = submitted(asker, patient, service, priority=Priority.ROUTINE).pk
    signs(asker, patient, avpu="V")
    entry = JournalEntry.unscoped.filter(subject_id=str(case_id), verb="raise_urgency").get()
    assert (entry.actor_kind, entry.facts["after"]) == ("system", "stat")


# -- the weight -------------------------------------------------------------------------------------------------------


def weights(patient: Patient) -> list[Decimal | None]:
    return list(Measurement.unscoped.filter(patient=patient, kind="weight").values_list("base", flat=True))


def test_a_questions_weight_is_a_measurement(asker: User, patient: Patient, service: Service) -> None:
    submitted(asker, patient, service)
    assert weights(patient) == [Decimal("6.8")]


def test_the_weight_just_measured_is_not_kept_twice(asker: User, patient: Patient, service: Service) -> None:
    make_measured(patient, weight="6.8")
    submitted(asker, patient, service)
    assert len(weights(patient)) == 1


def test_another_weight_than_was_measured_is_kept(asker: User, patient: Patient, service: Service) -> None:
    make_measured(patient, weight="6.7")
    submitted(asker, patient, service)
    assert set(weights(patient)) == {Decimal("6.7"), Decimal("6.8")}


def test_an_old_weight_confirmed_by_hand_is_kept_anew(asker: User, patient: Patient, service: Service) -> None:
    make_measured(patient, at=clock.now() - timedelta(days=20), weight="6.8")
    submitted(asker, patient, service)
    assert len(weights(patient)) == 2


def test_a_stat_question_without_a_weight_keeps_none(asker: User, patient: Patient, service: Service) -> None:
    submitted(asker, patient, service, priority=Priority.STAT, weight_grams=None)
    assert weights(patient) == []


# -- the form and the case --------------------------------------------------------------------------------------------


def form_of(asker: User, patient: Patient, service: Service, **fields: Any) -> str:
    case_id = drafted(asker, patient, service, **{"weight_grams": None, **fields}).pk
    return str(client_for(asker).get(reverse("consultations:edit", args=[case_id])).content.decode())


def test_a_recent_weight_stands_in_the_form_with_its_time(asker: User, patient: Patient, service: Service) -> None:
    make_measured(patient, weight="6.8")
    text = form_of(asker, patient, service)
    assert 'name="weight" value="6.8"' in text and "Measured: 6.8 kg" in text


def test_an_old_weight_is_offered_and_never_taken_silently(asker: User, patient: Patient, service: Service) -> None:
    make_measured(patient, at=clock.now() - timedelta(days=20), weight="6.8")
    text = form_of(asker, patient, service)
    assert 'name="weight" value="6.8"' not in text
    assert 'name="use_weight" value="6.8"' in text and "Old" in text


def test_an_estimated_weight_is_offered_and_never_taken_silently(
    asker: User, patient: Patient, service: Service
) -> None:
    make_measured(patient, weight="6.8", estimated=True)
    text = form_of(asker, patient, service)
    assert 'name="weight" value="6.8"' not in text and "(estimated)" in text


def test_one_tap_takes_it_and_loses_nothing_typed(asker: User, patient: Patient, service: Service) -> None:
    case_id = drafted(asker, patient, service, weight_grams=None).pk
    typed = {"use_weight": "6.8", "weight": "", "question": "And now?", "priority": "2", "service_id": str(service.pk)}
    reply = client_for(asker).post(reverse("consultations:edit", args=[case_id]), typed)
    case = Case.unscoped.select_related("consultation").get(pk=case_id)
    assert reply.status_code == 302
    assert (case.weight_grams, case.consultation.question, case.consultation.step) == (6800, "And now?", "draft")


def test_both_sides_see_the_score_and_the_chart(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    make_measured(patient, weight="6.8", resp_rate="65")
    case_id = claimed(asker, specialist, patient, service).pk
    for user in (asker, specialist):
        text = client_for(user).get(reverse("consultations:show", args=[case_id])).content.decode()
        assert "PEWS at least 2" in text and "chart-dot" in text


def test_before_a_claim_nobody_sees_them(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    make_measured(patient, weight="6.8", resp_rate="65")
    case_id = submitted(asker, patient, service).pk
    text = client_for(specialist).get(reverse("consultations:show", args=[case_id])).content.decode()
    assert "PEWS" not in text and "chart-dot" not in text
