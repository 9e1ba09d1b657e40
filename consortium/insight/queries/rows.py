"""The rows of an export: times and outcomes, a line a consultation or referral, nothing that tells who the child is.

No id, no day, no age but a band; an institution that sent fewer than five of the selection is left out, unless it is
the reader's own: then only the region stands there.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from consortium.casework.models import Service
from consortium.casework.states import Priority
from consortium.insight.measures import Subject
from consortium.insight.queries.asking import Asked
from consortium.insight.queries.cases import measured
from consortium.insight.states import FEWEST, About
from consortium.people.models import Institution, Region

#: what stands in a line as it is: numbers, yes and no, words of the machine
_PLAIN = {
    About.CONSULTATIONS: (
        "allocated_on_time", "answered_on_time", "referral_avoided", "usefulness", "second_round", "several",
        "corrected", "disputed", "video_tried", "video_held",
    ),
    About.REFERRALS: (
        "kind", "indication", "unannounced", "dated", "attended_30", "attended_90", "ran_over", "arrived", "left_care",
        "returned", "acknowledged", "admitted", "home_in_day", "avoidable", "sent_back", "transported", "incident",
        "usefulness", "concordance", "appropriateness", "disputed", "visits_over", "visits_on_time",
    ),
}  # fmt: skip
#: upper limits in days, as the field divides childhood
BANDS = ((28, "0-27 d"), (366, "1-11 mo"), (1827, "1-4 y"), (3653, "5-9 y"))
OLDEST = "10-18 y"
_FIELDS = (
    "month", "case_id", "service_id", "priority", "region_id", "institution_id", "age_days", "step", "declined_by_id",
)  # fmt: skip


def columns_of(subject: Subject) -> tuple[str, ...]:
    """The heading of an export."""
    times = (f"{span}_minutes" for span in subject.spans)
    head = ("month", "service", "urgency", "region", "institution", "age_band", "outcome", "declined_by")
    return (*head, *times, *_PLAIN[subject.about])


def age_band(days: int | None) -> str:
    if days is None:
        return ""
    return next((name for below, name in BANDS if days < below), OLDEST)


def rows_of(asked: Asked) -> int:
    """How many there are."""
    return int(measured(asked).count())


def names_for(asked: Asked) -> dict[UUID, str]:
    """The names that lines may carry: services, regions, and the institutions of which there are enough."""
    told: dict[UUID, str] = {}
    for model in (Service, Region):
        told |= {row.pk: row.name for row in model.objects.all()}
    counted = measured(asked).values("institution_id").annotate(n=Count("pk")).values_list("institution_id", "n")
    enough = [place for place, n in counted if n >= FEWEST or place in asked.own]
    return told | {row.pk: row.name for row in Institution.objects.filter(pk__in=enough)}


def rows_after(asked: Asked, position: Sequence[str], size: int) -> list[dict[str, Any]]:
    """The next rows behind (month, case), oldest month first, as plain values. One index range."""
    rows = measured(asked).order_by("month", "case_id")
    if position:
        month, case = position
        rows = rows.filter(Q(month__gt=month) | Q(month=month, case_id__gt=case), month__gte=month)
    return list(rows.values(*_FIELDS, *asked.subject.spans, *_PLAIN[asked.subject.about])[:size])


def lines_of(subject: Subject, rows: Sequence[dict[str, Any]], names: dict[UUID, str]) -> Iterator[list[Any]]:
    """The cells of each row in the order of `columns_of`."""
    for row in rows:
        minutes = [None if row[span] is None else row[span] // 60 for span in subject.spans]
        yield [
            f"{row['month']:%Y-%m}", names.get(row["service_id"], ""), Priority(row["priority"]).code,
            names.get(row["region_id"], ""), names.get(row["institution_id"], ""), age_band(row["age_days"]),
            row["step"], names.get(row["declined_by_id"], ""), *minutes,
            *(_plain(row[name]) for name in _PLAIN[subject.about]),
        ]  # fmt: skip


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value
