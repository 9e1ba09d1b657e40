"""Keeping the monthly cells true: the journal says what moved, a month is made anew whole, twice is as good as once.

Nothing here needs to be told: what was missed is found by the daily recomputation from the cases themselves.
"""

import time
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q

from consortium.casework.models import Case
from consortium.casework.states import TAKES_TIME
from consortium.insight.measures import REFERRALS, SUBJECTS, Subject
from consortium.insight.measures.steps import SQL
from consortium.insight.models import Mark, Month
from consortium.insight.operations.gathering import CASES_AT_ONCE, gather
from consortium.insight.states import FREEZE_AFTER
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.scoping import unfiltered

#: entries heard in one run, and seconds that a run may take
ENTRIES_AT_ONCE = 20_000
RUN_SECONDS = 30.0
#: a month is not made anew sooner than so many times as long as it took: rolling stays a twentieth of one core
REST = 20
ANEW_AFTER = timedelta(hours=24)

_KEYS = ("service_id", "priority", "institution_id", "region_id")
# Each service and all of them, with each urgency, each indication or all, at each place or all. Times are told of all
# indications together: a hundred of them would be a hundred times as long.
_CELLS = """
INSERT INTO insight_cell (subject, month, {keys}, indication, counts, times)
WITH told AS (
  SELECT {keys}, {indication} AS indication, {cases}, 0 AS declined, 0 AS disputed FROM {table} WHERE month = %(month)s
    GROUP BY {keys}, indication
  UNION ALL
  SELECT declined_by_id, priority, institution_id, region_id, {indication} AS indication, {nothing}, count(*),
    count(*) FILTER (WHERE disputed)
    FROM {table} WHERE month = %(month)s AND declined_by_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5
), counted AS (
  SELECT {keys}, {divided} AS indication, jsonb_build_object({pairs}) AS counts FROM told
  GROUP BY CUBE (service_id), GROUPING SETS ({finer}), GROUPING SETS ((institution_id), (region_id), ())
  HAVING count(*) > 0
), leaf AS (
  SELECT {keys}, span, {minutes} AS minutes, count(*) AS n
  FROM {table} CROSS JOIN LATERAL (VALUES {spans}) AS each (span, seconds)
  WHERE month = %(month)s AND seconds IS NOT NULL GROUP BY {keys}, 5, 6
), cubed AS (
  SELECT {keys}, span, minutes, sum(n) AS n FROM leaf
  GROUP BY span, minutes, CUBE (service_id, priority), GROUPING SETS ((institution_id), (region_id), ())
), spanned AS (
  SELECT {keys}, span, jsonb_object_agg(minutes, n) AS told FROM cubed GROUP BY {keys}, span
), timed AS (
  SELECT {keys}, NULL::text AS indication, jsonb_object_agg(span, told) AS times FROM spanned GROUP BY {keys}
)
SELECT %(subject)s, %(month)s, c.service_id, c.priority, c.institution_id, c.region_id, c.indication, c.counts,
  coalesce(t.times, '{{}}'::jsonb)
FROM counted c LEFT JOIN timed t ON {same}
"""
_NIL = "'00000000-0000-0000-0000-000000000000'::uuid"
# The places kept for referrals: their time has come, so that what is still free stays free.
_CAPACITY = """
INSERT INTO insight_cell (subject, month, service_id, counts, times)
WITH kept AS (
  SELECT k.service_id, s.quota, (SELECT count(*) FROM casework_booking b
    WHERE b.slot_id = s.id AND b.place <= s.quota AND b.step = ANY(%(taken)s)) AS taken
  FROM casework_slot s JOIN casework_calendar k ON k.id = s.calendar_id
  WHERE s.quota > 0 AND s.withdrawn_at IS NULL AND lower(s.period) >= %(since)s
    AND lower(s.period) < least(%(until)s, %(now)s))
SELECT %(subject)s, %(month)s, service_id, jsonb_build_object('quota', sum(quota), 'taken', sum(taken)), '{}'::jsonb
FROM kept GROUP BY CUBE (service_id) HAVING count(*) > 0
ON CONFLICT (subject, institution_id, region_id, service_id, priority, indication, month)
  DO UPDATE SET counts = insight_cell.counts || excluded.counts
"""


def _same() -> str:
    """Keys that are equal, or both of all; by values, so that PostgreSQL may hash them."""
    ids = [f"coalesce(c.{k}, {_NIL}) = coalesce(t.{k}, {_NIL})" for k in ("service_id", "institution_id", "region_id")]
    return " AND ".join([*ids, "coalesce(c.priority, 0) = coalesce(t.priority, 0)", "c.indication IS NULL"])


def cells_statement(subject: Subject) -> str:
    """One statement that makes all cells of a month."""
    counts = {**{name: f"count(*) FILTER (WHERE {condition})" for name, condition in subject.counts.items()},
              **{name: f"coalesce(sum({column}), 0)" for name, column in subject.sums.items()}}  # fmt: skip
    names = [*counts, "declined", "disputed"]
    return _CELLS.format(
        table=subject.table, keys=", ".join(_KEYS),
        cases=", ".join(f"{told} AS {name}" for name, told in counts.items()),
        nothing=", ".join("0" for _name in counts), pairs=", ".join(f"'{name}', sum({name})" for name in names),
        indication="indication" if subject.indications else "NULL::text",
        divided="indication" if subject.indications else "NULL::text",
        finer="(priority), (indication), ()" if subject.indications else "(priority), ()",
        minutes=SQL.format("seconds"), spans=", ".join(f"('{span}', {span})" for span in subject.spans), same=_same(),
    )  # fmt: skip


