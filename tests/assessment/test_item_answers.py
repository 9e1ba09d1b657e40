"""Which answers the key can be held against."""

from __future__ import annotations

from typing import Any

import pytest

from courses.assessment.items import is_judgeable, read
from tests.factories.items import CONTENTS, RIGHT


def judgeable(kind: str, answer: Any) -> bool:
    return is_judgeable(read(kind, CONTENTS[kind]), answer)


@pytest.mark.parametrize("kind", ["single", "multiple", "true_false", "numeric", "short"])
def test_a_right_answer_is(kind: str) -> None:
    assert judgeable(kind, RIGHT[kind])


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("single", {"option": "unknown"}),
        ("single", {"options": ["a"]}),
        ("single", {"option": "a", "value": "1"}),
        ("multiple", {"options": ["a", "unknown"]}),
        ("multiple", {"options": []}),
        ("multiple", {"option": "a"}),
        ("true_false", {"option": "perhaps"}),
        ("true_false", {"value": "1"}),
        ("numeric", {"value": "5 mg", "unit": "mmol/L"}),
        ("numeric", {"value": "2.5"}),
        ("numeric", {"value": "2.5", "unit": "furlong"}),
        ("numeric", {"value": "2.5", "unit": "mmol/L", "option": "a"}),
        ("numeric", {"option": "a"}),
    ],
)
def test_what_names_nothing_of_the_question_is_not(kind: str, answer: dict[str, Any]) -> None:
    assert not judgeable(kind, answer)


@pytest.mark.parametrize(("unit", "found"), [(None, True), ("", True), ("breaths", True), ("mg", False)])
def test_a_number_without_a_quantity_has_its_own_unit_or_none(unit: str | None, found: bool) -> None:
    content = {**CONTENTS["numeric"], "quantity": "", "unit": "breaths"}
    assert is_judgeable(read("numeric", content), {"value": "40", "unit": unit}) is found
