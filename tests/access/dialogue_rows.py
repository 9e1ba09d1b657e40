"""The rows of the conversation: disputes, second opinions, conversion, the manual beside a question, texts."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.access.rows import EVERYBODY, Row

CLINIC = "asker colleague"
INSIDE = "asker colleague nurse specialist other_specialist lead coordinator"
OUTSIDE_QUEUE = "asker colleague nurse coordinator"
KNOW = "asker colleague nurse specialist"
QUEUE = "other_specialist lead coordinator"


def _but(names: str, *gone: str) -> str:
    return " ".join(name for name in names.split() if name not in " ".join(gone).split())


def _words(**fixed: Any) -> Any:
    return lambda world: {name: value(world) if callable(value) else value for name, value in fixed.items()}


def _act(
    verb: str, may: str, sees: str, body: Any, form: Any = None, *, at: str = "received", note: str = ""
) -> list[Row]:
    """One act by its page and by its address; `form`: what the page sends, where that is not `body`."""
    by_page = {"args": _words(verb=verb), "at": at, "note": " ".join(filter(None, (verb, note)))}
    return [
        Row("consultations:act", "GET", may, sees, **by_page),
        Row("consultations:act", "POST", may, sees, **by_page, body=form or body),
        Row(f"api:consultation-{verb.replace('_', '-')}", "POST", may, sees, at=at, body=body, note=note),
    ]


_PAIR = _words(pair=lambda w: w.answer_text.pair)
_TEXT = _words(specialty_id=lambda w: str(w.specialty.pk), texts={"en": {"title": "Croup"}})

ROWS = [
    *_act("dispute", CLINIC, _but(OUTSIDE_QUEUE, CLINIC), _words(reason="She cannot travel."), at="declined"),
    *_act(
        "ask_second",
        "specialist",
        _but(INSIDE, "specialist"),
        _words(colleague_id=lambda w: str(w.people["other_specialist"].pk), question="Innocent?"),
        _words(colleague=lambda w: f"{w.service.pk}:{w.people['other_specialist'].pk}", question="Innocent?"),
    ),
    *_act(
        "give_opinion",
        "",
        INSIDE,
        _words(agrees=True, text="Yes."),
        _words(agrees="yes", text="Yes."),
        note="nobody was asked",
    ),
    *_act("decline_opinion", "", INSIDE, _words(reason="no_time"), note="nobody was asked"),
    *_act(
        "convert",
        CLINIC,
        _but(INSIDE, CLINIC),
        _words(reason="worse", question="Admit?"),
        _words(reason="worse", question="Admit?", priority="2"),
    ),
    Row("api:consultation-opinions", "GET", KNOW, QUEUE),
    Row("api:opinions-asked", "GET", EVERYBODY, note="each their own"),
    Row("consultations:manual_beside", "GET", "asker", at="draft"),
    Row("consultations:manual_gaps", "GET", "", EVERYBODY, note="who writes the manual: none of these"),
    Row("consultations:templates", "GET", "lead", _but(EVERYBODY, "lead")),
    Row("consultations:template_new", "GET", "lead", _but(EVERYBODY, "lead")),
    Row("consultations:template_new", "POST", "lead", _but(EVERYBODY, "lead")),
    Row("consultations:template", "GET", "lead", _but(EVERYBODY, "lead"), args=_PAIR),
    Row("consultations:template", "POST", "lead", _but(EVERYBODY, "lead"), args=_PAIR),
    Row("consultations:template_retire", "POST", "lead", _but(EVERYBODY, "lead"), args=_PAIR),
    Row("api:answer-template", "PUT", "lead", _but(EVERYBODY, "lead"), args=_words(pair=lambda w: uuid4()), body=_TEXT),
    Row("api:answer-template", "DELETE", "lead", _but(EVERYBODY, "lead"), args=_PAIR),
]
