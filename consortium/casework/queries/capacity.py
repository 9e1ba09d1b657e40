"""Who on duty can be given another case of a service: first rank first, then who has least in hand."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import DateTimeField, Func, OuterRef, Subquery
from django.db.models.functions import Coalesce

from consortium.casework.models import BallSpell, Case, Service, Shift
from consortium.casework.queries.on_duty import members_on_duty
from consortium.casework.states import Ball
from consortium.kernel import clock
from consortium.kernel.scoping import unfiltered

_WHY = "how much each on duty has been given, as numbers"
#: the shift of who is on duty by their own word alone
_SPOKEN_SHIFT = timedelta(hours=12)


def given_in_shift(service: Service) -> dict[UUID, int]:
    """How many cases of the service each on duty has had in their hands since their shift began. Two queries."""
    begins = dict(_shifts(service))
    if not begins:
        return {}
    spells = unfiltered(BallSpell, why=_WHY).filter(
        party=Ball.RESPONDER, user_id__in=begins, since__gte=min(begins.values()), case__service=service
    )
    given: dict[UUID, set[UUID]] = {user_id: set() for user_id in begins}
    for user_id, case_id, since in spells.values_list("user_id", "case_id", "since"):
        if since >= begins[user_id]:
            given[user_id].add(case_id)
    return {user_id: len(cases) for user_id, cases in given.items()}


def _shifts(service: Service) -> list[tuple[UUID, datetime]]:
    """(user, since when) of everybody on duty now."""
    now = clock.now()
    running = Shift.objects.at(now).filter(service=OuterRef("service_id"), user=OuterRef("user_id"))
    starts: Any = Func("period", function="lower", output_field=DateTimeField())
    begun = Coalesce(Subquery(running.values(starts=starts)[:1]), now - _SPOKEN_SHIFT, output_field=DateTimeField())
    return list(members_on_duty(service_id=service.pk).annotate(begun=begun).values_list("user_id", "begun"))


def next_specialists(service: Service, *, but: Collection[UUID | None] = ()) -> list[UUID]:
    """Those on duty with room for another case, in the order in which they get it. Four queries at most."""
    ranks = dict(members_on_duty(service_id=service.pk).values_list("user_id", "duty_rank"))
    given = given_in_shift(service) if ranks and service.capacity is not None else {}
    able = [u for u in ranks if u not in but and (service.capacity is None or given.get(u, 0) < service.capacity)]
    held = unfiltered(Case, why=_WHY).open().filter(ball_user_id__in=able).values_list("ball_user_id", flat=True)
    load = list(held)
    return sorted(able, key=lambda user_id: (ranks[user_id], load.count(user_id), str(user_id)))
