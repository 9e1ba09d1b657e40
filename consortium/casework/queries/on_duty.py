"""Who is on duty: by the roster, or by their own word. One annotation for every list that asks."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import DateTimeField, Exists, Func, OuterRef, Subquery
from django.db.models.functions import Coalesce, Greatest

from consortium.casework.models import ServiceMember, Shift
from consortium.casework.states import Rank
from consortium.kernel import clock
from consortium.kernel.scoping import Present, unfiltered
from consortium.people.models import Membership
from consortium.people.states import Role

_ANSWERS = (Role.SPECIALIST, Role.SERVICE_LEAD)


def with_duty(members: Any, at: datetime | None = None) -> Any:
    """`members` (of ServiceMember) with `duty_until`, None or past when off duty, and `duty_rank`."""
    running = Shift.objects.at(at or Present()).filter(service=OuterRef("service_id"), user=OuterRef("user_id"))
    ends: Any = Func("period", function="upper", output_field=DateTimeField())
    return members.annotate(
        duty_until=Greatest("on_duty_until", Subquery(running.values(ends=ends)[:1])),
        duty_rank=Coalesce(Subquery(running.values("rank")[:1]), Rank.SECOND.value),
    )


def members_on_duty(day: date | None = None, **which: Any) -> Any:
    """The seats of those on duty now who can act there, first rank first. `which` narrows (service_id=... ).

    A suspended specialist is called by nobody, whatever the roster says.
    """
    able = unfiltered(Membership, why="who on duty can act").active(day or clock.today())
    seated = able.filter(user=OuterRef("user_id"), institution=OuterRef("service__institution_id"), role__in=_ANSWERS)
    here = ServiceMember.objects.filter(Exists(seated), left_at=None, user__is_active=True, **which)
    return with_duty(here).filter(duty_until__gt=Present()).order_by("duty_rank", "duty_until", "user_id")


def on_duty_ids(service_id: UUID | None) -> list[tuple[UUID, int]]:
    """(user, rank) of who is on duty for the service now, first rank first."""
    return list(members_on_duty(service_id=service_id).values_list("user_id", "duty_rank"))


def is_on_duty(service_id: UUID, user_id: UUID) -> bool:
    return bool(members_on_duty(service_id=service_id, user_id=user_id).exists())
