"""Who and what is taken when: the words of a refusal, and the busy stretches of a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consortium.casework.models import BookingUse, Resource
from consortium.casework.states import BookingKind
from consortium.kernel import clock
from consortium.kernel.scoping import unfiltered

_WHY = "whether somebody or something is taken: not for whom"


@dataclass(frozen=True, slots=True)
class Taken:
    """A stretch for which somebody or something is taken; it never says about whom."""

    resource: Resource
    kind: str
    begins: datetime
    ends: datetime

    @property
    def detail(self) -> dict[str, Any]:
        return {
            "resource_id": str(self.resource.pk),
            "name": self.resource.called,
            "kind": self.kind,
            "begins": self.begins.isoformat(),
            "ends": self.ends.isoformat(),
        }

    @property
    def words(self) -> str:
        said = {
            "who": self.resource.called,
            "what": BookingKind(self.kind).label,
            "from": date_format(timezone.localtime(self.begins), "H:i"),
            "until": date_format(timezone.localtime(self.ends), "H:i"),
        }
        return _("%(who)s is booked from %(from)s to %(until)s (%(what)s).") % said


def _uses(resources: Iterable[Resource], period: tuple[datetime, datetime]) -> Any:
    rows = unfiltered(BookingUse, why=_WHY).filter(resource__in=list(resources), live=True, period__overlap=period)
    return rows.select_related("resource__user", "booking").order_by("period")


def in_the_way(
    resources: Sequence[Resource], period: tuple[datetime, datetime], *, but: UUID | None = None
) -> list[Taken]:
    """What keeps these from being booked then (apart from the booking `but`). One query."""
    uses = _uses(resources, period).exclude(booking_id=but)
    return [Taken(u.resource, u.booking.kind, u.period.lower, u.period.upper) for u in uses]


def words_of(found: Iterable[Taken]) -> str:
    """One sentence for each who is in the way."""
    return " ".join(dict.fromkeys(each.words for each in found))


def taken_ids(
    resources: Iterable[Resource], period: tuple[datetime, datetime]
) -> dict[UUID, list[tuple[datetime, datetime, UUID]]]:
    """(begins, ends, occasion) by resource. One query. Holds that ran out do not count."""
    busy: dict[UUID, list[tuple[datetime, datetime, UUID]]] = {}
    for use in _uses(resources, period):
        held = use.booking.held_until
        if use.booking.step != "held" or held is None or held > clock.now():
            busy.setdefault(use.resource_id, []).append((use.period.lower, use.period.upper, use.occasion))
    return busy
