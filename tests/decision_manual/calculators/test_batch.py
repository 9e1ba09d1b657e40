"""For programs and for people: lines of a batch, the command, results as text."""

from __future__ import annotations

import json
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from consortium.clinical.trace import Trace
from decision_manual.calculators.batch import schemas, told
from decision_manual.calculators.catalogue import CALCULATORS
from decision_manual.calculators.frame import Output
from decision_manual.calculators.running import as_number, run
from decision_manual.calculators.telling import as_text
from decision_manual.calculators.words import Text, listed, same, step

_SURFACE = {"id": 7, "calculator": "bsa_mosteller", "inputs": {"height": 100, "weight": 36}}


# -- one line -----------------------------------------------------------------------------------------------------


def test_a_line_is_answered_with_its_id() -> None:
    found = told(_SURFACE)
    assert (found["id"], found["result"], found["category"]) == (7, 1, "body_surface")


def test_the_answer_has_a_trace_in_both_languages() -> None:
    assert all({"en", "zh", "source"} == set(line) for line in told(_SURFACE)["trace"])


def test_an_unknown_calculator_is_named() -> None:
    assert set(told({"id": 1, "calculator": "nothing", "inputs": {}})["error"]) == {"calculator"}


def test_a_calculator_that_is_no_name_is_named() -> None:
    assert set(told({"id": 1, "calculator": ["x"], "inputs": {}})["error"]) == {"calculator"}


def test_a_missing_calculator_is_named() -> None:
    assert set(told({"id": 1})["error"]) == {"calculator"}


def test_an_unknown_key_is_named() -> None:
    assert set(told({**_SURFACE, "patient": "x"})["error"]) == {"patient"}


def test_missing_inputs_are_named_one_by_one() -> None:
    assert set(told({"calculator": "bsa_mosteller"})["error"]) == {"height", "weight"}


def test_inputs_that_are_a_list_are_refused() -> None:
    assert set(told({"calculator": "bsa_mosteller", "inputs": [1]})["error"]) == {"inputs"}


def test_a_line_that_is_no_object_is_refused() -> None:
    assert told([1]) == {"id": None, "error": {"line": "Send one JSON object."}}


def test_a_line_without_an_id_has_none() -> None:
    assert told({k: v for k, v in _SURFACE.items() if k != "id"})["id"] is None


def test_errors_are_plain_english() -> None:
    assert told({"calculator": "bsa_mosteller", "inputs": {"height": "tall", "weight": 3}})["error"] == {
        "height": "Give a number."
    }


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["value", "unit", "x"]), inner),
    max_leaves=4,
)


@given(code=st.sampled_from(sorted(CALCULATORS)), data=st.data())
def test_whatever_is_sent_is_answered_or_refused_by_name(code: str, data: Any) -> None:
    names = [each.id for each in CALCULATORS[code].inputs]
    found = told({"id": 1, "calculator": code, "inputs": data.draw(st.dictionaries(st.sampled_from(names), _JSON))})
    assert ("error" in found) != ("result" in found)
    json.dumps(found)


# -- the command --------------------------------------------------------------------------------------------------


