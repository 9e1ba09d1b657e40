"""The drawing, the list and the run have the same nodes; what is drawn is only shapes and text."""

from __future__ import annotations

import pytest

from decision_manual.chart import Speaker, drawn, ids, outline, row_title
from decision_manual.chart.drawing import clean, wrapped
from decision_manual.expressions import Constant, Expression, Known, read
from decision_manual.expressions.nodes import OneOf
from decision_manual.library import Library, Pathway
from decision_manual.library.shapes import vocabulary
from tests.decision_manual.conftest import seen


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_pathway_is_drawn_with_the_nodes_of_its_list(language: str, library: Library) -> None:
    for pathway in library.pathways.values():
        listed = [node.id for node in outline(pathway, language).flat()]
        assert sorted(ids(drawn(pathway, language))) == sorted(listed)
        assert len(listed) == len(set(listed))


def test_the_list_has_a_question_and_a_leaf_for_each_row(library: Library) -> None:
    for pathway in library.pathways.values():
        listed = {node.id for node in outline(pathway, "en").flat()}
        assert listed >= {f"{kind}-{row.id}" for row in pathway.rows for kind in ("q", "n")}


def test_a_run_walks_on_nodes_of_the_chart(library: Library, cough: Pathway) -> None:
    facts = {"age_months": 10, "cough_or_difficult_breathing": True, "stridor_when_calm": True, "spo2": 80}
    listed = {node.id for node in outline(cough, "en").flat()}

    assert set(seen(library, cough, facts).walked) <= listed


def test_severity_is_never_colour_alone(cough: Pathway) -> None:
    svg = drawn(cough, "en")

    assert "severity-pink" in svg
    assert "▲" in svg


def test_the_urgency_stands_in_the_referral(cough: Pathway) -> None:
    assert "E1:" in drawn(cough, "en")


def test_only_shapes_and_text_are_left(cough: Pathway) -> None:
    svg = drawn(cough, "zh")

    assert not [bad for bad in ("<title", "<script", "style=", "href", "<!--", "<!DOCTYPE", "width=") if bad in svg]


def test_what_does_not_belong_is_taken_out() -> None:
    raw = (
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()" width="9"><!-- c --><script>x()</script>'
        b'<g id="a" style="fill:red"><title>t</title><a href="b"><text>gone</text></a><text x="1">kept</text></g></svg>'
    )

    assert clean(raw) == '<svg xmlns="http://www.w3.org/2000/svg"><g id="a"><text x="1">kept</text></g></svg>'


def test_long_labels_are_wrapped() -> None:
    assert wrapped("one two\nthree four", 5) == "one\ntwo\nthree\nfour"


def test_a_row_has_its_own_title_or_its_classes(cough: Pathway) -> None:
    assert row_title(cough, cough.row("cough-long"), "en") == "Cough over 14 days or recurrent wheeze"
    assert row_title(cough, cough.row("cough-cold"), "zh") == "咳嗽或感冒"


@pytest.mark.parametrize(("written", "english", "chinese"), [
    ("wheeze", "Wheeze", "喘息"),
    ("danger_sign", "Any general danger sign", "任一一般危险症状"),
    ({"respiratory_rate": {"ge": 50}}, "Breaths in one minute ≥ 50 /min", "每分钟呼吸次数 ≥ 50 /min"),
    ({"spo2": {"lt": 90}}, "Oxygen saturation < 90 %", "血氧饱和度 < 90 %"),
    ({"age_months": {"lt": 12}}, "age in months < 12", "月龄 < 12"),
    ({"not": "wheeze"}, "not: Wheeze", "无：喘息"),
    ({"all": ["wheeze", {"any": ["wheeze", "danger_sign"]}]},
     "Wheeze and (Wheeze or Any general danger sign)", "喘息，且(喘息，或任一一般危险症状)"),
    ({"count_ge": {"at_least": 1, "of": ["wheeze", "chest_indrawing"]}},
     "1 or more of: Wheeze or Chest indrawing", "以下至少1项：喘息，或胸凹陷"),
    ({"profile.hiv_setting": "low"}, "HIV in this area: Low", "本地HIV流行: 低"),
])  # fmt: skip
def test_conditions_in_words(written: object, english: str, chinese: str, cough: Pathway) -> None:
    node = _read(written, cough)

    assert (Speaker(cough, "en").say(node), Speaker(cough, "zh").say(node)) == (english, chinese)


def _read(written: object, pathway: Pathway) -> Expression:
    names = vocabulary(pathway.findings, pathway.profile, frozenset(pathway.derived), frozenset(pathway.scores))
    return read(written, names)


@pytest.mark.parametrize(("node", "english"), [
    (Constant(True), "always"), (Constant(False), "never"), (Known("spo2"), "Oxygen saturation is known"),
])  # fmt: skip
def test_what_always_holds(node: Expression, english: str, cough: Pathway) -> None:
    assert Speaker(cough, "en").say(node) == english


def test_choices_are_said_by_their_labels(young: Pathway) -> None:
    node = OneOf("feeding", ("not_well", "not_able"))

    assert Speaker(young, "en").say(node) == "Feeding: Not well or Not able to feed"
