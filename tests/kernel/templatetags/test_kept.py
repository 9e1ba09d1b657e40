"""A row is drawn once for each of its values, language and minute, and draws what its template draws."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.template.loader import get_template, render_to_string
from django.utils.translation import override

from consortium.kernel import clock
from consortium.kernel.templatetags import kept as tag
from consortium.kernel.templatetags.kept import kept

NAME = "casework/worklist_row.html"
ROW: dict[str, Any] = {
    "url": "/c/1/", "priority": "urgent", "who": "<b>Girl</b>", "title": "Stridor", "meta": ["Dr A", "Centre"],
    "to_take": True, "take_word": "To be taken", "due_at": None,
}  # fmt: skip


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which templates are looked up to be drawn."""
    asked: list[str] = []
    tag._drawn.cache_clear()

    def looked_up(name: str) -> Any:
        asked.append(name)
        return get_template(name)

    monkeypatch.setattr(tag, "get_template", looked_up)
    return asked


def test_it_is_what_the_template_draws() -> None:
    assert kept(NAME, ROW) == render_to_string(NAME, {"row": ROW})


def test_what_people_wrote_is_escaped() -> None:
    assert "&lt;b&gt;Girl" in kept(NAME, ROW)


def test_the_same_row_is_drawn_once(drawings: list[str]) -> None:
    assert kept(NAME, ROW) == kept(NAME, dict(ROW, meta=["Dr A", "Centre"]))
    assert drawings == [NAME]


def test_a_changed_row_is_drawn_anew(drawings: list[str]) -> None:
    assert "Croup" in [kept(NAME, ROW), kept(NAME, ROW | {"title": "Croup"})][1]
    assert len(drawings) == 2


def test_each_language_has_its_own(drawings: list[str]) -> None:
    english = kept(NAME, ROW)
    with override("zh-hans"):
        assert kept(NAME, ROW) != english


def test_its_clock_goes_on(drawings: list[str]) -> None:
    row = ROW | {"due_at": clock.now() + timedelta(hours=5), "started_at": clock.now()}
    before = kept(NAME, row)
    with clock.moved(timedelta(hours=2)):
        assert kept(NAME, row) != before
