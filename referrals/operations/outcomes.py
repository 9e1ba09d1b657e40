"""What became of the child: signed by the hospital, corrected in the open, acknowledged by the sender (R14, R15)."""

from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.operations import start_clock, stop_clock
from consortium.casework.operations.drafting import TEXT_LENGTH
from consortium.casework.operations.signing import signed_as, signer_of
from consortium.casework.states import Leg
from consortium.clinical.diagnoses import read
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, database_rules
from referrals.events import OutcomeAcknowledged, OutcomeCorrected, OutcomeSent
from referrals.models import Acknowledgement, CareDraft, Outcome, Referral
from referrals.operations.caring import end_stay
from referrals.operations.moving import Move, close, finish, hold_patient, locked, open_again, take
from referrals.operations.offering import ask_no_longer, waiting_offers, winner_of
from referrals.queries.avoidable import stay_of, was_avoidable
from referrals.queries.outcomes import newest_outcome
from referrals.states import Appropriateness, Concordance, Destination, Letter, OfferStep

#: final diagnoses that one outcome has at most
MOST_DIAGNOSES = 4
REASON_LENGTH = 300
#: the seven essential parts of a discharge summary are the dates, the diagnoses and these (JAMA 2007;297:831)
WRITTEN = ("course", "medicines", "immunisations", "pending", "follow_up")


@dataclass(frozen=True, slots=True)
class Ending:
    """What the hospital tells. `diagnoses`: as they were written, the main one first: "J21.9 Acute bronchiolitis".

    `special_care`: whether the child needed what only a hospital has; `to_sender`: what to learn from it, not for the
    family; `for_family`: in plain language.
    """

    admitted_on: date | None
    left_on: date | None
    diagnoses: tuple[str, ...]
    course: str
    medicines: str
    immunisations: str
    pending: str
    follow_up: str
    destination: str
    special_care: bool | None
    appropriateness: str = ""
    to_sender: str = ""
    for_family: str = ""

    def coded(self) -> list[dict[str, Any]]:
        """The diagnoses as they are kept: code, text, whether it is the main one."""
        read_ones = [read(said) for said in self.diagnoses if said.strip()]
        return [{"code": code, "text": text, "main": n == 0} for n, (code, text) in enumerate(read_ones)]


def _check(said: Ending) -> None:
    wrong: dict[str, Any] = {**_wrong_dates(said), **_wrong_diagnoses(said)}
    for name in WRITTEN:
        if not getattr(said, name).strip():
            wrong[name] = _("Write “none” where there is none.")
    for field in fields(said):
        value = getattr(said, field.name)
        if isinstance(value, str) and len(value) > TEXT_LENGTH:
            wrong[field.name] = _("This is longer than %(most)d characters.") % {"most": TEXT_LENGTH}
    if said.destination not in Destination.values:
        wrong["destination"] = _("Choose where the child went.")
    if said.special_care is None:
        wrong["special_care"] = _("Say whether the child needed what only a hospital has.")
    if said.appropriateness not in ("", *Appropriateness.values):
        wrong["appropriateness"] = _("Choose one of these.")
    if wrong:
        raise InvalidInput(wrong)


def _wrong_dates(said: Ending) -> dict[str, Any]:
    if said.admitted_on is None or said.left_on is None:
        missing = "admitted_on" if said.admitted_on is None else "left_on"
        return {missing: _("Enter the day.")}
    if said.left_on < said.admitted_on:
        return {"left_on": _("A child leaves after it comes.")}
    return {"left_on": _("This day is still to come.")} if said.left_on > clock.today() else {}


def _wrong_diagnoses(said: Ending) -> dict[str, Any]:
    coded = said.coded()
    if not coded:
        return {"diagnoses": _("Write the final diagnosis.")}
    if len(coded) > MOST_DIAGNOSES:
        return {"diagnoses": _("At most %(most)d diagnoses: the ones that matter.") % {"most": MOST_DIAGNOSES}}
    bare = [row["text"] for row in coded if not row["code"]]
    if bare:
        words = _("“%(diagnosis)s” has no code: choose it from the list, or write the ICD-10 code first, as in J21.9.")
        return {"diagnoses": words % {"diagnosis": bare[0]}}
    unnamed = [row["code"] for row in coded if not row["text"]]
    return {"diagnoses": _("Write what %(code)s means.") % {"code": unnamed[0]}} if unnamed else {}


def _signed(move: Move, said: Ending, key: UUID | None, corrects: Outcome | None, reason: str) -> Outcome:
    """The row, signed. A correction keeps the length of the stay: what it corrects is what was said of it."""
    signer = signer_of(move.actor)
    told = {name: value.strip() if isinstance(value, str) else value for name, value in asdict(said).items()}
    stay = stay_of(move.referral)
    row = Outcome(
        **{**told, "diagnoses": said.coded()}, case=move.case, number=(corrects.number if corrects else 0) + 1,
        **signed_as(signer), signed_at=clock.now(), corrects=corrects, correction_reason=reason,
        avoidable=was_avoidable(said.destination, special_care=bool(said.special_care), stay=stay),
        **({"request_key": key} if key else {}),
    )  # fmt: skip
    with database_rules():
        row.save(force_insert=True)
    CareDraft.objects.filter(case_id=move.case.pk, author_id=move.actor.user_id, letter=Letter.OUTCOME).delete()
    return row


