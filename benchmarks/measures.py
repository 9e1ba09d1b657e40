"""The measures at 10 thousand and 1 million consultations or referrals, against plain SQL on the same cells.

``python -m benchmarks.measures {page,referrals,roll} [--rounds 100] [--sizes 10000 1000000]``

`page` and `referrals`: what the overview reads, and the page of a time and of a share, divided by month, service,
urgency, institution and region (a share of referrals by indication too), against the same counts, and one median, added
up by hand-written SQL; the goal is in milliseconds of one page's statements alone, which bring all the medians too.
`roll`: the newest month made anew, against one plain count over the rows of that month. Rows are made by PostgreSQL,
with times and outcomes of their own, over two years.
"""

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from benchmarks.harness import Run, Samples, in_turn, report, rounded, show, timed
from benchmarks.world import World, world

# isort: split

from django.db import connection, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from consortium.insight.measures import MEASURES, SUBJECTS, Measure
from consortium.insight.models import Journey, Measured, Month
from consortium.insight.operations import roll_month
from consortium.insight.queries import Lens, asked_of, lines
from consortium.insight.queries.asking import Asked, period_of
from consortium.insight.queries.reading import WAYS, by_indication
from consortium.kernel.actors import Actor, acting_as, system
from consortium.people.models import User
from consortium.people.states import Role
from tests.cast import actor_for
from tests.factories.people import make_staff

MOST_MS = 30.0
MONTHS = 24
_FILL = """
INSERT INTO insight_measured (case_id, month, priority, service_id, institution_id, region_id, step, age_days,
  to_allocation, to_answer, to_close, allocating, answering, informing, reviewing, clarifying, allocated_on_time,
  answered_on_time, referral_avoided, usefulness, second_round, several, corrected, declined_by_id, disputed,
  video_tried, video_held)
SELECT c.id, (date_trunc('month', now()) - (n % {months}) * interval '1 month')::date, c.priority, c.service_id,
  c.asking_institution_id, i.region_id, CASE n % 11 WHEN 0 THEN 'closed_unreviewed' ELSE 'closed' END, n % 4000,
  (60 * exp(random() * 4))::int, (900 * exp(random() * 4))::int, (20000 * exp(random() * 3))::int,
  (60 * exp(random() * 4))::int, (800 * exp(random() * 4))::int,
  CASE n % 6 WHEN 0 THEN (600 * exp(random() * 3))::int END,
  (10000 * exp(random() * 3))::int, CASE n % 8 WHEN 0 THEN (900 * exp(random() * 3))::int END, n % 10 > 0, n % 9 > 0,
  CASE WHEN n % 11 > 0 THEN n % 3 > 0 END, CASE WHEN n % 11 > 0 THEN 1 + n % 5 END, n % 8 = 0, n % 20 = 0,
  n % 50 = 0, CASE n % 17 WHEN 0 THEN c.service_id END, n % 51 = 0, n % 25 = 0, n % 50 = 0
FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM casework_case WHERE kind = 'consultation') c
JOIN people_institution i ON i.id = c.asking_institution_id
WHERE c.submitted_at IS NOT NULL AND c.service_id IS NOT NULL
"""
# One row of numbers for each consultation again, read as a referral's: neither page reads the case itself.
_FILL_REFERRALS = """
INSERT INTO insight_journey (case_id, month, priority, service_id, institution_id, region_id, kind, step, age_days,
  indication, seeing, accepting, booking, coming, travelling, noting, reporting, acknowledging, taking_over, to_arrival,
  to_close, unannounced, dated, attended_30, attended_90, ran_over, arrived, left_care, returned, acknowledged,
  admitted, home_in_day, avoidable, sent_back, transported, incident, usefulness, concordance, appropriateness,
  declined_by_id, disputed, visits_over, visits_on_time)
SELECT case_id, month, priority, service_id, institution_id, region_id, CASE n % 6 WHEN 0 THEN 'back' ELSE 'up' END,
  'closed', age_days, (ARRAY['', 'cough:danger', 'fever:danger', 'fever:young', 'diarrhoea:shock'])[1 + n % 5],
  (60 * exp(random() * 4))::int, (900 * exp(random() * 4))::int, (3000 * exp(random() * 3))::int,
  (9000 * exp(random() * 4))::int, CASE n % 6 WHEN 0 THEN (3600 * exp(random() * 2))::int END,
  (20000 * exp(random() * 2))::int, (9000 * exp(random() * 3))::int, (9000 * exp(random() * 4))::int,
  CASE n % 6 WHEN 0 THEN (9000 * exp(random() * 3))::int END, (20000 * exp(random() * 4))::int,
  (90000 * exp(random() * 3))::int, n % 40 = 0, n % 9 > 0, n % 3 > 0, n % 4 > 0, n % 5 = 0, n % 9 > 0, n % 9 > 0,
  n % 10 > 0, n % 11 > 0, n % 3 = 0, n % 12 = 0, n % 24 = 0, n % 7 = 0, n % 6 = 0, n % 90 = 0, 1 + n % 5,
  (ARRAY['same', 'partly', 'different'])[1 + n % 3], (ARRAY['appropriate', 'too_early', 'too_late'])[1 + n % 3],
  CASE n % 17 WHEN 0 THEN service_id END, n % 51 = 0, n % 3, 0
FROM (SELECT *, row_number() OVER (ORDER BY case_id) AS n FROM insight_measured) m
"""
#: what a cell is added up to, by hand: a count, and the median of the answers
_BY_HAND = """
SELECT c.{by}, sum((c.counts->>'sent')::int), sum((c.counts->>'{part}')::int)
FROM insight_cell c WHERE c.subject = %(subject)s AND c.month BETWEEN %(since)s AND %(until)s AND {where}
GROUP BY c.{by}
"""
_HISTOGRAM = """
SELECT h.key::int, sum(h.value::int) FROM insight_cell c, jsonb_each_text(c.times->'{span}') h
WHERE c.subject = %(subject)s AND c.indication IS NULL AND c.month BETWEEN %(since)s AND %(until)s
  AND c.institution_id IS NULL AND c.region_id IS NULL AND c.service_id IS NULL AND c.priority IS NULL GROUP BY 1
"""
_COLUMN = {"month": "month", "service": "service_id", "priority": "priority", "institution": "institution_id",
           "region": "region_id", "indication": "indication"}  # fmt: skip
