"""A referral is sent (R1): from a draft, or begun and sent in one transaction (`send_now`).

`send_now` is what the green channel, a question that becomes a referral, a back-referral and a child that got worse
call::

    send_now(
        actor=actor,                   # journalled; has seen the child
        patient=patient,               # the row, as `casework.operations.drafting.seen_patient` finds it
        institution_id=...,            # which institution refers
        fields={                       # as in `drafting.save_draft`; the first three are needed
            "service_id": ..., "priority": Priority.STAT, "question": "...",
            "symptom": ..., "weight_grams": ..., "reason": ..., "situation": ..., "consent_given": True, ...
        },
        kind=Kind.BACK,                # only for a back-referral; else up or lateral, by the two institutions' tiers
        asker_id=None,                 # for whom a coordinator writes it down; None: the actor asks
        parent_id=None,                # the case it comes out of: same pathway, whose thread tells the rest
        again=False,                   # the child got worse: another open one for the problem does not stand in the way
        by_alarm=False,                # through the green channel; in the event
        key=request_key,               # made once
    ) -> Referral

The caller checks the policy of its own act, and calls `hold_patient(case_id)` BEFORE it locks the parent's case, for
the child's record is locked before any case (here it is locked again, which costs nothing).
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.models import Case
from consortium.casework.operations import start_clock
from consortium.casework.operations.drafting import keep_consent, keep_weight
from consortium.casework.queries.intake import named as named_refusal
from consortium.casework.queries.intake import refusal
from consortium.casework.queries.urgency import urgency_of_signs
from consortium.casework.states import Leg, Priority
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import DomainError, InvalidInput
from consortium.kernel.scoping import unfiltered
from consortium.patients.models import PathwayMember, Patient
from consortium.patients.operations import join_pathway, open_pathway, reopen_pathway
from consortium.patients.policies import may_open_pathway
from consortium.patients.queries.record import has_consent
from consortium.patients.states import ConsentKind
from referrals.events import ReferralSent
from referrals.models import Offer, Referral
from referrals.operations.beginning import begin_referral, mirror
from referrals.operations.moving import Move, finish, hold_patient, locked, take
from referrals.queries.open_ones import is_seen, named, open_for_problem
from referrals.queries.turns import service_turn
from referrals.states import Kind, Step


class AlreadyReferred(DomainError):
    """`detail["referral"]`: the id of the open one, for who may see it."""

    status, code = 409, "already-referred"


@transaction.atomic
def send(*, actor: Actor, case_id: UUID, version: int | None = None, weight_sure: bool = False) -> Referral:
    """Send a draft. Sent already by the same person: the same referral. `weight_sure`: an unusual weight has been
    looked at again.

    Raises InvalidInput (what lacks, by field), AlreadyReferred, StaleVersion, NotVisible, NotPermitted.
    """
    hold_patient(case_id)
    referral = locked(case_id)
    if referral.step != Step.DRAFT and actor.user_id in (referral.case.asker_id, referral.recorded_by_id):
        return referral
    return _send(actor, referral, version, weight_sure=weight_sure)


@transaction.atomic
def send_now(
    *,
    actor: Actor,
    patient: Patient,
    institution_id: UUID,
    fields: Mapping[str, Any],
    kind: Kind = Kind.UP,
    asker_id: UUID | None = None,
    parent_id: UUID | None = None,
    again: bool = False,
    by_alarm: bool = False,
    key: UUID | None = None,
) -> Referral:
    """Begin and send in one transaction, once for each `key` (see above). Raises as `send`."""
    _hold(patient)
    referral = begin_referral(
        actor=actor, patient=patient, institution_id=institution_id, fields=fields, kind=kind, asker_id=asker_id,
        parent_id=parent_id, again=again, key=key,
    )  # fmt: skip
    return referral if referral.step != Step.DRAFT else _send(actor, referral, by_alarm=by_alarm)


def _hold(patient: Patient) -> None:
    """Two that send the same child wait for one another, so that the second sees the first."""
    rows = unfiltered(Patient, why="one open referral for a child's problem").filter(pk=patient.pk)
    rows.select_for_update(of=("self",), no_key=True).first()


def _send(
    actor: Actor, referral: Referral, version: int | None = None, *, by_alarm: bool = False, weight_sure: bool = False
) -> Referral:
    move = take(actor, referral, "send", version)
    if not referral.is_back:
        referral.case.priority = min(referral.case.priority, urgency_of_signs(referral.case.patient_id))
    mirror(referral)
    _link(referral)
    if lacks := lacking(referral):
        raise InvalidInput(lacks, message=_("Some things are still missing."))
    case = move.case
    _join(move)
    if referral.recorded_by_id is None:
        _keep_in_record(move, weight_sure)
    case.submitted_at = clock.now()
    case.save(update_fields=["pathway", "submitted_at", "service"])
    _offer(actor, case)
    start_clock(case, Leg.SEEN)
    turn = service_turn(case)
    move.give_to(turn.party, turn.user_id)
    return finish(
        move,
        ReferralSent(case.pk, case.service_id, case.priority, by_alarm),  # type: ignore[arg-type]
        facts={"priority": Priority(case.priority).code, "kind": referral.kind, "alarm": by_alarm},
        text=referral.question,
    )


def _keep_in_record(move: Move, weight_sure: bool) -> None:
    """Consent and weight stand in the child's record too; not by who only writes it down for a clinic."""
    if move.referral.consent_given:
        keep_consent(move.actor, move.case.patient_id)
    if not move.referral.parent_id:  # else it was kept when it was told first
        keep_weight(move.actor, move.case, sure=weight_sure)


