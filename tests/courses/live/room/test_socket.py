"""The room's socket on the real web process: tickets, ticks, votes, and frames that are amiss."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
import requests
from websockets.exceptions import InvalidStatus

from consortium.live.consumers.page import RIGHT_ENDED, SIGNED_OUT
from consortium.people.models import Membership, User
from consortium.people.operations.seats import suspend_person
from courses.live.consumers.seated import TRY_AGAIN
from courses.live.models import Attendance, Lecture, RoomEvent, Vote
from courses.live.operations import room as talk
from courses.live.operations.crew import drop_from_crew
from tests.courses.live.room.rooms import do, opened, prepared
from tests.live.conftest import Door, Page, cookie_of
from tests.live.server import WebProcess
from tests.live.visitor import door, web

__all__ = ["door", "web"]

Enter = Callable[[User], Page]


class Entered(Page):
    """A page of the room that has joined."""

    number = 1

    def ask(self, **frame: Any) -> dict[str, Any]:
        """Say it, and hear its answer."""
        self.number += 1
        self.say(id=self.number, **frame)
        return self.hear_until(re=self.number)

    def hear_of(self, kind: str, **wanted: Any) -> dict[str, Any]:
        """The first thing of this kind in a tick that has what is wanted."""
        while True:
            for item in self.hear_until(did="tick")["items"]:
                if item["kind"] == kind and wanted.items() <= item.items():
                    return dict(item)


def path(lecture: Lecture) -> str:
    return f"/ws/lectures/{lecture.pk}/room/"


def ticket_of(web: WebProcess, lecture: Lecture, cookie: str) -> str:
    answer = requests.get(f"{web.origin}/lectures/{lecture.pk}/room/ticket/", headers={"Cookie": cookie}, timeout=10)
    return str(answer.json()["ticket"])


@pytest.fixture
def enter(web: WebProcess, door: Door, lecture: Lecture) -> Callable[[User], Entered]:
    def enter_(user: User) -> Entered:
        cookie = cookie_of(user)
        page = Entered(door.open(cookie=cookie, path=path(lecture)).socket)
        page.say(do="join", id=1, ticket=ticket_of(web, lecture, cookie))
        joined = page.hear_until(re=1)
        assert joined["did"] == "joined", joined
        return page

    return enter_


def test_a_poll_from_its_opening_to_its_result(
    enter: Callable[[User], Entered], lecturer: User, viewer: User, other_viewer: User, lecture: Lecture
) -> None:
    poll = prepared(lecturer, lecture)
    his, hers, third = enter(lecturer), enter(viewer), enter(other_viewer)
    assert his.ask(do="open", poll=str(poll.pk))["did"] == "done"
    asked = hers.hear_of("poll", id=str(poll.pk))
    assert (asked["question"], asked["state"], len(asked["options"])) == ("What is it?", "open", 3)
    assert hers.ask(do="vote", poll=str(poll.pk), choice=[9])["fault"] == "bad-field"
    for page, choice in ((hers, [1]), (third, [0]), (third, [1])):
        assert page.ask(do="vote", poll=str(poll.pk), choice=choice)["did"] == "saved"
    assert third.ask(do="vote", poll=str(poll.pk), choice=[2])["choice"] == [0]  # the first stands, and is told
    assert "tally" not in hers.hear_of("poll", votes=2)
    assert his.hear_of("poll", votes=2, tally={"0": 1, "1": 1})
    his.ask(do="close", poll=str(poll.pk))
    assert hers.hear_of("poll", state="closed")["tally"] == {"0": 1, "1": 1}
    assert hers.ask(do="vote", poll=str(poll.pk), choice=[1])["did"] == "saved"  # hers stands
    assert his.ask(do="vote", poll=str(poll.pk), choice=[1])["fault"] == "closed"
    assert his.ask(do="vote", poll=str(uuid4()), choice=[1])["fault"] == "not-found"
    assert Vote.unscoped.count() == 2


def test_what_is_said_reaches_everybody_and_the_crew_s_is_the_crew_s(
    enter: Callable[[User], Entered], moderator: User, typist: User, viewer: User, lecture: Lecture, web: WebProcess
) -> None:
    hers, his, types = enter(viewer), enter(moderator), enter(typist)
    made = hers.ask(do="chat", text="Which day?", key=str(uuid4()))["made"]
    assert his.hear_of("chat", id=made)["by"] == str(viewer)
    asked = hers.ask(do="ask", text="When?", key=str(uuid4()))["made"]
    assert his.ask(do="support", question=asked)["did"] == "done"
    assert hers.hear_of("question", id=asked, support=1)["state"] == "asked"
    his.ask(do="answered", question=asked)
    assert hers.hear_of("question", id=asked)["state"] == "answered"
    his.ask(do="hide", line=made)
    assert hers.hear_of("hidden", line=made)
    types.ask(do="caption", text="This child has fever")
    assert hers.hear_of("caption")["text"] == "This child has fever"
    hers.ask(do="hand", up=True)
    assert his.hear_of("hand", up=True)["by"] == str(viewer)
    his.ask(do="lower", user=str(viewer.pk))
    assert his.hear_of("hand", up=False)["user"] == str(viewer.pk)
    assert hers.hear_of("hand", up=False)["user"] == str(viewer.pk)
    assert hers.ask(do="react", what="clap") == {"re": hers.number}
    assert hers.ask(do="react", what="clap")["fault"] == "too-fast"
    frame = his.hear_until(reactions={"clap": 1})
    missed = requests.get(
        f"{web.origin}/lectures/{lecture.pk}/room/since/?after={frame['seq'] - 1}",
        headers={"Cookie": cookie_of(viewer)}, timeout=10,
    ).json()  # fmt: skip
    assert missed["frames"][0] == frame
    assert list(RoomEvent.unscoped.order_by("seq").values_list("kind", flat=True)) == [
        *("chat", "question", "question", "chat", "caption"),
    ]
    assert set(Attendance.unscoped.values_list("user_id", flat=True)) == {viewer.pk, moderator.pk, typist.pk}


def test_the_number_of_people_is_told(enter: Callable[[User], Entered], viewer: User, other_viewer: User) -> None:
    hers = enter(viewer)
    assert hers.hear_until(present=1)
    other = enter(other_viewer)
    assert hers.hear_until(present=2)
    other.socket.close()
    assert hers.hear_until(present=1)


def test_who_has_no_ticket_is_nobody(
    web: WebProcess, door: Door, viewer: User, lecturer: User, lecture: Lecture
) -> None:
    page = Entered(door.open(viewer, path=path(lecture)).socket)
    stolen = ticket_of(web, lecture, cookie_of(lecturer))
    told = [
        page.ask(do="chat", text="a", key=str(uuid4())), page.ask(do="vote", poll=str(uuid4()), choice=[1]),
        page.ask(do="join", ticket=stolen), page.ask(do="join", ticket=""),
    ]  # fmt: skip
    assert [frame.get("fault") for frame in told] == ["join-first", "join-first", "bad-ticket", "bad-ticket"]
    assert "fault" not in page.ask(do="ping")


@pytest.mark.parametrize("case", ["nobody", "elsewhere"])
def test_no_socket_is_opened(web: WebProcess, door: Door, viewer: User, lecture: Lecture, case: str) -> None:
    with pytest.raises(InvalidStatus):
        if case == "nobody":
            door.open(path=path(lecture))
        else:
            door.open(viewer, origin="http://elsewhere.test", path=path(lecture))


def some_frames(seed: int) -> list[str]:
    """Frames of every kind that a viewer may not say, or that are none at all."""
    some = random.Random(seed)
    crew = ("hide", "block", "unblock", "answered", "dismiss", "lower", "open", "close", "caption", "reveal", "flow")
    values: list[Any] = [
        str(UUID(int=some.getrandbits(128))),
        "",
        None,
        -1,
        [],
        {},
        True,
        "\u0000",
        2**70,
        "../",
        ["a"],
    ]
    frames = []
    for _ in range(60):
        fields = {name: some.choice(values) for name in ("poll", "line", "user", "question", "text", "id", "ticket")}
        frames.append(json.dumps({"do": some.choice([*crew, "publish", "listen", "reveal", "", None, 7]), **fields}))
    return [*frames, "", "[]", "{", "nul", "\ud83d", '{"do":"listen","topic":"lecturecrew:x"}', "x" * 5000]


def test_whatever_a_viewer_sends_there_is_a_code_and_the_socket_stays(
    enter: Callable[[User], Entered], lecturer: User, viewer: User, lecture: Lecture, web: WebProcess,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("courses.live.consumers.room.BURST", 1000)
    poll = opened(lecturer, lecture)
    page = enter(viewer)
    frames = [text for text in some_frames(7) if text.isprintable() or text == ""]
    for text in frames:
        page.socket.send(text)
    page.socket.send(b"\x00")
    faults = [_fault(page) for _ in range(len(frames) + 1)]
    assert set(faults) <= {
        *("not-json", "bad-id", "unknown-command", "bad-field", "not-permitted", "too-long", "not-text"),
    }
    assert page.ask(do="open", poll=str(poll.pk))["fault"] == "not-permitted"
    assert page.ask(do="vote", poll=str(poll.pk), choice=[0])["did"] == "saved"


def _fault(page: Page) -> str:
    while "re" not in (frame := page.hear()):
        pass
    return str(frame["fault"])


def test_who_says_too_much_is_told_and_stays(enter: Callable[[User], Entered], viewer: User) -> None:
    page = enter(viewer)
    for _ in range(40):
        page.say(do="ping")
    assert page.hear_until(fault="too-fast")


def test_a_right_that_ends_puts_out_at_once(
    enter: Callable[[User], Entered], viewer: User, community_admin: User
) -> None:
    page = enter(viewer)
    place = Membership.unscoped.get(user=viewer).institution_id
    do(community_admin, suspend_person, user_id=viewer.pk, institution_id=place)
    assert page.close_code() in (RIGHT_ENDED, SIGNED_OUT)


def test_who_is_out_of_the_crew_comes_back_without_its_rights(
    enter: Callable[[User], Entered], lecturer: User, moderator: User, lecture: Lecture
) -> None:
    page = enter(moderator)
    do(lecturer, drop_from_crew, lecture_id=lecture.pk, user_id=moderator.pk)
    assert page.close_code() == TRY_AGAIN


def test_who_is_blocked_is_told_so(
    enter: Callable[[User], Entered], viewer: User, moderator: User, lecture: Lecture
) -> None:
    page = enter(viewer)
    page.ask(do="chat", text="a", key=str(uuid4()))
    do(moderator, talk.block_person, lecture_id=lecture.pk, user_id=viewer.pk)
    assert page.ask(do="chat", text="b", key=str(uuid4()))["fault"] == "not-permitted"
