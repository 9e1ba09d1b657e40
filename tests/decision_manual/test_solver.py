"""The formulas mean what the evaluator means; the clinical rules and the shapes that only some pathways have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
import z3

from decision_manual.checker import Fault, check_pathway
from decision_manual.checker.equality import equal
from decision_manual.checker.sheet import SLIPS
from decision_manual.checker.solver import Child, Reading, example
from decision_manual.expressions import Expression, Scope, Vocabulary, interval, read, truth
from decision_manual.library import Pathway, from_bundle
from tests.decision_manual.small import small

TODAY = date(2026, 11, 22)
Bundle = dict[str, Any]
LABEL = {"en": "Points", "zh": "分"}
LENIENT = frozenset({"spo2"})


def path(bundle: Bundle) -> Bundle:
    found: Bundle = bundle["pathway"]
    return found


def made(change: Callable[[Bundle], object]) -> Pathway:
    bundle = small()
    change(bundle)
    return from_bundle(bundle)


def found(change: Callable[[Bundle], object], **others: Pathway) -> list[Fault]:
    pathway = made(change)
    return check_pathway(pathway, {"small": pathway, **others}, TODAY)


def scored(limit: Any) -> Callable[[Bundle], None]:
    """The yellow row asks for points: 2 for wheeze, 1 for 50 breaths, 1 less when it convulses."""

    def change(bundle: Bundle) -> None:
        terms = [
            {"points": 2, "label": LABEL, "when": "wheeze"},
            {"points": 1, "label": LABEL, "when": {"respiratory_rate": {"ge": 50}}},
            {"points": -1, "label": LABEL, "when": {"known": "spo2"}},
        ]
        path(bundle)["scores"] = {"points": {"label": LABEL, "terms": terms}}
        path(bundle)["tables"][0]["rows"][1]["when"] = {"points": limit}

    return change


WRITTEN: list[Any] = [
    True, False, "wheeze", {"known": "spo2"}, {"spo2": {"lt": 90}}, {"not": {"known": "spo2"}},
    {"points": {"ge": 2}}, {"points": {"eq": 1}}, {"points": {"lt": 0}}, {"points": {"le": 3}},
    {"count_ge": {"at_least": 2, "of": ["wheeze", {"known": "spo2"}, {"respiratory_rate": {"gt": 60}}]}},
    {"all": ["wheeze", {"any": [{"spo2": {"ge": 95}}, {"respiratory_rate": {"ge": 50, "lt": 70}}]}]},
]  # fmt: skip
CHILDREN = list(product((True, False, None), (49, 50, 65, None), (80, 96, None)))


@pytest.fixture(scope="module")
def pathway() -> Pathway:
    return made(scored({"ge": 2}))


def _read(written: Any, pathway: Pathway) -> Expression:
    findings = {code: (f.type, f.unit, ()) for code, f in pathway.findings.items()}
    return read(written, Vocabulary(findings, frozenset(), frozenset(pathway.scores)))


@pytest.mark.parametrize("reading", ["shown", "strict"])
@pytest.mark.parametrize("written", WRITTEN, ids=str)
def test_a_formula_has_the_evaluators_value(written: Any, reading: Reading, pathway: Pathway) -> None:
    node, child = _read(written, pathway), Child(pathway)
    true, false = child.pair(node, reading)
    scores = {name: tuple((t.when, t.points) for t in one.terms) for name, one in pathway.scores.items()}
    for wheeze, rate, spo2 in CHILDREN:
        given = {"wheeze": wheeze, "respiratory_rate": rate, "spo2": spo2}
        facts: Any = {k: Decimal(v) if type(v) is int else v for k, v in given.items() if v is not None}
        value = truth(node, Scope(facts, {}, scores, LENIENT, strict=reading == "strict"))
        assert (_holds(child, true, given), _holds(child, false, given)) == (value is True, value is False), given


def _holds(child: Child, formula: Any, given: dict[str, Any]) -> bool:
    pairs = [(child.known[code], z3.BoolVal(value is not None)) for code, value in given.items()]
    for code, value in given.items():
        if value is not None:
            pairs.append((child.values[code], z3.BoolVal(value) if isinstance(value, bool) else z3.IntVal(value)))
    return bool(z3.is_true(z3.simplify(z3.substitute(formula, *pairs))))


def test_a_score_that_holds_is_between_its_bounds(pathway: Pathway) -> None:
    terms = tuple((t.when, t.points) for t in pathway.scores["points"].terms)

    assert interval(terms, Scope({"wheeze": True})) == (2, 3)


@pytest.mark.parametrize(
    ("limit", "wrong"), [({"ge": 3}, False), ({"ge": 4}, True), ({"lt": -1}, False), ({"lt": -2}, True)]
)
def test_a_score_is_compared_within_what_it_can_reach(limit: dict[str, int], wrong: bool) -> None:
    assert ("thresholds" in {fault.check for fault in found(scored(limit))}) is wrong


def test_an_example_is_a_child(pathway: Pathway) -> None:
    child = Child(pathway)
    facts = example(child, [child.known["respiratory_rate"], child.values["respiratory_rate"] == 77])

    assert facts is not None
    assert facts["respiratory_rate"] == 77


def test_there_is_no_child_for_a_contradiction(pathway: Pathway) -> None:
    child = Child(pathway)

    assert example(child, [child.values["wheeze"], z3.Not(child.values["wheeze"])]) is None


# -- clinical rules -----------------------------------------------------------------------------------------------


def messages(change: Callable[[Bundle], object], **others: Pathway) -> list[str]:
    return [fault.message for fault in found(change, **others) if fault.check == "invariants"]


def _elsewhere(bundle: Bundle) -> None:
    """Danger signs are somebody else's; here they do not even refer."""
    path(bundle)["danger_by"] = "gate"
    path(bundle)["tables"][0]["rows"][0]["when"] = {"respiratory_rate": {"ge": 70}}
    path(bundle)["tables"][0]["rows"][1]["when"] = {"any": ["convulsing_now", {"respiratory_rate": {"ge": 50}}]}


