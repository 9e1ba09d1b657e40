"""What the database refuses of care, outcome and follow-up, whoever writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from consortium.casework.models import Service
from consortium.kernel import clock
from consortium.patients.models import Patient
from consortium.people.models import User
from referrals.models import Acknowledgement, CareDraft, Encounter, FollowUp, Outcome, Referral
from referrals.states import Destination, FollowUpStep, Letter, Place, Step
from tests.referrals.cared import admitted, ending, told
from tests.referrals.cases import sent

pytestmark = pytest.mark.django_db


def refused(write: Callable[[], Any]) -> str:
    """The rule that the database names; "" when it takes the row."""
    try:
        with transaction.atomic():
            write()
            transaction.set_rollback(True)
    except IntegrityError as error:
        rule: str = error.__cause__.diag.constraint_name  # type: ignore[union-attr]
        return rule
    return ""


@pytest.fixture
def inside(asker: User, specialist: User, patient: Patient, service: Service) -> Referral:
    return admitted(asker, specialist, patient, service)


@pytest.fixture
def home(asker: User, specialist: User, patient: Patient, service: Service) -> Outcome:
    """Told, and not yet acknowledged."""
    row: Outcome = Outcome.unscoped.get(case_id=told(asker, specialist, patient, service).pk)
    return row


def test_a_stay(inside: Referral, specialist: User) -> None:
    now = clock.now()

    def stay(**fields: Any) -> Callable[[], Any]:
        plain = {"place": Place.WARD, "begun_at": now, "begun_by": specialist, "ended_at": now}
        return lambda: Encounter.unscoped.create(case_id=inside.pk, **{**plain, **fields})

    assert refused(stay()) == ""
    assert refused(stay(ended_at=None)) == "referrals_encounter_one_open"
    assert refused(stay(place="corridor")) == "referrals_encounter_place"
    assert refused(stay(ended_at=now - timedelta(seconds=1))) == "referrals_encounter_period"


def test_an_outcome(home: Outcome) -> None:
    rows = Outcome.unscoped.filter(pk=home.pk)

    def changed(**fields: Any) -> Callable[[], Any]:
        return lambda: rows.update(**fields)

    assert refused(changed(left_on=home.admitted_on - timedelta(days=1))) == "referrals_outcome_dates"
    for empty in ("course", "medicines", "pending", "follow_up", "immunisations"):
        assert refused(changed(**{empty: ""})) == "referrals_outcome_whole"
    assert refused(changed(diagnoses=[])) == "referrals_outcome_whole"
    assert refused(changed(destination="moon")) == "referrals_outcome_known"
    assert refused(changed(appropriateness="perhaps")) == "referrals_outcome_known"
    assert refused(changed(correction_reason="Typo.")) == "referrals_outcome_corrected_with_reason"


def test_only_who_went_home_and_needed_nothing_special_could_have_stayed(home: Outcome) -> None:
    rows, rule = Outcome.unscoped.filter(pk=home.pk), "referrals_outcome_avoidable"
    assert refused(lambda: rows.update(avoidable=True, special_care=False)) == ""
    assert refused(lambda: rows.update(avoidable=True, special_care=True)) == rule
    lower = {"destination": Destination.LOWER, "special_care": False}
    assert refused(lambda: rows.update(avoidable=True, **lower)) == rule


def test_a_draft(inside: Referral, specialist: User) -> None:
    def draft(letter: str) -> CareDraft:
        made: CareDraft = CareDraft.unscoped.create(
            case_id=inside.pk, author=specialist, letter=letter, saved_at=clock.now()
        )
        return made

    assert str(draft(Letter.PLAN)).startswith("plan of")
    assert refused(lambda: draft(Letter.PLAN)) == "referrals_care_draft_once"
    assert refused(lambda: draft("poem")) == "referrals_care_draft_letter"


def test_an_acknowledgement(home: Outcome, asker: User) -> None:
    def said(**fields: Any) -> Callable[[], Any]:
        plain = {"usefulness": 3, "concordance": "same", "at": clock.now(), "by": asker}
        return lambda: Acknowledgement.unscoped.create(outcome=home, case_id=home.case_id, **{**plain, **fields})

    assert refused(said()) == ""
    assert [refused(said(usefulness=n)) for n in (0, 6)] == ["referrals_usefulness"] * 2
    assert refused(said(concordance="")) == "referrals_concordance"
    assert refused(said(appropriateness="perhaps")) == "referrals_concordance"


def test_a_visit(inside: Referral) -> None:
    today = clock.today()
    visit = FollowUp.unscoped.create(case_id=inside.pk, number=1, due_on=today, task="Weigh.")
    rows = FollowUp.unscoped.filter(pk=visit.pk)
    assert refused(lambda: rows.update(step=FollowUpStep.DONE)) == "referrals_follow_up_done_pair"
    assert refused(lambda: rows.update(step=FollowUpStep.RECALL)) == "referrals_follow_up_recalled"
    assert refused(lambda: rows.update(recall_on=today - timedelta(days=1))) == "referrals_follow_up_recall_later"
    again = FollowUp(case_id=inside.pk, number=1, due_on=today, task="Weigh.")
    assert refused(lambda: again.save(force_insert=True)) == "referrals_follow_up_number"


def test_an_outcome_that_waits_does_not_stand_in_the_way_of_a_new_referral(
    home: Outcome, asker: User, patient: Patient, service: Service
) -> None:
    again = sent(asker, patient, service)
    assert again.step == Step.REQUESTED
    third = Referral.unscoped.get(pk=home.case_id)
    assert (third.problem, third.kind, third.is_stat) == (again.problem, again.kind, again.is_stat)


def test_a_whole_outcome_is_one(home: Outcome) -> None:
    assert (home.diagnoses[0]["code"], str(home)) == ("J05.0", f"outcome 1 of {home.case_id}")
    assert ending().coded() == [{"code": "J05.0", "text": "Croup", "main": True}]
