"""The room's page, the studio, and what their scripts ask over HTTP."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import reverse

from consortium.kernel.actors import acting_as
from consortium.kernel.valkey import breaker, client
from consortium.people.models import Institution, User
from courses.live.models import Lecture, Poll
from courses.live.operations import polls
from courses.live.operations import room as talk
from courses.live.queries import board
from courses.live.room import Item, Looked
from courses.live.views.guests import guests_script
from courses.live.views.room import words
from tests.cast import actor_for, client_for
from tests.courses.live.planned import lecture_at
from tests.courses.live.room.rooms import do, line, opened, prepared, question, vote

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def redis(valkey: object) -> None:
    """What the room's board is kept in."""


def get(user: User, route: str, lecture: Lecture, query: str = "") -> Any:
    return client_for(user).get(reverse(f"lectures:{route}", args=[lecture.pk]) + query)


def script(page: Any) -> dict[str, Any]:
    """What the page's script is told."""
    found = re.search(r'<script id="room-script" type="application/json">(.*?)</script>', page.content.decode())
    assert found
    told: dict[str, Any] = json.loads(found[1])
    return told


def shows(user: User, lecture: Lecture, route: str = "room") -> dict[str, Any]:
    told: dict[str, Any] = script(get(user, route, lecture))["shows"]
    return told


def tell(lecture: Lecture, *items: Item) -> None:
    """Ticks of the room, an item each."""
    mine = board.board()
    for item in items:
        looked = Looked.read(mine.look(lecture.pk, "a", 0.0))
        assert looked is not None
        mine.tell(lecture.pk, "a", looked, [f'{{"did":"tick","items":[{item.text.decode()}]}}'], [])


def test_the_room_shows_what_was_said(viewer: User, other_viewer: User, moderator: User, lecture: Lecture) -> None:
    hidden = line(viewer, lecture, "Nonsense")
    line(viewer, lecture, "First")
    line(other_viewer, lecture, "Second")
    do(moderator, talk.hide_line, lecture_id=lecture.pk, line_id=hidden.pk)
    assert [(one["text"], one["by"]) for one in shows(viewer, lecture)["chat"]] == [
        ("First", str(viewer)), ("Second", str(other_viewer)),
    ]  # fmt: skip


