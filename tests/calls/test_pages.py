"""Pages of a call for members of staff, what they tell of the ladder, and stills."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from consortium.calls import operations
from consortium.calls.models import Attempt, Preflight, Room, Seat
from consortium.calls.operations.stills import MOST_BYTES, show_still, still_of
from consortium.calls.policies import seat_role
from consortium.calls.tasks import end_abandoned
from consortium.casework.models import Case
from consortium.kernel import clock
from consortium.kernel.actors import ANONYMOUS, acting_as
from consortium.kernel.errors import InvalidInput, NotVisible, TooLarge
from consortium.people.models import User
from tests.cast import actor_for, client_for
from tests.consultations.cases import by

pytestmark = pytest.mark.django_db


def jpeg(side: int = 40, kind: str = "JPEG") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (side, side), "teal").save(made, kind)
    return made.getvalue()


def say(client: Client, url: str, **body: Any) -> int:
    return client.post(url, json.dumps(body), content_type="application/json").status_code


# -- before, in and after


def test_the_lobby_offers_to_join(room: Room, asker: User) -> None:
    assert "Join the call" in client_for(asker).get(f"/calls/{room.pk}/").text


def test_joining_leads_to_the_waiting_room(room: Room, asker: User) -> None:
    assert "You are in the waiting room" in client_for(asker).post(f"/calls/{room.pk}/join/", follow=True).text


def test_leaving_leads_back_to_the_lobby(room: Room, seat: Seat, asker: User) -> None:
    assert "Join the call" in client_for(asker).post(f"/calls/{room.pk}/leave/", follow=True).text


def test_after_the_end_it_says_what_came_of_it(room: Room, host: Seat, specialist: User) -> None:
    page = client_for(specialist).post(f"/calls/{room.pk}/end/", follow=True).text
    assert "Not held" in page
    assert "Nobody else came" in page


def test_a_planned_call_cannot_be_joined_yet(room: Room, asker: User, case: Case) -> None:
    begins = clock.now() + timedelta(days=1)
    planned = by(asker, operations.plan_room, case_id=case.pk, starts_at=begins, ends_at=begins + timedelta(hours=1))
    page = client_for(asker).get(f"/calls/{planned.pk}/").text
    assert "ten minutes before" in page
    assert "Join the call" not in page


def test_calling_now_leads_into_the_room(case: Case, asker: User) -> None:
    reply = client_for(asker).post(f"/calls/cases/{case.pk}/now/")
    assert reply.headers["Location"] == f"/calls/{Room.unscoped.get().pk}/"


def test_the_camera_is_for_pages_of_calls_alone(room: Room, asker: User) -> None:
    client = client_for(asker)
    allowed = [client.get(path).headers["Permissions-Policy"] for path in (f"/calls/{room.pk}/", "/patients/")]
    assert ["camera=(self)" in allowed[0], "camera=()" in allowed[1]] == [True, True]


def test_the_link_stands_there_as_text_and_code(room: Room, asker: User) -> None:
    client = client_for(asker)
    client.post(f"/calls/{room.pk}/guardian/", {"request_key": "00000000-0000-0000-0000-000000000001"})
    page = client.get(f"/calls/{room.pk}/guardian/").text
    assert "/calls/g/" in page
    assert "<svg" in page


def test_taken_back_there_is_none(room: Room, asker: User) -> None:
    client = client_for(asker)
    by(asker, operations.invite_guest, room_id=room.pk)
    assert "Make the link" in client.post(f"/calls/{room.pk}/guardian/revoke/", follow=True).text


def test_nobody_has_no_seat(case: Case) -> None:
    with acting_as(ANONYMOUS):
        assert seat_role(ANONYMOUS, case) == ""


# -- the ladder


def test_a_page_tells_of_its_tries(room: Room, seat: Seat, asker: User) -> None:
    client, url = client_for(asker), f"/calls/{room.pk}/ladder/"
    said = [
        say(client, url, did="begin", rung="video"),
        say(client, url, did="hold"),
        say(client, url, did="end", cause="network_lost", details={"loss": 0.5}),
    ]
    kept = Attempt.unscoped.get()
    assert (said, kept.cause, kept.details) == ([204, 204, 204], "network_lost", {"loss": 0.5})


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"did": "fly"}', b'{"did": "end", "cause": "x", "details": 1}'])
def test_what_makes_no_sense_is_refused(room: Room, seat: Seat, asker: User, body: bytes) -> None:
    reply = client_for(asker).post(f"/calls/{room.pk}/ladder/", body, content_type="application/json")
    assert reply.status_code == 422


# -- stills


def test_a_still_reaches_the_others_of_the_room(
    room: Room, seat: Seat, host: Seat, asker: User, specialist: User, valkey: object
) -> None:
    sent = client_for(asker).post(f"/calls/{room.pk}/still/", jpeg(), content_type="image/jpeg")
    shown = client_for(specialist).get(f"/calls/{room.pk}/stills/{seat.pk}/")
    assert (sent.status_code, shown.headers["Content-Type"], shown.content) == (204, "image/jpeg", jpeg())


def test_and_nobody_else(room: Room, seat: Seat, asker: User, colleague: User, valkey: object) -> None:
    client_for(asker).post(f"/calls/{room.pk}/still/", jpeg(), content_type="image/jpeg")
    by(colleague, operations.join, room_id=room.pk)
    assert client_for(colleague).get(f"/calls/{room.pk}/stills/{seat.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"GIF89a", InvalidInput),
        (jpeg(kind="PNG"), InvalidInput),
        (b"", InvalidInput),
        (jpeg(700), TooLarge),
        (b"x" * (MOST_BYTES + 1), TooLarge),
    ],
)
def test_only_small_jpegs_are_shown(seat: Seat, asker: User, data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        show_still(actor=actor_for(asker), seat=seat, data=data)


def test_who_waits_shows_nothing(room: Room, asker: User) -> None:
    waits = by(asker, operations.join, room_id=room.pk)
    with pytest.raises(NotVisible):
        show_still(actor=actor_for(asker), seat=waits, data=jpeg())


def test_while_redis_is_away_there_are_none(seat: Seat, host: Seat, asker: User, redis_away: None) -> None:
    show_still(actor=actor_for(asker), seat=seat, data=jpeg())
    with pytest.raises(NotVisible):
        still_of(host, seat.pk)


# -- preflight


def test_what_was_found_is_kept(asker: User) -> None:
    body = {"way": "relay", "rung": "audio", "camera": "no_camera", "microphone": "", "speaker": True, "key": "x"}
    assert say(client_for(asker), "/calls/preflight/", **body) == 204
    kept = Preflight.unscoped.get()
    assert (kept.way, kept.rung, kept.camera, kept.speaker) == ("relay", "audio", "no_camera", True)


@pytest.mark.parametrize("wrong", [{"way": "x"}, {"rung": "x"}, {"camera": "x"}])
def test_what_is_none_is_not(asker: User, wrong: dict[str, str]) -> None:
    assert say(client_for(asker), "/calls/preflight/", **({"way": "relay", "rung": "audio"} | wrong)) == 422


def test_it_leads_back_to_the_call(asker: User, room: Room) -> None:
    client = client_for(asker)
    assert f"/calls/{room.pk}/" in client.get(f"/calls/preflight/?room={room.pk}").text
    assert "Back to the call" not in client.get("/calls/preflight/?room=x").text


def test_bytes_to_measure_with_are_bounded(asker: User) -> None:
    client = client_for(asker)
    sent = [client.post("/calls/preflight/echo/", b"x" * size, content_type="a/b").status_code for size in (9, 200_001)]
    assert sent == [204, 422]


# -- the clock


def test_the_task_ends_nothing_that_goes_on(room: Room) -> None:
    assert end_abandoned() == 0
