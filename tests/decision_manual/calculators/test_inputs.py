"""What a calculator takes and refuses: numbers, units, yes and no, choices; each refusal names its field."""

from __future__ import annotations

from decimal import Decimal

import pytest

from consortium.clinical.units import KINDS
from decision_manual.calculators.inputs import Choice, Flag, Input, Measure, Option, Refusal
from decision_manual.calculators.kinds import AGE_MONTHS
from decision_manual.calculators.words import Text
from tests.decision_manual.calculators.asking import ask, category, of, result, wrong

_W = Measure("weight", Text("Weight", "体重"), kind=KINDS["weight"])
_AGE = Measure("age", Text("Age", "年龄"), kind=AGE_MONTHS, hard=("1", "60"), plausible=("2", "59"))
_YES = Flag("sign", Text("Sign", "体征"))
_ONE = Choice(
    "grade", Text("Grade", "分级"), options=(Option("a", Text("A", "甲"), 0), Option("b", Text("B", "乙"), 2))
)
_SAME = Choice("sex", Text("Sex", "性别"), options=(Option("m", Text("M", "男")), Option("f", Text("F", "女"))))
_WHOLE = Measure("weeks", Text("Weeks", "周"), kind=KINDS["spo2"], whole=True)


def _refused(of_input: Input, raw: object) -> str:
    with pytest.raises(Refusal) as refused:
        of_input.read(raw)
    return refused.value.text.en


# -- numbers ------------------------------------------------------------------------------------------------------


def test_an_integer_is_a_number() -> None:
    assert _W.read(12).value == 12


def test_a_float_is_read_as_it_is_written() -> None:
    assert _W.read(12.1).value == Decimal("12.1")


def test_digits_in_text_are_a_number() -> None:
    assert _W.read("12.5").value == Decimal("12.5")


def test_a_decimal_comma_is_understood() -> None:
    assert _W.read("12,5").value == Decimal("12.5")


def test_full_width_digits_are_understood() -> None:
    assert _W.read("１２．５").value == Decimal("12.5")


def test_a_decimal_is_exact() -> None:
    assert _W.read(Decimal("3.3")).value == Decimal("3.3")


def test_words_are_no_number() -> None:
    assert _refused(_W, "heavy") == "Give a number."


def test_true_is_no_number() -> None:
    assert _refused(_W, True) == "Give a number."


def test_a_list_is_no_number() -> None:
    assert _refused(_W, [3]) == "Give a number."


def test_not_a_number_is_no_number() -> None:
    assert _refused(_W, float("nan")) == "Give a number."


def test_infinity_is_no_number() -> None:
    assert _refused(_W, Decimal("Infinity")) == "Give a number."


def test_an_exponent_of_millions_is_not_written_out() -> None:
    assert _refused(_W, Decimal("1e99999999")) == "Give a number."


def test_a_vanishing_exponent_is_refused_too() -> None:
    assert _refused(_W, Decimal("1e-99999999")) == "Give a number."


def test_exponents_in_text_are_refused() -> None:
    assert _refused(_W, "1e3") == "Give a number."


def test_an_object_without_a_value_is_no_number() -> None:
    assert _refused(_W, {"unit": "kg"}) == "Give a number."


def test_an_object_with_more_than_value_and_unit_is_refused() -> None:
    assert _refused(_W, {"value": 3, "unit": "kg", "site": "left"}) == "Give a number."


def test_a_whole_number_is_taken_where_one_is_asked() -> None:
    assert _WHOLE.read("38.0").value == 38


def test_a_fraction_is_refused_where_a_whole_number_is_asked() -> None:
    assert _refused(_WHOLE, "38.5") == "Give a whole number."


# -- units --------------------------------------------------------------------------------------------------------


def test_the_first_unit_is_meant_when_none_is_said() -> None:
    assert _W.read({"value": 5}).value == 5


def test_grams_become_kilograms() -> None:
    assert _W.read(of(3500, "g")).value == Decimal("3.5")


def test_pounds_become_kilograms_exactly() -> None:
    assert _W.read(of(10, "[lb_av]")).value == Decimal("4.5359237")


def test_years_become_months_exactly() -> None:
    assert _AGE.read(of(2, "a")).value == 24


def test_a_unit_is_understood_as_it_is_printed() -> None:
    assert _W.read(of(10, "lb")).value == Decimal("4.5359237")


