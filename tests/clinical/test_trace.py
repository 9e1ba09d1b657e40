"""The way to a figure, in the reader's language and in both."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from consortium.clinical.sources import SOURCES
from consortium.clinical.trace import Line, Trace

DAYS = _("%(n)d day")


def test_a_line_fills_its_placeholders() -> None:
    assert str(Line("%(a)s and %(b)s", {"a": 1, "b": "two"})) == "1 and two"


def test_lines_stand_in_order() -> None:
    trace = Trace().and_then("first").and_then("second")
    assert [str(line) for line in trace] == ["first", "second"]


def test_adding_a_line_leaves_the_trace_as_it_was() -> None:
    before = Trace().and_then("first")
    before.and_then("second")
    assert len(before.lines) == 1


def test_a_line_names_its_source() -> None:
    (line,) = Trace().and_then("rule", "BNFC")
    assert line.source == "BNFC"


def test_texts_are_in_the_language_asked_for_whatever_is_active() -> None:
    trace = Trace().and_then(_("Weight"))
    with translation.override("zh-hans"):
        assert trace.texts("en") == ["Weight"]


def test_both_languages_are_kept_beside_each_other() -> None:
    (line,) = Trace().and_then(_("Language"), "WHO-GS").in_both()
    assert (line["en"], line["zh-hans"], line["source"]) == ("Language", "语言", "WHO-GS")


def test_a_source_is_named_with_its_edition() -> None:
    assert str(SOURCES["WHO-GS"]) == "WHO Child Growth Standards (2006)"


def test_what_must_be_opened_before_approval_says_so() -> None:
    assert not SOURCES["BNFC"].verified and SOURCES["NPEWS"].verified
