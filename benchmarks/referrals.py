"""Lists of referrals, the radar and a child's way, at 10 thousand and 1 million referrals beside as many questions.

``python -m benchmarks.referrals {list,api,page,radar,way} [--rounds 200] [--sizes 10000 1000000]``

`list`: the specialist's worklist, in which questions and referrals stand together, its statement against one written by
hand. `api` and `page`: the list of referrals over HTTP, signed in, scoped and journalled, against the sum that
`worklist` describes; its processor time has a goal of its own. `radar`: the statement that finds the children without a
next step against one written by hand. `way`: the page of one child's pathway over all tiers, against its rows.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.harness import Goal, Run, Samples, in_turn, report, rounded, show, timed
from benchmarks.referred import Referred, referred
from benchmarks.worklist import bare_sum, by_hand, empty_audit, execute, products_statement, request, urls
from benchmarks.world import sole, world

# isort: split

from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from consortium.casework.queries.worklists import Narrow
from consortium.kernel.actors import acting_as
from consortium.people.states import Role
from referrals.queries.radar import radar

API = "/api/v1/referrals/?list=mine"
PAGE = "/?kind=referral"
#: milliseconds of processor time of a list; the incumbent takes 114 for 25 of 10,000 (design page "quality", 2)
MOST_CPU = 5.0
MOST_GROWTH = 1.3
_COLUMNS = """c.id, c.kind, c.priority, c.headline, c.age_days, c.sex, c.weight_grams, c.ball, c.ball_user_id, c.due_at,
 c.submitted_at, c.closed_at, c.is_open, c.clock_paused, c.responder_id, c.asker_id, c.asking_institution_id,
 c.patient_id, c.last_message_seq, c.service_id, c.created_at"""
_LOST = """(SELECT case_id, priority, due_at FROM referrals_unwatched
 WHERE {side} = %(house)s AND priority = {priority} AND due_at < now() ORDER BY due_at, case_id LIMIT 26)"""
RADAR_BY_HAND = f"""SELECT {_COLUMNS}, r.step, a.full_name, a.full_name_zh, h.full_name, h.full_name_zh, i.name_en,
  i.name_zh, i.phone, i.duty_phone, s.name_en, s.name_zh, s.duty_phone, o.duty_phone, t.phone,
  (SELECT started_at FROM casework_clock k WHERE k.case_id = c.id AND stopped_at IS NULL AND paused_at IS NULL LIMIT 1),
  (SELECT seq FROM casework_readmark m WHERE m.case_id = c.id AND m.user_id = %(me)s LIMIT 1)
