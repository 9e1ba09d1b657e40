"""What holds of every calculator: random children are answered in declared words, and units change nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decision_manual.calculators.catalogue import CALCULATORS
from decision_manual.calculators.frame import Calculator
from decision_manual.calculators.inputs import NEEDED, Choice, Flag, Input, Measure, Refused
from decision_manual.calculators.running import answer, run

_ALL = sorted(CALCULATORS)
_MEASURES = [(code, each) for code in _ALL for each in CALCULATORS[code].inputs if isinstance(each, Measure)]
_SWITCHED = [(code, each) for code, each in _MEASURES if len(each.units) > 1]


def _value(each: Input) -> st.SearchStrategy[Any]:
    """Any answer that an input takes."""
    if isinstance(each, Flag):
        return st.booleans()
    if isinstance(each, Choice):
        return st.sampled_from([option.code for option in each.options])
    assert isinstance(each, Measure)
    low, high = each.limits("plausible")
    if each.whole:
        return st.integers(int(low.to_integral_value("ROUND_CEILING")), int(high))
    return st.decimals(low, high, places=2)


def _child(calculator: Calculator) -> st.SearchStrategy[dict[str, Any]]:
    """Every required value, and some of the others."""
    needed = {each.id: _value(each) for each in calculator.inputs if each.required}
    others = {each.id: _value(each) for each in calculator.inputs if not each.required}
    return st.fixed_dictionaries(needed, optional=others)


def _answer(calculator: Calculator, inputs: dict[str, Any]) -> dict[str, Any] | None:
    """None where the calculator asks for more, or refuses a dose."""
    try:
        return answer(calculator, run(calculator, inputs))
    except Refused as refused:
        assert all(calculator.input(name) for name in refused.fields)
        assert calculator.id == "dose_by_weight" or set(refused.fields.values()) == {NEEDED}
        return None


@pytest.mark.parametrize("code", _ALL)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_every_answer_is_one_that_was_declared(code: str, data: st.DataObject) -> None:
    calculator = CALCULATORS[code]
    found = _answer(calculator, data.draw(_child(calculator)))
    if found is not None:
        assert found["category"] in {each.code for each in calculator.categories}


@pytest.mark.parametrize("code", _ALL)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_every_figure_is_one_that_was_declared(code: str, data: st.DataObject) -> None:
    calculator = CALCULATORS[code]
    result = (_answer(calculator, data.draw(_child(calculator))) or {"result": None})["result"]
    names = [each.id for each in calculator.outputs]
    assert result is None or (list(result) == names if len(names) > 1 else isinstance(result, int | float))


@pytest.mark.parametrize("code", _ALL)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_every_step_is_told_in_both_languages(code: str, data: st.DataObject) -> None:
    calculator = CALCULATORS[code]
    found = _answer(calculator, data.draw(_child(calculator)))
    assert found is None or all(line["en"] and line["zh"] for line in found["trace"])


@pytest.mark.parametrize(("code", "measure"), _SWITCHED, ids=lambda value: getattr(value, "id", value))
def test_the_same_quantity_in_another_unit_is_the_same(code: str, measure: Measure) -> None:
    low, high = measure.limits("plausible")
    middle = ((low + high) / 2).quantize(Decimal(1))
    for unit in measure.units[1:]:
        there = (middle + measure.first.offset) * measure.first.factor / unit.factor - unit.offset
        assert abs(measure.converted(there, unit) - middle) < Decimal("1e-9")


@pytest.mark.parametrize(("code", "measure"), _MEASURES, ids=lambda value: getattr(value, "id", value))
def test_every_quantity_takes_its_limits_and_nothing_beyond(code: str, measure: Measure) -> None:
    low, high = measure.limits("hard")
    assert measure._within("hard", low) and measure._within("hard", high)
    assert not measure._within("hard", low - 1) and not measure._within("hard", high + 1)
