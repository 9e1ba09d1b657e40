"""Growth against the WHO's own sample, its limits of age, lying and standing, preterm birth, and what figures mean."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pygrowup
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consortium.clinical.growth import (
    Body,
    Child,
    Growth,
    Index,
    NoStandard,
    Position,
    assess,
    believed,
    body_mass_index,
    lies,
    score,
    standard_length,
)
from consortium.clinical.growth.findings import finding, muac_finding
from consortium.clinical.growth.scores import percentile, value_at, z_of_percentile, z_score
from consortium.clinical.growth.tables import LAST_DAY, WEIGHT_BASED, Lms, ages, for_age, for_length

D = Decimal
BORN = date(2020, 1, 1)
SAMPLES = Path(pygrowup.__file__).parent / "test_datasets"
#: how the sample names the z-score of each index
IGROWUP = {
    "zlen": Index.LENGTH, "zwei": Index.WEIGHT, "zwfl": Index.WEIGHT_FOR_LENGTH, "zbmi": Index.BMI,
    "zhc": Index.HEAD, "zac": Index.MUAC,
}  # fmt: skip
POSITIONS = {"l": Position.LYING, "h": Position.STANDING}
CLOSE = D("0.015")


def grown(days: int, sex: str = "female", weeks: int | None = None, **body: Any) -> Growth:
    """A child so many days old; numbers may be given as they read best."""
    numbers = {name: D(str(value)) for name, value in body.items() if name in ("weight", "length", "head", "muac")}
    return assess(Child(sex, BORN, weeks), Body(**{**body, **numbers}), BORN + timedelta(days=days))


# -- the reference rows -----------------------------------------------------------------------------------------------


def _number(text: str) -> Decimal | None:
    """The sample holds single-precision numbers; a scale shows no such places."""
    return D(text).quantize(D("0.0001")) if text else None


def igrowup_rows() -> Iterator[tuple[dict[str, str], Growth]]:
    with (SAMPLES / "MySurvey_z_st.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["age.days"] and row["GENDER"] in ("1", "2"):
                muac = _number(row["MUAC"])
                body = Body(
                    _number(row["WEIGHT"]), _number(row["HEIGHT"]), POSITIONS.get(row["measure"], Position.UNKNOWN),
                    _number(row["HEAD"]), muac * 10 if muac is not None else None, oedema=row["oedema"] == "y",
                )  # fmt: skip
                child = Child("male" if row["GENDER"] == "1" else "female", BORN)
                yield row, assess(child, body, BORN + timedelta(days=int(float(row["age.days"]))))


@pytest.fixture(scope="module")
def compared() -> list[tuple[str, str, Decimal, Decimal | None]]:
    """(index, row, the WHO's z, ours)."""
    found = []
    for row, growth in igrowup_rows():
        for name, index in IGROWUP.items():
            if row[name]:
                ours = growth.scores.get(index)
                found.append((name, row["id"], D(row[name]), ours.z if ours else None))
    return found


def test_every_complete_row_of_the_igrowup_sample_is_computed(
    compared: list[tuple[str, str, Decimal, Decimal | None]],
) -> None:
    counts = Counter(name for name, *_ in compared)
    print("igrowup sample:", dict(counts), "in all", sum(counts.values()))
    assert sum(counts.values()) == 2439
    assert [row for row in compared if row[3] is None] == []


def test_every_z_of_the_igrowup_sample_is_equal_within_0_015(
    compared: list[tuple[str, str, Decimal, Decimal | None]],
) -> None:
    assert [row for row in compared if row[3] is None or abs(row[2] - row[3]) > CLOSE] == []


def test_the_sample_holds_children_measured_the_other_way() -> None:
    turned = [row for row, growth in igrowup_rows() if growth.length is not None and D(row["HEIGHT"]) != growth.length]
    assert any(abs(D(row["clenhei"]) - D(row["HEIGHT"])) > D("0.6") for row in turned)


def test_oedema_leaves_the_weight_unjudged_as_in_the_sample() -> None:
    swollen = [(row, growth) for row, growth in igrowup_rows() if row["oedema"] == "y"]
    assert swollen
    assert all(Index.WEIGHT not in growth.scores and not row["zwei"] for row, growth in swollen)


def test_every_z_of_the_reference_from_5_to_19_is_equal_within_0_015() -> None:
    names = {"_zwfa": Index.WEIGHT, "_zhfa": Index.LENGTH, "_zbfa": Index.BMI}
    compared, wrong, missing = 0, [], []
    with (SAMPLES / "test_dataset.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            days = round(float(row["_agemons"] or row["agemons"]) * 30.4375)
            if days > LAST_DAY and any(row[name] for name in names):
                body: dict[str, Any] = {"weight": _number(row["weight"]), "length": _number(row["height"])}
                growth = grown(days, row["gender"].lower(), **{k: v for k, v in body.items() if v is not None})
                told = {name: growth.scores[i].z for name, i in names.items() if row[name] and i in growth.scores}
                compared += len(told)
                missing += [(row["id"], name, days) for name in names if row[name] and name not in told]
                wrong += [(row["id"], n, z) for n, z in told.items() if abs(z - D(row[n])) > CLOSE]
    print("WHO 2007 rows compared:", compared)
    assert (compared, wrong, missing) == (2977, [], [])


# -- the curve --------------------------------------------------------------------------------------------------------

LMS = Lms(0.3809, 3.2322, 0.14171)


def test_the_median_is_zero() -> None:
    assert z_score(LMS, LMS.m, weight_based=True) == pytest.approx(0)


@pytest.mark.parametrize("power", [0.0, 1.0, -1.2])
@settings(deadline=None)
@given(z=st.floats(-5, 5))
def test_a_value_and_its_z_are_each_others_inverse(power: float, z: float) -> None:
    lms = Lms(power, 10, 0.08)
    assert z_score(lms, value_at(lms, z, weight_based=True), weight_based=True) == pytest.approx(z, abs=1e-9)


@settings(deadline=None)
@given(z=st.floats(-3, 3))
def test_within_three_weight_based_or_not_is_the_same(z: float) -> None:
    assert value_at(LMS, z, weight_based=True) == value_at(LMS, z, weight_based=False)


@pytest.mark.parametrize("side", [-1, 1])
def test_beyond_three_a_weight_goes_on_by_the_distance_from_two_to_three(side: int) -> None:
    second, third = (value_at(LMS, side * z, weight_based=True) for z in (2, 3))
    assert z_score(LMS, third + (third - second), weight_based=True) == pytest.approx(4 * side)


def test_beyond_three_a_length_keeps_to_its_curve() -> None:
    lms = Lms(0.5, 50, 0.04)
    assert z_score(lms, value_at(lms, 4, weight_based=False), weight_based=False) == pytest.approx(4)


@settings(deadline=None)
@given(st.floats(1, 20), st.floats(1, 20))
def test_more_weight_is_never_a_lower_z(one: float, other: float) -> None:
    small, large = sorted((one, other))
    assert z_score(LMS, small, weight_based=True) <= z_score(LMS, large, weight_based=True)


@pytest.mark.parametrize(("z", "share"), [(0, 50), (-2, 2.275), (2, 97.725), (3, 99.865)])
def test_a_z_has_its_percentile(z: float, share: float) -> None:
    assert percentile(z) == pytest.approx(share, abs=0.001)


@pytest.mark.parametrize("share", [3, 15, 50, 85, 97])
def test_a_percentile_has_its_z(share: int) -> None:
    assert percentile(z_of_percentile(share)) == pytest.approx(share, abs=1e-3)


# -- where the standards begin and end --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("index", "first", "last"),
    [
        (Index.WEIGHT, 0, 3682), (Index.LENGTH, 0, 6970), (Index.BMI, 0, 6970), (Index.HEAD, 0, 1856),
        (Index.MUAC, 91, 1856),
    ],
)  # fmt: skip
def test_an_index_has_its_ages(index: Index, first: int, last: int) -> None:
    assert ages(index) == (first, last)
    for_age(index, "male", first)
    for_age(index, "male", last)
    for day in (first - 1, last + 1):
        with pytest.raises(NoStandard):
            for_age(index, "male", day)


@pytest.mark.parametrize(("lying", "shortest", "longest"), [(True, 45, 110), (False, 65, 120)])
def test_weight_for_length_has_its_lengths(lying: bool, shortest: int, longest: int) -> None:
    for_length("female", shortest, lying=lying)
    for_length("female", longest, lying=lying)
    for length in (shortest - 0.1, longest + 0.1):
        with pytest.raises(NoStandard):
            for_length("female", length, lying=lying)


def test_between_two_rows_the_values_lie_on_the_line() -> None:
    low, middle, high = (for_length("male", cm, lying=True).m for cm in (60.0, 60.05, 60.1))
    assert middle == pytest.approx((low + high) / 2)


def test_the_reference_from_five_joins_the_standards_within_one_percent() -> None:
    before, after = (for_age(Index.WEIGHT, "female", day).m for day in (LAST_DAY, LAST_DAY + 1))
    assert after == pytest.approx(before, rel=0.01) and after != before


@pytest.mark.parametrize("sex", ["other", "unknown", ""])
def test_the_standards_are_for_girls_and_boys(sex: str) -> None:
    with pytest.raises(NoStandard):
        for_age(Index.WEIGHT, sex, 100)
    with pytest.raises(NoStandard):
        for_length(sex, 60, lying=True)


def test_without_a_sex_nothing_is_judged_and_that_is_said() -> None:
    growth = grown(200, "unknown", weight=7, length=66)
    assert growth.scores == {} and "sex is not on record" in str(growth.notes[0])


def test_a_newborn_is_judged_on_the_first_day() -> None:
    assert grown(0, weight="3.2322").scores[Index.WEIGHT].z == 0


def test_weight_for_length_without_a_length_has_no_standard() -> None:
    with pytest.raises(NoStandard):
        score(Index.WEIGHT_FOR_LENGTH, D(7), sex="male", days=100)


# -- lying and standing -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "lying"), [(0, True), (730, True), (731, False), (3000, False)])
def test_children_lie_until_24_months(days: int, lying: bool) -> None:
    assert lies(days) is lying


@pytest.mark.parametrize(
    ("position", "days", "expected"),
    [
        (Position.STANDING, 730, "80.7"), (Position.LYING, 730, "80"), (Position.LYING, 731, "79.3"),
        (Position.STANDING, 731, "80"), (Position.UNKNOWN, 730, "80"), (Position.UNKNOWN, 731, "80"),
    ],
)  # fmt: skip
def test_the_length_is_taken_as_the_standard_measures_it(position: Position, days: int, expected: str) -> None:
    assert standard_length(D(80), position, days) == D(expected)


def test_standing_under_two_is_said() -> None:
    assert "0.7 cm were added" in str(grown(500, length=80, position=Position.STANDING).notes[0])


def test_lying_from_two_is_said() -> None:
    assert "0.7 cm were taken off" in str(grown(800, length=85, position=Position.LYING).notes[0])


def test_measured_as_the_standard_wants_it_needs_no_note() -> None:
    assert grown(800, length=85, position=Position.STANDING).notes == ()


def test_the_body_mass_index_uses_the_standard_length() -> None:
    score = grown(800, weight=12, length="85.7", position=Position.LYING).scores[Index.BMI]
    assert score.value == body_mass_index(D(12), D(85))


# -- preterm birth ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weeks", "days", "corrected"),
    [(36, 100, 72), (37, 100, 100), (None, 100, 100), (30, 730, 660), (30, 731, 731), (32, 56, 0), (32, 55, -1)],
)
def test_the_age_is_corrected_until_24_months(weeks: int | None, days: int, corrected: int) -> None:
    assert Child("male", BORN, weeks).standard_age(BORN + timedelta(days=days)) == corrected


