"""Who may let people in, move them, and send them away."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.policies import Allowed, Decision, Denied, allowed_if
from consortium.kernel.scoping import unfiltered
from consortium.people.models import Membership, User
from consortium.people.states import CONSORTIUM_ROLES, Role


def is_manager(actor: Actor) -> bool:
    """The system too: it seeds and imports."""
    return actor.is_system or actor.has(Role.CONSORTIUM_MANAGER)


def may_manage_institutions(actor: Actor) -> Decision:
    return allowed_if(is_manager(actor), _("Only a consortium manager may do this."))


def may_see_staff(actor: Actor) -> Decision:
    """The directory of all staff: for whoever holds a seat anywhere."""
    return allowed_if(actor.is_system or actor.seats, _("You hold no role anywhere at present."))


def may_manage_staff(actor: Actor, institution_id: UUID) -> Decision:
    """Its admin or a consortium manager; to those who do not work there, the page does not exist."""
    if is_manager(actor) or actor.has(Role.INSTITUTION_ADMIN, institution_id=institution_id):
        return Allowed()
    outside = institution_id not in actor.institution_ids()
    return Denied(_("Only an admin of this institution may do this."), hidden=outside)


def may_edit_institution(actor: Actor, institution_id: UUID) -> Decision:
    return may_manage_staff(actor, institution_id)


def may_grant(actor: Actor, institution_id: UUID, role: str) -> Decision:
    """Give `role` at the institution; roles over the whole consortium only by a manager."""
    decision = may_manage_staff(actor, institution_id)
    if decision and role in CONSORTIUM_ROLES:
        return may_manage_institutions(actor)
    return decision


def may_change_seat(actor: Actor, seat: Membership) -> Decision:
    """Suspend, end, move or change it; nobody changes a seat of their own but by leaving it (`may_end_seat`)."""
    decision = may_grant(actor, seat.institution_id, seat.role)
    if decision and seat.user_id == actor.user_id:
        return Denied(_("You can't change your own role: ask another admin."))
    return decision


def may_end_seat(actor: Actor, seat: Membership) -> Decision:
    """An admin ends others' seats, and everybody may leave their own."""
    if seat.user_id == actor.user_id:
        return Allowed()
    return may_change_seat(actor, seat)


def may_reset(actor: Actor, user: User) -> Decision:
    """Issue a link for a new password.

    An admin only for people who work nowhere else and hold no role over the consortium: whoever sets the password
    could act in every seat. For anybody else it takes a consortium manager.
    """
    if user.pk == actor.user_id:
        return Denied(_("Change your own password on your account page."))
    if is_manager(actor):
        return Allowed()
    seats = unfiltered(Membership, why="where a person works").filter(user_id=user.pk).active(clock.today())
    places = {(m.institution_id, m.role) for m in seats}
    led = actor.institution_ids(Role.INSTITUTION_ADMIN)
    if not {place for place, _role in places} & led:
        strangers = not {place for place, _role in places} & actor.institution_ids()
        return Denied(_("Only an admin of their institution may do this."), hidden=strangers)
    elsewhere = any(place not in led or role in CONSORTIUM_ROLES for place, role in places)
    return allowed_if(
        not elsewhere, _("This person works elsewhere too or has a consortium role: ask a consortium manager.")
    )
