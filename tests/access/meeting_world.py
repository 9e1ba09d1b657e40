"""What the rows of video calls speak of: one that is proposed, one under way, a recording asked for and one kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from consortium.calls import operations as calls
from consortium.kernel import clock
from consultations import operations as consult
from consultations.models import Meeting
from consultations.operations import recording as films


def meeting_rows(world: Any, case_at: Any) -> dict[str, Any]:
    world.case["offered"], world.case["called"] = case_at(world, "received"), case_at(world, "received")
    offer = consult.Offer((clock.now() + timedelta(hours=30),))
    world.does("specialist", consult.propose_video, case_id=world.case["offered"].pk, offer=offer)
    world.does("specialist", consult.call_now, case_id=world.case["called"].pk)
    meeting = Meeting.unscoped.get(case=world.case["called"])
    world.does("specialist", calls.join, room_id=meeting.room_id)
    seat = world.does("asker", calls.join, room_id=meeting.room_id)
    world.does("specialist", calls.admit, seat_id=seat.pk)
    link = world.does("asker", calls.invite_guest, room_id=meeting.room_id)
    kept = _film(world, seat.pk)
    asked = world.does("specialist", consult.ask_recording, case_id=world.case["called"].pk)
    return {
        "meeting": meeting, "call": meeting.room, "call_seat": seat, "call_link": link, "kept_film": kept,
        "film": asked, "picked": offer.times[0],
    }  # fmt: skip


def _film(world: Any, seat_id: Any) -> Any:
    film = world.does("specialist", consult.ask_recording, case_id=world.case["called"].pk)
    yes = {"recording_id": film.pk, "seat_id": seat_id, "agrees": True, "guardian_agrees": True}
    world.does("asker", consult.answer_recording, **yes)
    world.does("specialist", consult.start_recording, recording_id=film.pk, media_type="video/webm")
    film.refresh_from_db()
    films.staging().path(str(film.pk)).write_bytes(b"webm")
    world.does("specialist", films.land_bytes, recording=film)
    return world.does("specialist", consult.stop_recording, recording_id=film.pk)
