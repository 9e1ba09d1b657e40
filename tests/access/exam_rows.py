"""Exams: everybody with a seat learns; an attempt is its learner's; building is a training admin's, who has no column
here (tests/assessment)."""

from __future__ import annotations

from typing import Any

from tests.access.page_rows import _form
from tests.access.rows import EVERYBODY, Row

_TRAINS = "a training admin's"


def _row(**names: str) -> Any:
    return lambda world: {name: getattr(world, what).pk for name, what in names.items()}


_EXAM = _row(exam_id="exam")
_ATTEMPT = _row(attempt_id="exam_attempt")
_ESSAY = _row(answer_id="essay")


def _answer(world: Any) -> Any:
    return {"attempt_id": world.exam_attempt.pk, "position": 1}


def _sent(world: Any) -> Any:
    return {"seq": "7", "q1-option": "a", "device": str(world.exam_attempt.device)}


def _put(world: Any) -> Any:
    return {"seq": 7, "given": {"option": "a"}, "device": str(world.exam_attempt.device)}


def _mine(route: str, method: str, **more: Any) -> Row:
    return Row(route, method, "asker", **{"args": _ATTEMPT, "note": "its learner's", **more})


def _trains(route: str, method: str, args: Any = _EXAM, **more: Any) -> Row:
    return Row(route, method, "", EVERYBODY, args=args, note=_TRAINS, **more)


def _said(**words: Any) -> Any:
    return lambda world: {"version": world.exam.version, **words}


def _verb(verb: str) -> Any:
    return lambda world: {"exam_id": world.exam.pk, "verb": verb}


PAGES = [
    Row("assessment:exams", "GET", EVERYBODY, note="each their own attempts"),
    Row("assessment:exam", "GET", EVERYBODY, args=_EXAM),
    Row("assessment:exam_begin", "POST", EVERYBODY, args=_EXAM),
    _mine("assessment:attempt", "GET"),
    _mine("assessment:attempt_state", "GET"),
    _mine("assessment:attempt_save", "POST", body=_sent),
    _mine("assessment:attempt_answer", "POST", args=_answer, body=_sent),
    _mine("assessment:go_on_here", "POST"),
    _mine("assessment:hand_in", "GET"),
    _mine("assessment:hand_in", "POST"),
    _mine("assessment:result", "GET"),
    *(_trains(f"assessment:{name}", "GET", args=lambda w: {}) for name in ("training", "exam_new", "marking")),
    _trains("assessment:exam_new", "POST", args=lambda w: {}, body=_form(title_en="An exam")),
    *(_trains(f"assessment:exam_{name}", "GET") for name in ("build", "rules", "exceptions", "results")),
    *(_trains(f"assessment:exam_{name}", "POST") for name in ("rules", "exceptions", "questions", "blueprint",
                                                              "results_file")),
    _trains("assessment:exam_act", "POST", args=_verb("close")),
    _trains("assessment:essay", "GET", args=_ESSAY),
    _trains("assessment:essay", "POST", args=_ESSAY),
]  # fmt: skip
API = [
    Row("api:exams", "GET", EVERYBODY),
    _trains("api:exams", "POST", args=lambda w: {},
            body=lambda w: {"title_en": "An exam", "institution_id": str(w.hospital.pk)}),
    Row("api:exam", "GET", EVERYBODY, args=_EXAM),
    _trains("api:exam", "PATCH", body=_said(title_en="Another")),
    _trains("api:exam-act", "POST", args=_verb("close"), body=_said()),
    _trains("api:exam-copy", "POST"),
    _trains("api:exam-questions", "GET"),
    _trains("api:exam-questions", "PUT", body=_said(questions=[])),
    _trains("api:exam-blueprint", "GET"),
    _trains("api:exam-blueprint", "PUT", body=_said(rows=[])),
    _trains("api:exam-results", "GET"),
    _trains("api:exam-accommodations", "GET"),
    _trains("api:exam-accommodation", "PUT", args=lambda w: {"exam_id": w.exam.pk, "user_id": w.people["asker"].pk},
            body=lambda w: {"extra_minutes": 5, "reason": "Broken wrist"}),
    Row("api:exam-attempts", "POST", EVERYBODY, args=_EXAM),
    Row("api:attempts", "GET", EVERYBODY, note="each their own"),
    _mine("api:attempt", "GET"),
    _mine("api:attempt-take-over", "POST"),
    _mine("api:attempt-answer", "PUT", args=_answer, body=_put),
    _mine("api:attempt-hand-in", "POST"),
    _mine("api:attempt-result", "GET"),
    _trains("api:essays", "GET", args=lambda w: {}),
    _trains("api:essay", "GET", args=_ESSAY),
    _trains("api:essay", "POST", args=_ESSAY, body=lambda w: {"criteria": {"safe": "1", "told": "1"}}),
]  # fmt: skip
ROWS: list[Row] = [*PAGES, *API]
