"""A lecture's stream: whoever may be in its room is told where it is; to send it is asked at its socket
(tests/courses/live/test_broadcasting.py), or of its encoder's key (test_encoders.py); what lies at its addresses is for
one session alone (test_endpoint.py)."""

from __future__ import annotations

from typing import Any

from tests.access.room_rows import _OTHERS, _REGION, _live
from tests.access.rows import Row


def _act(verb: str, note: str) -> Row:
    """The lecturer alone: who moderates sees the studio, and gives no lecture."""

    def args(world: Any) -> dict[str, Any]:
        return {**_live(world), "verb": verb}

    return Row("lectures:encoder_act", "POST", "specialist", f"other_specialist {_OTHERS}", args=args, note=note)


ROWS = [
    Row("lectures:stage", "GET", _REGION, args=_live, note="addresses for one's session"),
    Row("lectures:encoder", "GET", "specialist", f"other_specialist {_OTHERS}", args=_live, note="shows the key"),
    _act("renew", "a new key"),
    _act("give", "let the encoder take over"),
    _act("withdraw", "take the key back"),
]
