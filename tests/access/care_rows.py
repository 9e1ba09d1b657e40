"""The rows of the outcome, the plan to send back with, and the two papers of a referral."""

from __future__ import annotations

from typing import Any

from tests.access.rows import Row

#: the doctors of the house sign; both sides see that there is something
_HOUSE = "specialist other_specialist lead"
_CLINIC = "asker colleague nurse"
_OFFICE = "coordinator"
_WRITES = f"{_CLINIC} {_OFFICE}"


def _case(name: str) -> Any:
    return lambda world: {"case_id": world.rows[name].pk}


_INSIDE: dict[str, Any] = {"args": _case("inside")}

ROWS = [
    Row("referrals:outcome", "GET", _HOUSE, _WRITES, **_INSIDE),
    Row("referrals:outcome", "POST", _HOUSE, _WRITES, **_INSIDE),
    Row("referrals:outcome", "GET", "specialist lead", f"other_specialist {_WRITES}", args=_case("told"),
        note="who signed corrects, or the lead"),
    Row("referrals:save_outcome", "POST", _HOUSE, _WRITES, **_INSIDE),
    Row("referrals:back", "GET", _HOUSE, _WRITES, **_INSIDE),
    Row("referrals:back", "POST", _HOUSE, _WRITES, **_INSIDE),
    Row("referrals:save_plan", "POST", _HOUSE, _WRITES, **_INSIDE),
    *[
        Row(f"referrals:{name}", "GET", f"{_HOUSE} {_CLINIC}", args=_case("told"), note="who may know the child")
        for name in ("form", "form_pdf", "letter", "letter_pdf")
    ],
]  # fmt: skip