#: of each subject: the time whose page is read, and the counts that stand for it by hand
_READ = {"consultations": ("answer", "answered"), "referrals": ("to_arrival", "arrived")}


def manager() -> Actor:
    found = User.objects.filter(username="bench_manager").first()
    if found is None:
        place: Any = User.objects.get(username="specialist").memberships.all()
        with acting_as(system("benchmark")):
            found = make_staff("bench_manager", place.first().institution, Role.CONSORTIUM_MANAGER)
    return actor_for(found)


def fill(size: int) -> None:
    """One row of numbers for each consultation, and every month's cells; found again by the next run."""
    with acting_as(system("benchmark")):
        if min(_rows(Measured), _rows(Journey)) < size:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL session_replication_role = replica")
                cursor.execute("TRUNCATE insight_measured, insight_cell, insight_month")
                cursor.execute(_FILL.format(months=MONTHS))
                cursor.execute("TRUNCATE insight_journey")
                cursor.execute(_FILL_REFERRALS)
            for month in Measured.objects.values_list("month", flat=True).distinct():
                roll_month(month)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE insight_measured, insight_journey, insight_cell")


def _rows(model: type[Model]) -> int:
    return int(model._base_manager.count())


def _asked(about: str) -> Asked:
    since, until = period_of("year")
    return Asked(Lens("all", ""), since, until, subject=SUBJECTS[about])


def pages(asked: Asked) -> dict[str, Callable[[], None]]:
    """What each page reads: all measures over the months; one measure divided in every way that there is."""

    def divided(measure: Measure) -> None:
        for by in WAYS:
            if by != "indication" or by_indication(asked, measure):
                lines(asked, by, measure)

    def overview() -> None:
        lines(asked, "month")

    time, share = MEASURES[_READ[asked.subject.key][0]], asked.subject.headlines[1]
    return {
        "the overview": overview,
        "a time": lambda: divided(time),
        "a share": lambda: divided(share),
    }


