"""Guests on a lecture's stage: who invites, who comes, how it ends, and who sees it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.test import Client

from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.errors import DomainError
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.live.models import Attendance, GuestAppearance, Lecture, RoomEvent
from courses.live.operations import guests
from courses.live.operations.broadcasting import take_stage
from courses.live.operations.lectures import end_lecture
from courses.live.queries.board import board, hands, whole
from courses.live.queries.guests import Place, appearances, place_of, ways_for
from courses.live.room.saying import CAUSES, RUNGS
from courses.live.states.guests import MOST_TRIES, Cause, Ending, Rung, Side
from courses.live.states.room import RoomEventKind
from courses.live.tasks.lectures import end_absent
from tests.cast import client_for
from tests.courses.library.making import as_
from tests.courses.live.planned import given_by, lecture_at
from tests.courses.live.room.rooms import anew, as_system, do
from tests.factories.people import make_staff

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("valkey")]


def invited(by: User, user: User, lecture: Lecture) -> GuestAppearance:
    board().raise_hand(lecture.pk, user.pk, str(user))
    made: GuestAppearance = do(by, guests.invite_guest, lecture_id=lecture.pk, user_id=user.pk)
    return made


def on_stage(by: User, user: User, lecture: Lecture) -> GuestAppearance:
    row = invited(by, user, lecture)
    made: GuestAppearance = do(user, guests.enter_stage, lecture_id=lecture.pk, guest_id=row.pk, agrees=True)
    return made


def refused(user: User, operation: Any, **asked: Any) -> str:
    with pytest.raises(DomainError) as fault:
        do(user, operation, **asked)
    return fault.value.code


def test_a_raised_hand_is_invited_once_and_goes_down(moderator: User, viewer: User, lecture: Lecture) -> None:
    row = invited(moderator, viewer, lecture)
    assert hands(lecture.pk) == []
    assert do(moderator, guests.invite_guest, lecture_id=lecture.pk, user_id=viewer.pk) == row
    assert (row.invited_by_id, row.entered_at, row.is_on) == (moderator.pk, None, False)


def test_nobody_is_invited_whose_hand_is_down(moderator: User, viewer: User, lecture: Lecture) -> None:
    assert refused(moderator, guests.invite_guest, lecture_id=lecture.pk, user_id=viewer.pk) == "hand-down"


def test_one_guest_at_a_time(moderator: User, viewer: User, other_viewer: User, lecture: Lecture) -> None:
    invited(moderator, viewer, lecture)
    board().raise_hand(lecture.pk, other_viewer.pk, "other")
    asked = {"lecture_id": lecture.pk, "user_id": other_viewer.pk}
    assert refused(moderator, guests.invite_guest, **asked) == "guest-taken"
    rows = GuestAppearance.unscoped
    with pytest.raises(IntegrityError, match="lectures_guest_one_at_a_time"), transaction.atomic():
        rows.create(lecture=lecture, user=other_viewer, invited_by=moderator, invited_at=clock.now())


def test_viewers_and_typists_invite_nobody(viewer: User, typist: User, other_viewer: User, lecture: Lecture) -> None:
    board().raise_hand(lecture.pk, other_viewer.pk, "other")
    for user in (viewer, typist):
        asked = {"lecture_id": lecture.pk, "user_id": other_viewer.pk}
        assert refused(user, guests.invite_guest, **asked) == "not-permitted"


def test_nobody_is_invited_before_it_begins(lecturer: User, viewer: User, hospital: Institution) -> None:
    coming = given_by(lecture_at(hospital, hours=0), lecturer)
    asked = {"lecture_id": coming.pk, "user_id": viewer.pk}
    assert refused(lecturer, guests.invite_guest, **asked) == "not-permitted"


def test_who_comes_has_agreed(moderator: User, viewer: User, lecture: Lecture) -> None:
    row = invited(moderator, viewer, lecture)
    asked = {"lecture_id": lecture.pk, "guest_id": row.pk}
    assert refused(viewer, guests.enter_stage, **asked, agrees=False) == "invalid-input"
    assert anew(row).entered_at is None
    assert do(viewer, guests.enter_stage, **asked, agrees=True).is_on
    came = anew(row).entered_at
    do(viewer, guests.enter_stage, **asked, agrees=True)
    assert anew(row).entered_at == came


def test_nobody_comes_in_another_s_place(
    moderator: User, lecturer: User, viewer: User, other_viewer: User, lecture: Lecture
) -> None:
    row = invited(moderator, viewer, lecture)
    asked = {"lecture_id": lecture.pk, "guest_id": row.pk}
    assert refused(lecturer, guests.enter_stage, **asked, agrees=True) == "not-permitted"
    assert refused(other_viewer, guests.enter_stage, **asked, agrees=True) == "not-found"
    assert refused(other_viewer, guests.leave_stage_as_guest, **asked) == "not-found"
    assert refused(other_viewer, guests.remove_guest, **asked) == "not-found"
    assert refused(viewer, guests.remove_guest, **asked) == "not-permitted"
    assert refused(moderator, guests.note_try, **asked, rung="p2p", cause="") == "not-permitted"


def test_an_appearance_belongs_to_its_lecture(moderator: User, viewer: User, lecture: Lecture) -> None:
    row, other = invited(moderator, viewer, lecture), lecture_at(lecture.institution, hours=0, step="live")
    asked = {"lecture_id": other.pk, "guest_id": row.pk}
    assert refused(viewer, guests.leave_stage_as_guest, **asked) == "not-found"


@pytest.mark.parametrize(
    ("comes", "by_guest", "ending"),
    [
        (False, True, Ending.DECLINED), (False, False, Ending.WITHDRAWN), (True, True, Ending.LEFT),
        (True, False, Ending.REMOVED),
    ],
)  # fmt: skip
def test_how_it_ends(moderator: User, viewer: User, lecture: Lecture, comes: bool, by_guest: bool, ending: str) -> None:
    row = (on_stage if comes else invited)(moderator, viewer, lecture)
    asked = {"lecture_id": lecture.pk, "guest_id": row.pk}
    who, ends = (viewer, guests.leave_stage_as_guest) if by_guest else (moderator, guests.remove_guest)
    for _twice in range(2):
        do(who, ends, **asked)
    assert anew(row).ending == ending
    assert refused(viewer, guests.enter_stage, **asked, agrees=True) == "invitation-over"
    states = [event.data["state"] for event in RoomEvent.unscoped.filter(kind=RoomEventKind.GUEST).order_by("seq")]
    assert states == (["on", "over"] if comes else [])
    ends_noted = Entry.unscoped.filter(verb="guest-end")
    assert [entry.facts["ending"] for entry in ends_noted] == [ending]


def test_the_end_of_the_lecture_ends_it(lecturer: User, viewer: User, lecture: Lecture) -> None:
    row = on_stage(lecturer, viewer, lecture)
    assert refused(lecturer, guests.end_guests, lecture_id=lecture.pk) == "not-permitted"
    do(lecturer, end_lecture, lecture_id=lecture.pk)
    for _twice in range(2):
        as_system(guests.end_guests, lecture_id=lecture.pk)
    assert anew(row).ending == Ending.OVER


def seen(user: User, lecture: Lecture, *, seconds_ago: float) -> None:
    at = clock.now() - timedelta(seconds=seconds_ago)
    Attendance.unscoped.create(lecture=lecture, user=user, began_at=at - timedelta(minutes=10), ended_at=at)


@pytest.mark.parametrize("comes", [True, False])
def test_who_closed_the_page_for_good_leaves_by_itself(
    moderator: User, viewer: User, other_viewer: User, lecture: Lecture, comes: bool
) -> None:
    row = (on_stage if comes else invited)(moderator, viewer, lecture)
    early = clock.now() - timedelta(minutes=5)
    GuestAppearance.unscoped.filter(pk=row.pk).update(invited_at=early, entered_at=early if comes else None)
    seen(viewer, lecture, seconds_ago=50)
    assert end_absent() == 0
    Attendance.unscoped.all().delete()
    seen(viewer, lecture, seconds_ago=70)
    seen(other_viewer, lecture, seconds_ago=1)
    assert [end_absent(), end_absent()] == [1, 0]
    assert anew(row).ending == Ending.GONE
    assert not anew(row).is_on
    invited(moderator, other_viewer, lecture)


def test_who_was_only_just_invited_is_waited_for(moderator: User, viewer: User, lecture: Lecture) -> None:
    row = invited(moderator, viewer, lecture)
    assert end_absent() == 0
    assert anew(row).left_at is None


def test_who_comes_back_while_the_stage_is_cleared_stays(
    moderator: User, viewer: User, lecture: Lecture, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = on_stage(moderator, viewer, lecture)
    early = clock.now() - timedelta(minutes=5)
    GuestAppearance.unscoped.filter(pk=row.pk).update(invited_at=early, entered_at=early)
    lock = guests._seen

    def comes_back(lecture_id: UUID, guest_id: UUID) -> GuestAppearance:
        seen(viewer, lecture, seconds_ago=0)
        return lock(lecture_id, guest_id)

    monkeypatch.setattr(guests, "_seen", comes_back)
    assert end_absent() == 0
    assert anew(row).is_on


def test_the_system_alone_clears_the_stage(moderator: User, viewer: User, lecture: Lecture) -> None:
    on_stage(moderator, viewer, lecture)
    assert refused(moderator, guests.end_absent_guests) == "not-permitted"


def test_the_ways_that_were_tried_are_kept(moderator: User, viewer: User, lecture: Lecture) -> None:
    row = invited(moderator, viewer, lecture)
    asked = {"lecture_id": lecture.pk, "guest_id": row.pk}
    assert refused(viewer, guests.note_try, **asked, rung=Rung.P2P, cause="") == "wrong-step"
    do(viewer, guests.enter_stage, **asked, agrees=True)
    for rung, cause in (("p2p", "blocked"), ("p2p", "blocked"), ("turn_udp", "not_set_up"), ("websocket", "")):
        do(viewer, guests.note_try, **asked, rung=rung, cause=cause)
    kept = anew(row)
    assert kept.rung == Rung.WEBSOCKET
    assert [(one["rung"], one["cause"]) for one in kept.tries] == [
        (Rung.P2P, Cause.BLOCKED), (Rung.TURN_UDP, Cause.NOT_SET_UP), (Rung.WEBSOCKET, "")
    ]  # fmt: skip
    with as_(moderator) as actor:
        (shown,) = appearances(actor, lecture)
    assert shown["steps"][0] == "Directly: No connection came about"
    assert shown["steps"][-1] == "Through this site: worked"


def test_tries_without_end_are_not_kept(moderator: User, viewer: User, lecture: Lecture) -> None:
    row = on_stage(moderator, viewer, lecture)
    GuestAppearance.unscoped.filter(pk=row.pk).update(
        tries=[{"rung": "p2p", "cause": "blocked", "at": "now"}] * MOST_TRIES
    )
    do(viewer, guests.note_try, lecture_id=lecture.pk, guest_id=row.pk, rung="websocket", cause="")
    assert len(anew(row).tries) == MOST_TRIES


def test_frames_name_the_ways_as_the_record_does() -> None:
    assert (sorted(RUNGS), sorted(CAUSES)) == (sorted(Rung.values), sorted(Cause.values))


def test_only_who_is_on_stage_and_who_sends_have_a_place(
    lecturer: User, moderator: User, viewer: User, other_viewer: User, lecture: Lecture
) -> None:
    row = invited(moderator, viewer, lecture)
    everybody = (lecturer, moderator, viewer, other_viewer)
    assert {place_of(user.pk, lecture.pk) for user in everybody} == {None}
    do(viewer, guests.enter_stage, lecture_id=lecture.pk, guest_id=row.pk, agrees=True)
    do(lecturer, take_stage, lecture_id=lecture.pk, holder=uuid4())
    assert [place_of(user.pk, lecture.pk) for user in everybody] == [
        Place(row.pk, Side.HOST), None, Place(row.pk, Side.GUEST), None
    ]  # fmt: skip
    assert Place(row.pk, Side.HOST).other.topic == f"lectureguest:{row.pk}:guest"
    do(lecturer, end_lecture, lecture_id=lecture.pk)
    assert {place_of(user.pk, lecture.pk) for user in everybody} == {None}


def test_who_is_invited_is_named_to_the_crew_alone(moderator: User, viewer: User, lecture: Lecture) -> None:
    assert whole(lecture, crew=False)["guest"] is None
    row = invited(moderator, viewer, lecture)
    told = {"id": str(row.pk), "user": str(viewer.pk), "state": "invited"}
    assert whole(lecture, crew=False)["guest"] == told
    assert whole(lecture, crew=True)["guest"] == {**told, "by": str(viewer)}
    do(viewer, guests.enter_stage, lecture_id=lecture.pk, guest_id=row.pk, agrees=True)
    assert whole(lecture, crew=False)["guest"] == {**told, "state": "on", "by": str(viewer)}


def test_who_sees_an_appearance(
    moderator: User, typist: User, viewer: User, other_viewer: User, lecture: Lecture, hospital: Institution
) -> None:
    row, planner = on_stage(moderator, viewer, lecture), make_staff("planner", hospital, Role.TRAINING_ADMIN)
    sees = {}
    for user in (moderator, typist, viewer, planner, other_viewer):
        with as_(user) as actor:
            sees[user.username] = (
                GuestAppearance.objects.filter(pk=row.pk).exists(),
                bool(appearances(actor, lecture)),
            )
    assert sees == {
        moderator.username: (True, True), typist.username: (True, True), viewer.username: (True, False),
        planner.username: (True, False), other_viewer.username: (False, False),
    }  # fmt: skip


def test_the_ways_by_the_relay(settings: LazySettings) -> None:
    user = uuid4()
    settings.STUN_URLS, settings.TURN_SECRET, settings.CALL_RELAY_ONLY = ["stun:a"], "secret", False
    settings.TURN_URLS = ["turn:a:3478", "turn:a:443?transport=tcp", "turns:a:443"]
    ways = ways_for(user)
    assert ways["p2p"] == {"ice": [{"urls": ["stun:a"]}]}
    assert ways["turn_udp"]["ice"][0]["urls"] == ["turn:a:3478"]
    assert ways["turn_tcp"]["ice"][0]["urls"] == ["turn:a:443?transport=tcp", "turns:a:443"]
    assert user.hex in ways["turn_tcp"]["ice"][0]["username"]
    settings.TURN_URLS, settings.CALL_RELAY_ONLY = [], True
    assert {rung: way["cause"] for rung, way in ways_for(user).items()} == {
        "p2p": Cause.RELAY_ONLY, "turn_udp": Cause.NOT_SET_UP, "turn_tcp": Cause.NOT_SET_UP
    }  # fmt: skip


def test_the_lecture_s_page_shows_its_crew_how_guests_came(
    lecturer: User, viewer: User, lecture: Lecture, client: Client
) -> None:
    row = on_stage(lecturer, viewer, lecture)
    for rung, cause in (("p2p", "blocked"), ("websocket", "")):
        do(viewer, guests.note_try, lecture_id=lecture.pk, guest_id=row.pk, rung=rung, cause=cause)
    path = f"/lectures/{lecture.pk}/"
    assert "No connection came about" in client_for(lecturer).get(path).content.decode()
    assert "Guests on stage" not in client_for(viewer).get(path).content.decode()
