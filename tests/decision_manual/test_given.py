"""Facts are checked: code, value, unit, limits; whatever is wrong names its field."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st

from decision_manual.evaluator import BadFacts, Catalogue, Given, read_facts
from decision_manual.evaluator.ages import OLDEST_DAYS, first_day, months
from decision_manual.library import Library


@pytest.fixture(scope="module")
def catalogue(library: Library) -> Catalogue:
    return Catalogue.of(library.pathways.values(), library.shared)


def wrong(catalogue: Catalogue, facts: dict[str, Any], **words: Any) -> dict[str, str]:
    with pytest.raises(BadFacts) as caught:
        read_facts({"age_months": 10, **facts}, catalogue, **words)
    return {name: str(message) for name, message in caught.value.fields.items()}


def read(catalogue: Catalogue, facts: dict[str, Any], **words: Any) -> Given:
    return read_facts({"age_months": 10, **facts}, catalogue, **words)


@pytest.mark.parametrize(("facts", "field", "says"), [
    ({"wheez": True}, "wheez", "Is wheeze meant?"),
    ({"qqqqqq": True}, "qqqqqq", "This code is unknown."),
    ({"wheeze": 1}, "wheeze", "true or false"),
    ({"wheeze": "yes"}, "wheeze", "true or false"),
    ({"drinking": "badly"}, "drinking", "Must be one of: normal, eagerly_thirsty, poorly, unable."),
    ({"drinking": True}, "drinking", "Must be one of"),
    ({"respiratory_rate": "52"}, "respiratory_rate", "Must be a number in /min."),
    ({"respiratory_rate": True}, "respiratory_rate", "Must be a number in /min."),
    ({"respiratory_rate": [52]}, "respiratory_rate", "Must be a number in /min."),
    ({"respiratory_rate": 52.5}, "respiratory_rate", "Must be a whole number in /min."),
    ({"respiratory_rate": 151}, "respiratory_rate", "it lies between 0 and 150 /min"),
    ({"respiratory_rate": -1}, "respiratory_rate", "Cannot be right"),
    ({"respiratory_rate": float("nan")}, "respiratory_rate", "Must be a number"),
    ({"respiratory_rate": float("inf")}, "respiratory_rate", "Must be a number"),
    ({"respiratory_rate": 10**40}, "respiratory_rate", "Must be a number"),
    ({"weight_kg": {"value": Decimal("1E+999999"), "unit": "g"}}, "weight_kg", "Must be a number"),
    ({"weight_kg": Decimal("1E-999999")}, "weight_kg", "Cannot be right"),
    ({"respiratory_rate": {"value": 3}}, "respiratory_rate", "an object with value and unit"),
    ({"temperature_axillary_c": {"value": 38, "unit": "kg"}}, "temperature_axillary_c", "Is measured in Cel, [degF]."),
    ({"wfh_z": {"value": -2, "unit": "kg"}}, "wfh_z", "Is measured in z."),
    ({"after_bronchodilator": 3}, "after_bronchodilator", "Must be an object"),
    ({"after_bronchodilator": {"spo2": 90}}, "after_bronchodilator.spo2", "not examined again"),
    ({"after_bronchodilator": {"respiratory_rate": 400}}, "after_bronchodilator.respiratory_rate", "Cannot be right"),
])  # fmt: skip
def test_a_wrong_fact_names_its_field(facts: dict[str, Any], field: str, says: str, catalogue: Catalogue) -> None:
    told = wrong(catalogue, facts)

    assert list(told) == [field]
    assert says in told[field]


def test_every_wrong_field_is_named_at_once(catalogue: Catalogue) -> None:
    assert set(wrong(catalogue, {"wheeze": 3, "spo2": "x", "nothing_such": 1})) == {"wheeze", "spo2", "nothing_such"}


@pytest.mark.parametrize(("value", "celsius"), [
    (38, "38"), (37.5, "37.5"), ({"value": 37.5, "unit": "Cel"}, "37.5"), ({"value": 104, "unit": "[degF]"}, "40"),
])  # fmt: skip
def test_a_temperature_comes_out_in_celsius(value: Any, celsius: str, catalogue: Catalogue) -> None:
    given = read(catalogue, {"temperature_axillary_c": value})

    assert given.facts["temperature_axillary_c"] == Decimal(celsius)


def test_grams_come_out_in_kilograms(catalogue: Catalogue) -> None:
    assert read(catalogue, {"weight_kg": {"value": 8200, "unit": "g"}}).facts["weight_kg"] == Decimal("8.2")


def test_what_is_unusual_is_told_and_taken(catalogue: Catalogue) -> None:
    given = read(catalogue, {"respiratory_rate": 130})

    assert given.unusual == ("respiratory_rate",)
    assert given.facts["respiratory_rate"] == Decimal(130)


def test_null_is_the_same_as_not_listed(catalogue: Catalogue) -> None:
    assert "wheeze" not in read(catalogue, {"wheeze": None}).facts


# -- age ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "completed"), [
    (0, 0), (29, 0), (30, 1), (59, 1), (60, 2), (181, 5), (182, 6), (364, 11), (365, 12), (729, 23), (730, 24),
    (1825, 59), (1826, 60), (6575, 216),
])  # fmt: skip
def test_completed_months(days: int, completed: int) -> None:
    assert months(days) == completed


@any_of(st.integers(0, 228))
def test_the_first_day_of_a_month_is_in_it_and_the_day_before_is_not(completed: int) -> None:
    day = first_day(completed)

    assert months(day) == completed
    assert day == 0 or months(day - 1) == completed - 1


@pytest.mark.parametrize(("facts", "days"), [
    ({"age_months": 2}, 60), ({"age_days": 59}, 59), ({"age_days": 61, "age_months": 2}, 61), ({"age_months": 0}, 0),
])  # fmt: skip
def test_age_in_days(facts: dict[str, Any], days: int, catalogue: Catalogue) -> None:
    assert read_facts(facts, catalogue).age_days == days


@pytest.mark.parametrize(("facts", "field"), [
    ({}, "age_days"), ({"age_days": -1}, "age_days"), ({"age_days": OLDEST_DAYS + 1}, "age_days"),
    ({"age_months": 10.5}, "age_months"), ({"age_months": True}, "age_months"), ({"age_months": "10"}, "age_months"),
    ({"age_days": 400, "age_months": 10}, "age_months"), ({"age_months": 10**30}, "age_months"),
])  # fmt: skip
def test_an_age_that_cannot_be(facts: dict[str, Any], field: str, catalogue: Catalogue) -> None:
    with pytest.raises(BadFacts) as caught:
        read_facts(facts, catalogue)

    assert list(caught.value.fields) == [field]


# -- what is not listed, and the site -----------------------------------------------------------------------------


def test_unknown_leaves_the_rest_unknown(catalogue: Catalogue) -> None:
    assert "wheeze" not in read(catalogue, {}).facts


def test_negative_makes_the_rest_no_and_normal(catalogue: Catalogue) -> None:
    facts = read(catalogue, {}, unlisted="negative").facts

    assert (facts["wheeze"], facts["drinking"], facts["feeding"]) == (False, "normal", "normal")


def test_negative_measures_nothing(catalogue: Catalogue) -> None:
    facts = read(catalogue, {}, unlisted="negative").facts

    assert not {"respiratory_rate", "spo2", "temperature_axillary_c"} & facts.keys()


def test_negative_keeps_what_is_listed(catalogue: Catalogue) -> None:
    assert read(catalogue, {"wheeze": True}, unlisted="negative").facts["wheeze"] is True


def test_a_temperature_may_be_left_out_only_when_the_rest_is_negative(catalogue: Catalogue) -> None:
    assert "temperature_axillary_c" not in read(catalogue, {}).lenient
    assert "temperature_axillary_c" in read(catalogue, {}, unlisted="negative").lenient


def test_an_oximeter_may_always_be_missing(catalogue: Catalogue) -> None:
    assert "spo2" in read(catalogue, {}).lenient


def test_another_word_for_unlisted_is_refused(catalogue: Catalogue) -> None:
    assert list(wrong(catalogue, {}, unlisted="maybe")) == ["unlisted"]


def test_the_sites_choice_answers_what_was_not_said(catalogue: Catalogue) -> None:
    assert read(catalogue, {}, profile={"malaria_risk": "high"}).facts["malaria_risk"] == "high"


def test_what_was_said_goes_before_the_sites_choice(catalogue: Catalogue) -> None:
    given = read(catalogue, {"malaria_risk": "low"}, profile={"malaria_risk": "high"})

    assert given.facts["malaria_risk"] == "low"


def test_without_a_choice_the_site_has_the_usual_one(catalogue: Catalogue) -> None:
    assert read(catalogue, {}).profile["imci_young_infant"] == "2019"


@pytest.mark.parametrize(("site", "key", "said"), [
    ({"imci_young_infant": 2014}, "imci_young_infant", "2014"), ({"oximeter": False}, "oximeter", "no"),
])  # fmt: skip
def test_a_sites_choice_may_be_a_number_or_yes(site: dict[str, Any], key: str, said: str, catalogue: Catalogue) -> None:
    assert read(catalogue, {}, profile=site).profile[key] == said


@pytest.mark.parametrize(("site", "field"), [
    ({"malaria_risk": "some"}, "profile.malaria_risk"), ({"weather": "dry"}, "profile.weather"), ([1], "profile"),
])  # fmt: skip
def test_a_wrong_choice_of_the_site_is_named(site: Any, field: str, catalogue: Catalogue) -> None:
    assert list(wrong(catalogue, {}, profile=site)) == [field]