def gate(**changes: Any) -> Pathway:
    def change(bundle: Bundle) -> None:
        path(bundle).update({"id": "gate", "bands": "gate", **changes})

    return made(change)


def test_danger_signs_may_be_classified_beside() -> None:
    assert messages(_elsewhere, gate=gate()) == []


def test_what_stands_beside_has_to_be_there() -> None:
    assert messages(_elsewhere) == ["gate is not there"]


def test_what_stands_beside_is_evaluated_with_it() -> None:
    assert messages(_elsewhere, gate=gate(family="imci")) == ["gate does not classify danger signs beside this pathway"]


def test_what_stands_beside_is_for_the_same_ages() -> None:
    other = gate(applies={"age_days": [90, 1826]})

    assert messages(_elsewhere, gate=other) == ["gate is not for all ages of this pathway"]


def _undangered(bundle: Bundle) -> None:
    _elsewhere(bundle)
    del path(bundle)["danger_by"]


def test_a_danger_sign_that_is_not_an_emergency_is_found() -> None:
    assert [text.partition(" (")[0] for text in messages(_undangered)] == [
        "A danger sign leads to the emergency department within the hour",
        "A convulsing child is an emergency now",
    ]


FEVER = {"type": "decimal", "unit": "Cel", "hard": [20, 45], "plausible": [34, 42], "label": LABEL, "worse": "high"}


def _feverish(urgency: str) -> Callable[[Bundle], None]:
    def change(bundle: Bundle) -> None:
        bundle["library"]["findings"]["temperature_axillary_c"] = FEVER
        path(bundle)["indications"]["RI-small-3"] = {"urgency": urgency, "title": LABEL}
        first = {**path(bundle)["tables"][1]["rows"][0], "id": "more-fever", "referral": "RI-small-3"}
        first["when"] = {"temperature_axillary_c": {"ge": 38}}
        path(bundle)["tables"][1]["rows"].append(first)

    return change


@pytest.mark.parametrize(("urgency", "fine"), [("U1", True), ("E1", True), ("H", False)])
def test_a_feverish_young_infant_is_referred(urgency: str, fine: bool) -> None:
    assert (messages(_feverish(urgency)) == []) is fine


# -- structure, equality and slips of rarer shapes ----------------------------------------------------------------


def checks(change: Callable[[Bundle], object]) -> set[str]:
    return {fault.check for fault in found(change)}


def first_row(bundle: Bundle) -> Bundle:
    found_row: Bundle = path(bundle)["tables"][0]["rows"][0]
    return found_row


def test_a_pink_row_refers() -> None:
    assert "leaf" in checks(lambda b: first_row(b).pop("referral"))


def test_a_row_can_be_cited() -> None:
    assert "leaf" in checks(lambda b: first_row(b).update(cite=[]))


def test_negation_of_a_derived_name_is_looked_into() -> None:
    def change(bundle: Bundle) -> None:
        path(bundle)["derived"] = {"fine": {"label": LABEL, "when": {"spo2": {"ge": 95}}}}
        path(bundle)["tables"][0]["rows"][1]["when"] = {"any": [{"respiratory_rate": {"ge": 50}}, {"not": "fine"}]}

    assert "polarity" in checks(change)


def test_a_review_that_has_no_date_is_told() -> None:
    assert "review" in checks(lambda b: path(b)["review"].update(written_on="long ago"))


def _worst(bundle: Bundle) -> None:
    path(bundle)["tables"][0]["hit"] = "worst"


def test_the_worst_of_rows_in_their_order_is_the_first() -> None:
    assert equal(from_bundle(small()), made(_worst))


def test_another_referral_is_not_equal() -> None:
    assert not equal(from_bundle(small()), made(lambda b: first_row(b).pop("referral")))


def test_another_limit_of_a_finding_is_not_equal() -> None:
    other = made(lambda b: b["library"]["findings"]["spo2"].update(plausible=[70, 100]))

    assert not equal(from_bundle(small()), other)


def _hidden(bundle: Bundle) -> None:
    """Under `worst`, a yellow row that never comes without the pink one."""
    _worst(bundle)
    path(bundle)["tables"][0]["rows"][1]["when"] = {"respiratory_rate": {"ge": 80}}


def test_a_row_hidden_by_a_worse_one_is_found() -> None:
    assert "reachable" in checks(_hidden)


def test_of_two_rows_that_say_the_same_one_is_too_many() -> None:
    def change(bundle: Bundle) -> None:
        rows = path(bundle)["tables"][1]["rows"]
        rows.append({**rows[0], "id": "more-again", "when": {"spo2": {"lt": 80}}})

    assert "reachable" in checks(change)


def test_the_slips_are_of_all_shapes() -> None:
    assert {"or for and", "row dropped", "dose tenfold", "ages overlap", "languages swapped"} <= SLIPS.keys()