def test_a_correction_is_said_with_its_weeks() -> None:
    assert "4 weeks" in str(grown(100, weeks=36, weight=4).notes[0])


def test_before_term_nothing_is_judged_and_that_is_said() -> None:
    growth = grown(20, weeks=32, weight="1.9")
    assert growth.scores == {} and "Before the date of term" in str(growth.notes[1])


def test_oedema_is_said() -> None:
    assert "oedema" in str(grown(400, weight=8, oedema=True).notes[-1])


# -- what is believed -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("index", "low", "high"),
    [
        (Index.WEIGHT, -6, 5), (Index.LENGTH, -6, 6), (Index.WEIGHT_FOR_LENGTH, -5, 5), (Index.BMI, -5, 5),
        (Index.HEAD, -5, 5), (Index.MUAC, -5, 5),
    ],
)  # fmt: skip
def test_the_limits_of_plausibility(index: Index, low: int, high: int) -> None:
    assert believed(index, low) and believed(index, high)
    assert not believed(index, low - 0.01) and not believed(index, high + 0.01)


def test_a_score_says_that_it_is_not_believed() -> None:
    assert not grown(215, weight=20).scores[Index.WEIGHT].believed


# -- what it means ----------------------------------------------------------------------------------------------------

YOUNG, OLD = 400, 3000


