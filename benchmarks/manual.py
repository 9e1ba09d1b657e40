"""The manual: one child evaluated in process, and a search over many paragraphs, against the bare work of each.

``python -m benchmarks.manual evaluate|search [--rounds 300] [--sizes ...]``. `evaluate`: facts are checked, a pathway
is run, what to ask next is reckoned; `size` is how many facts are known, the limit reads and writes them as JSON.
`search`: `size` paragraphs, half of them Chinese; each round asks an English and a Chinese word that some of them hold,
and the limit is the same statements sent bare, their rows fetched and nothing made of them.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from benchmarks.harness import Goal, Run, Samples, in_turn, report, rounded, show, timed
from benchmarks.world import world

# isort: split

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from consortium.kernel.actors import acting_as, system
from decision_manual.evaluator import Edition, Manual
from decision_manual.library import load
from decision_manual.models import Paragraph, PathwayVersion
from decision_manual.operations import add_version
from decision_manual.queries import found

MOST_MS, MOST_OF_SQL = 2.0, 2.0
PATHWAYS = ("cough-2-59m", "danger-signs", "young-infant-infection")
#: a child with pneumonia, in the order in which a doctor fills in the sheet
CHILD: Mapping[str, Any] = {
    "age_months": 7, "cough_or_difficult_breathing": True, "respiratory_rate": 56, "chest_indrawing": False,
    "stridor_when_calm": False, "unable_to_drink_or_breastfeed": False, "vomits_everything": False,
    "convulsions_this_illness": False, "convulsing_now": False, "lethargic_or_unconscious": False, "wheeze": False,
    "weight_kg": 6.8, "spo2": 95,
}  # fmt: skip
QUESTIONS = ("stridor", "咳嗽")
#: six words of 5,000 in an English paragraph, twelve characters of 300 in a Chinese one; the asked in one of 1,000
_FILL = """INSERT INTO decision_manual_paragraph (version_id, place, language, weight, text, initials)
    SELECT (%(versions)s::uuid[])[1 + n %% cardinality(%(versions)s::uuid[])], 'n-' || n, l, 'C', CASE l
        WHEN 'en' THEN CASE n / 2 %% 1000 WHEN 0 THEN %(en)s || ' ' ELSE '' END || (SELECT string_agg(
            'a' || substr(md5((n::bigint * k * 7919 %% 5000)::text), 1, 6), ' ') FROM generate_series(1, 6) k)
        ELSE CASE n / 2 %% 1000 WHEN 0 THEN %(zh)s ELSE '' END || (SELECT string_agg(
            chr(20000 + (n::bigint * k * 7919 %% 300)::int), '') FROM generate_series(1, 12) k) END, ''
    FROM generate_series(1, %(size)s) n, LATERAL (SELECT (ARRAY['en', 'zh'])[1 + n %% 2] AS l) language"""


def evaluation() -> tuple[Manual, str]:
    """The shipped manual without a database, and the pathway that is asked."""
    library = load()
    editions = tuple(Edition(pathway, "1", "draft", None) for pathway in library.pathways.values())
    return Manual(editions, library.shared), PATHWAYS[0]


def evaluating(manual: Manual, pathway: str, facts: Mapping[str, Any]) -> dict[str, Run]:
    asked = {"facts": dict(facts), "pathway": pathway}
    if not manual.answer(asked).outcomes:
        raise ValueError("nothing was evaluated")
    written = json.dumps(asked)
    return {
        "product": lambda: timed(lambda: manual.answer(asked)),
        "limit": lambda: timed(lambda: json.dumps(json.loads(written))),
    }


def evaluate(sizes: Sequence[int], rounds: int) -> dict[str, Any]:
    manual, pathway = evaluation()
    results = {
        size: in_turn(evaluating(manual, pathway, dict(islice(CHILD.items(), max(size, 2)))), rounds=rounds)
        for size in sizes
    }
    told = report("a child evaluated by a pathway of the manual, in process", results, unit="ms", packages=["django"])
    return {**told, "goals": [_p95_goal(size, results[size]) for size in sorted(sizes)]}


def _p95_goal(size: int, at: Mapping[str, Samples]) -> dict[str, Any]:
    reached = at["product"].p95
    return {"size": size, "of": "p95 in ms", "at_most": MOST_MS, "reached": rounded(reached), "met": reached <= MOST_MS}


def fill(size: int) -> None:
    """As many paragraphs as `size`, and PostgreSQL has looked at them."""
    if not PathwayVersion.objects.exists():
        with acting_as(system("benchmark")) as actor:
            for name in PATHWAYS:
                add_version(actor=actor, pathway=load().pathways[name])
    versions = [str(pk) for pk in PathwayVersion.objects.values_list("pk", flat=True)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        Paragraph.objects.all().delete()
        cursor.execute(_FILL, {"size": size, "versions": versions, "en": QUESTIONS[0], "zh": QUESTIONS[1]})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE decision_manual_paragraph")


def searching() -> dict[str, Run]:
    with CaptureQueriesContext(connection) as captured:
        hits = [found(question) for question in QUESTIONS]
    if not all(hits):
        raise ValueError("a question finds nothing: the paragraphs are not those of this benchmark")
    statements = [str(one["sql"]) for one in captured.captured_queries]

    def bare() -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                cursor.fetchall()

    return {"product": lambda: timed(lambda: [found(question) for question in QUESTIONS]), "limit": lambda: timed(bare)}


def search(sizes: Sequence[int], rounds: int) -> dict[str, Any]:
    results: dict[int, dict[str, Samples]] = {}
    with world(kept=True):
        for size in sorted(sizes):
            fill(max(size, 10))
            results[size] = in_turn(searching(), rounds=rounds)
    goals = [Goal(size, MOST_OF_SQL) for size in sorted(sizes)]
    return report("an English and a Chinese search in the manual", results, unit="ms", goals=goals, packages=["django"])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["evaluate", "search"])
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--sizes", type=int, nargs="+")
    options = parser.parse_args(arguments)
    if options.what == "evaluate":
        show(evaluate(options.sizes or [3, len(CHILD)], options.rounds))
    else:
        show(search(options.sizes or [10_000, 100_000], options.rounds))


if __name__ == "__main__":
    main()
