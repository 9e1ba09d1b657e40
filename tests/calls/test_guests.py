"""The guardian's link: made once, one device's, taken back; and the pages behind it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from consortium.calls import operations
from consortium.calls.models import GuestLink, Room, Seat
from consortium.calls.operations.guests import link_of
from consortium.calls.queries.people import guardian, link_of_device, seat_of_device
from consortium.calls.states import LINK_LASTS, SeatRole
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import NotPermitted, NotVisible, WrongStep
from consortium.people.models import User
from tests.calls.acts import again, told
from tests.consultations.cases import by

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(room: Room, asker: User) -> GuestLink:
    made: GuestLink = by(asker, operations.invite_guest, room_id=room.pk)
    return made


@pytest.fixture
def secret(link: GuestLink) -> str:
    """Of the device that opened the link."""
    return opened(link)


def opened(link: GuestLink, secret: str = "") -> str:
    with acting_as(guardian()) as actor:
        return operations.bind_device(actor=actor, token=link.token(), secret=secret)[1]


def agreed(link: GuestLink) -> Seat:
    with acting_as(guardian()) as actor:
        return operations.agree_and_knock(actor=actor, link_id=link.pk)


@pytest.fixture
def device(link: GuestLink) -> Client:
    """A browser that has opened the link."""
    client = Client()
    assert client.post(f"/calls/g/{link.token()}/").status_code == 302
    return client


# -- the link


def test_a_call_has_one_link(link: GuestLink, room: Room, specialist: User) -> None:
    assert by(specialist, operations.invite_guest, room_id=room.pk).pk == link.pk


def test_only_its_hash_is_kept(link: GuestLink) -> None:
    assert bytes(again(link).token_hash) == GuestLink.hash_of(link.token())


def test_it_lasts_a_day(link: GuestLink) -> None:
    assert link.expires_at - link.created_at == LINK_LASTS


def test_when_it_has_run_out_there_is_a_new_one(link: GuestLink, room: Room, asker: User) -> None:
    with clock.moved(LINK_LASTS + timedelta(minutes=1)):
        assert by(asker, operations.invite_guest, room_id=room.pk).pk != link.pk


def test_taken_back_it_opens_nothing(link: GuestLink, room: Room, asker: User) -> None:
    by(asker, operations.revoke_guest, room_id=room.pk)
    with pytest.raises(NotVisible):
        opened(link)


def test_taking_back_what_is_not_there_is_nothing(room: Room, asker: User) -> None:
    by(asker, operations.revoke_guest, room_id=room.pk)
    assert link_of(room) is None


def test_who_came_by_it_is_out(link: GuestLink, secret: str, room: Room, asker: User) -> None:
    seat = agreed(link)
    by(asker, operations.revoke_guest, room_id=room.pk)
    assert again(seat).left_at is not None


def test_a_nurse_invites_nobody(room: Room, nurse: User) -> None:
    with pytest.raises(NotPermitted):
        by(nurse, operations.invite_guest, room_id=room.pk)


# -- the device


def test_the_first_device_keeps_it(link: GuestLink, secret: str) -> None:
    assert opened(link, secret) == secret


@pytest.mark.parametrize("other", ["", "another device"])
def test_a_second_device_is_told_what_to_do(link: GuestLink, secret: str, other: str) -> None:
    with pytest.raises(NotPermitted, match="another device already"):
        opened(link, other)


def test_only_a_hash_of_its_secret_is_kept(link: GuestLink, secret: str) -> None:
    assert bytes(again(link).device_hash) == GuestLink.hash_of_device(secret)


def test_a_link_that_is_none_opens_nothing(link: GuestLink) -> None:
    with acting_as(guardian()) as actor, pytest.raises(NotVisible):
        operations.bind_device(actor=actor, token="nothing", secret="")


def test_after_the_call_it_opens_nothing(link: GuestLink, room: Room, asker: User) -> None:
    by(asker, operations.end_room, room_id=room.pk)
    with pytest.raises(NotVisible):
        opened(link)


def test_no_secret_is_nobodys_device(link: GuestLink) -> None:
    assert link_of_device("") is None


def test_a_device_that_has_not_agreed_has_no_seat(link: GuestLink, secret: str) -> None:
    assert seat_of_device(secret) is None


# -- coming in


def test_who_agrees_waits_as_the_guardian(link: GuestLink, secret: str) -> None:
    seat = agreed(link)
    assert (seat.role, seat.waits, seat.user_id) == (SeatRole.GUARDIAN, True, None)


def test_the_consent_is_told_once(link: GuestLink, secret: str, room: Room) -> None:
    agreed(link)
    entry = told(room, "call-consent")
    agreed(link)
    assert (entry.event, told(room, "call-consent").pk) == ("calls.GuestJoined", entry.pk)


def test_nobody_agrees_before_a_device_has_opened_it(link: GuestLink) -> None:
    with pytest.raises(NotVisible):
        agreed(link)


def test_once_let_in_the_device_comes_back_until_the_end(
    link: GuestLink, secret: str, host: Seat, specialist: User
) -> None:
    seat = agreed(link)
    by(specialist, operations.admit, seat_id=seat.pk)
    with acting_as(guardian()) as actor:
        operations.leave(actor=actor, seat_id=seat.pk)
    assert agreed(link).is_inside


def test_before_a_planned_call_begins_there_is_nothing_to_come_into(asker: User, room: Room) -> None:
    case_id = room.case_id
    by(asker, operations.end_room, room_id=room.pk)
    begins = clock.now() + timedelta(days=2)
    planned = by(asker, operations.plan_room, case_id=case_id, starts_at=begins, ends_at=begins + timedelta(hours=1))
    link = by(asker, operations.invite_guest, room_id=planned.pk)
    opened(link)
    with pytest.raises(WrongStep, match="not begun"):
        agreed(link)
    assert link.expires_at == begins + timedelta(hours=2)


# -- pages


def test_looking_at_the_link_binds_nothing(link: GuestLink) -> None:
    reply = Client().get(f"/calls/g/{link.token()}/")
    assert (reply.status_code, again(link).device_hash) == (200, None)


def test_the_cookie_is_no_scripts_business(link: GuestLink) -> None:
    cookie = Client().post(f"/calls/g/{link.token()}/").cookies["guest"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_a_second_devices_page(device: Client, link: GuestLink) -> None:
    reply = Client().post(f"/calls/g/{link.token()}/")
    assert reply.status_code == 403
    assert "another device already" in reply.text


def test_a_wrong_links_page() -> None:
    assert Client().post("/calls/g/nothing/").status_code == 404


def test_the_page_asks_for_consent_first(device: Client) -> None:
    assert "I agree to this video call" in device.get("/calls/visit/").text


def test_without_a_tick_nobody_is_seated(device: Client, link: GuestLink) -> None:
    device.post("/calls/visit/agree/")
    assert not Seat.unscoped.filter(link=link).exists()


def test_agreeing_leads_to_the_waiting_room(device: Client) -> None:
    assert "You are in the waiting room" in device.post("/calls/visit/agree/", {"agree": "yes"}, follow=True).text


def test_the_room_tells_the_guardian_nothing_of_the_record(device: Client, room: Room) -> None:
    page = device.post("/calls/visit/agree/", {"agree": "yes"}, follow=True).text
    assert not [word for word in (str(room.case_id), "Lin", "Pictures", "End for all") if word in page]


def test_who_left_is_asked_back_in(device: Client) -> None:
    device.post("/calls/visit/agree/", {"agree": "yes"})
    page = device.post("/calls/visit/leave/", follow=True).text
    assert "Come back in" in page
    assert "You are in the waiting room" in device.post("/calls/visit/agree/", {"agree": "yes"}, follow=True).text


def test_leaving_without_a_seat_is_nothing(device: Client) -> None:
    assert device.post("/calls/visit/leave/").status_code == 302


def test_after_the_end_the_page_thanks(device: Client, room: Room, asker: User) -> None:
    by(asker, operations.end_room, room_id=room.pk)
    assert "The call is over" in device.get("/calls/visit/").text


def test_taken_back_the_page_says_so(device: Client, room: Room, asker: User) -> None:
    by(asker, operations.revoke_guest, room_id=room.pk)
    reply = device.get("/calls/visit/")
    assert (reply.status_code, "opens nothing" in reply.text) == (404, True)
    assert device.post("/calls/visit/agree/", {"agree": "yes"}).status_code == 404


def test_before_it_begins_the_page_waits(device: Client, room: Room) -> None:
    begins = clock.now() + timedelta(hours=5)
    GuestLink.unscoped.update(room=_planned(room, begins))
    assert "The call has not begun" in device.get("/calls/visit/").text


def _planned(room: Room, begins: datetime) -> Room:
    made: Room = Room.unscoped.create(
        case_id=room.case_id, step="planned", starts_at=begins, ends_at=clock.now() + timedelta(hours=6),
        created_at=clock.now(),
    )  # fmt: skip
    return made


@pytest.mark.parametrize("path", ["ladder/", "still/"])
def test_a_device_without_a_seat_says_nothing(device: Client, path: str) -> None:
    assert device.post(f"/calls/visit/{path}", data=b"{}", content_type="application/json").status_code == 404


@pytest.mark.parametrize("path", ["/", "/patients/", "/manual/", "/calls/preflight/"])
def test_the_cookie_opens_no_other_page(device: Client, path: str) -> None:
    assert "/accounts/login/" in device.get(path).headers.get("Location", "")