@pytest.mark.parametrize(
    ("index", "days", "z", "code"),
    [
        (Index.WEIGHT, YOUNG, -3.01, "severe_underweight"), (Index.WEIGHT, YOUNG, -3, "underweight"),
        (Index.WEIGHT, YOUNG, -2.01, "underweight"), (Index.WEIGHT, YOUNG, -2, "within"),
        (Index.WEIGHT, YOUNG, 4, "within"),
        (Index.LENGTH, YOUNG, -3.01, "severe_stunting"), (Index.LENGTH, YOUNG, -3, "stunting"),
        (Index.LENGTH, YOUNG, -2, "within"),
        (Index.WEIGHT_FOR_LENGTH, YOUNG, -3.01, "severe_wasting"), (Index.WEIGHT_FOR_LENGTH, YOUNG, -3, "wasting"),
        (Index.WEIGHT_FOR_LENGTH, YOUNG, -2, "within"), (Index.WEIGHT_FOR_LENGTH, YOUNG, 1, "within"),
        (Index.WEIGHT_FOR_LENGTH, YOUNG, 1.01, "overweight_risk"),
        (Index.WEIGHT_FOR_LENGTH, YOUNG, 2, "overweight_risk"),
        (Index.WEIGHT_FOR_LENGTH, YOUNG, 2.01, "overweight"), (Index.WEIGHT_FOR_LENGTH, YOUNG, 3.01, "obesity"),
        (Index.BMI, YOUNG, -3.01, "severe_wasting"), (Index.BMI, YOUNG, 2.01, "overweight"),
        (Index.BMI, OLD, -3.01, "severe_thinness"), (Index.BMI, OLD, -3, "thinness"), (Index.BMI, OLD, -2, "within"),
        (Index.BMI, OLD, 1, "within"), (Index.BMI, OLD, 1.01, "overweight"), (Index.BMI, OLD, 2.01, "obesity"),
        (Index.HEAD, YOUNG, -2.01, "small_head"), (Index.HEAD, YOUNG, 2.01, "large_head"),
        (Index.MUAC, YOUNG, -4, "within"),
    ],
)  # fmt: skip
def test_a_z_has_its_word(index: Index, days: int, z: float, code: str) -> None:
    assert finding(index, z, days).code == code