def roll_month(month: date) -> bool:
    """Make the cells of a month anew, out of its rows. False when another worker is at it."""
    begun = time.monotonic()
    with transaction.atomic():
        Month.objects.get_or_create(month=month)
        row = Month.objects.select_for_update(skip_locked=True).filter(month=month).first()
        if row is None:
            return False
        row.stale = False
        _make_cells(month)
        row.rolled_at, row.took_ms = clock.now(), round(1000 * (time.monotonic() - begun))
        row.save()
    return True


def _make_cells(month: date) -> None:
    ends = {"since": _begin_of(month), "until": _begin_of(next_month(month)), "now": clock.now()}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("DELETE FROM insight_cell WHERE month = %s", [month])
        for subject in SUBJECTS.values():
            cursor.execute(cells_statement(subject), {"month": month, "subject": subject.key})
        cursor.execute(_CAPACITY, {"month": month, "subject": REFERRALS.key, "taken": list(TAKES_TIME), **ends})


def hear() -> int:
    """Make the rows of the cases anew that the journal has told of since the last run; how many. Twice at once: one
    of the two does it."""
    with transaction.atomic():
        Mark.objects.get_or_create(pk=1)
        mark = Mark.objects.select_for_update(skip_locked=True).first()
        if mark is None:
            return 0
        newest = _end_of_piece(mark.settled)
        moved = _moved(mark.settled, newest)
        months = gather(moved)
        _mark_stale(months)
        # all the way: what this run has heard is heard once more by the next; behind: piece by piece
        mark.settled = max(mark.settled, mark.newest) if newest == _newest_entry() else newest
        mark.newest, mark.heard_at = max(newest, mark.settled), clock.now()
        mark.save()
    return len(moved)


def _entries() -> Any:
    return unfiltered(Entry, why="which cases have moved")


def _newest_entry() -> int:
    return int(_entries().order_by("-id").values_list("id", flat=True).first() or 0)


def _end_of_piece(settled: int) -> int:
    ids = list(_entries().filter(id__gt=settled).order_by("id").values_list("id", flat=True)[:ENTRIES_AT_ONCE])
    return int(ids[-1]) if ids else settled


def _moved(after: int, until: int) -> list[UUID]:
    subjects = _entries().filter(id__gt=after, id__lte=until, subject_type=Case._meta.label_lower)
    return [UUID(each) for each in subjects.values_list("subject_id", flat=True).distinct()]


def _mark_stale(months: set[date]) -> None:
    rows = [Month(month=month, stale=True) for month in sorted(months)]
    Month.objects.bulk_create(rows, update_conflicts=True, unique_fields=["month"], update_fields=["stale"])


def refresh() -> int:
    """Hear what moved, then make the stale months anew that have rested; how many were made. For the beat task."""
    begun = time.monotonic()
    while hear() and _behind() and time.monotonic() - begun < RUN_SECONDS / 2:
        continue
    made = 0
    for month in Month.objects.filter(stale=True).order_by("-month"):
        if time.monotonic() - begun < RUN_SECONDS and _rested(month):
            made += roll_month(month.month)
    return made


def _behind() -> bool:
    mark = Mark.objects.filter(pk=1).first()
    return mark is not None and mark.newest < _newest_entry()


def _rested(month: Month) -> bool:
    return month.rolled_at is None or month.rolled_at + timedelta(milliseconds=REST * month.took_ms) <= clock.now()


_OF_MONTH = """SELECT id FROM casework_case WHERE submitted_at >= %(since)s AND submitted_at < %(until)s
AND id > %(after)s ORDER BY id LIMIT %(size)s"""


def recompute_month(month: date) -> int:
    """Everything of a month anew from the cases themselves, whatever the journal has told; how many cases."""
    seen, after = 0, UUID(int=0)
    while case_ids := _cases_of(month, after):
        _mark_stale(gather(case_ids) - {month})
        seen, after = seen + len(case_ids), case_ids[-1]
    roll_month(month)
    Month.objects.filter(month=month).update(gathered_at=clock.now())
    return seen


def _cases_of(month: date, after: UUID) -> list[UUID]:
    given = {"since": _begin_of(month), "until": _begin_of(next_month(month))}
    with connection.cursor() as cursor:
        cursor.execute(_OF_MONTH, {**given, "after": str(after), "size": CASES_AT_ONCE})
        return [row[0] for row in cursor.fetchall()]


def next_month(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def month_is_over(month: date) -> bool:
    """Whether its last day, and the days that its report waits, are behind us."""
    return _begin_of(next_month(month)) + FREEZE_AFTER <= clock.now()


def _begin_of(month: date) -> datetime:
    return datetime(month.year, month.month, 1, tzinfo=ZoneInfo(settings.TIME_ZONE))


def next_to_recompute() -> date | None:
    """The month whose rows were longest not made anew from the cases, when that is a day ago."""
    due = Month.objects.filter(Q(gathered_at=None) | Q(gathered_at__lte=clock.now() - ANEW_AFTER))
    found = due.order_by(F("gathered_at").asc(nulls_first=True), "-month").first()
    return found.month if found else None
