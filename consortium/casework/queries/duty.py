"""Who answers for a service, who of them is on duty, and how much each has in hand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from consortium.casework.models import Case, Service, ServiceMember
from consortium.casework.queries.capacity import given_in_shift
from consortium.casework.queries.on_duty import members_on_duty, with_duty
from consortium.casework.states import Priority
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.prepared import prepared
from consortium.kernel.scoping import unfiltered
from consortium.people.states import Role


@dataclass(frozen=True, slots=True)
class Colleague:
    """One who answers for a service. `load` counts the open cases in their hands, `urgent` those above routine."""

    user_id: UUID
    name: str
    title: str
    is_lead: bool
    on_duty_until: datetime | None
    load: int
    urgent: int
    #: how many cases they were given in this shift, and how many one is given at most
    given: int = 0
    capacity: int | None = None

    @property
    def on_duty(self) -> bool:
        return self.on_duty_until is not None


def service_for(service_id: UUID) -> Service:
    """The service, or NotVisible."""
    found = Service.objects.select_related("institution", "specialty").filter(pk=service_id).first()
    if found is None:
        raise NotVisible
    return found


def seat_in(actor: Actor, service_id: UUID) -> ServiceMember | None:
    """The actor's own seat in the service."""
    mine = ServiceMember.objects.filter(service_id=service_id, user_id=actor.user_id, left_at=None)
    found: ServiceMember | None = with_duty(mine).first()
    return found


def colleagues(service_id: UUID, *, shift_of: Service | None = None) -> list[Colleague]:
    """Everybody who answers for the service: on duty first, then who has least in hand. Two queries; with `shift_of`,
    the service itself where it has a capacity, two more for what each was given in this shift."""
    members = ServiceMember.objects.filter(service_id=service_id, left_at=None, user__is_active=True)
    seats = list(with_duty(members).select_related("user"))
    held = _held([seat.user_id for seat in seats])
    people = [_colleague(seat, held.get(seat.user_id, (0, 0))) for seat in seats]
    if shift_of is not None and shift_of.capacity:
        given = given_in_shift(shift_of)
        people = [replace(p, given=given.get(p.user_id, 0), capacity=shift_of.capacity) for p in people]
    return sorted(people, key=lambda p: (not p.on_duty, p.load, p.name))


def _colleague(seat: ServiceMember, held: tuple[int, int]) -> Colleague:
    here = seat.until if seat.on_duty_now else None
    return Colleague(seat.user_id, seat.user.get_full_name(), seat.user.title, seat.is_lead, here, *held)


def _held(user_ids: list[UUID]) -> dict[UUID, tuple[int, int]]:
    """(open cases in hand, those above routine) by person; numbers only."""
    in_hand = unfiltered(Case, why="how much each has in hand, as numbers").filter(
        ball_user_id__in=user_ids, is_open=True, submitted_at__isnull=False
    )
    counted = in_hand.values("ball_user_id").annotate(
        load=Count("id"), urgent=Count("id", filter=Q(priority__lt=Priority.ROUTINE))
    )
    return {row["ball_user_id"]: (row["load"], row["urgent"]) for row in counted}


@prepared
def _on_duty(service_ids: tuple[UUID, ...], day: date) -> Any:
    return members_on_duty(day, service_id__in=service_ids).select_related("user")


def duty_now(services: Sequence[Service]) -> list[dict[str, Any]]:
    """Each service with the names of who is on duty now. One query."""
    names: dict[UUID, list[str]] = {}
    for seat in _on_duty(tuple(s.pk for s in services), clock.today()):
        names.setdefault(seat.service_id, []).append(seat.user.get_full_name())
    return [{"service": service, "names": names.get(service.pk, [])} for service in services]


def reachable(services: Sequence[Service], *, most: int = 8) -> list[dict[str, Any]]:
    """For who asks: the services that somebody can be called in, those with somebody on duty first. One query."""
    lines = [line for line in duty_now(services) if line["names"] or line["service"].duty_phone]
    return sorted(lines, key=lambda line: not line["names"])[:most]


def may_see_load(actor: Actor, service: Service) -> bool:
    """Whether the load of colleagues is the actor's business: who serves there, and the coordinators."""
    coordinator = actor.has(Role.COORDINATOR, institution_id=service.institution_id)
    return coordinator or seat_in(actor, service.pk) is not None
