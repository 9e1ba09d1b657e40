"""From a case's clocks and its ledger of the ball to one row of numbers. The same case twice gives the same row."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model, prefetch_related_objects

from consortium.casework.models import Case, Clock
from consortium.casework.operations import due_of
from consortium.casework.queries.working import calendar_at, working_side, working_time_of
from consortium.casework.states import Leg, Priority
from consortium.casework.worktime import WorkingTime
from consortium.insight.models import Journey, Measured
from consortium.insight.operations.journeys import make_journeys
from consortium.kernel.scoping import unfiltered

CASES_AT_ONCE = 2000

# The spells of the ball since the sending, each before or after the first answer. A running spell counts when it ends.
# The clock that an act stopped is the one whose end lies next to it: the last before a specialist held the question,
# the first after the answer was signed.
_FACTS = """
INSERT INTO insight_measured (
  case_id, month, priority, service_id, institution_id, region_id, step, age_days, to_allocation, to_answer, to_close,
  allocating, answering, informing, reviewing, clarifying, allocated_on_time, answered_on_time, referral_avoided,
  usefulness, second_round, several, corrected, declined_by_id, disputed, video_tried, video_held)
SELECT c.id, date_trunc('month', c.submitted_at AT TIME ZONE %(zone)s)::date, c.priority, c.service_id,
  c.asking_institution_id, i.region_id, k.step, c.age_days,
  {taken}, {answered}, {closed},
  CASE WHEN a.id IS NOT NULL THEN b.allocating END, CASE WHEN a.id IS NOT NULL THEN b.answering END,
  CASE WHEN a.id IS NOT NULL THEN b.informing END,
  CASE WHEN NOT c.is_open THEN b.reviewing END, CASE WHEN NOT c.is_open THEN b.clarifying END,
  allocation.on_time, answering.on_time,
  CASE WHEN k.step = 'closed' THEN k.referral_avoided END, CASE WHEN k.step = 'closed' THEN k.usefulness END,
  coalesce(b.again, false),
  EXISTS (SELECT FROM consultations_opinion o WHERE o.case_id = c.id AND o.given_at IS NOT NULL),
  EXISTS (SELECT FROM consultations_answer x WHERE x.case_id = c.id AND x.corrects_id IS NOT NULL),
  k.declined_by_service_id, k.disputed_at IS NOT NULL, false, false
FROM casework_case c
JOIN consultations_consultation k ON k.case_id = c.id
JOIN people_institution i ON i.id = c.asking_institution_id
LEFT JOIN LATERAL (
  SELECT id, signed_at FROM consultations_answer WHERE case_id = c.id AND signed_at >= c.submitted_at
  ORDER BY number LIMIT 1) a ON true
LEFT JOIN LATERAL (
  SELECT min(since) FILTER (WHERE party = 'responder') AS taken,
    {party_coordinator_before} AS allocating, {party_responder_before} AS answering, {party_asker_before} AS informing,
    {party_asker_after} AS reviewing, {party_responder_after} AS clarifying,
    bool_or(party = 'responder') FILTER (WHERE since >= a.signed_at) AS again
  FROM casework_ballspell WHERE case_id = c.id AND since >= c.submitted_at) b ON true
LEFT JOIN LATERAL (
  SELECT {struck} AS on_time FROM casework_clock WHERE case_id = c.id AND leg = 'allocation'
    AND stopped_at <= b.taken AND stopped_at >= c.submitted_at ORDER BY stopped_at DESC LIMIT 1) allocation ON true
LEFT JOIN LATERAL (
  SELECT {struck} AS on_time FROM casework_clock WHERE case_id = c.id AND leg = 'first_answer'
    AND stopped_at >= a.signed_at ORDER BY stopped_at LIMIT 1) answering ON true
WHERE c.id = ANY(%(cases)s::uuid[]) AND c.kind = 'consultation' AND c.submitted_at IS NOT NULL
  AND c.entered_in_error_at IS NULL AND c.service_id IS NOT NULL
