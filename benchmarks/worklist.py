"""The specialist's worklist against what it can't be quicker than, at 10 thousand and 1 million consultations.

``python -m benchmarks.worklist {sql,filter,api,page,case} [--rounds 200] [--sizes 10000 1000000]``

`sql`: the product's statement against a hand-written keyset statement of the same columns, both by psycopg2;
`filter`: the same of one service and one urgency. `case`: the page of one case, its limit a sum as below of that case's
rows. `api` and `page`: a signed-in, scoped, journalled request through every middleware, against the sum of an empty
view behind the same middleware, the hand-written statement with its JSON, and one raw audit row with its commit.
Requests run in process, so that what is compared is work and not a socket.
"""

import argparse
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any
from uuid import UUID

from benchmarks.harness import Goal, Run, Samples, in_turn, report, show, timed
from benchmarks.world import World, sole, world

# isort: split

import orjson
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import include, path

from consortium.casework.models import Case
from consortium.casework.queries.worklists import Desk, Narrow, Tab, worklist
from consortium.casework.states import Priority
from consortium.kernel.actors import acting_as

API = "/api/v1/consultations/?list=mine"
PAGE = "/"
MOST_QUERIES = 8

_COLUMNS = """c.id, c.kind, c.priority, c.headline, c.age_days, c.sex, c.weight_grams, c.ball, c.ball_user_id, c.due_at,
 c.submitted_at, c.closed_at, c.is_open, c.clock_paused, c.responder_id, c.asker_id, c.asking_institution_id,
 c.patient_id, c.last_message_seq, c.service_id, c.created_at"""
_RANGE = f"""(SELECT {_COLUMNS} FROM casework_case c WHERE {{where}} AND is_open AND submitted_at IS NOT NULL
 ORDER BY priority, due_at, id LIMIT 26)"""
BY_HAND = f"""
SELECT c.*, a.full_name, a.full_name_zh, h.full_name, h.full_name_zh, i.name_en, i.name_zh, s.name_en, s.name_zh,
  (SELECT started_at FROM casework_clock k WHERE k.case_id = c.id AND stopped_at IS NULL AND paused_at IS NULL LIMIT 1),
  (SELECT seq FROM casework_readmark r WHERE r.case_id = c.id AND r.user_id = %(me)s LIMIT 1)
FROM ({_RANGE.format(where="ball_user_id = %(me)s")}
  UNION ALL {_RANGE.format(where="service_id = %(service)s AND responder_id IS NULL")}
  ORDER BY priority, due_at, id LIMIT 26) c
JOIN people_user a ON a.id = c.asker_id LEFT JOIN people_user h ON h.id = c.ball_user_id
JOIN people_institution i ON i.id = c.asking_institution_id JOIN casework_service s ON s.id = c.service_id
ORDER BY c.priority, c.due_at, c.id
"""
CASE_BY_HAND = (
    """SELECT c.*, k.*, p.name, p.birth_date, a.full_name, r.full_name, i.name_en, s.name_en FROM casework_case c
    JOIN consultations_consultation k ON k.case_id = c.id JOIN patients_patient p ON p.id = c.patient_id
    JOIN people_user a ON a.id = c.asker_id LEFT JOIN people_user r ON r.id = c.responder_id
    JOIN people_institution i ON i.id = c.asking_institution_id JOIN casework_service s ON s.id = c.service_id
    WHERE c.id = %(case)s""",
    "SELECT * FROM casework_message WHERE case_id = %(case)s ORDER BY seq LIMIT 50",
    "SELECT * FROM consultations_answer WHERE case_id = %(case)s ORDER BY number",
    "SELECT * FROM casework_clock WHERE case_id = %(case)s AND stopped_at IS NULL",
    "SELECT * FROM files_attachment WHERE case_id = %(case)s",
    """SELECT seq, at, verb, actor_name, facts FROM journal_entry WHERE subject_type = 'casework.case'
    AND subject_id = %(case)s ORDER BY seq LIMIT 200""",
)
AUDIT = """INSERT INTO bench_audit (at, actor, what) VALUES (now(), %(me)s, 'list-read')"""


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"", content_type="text/html")


def urls() -> ModuleType:
    """The product's addresses, and one whose view does nothing."""
    module = ModuleType("benchmarks_urls")
    module.urlpatterns = [path("bench-empty/", empty), path("", include("consortium.urls"))]  # type: ignore[attr-defined]
    return module


