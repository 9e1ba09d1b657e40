"""Three values: true, false and unknown; shown and strictly read."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decision_manual.expressions import (
    All,
    AtLeast,
    Compare,
    Constant,
    Expression,
    Flag,
    Known,
    Not,
    OneOf,
    Op,
    Ref,
    Scope,
    ScoreCompare,
    Some,
    Truth,
    Value,
    children,
    findings_of,
    from_data,
    interval,
    refs_of,
    to_data,
    truth,
    walk,
)

NAMES = ("a", "b", "c")
FACTS: tuple[Truth, ...] = (True, False, None)


def scope(strict: bool = False, lenient: tuple[str, ...] = (), **facts: Value | None) -> Scope:
    return Scope({k: v for k, v in facts.items() if v is not None}, lenient=frozenset(lenient), strict=strict)


def known(values: tuple[Truth, ...]) -> Scope:
    """a, b and c as given."""
    return Scope({name: value for name, value in zip(NAMES, values, strict=True) if value is not None})


@pytest.mark.parametrize(("value", "expected"), [(True, False), (False, True), (None, None)])
def test_not(value: Truth, expected: Truth) -> None:
    assert truth(Not(Flag("a")), scope(a=value)) is expected


@pytest.mark.parametrize(("a", "b"), list(product(FACTS, FACTS)))
def test_all_is_the_worst_of_them(a: Truth, b: Truth) -> None:
    expected = False if False in (a, b) else (None if None in (a, b) else True)

    assert truth(All((Flag("a"), Flag("b"))), scope(a=a, b=b)) is expected


@pytest.mark.parametrize(("a", "b"), list(product(FACTS, FACTS)))
def test_any_is_the_best_of_them(a: Truth, b: Truth) -> None:
    expected = True if True in (a, b) else (None if None in (a, b) else False)

    assert truth(Some((Flag("a"), Flag("b"))), scope(a=a, b=b)) is expected


@pytest.mark.parametrize(("values", "expected"), [
    ((True, True, None), True), ((True, False, False), False), ((True, None, False), None), ((None, None, None), None),
    ((False, False, None), False),
])  # fmt: skip
def test_two_of_three(values: tuple[Truth, ...], expected: Truth) -> None:
    node = AtLeast(2, tuple(map(Flag, NAMES)))

    assert truth(node, known(values)) is expected


@pytest.mark.parametrize(("op", "below", "at", "above"), [
    ("lt", True, False, False), ("le", True, True, False), ("gt", False, False, True), ("ge", False, True, True),
    ("eq", False, True, False),
])  # fmt: skip
def test_a_threshold_and_its_neighbours(op: Op, below: bool, at: bool, above: bool) -> None:
    node = Compare("t", op, Decimal("37.5"))
    told = [truth(node, scope(t=Decimal(text))) for text in ("37.4", "37.5", "37.6")]

    assert told == [below, at, above]


def test_decimals_are_exact() -> None:
    assert truth(Compare("t", "eq", Decimal("0.3")), scope(t=Decimal("0.1") + Decimal("0.2"))) is True


def test_a_number_that_was_not_measured_is_unknown() -> None:
    assert truth(Compare("t", "ge", Decimal(38)), scope()) is None


@pytest.mark.parametrize(("value", "expected"), [("poorly", True), ("normal", False), (None, None)])
def test_one_of_several_choices(value: str | None, expected: Truth) -> None:
    assert truth(OneOf("drinking", ("poorly", "unable")), scope(drinking=value)) is expected


def test_a_constant_is_what_it_is() -> None:
    assert truth(Constant(True), scope()) is True


def test_whether_something_is_known_is_known_when_shown() -> None:
    assert truth(Known("a"), scope()) is False
    assert truth(Known("a"), scope(a=False)) is True


def test_strictly_what_is_not_known_may_yet_be() -> None:
    assert truth(Known("a"), scope(strict=True)) is None


def test_an_optional_finding_left_out_counts_as_not_abnormal() -> None:
    assert truth(Compare("spo2", "lt", Decimal(90)), scope(lenient=("spo2",))) is False


def test_strictly_an_optional_finding_left_out_is_unknown() -> None:
    assert truth(Compare("spo2", "lt", Decimal(90)), scope(strict=True, lenient=("spo2",))) is None


def test_a_name_stands_for_its_expression() -> None:
    here = Scope({"a": True}, {"twice": Ref("once"), "once": Flag("a")})

    assert truth(Ref("twice"), here) is True


def test_the_same_facts_read_strictly() -> None:
    here = Scope({}, lenient=frozenset({"a"}))

    assert (truth(Flag("a"), here), truth(Flag("a"), here.strictly())) == (False, None)


SCORE = ((Flag("a"), 2), (Flag("b"), 1), (Flag("c"), -1))


@pytest.mark.parametrize(("values", "bounds"), [
    ((True, True, False), (3, 3)), ((True, None, False), (2, 3)), ((None, None, None), (-1, 3)),
    ((False, False, True), (-1, -1)),
])  # fmt: skip
def test_a_score_lies_between(values: tuple[Truth, ...], bounds: tuple[int, int]) -> None:
    assert interval(SCORE, known(values)) == bounds


@pytest.mark.parametrize(("op", "limit", "values", "expected"), [
    ("ge", 2, (True, None, False), True), ("ge", 3, (True, None, False), None), ("ge", 4, (True, None, False), False),
    ("eq", 2, (True, None, False), None), ("eq", 9, (True, None, False), False), ("eq", 3, (True, True, False), True),
    ("lt", 4, (None, None, None), True), ("le", -1, (None, None, None), None),
])  # fmt: skip
def test_a_score_against_its_threshold(op: Op, limit: int, values: tuple[Truth, ...], expected: Truth) -> None:
    facts = known(values).facts

    assert truth(ScoreCompare("s", op, Decimal(limit)), Scope(facts, {}, {"s": SCORE})) is expected


leaves: st.SearchStrategy[Expression] = st.one_of(
    st.sampled_from([Flag(name) for name in NAMES]), st.sampled_from([Known(name) for name in NAMES])
)
trees: st.SearchStrategy[Expression] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=1, max_size=3).map(lambda items: All(tuple(items))),
        st.lists(inner, min_size=1, max_size=3).map(lambda items: Some(tuple(items))),
        st.lists(inner, min_size=1, max_size=3).map(lambda items: AtLeast((len(items) + 1) // 2, tuple(items))),
    ),
    max_leaves=8,
)
partial = st.dictionaries(st.sampled_from(NAMES), st.booleans())


def by_completions(node: Expression, facts: dict[str, bool]) -> set[Truth]:
    """The slow evaluator: every way in which the rest could turn out."""
    open_names = [name for name in NAMES if name not in facts]
    ways = product((True, False), repeat=len(open_names))
    return {truth(node, Scope({**facts, **dict(zip(open_names, way, strict=True))})) for way in ways}


@given(trees, partial)
def test_strictly_true_is_true_however_the_rest_turns_out(node: Expression, facts: dict[str, bool]) -> None:
    value = truth(node, Scope(facts, strict=True))

    assert value is None or by_completions(node, facts) == {value}


@given(trees)
def test_with_everything_known_nothing_is_unknown(node: Expression) -> None:
    assert truth(node, Scope(dict.fromkeys(NAMES, True))) is not None


@given(trees)
def test_an_expression_survives_being_written(node: Expression) -> None:
    assert from_data(to_data(node)) == node


@pytest.mark.parametrize("node", [
    Constant(False), Compare("t", "ge", Decimal("37.5")), OneOf("d", ("x", "y")), Ref("r"),
    ScoreCompare("s", "lt", Decimal(3)),
])  # fmt: skip
def test_a_leaf_survives_being_written(node: Expression) -> None:
    assert from_data(to_data(node)) == node


@pytest.mark.parametrize(
    "data", [[], ["all", "x"], ["cmp", "a", "between", "3"], ["flag", 3], ["eval", "1"], ["const", 1]]
)
def test_what_is_no_expression_is_refused(data: list[object]) -> None:
    with pytest.raises(ValueError, match="not an expression"):
        from_data(data)


NESTED = All((Flag("a"), Not(Some((Flag("b"), Ref("r")))), ScoreCompare("s", "ge", Decimal(1)), Flag("a")))


def test_its_findings_each_once_in_order() -> None:
    assert findings_of(NESTED) == ["a", "b"]


def test_the_names_it_leans_on() -> None:
    assert refs_of(NESTED) == ["r", "s"]


def test_a_walk_meets_every_node() -> None:
    assert len(list(walk(NESTED))) == 8


def test_a_leaf_has_nothing_inside() -> None:
    assert children(Flag("a")) == ()