# --- what must be there -----------------------------------------------------------------------------------------------


def lacking(referral: Referral) -> dict[str, Any]:
    """What still lacks, by field. Stat needs the child, its age or weight, and the problem; the rest is chased later.

    What comes out of another case has been told there: it needs its own question, and a consent where the hospital
    does not know the child yet.
    """
    case, lacks = referral.case, _whereto(referral)
    if not referral.question:
        lacks["question"] = _("Say what the problem is, and what is wanted.")
    if case.priority == Priority.STAT:
        return lacks
    if not _may_be_shared(referral):
        lacks["consent_given"] = _("Ask the guardian whether the record may be shared, and tick the box.")
    return {**lacks, **({} if referral.parent_id else _untold(referral))}


def _whereto(referral: Referral) -> dict[str, Any]:
    case = referral.case
    if case.service is None:
        return {"service_id": _("Choose where the child is to go.")}
    if case.service.institution_id == case.asking_institution_id:
        return {"service_id": _("This is your own institution: choose another.")}
    if case.service.institution.tier < case.asking_institution.tier and not referral.is_back:
        return {"service_id": _("A child goes down with a plan: send it back from the referral that it came by.")}
    why = named_refusal(*refusal(case.service, case.age_days, case.priority))
    return {"service_id": why} if why else {}


def _untold(referral: Referral) -> dict[str, Any]:
    wanted = {
        "reason": (referral.reason, _("Say why the child is sent.")),
        "situation": (referral.situation, _("Say what is happening now.")),
        "assessment": (referral.assessment, _("Say what you found, and what you think it is.")),
        "weight_grams": (referral.case.weight_grams, _("Enter the child's weight.")),
    }
    return {name: words for name, (value, words) in wanted.items() if not value}


def _may_be_shared(referral: Referral) -> bool:
    """The guardian agrees, or the receiving hospital takes part in this episode already."""
    if referral.consent_given or referral.guardian_agreed or has_consent(referral.patient_id, ConsentKind.SHARE):
        return True
    case, pathway = referral.case, _pathway_before(referral)
    members = unfiltered(PathwayMember, why="whether a hospital knows the child already").running()
    return bool(
        pathway and case.service and members.filter(pathway=pathway, institution=case.service.institution_id).exists()
    )


def _link(referral: Referral) -> None:
    """Another open one for this problem: refused, unless this one is stat, which is linked to it, or the child of it
    got worse."""
    other = open_for_problem(referral) if referral.case.service_id and not referral.again else None
    if other is None:
        return
    if referral.is_stat:
        referral.parent_id = referral.parent_id or other.pk
    elif not other.is_stat:
        raise _already(other)


def _already(other: Referral) -> AlreadyReferred:
    if not is_seen(other):
        return AlreadyReferred(_("Another hospital has referred this child for this problem already: call them."))
    words = _("This child is referred for this problem already: %(referral)s. Open that referral.")
    return AlreadyReferred(words % {"referral": named(other)}, detail={"referral": str(other.pk)})


# --- who takes part ---------------------------------------------------------------------------------------------------


def _pathway_before(referral: Referral) -> UUID | None:
    """The pathway of the case that it comes out of."""
    if referral.case.pathway_id or not referral.parent_id:
        return referral.case.pathway_id
    parents = unfiltered(Case, why="a referral goes on in the pathway of its parent").filter(pk=referral.parent_id)
    found: UUID | None = parents.values_list("pathway_id", flat=True).first()
    return found


def _join(move: Move) -> None:
    """Both institutions take part from the send: the receiving one sees the record at once."""
    case = move.case
    case.pathway_id = _pathway_before(move.referral)
    if case.pathway_id is None:
        case.pathway = _opened(move.actor, case)
    else:
        with acting_as(system("a referral goes on in this pathway")) as itself:
            reopen_pathway(actor=itself, pathway_id=case.pathway_id)
        join_pathway(actor=move.actor, pathway_id=case.pathway_id, institution_id=case.asking_institution_id)
    join_pathway(actor=move.actor, pathway_id=case.pathway_id, institution_id=case.service.institution_id)  # type: ignore[arg-type, union-attr]


def _opened(actor: Actor, case: Case) -> Any:
    """By whoever sends; a coordinator who writes it down for a clinic begins no episode themselves."""
    which = {"patient_id": case.patient_id, "institution_id": case.asking_institution_id}
    if may_open_pathway(actor, case.asking_institution_id):
        return open_pathway(actor=actor, **which)
    with acting_as(system("a referral is written down for a clinic")) as itself:
        return open_pathway(actor=itself, **which)


def _offer(actor: Actor, case: Case) -> None:
    """The first of the services that are asked."""
    first = Offer(case=case, number=1, service=case.service, asked_at=clock.now(), asked_by_id=actor.author_id)
    first.save(force_insert=True)
