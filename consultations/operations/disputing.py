"""The asker disagrees with a decline (C4d): the lead of the service that declined looks at the question again."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.models import ServiceMember
from consortium.casework.operations import ring_lists
from consortium.casework.operations.drafting import TEXT_LENGTH
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, WrongStep
from consultations.events import DeclineDisputed
from consultations.models import Consultation
from consultations.operations.allocation import back_to_queue
from consultations.operations.moving import Move, finish, locked, take


@transaction.atomic
def dispute(*, actor: Actor, case_id: UUID, reason: str) -> Consultation:
    """Ask for an independent look, once: back at the service that declined, with the place in line of the first send.

    Then only a lead of it who did not decline may take the case; the coordinator may give it to any other specialist
    there. Disputed already for this reason: nothing happens.
    """
    consultation, said = locked(case_id), reason.strip()
    if consultation.looked_at_again and consultation.dispute_reason == said:
        return consultation
    move = take(actor, consultation, "dispute")
    if not said:
        raise InvalidInput({"reason": _("Say why you disagree, so that the lead knows what to look at.")})
    if len(said) > TEXT_LENGTH:
        raise InvalidInput({"reason": _("This is longer than %(most)d characters.") % {"most": TEXT_LENGTH}})
    _check_somebody_is_there(consultation)
    consultation.disputed_at, consultation.dispute_reason = clock.now(), said
    _go_back(move)
    event = DeclineDisputed(case_id, move.case.service_id)  # type: ignore[arg-type]  # the policy found one
    return finish(move, event, facts={"service": str(move.case.service_id)}, text=said)


def _go_back(move: Move) -> None:
    """From the queue of the service that was suggested to that of the one that declined."""
    case = move.case
    ring_lists(case)
    case.service = move.consultation.declined_by_service
    back_to_queue(move)
    ring_lists(case)


def _check_somebody_is_there(consultation: Consultation) -> None:
    service, declined_by = consultation.declined_by_service, consultation.declined_by_id
    seats = ServiceMember.objects.filter(service=service, left_at=None, user__is_active=True)
    others = seats.exclude(user_id=declined_by) if declined_by else seats
    if service is None or not service.is_open or not others.exists():
        raise WrongStep(_("Nobody else answers there now. Write to the coordinator, or wait for the service you see."))
