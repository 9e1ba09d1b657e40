"""The rows of video calls: the two sides sit in them, a guardian's pages know their device and no account."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.access.rows import ANYBODY, EVERYBODY, Row
from tests.access.world import ROLES

PARTIES = "asker colleague specialist"
LOOKERS = "nurse other_specialist lead coordinator"
SEATED = "asker specialist"


def _words(**fixed: Any) -> Any:
    return lambda world: {name: value(world) if callable(value) else value for name, value in fixed.items()}


_ROOM = _words(room_id=lambda w: w.call.pk)
_SEAT = _words(room_id=lambda w: w.call.pk, seat_id=lambda w: w.call_seat.pk)
_PICTURE = _words(room_id=lambda w: w.call.pk, attachment_id=lambda w: w.attachment["received"].pk)
_LINK = _words(token=lambda w: w.call_link.token())
_KEY = _words(request_key=uuid4())
_NOBODY = {"anonymous": "404"}


def _room(route: str, method: str, may: str = PARTIES, sees: str = LOOKERS, **more: Any) -> Row:
    return Row(route, method, may, sees, args=more.pop("args", _ROOM), **more)


ROWS = [
    Row("calls:preflight", "GET", EVERYBODY),
    Row("calls:preflight", "POST", else_=dict.fromkeys(ROLES, "422"), note="a form is not what its script sends"),
    Row("calls:echo", "POST", EVERYBODY, note="bytes that are counted and thrown away"),
    Row("calls:now", "POST", PARTIES, LOOKERS, at="called"),
    _room("calls:room", "GET"),
    _room("calls:join", "POST"),
    _room("calls:leave", "POST", SEATED, ""),
    _room("calls:end", "POST"),
    _room("calls:guardian", "GET"),
    _room("calls:guardian", "POST", body=_KEY),
    _room("calls:guardian_revoke", "POST"),
    _room("calls:pictures", "GET", SEATED, ""),
    _room("calls:picture", "GET", "", "", args=_PICTURE, note="a picture of another case"),
    _room("calls:ladder", "POST", "", "", else_=dict.fromkeys(SEATED.split(), "422"), note="of one's own seat"),
    _room("calls:still", "POST", "", "", else_=dict.fromkeys(SEATED.split(), "422"), note="of one's own seat"),
    _room("calls:still_of", "GET", "", "", args=_SEAT, note="nobody has sent a picture"),
    _room("calls:admit", "POST", "specialist", f"asker colleague {LOOKERS}", args=_SEAT),
    _room("calls:send_out", "POST", "specialist", f"asker colleague {LOOKERS}", args=_SEAT),
    Row("calls:guest_link", "GET", ANYBODY, args=_LINK, note="whoever holds the link"),
    Row("calls:guest_link", "POST", ANYBODY, args=_LINK, note="whoever holds the link, on the first device"),
    Row("calls:visit", "GET", else_=_NOBODY, note="only a device that opened a link"),
    Row("calls:visit_agree", "POST", else_=_NOBODY, note="only a device that opened a link"),
    Row("calls:visit_leave", "POST", ANYBODY, note="back to the page of a device"),
    Row("calls:visit_ladder", "POST", else_=_NOBODY, note="only a device that opened a link"),
    Row("calls:visit_still", "POST", else_=_NOBODY, note="only a device that opened a link"),
    Row("calls:visit_still_of", "GET", args=_words(seat_id=lambda w: w.call_seat.pk), else_=_NOBODY),
    Row("api:rooms", "GET", f"{PARTIES} {LOOKERS}", at="called"),
    Row("api:rooms", "POST", PARTIES, LOOKERS, at="called"),
    _room("api:room", "GET"),
    *(_room(f"api:room-{verb}", "POST") for verb in ("open", "end", "join", "invite", "uninvite")),
    _room("api:room-leave", "POST", SEATED, ""),
]
