"""The answer: named, signed, never changed, corrected in the open (C7, C9, C19)."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.operations import start_clock, stop_clock
from consortium.casework.operations.drafting import TEXT_LENGTH
from consortium.casework.operations.signing import signed_as, signer_of
from consortium.casework.queries.escalating import is_taken_on
from consortium.casework.states import Leg
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput
from consortium.kernel.policies import require
from consultations.events import AnswerBegun, AnswerCorrected, ConsultationAnswered, CorrectionAcknowledged
from consultations.models import Answer, AnswerDraft, Consultation
from consultations.operations.moving import Move, begin, finish, locked, open_again, take
from consultations.policies import latest_answer, may_answer, may_correct
from consultations.states import Step


@dataclass(frozen=True, slots=True)
class Advice:
    """What a specialist says: impression and do-now are required, the rest is one tap from a template."""

    impression: str
    do_now: str
    red_flags: str = ""
    when_to_refer: str = ""
    follow_up: str = ""
    follow_up_on: date | None = None


def _check(advice: Advice) -> None:
    wrong: dict[str, Any] = {}
    if not advice.impression.strip():
        wrong["impression"] = _("Write your impression.")
    if not advice.do_now.strip():
        wrong["do_now"] = _("Write what to do now.")
    for name, value in asdict(advice).items():
        if isinstance(value, str) and len(value) > TEXT_LENGTH:
            wrong[name] = _("This is longer than %(most)d characters.") % {"most": TEXT_LENGTH}
    if wrong:
        raise InvalidInput(wrong)


def _signed(move: Move, advice: Advice, key: UUID | None, corrects: Answer | None, reason: str) -> Answer:
    signer = signer_of(move.actor)
    signed = Answer(
        case=move.case, number=(corrects.number if corrects else _answers_so_far(move)) + 1,
        **signed_as(signer), signed_at=clock.now(), corrects=corrects, correction_reason=reason,
        **{name: value.strip() if isinstance(value, str) else value for name, value in asdict(advice).items()},
        **({"request_key": key} if key else {}),
    )  # fmt: skip
    signed.save(force_insert=True)
    AnswerDraft.objects.filter(case_id=move.case.pk, author_id=move.actor.user_id).delete()
    return signed


def _answers_so_far(move: Move) -> int:
    newest = latest_answer(move.consultation)
    return newest.number if newest else 0


def _signed_before(actor: Actor, consultation: Consultation, key: UUID | None) -> bool:
    mine = Answer.objects.filter(case_id=consultation.pk, created_by_id=actor.user_id)
    return key is not None and mine.filter(request_key=key).exists()


def _to_asker(move: Move) -> None:
    stop_clock(move.case)
    start_clock(move.case, Leg.REVIEW)
    move.give_to_asker()


@transaction.atomic
def start(*, actor: Actor, case_id: UUID) -> Consultation:
    """The specialist opens the case and begins (C7)."""
    return finish(begin(actor, case_id, "start"), AnswerBegun(case_id))


@transaction.atomic
def save_answer_draft(*, actor: Actor, case_id: UUID, fields: dict[str, Any]) -> AnswerDraft:
    """Keep what has been typed of an answer or correction; it is nobody else's business and leaves no entry."""
    consultation = locked(case_id)
    if not may_answer(actor, consultation) and not may_correct(actor, consultation):
        require(may_answer(actor, consultation))
    kept = {name: str(fields.get(name) or "")[:TEXT_LENGTH] for name in Advice.__dataclass_fields__}
    draft, _fresh = AnswerDraft.objects.update_or_create(
        case_id=case_id, author_id=actor.user_id, defaults={"fields": kept, "saved_at": clock.now()}
    )
    result: AnswerDraft = draft
    return result


@transaction.atomic
def answer(*, actor: Actor, case_id: UUID, advice: Advice, key: UUID | None = None) -> Consultation:
    """Sign and send the answer (C9): it is the asker's turn."""
    consultation = locked(case_id)
    if _signed_before(actor, consultation, key):
        return consultation
    move = take(actor, consultation, "answer")
    _check(advice)
    signed = _signed(move, advice, key, None, "")
    move.consultation.answered_at = signed.signed_at
    _to_asker(move)
    event = ConsultationAnswered(move.case.pk, signed.pk)
    return finish(move, event, facts={"answer": signed.number}, text=f"{signed.impression}\n{signed.do_now}")


@transaction.atomic
def correct_answer(
    *, actor: Actor, case_id: UUID, advice: Advice, reason: str, key: UUID | None = None
) -> Consultation:
    """Correct a signed answer, at any time (C19): the old text stays, struck, and the asker must acknowledge.

    What has become a referral stays one: the correction is read there, and no clock of the question runs again.
    """
    consultation = locked(case_id)
    if _signed_before(actor, consultation, key):
        return consultation
    move = take(actor, consultation, "correct_answer")
    _check(advice)
    if not reason.strip():
        raise InvalidInput({"reason": _("Say what was wrong, so that the asker knows what to change.")})
    signed = _signed(move, advice, key, latest_answer(consultation), reason.strip()[:300])
    if consultation.step != Step.CONVERTED:
        if not move.case.is_open:
            open_again(move)
        _to_asker(move)
    event = AnswerCorrected(move.case.pk, signed.pk)
    return finish(move, event, facts={"answer": signed.number}, text=reason)


@transaction.atomic
def acknowledge_correction(*, actor: Actor, case_id: UUID) -> Consultation:
    """The asker has read the correction. Where the coordinator had to see to that, the review begins anew."""
    move = begin(actor, case_id, "acknowledge_correction")
    newest = cast(Answer, latest_answer(move.consultation))  # the policy found it
    newest.acknowledged_at, newest.acknowledged_by_id = clock.now(), actor.user_id
    newest.save(update_fields=["acknowledged_at", "acknowledged_by"])
    if is_taken_on(move.case):
        _to_asker(move)
    return finish(move, CorrectionAcknowledged(move.case.pk, newest.pk), facts={"answer": newest.number})
