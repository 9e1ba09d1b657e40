"""The measures of referrals computed again by plain SQL, straight from the referrals' tables: the same numbers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from consortium.insight.measures import MEASURES, REFERRALS, Kind, minutes_of
from consortium.insight.models import Cell
from consortium.insight.operations import hear, recompute_month, refresh, roll_month
from consortium.insight.queries import asked_of, lines, whole
from consortium.kernel.actors import acting_as, system
from consortium.people.states import Role
from tests.cast import actor_for
from tests.factories.cases import make_service
from tests.factories.people import make_seat, make_specialty
from tests.insight.conftest import NOW, ZONE, Consortium
from tests.insight.ways import Way, a_month_of_ways, count, make_slot

pytestmark = pytest.mark.django_db
SENT = datetime(2026, 6, 3, 8, 0, tzinfo=ZONE)
JUNE = SENT.date().replace(day=1)

#: without any table of insight: written apart from operations/journeys.py
ALL = """
WITH every AS (
  SELECT r.*, c.id, c.submitted_at, c.closed_at, c.service_id, c.priority, c.asking_institution_id, i.region_id,
    c.is_open, to_char(c.submitted_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') AS month,
    CASE WHEN indication_id > '' THEN indication_pathway || ':' || indication_id ELSE '' END AS indication,
    (SELECT min(signed_at) FROM referrals_outcome o WHERE o.case_id = c.id) AS signed,
    (SELECT min(at) FROM referrals_acknowledgement a WHERE a.case_id = c.id) AS heard,
    (SELECT max(ended_at) FROM referrals_encounter e WHERE e.case_id = c.id) AS out
  FROM referrals_referral r JOIN casework_case c ON c.id = r.case_id
    JOIN people_institution i ON i.id = c.asking_institution_id
  WHERE c.submitted_at IS NOT NULL AND r.step NOT IN ('draft', 'entered_in_error')),
sent AS (SELECT * FROM every WHERE kind IN ('up', 'lateral') AND NOT unannounced),
up AS (SELECT * FROM every WHERE kind IN ('up', 'lateral')),
letters AS (
  SELECT DISTINCT ON (case_id) o.* FROM referrals_outcome o JOIN up ON up.id = o.case_id ORDER BY case_id, number DESC),
answers AS (SELECT * FROM referrals_acknowledgement)
"""


def share(part: str, table: str, where: str = "true") -> str:
    return f"SELECT 100.0 * count(*) FILTER (WHERE {part}) / count(*) FROM {table} WHERE {where}"


_BACK = "EXISTS (SELECT FROM every b WHERE b.parent_id = up.id AND b.kind = 'back')"
_LEFT = "arrived_at IS NOT NULL AND (out IS NOT NULL OR NOT is_open)"
WHOLE: dict[str, str] = {
    "referred": "SELECT count(*) FROM sent",
    "attended_30": share("arrived_at - submitted_at <= interval '30 days'", "sent"),
    "attended_90": share("arrived_at - submitted_at <= interval '90 days'", "sent"),
    "loop_closed": share("signed IS NOT NULL AND heard IS NOT NULL AND step = 'closed'", "sent"),
    "outcome_returned": share("signed IS NOT NULL", "up", _LEFT),
    "outcome_acknowledged": share("heard IS NOT NULL", "up", "signed IS NOT NULL"),
    "different_diagnosis": share("concordance = 'different'", "answers", "concordance <> 'none_made'"),
    "same_diagnosis": share("concordance = 'same'", "answers", "concordance <> 'none_made'"),
    "letter_useful": share("usefulness > 3", "answers"),
    "letter_usefulness": "SELECT avg(usefulness) FROM answers",
    "avoidable": share("avoidable AND NOT special_care", "letters"),
    "home_in_day": share("destination = 'home' AND out - arrived_at <= interval '1 day'",
                         "letters JOIN up ON up.id = letters.case_id"),
    "sent_back": share(_BACK, "up", _LEFT),
    "appropriate": share("appropriateness = 'appropriate'", "letters", "appropriateness > ''"),
    "too_early": share("appropriateness = 'too_early'", "letters", "appropriateness > ''"),
    "too_late": share("appropriateness = 'too_late'", "letters", "appropriateness > ''"),
    "dated": share("""arrived_at IS NOT NULL OR EXISTS (SELECT FROM referrals_visit v WHERE v.case_id = sent.id)
        OR EXISTS (SELECT FROM referrals_transport t WHERE t.case_id = sent.id)""", "sent"),
    "ran_over": share("EXISTS (SELECT FROM casework_escalation e WHERE e.case_id = sent.id)", "sent"),
    "refused": """SELECT 100.0 * (SELECT count(DISTINCT case_id) FROM referrals_offer WHERE step = 'declined')
        / (SELECT count(*) FROM sent)""",
    "refusal_disputed": """SELECT 100.0 * count(*) FILTER (WHERE dispute_reason > '') / count(*) FROM every
        WHERE EXISTS (SELECT FROM referrals_offer o WHERE o.case_id = every.id AND o.step = 'declined')""",
    "cancelled": share("step = 'cancelled'", "sent"),
    "ended": share("step = 'ended'", "sent"),
    "unannounced": share("unannounced", "up", "arrived_at IS NOT NULL"),
    "incident": share("EXISTS (SELECT FROM referrals_incident n WHERE n.case_id = t.case_id)",
                      "referrals_transport t", "departed_at IS NOT NULL"),
    "back_referred": "SELECT count(*) FROM every WHERE kind = 'back'",
    "taken_over": share("step IN ('following', 'followed')", "every", "kind = 'back'"),
    "follow_up_on_time": share("done_at::date <= due_on", "referrals_followup", "step IN ('done', 'missed', 'recall')"),
}  # fmt: skip
_T = "(SELECT {0} FROM referrals_transport t WHERE t.case_id = up.id)"
TIMES: dict[str, tuple[str, str]] = {
    "seeing": ("sent", "(SELECT min(seen_at) FROM referrals_offer o WHERE o.case_id = sent.id) - submitted_at"),
    "accepting": ("sent", "accepted_at - (SELECT min(seen_at) FROM referrals_offer o WHERE o.case_id = sent.id)"),
    "booking": ("sent", "(SELECT min(booked_at) FROM referrals_visit v WHERE v.case_id = sent.id) - accepted_at"),
    "coming": ("sent", "arrived_at - accepted_at"),
    "travelling": ("up", f"{_T.format('arrived_at')} - {_T.format('departed_at')}"),
    "noting": ("up", """least((SELECT min(created_at) FROM casework_message m WHERE m.case_id = up.id
        AND m.kind = 'interim'), signed) - arrived_at"""),
    "reporting": ("up", "signed - out"),
    "acknowledging": ("up", "heard - signed"),
    "taking_over": ("every", """(SELECT min(started_at) FROM casework_clock k WHERE k.case_id = every.id
        AND k.leg = 'follow_up') - submitted_at"""),
    "to_arrival": ("sent", "arrived_at - submitted_at"),
    "loop": ("sent", "CASE step WHEN 'closed' THEN closed_at - submitted_at END"),
}  # fmt: skip
#: how plain SQL names what a line is of
COLUMNS = {
    "month": "month", "service": "service_id", "priority": "priority", "institution": "asking_institution_id",
    "region": "region_id", "indication": "indication",
}  # fmt: skip


@pytest.fixture
def june(told: Consortium) -> list[Way]:
    centre = make_service(told.places["willow"], make_specialty("general"))
    return a_month_of_ways(told, centre, SENT)


def ask(statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"{ALL} {statement}")
        found: list[Any] = cursor.fetchall()
        return found


def asked(world: Consortium, **given: Any) -> Any:
    return asked_of(actor_for(world.people["manager"]), {"period": "always", "subject": "referrals", **given})


def tally(world: Consortium, **given: Any) -> Any:
    with acting_as(actor_for(world.people["manager"])):
        return whole(asked(world, **given))


def test_every_measure_is_the_same_by_plain_sql(told: Consortium, june: list[Way]) -> None:
    found, names = tally(told), list(WHOLE)
    values = {key: found.value(MEASURES[key]).value for key in names}
    expected = {key: float(ask(WHOLE[key])[0][0]) for key in names}
    assert values == pytest.approx(expected)


def test_every_time_is_that_of_plain_sql(told: Consortium, june: list[Way]) -> None:
    found, expected, values = tally(told), {}, {}
    for key, (table, time) in TIMES.items():
        seconds = f"floor(extract(epoch FROM {time}))"
        quantiles = ", ".join(f"percentile_disc({share}) WITHIN GROUP (ORDER BY {seconds})" for share in (0.5, 0.9))
        middle, tenth, n = ask(f"SELECT {quantiles}, count({seconds}) FROM {table}")[0]
        expected[key] = (minutes_of(int(middle)), minutes_of(int(tenth)), n)
        value = found.value(MEASURES[key])
        values[key] = (value.value, value.tenth, value.n)
    assert values == expected


def test_nothing_is_left_out_of_the_comparison() -> None:
    assert {*WHOLE, *TIMES, "capacity_used"} == set(REFERRALS.measures)


@pytest.mark.parametrize("by", COLUMNS)
def test_each_way_of_dividing_is_plain_sql_s(told: Consortium, june: list[Way], by: Any) -> None:
    statement = f"SELECT {COLUMNS[by]}, count(*), count(*) FILTER (WHERE step = 'closed') FROM sent GROUP BY 1"
    expected = {str(key): (n, closed) for key, n, closed in ask(statement)}
    for place in told.places.values():  # all are the reader's own, so that nothing is hidden
        make_seat(told.people["manager"], place, Role.NURSE)
    with acting_as(actor_for(told.people["manager"])):
        found = lines(asked(told), by, MEASURES["loop_closed"])
    shown = {
        f"{line.key:%Y-%m}" if by == "month" else str(line.key): (line.tally.sent, line.tally.counts["completed"])
        for line in found if line.tally.sent and not line.tally.hidden
    }  # fmt: skip
    assert shown == {key: told for key, told in expected.items() if key in shown}
    assert len(shown) + len([line for line in found if line.tally.hidden]) >= len(expected)


def test_an_indication_divides_within_a_service_and_a_place_too(told: Consortium, june: list[Way]) -> None:
    make_seat(told.people["manager"], told.places["willow"], Role.NURSE)
    given = {"service": told.services["lungs"].pk, "institution": told.places["willow"].pk}
    with acting_as(actor_for(told.people["manager"])):
        found = {line.key: line.tally.sent for line in lines(asked(told, **given), "indication")}
    assert found == {"": 3, "cough:danger": 3, "fever:danger": 1}


def test_a_refusal_counts_at_the_service_that_refused(told: Consortium, june: list[Way]) -> None:
    counts = {name: tally(told, service=told.services[name].pk).counts["declined"] for name in ("heart", "lungs")}
    assert counts == {"heart": 1, "lungs": 0}


def test_questions_and_referrals_are_counted_apart(told: Consortium, june: list[Way]) -> None:
    with acting_as(actor_for(told.people["manager"])):
        questions = whole(asked(told, subject="consultations"))
    assert (questions.sent, tally(told).sent) == (7, 8)


def test_cells_of_an_indication_have_no_times(told: Consortium, june: list[Way]) -> None:
    cells = Cell.unscoped.exclude(indication=None)
    assert cells.exists()
    assert not cells.exclude(times={}).exists()


def test_the_parts_of_all_add_up(told: Consortium, june: list[Way]) -> None:
    cells = Cell.unscoped.filter(month=JUNE, subject="referrals")
    names = ("service", "priority", "institution", "region", "indication")
    total = cells.get(**dict.fromkeys(names)).counts["rows"]
    for name in names:
        parts = cells.filter(**{other: None for other in names if other != name}).exclude(**{name: None})
        assert (name, sum(cell.counts["rows"] for cell in parts)) == (name, total)


# -- the places kept for referrals -------------------------------------------------------------------------------------


def test_capacity_is_what_is_taken_of_the_places_kept(told: Consortium, june: list[Way]) -> None:
    make_slot(told.services["lungs"], SENT, taken=1)
    make_slot(told.services["heart"], SENT + timedelta(days=1), quota=3, taken=3)
    count(*june)
    values = [tally(told, **given).value(MEASURES["capacity_used"]) for given in (
        {}, {"service": told.services["lungs"].pk}, {"service": told.services["heart"].pk},
    )]  # fmt: skip
    assert [(round(value.value), value.n) for value in values] == [(80, 5), (50, 2), (100, 3)]


def test_places_beyond_the_quota_and_given_up_are_not_counted(told: Consortium, june: list[Way]) -> None:
    make_slot(told.services["lungs"], SENT, quota=1, taken=3)
    withdrawn = make_slot(told.services["lungs"], SENT + timedelta(days=1), taken=0)
    type(withdrawn).objects.filter(pk=withdrawn.pk).update(withdrawn_at=SENT)
    count(*june)
    value = tally(told).value(MEASURES["capacity_used"])
    assert (value.value, value.n) == (100, 1)


def test_a_place_whose_time_lies_ahead_is_not_counted_yet(told: Consortium) -> None:
    october = NOW.date().replace(day=1)
    make_slot(told.services["lungs"], NOW + timedelta(days=1))
    with acting_as(system("test")):
        roll_month(october)
    assert tally(told).value(MEASURES["capacity_used"]).n == 0


def test_a_month_with_free_places_and_no_referral_is_told(told: Consortium) -> None:
    make_slot(told.services["lungs"], SENT)
    with acting_as(system("test")):
        roll_month(JUNE)
    assert tally(told).value(MEASURES["capacity_used"]).n == 2


def test_places_are_not_divided_by_who_sends(told: Consortium, june: list[Way]) -> None:
    make_slot(told.services["lungs"], SENT, taken=1)
    count(*june)
    make_seat(told.people["manager"], told.places["willow"], Role.NURSE)
    willow = tally(told, institution=told.places["willow"].pk)
    assert willow.value(MEASURES["capacity_used"]).value is None


# -- kept true ---------------------------------------------------------------------------------------------------------


def test_an_act_on_a_referral_is_heard(told: Consortium) -> None:
    from consortium.journal.operations import record

    way = Way(told, SENT)
    with acting_as(system("test")) as itself:
        while hear():
            continue
        record(actor=itself, verb="open", subject=way.case, patient_id=way.case.patient_id)
        assert refresh() >= 1
    assert tally(told).sent == 1


def test_what_the_journal_never_told_is_found_by_the_recomputation(told: Consortium) -> None:
    Way(told, SENT)
    with acting_as(system("test")):
        assert recompute_month(JUNE) == 1
    assert tally(told).sent == 1


def test_few_back_referrals_of_another_place_are_not_told(told: Consortium) -> None:
    centre = make_service(told.places["willow"], make_specialty("general"))
    count(*[Way(told, SENT, kind="back", to=centre, who="plum") for _ in range(2)])
    assert tally(told, institution=told.places["plum"].pk).hidden


def test_every_measure_has_its_kind_of_value(told: Consortium, june: list[Way]) -> None:
    found = tally(told)
    shares = [m for m in REFERRALS.measures.values() if m.kind == Kind.SHARE]
    assert [m.key for m in shares if (v := found.value(m).value) is not None and not 0 <= v <= 100] == []