@pytest.mark.parametrize(("days", "code"), [(1826, "severe_wasting"), (1827, "severe_thinness")])
def test_the_words_for_body_mass_change_at_five(days: int, code: str) -> None:
    assert finding(Index.BMI, -3.5, days).code == code


@pytest.mark.parametrize(
    ("mm", "days", "code"),
    [
        (114, 200, "severe_muac"), (115, 200, "moderate_muac"), (124, 200, "moderate_muac"), (125, 200, "within"),
        (114, 183, "severe_muac"), (109, 182, "infant_muac"), (110, 182, "within"), (109, 42, "infant_muac"),
        (109, 41, None), (114, 1826, "severe_muac"), (114, 1827, None),
    ],
)  # fmt: skip
def test_an_arm_has_its_word_in_millimetres(mm: int, days: int, code: str | None) -> None:
    found = muac_finding(D(mm), days)
    assert (found.code if found else None) == code


def test_an_arm_is_judged_in_an_assessment_too() -> None:
    found = grown(400, muac=114).muac
    assert found is not None and found.tone == "pink"


@pytest.mark.parametrize(("z", "words"), [("0.35", "+0.35"), ("-2.01", "−2.01")])
def test_a_z_is_written_with_its_sign(z: str, words: str) -> None:
    lms = for_age(Index.WEIGHT, "female", 200)
    value = value_at(lms, float(z), weight_based=True)
    assert score(Index.WEIGHT, D(repr(value)), sex="female", days=200).z_words == words


@pytest.mark.parametrize("index", sorted(WEIGHT_BASED))
def test_weight_based_indices_are_the_who_s(index: Index) -> None:
    assert index in (Index.WEIGHT, Index.WEIGHT_FOR_LENGTH, Index.BMI, Index.MUAC)