ON CONFLICT (case_id) DO UPDATE SET ({columns}) = ROW ({excluded})
"""
_STRUCK = "stopped_at <= started_at + (target_seconds + paused_seconds) * interval '1 second'"


def _since_sending(instant: str) -> str:
    return f"floor(extract(epoch FROM {instant} - c.submitted_at))::int"


def _ledger(party: str, when: str) -> str:
    """Seconds that `party` held the ball before or after the first answer; NULL when it never did."""
    side = "(a.signed_at IS NULL OR since < a.signed_at)" if when == "before" else "since >= a.signed_at"
    return f"floor(extract(epoch FROM sum(until - since) FILTER (WHERE party = '{party}' AND {side})))::int"


def _statement() -> str:
    columns = [str(field.column) for field in Measured._meta.concrete_fields if not field.primary_key]
    ledgers = {
        f"party_{party}_{when}": _ledger(party, when)
        for party in ("coordinator", "responder", "asker")
        for when in ("before", "after")
    }
    return _FACTS.format(
        taken=_since_sending("b.taken"), answered=_since_sending("a.signed_at"),
        closed=f"CASE WHEN NOT c.is_open THEN {_since_sending('c.closed_at')} END", struck=_STRUCK,
        columns=", ".join(columns), excluded=", ".join(f"excluded.{name}" for name in columns), **ledgers,
    )  # fmt: skip


def gather(case_ids: Sequence[UUID]) -> set[date]:
    """Make the rows of these cases anew; the months that they belong to, or belonged to before.

    Cases that count no longer (entered in error, a draft again) lose their row.
    """
    months: set[date] = set()
    for start in range(0, len(case_ids), CASES_AT_ONCE):
        months |= _gather(list(case_ids[start : start + CASES_AT_ONCE]))
    return months


@transaction.atomic
def _gather(case_ids: list[UUID]) -> set[date]:
    return _made_anew(Measured, case_ids, _make_measured) | _made_anew(Journey, case_ids, make_journeys)


def _made_anew(model: type[Model], case_ids: list[UUID], make: Callable[[list[UUID]], None]) -> set[date]:
    """One table's rows of these cases; the months to which they belong, or belonged."""
    rows = unfiltered(model, why="rows made anew of their cases").filter(pk__in=case_ids)
    before = set(rows.values_list("month", flat=True).distinct())
    rows.exclude(case__in=_counted(case_ids)).delete()
    make(case_ids)
    return before | set(rows.values_list("month", flat=True).distinct())


def _make_measured(case_ids: list[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_statement(), {"cases": [str(pk) for pk in case_ids], "zone": settings.TIME_ZONE})
    _by_working_time(case_ids)
    _video(case_ids)


def _counted(case_ids: list[UUID]) -> Any:
    rows = unfiltered(Case, why="which cases still count").filter(pk__in=case_ids)
    return rows.filter(submitted_at__isnull=False, entered_in_error_at=None).values("pk")


# -- routine clocks run in working time, which is no arithmetic of PostgreSQL's ----------------------------------------

_FIELDS = {Leg.ALLOCATION: "allocated_on_time", Leg.FIRST_ANSWER: "answered_on_time"}


def _by_working_time(case_ids: list[UUID]) -> None:
    """Whether routine clocks had struck, where somebody keeps a working calendar."""
    rows = unfiltered(Measured, why="rows made anew of their cases").filter(priority=Priority.ROUTINE, pk__in=case_ids)
    mine = {row.pk: row for row in rows}
    known: dict[UUID | None, WorkingTime | None] = {}
    changed = [mine[each.case_id] for each in _counting(list(mine)) if _mended(mine[each.case_id], each, known)]
    rows.bulk_update(set(changed), list(_FIELDS.values()), batch_size=500)


def _counting(case_ids: list[UUID]) -> list[Clock]:
    """Of each case and leg, the clock that counts: as in `_FACTS`."""
    found = unfiltered(Clock, why="routine clocks by working time").raw(
        """SELECT DISTINCT ON (k.case_id, k.leg) k.* FROM casework_clock k JOIN insight_measured m USING (case_id)
        JOIN casework_case c ON c.id = k.case_id
        WHERE k.case_id = ANY(%s::uuid[]) AND k.stopped_at IS NOT NULL AND (
          k.leg = 'allocation' AND extract(epoch FROM k.stopped_at - c.submitted_at) BETWEEN 0 AND m.to_allocation + 1
          OR k.leg = 'first_answer' AND extract(epoch FROM k.stopped_at - c.submitted_at) >= m.to_answer)
        ORDER BY k.case_id, k.leg, CASE k.leg WHEN 'allocation' THEN c.submitted_at - k.stopped_at
          ELSE k.stopped_at - c.submitted_at END""",
        [[str(pk) for pk in case_ids]],
    )
    rows = list(found)
    prefetch_related_objects(rows, "case__service")
    return rows


def _mended(row: Measured, each: Clock, known: dict[UUID | None, WorkingTime | None]) -> bool:
    """Set on the row whether the clock had struck by working time; False where nobody keeps a calendar."""
    side = working_side(each.case, each.leg)
    if side not in known:
        calendar = calendar_at(side)
        known[side] = working_time_of(calendar) if calendar else None
    work = known[side]
    if work is None or each.stopped_at is None:
        return False
    setattr(row, _FIELDS[Leg(each.leg)], each.stopped_at <= due_of(each, each.case, work))
    return True


# -- video ------------------------------------------------------------------------------------------------------------

_VIDEO = """
UPDATE insight_measured m SET video_tried = true, video_held = r.held
FROM (SELECT case_id, bool_or(outcome = 'video') AS held FROM calls_room
    WHERE step = 'ended' AND opened_at IS NOT NULL AND case_id = ANY(%(cases)s::uuid[]) GROUP BY case_id) r
WHERE m.case_id = r.case_id
"""


def _video(case_ids: list[UUID]) -> None:
    """Which questions had a call that was opened and is over, and whether pictures came through in one of them."""
    with connection.cursor() as cursor:
        cursor.execute(_VIDEO, {"cases": [str(pk) for pk in case_ids]})
