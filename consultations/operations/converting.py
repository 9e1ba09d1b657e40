"""A question becomes a referral (C12): whoever receives the event creates it, in this very transaction."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.operations import stop_clock
from consortium.casework.operations.drafting import TEXT_LENGTH
from consortium.casework.states import Priority
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput
from consultations.events import ConsultationConverted
from consultations.models import Consultation
from consultations.operations.moving import finish, hold_patient, locked, rest_pathway, stop_waiting, take
from consultations.states import ReferReason, Step


@transaction.atomic
def convert(
    *,
    actor: Actor,
    case_id: UUID,
    reason: str,
    question: str,
    priority: int | None = None,
    service_id: UUID | None = None,
    consent_given: bool = False,
) -> Consultation:
    """Send the child on: `reason` (ReferReason), what the referral is to settle, how urgent (the question's own unless
    told), to which service (the one that was asked unless told). Thread, files and answers stay with this case, its
    parent; when nothing receives it, nothing is closed. `consent_given`: the guardian agrees to share the record,
    where that was not asked before (a stat question goes without). Converted already: the same consultation.
    """
    hold_patient(case_id)
    consultation = locked(case_id)
    if consultation.step == Step.CONVERTED:
        return consultation
    move = take(actor, consultation, "convert")
    case, said = move.case, question.strip()
    urgency = case.priority if priority is None else priority
    _check(reason, said, urgency)
    consultation.refer_reason, consultation.refer_question = reason, said
    consultation.consent_given = consultation.consent_given or consent_given
    stop_clock(case)
    stop_waiting(move)
    event = ConsultationConverted(case_id, reason, urgency, service_id)
    done = finish(move, event, facts={"reason": reason, "priority": Priority(urgency).code}, text=said)
    rest_pathway(case)
    return done


def _check(reason: str, question: str, priority: int) -> None:
    wrong = {}
    if reason not in ReferReason.values:
        wrong["reason"] = _("Choose a reason.")
    if not question:
        wrong["question"] = _("Write what the referral is to settle.")
    elif len(question) > TEXT_LENGTH:
        wrong["question"] = _("This is longer than %(most)d characters.") % {"most": TEXT_LENGTH}
    if priority not in Priority.values:
        wrong["priority"] = _("Choose stat, urgent or routine.")
    if wrong:
        raise InvalidInput(wrong)
