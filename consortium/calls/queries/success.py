"""How often a call succeeds, to be published: in the best known trial 46.7 % (251 of 537) of those who were to have it
(Marcin, JAMA Netw Open 2023;6(2):e2255770, 10.1001/jamanetworkopen.2022.55770). Counts of calls, about nobody."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import TruncMonth

from consortium.calls.models import Attempt, Preflight, Room
from consortium.calls.states import RoomStep, Rung
from consortium.kernel.scoping import unfiltered

WHY = "a published measure"


def calls_by_month(since: datetime, until: datetime) -> Sequence[dict[str, Any]]:
    """month, service_id, tried, and how many of these were held as video, audio, stills, written or not at all (none).

    A call counts in the month it was opened in, once it is over and somebody in it has tried a rung. One query.
    """
    tries = unfiltered(Attempt, why=WHY).filter(room=OuterRef("pk"))
    over = unfiltered(Room, why=WHY).filter(Exists(tries), step=RoomStep.ENDED, opened_at__range=(since, until))
    held = {rung.value: Count("pk", filter=Q(outcome=rung)) for rung in Rung}
    rows = over.values(month=TruncMonth("opened_at"), service_id=F("case__service_id")).annotate(
        tried=Count("pk"), none=Count("pk", filter=Q(outcome="")), **held
    )
    return list(rows.order_by("month", "service_id"))


def causes_by_rung(since: datetime, until: datetime) -> Sequence[dict[str, Any]]:
    """rung, cause, count of tries that did not come to be held. One query."""
    failed = unfiltered(Attempt, why=WHY).filter(began_at__range=(since, until), held_at=None, ended_at__isnull=False)
    return list(failed.values("rung", "cause").annotate(count=Count("pk")).order_by("rung", "cause"))


def ways_by_institution(since: datetime, until: datetime) -> Sequence[dict[str, Any]]:
    """institution_id, way, count: which way out the preflights found from each hospital and centre. One query."""
    found = unfiltered(Preflight, why=WHY).filter(at__range=(since, until), institution__isnull=False)
    return list(found.values("institution_id", "way").annotate(count=Count("pk")).order_by("institution_id", "way"))