def by_hand(built: World, statement: str = BY_HAND) -> list[tuple[Any, ...]]:
    given = {"me": str(built.specialist.pk), "service": str(built.services[0].pk)}
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def products_statement(built: World, narrow: Narrow) -> str:
    """The one statement that the product's list is."""
    actor = built.actor()
    with acting_as(actor), CaptureQueriesContext(connection) as captured:
        desk = Desk.of(actor)
        captured.initial_queries = len(connection.queries_log)
        worklist(desk, Tab.MINE, narrow=narrow)
    return str(sole([q["sql"] for q in captured.captured_queries]))


def execute(statement: str) -> Callable[[], object]:
    """Run it as psycopg2 gets it; the values stand in the text."""

    def run() -> object:
        with connection.cursor() as cursor:
            cursor.cursor.execute(statement)
            return cursor.cursor.fetchall()

    return run


def sql(built: World) -> dict[str, Run]:
    statement = products_statement(built, Narrow())
    return {"product": lambda: timed(execute(statement)), "limit": lambda: timed(lambda: by_hand(built))}


def filtered(built: World) -> dict[str, Run]:
    statement = products_statement(built, Narrow(built.services[0].pk, Priority.URGENT))
    narrow = BY_HAND.replace(
        "AND is_open", f"AND service_id = %(service)s AND priority = {Priority.URGENT} AND is_open"
    )
    return {"product": lambda: timed(execute(statement)), "limit": lambda: timed(lambda: by_hand(built, narrow))}


def request(client: Client, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        raise ValueError(f"{address} answered {answer.status_code}")


def bare_sum(built: World, client: Client, read: Callable[[], Any]) -> float:
    """What no page can do without: an empty view, the statements and their JSON, and one audit row committed."""

    def raw() -> None:
        orjson.dumps(read(), default=str)
        with connection.cursor() as cursor:
            cursor.execute(AUDIT, {"me": str(built.specialist.pk)})

    return timed(lambda: request(client, "/bench-empty/")) + timed(raw)


def over_http(address: str) -> Callable[[World], dict[str, Run]]:
    def contenders(built: World) -> dict[str, Run]:
        client = built.client(built.specialist)
        with CaptureQueriesContext(connection) as captured:
            request(client, address)
        if len(captured) > MOST_QUERIES and address == API:
            raise ValueError(f"{len(captured)} queries; {MOST_QUERIES} at most")
        return {
            "product": lambda: timed(lambda: request(client, address)),
            "limit": lambda: bare_sum(built, client, lambda: by_hand(built)),
        }

    return contenders


def _a_case(built: World) -> UUID:
    """An open one that the specialist holds, of those that were multiplied; the pattern when there are none."""
    held = Case.unscoped.filter(ball_user=built.specialist, is_open=True).order_by("created_at")
    return held.values_list("pk", flat=True).first() or built.pattern.pk


def case(built: World) -> dict[str, Run]:
    client, case_id = built.client(built.specialist), _a_case(built)

    def read() -> list[Any]:
        with connection.cursor() as cursor:
            found = []
            for statement in CASE_BY_HAND:
                cursor.execute(statement, {"case": str(case_id)})
                found.append(cursor.fetchall())
            return found

    address = f"/consultations/{case_id}/"
    return {"product": lambda: timed(lambda: request(client, address)), "limit": lambda: bare_sum(built, client, read)}


PARTS: dict[str, tuple[str, float, Callable[[World], dict[str, Run]]]] = {
    "sql": ("worklist, the statement itself", 1.2, sql),
    "filter": ("worklist of one service and urgency, the statement itself", 1.2, filtered),
    "api": ("worklist as JSON, signed in and scoped", 2.5, over_http(API)),
    "page": ("worklist page, signed in and scoped", 8.0, over_http(PAGE)),
    "case": ("page of a case, signed in and scoped", 8.0, case),
}


def empty_audit() -> None:
    """The table that takes the raw audit row."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_audit (at timestamptz, actor uuid, what text)")
        cursor.execute("TRUNCATE bench_audit")


def measure(part: str, sizes: list[int], rounds: int) -> dict[str, Any]:
    name, most, contenders = PARTS[part]
    results: dict[int, dict[str, Samples]] = {}
    for size in sorted(sizes):
        with world(size, kept=True) as built, override_settings(ROOT_URLCONF=urls()):
            empty_audit()
            results[size] = in_turn(contenders(built), rounds=rounds, warm_up=10)
    goals = [Goal(size, most) for size in sizes]
    return report(name, results, unit="ms", goals=goals, packages=["django", "psycopg2-binary", "orjson"])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000])
    options = parser.parse_args(arguments)
    show(measure(options.part, options.sizes, options.rounds))


if __name__ == "__main__":
    main()
