"""Quantities: conversion, limits, what was meant, and numbers as people type them."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consortium.clinical.units import (
    KINDS,
    Quantity,
    UnitError,
    Verdict,
    convert,
    kind_of,
    limits_in,
    meant_units,
    number,
    objection,
    plain,
    verdict,
)

D = Decimal
KIND_UNITS = [(kind.code, unit.code) for kind in KINDS.values() for unit in kind.units]


# -- the pairs with a history of errors -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value", "source", "target", "expected"),
    [
        ("wbc", "15000", "/mm3", "10*9/L", "15"),
        ("neutrophils", "4.09", "10*9/L", "/mm3", "4090"),
        ("platelets", "450000", "/mm3", "10*9/L", "450"),
        ("crp", "2", "mg/dL", "mg/L", "20"),
        ("bilirubin", "10", "mg/dL", "umol/L", "171"),
        ("creatinine", "1", "mg/dL", "umol/L", "88.4"),
        ("haemoglobin", "10.5", "g/dL", "g/L", "105"),
        ("albumin", "3", "g/dL", "g/L", "30"),
        ("muac", "11.5", "cm", "mm", "115"),
        ("weight", "3200", "g", "kg", "3.2"),
        ("weight", "10", "[lb_av]", "kg", "4.5359237"),
        ("length", "1.1", "m", "cm", "110"),
        ("length", "10", "[in_i]", "cm", "25.4"),
        ("head", "352", "mm", "cm", "35.2"),
        ("procalcitonin", "0.5", "ug/L", "ng/mL", "0.5"),
    ],
)
def test_a_conversion_is_exact(kind: str, value: str, source: str, target: str, expected: str) -> None:
    assert convert(D(value), kind, source, target) == D(expected)


def test_glucose_is_divided_by_eighteen() -> None:
    assert round(convert(D(45), "glucose", "mg/dL", "mmol/L"), 9) == D("2.5")


@pytest.mark.parametrize(("fahrenheit", "celsius"), [("32", 0), ("98.6", 37), ("100.4", 38), ("-40", -40)])
def test_fahrenheit_becomes_celsius(fahrenheit: str, celsius: int) -> None:
    assert round(convert(D(fahrenheit), "temperature", "[degF]", "Cel"), 9) == celsius


def test_kilopascal_becomes_millimetres_of_mercury() -> None:
    assert round(convert(D(10), "sbp", "kPa", "mm[Hg]"), 1) == D("75.0")


@settings(deadline=None)
@given(st.sampled_from(KIND_UNITS), st.decimals("0.01", "500", places=2))
def test_there_and_back_is_the_same(pair: tuple[str, str], value: Decimal) -> None:
    kind, unit = pair
    there = Quantity(kind, value, kind_of(kind).base.code).to(unit)
    assert abs(there.base - value) < D("1e-20")


@settings(deadline=None)
@given(st.sampled_from(KIND_UNITS), st.decimals("0.01", "500", places=2), st.decimals("0.01", "500", places=2))
def test_a_conversion_keeps_the_order(pair: tuple[str, str], one: Decimal, other: Decimal) -> None:
    kind, unit = pair
    small, large = sorted((one, other))
    base = kind_of(kind).base.code
    assert convert(small, kind, base, unit) <= convert(large, kind, base, unit)


def test_the_same_unit_is_not_touched() -> None:
    quantity = Quantity.of("weight", "6.80", "kg")
    assert quantity.to("kg") is quantity


# -- mistakes of the program ------------------------------------------------------------------------------------------


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UnitError):
        kind_of("mood")


def test_a_unit_of_another_kind_is_refused() -> None:
    with pytest.raises(UnitError):
        Quantity("weight", D(6), "cm")


def test_a_quantity_is_not_converted_into_another_kind() -> None:
    with pytest.raises(UnitError):
        Quantity.of("weight", 6).to("cm")


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_a_quantity_is_finite(value: str) -> None:
    with pytest.raises(UnitError):
        Quantity.of("weight", value)


def test_without_a_unit_it_is_the_first_one() -> None:
    assert Quantity.of("muac", 115).unit == "mm"


# -- limits -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_plausible_lies_within_the_possible(kind: str) -> None:
    hard, plausible = KINDS[kind].hard, KINDS[kind].plausible
    assert hard[0] <= plausible[0] < plausible[1] <= hard[1]


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("side", [0, 1])
def test_the_hard_limit_itself_is_possible(kind: str, side: int) -> None:
    assert verdict(Quantity.of(kind, KINDS[kind].hard[side])) != Verdict.REFUSED


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize(("side", "step"), [(0, "-0.001"), (1, "0.001")])
def test_just_outside_the_hard_limit_is_refused(kind: str, side: int, step: str) -> None:
    assert verdict(Quantity.of(kind, KINDS[kind].hard[side] + D(step))) == Verdict.REFUSED


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("side", [0, 1])
def test_the_plausible_limit_itself_needs_no_confirmation(kind: str, side: int) -> None:
    assert verdict(Quantity.of(kind, KINDS[kind].plausible[side])) == Verdict.FINE


@pytest.mark.parametrize("kind", [k for k, v in KINDS.items() if v.hard[1] > v.plausible[1]])
def test_just_above_the_plausible_must_be_confirmed(kind: str) -> None:
    assert verdict(Quantity.of(kind, KINDS[kind].plausible[1] + D("0.001"))) == Verdict.CONFIRM


@pytest.mark.parametrize("kind", [k for k, v in KINDS.items() if v.hard[0] < v.plausible[0]])
def test_just_below_the_plausible_must_be_confirmed(kind: str) -> None:
    assert verdict(Quantity.of(kind, KINDS[kind].plausible[0] - D("0.001"))) == Verdict.CONFIRM


@pytest.mark.parametrize(("kind", "unit"), KIND_UNITS)
def test_limits_are_the_same_in_every_unit(kind: str, unit: str) -> None:
    low, high = limits_in(kind, unit)
    base = kind_of(kind).base.code
    assert [round(convert(v, kind, unit, base), 9) for v in (low, high)] == list(KINDS[kind].hard)


# -- what was meant ---------------------------------------------------------------------------------------------------


def test_grams_entered_as_kilograms_are_recognised() -> None:
    assert [unit.code for unit in meant_units(Quantity.of("weight", 3200, "kg"))] == ["g"]


def test_centimetres_entered_as_millimetres_are_recognised() -> None:
    assert [unit.code for unit in meant_units(Quantity.of("muac", "11.5", "mm"))] == ["cm"]


def test_a_fine_value_meets_no_objection() -> None:
    assert objection(Quantity.of("weight", "6.8")) == ""


def test_an_objection_names_the_unit_that_was_meant() -> None:
    assert "g perhaps" in str(objection(Quantity.of("weight", 3200, "kg")))


def test_an_impossible_value_is_told_so() -> None:
    assert "cannot be right" in str(objection(Quantity.of("resp_rate", 151)))


def test_an_unusual_value_is_to_be_checked() -> None:
    assert "Please check" in str(objection(Quantity.of("heart_rate", 245)))


# -- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "decimals", "words"),
    [("6.80", 2, "6.8"), ("6.805", 2, "6.81"), ("100", 0, "100"), ("0.000001", 2, "0"), ("1E+2", 0, "100")],
)
def test_a_number_is_written_plainly(value: str, decimals: int, words: str) -> None:
    assert plain(D(value), decimals) == words


def test_a_quantity_is_written_with_its_unit() -> None:
    assert str(Quantity.of("temperature", "38.25")) == "38.3 °C"


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("6.8", "6.8"),
        ("6,8", "6.8"),
        (" 6.8 ", "6.8"),
        ("６．８", "6.8"),
        ("６，８", "6.8"),
        ("7", "7"),
        ("-2", "-2"),
        ("－２", "-2"),
    ],
)
def test_a_number_is_read_as_people_type_it(typed: str, value: str) -> None:
    assert number(typed) == D(value)


def test_endless_places_are_cut() -> None:
    assert number("1.123456789") == D("1.123457")


@pytest.mark.parametrize(
    "typed", ["", ".", "-", "abc", "1e5", "NaN", "inf", "1.2.3", "--1", "6.8 kg", "²", "6²", "1" * 13]
)
def test_anything_else_is_no_number(typed: str) -> None:
    with pytest.raises(ValueError):
        number(typed)


@settings(deadline=None)
@given(st.text(max_size=20))
def test_whatever_is_typed_is_a_number_or_a_value_error(typed: str) -> None:
    with suppress(ValueError):
        assert number(typed).is_finite()