def _where(by: str) -> str:
    keys = {"institution_id", "region_id", "service_id", "priority", "indication"}
    column = _COLUMN[by]
    return " AND ".join(f"c.{key} IS {'NOT NULL' if key == column else 'NULL'}" for key in sorted(keys))


def _bare(asked: Asked) -> Callable[[], None]:
    """The same numbers by hand: each way of dividing, and the times of everything."""
    span, part = MEASURES[_READ[asked.subject.key][0]].span, _READ[asked.subject.key][1]
    given: Any = {"since": asked.since, "until": asked.until, "subject": asked.subject.key}
    ways = [by for by in ("month", *WAYS) if by != "indication" or asked.subject.indications]
    statements = [_BY_HAND.format(by=_COLUMN[by], part=part, where=_where(by)) for by in ways]

    def run() -> None:
        with connection.cursor() as cursor:
            for statement in [*statements, _HISTOGRAM.format(span=span)]:
                cursor.execute(statement, given)
                cursor.fetchall()

    return run


def _statements(read: Callable[[], None]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        read()
    return [str(one["sql"]) for one in captured.captured_queries]


def _sent_bare(statements: Sequence[str]) -> Callable[[], None]:
    def run() -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.cursor.execute(statement)
                cursor.cursor.fetchall()

    return run


def page(about: str) -> Callable[[World], dict[str, Run]]:
    def contenders(built: World) -> dict[str, Run]:
        actor = manager()
        with acting_as(actor):
            asked_of(actor, {})  # the right is there
            reads = pages(_asked(about))
            sent = {name: _sent_bare(_statements(read)) for name, read in reads.items()}

        def product() -> float:
            with acting_as(actor):
                return timed(lambda: [read() for read in reads.values()])

        by_hand = _bare(_asked(about))
        statements = {f"statements of {name}": partial(timed, send) for name, send in sent.items()}
        return {"product": product, "limit": lambda: timed(by_hand), **statements}

    return contenders


def roll(built: World) -> dict[str, Run]:
    newest = Month.objects.order_by("-month").values_list("month", flat=True)[0]

    def count() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT service_id, priority, institution_id, count(*), percentile_disc(0.5) WITHIN GROUP"
                " (ORDER BY to_answer) FROM insight_measured WHERE month = %s GROUP BY 1, 2, 3", [newest],
            )  # fmt: skip
            cursor.fetchall()

    return {"product": lambda: timed(lambda: roll_month(newest)), "limit": lambda: timed(count)}


def _goals(part: str, results: dict[int, dict[str, Samples]]) -> list[dict[str, Any]]:
    if part == "roll":
        return []
    found = []
    for size, at in sorted(results.items()):
        for name in sorted(name for name in at if name.startswith("statements of ")):
            reached = at[name].median
            found.append({"size": size, "of": f"ms of the {name}", "at_most": MOST_MS, "reached": rounded(reached),
                          "met": reached <= MOST_MS})  # fmt: skip
    return found


PARTS: dict[str, tuple[str, Callable[[World], dict[str, Run]]]] = {
    "page": ("the measures: the overview, a time and a share in every way", page("consultations")),
    "referrals": ("the measures of referrals: the overview, a time and a share in every way", page("referrals")),
    "roll": ("a month of the measures made anew", roll),
}


def measure(part: str, sizes: list[int], rounds: int) -> dict[str, Any]:
    name, contenders = PARTS[part]
    results: dict[int, dict[str, Samples]] = {}
    for size in sorted(sizes):
        with world(size, kept=True) as built, acting_as(system("benchmark")):
            fill(max(size, 1))
            results[size] = in_turn(contenders(built), rounds=rounds, warm_up=2)
    told = report(name, results, unit="ms", packages=["django", "psycopg2-binary"])
    return {**told, "cost_goals": _goals(part, results)}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000])
    options = parser.parse_args(arguments)
    show(measure(options.part, options.sizes, options.rounds))


if __name__ == "__main__":
    main()
