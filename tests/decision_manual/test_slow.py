"""The evaluator against a second, slow one; and the sources' vectors through Python and the browser alike."""

from __future__ import annotations

import json
import subprocess
import time

import pytest

from decision_manual.checker.vectors import Bench, Vector, objection, vectors
from decision_manual.evaluator import Catalogue, applies, browser_data, read_facts, run
from decision_manual.library import Library, Pathway
from tests.decision_manual.children import Nursery, line
from tests.decision_manual.conftest import changed
from tests.decision_manual.slow import Slow
from tests.decision_manual.test_differential import NODE, SCRIPT, by_python

CHILDREN = 150


def disagreements(library: Library, count: int, seed: int) -> list[str]:
    catalogue = Catalogue.of(library.pathways.values(), library.shared)
    nursery = Nursery(library.pathways, catalogue, seed)
    slow = {pathway.id: Slow(pathway, catalogue) for pathway in library.pathways.values()}
    found = []
    for _ in range(count):
        child = nursery.child()
        given = read_facts(child["facts"], catalogue, unlisted=child["unlisted"], profile=child["profile"])
        for pathway in library.pathways.values():
            if applies(pathway, given):
                outcome = run(pathway, given, chosen=child["chosen"])
                quick = {
                    "hits": [row.id for _table, row in outcome.hits],
                    "open": [row.id for result in outcome.tables for row in result.open],
                }
                plain = slow[pathway.id].outcome(given, chosen=child["chosen"])
                found += [f"{pathway.id} {child}\n quick {quick}\n slow {plain}"] if quick != plain else []
    return found


def test_the_quick_and_the_slow_evaluator_agree(library: Library) -> None:
    assert disagreements(library, CHILDREN, seed=int(time.time()) % 100_000)[:1] == []


@pytest.mark.deep
def test_they_agree_on_many(library: Library) -> None:
    assert disagreements(library, 10_000, seed=1)[:1] == []


def test_every_vector_comes_out_of_the_browser_as_out_of_python(library: Library) -> None:
    """Which of them pass is the business of `manual check`."""
    catalogue = Catalogue.of(library.pathways.values(), library.shared)
    bench = Bench(library.pathways, library.shared, vectors())
    asked = [
        {"facts": v.facts, "unlisted": v.unlisted, "profile": dict(v.profile or {}), "chosen": bool(v.pathway)}
        for v in bench.all
        if v.id in bench.given
    ]
    text = "\n".join([line(browser_data(library.pathways.values(), catalogue)), *(_line(one) for one in asked)])
    said = subprocess.run([NODE, str(SCRIPT)], input=text, capture_output=True, text=True, check=True).stdout

    assert [json.loads(one) for one in said.splitlines()] == [by_python(library, catalogue, one) for one in asked]


def _line(asked: dict[str, object]) -> str:
    return json.dumps(asked, default=float)


# -- what a vector says -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def coughs(library: Library) -> Bench:
    pathway = library.pathways["cough-2-59m"]
    return Bench({pathway.id: pathway}, library.shared, [FAST, CALM, MISSPELT])


FACTS = {"age_months": 10, "cough_or_difficult_breathing": True}
FAST = Vector("fast", {**FACTS, "respiratory_rate": 50}, expect=("pneumonia",), no_urgency=("E0", "E1"))
CALM = Vector("calm", {**FACTS, "respiratory_rate": 49}, expect=("cough_or_cold",), rows=("cough-cold",))
MISSPELT = Vector("misspelt", {**FACTS, "respiratory_rat": 49})


def test_facts_that_cannot_be_read_fail_their_vector(coughs: Bench) -> None:
    (fault,) = coughs.faults()

    assert (fault.where, "respiratory_rate meant" in fault.message) == ("misspelt", True)


@pytest.mark.parametrize(("vector", "says"), [
    (Vector("a", FAST.facts, expect=("cough_or_cold",)), "cough_or_cold is missing"),
    (Vector("a", FAST.facts, never=("pneumonia",)), "pneumonia is shown"),
    (Vector("a", FAST.facts, rows=("cough-cold",)), "row cough-cold does not hold"),
    (Vector("a", FAST.facts, urgency=("E0", "E1")), "no referral of E0, E1"),
    (Vector("a", {**FAST.facts, "stridor_when_calm": True}, no_urgency=("E1",)), "a referral of E1"),
])  # fmt: skip
def test_what_differs_is_said(vector: Vector, says: str, library: Library) -> None:
    pathway = library.pathways["cough-2-59m"]
    (fault,) = Bench({pathway.id: pathway}, library.shared, [vector]).faults()

    assert fault.message == says


def test_nothing_at_all_is_no_class() -> None:
    assert objection(FAST, []) == "pneumonia is missing"


def _higher(bundle: dict[str, dict[str, dict[str, dict[str, object]]]]) -> None:
    bundle["pathway"]["derived"]["fast_breathing"]["when"] = {"respiratory_rate": {"ge": 51}}


def test_a_vector_kills_a_moved_threshold(coughs: Bench, cough: Pathway) -> None:
    assert coughs.kills(changed(cough, _higher)) == "fast"


def test_a_vector_lets_the_same_pathway_live(coughs: Bench, cough: Pathway) -> None:
    assert coughs.kills(cough) == ""


def test_how_many_vectors_a_pathway_is_tried_with(coughs: Bench, cough: Pathway) -> None:
    assert coughs.counted(cough) == 2