def test_the_case_of_a_unit_does_not_matter() -> None:
    assert _W.read(of(3500, "G")).value == Decimal("3.5")


def test_months_may_be_spelled_out() -> None:
    assert _AGE.read(of(24, "months")).value == 24


def test_years_may_be_spelled_out() -> None:
    assert _AGE.read(of(2, "years")).value == 24


def test_a_wrong_unit_is_refused_and_the_right_ones_are_named() -> None:
    assert _refused(_W, of(5, "cm")) == "The unit cm is not one of: kg, g, [lb_av]."


def test_an_endless_unit_is_cut_in_the_refusal() -> None:
    assert "x" * 20 + " is" in _refused(_W, of(5, "x" * 500))


def test_micro_is_understood_in_each_spelling() -> None:
    for unit in ("umol/L", "µmol/l", "μmol/l", "micromol/L"):
        assert wrong("bilirubin_nice", gestation_weeks=38, age_hours=48, tsb=of(200, unit)) == {}


def test_cells_are_understood_as_printed() -> None:
    bili = Measure("wbc", Text("W", "白"), kind=KINDS["wbc"])
    assert bili.read(of(12000, "/mm³")).value == bili.read(of(12, "×10⁹/l")).value == 12


def test_fahrenheit_becomes_celsius() -> None:
    warm = Measure("t", Text("T", "温"), kind=KINDS["temperature"])
    assert round(warm.read(of(104, "[degF]")).value, 6) == 40


# -- limits -------------------------------------------------------------------------------------------------------


def test_the_lower_hard_limit_is_allowed() -> None:
    assert _AGE.read(1).value == 1


def test_below_the_hard_limit_is_refused_with_the_limits() -> None:
    assert _refused(_AGE, "0.9").startswith("0.9 months is impossible here: 1 months to 60 months.")


def test_the_upper_hard_limit_is_allowed() -> None:
    assert _AGE.read(60).value == 60


def test_above_the_hard_limit_is_refused() -> None:
    assert "impossible" in _refused(_AGE, 61)


def test_units_of_time_are_words_in_both_languages() -> None:
    assert _AGE.read(of(2, "a")).shown.both() == {"en": "2 years", "zh": "2 岁"}


def test_other_units_are_written_alike() -> None:
    assert _W.read(12).shown.both() == {"en": "12 kg", "zh": "12 kg"}


def test_hard_limits_hold_in_every_unit() -> None:
    assert "impossible" in _refused(_AGE, of(6, "a"))


def test_a_weight_in_grams_typed_as_kilograms_is_refused_with_the_unit_that_was_meant() -> None:
    assert _refused(_W, 3500).endswith("Is this in g perhaps?")


def test_an_unusual_value_is_taken_with_a_warning() -> None:
    read = _AGE.read(1)
    assert read.warning is not None
    assert "unusual" in read.warning.en


def test_a_usual_value_has_no_warning() -> None:
    assert _AGE.read(30).warning is None


def test_the_warning_names_the_unit_that_was_perhaps_meant() -> None:
    warning = _W.read(200).warning
    assert warning is not None
    assert "[lb_av]" not in warning.en
    assert warning.en.endswith("Is this in lb perhaps?")


def test_warnings_come_with_the_answer_by_field() -> None:
    assert list(ask("bsa_mosteller", height=100, weight=200)["warnings"]) == ["weight"]


# -- yes and no, choices ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", [True, "yes", "Yes", "true", 1, "1", "on", "y"])
def test_many_words_for_yes(word: object) -> None:
    assert _YES.read(word).value is True


@pytest.mark.parametrize("word", [False, "no", "No", "false", 0, "0", "off", "n"])
def test_many_words_for_no(word: object) -> None:
    assert _YES.read(word).value is False


def test_perhaps_is_neither() -> None:
    assert _refused(_YES, "perhaps") == "Say yes or no."


def test_a_number_is_no_answer_to_yes_or_no() -> None:
    assert _refused(_YES, 2) == "Say yes or no."


def test_a_choice_is_made_by_its_code() -> None:
    assert _ONE.read("b").value.points == 2


def test_a_choice_may_be_made_by_its_points() -> None:
    assert _ONE.read(2).value.code == "b"


