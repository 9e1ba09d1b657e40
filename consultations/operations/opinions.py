"""A second specialist, or several: asked by who leads the answer, heard by everybody, dissent included (C9s)."""

from typing import cast
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.models import ServiceMember
from consortium.casework.operations import locked_case, ring_lists
from consortium.casework.operations.drafting import TEXT_LENGTH
from consortium.casework.operations.signing import signer_of
from consortium.casework.states import Priority
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, database_rules
from consortium.kernel.scoping import unfiltered
from consortium.patients.operations import join_pathway
from consortium.people.operations import hold_person
from consultations.events import OpinionAsked, OpinionDeclined, OpinionGiven
from consultations.models import Consultation, Opinion
from consultations.operations.letting_go import end_opinion, let_go, waiting_on
from consultations.operations.moving import Move, begin, finish, locked, take
from consultations.queries.opinions import seat_to_ask, stranded_opinions
from consultations.states import OPINION_DECLINE_CHOICES, OpinionDecline

_WHY = "an opinion that was asked of somebody"


def _words(name: str, text: str, missing: str) -> str:
    said = text.strip()
    if not said:
        raise InvalidInput({name: missing})
    if len(said) > TEXT_LENGTH:
        raise InvalidInput({name: _("This is longer than %(most)d characters.") % {"most": TEXT_LENGTH}})
    return said


@transaction.atomic
def ask_second(
    *, actor: Actor, case_id: UUID, colleague_id: UUID, question: str, service_id: UUID | None = None,
    key: UUID | None = None,
) -> Consultation:  # fmt: skip
    """Ask a named specialist, of any service, for a second opinion; they see the child until they have answered.

    `service_id`: as whose specialist, their first service unless told. Several may be asked: the answer stays one, by
    who holds the case. Asked with the same `key` before: nothing happens.
    """
    consultation = locked(case_id)
    mine = Opinion.objects.filter(case_id=case_id, created_by_id=actor.user_id)
    if key is not None and mine.filter(request_key=key).exists():
        return consultation
    move = take(actor, consultation, "ask_second")
    said = _words("question", question, _("Write what you want to know."))
    hold_person(colleague_id)
    seat = seat_to_ask(colleague_id, service_id)
    if seat is None or colleague_id in (move.case.asker_id, actor.user_id):
        raise InvalidInput({"colleague_id": _("Choose a specialist who is able to act.")})
    opinion = _asked(move, seat, said, key)
    event = OpinionAsked(case_id, opinion.pk, colleague_id)
    return finish(move, event, facts={"opinion": str(opinion.pk), "specialist": str(colleague_id)}, text=said)


def _asked(move: Move, seat: ServiceMember, question: str, key: UUID | None) -> Opinion:
    opinion = Opinion(
        case=move.case, specialist_id=seat.user_id, service=seat.service, asked_by_id=move.actor.user_id,
        created_by_id=move.actor.user_id, question=question, asked_at=clock.now(),
        **({"request_key": key} if key else {}),
    )  # fmt: skip
    with database_rules(), transaction.atomic():
        opinion.save(force_insert=True)
    _let_in(move.actor, opinion)
    return opinion


def _let_in(actor: Actor, opinion: Opinion) -> None:
    """Who is asked takes part in the pathway, and so knows the child; it stands on their worklist."""
    case = opinion.case
    join_pathway(
        actor=actor, pathway_id=cast(UUID, case.pathway_id), institution_id=opinion.service.institution_id,
        user_id=opinion.specialist_id,
    )  # fmt: skip
    ring_lists(case, also=[opinion.specialist_id])


def _said_before(actor: Actor, case_id: UUID, **what: object) -> Consultation | None:
    """The consultation, when the actor has said this very thing before: a retry, though they no longer see the case."""
    mine = unfiltered(Opinion, why=_WHY).filter(case_id=case_id, specialist_id=actor.user_id)
    if mine.waiting().exists() or not mine.filter(**what).exists():
        return None
    rows = unfiltered(Consultation, why=_WHY).select_related("case")
    return cast(Consultation, rows.get(pk=case_id))


def _mine(move: Move) -> Opinion:
    """The one that the policy found."""
    return cast(Opinion, waiting_on(move.case.pk).get(specialist_id=move.actor.user_id))


