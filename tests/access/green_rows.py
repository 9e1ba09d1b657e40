"""The rows of the alarm, the checklist and the child that comes unannounced."""

from __future__ import annotations

from typing import Any

from tests.access.rows import Row
from tests.access.world import ROLES

#: clinicians of both sides, and the referral's office
SIDES = "asker colleague nurse specialist other_specialist lead coordinator"
_DOCTORS = "asker colleague specialist other_specialist lead district stranger"
_HOUSE = "specialist other_specialist lead"
_AT_DOOR = f"{_HOUSE} stranger"


def _others(may: str) -> str:
    """Everybody else, who sees that the page is there."""
    return " ".join(role for role in ROLES if role not in may.split())


def _words(**fixed: Any) -> Any:
    return lambda world: {name: value(world) if callable(value) else value for name, value in fixed.items()}


_CASE = _words(case_id=lambda w: w.alarm.pk)
_CHILD = _words(patient_id=lambda w: w.alarm_child.pk)
_SEARCH = _words(q="")
_TICK = _words(item="airway", state="done")
_CARRIED = _words(service_id=lambda w: w.service.pk, problem="Carried in.", priority="1")

ROWS = [
    Row("referrals:alarm_choose", "GET", _DOCTORS, _others(_DOCTORS)),
    Row("referrals:alarm_choose", "POST", _DOCTORS, _others(_DOCTORS), body=_SEARCH, note="a search"),
    Row("referrals:alarm", "GET", f"asker colleague {_HOUSE}", _others(_DOCTORS), args=_CHILD),
    Row("referrals:alarm", "POST", f"asker colleague {_HOUSE}", _others(_DOCTORS), args=_CHILD,
        body=_words(problem="shock")),
    Row("referrals:alarm_call", "GET", "coordinator", _others("coordinator")),
    Row("referrals:alarm_call", "POST", "coordinator", _others("coordinator")),
    Row("referrals:alarm_sent", "GET", SIDES, args=_CASE),
    Row("referrals:check", "POST", SIDES, args=_CASE, body=_TICK),
    Row("referrals:unannounced_choose", "GET", _AT_DOOR, _others(_AT_DOOR)),
    Row("referrals:unannounced_choose", "POST", _AT_DOOR, _others(_AT_DOOR), body=_SEARCH, note="a search"),
    Row("referrals:unannounced", "GET", _HOUSE, _others(_AT_DOOR), args=_CHILD),
    Row("referrals:unannounced", "POST", _HOUSE, _others(_AT_DOOR), args=_CHILD, body=_CARRIED),
]  # fmt: skip
