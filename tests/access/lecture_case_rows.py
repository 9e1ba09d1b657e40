"""Teaching cases: seen by who may know the child, once approved by who sees the child's case too.

Written by their maker, confirmed by who may know the child. Nobody else reaches anything of one: who teaches at the
hospital sees it once it is approved (tests/courses/live).
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.access.api_rows import INSIDE, SIDES, _without
from tests.access.page_rows import _form
from tests.access.rows import EVERYBODY, Row

_MAKER = "asker"
_CLINICIANS = "asker colleague nurse specialist other_specialist lead district stranger"
#: those who may know the child, without the maker
_SECOND = "colleague nurse specialist"
_OTHERS = _without(EVERYBODY, *_CLINICIANS.split())


def _of(name: str, **more: Any) -> Any:
    return lambda world: {"teaching_case_id": getattr(world, name).pk, **more}


def _picture(name: str, case: str) -> Any:
    return lambda world: {"teaching_case_id": getattr(world, case).pk, "picture_id": getattr(world, name).pk}


def _writes(name: str, method: str, args: Any = None, **more: Any) -> Row:
    sees = _without(SIDES, _MAKER)
    return Row(f"lectures:{name}", method, _MAKER, sees, args=args or _of("teaching_draft"), **more)


def _seconds(name: str, args: Any = None, **more: Any) -> Row:
    return Row(f"lectures:{name}", "POST", _SECOND, _MAKER, args=args or _of("teaching_review"), **more)


ROWS: list[Row] = [
    Row("lectures:cases", "GET", _CLINICIANS, _OTHERS),
    Row("lectures:case_new", "GET", _CLINICIANS, _OTHERS),
    Row("lectures:case_new", "POST", _CLINICIANS, _OTHERS),
    Row("lectures:case", "GET", SIDES, args=_of("teaching_draft"), note="being written"),
    Row("lectures:case", "GET", SIDES, args=_of("teaching_review"), note="in review"),
    Row("lectures:case", "GET", INSIDE, args=_of("teaching_approved"), note="approved"),
    Row("lectures:case_picture", "GET", SIDES, args=_picture("teaching_picture", "teaching_review")),
    _writes("case_titles", "GET"),
    _writes("case_titles", "POST"),
    _writes("case_stage", "GET", _of("teaching_draft", kind="history")),
    _writes("case_stage", "POST", _of("teaching_draft", kind="history")),
    _writes("case_pictures", "GET"),
    _writes("case_pictures", "POST"),
    _writes("case_picture_drop", "POST", _picture("teaching_written_picture", "teaching_draft")),
    _writes("case_act", "POST", _of("teaching_draft", verb="submit"), note="submit"),
    _seconds("case_confirm", body=_form(stage="history")),
    _seconds("case_return", body=_form(reason="The village is named.")),
    Row(
        "lectures:case_act", "POST", "", _MAKER, args=_of("teaching_review", verb="approve"), note="approve",
        else_=dict.fromkeys(_SECOND.split(), "422"),
    ),
    Row(
        "lectures:case_act", "POST", f"{_MAKER} {_SECOND}", _without(INSIDE, _MAKER, *_SECOND.split()),
        args=_of("teaching_approved", verb="withdraw"), note="withdraw",
    ),
    Row("lectures:case_use", "POST", "", INSIDE, args=_of("teaching_approved"), body=_form(lecture_id=str(uuid4()))),
]  # fmt: skip