@transaction.atomic
def give_opinion(*, actor: Actor, case_id: UUID, agrees: bool, text: str) -> Consultation:
    """Sign a second opinion: agreeing or not with the answer, or with what the lead proposes. It is never changed."""
    if before := _said_before(actor, case_id, text=text.strip() or None, agrees=agrees):
        return before
    move = begin(actor, case_id, "give_opinion")
    opinion, signer = _mine(move), signer_of(actor)
    opinion.text = _words("text", text, _("Write what you think, and why."))
    opinion.agrees, opinion.given_at = agrees, clock.now()
    opinion.signer_name, opinion.signer_title = signer.full_name, signer.title
    opinion.signer_licence = signer.licence_number
    opinion.save()
    event = OpinionGiven(case_id, opinion.pk, agrees)
    return _leave(move, opinion, event, {"opinion": str(opinion.pk), "agrees": agrees}, opinion.text)


@transaction.atomic
def decline_opinion(*, actor: Actor, case_id: UUID, reason: str, note: str = "") -> Consultation:
    """Say that one does not give it, with a coded reason; the lead is told."""
    if reason not in dict(OPINION_DECLINE_CHOICES):
        raise InvalidInput({"reason": _("Choose a reason.")})
    if before := _said_before(actor, case_id, decline_reason=reason):
        return before
    move = begin(actor, case_id, "decline_opinion")
    opinion = _mine(move)
    opinion.declined_at, opinion.decline_reason = clock.now(), reason
    opinion.save(update_fields=["declined_at", "decline_reason"])
    event = OpinionDeclined(case_id, opinion.pk, reason)
    return _leave(move, opinion, event, {"opinion": str(opinion.pk), "reason": reason}, note)


def _leave(
    move: Move, opinion: Opinion, event: OpinionGiven | OpinionDeclined, facts: dict[str, object], text: str
) -> Consultation:
    """Done: off the worklist, and the child's record closes for who was asked."""
    done = finish(move, event, facts=facts, text=text)
    let_go(move.actor, move.case, opinion.specialist_id)
    ring_lists(move.case, also=[opinion.specialist_id])
    return done


def take_back_opinions(
    *, actor: Actor, user_id: UUID, reason: OpinionDecline, service_id: UUID | None = None, urgent_only: bool = False
) -> None:
    """The system takes back what was asked of somebody who can no longer give it; each lead is told.

    `service_id`: only what they were asked as a specialist of it; without one, what they can no longer give in any.
    Inside a transaction.
    """
    rows = unfiltered(Opinion, why=_WHY).filter(specialist_id=user_id).waiting()
    if service_id is not None:
        rows = rows.filter(service_id=service_id)
    if urgent_only:
        rows = rows.filter(case__priority__lte=Priority.URGENT)
    for opinion in rows.order_by("case__priority", "asked_at"):
        if service_id is not None or seat_to_ask(user_id, opinion.service_id) is None:
            _take_back(actor, opinion.case_id, opinion.pk, reason)


def _take_back(actor: Actor, case_id: UUID, opinion_id: UUID, reason: OpinionDecline) -> bool:
    """Looked at again under the case's lock."""
    case = locked_case(case_id)
    opinion = waiting_on(case_id).filter(pk=opinion_id).first()
    if opinion is None:
        return False
    end_opinion(actor, case, opinion, reason)
    return True


def pass_opinion_on(*, actor: Actor, opinion_id: UUID, to_id: UUID) -> None:
    """Taken over by name at the change of shifts: the same is asked of the next. Inside the hand-over's act."""
    before: Opinion | None = unfiltered(Opinion, why=_WHY).filter(pk=opinion_id).waiting().first()
    if before is None or not _take_back(actor, before.case_id, opinion_id, OpinionDecline.HANDED_ON):
        return
    hold_person(to_id)
    seat, case = seat_to_ask(to_id, before.service_id), locked_case(before.case_id)
    barred = (case.asker_id, case.responder_id, before.asked_by_id)
    if seat is None or to_id in barred or waiting_on(case.pk).filter(specialist_id=to_id).exists():
        return
    opinion = Opinion(
        case=case, specialist_id=to_id, service_id=before.service_id, asked_by_id=before.asked_by_id,
        question=before.question, asked_at=before.asked_at,
    )  # fmt: skip
    opinion.save(force_insert=True)
    _let_in(actor, opinion)


@transaction.atomic
def _sweep_one(actor: Actor, case_id: UUID, opinion_id: UUID) -> bool:
    return _take_back(actor, case_id, opinion_id, OpinionDecline.CANNOT_ACT)


def take_back_stranded_opinions(*, actor: Actor) -> int:
    """Those that wait for somebody who can no longer give them, should one have slipped through: how many."""
    return sum(_sweep_one(actor, case_id, opinion_id) for case_id, opinion_id in stranded_opinions())