FROM (SELECT DISTINCT case_id, priority, due_at FROM ({{ranges}}) l ORDER BY priority, due_at, case_id LIMIT 26) u
JOIN casework_case c ON c.id = u.case_id JOIN referrals_referral r ON r.case_id = c.id
JOIN people_user a ON a.id = c.asker_id LEFT JOIN people_user h ON h.id = c.ball_user_id
JOIN people_institution i ON i.id = c.asking_institution_id JOIN casework_service s ON s.id = c.service_id
JOIN people_institution o ON o.id = s.institution_id LEFT JOIN referrals_transport t ON t.case_id = c.id
ORDER BY c.priority, c.due_at, c.id"""
WAY_BY_HAND = (
    "SELECT p.*, c.* FROM patients_pathway p JOIN patients_patient c ON c.id = p.patient_id WHERE p.id = %(pathway)s",
    """SELECT c.*, a.full_name, r.full_name, i.name_en, s.name_en, h.name_en FROM casework_case c
    JOIN people_user a ON a.id = c.asker_id LEFT JOIN people_user r ON r.id = c.responder_id
    JOIN people_institution i ON i.id = c.asking_institution_id JOIN casework_service s ON s.id = c.service_id
    JOIN people_institution h ON h.id = s.institution_id WHERE c.pathway_id = %(pathway)s ORDER BY c.submitted_at""",
    """SELECT b.* FROM casework_ballspell b JOIN casework_case c ON c.id = b.case_id WHERE c.pathway_id = %(pathway)s
    ORDER BY b.since""",
    """SELECT seq, at, verb, actor_name, facts FROM journal_entry WHERE subject_type = 'casework.case' AND subject_id IN
    (SELECT id::text FROM casework_case WHERE pathway_id = %(pathway)s) ORDER BY seq LIMIT 400""",
)


def _read(statements: Sequence[str], given: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        found = []
        for statement in statements:
            cursor.execute(statement, given)
            found.append(cursor.fetchall())
        return found


def worklist_sql(built: Referred) -> dict[str, Run]:
    statement = products_statement(built.world, Narrow())
    return {"product": lambda: timed(execute(statement)), "limit": lambda: timed(lambda: by_hand(built.world))}


def radar_sql(built: Referred) -> dict[str, Run]:
    actor = built.watching()
    with acting_as(actor), CaptureQueriesContext(connection) as captured:
        radar(actor)
    statement = str(sole([q["sql"] for q in captured.captured_queries if "casework_clock" in q["sql"]]))
    sides = [(side, priority) for side in ("receiver_id", "sender_id") for priority in (1, 2, 3)]
    ranges = " UNION ALL ".join(_LOST.format(side=side, priority=priority) for side, priority in sides)
    (house,) = actor.institution_ids(Role.COORDINATOR)
    given = {"me": str(built.coordinator.pk), "house": str(house)}
    limit = RADAR_BY_HAND.format(ranges=ranges)
    return {"product": lambda: timed(execute(statement)), "limit": lambda: timed(lambda: _read([limit], given))}


def over_http(address: str) -> Callable[[Referred], dict[str, Run]]:
    def contenders(built: Referred) -> dict[str, Run]:
        client = built.world.client(built.world.specialist)

        def processor() -> float:
            begun = time.process_time()
            request(client, address)
            return (time.process_time() - begun) * 1000

        return {
            "product": lambda: timed(lambda: request(client, address)),
            "limit": lambda: bare_sum(built.world, client, lambda: by_hand(built.world)),
            "its processor": processor,
        }

    return contenders


def way(built: Referred) -> dict[str, Run]:
    client, given = built.world.client(built.world.specialist), {"pathway": str(built.pathway)}
    address = reverse("casework:journey", args=[built.pathway])
    return {
        "product": lambda: timed(lambda: request(client, address)),
        "limit": lambda: bare_sum(built.world, client, lambda: _read(WAY_BY_HAND, given)),
    }


PARTS: dict[str, tuple[str, float, Callable[[Referred], dict[str, Run]]]] = {
    "list": ("worklist with questions and referrals, the statement itself", 1.2, worklist_sql),
    "api": ("list of referrals as JSON, signed in and scoped", 2.5, over_http(API)),
    "page": ("list of referrals as a page, signed in and scoped", 8.0, over_http(PAGE)),
    "radar": ("the radar, the statement that finds the lost", 1.2, radar_sql),
    "way": ("a child's way over all tiers, as a page", 8.0, way),
}


def _costs(results: dict[int, dict[str, Samples]]) -> list[dict[str, Any]]:
    """Processor time at each size, and how much longer the largest takes than the smallest."""
    found = []
    for size, at in sorted(results.items()):
        if "its processor" in at:
            found.append(_goal(size, "ms of processor", MOST_CPU, at["its processor"].median))
    smallest, largest = min(results), max(results)
    if smallest != largest:
        growth = results[largest]["product"].median / results[smallest]["product"].median
        found.append(_goal(largest, f"times as long as at {smallest:,}", MOST_GROWTH, growth))
    return found


def _goal(size: int, of: str, most: float, reached: float) -> dict[str, Any]:
    return {"size": size, "of": of, "at_most": most, "reached": rounded(reached), "met": reached <= most}


def measure(part: str, sizes: list[int], rounds: int) -> dict[str, Any]:
    name, most, contenders = PARTS[part]
    results: dict[int, dict[str, Samples]] = {}
    for size in sorted(sizes):
        with world(size, kept=True) as built, override_settings(ROOT_URLCONF=urls()):
            empty_audit()
            results[size] = in_turn(contenders(referred(built, size)), rounds=rounds, warm_up=10)
    goals = [Goal(size, most) for size in sizes]
    told = report(name, results, unit="ms", goals=goals, packages=["django", "psycopg2-binary", "orjson"])
    return {**told, "cost_goals": _costs(results)}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000])
    options = parser.parse_args(arguments)
    show(measure(options.part, options.sizes, options.rounds))


if __name__ == "__main__":
    main()
