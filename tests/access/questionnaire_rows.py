"""Questionnaires: everybody answers, managers and auditors read what came of it, a training admin writes."""

from __future__ import annotations

from typing import Any

from tests.access.page_rows import _form
from tests.access.rows import EVERYBODY, Row

_BUILDS = "a training admin's"
_READERS = "manager auditor"
_OTHERS = " ".join(name for name in EVERYBODY.split() if name not in _READERS.split())


def _open(**more: Any) -> Any:
    return lambda world: {"questionnaire_id": world.questionnaire.pk, **more}


def _draft(**more: Any) -> Any:
    return lambda world: {"questionnaire_id": world.questionnaire_draft.pk, **more}


def _trains(name: str, method: str, args: Any = None, **more: Any) -> Row:
    return Row(f"assessment:{name}", method, "", EVERYBODY, args=args or _open(), note=_BUILDS, **more)


def _hidden(name: str, method: str, args: Any = None, **more: Any) -> Row:
    """A draft is there for who writes it, and for nobody else."""
    return Row(f"assessment:{name}", method, "", args=args or _draft(), note=_BUILDS, **more)


def _nothing(world: Any) -> Any:
    return {}


ROWS: list[Row] = [
    Row("assessment:questionnaire", "GET", EVERYBODY, args=_open()),
    Row("assessment:questionnaire", "POST", EVERYBODY, args=_open()),
    Row("assessment:questionnaires", "GET", _READERS, _OTHERS),
    Row("assessment:questionnaire_results", "GET", _READERS, _OTHERS, args=_open()),
    Row("assessment:questionnaire_file", "POST", _READERS, _OTHERS, args=_open()),
    _trains("questionnaire_new", "GET", _nothing),
    _trains("questionnaire_new", "POST", _nothing, body=_form(title_en="A questionnaire")),
    _trains("questionnaire_act", "POST", _open(verb="close")),
    _hidden("questionnaire_build", "GET"),
    _hidden("questionnaire_titles", "GET"),
    _hidden("questionnaire_titles", "POST"),
    _hidden("questionnaire_order", "POST", body=lambda w: {"up": "2"}),
    _hidden("survey_question", "GET", _draft(position=1)),
    _hidden("survey_question", "POST", _draft(position=1)),
    _hidden("survey_question_new", "GET", _draft(kind="likert")),
    _hidden("survey_question_new", "POST", _draft(kind="likert")),
]