def test_points_that_do_not_tell_answers_apart_make_no_choice() -> None:
    assert _refused(_SAME, 0) == "This is not one of: m, f."


def test_another_answer_is_refused_and_the_codes_are_named() -> None:
    assert _refused(_ONE, "c") == "This is not one of: a, b."


def test_an_input_of_no_kind_reads_nothing() -> None:
    with pytest.raises(NotImplementedError):
        Input("x", Text("X", "某")).read(1)


# -- all of them together -----------------------------------------------------------------------------------------


def test_a_missing_input_is_named() -> None:
    assert wrong("bsa_mosteller", height=100) == {"weight": "This is needed."}


def test_null_and_empty_are_missing() -> None:
    assert set(wrong("bsa_mosteller", height=None, weight="")) == {"height", "weight"}


def test_a_quantity_without_its_number_is_missing() -> None:
    assert wrong("bsa_mosteller", height=100, weight={"value": "", "unit": "kg"}) == {"weight": "This is needed."}


def test_an_unknown_input_is_refused_by_name() -> None:
    assert wrong("bsa_mosteller", height=100, weight=20, hat=1) == {"hat": "This calculator does not take this."}


def test_everything_that_is_wrong_is_said_at_once() -> None:
    assert set(wrong("bsa_mosteller", height="tall", hat=1)) == {"height", "weight", "hat"}


def test_inputs_that_are_no_object_are_refused() -> None:
    from decision_manual.calculators.catalogue import CALCULATORS
    from decision_manual.calculators.inputs import Refused
    from decision_manual.calculators.running import run

    with pytest.raises(Refused) as refused:
        run(CALCULATORS["bsa_mosteller"], ["height"])
    assert "inputs" in refused.value.fields


def test_the_refusal_reads_as_one_line() -> None:
    from decision_manual.calculators.inputs import Refused

    assert str(Refused({"a": Text("is wrong", "错")})) == "a: is wrong"


# -- the same in another unit -------------------------------------------------------------------------------------


def test_surface_is_the_same_in_metres_and_grams() -> None:
    assert result("bsa_mosteller", height=of("1.1", "m"), weight=of(20000, "g")) == result(
        "bsa_mosteller", height=110, weight=20
    )


def test_surface_is_the_same_in_inches() -> None:
    assert result("bsa_mosteller", height=of(50, "[in_i]"), weight=25) == result("bsa_mosteller", height=127, weight=25)


def test_bilirubin_is_the_same_in_micromoles() -> None:
    asked = {"gestation_weeks": 38, "age_hours": 48, "neurotoxicity_risk": False}
    assert category("bilirubin_aap", **asked, tsb=of("273.6", "umol/L")) == category("bilirubin_aap", **asked, tsb=16)


def test_days_of_age_are_hours() -> None:
    asked = {"gestation_weeks": 38, "neurotoxicity_risk": False}
    assert result("bilirubin_aap", **asked, age_hours=of(2, "d")) == result("bilirubin_aap", **asked, age_hours=48)


def test_creatinine_is_the_same_in_micromoles() -> None:
    assert result("egfr_schwartz", height=120, creatinine=of("44.2", "umol/L")) == result(
        "egfr_schwartz", height=120, creatinine="0.5"
    )


def test_weeks_of_age_are_days() -> None:
    asked = {"ill_appearing": False, "leukocyturia": False, "procalcitonin": "0.1", "crp": 1, "anc": 3000}
    assert category("step_by_step", **asked, age=of(4, "wk")) == category("step_by_step", **asked, age=28)


def test_crp_in_mg_dl_is_ten_times_more() -> None:
    asked = {"age": 40, "ill_appearing": False, "leukocyturia": False, "procalcitonin": "0.1", "anc": 3000}
    assert category("step_by_step", **asked, crp=of("2.1", "mg/dL")) == "intermediate"
    assert category("step_by_step", **asked, crp="2.1") == "low"


def test_neutrophils_in_giga_are_thousands_per_cubic_millimetre() -> None:
    asked = {"age": 40, "urinalysis_positive": False, "procalcitonin": "0.1"}
    assert category("pecarn_febrile_infant", **asked, anc=of("4.1", "10*9/L")) == "not_low"
    assert category("pecarn_febrile_infant", **asked, anc=of("4.0", "10*9/L")) == "low"
