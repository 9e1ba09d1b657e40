"""A lecture's stream: whoever may be in its room is told where it is; to send it is asked at its socket
(tests/courses/live/test_broadcasting.py); what lies at its addresses is for one session alone (test_endpoint.py)."""

from __future__ import annotations

from tests.access.room_rows import _REGION, _live
from tests.access.rows import Row

ROWS = [Row("lectures:stage", "GET", _REGION, args=_live, note="addresses for one's session")]