def _command(tmp_path: Path, *lines: str) -> list[dict[str, Any]]:
    file, out = tmp_path / "asked.jsonl", StringIO()
    file.write_text("\n".join(lines), encoding="utf-8")
    call_command("manual", "calculate", str(file), stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_file_is_answered_line_by_line(tmp_path: Path) -> None:
    found = _command(tmp_path, json.dumps(_SURFACE), "", json.dumps({**_SURFACE, "id": 8}))
    assert [each["id"] for each in found] == [7, 8]


def test_a_bad_line_does_not_stop_the_next(tmp_path: Path) -> None:
    found = _command(tmp_path, '{"id": 1, "calculator": "x"}', "nonsense", json.dumps(_SURFACE))
    assert ["error" in each for each in found] == [True, True, False]


def test_what_is_not_json_is_said(tmp_path: Path) -> None:
    assert _command(tmp_path, "{")[0]["error"]["line"].startswith("This is not JSON")


def test_infinity_in_json_is_refused(tmp_path: Path) -> None:
    assert (
        "line"
        in _command(tmp_path, '{"id": 1, "calculator": "bsa_mosteller", "inputs": {"height": Infinity}}')[0]["error"]
    )


def test_decimals_are_exact(tmp_path: Path) -> None:
    line = '{"id": 1, "calculator": "fluid_deficit", "inputs": {"weight": 10.1, "percent": 5}}'
    assert _command(tmp_path, line)[0]["result"] == 505


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    out = StringIO()
    monkeypatch.setattr("sys.stdin", StringIO(json.dumps(_SURFACE)))
    call_command("manual", "calculate", "-", stdout=out)
    assert json.loads(out.getvalue())["result"] == 1


def test_the_list_describes_every_calculator() -> None:
    out = StringIO()
    call_command("manual", "calculate", "--list", stdout=out)
    assert [json.loads(line)["id"] for line in out.getvalue().splitlines()] == list(CALCULATORS)


def test_schemas_are_plain_data() -> None:
    assert json.loads(json.dumps(list(schemas()), ensure_ascii=False))


# -- figures ------------------------------------------------------------------------------------------------------


def test_a_whole_figure_is_an_integer() -> None:
    assert isinstance(as_number(Decimal("2.0")), int)


def test_a_broken_figure_is_a_float() -> None:
    assert as_number(Decimal("2.5")) == 2.5


def test_no_figure_is_null() -> None:
    assert as_number(None) is None


def test_a_figure_is_rounded_half_up() -> None:
    assert Output("x", same("x"), "", 1).rounded(Decimal("0.25")) == Decimal("0.3")


# -- words --------------------------------------------------------------------------------------------------------

_TEXT = Text("{n} sheep", "{n} 只羊")


def test_a_text_speaks_the_readers_language() -> None:
    with translation.override("zh-hans"):
        assert str(_TEXT.fill(n=3)) == "3 只羊"
    with translation.override("en"):
        assert str(_TEXT.fill(n=3)) == "3 sheep"


def test_a_text_in_a_text_speaks_the_same_language() -> None:
    outer = Text("I see {what}.", "我看见{what}。").fill(what=_TEXT.fill(n=2))
    assert outer.both() == {"en": "I see 2 sheep.", "zh": "我看见2 只羊。"}


def test_a_decimal_in_a_text_has_no_noughts_to_spare() -> None:
    assert _TEXT.fill(n=Decimal("2.5000")).en == "2.5 sheep"


def test_several_are_joined_as_each_language_does() -> None:
    assert listed([same("a"), same("b")]).both() == {"en": "a, b", "zh": "a、b"}


def test_a_per_cent_sign_in_a_step_is_no_placeholder() -> None:
    assert step(Trace(), "{n}% of it", "{n}%", n=5).texts("en") == ["5% of it"]


# -- for people ---------------------------------------------------------------------------------------------------


def _text(language: str, code: str = "westley", **inputs: Any) -> list[str]:
    asked = inputs or {"stridor": 2, "retractions": 1, "air_entry": 0, "cyanosis": 0, "consciousness": 0}
    with translation.override(language):
        return as_text(CALCULATORS[code], run(CALCULATORS[code], asked)).splitlines()


def test_the_text_begins_with_the_title_and_the_figure() -> None:
    assert _text("en")[:2] == ["Westley croup score", "Score: 3"]


def test_the_text_says_what_it_means_and_how_soon() -> None:
    lines = _text("en")
    assert lines[2].startswith("Moderate croup. Dexamethasone")
    assert lines[3] == "E1: To an emergency department now, within 1 hour"


def test_the_text_shows_the_steps_and_ends_with_the_source() -> None:
    lines = _text("en")
    assert "- Stridor: At rest = 2" in lines
    assert lines[-1].startswith("Westley, Am J Dis Child")


def test_the_text_is_there_in_chinese() -> None:
    assert _text("zh-hans")[0] == "Westley 喉炎评分"


def test_the_text_says_what_is_not_verified() -> None:
    assert _text("en", "weight_estimate", age=24)[-1] == "Not yet verified: The formulas of the edition in use."


def test_the_text_has_no_urgency_where_there_is_none() -> None:
    assert not any(line.startswith(": ") for line in _text("en", "weight_estimate", age=24))


def test_the_text_carries_warnings() -> None:
    assert any("unusual" in line for line in _text("en", "bsa_mosteller", height=100, weight=200))