def test_of_much_chat_the_newest_is_shown(viewer: User, lecture: Lecture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("courses.live.queries.room.LINES_SHOWN", 2)
    for n in range(3):
        line(viewer, lecture, f"Line {n}")
    assert [one["text"] for one in shows(viewer, lecture)["chat"]] == ["Line 1", "Line 2"]


def test_the_most_wanted_question_stands_first(
    viewer: User, other_viewer: User, moderator: User, lecture: Lecture
) -> None:
    question(viewer, lecture, "One")
    wanted, gone = question(viewer, lecture, "Two"), question(viewer, lecture, "Three")
    do(other_viewer, talk.support_question, lecture_id=lecture.pk, question_id=wanted.pk)
    do(moderator, talk.settle_question, lecture_id=lecture.pk, question_id=gone.pk, answered=False)
    assert [(one["text"], one["support"]) for one in shows(viewer, lecture)["questions"]] == [("Two", 1), ("One", 0)]


def test_what_is_prepared_is_the_crew_s(lecturer: User, viewer: User, lecture: Lecture) -> None:
    prepared(lecturer, lecture)
    assert shows(viewer, lecture)["polls"] == []
    assert [one["state"] for one in shows(lecturer, lecture, "studio")["polls"]] == ["draft"]


@pytest.mark.parametrize("shown", [True, False])
def test_numbers_of_an_open_poll(lecturer: User, viewer: User, lecture: Lecture, shown: bool) -> None:
    vote(opened(lecturer, lecture, shown=shown), viewer, 1)
    [hers], [his] = shows(viewer, lecture)["polls"], shows(lecturer, lecture, "studio")["polls"]
    assert (hers["votes"], hers.get("tally")) == (1, {"1": 1} if shown else None)
    assert his["tally"] == {"1": 1}


def test_a_closed_poll_shows_what_was_counted(lecturer: User, viewer: User, lecture: Lecture) -> None:
    poll = opened(lecturer, lecture)
    vote(poll, viewer, 2)
    do(lecturer, polls.close_poll, lecture_id=lecture.pk, poll_id=poll.pk)
    [told] = shows(viewer, lecture)["polls"]
    assert (told["state"], told["votes"], told["tally"]) == ("closed", 1, {"2": 1})


def test_the_last_caption_is_shown(typist: User, viewer: User, lecture: Lecture) -> None:
    for text in ("One", "Two"):
        do(typist, talk.caption_line, lecture_id=lecture.pk, text=text)
    assert shows(viewer, lecture)["caption"] == "Two"


def test_what_is_one_s_own(lecturer: User, viewer: User, moderator: User, lecture: Lecture) -> None:
    poll, asked = opened(lecturer, lecture), question(viewer, lecture)
    vote(poll, viewer, 1)
    do(viewer, talk.support_question, lecture_id=lecture.pk, question_id=asked.pk)
    do(moderator, talk.block_person, lecture_id=lecture.pk, user_id=viewer.pk)
    assert script(get(viewer, "room", lecture))["mine"] == {
        "votes": {str(poll.pk): [1]}, "supported": [str(asked.pk)], "blocked": True,
    }  # fmt: skip
    assert script(get(lecturer, "room", lecture))["mine"] == {"votes": {}, "supported": [], "blocked": False}


def test_who_is_blocked_and_who_has_a_hand_up_the_crew_sees(viewer: User, moderator: User, lecture: Lecture) -> None:
    line(viewer, lecture)
    do(moderator, talk.block_person, lecture_id=lecture.pk, user_id=viewer.pk)
    board.board().raise_hand(lecture.pk, viewer.pk, "Dr Viewer")
    told = shows(moderator, lecture, "studio")
    assert (told["blocked"], told["hands"]) == (
        [str(viewer.pk)], [{"user": str(viewer.pk), "by": "Dr Viewer", "up": True}],
    )  # fmt: skip
    hers = shows(viewer, lecture)
    assert (hers["blocked"], hers["hands"]) == ([], [])


@pytest.mark.parametrize(
    ("who", "rights"),
    [
        ("viewer", []), ("typist", ["caption"]), ("moderator", ["moderate"]),
        ("lecturer", ["caption", "conduct", "moderate"]),
    ],
)  # fmt: skip
def test_rights_follow_the_part(lecture: Lecture, who: str, rights: list[str], request: pytest.FixtureRequest) -> None:
    assert script(get(request.getfixturevalue(who), "room", lecture))["rights"] == rights


def test_before_the_room_opens_nobody_comes_in(viewer: User, hospital: Institution) -> None:
    early = lecture_at(hospital, hours=2)
    assert [get(viewer, route, early).status_code for route in ("room", "room_ticket", "room_since")] == [403] * 3


def test_a_lecture_that_nobody_sees_is_not_there(viewer: User, hospital: Institution) -> None:
    hidden = lecture_at(hospital, hours=0, step="draft")
    routes = ("room", "studio", "room_ticket", "room_since")
    assert [get(viewer, route, hidden).status_code for route in routes] == [404] * 4


def test_the_studio_is_the_crew_s(viewer: User, typist: User, moderator: User, lecture: Lecture) -> None:
    assert [get(user, "studio", lecture).status_code for user in (viewer, typist, moderator)] == [403, 403, 200]


def test_only_who_conducts_prepares_polls(moderator: User, lecturer: User, lecture: Lecture) -> None:
    fields = {"text": "What is it?", "kind": "single", "options": "Sepsis\nMeasles", "request_key": str(uuid4())}
    url = reverse("lectures:studio", args=[lecture.pk])
    assert [client_for(user).post(url, fields).status_code for user in (moderator, lecturer)] == [403, 302]
    assert Poll.unscoped.get().options == ["Sepsis", "Measles"]


@pytest.mark.parametrize(("fields", "says"), [({"options": "One"}, "two to eight"), ({"text": ""}, "required")])
def test_a_poll_that_cannot_be_asked_says_why(
    lecturer: User, lecture: Lecture, fields: dict[str, str], says: str
) -> None:
    sent = {"text": "What?", "kind": "single", "options": "A\nB", "request_key": str(uuid4()), **fields}
    page = client_for(lecturer).post(reverse("lectures:studio", args=[lecture.pk]), sent)
    assert page.status_code == 422
    assert says in page.content.decode()


def test_a_page_gets_the_frames_it_missed(viewer: User, lecture: Lecture) -> None:
    tell(lecture, *(Item("caption", {"text": str(n)}) for n in range(3)))
    told = get(viewer, "room_since", lecture, "?after=1").json()
    assert (told["seq"], [frame["seq"] for frame in told["frames"]]) == (3, [2, 3])
    assert get(viewer, "room_since", lecture, "?after=3").json() == {"seq": 3, "frames": []}


@pytest.mark.parametrize("after", ["", "?after=x", "?after=9", "?after=-1"])
def test_a_page_that_stands_nowhere_gets_everything(viewer: User, lecture: Lecture, after: str) -> None:
    tell(lecture, Item("caption", {"text": "a"}))
    told = get(viewer, "room_since", lecture, after).json()
    shown = {"polls", "questions", "chat", "caption", "blocked", "hands", "stage", "guest"}
    assert (told["seq"], set(told["snapshot"])) == (1, shown)


def test_frames_that_are_no_longer_kept_are_everything(
    viewer: User, lecture: Lecture, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(lecture, *(Item("caption", {"text": str(n)}) for n in range(3)))
    monkeypatch.setattr("courses.live.queries.board.FRAMES_KEPT", 1)
    assert "snapshot" in get(viewer, "room_since", lecture, "?after=0").json()


def test_what_came_while_it_asked_leaves_no_gap(
    viewer: User, lecture: Lecture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _each in range(3):
        tell(lecture, Item("caption", {"text": "a"}))
    monkeypatch.setattr("courses.live.queries.board.stands_at", lambda _lecture: 2)
    assert "snapshot" in get(viewer, "room_since", lecture, "?after=1").json()


def test_without_redis_the_record_answers(viewer: User, lecture: Lecture, monkeypatch: pytest.MonkeyPatch) -> None:
    line(viewer, lecture)
    monkeypatch.setattr(type(breaker), "open", property(lambda self: True))
    told = get(viewer, "room_since", lecture, "?after=0").json()
    assert (told["seq"], told.get("frames", [])) == (0, [])
    assert len(shows(viewer, lecture)["chat"]) == 1


def test_a_redis_that_fails_is_left_alone(viewer: User, lecture: Lecture, monkeypatch: pytest.MonkeyPatch) -> None:
    tripped: list[bool] = []
    monkeypatch.setattr(board, "board", lambda: client().eval("return redis.error_reply('no')", 0))
    monkeypatch.setattr(breaker, "trip", lambda: tripped.append(True))
    assert get(viewer, "room_since", lecture).json()["seq"] == 0
    assert tripped


def test_a_title_names_no_lecture(viewer: User, lecture: Lecture) -> None:
    page = get(viewer, "room", lecture).content.decode()
    assert "<title>Lecture" in page
    assert lecture.title_en not in page.partition("</title>")[0]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_room_costs_the_same_for_three_rows(
    lecturer: User, viewer: User, lecture: Lecture, rows: int, django_assert_num_queries: Any
) -> None:
    for n in range(rows):
        line(viewer, lecture, f"Line {n}")
        question(viewer, lecture, f"Question {n}")
        prepared(lecturer, lecture)
    opened(lecturer, lecture)
    client = client_for(lecturer)
    url = reverse("lectures:room_since", args=[lecture.pk])
    client.get(url)
    with django_assert_num_queries(14):
        client.get(url)


def test_who_asks_within_a_second_gets_what_was_made(
    viewer: User, other_viewer: User, lecture: Lecture, django_assert_num_queries: Any
) -> None:
    line(viewer, lecture)
    made = get(viewer, "room_since", lecture).json()
    client, url = client_for(other_viewer), reverse("lectures:room_since", args=[lecture.pk])
    with django_assert_num_queries(5):
        assert client.get(url).json() == made


def test_every_refusal_of_the_room_has_words(lecturer: User, lecture: Lecture) -> None:
    folder = Path(settings.BASE_DIR) / "courses" / "live" / "operations"
    sources = [(folder / f"{name}.py").read_text() for name in ("guests", "polls", "room", "staging")]
    codes = {code for source in sources for code in re.findall(r'code="([a-z-]+)"', source)}
    with acting_as(actor_for(lecturer)):
        said = words().keys() | guests_script(lecture)["words"].keys()
    assert "invitation-over" in codes
    assert codes - said == set()
