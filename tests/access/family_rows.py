"""The rows of the family's page, the radar and the child's way."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.access.rows import ANYBODY, Row
from tests.access.world import ROLES

#: clinicians of both sides, and the referral's office
SIDES = "asker colleague nurse specialist other_specialist lead coordinator"
#: who may know the child of a question that a specialist holds
KNOW = "asker colleague nurse specialist"


def _words(**fixed: Any) -> Any:
    return lambda world: {name: value(world) if callable(value) else value for name, value in fixed.items()}


_CASE = _words(case_id=lambda w: w.family_referral.pk)
_TOKEN = _words(token=lambda w: w.family_link.token())
_BORN = _words(birth_date=lambda w: w.family_child.birth_date.isoformat())
_KEY = _words(request_key=uuid4())
_CLOSED = dict.fromkeys(["anonymous", *ROLES], "404")

ROWS = [
    Row("referrals:family_link", "GET", SIDES, args=_CASE),
    Row("referrals:family_link", "POST", SIDES, args=_CASE, body=_KEY),
    Row("referrals:family_revoke", "POST", SIDES, args=_CASE),
    Row("referrals:family_open", "GET", ANYBODY, args=_TOKEN, note="whoever holds the link"),
    Row("referrals:family_open", "POST", ANYBODY, args=_TOKEN, body=_BORN, note="with the child's birth date"),
    Row("referrals:family", "GET", else_=_CLOSED, note="only a device that has opened the link"),
    Row("referrals:family_answer", "POST", else_=_CLOSED, note="only a device that has opened the link"),
    Row("referrals:radar", "GET", "coordinator", " ".join(role for role in ROLES if role != "coordinator")),
    Row("casework:journey", "GET", KNOW, args=_words(pathway_id=lambda w: w.pathway.pk)),
]
