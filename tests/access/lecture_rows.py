"""Lectures: whoever they are for comes; who plans or gives one changes it (a planner has no column here)."""

from __future__ import annotations

from typing import Any

from tests.access.api_rows import _without
from tests.access.page_rows import _form
from tests.access.rows import EVERYBODY, Row

_REGION = _without(EVERYBODY, "stranger")
_CREW = "specialist"
_OTHERS = _without(_REGION, _CREW)
_READERS = "manager auditor"
_PLANS = "a planner's"


def _coming(**more: Any) -> Any:
    return lambda world: {"lecture_id": world.coming_lecture.pk, **more}


def _room(**more: Any) -> Any:
    return lambda world: {"seat_id": world.lecture_room.pk, **more}


def _crew(method: str, name: str, args: Any = None, **more: Any) -> Row:
    return Row(name, method, _CREW, _OTHERS, args=args or _coming(), **more)


def _dropped(world: Any) -> dict[str, Any]:
    return {"lecture_id": world.coming_lecture.pk, "user_id": world.people["specialist"].pk}


ROWS: list[Row] = [
    Row("lectures:lectures", "GET", EVERYBODY),
    Row("lectures:new", "GET", "", EVERYBODY, note=_PLANS),
    Row("lectures:new", "POST", "", EVERYBODY, note=_PLANS),
    Row("lectures:series_new", "GET", "", EVERYBODY, note=_PLANS),
    Row("lectures:series_new", "POST", "", EVERYBODY, note=_PLANS),
    Row("lectures:series", "GET", _REGION, args=lambda world: {"series_id": world.lecture_series.pk}),
    Row("lectures:lecture", "GET", _REGION, args=_coming()),
    Row("lectures:ics", "GET", _REGION, args=_coming()),
    Row("lectures:register", "POST", _REGION, args=_coming()),
    Row("lectures:classroom_new", "GET", _REGION, args=_coming()),
    Row("lectures:classroom_new", "POST", _REGION, args=_coming(), body=_form(place="Room 3")),
    Row("lectures:classroom", "GET", "asker", f"{_CREW} {_READERS}", args=_room()),
    Row("lectures:give_up", "POST", "asker", f"{_CREW} {_READERS}", args=_room()),
    Row("lectures:check_in", "GET", EVERYBODY, args=_room(code="aaaaaaaa"), note="says nothing"),
    Row(
        "lectures:check_in", "POST", "", args=_room(code="aaaaaaaa"), note="an old code",
        else_=dict.fromkeys(_REGION.split(), "422"),
    ),
    _crew("GET", "lectures:edit"),
    _crew("POST", "lectures:edit", body=_form()),
    _crew("GET", "lectures:crew"),
    _crew("POST", "lectures:crew", body=_form(username="asker", part="typist")),
    _crew("POST", "lectures:crew_drop", _dropped),
    _crew("GET", "lectures:act", _coming(verb="cancel"), note="cancel"),
    _crew("POST", "lectures:act", _coming(verb="open"), note="open"),
    Row("api:lectures", "GET", EVERYBODY),
    Row(
        "api:lectures", "POST", "", EVERYBODY, note=_PLANS,
        body=lambda world: {
            "institution_id": str(world.hospital.pk), "title_en": "A", "starts_at": "2030-01-01T08:00:00Z",
        },
    ),
    Row("api:lecture", "GET", _REGION, args=_coming()),
    _crew("PATCH", "api:lecture", body=lambda world: {"title_en": "B", "version": world.coming_lecture.version}),
    _crew("POST", "api:lecture-act", _coming(verb="open")),
    Row("api:lecture-seats", "POST", _REGION, args=_coming()),
    Row("api:lecture-seat", "DELETE", "asker", f"{_CREW} {_READERS}", args=_room()),
]  # fmt: skip
