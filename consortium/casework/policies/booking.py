"""Who publishes slots, books, and notes who came."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Booking, Resource, ServiceMember, Slot, WorkingCalendar
from consortium.casework.policies.cases import serves
from consortium.casework.policies.duty import keeps_service
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.policies import Decision, allowed_if
from consortium.kernel.scoping import unfiltered
from consortium.people.models import Institution, Membership
from consortium.people.policies import is_manager
from consortium.people.states import CLINICAL_ROLES, Role

BOOKERS = (*CLINICAL_ROLES, Role.COORDINATOR, Role.INSTITUTION_ADMIN)
OFFICE = (Role.COORDINATOR, Role.INSTITUTION_ADMIN)


def only_system(actor: Actor, row: object) -> Decision:
    return allowed_if(actor.is_system)


def _institutions_of(user_id: UUID) -> set[UUID]:
    seats = unfiltered(Membership, why="where somebody works").filter(user_id=user_id).active(clock.today())
    return set(seats.values_list("institution_id", flat=True))


def _serve_together(actor: Actor, user_id: UUID) -> bool:
    mine = ServiceMember.objects.filter(user_id=actor.user_id, left_at=None).values("service_id")
    return ServiceMember.objects.filter(user_id=user_id, left_at=None, service__in=mine).exists()


def may_use(actor: Actor, resource: Resource) -> bool:
    """Oneself; a colleague of one's service, or of an institution whose office one is; a place's rooms and vehicles."""
    if actor.is_system or actor.user_id == resource.user_id:
        return True
    if resource.user_id is None:
        return actor.has(*BOOKERS, institution_id=resource.institution_id)
    office = actor.institution_ids(*OFFICE) & _institutions_of(resource.user_id)
    return bool(office) or _serve_together(actor, resource.user_id)


def may_book(actor: Actor, resources: Iterable[Resource]) -> Decision:
    return allowed_if(
        all(may_use(actor, each) for each in resources), _("You can't book these people, rooms or vehicles.")
    )


def answers_for(actor: Actor, slot: Slot) -> bool:
    """Whether the slot belongs to a service of the actor's."""
    service = slot.calendar.service
    return serves(actor, service.pk) or keeps_service(actor, service)


def may_book_slot(actor: Actor, slot: Slot) -> Decision:
    """The service itself; clinicians of the consortium, in the places that are kept for referrals."""
    sent = slot.quota > 0 and actor.has(*CLINICAL_ROLES, Role.COORDINATOR)
    return allowed_if(answers_for(actor, slot) or sent, _("No places of this clinic are kept for referrals."))


def _concerned(actor: Actor, booking: Booking) -> bool:
    """Those whose time it takes, whose service it is, and whose rooms."""
    if booking.slot is not None and answers_for(actor, booking.slot):
        return True
    uses = booking.uses.select_related("resource")
    return any(
        each.resource.user_id == actor.user_id
        or actor.has(*OFFICE, institution_id=each.resource.institution_id or UUID(int=0))
        for each in uses
    )


def may_keep_booking(actor: Actor, booking: Booking) -> Decision:
    made = booking.created_by_id is not None and booking.created_by_id == actor.author_id
    allowed = actor.is_system or made or _concerned(actor, booking)
    return allowed_if(allowed, _("Only whoever booked, or whose time it is, may change this."))


def may_note_attendance(actor: Actor, booking: Booking) -> Decision:
    allowed = actor.is_system or _concerned(actor, booking)
    return allowed_if(allowed, _("Only whose time it was may say who came."))


def may_add_resource(actor: Actor, institution_id: UUID) -> Decision:
    allowed = is_manager(actor) or actor.has(*OFFICE, institution_id=institution_id)
    return allowed_if(allowed, _("Only the coordinator or the institution's admin may do this."))


def may_set_working_time(actor: Actor, *, institution: Institution | None) -> Decision:
    """An institution's own: its admin. A region's (no institution): the consortium manager."""
    own = institution is not None and actor.has(Role.INSTITUTION_ADMIN, institution_id=institution.pk)
    return allowed_if(own or is_manager(actor), _("Only the institution's admin or a consortium manager may do this."))


def may_change_calendar(actor: Actor, calendar: WorkingCalendar) -> Decision:
    return may_set_working_time(actor, institution=calendar.institution)