def _signed_before(actor: Actor, referral: Referral, key: UUID | None) -> bool:
    mine = Outcome.objects.filter(case_id=referral.pk, created_by_id=actor.user_id)
    return key is not None and mine.filter(request_key=key).exists()


def _to_sender(move: Move) -> None:
    stop_clock(move.case)
    start_clock(move.case, Leg.ACKNOWLEDGEMENT)
    move.give_to_asker()


def _told(outcome: Outcome) -> dict[str, Any]:
    return {"outcome": outcome.number, "destination": outcome.destination}


@transaction.atomic
def send_outcome(*, actor: Actor, case_id: UUID, ending: Ending, key: UUID | None = None) -> Referral:
    """Sign what became of the child and send it to the sender, once for each `key`.

    A wish to cancel that is still open is settled by it: the outcome wins (R13). Raises InvalidInput (by field),
    WrongStep, NotPermitted, NotVisible.
    """
    referral = locked(case_id)
    if _signed_before(actor, referral, key):
        return referral
    move = take(actor, referral, "send_outcome")
    _check(ending)
    end_stay(move, ending.left_on)
    outcome = _signed(move, ending, key, None, "")
    wins = referral.cancel_asked_at is not None
    referral.cancel_asked_at, referral.cancel_reason, referral.information_asked_at = None, "", None
    _complete_offers(move)
    _to_sender(move)
    return finish(
        move, OutcomeSent(case_id, outcome.pk), facts={**_told(outcome), **({"outcome_wins": True} if wins else {})},
        text=outcome.course,
    )  # fmt: skip


def _complete_offers(move: Move) -> None:
    """The hospital that had the child has done what was asked, accepted or not; nobody else is asked any more."""
    waiting = waiting_offers(move.case)
    accepted = winner_of(move.case)
    theirs = accepted or next((each for each in waiting if each.service_id == move.case.service_id), None)
    ask_no_longer(move.actor, move.case, [each for each in waiting if each != theirs])
    if theirs is not None:
        theirs.step = OfferStep.COMPLETED
        theirs.save(update_fields=["step"])


@transaction.atomic
def correct_outcome(
    *, actor: Actor, case_id: UUID, ending: Ending, reason: str, key: UUID | None = None
) -> Referral:  # fmt: skip
    """Correct what was signed: the old text stays, struck, and the sender acknowledges anew (R14c). By who signed it;
    by the service lead in their place, who signs with their own name."""
    hold_patient(case_id)
    referral = locked(case_id)
    if _signed_before(actor, referral, key):
        return referral
    move = take(actor, referral, "correct_outcome")
    _check(ending)
    if not reason.strip():
        raise InvalidInput({"reason": _("Say what was wrong, so that the sender knows what to change.")})
    before = newest_outcome(case_id)
    outcome = _signed(move, ending, key, before, reason.strip()[:REASON_LENGTH])
    if not move.case.is_open:
        open_again(move)
    _to_sender(move)
    in_place = {"in_place_of": str(before.signed_by_id)} if before.signed_by_id != actor.user_id else {}
    return finish(
        move, OutcomeCorrected(case_id, outcome.pk), facts={**_told(outcome), **in_place},
        text=outcome.correction_reason,
    )  # fmt: skip


@transaction.atomic
def acknowledge(
    *,
    actor: Actor,
    case_id: UUID,
    usefulness: int,
    concordance: str,
    appropriateness: str = "",
    learnt: str = "",
) -> Referral:
    """The sender has read it: how useful it was (1 to 5), how their own diagnosis compares, whether they referred in
    time, and what they take from it, which stays theirs. The loop is closed."""
    move = take(actor, locked(case_id), "acknowledge")
    _check_acknowledgement(usefulness, concordance, appropriateness, learnt)
    outcome = newest_outcome(case_id)
    with database_rules():
        Acknowledgement(
            outcome=outcome, case=move.case, usefulness=usefulness, concordance=concordance,
            appropriateness=appropriateness, learnt=learnt.strip(), at=clock.now(), by_id=actor.user_id,
        ).save(force_insert=True)  # fmt: skip
    stop_clock(move.case)
    close(move)
    event = OutcomeAcknowledged(case_id, outcome.pk, concordance)
    facts = {"usefulness": usefulness, "concordance": concordance, "appropriateness": appropriateness}
    return finish(move, event, facts=facts)


def _check_acknowledgement(usefulness: int, concordance: str, appropriateness: str, learnt: str) -> None:
    wrong: dict[str, Any] = {}
    if usefulness not in range(1, 6):
        wrong["usefulness"] = _("Choose 1 to 5.")
    if concordance not in Concordance.values:
        wrong["concordance"] = _("Say how your diagnosis compares.")
    if appropriateness not in ("", *Appropriateness.values):
        wrong["appropriateness"] = _("Choose one of these.")
    if len(learnt) > TEXT_LENGTH:
        wrong["learnt"] = _("This is longer than %(most)d characters.") % {"most": TEXT_LENGTH}
    if wrong:
        raise InvalidInput(wrong)
