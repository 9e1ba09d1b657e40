"""Who keeps rosters, answers swaps, and takes over."""

from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Handover, Service, Shift, Swap
from consortium.casework.policies.cases import leads, may_run_service, serves
from consortium.kernel.actors import Actor
from consortium.kernel.policies import Decision, allowed_if
from consortium.people.states import Role


def keeps_service(actor: Actor, service: Service) -> bool:
    """Its lead, its coordinator, or whoever runs the institution's services."""
    coordinates = actor.has(Role.COORDINATOR, institution_id=service.institution_id)
    return leads(actor, service.pk) or coordinates or may_run_service(actor, service.institution_id).allowed


def may_keep_roster(actor: Actor, service: Service) -> Decision:
    return allowed_if(keeps_service(actor, service), _("Only the service lead or the coordinator may do this."))


def may_offer_shift(actor: Actor, shift: Shift) -> Decision:
    return allowed_if(actor.user_id == shift.user_id, _("Only whoever has the shift may offer it."))


def may_answer_swap(actor: Actor, swap: Swap) -> Decision:
    """By name: whom it was offered to, while they still answer for the service."""
    asked = actor.user_id == swap.to_user_id and serves(actor, swap.shift.service_id)
    return allowed_if(asked, _("Only whom the shift was offered to may answer."))


def may_withdraw_swap(actor: Actor, swap: Swap) -> Decision:
    return allowed_if(actor.user_id == swap.from_user_id, _("Only whoever offered the shift may withdraw it."))


def may_overrule_swap(actor: Actor, swap: Swap) -> Decision:
    return may_keep_roster(actor, swap.shift.service)


def may_take_over(actor: Actor, handover: Handover) -> Decision:
    """Whom it was offered to, or any other who answers for the service: somebody has to."""
    able = serves(actor, handover.service_id) and actor.user_id != handover.from_user_id
    return allowed_if(able, _("Only colleagues of this service may take over."))


def may_lapse(actor: Actor, handover: Handover) -> Decision:
    """The giver, or the system when their duty has ended."""
    return allowed_if(actor.is_system or actor.user_id == handover.from_user_id, _("Only the giver may withdraw it."))
