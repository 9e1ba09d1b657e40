"""How a referral ends without an outcome: withdrawn, cancelled as the recipient decides, ended, entered in error."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from consortium.casework.models import Clock, Message, Service
from consortium.casework.states import Ball, Leg, Priority
from consortium.kernel import clock
from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted
from consortium.patients.models import Patient
from consortium.patients.operations import Decision, record_consent
from consortium.patients.states import ConsentKind, ConsentStatus
from consortium.people.models import User
from referrals.models import FollowUp, Referral
from referrals.operations.answering import accept, open_referral
from referrals.operations.cancelling import ask_cancel, confirm_cancel, end, enter_in_error, keep, withdraw
from referrals.operations.caring import admit, discharge
from referrals.operations.outcomes import send_outcome
from referrals.operations.transport import arrive
from referrals.states import CancelReason, EndReason, ErrorReason, FollowUpStep, OfferStep, Place, Step
from tests.consultations.cases import by
from tests.consultations.test_concurrency import as_user, race
from tests.referrals.cases import sent
from tests.referrals.stages import ending
from tests.referrals.test_answering import no, running, steps, stored

BETTER = CancelReason.BETTER


def closed(referral: Referral) -> bool:
    after = stored(referral)
    return not after.case.is_open and after.case.ball == Ball.NONE and running(referral) == []


def no_more_sharing(user: User, patient: Patient) -> None:
    decision = Decision(ConsentKind.SHARE, ConsentStatus.INACTIVE, how="spoken")
    by(user, record_consent, patient_id=patient.pk, decision=decision)


# -- withdrawn --------------------------------------------------------------------------------------------------------


def test_the_sender_withdraws_what_nobody_has_seen(asker: User, referral: Referral) -> None:
    by(asker, withdraw, case_id=referral.pk, reason=BETTER)
    assert (stored(referral).step, stored(referral).cancel_reason) == (Step.CANCELLED, BETTER)
    assert closed(referral)
    assert steps(referral) == [OfferStep.WITHDRAWN]


def test_withdrawing_twice_is_once(asker: User, referral: Referral) -> None:
    by(asker, withdraw, case_id=referral.pk, reason=BETTER)
    version = stored(referral).case.version
    by(asker, withdraw, case_id=referral.pk, reason=BETTER)
    assert stored(referral).case.version == version


def test_what_was_declined_is_withdrawn_too(asker: User, specialist: User, referral: Referral) -> None:
    no(specialist, referral)
    assert by(asker, withdraw, case_id=referral.pk, reason=CancelReason.FAMILY).step == Step.CANCELLED


def test_what_was_seen_is_not_withdrawn_alone(asker: User, specialist: User, referral: Referral) -> None:
    by(specialist, open_referral, case_id=referral.pk)
    with pytest.raises(DomainError) as wrong:
        by(asker, withdraw, case_id=referral.pk, reason=BETTER)
    assert wrong.value.status == 422


@pytest.mark.parametrize("reason", ["", "tired", CancelReason.CONSENT])
def test_a_withdrawal_has_a_reason_of_a_person(asker: User, referral: Referral, reason: str) -> None:
    with pytest.raises(InvalidInput):
        by(asker, withdraw, case_id=referral.pk, reason=reason)


def test_the_recipient_does_not_withdraw(specialist: User, referral: Referral) -> None:
    with pytest.raises(NotPermitted):
        by(specialist, withdraw, case_id=referral.pk, reason=BETTER)


# -- the recipient decides --------------------------------------------------------------------------------------------


def test_asking_to_cancel_leaves_the_step_and_gives_the_ball(
    asker: User, specialist: User, referral: Referral
) -> None:  # fmt: skip
    by(specialist, accept, case_id=referral.pk)
    by(asker, ask_cancel, case_id=referral.pk, reason=BETTER, note="She smiles again.")
    after = stored(referral)
    assert (after.step, after.case.ball_user_id) == (Step.ACCEPTED, specialist.pk)
    assert after.cancel_asked_at is not None
    assert running(referral) == [Leg.BOOKING]
    assert Message.unscoped.get(case_id=referral.pk).text == "She smiles again."


def test_asking_twice_is_asking_once(asker: User, specialist: User, referral: Referral) -> None:
    by(specialist, open_referral, case_id=referral.pk)
    by(asker, ask_cancel, case_id=referral.pk, reason=BETTER)
    asked_at = stored(referral).cancel_asked_at
    by(asker, ask_cancel, case_id=referral.pk, reason=BETTER)
    assert stored(referral).cancel_asked_at == asked_at


def test_the_recipient_confirms(asker: User, specialist: User, referral: Referral) -> None:
    by(specialist, accept, case_id=referral.pk)
    by(asker, ask_cancel, case_id=referral.pk, reason=BETTER)
    by(specialist, confirm_cancel, case_id=referral.pk)
    assert stored(referral).step == Step.CANCELLED
    assert closed(referral)


def test_confirming_twice_is_once(asker: User, specialist: User, referral: Referral) -> None:
    by(specialist, accept, case_id=referral.pk)
    by(asker, ask_cancel, case_id=referral.pk, reason=BETTER)
    for _ in range(2):
        assert by(specialist, confirm_cancel, case_id=referral.pk).step == Step.CANCELLED


def test_the_recipient_keeps_it_and_says_why(asker: User, specialist: User, referral: Referral) -> None:
    by(specialist, accept, case_id=referral.pk)
    by(asker, ask_cancel, case_id=referral.pk, reason=BETTER)
    by(specialist, keep, case_id=referral.pk, reason="Better is not well.")
    after = stored(referral)
    assert (after.step, after.cancel_asked_at, after.cancel_reason) == (Step.ACCEPTED, None, "")
    assert Message.unscoped.get(case_id=referral.pk).text == "Better is not well."


def test_keeping_says_why(asker: User, specialist: User, referral: Referral) -> None:
    by(specialist, accept, case_id=referral.pk)
    by(asker, ask_cancel, case_id=referral.pk, reason=BETTER)
    with pytest.raises(InvalidInput):
        by(specialist, keep, case_id=referral.pk, reason=" ")


@pytest.mark.parametrize("act", [confirm_cancel, keep])
def test_what_nobody_asked_for_is_not_answered(specialist: User, referral: Referral, act: Any) -> None:
    by(specialist, accept, case_id=referral.pk)
    more = {"reason": "No."} if act is keep else {}
    with pytest.raises(NotPermitted):
        by(specialist, act, case_id=referral.pk, **more)


def test_the_sender_does_not_confirm_their_own_wish(asker: User, specialist: User, referral: Referral) -> None:
    by(specialist, accept, case_id=referral.pk)
    by(asker, ask_cancel, case_id=referral.pk, reason=BETTER)
    with pytest.raises(NotPermitted):
        by(asker, confirm_cancel, case_id=referral.pk)


# -- ended, and in error ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", EndReason.values)
def test_it_ends_without_care_and_is_not_completed(asker: User, referral: Referral, reason: str) -> None:
    by(asker, end, case_id=referral.pk, reason=reason)
    assert (stored(referral).step, stored(referral).end_reason) == (Step.ENDED, reason)
    assert closed(referral)


def test_it_ends_with_a_known_reason(asker: User, referral: Referral) -> None:
    with pytest.raises(InvalidInput):
        by(asker, end, case_id=referral.pk, reason="bored")


def test_it_ends_once(asker: User, referral: Referral) -> None:
    for _ in range(2):
        assert by(asker, end, case_id=referral.pk, reason=EndReason.DIED).step == Step.ENDED


def test_the_visits_that_lay_ahead_fall_away(asker: User, referral: Referral) -> None:
    ahead = FollowUp(case=stored(referral).case, number=1, due_on=clock.today(), task="Weigh her.")
    ahead.save(force_insert=True)
    by(asker, end, case_id=referral.pk, reason=EndReason.LEFT_AREA)
    assert FollowUp.unscoped.get(pk=ahead.pk).step == FollowUpStep.CANCELLED


def test_a_stay_ends_with_it(specialist: User, referral: Referral) -> None:
    by(specialist, accept, case_id=referral.pk)
    by(specialist, arrive, case_id=referral.pk)
    by(specialist, admit, case_id=referral.pk, place=Place.WARD)
    by(specialist, end, case_id=referral.pk, reason=EndReason.DIED)
    assert stored(referral).case.encounters(manager="unscoped").get().ended_at is not None


def test_entered_in_error_leaves_the_lists(asker: User, referral: Referral) -> None:
    by(asker, enter_in_error, case_id=referral.pk, reason=ErrorReason.WRONG_CHILD)
    after = stored(referral)
    assert (after.step, after.error_reason) == (Step.ENTERED_IN_ERROR, ErrorReason.WRONG_CHILD)
    assert after.case.entered_in_error_at is not None
    assert closed(referral)


def test_what_is_closed_may_still_be_an_error(asker: User, referral: Referral) -> None:
    by(asker, withdraw, case_id=referral.pk, reason=CancelReason.MISTAKE)
    assert by(asker, enter_in_error, case_id=referral.pk, reason=ErrorReason.DUPLICATE).step == Step.ENTERED_IN_ERROR


def test_an_error_has_a_known_reason(asker: User, referral: Referral) -> None:
    with pytest.raises(InvalidInput):
        by(asker, enter_in_error, case_id=referral.pk, reason="oops")


def test_only_the_author_or_the_lead_says_it_is_an_error(colleague: User, referral: Referral) -> None:
    with pytest.raises(NotPermitted):
        by(colleague, enter_in_error, case_id=referral.pk, reason=ErrorReason.OTHER)


# -- the consent ends -------------------------------------------------------------------------------------------------


def test_without_the_consent_a_child_is_no_longer_expected(
    asker: User, specialist: User, referral: Referral, patient: Patient
) -> None:
    by(specialist, accept, case_id=referral.pk)
    no_more_sharing(asker, patient)
    after = stored(referral)
    assert (after.step, after.cancel_reason) == (Step.CANCELLED, CancelReason.CONSENT)
    assert (after.case.responder_id, after.consent_given) == (None, False)
    assert closed(referral)


def test_who_has_the_child_cares_on(asker: User, specialist: User, referral: Referral, patient: Patient) -> None:
    by(specialist, accept, case_id=referral.pk)
    by(specialist, arrive, case_id=referral.pk)
    no_more_sharing(asker, patient)
    assert stored(referral).step == Step.ARRIVED
    assert by(specialist, lambda actor: Patient.objects.filter(pk=patient.pk).exists())


# -- at once ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_cancel_against_outcome_is_decided_by_who_was_first(
    asker: User, patient: Patient, service: Service, specialist: User, other_specialist: User
) -> None:
    won = set()
    for _ in range(8):
        one = sent(asker, patient, service, priority=Priority.STAT)
        for act, more in ((accept, {}), (arrive, {}), (admit, {"place": Place.WARD}), (discharge, {})):
            by(specialist, act, case_id=one.pk, **more)
        by(asker, ask_cancel, case_id=one.pk, reason=BETTER)
        results = race([
            as_user(specialist, send_outcome, case_id=one.pk, ending=ending()),
            as_user(other_specialist, confirm_cancel, case_id=one.pk),
        ])  # fmt: skip
        refused = [each for each in results if isinstance(each, DomainError)]
        assert len(refused) == 1, results
        assert refused[0].status in (403, 409, 422)
        won.add(stored(one).step)
        assert Clock.unscoped.filter(case_id=one.pk, stopped_at=None).count() == (stored(one).step != Step.CANCELLED)
    assert won <= {Step.CANCELLED, Step.OUTCOME_SENT}


def test_the_day_after_the_family_is_asked_nothing(asker: User, referral: Referral) -> None:
    by(asker, withdraw, case_id=referral.pk, reason=BETTER)
    with clock.moved(timedelta(days=1)):
        assert closed(referral)
