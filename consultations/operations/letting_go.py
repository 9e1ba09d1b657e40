"""A second opinion that will not come: ended with a reason; who was asked no longer sees the child; the lead is told.

Beneath the acts: whatever closes a case, gives it away or takes somebody's seat ends with it what was asked of them.
"""

from typing import Any
from uuid import UUID

from consortium.casework.models import Case
from consortium.casework.operations import acting_institution, ring_lists
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.scoping import unfiltered
from consortium.patients.operations import leave_pathway
from consultations.events import OpinionDeclined
from consultations.models import Opinion
from consultations.states import OpinionDecline

_WHY = "what was asked of somebody ends with the case, or with their seat"


def waiting_on(case_id: UUID) -> Any:
    """The opinions that a case waits for."""
    return unfiltered(Opinion, why=_WHY).filter(case_id=case_id).waiting()


def let_go(actor: Actor, case: Case, user_id: UUID) -> None:
    """Off the pathway, unless they answer a case of it or are still asked about one. `case.responder` as it will be."""
    if case.pathway_id is None or case.responder_id == user_id:
        return
    others = unfiltered(Case, why=_WHY).filter(pathway_id=case.pathway_id, responder_id=user_id).exclude(pk=case.pk)
    asked = unfiltered(Opinion, why=_WHY).filter(case__pathway_id=case.pathway_id, specialist_id=user_id).waiting()
    if not others.exists() and not asked.exists():
        leave_pathway(actor=actor, pathway_id=case.pathway_id, user_id=user_id)


def end_opinion(actor: Actor, case: Case, opinion: Opinion, reason: OpinionDecline) -> None:
    """End one that waits. The caller holds the lock on the case's row."""
    opinion.declined_at, opinion.decline_reason = clock.now(), reason
    opinion.save(update_fields=["declined_at", "decline_reason"])
    let_go(actor, case, opinion.specialist_id)
    ring_lists(case, also=[opinion.specialist_id])
    record(
        actor=actor, verb="end_opinion", subject=case, patient_id=case.patient_id,
        institution_id=acting_institution(actor, case),
        facts={"opinion": str(opinion.pk), "specialist": str(opinion.specialist_id), "reason": reason.value},
        event=OpinionDeclined(case.pk, opinion.pk, reason.value),
    )  # fmt: skip


def end_waiting(actor: Actor, case: Case, reason: OpinionDecline, **of: Any) -> None:
    """End those that a locked case waits for; `of` narrows (specialist_id=...)."""
    for opinion in waiting_on(case.pk).filter(**of).order_by("asked_at"):
        end_opinion(actor, case, opinion, reason)
