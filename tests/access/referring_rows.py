"""The rows of referring a child: from the child to the draft, and whom one has referred."""

from __future__ import annotations

from typing import Any

from tests.access.green_rows import _DOCTORS, _others
from tests.access.rows import Row

#: a draft is its author's alone; its child is known at the centre only
_CLINIC = "asker colleague"


def _draft(**more: Any) -> Any:
    return lambda world: {"case_id": world.refer_draft.pk, **more}


def _child(world: Any) -> dict[str, Any]:
    return {"patient_id": world.refer_draft.patient_id}


ROWS = [
    Row("referrals:new", "GET", _DOCTORS, _others(_DOCTORS)),
    Row("referrals:new", "POST", _DOCTORS, _others(_DOCTORS), body=lambda world: {"q": ""}, note="a search"),
    Row("referrals:begin", "GET", _CLINIC, _others(_DOCTORS), args=_child),
    Row("referrals:begin", "POST", _CLINIC, _others(_DOCTORS), args=_child,
        body=lambda world: {"priority": "3", "symptom": "cough"}),
    Row("referrals:edit", "GET", "asker", args=_draft()),
    Row("referrals:edit", "POST", "asker", args=_draft(),
        body=lambda world: {"later": "1", "priority": "3", "question": "Please see her."}),
    Row("referrals:autosave", "POST", "asker", args=_draft(), body=lambda world: {"question": "Please see her."}),
    Row("referrals:suggestions", "GET", "asker", args=_draft()),
    Row("referrals:mine", "GET", _DOCTORS, _others(_DOCTORS), note="each their own"),
]  # fmt: skip
