"""The measures computed again by plain SQL, straight from the tables of the features: the same numbers."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from consortium.insight.measures import CONSULTATIONS, MEASURES, Kind, minutes_of
from consortium.insight.models import Cell
from consortium.insight.queries import asked_of, lines, whole
from consortium.kernel.actors import acting_as
from consortium.people.states import Role
from tests.cast import actor_for
from tests.factories.people import make_seat
from tests.insight.conftest import Consortium

pytestmark = pytest.mark.django_db

#: a case's facts without any table of insight: written apart from operations/gathering.py
FACTS = """
WITH sent AS (
  SELECT c.*, k.step, k.referral_avoided, k.usefulness, k.declined_by_service_id, k.disputed_at, i.region_id,
    to_char(c.submitted_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') AS month
  FROM casework_case c JOIN consultations_consultation k ON k.case_id = c.id
    JOIN people_institution i ON i.id = c.asking_institution_id
  WHERE c.submitted_at IS NOT NULL AND k.step NOT IN ('draft', 'entered_in_error')),
facts AS (
  SELECT s.*, (SELECT min(b.since) FROM casework_ballspell b WHERE b.case_id = s.id AND b.party = 'responder') AS taken,
    (SELECT min(signed_at) FROM consultations_answer a WHERE a.case_id = s.id) AS answered,
    (SELECT count(*) FROM consultations_answer a WHERE a.case_id = s.id AND a.corrects_id IS NOT NULL) AS corrections
  FROM sent s)
"""
WHOLE: dict[str, str] = {
    "sent": "count(*)",
    "answered": "100.0 * count(answered) / count(*)",
    "avoided": "100.0 * count(*) FILTER (WHERE referral_avoided) / count(*) FILTER (WHERE step = 'closed')",
    "usefulness": "avg(usefulness)",
    "useful": "100.0 * count(*) FILTER (WHERE usefulness > 3) / count(usefulness)",
    "withdrawn": "100.0 * count(*) FILTER (WHERE step = 'withdrawn') / count(*)",
    "declined": "100.0 * count(declined_by_service_id) / count(*)",
    "corrected": "100.0 * count(*) FILTER (WHERE corrections > 0) / count(answered)",
    "second_round": """100.0 * count(*) FILTER (WHERE EXISTS (SELECT FROM casework_message m WHERE m.case_id = facts.id
        AND m.kind = 'clarification')) / count(answered)""",
    "unreviewed": """100.0 * count(*) FILTER (WHERE step = 'closed_unreviewed')
        / count(*) FILTER (WHERE step IN ('closed', 'closed_unreviewed'))""",
}
TIMES: dict[str, str] = {
    "allocation": "taken - submitted_at",
    "answer": "answered - submitted_at",
    "dialogue": "closed_at - submitted_at",
}


def ask(select: str, by: str = "") -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"{FACTS} SELECT {by + ',' if by else ''} {select} FROM facts {f'GROUP BY {by}' if by else ''}")
        rows: list[Any] = cursor.fetchall()
        return rows


def of_manager(world: Consortium, **given: Any) -> Any:
    actor = actor_for(world.people["manager"])
    with acting_as(actor):
        return whole(asked_of(actor, {"period": "always", **given}))


@pytest.mark.parametrize("key", WHOLE)
def test_a_measure_of_everything_is_the_same_by_plain_sql(told: Consortium, key: str) -> None:
    value = of_manager(told).value(MEASURES[key])
    assert value.value == pytest.approx(float(ask(WHOLE[key])[0][0]))


@pytest.mark.parametrize("key", TIMES)
@pytest.mark.parametrize(("share", "name"), [(0.5, "value"), (0.9, "tenth")])
def test_a_quantile_is_that_of_plain_sql(told: Consortium, key: str, share: float, name: str) -> None:
    seconds = f"floor(extract(epoch FROM {TIMES[key]}))"
    exact = ask(f"percentile_disc({share}) WITHIN GROUP (ORDER BY {seconds})")[0][0]
    assert getattr(of_manager(told).value(MEASURES[key]), name) == minutes_of(int(exact))


#: how plain SQL names what a line is of
COLUMNS = {
    "month": "month", "service": "service_id", "priority": "priority", "institution": "asking_institution_id",
    "region": "region_id",
}  # fmt: skip


@pytest.mark.parametrize("by", COLUMNS)
def test_each_way_of_dividing_is_plain_sql_s(told: Consortium, by: Any) -> None:
    expected = {str(key): (n, answered) for key, n, answered in ask("count(*), count(answered)", COLUMNS[by])}
    for place in told.places.values():  # all are the reader's own, so that nothing is hidden
        make_seat(told.people["manager"], place, Role.NURSE)
    actor = actor_for(told.people["manager"])
    with acting_as(actor):
        found = lines(asked_of(actor, {"period": "always"}), by)
    shown = {
        f"{line.key:%Y-%m}" if by == "month" else str(line.key): (
            line.tally.counts["sent"], line.tally.counts["answered"]
        )
        for line in found if line.tally.counts["sent"] and not line.tally.hidden
    }  # fmt: skip
    hidden = [line for line in found if line.tally.hidden]
    assert {key: expected[key] for key in shown} == shown
    assert len(shown) + len(hidden) == len(expected)


def test_the_parts_of_a_cell_add_up_to_the_whole(told: Consortium) -> None:
    for month in Cell.unscoped.values_list("month", flat=True).distinct():
        cells = Cell.unscoped.filter(month=month)
        total = cells.get(service=None, priority=None, institution=None, region=None).counts["sent"]
        for name in ("service", "priority", "institution", "region"):
            others = {other: None for other in ("service", "priority", "institution", "region") if other != name}
            parts = cells.filter(**others).exclude(**{name: None})
            assert sum(cell.counts["sent"] for cell in parts) == total


def test_every_time_has_as_many_values_as_are_counted(told: Consortium) -> None:
    tally = of_manager(told)
    answered = tally.counts["answered"]
    for measure in CONSULTATIONS.measures.values():
        if measure.kind == Kind.TIME:
            assert tally.value(measure).n <= max(answered, tally.sent)
    assert tally.value(MEASURES["answer"]).n == answered


def test_a_decline_counts_at_the_service_that_declined(told: Consortium) -> None:
    heart = of_manager(told, service=told.services["heart"].pk)
    lungs = of_manager(told, service=told.services["lungs"].pk)
    assert (heart.counts["declined"], lungs.counts["declined"]) == (1, 0)
