"""What is said and asked in a room, and what moderators do about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import orjson
import pytest

from consortium.journal.models import Entry
from consortium.kernel.actors import system
from consortium.kernel.errors import DomainError, NotPermitted, NotVisible, WrongStep
from consortium.kernel.valkey import breaker, client
from consortium.people.models import Institution, User
from courses.live.models.lectures import Lecture
from courses.live.models.room import Block, ChatLine, Question, RoomEvent, Support
from courses.live.operations import room
from courses.live.policies.room import may_speak
from courses.live.queries.board import board
from courses.live.room import Looked
from tests.courses.live.planned import lecture_at
from tests.courses.live.room.rooms import anew, do, line, question

pytestmark = pytest.mark.django_db
Commits = Callable[..., Any]


@pytest.fixture(autouse=True)
def redis(valkey: object) -> None:
    """What the room's board is kept in."""


def events(lecture: Lecture) -> list[tuple[int, str]]:
    return list(RoomEvent.unscoped.filter(lecture=lecture).order_by("seq").values_list("seq", "kind"))


def waiting(lecture: Lecture) -> Looked:
    looked = Looked.read(board().look(lecture.pk, "a", 0.0))
    assert looked is not None
    return looked


def verbs(lecture: Lecture) -> list[str]:
    return list(Entry.unscoped.filter(subject_id=str(lecture.pk)).order_by("seq").values_list("verb", flat=True))


def test_a_line_is_kept_logged_and_told(
    viewer: User, lecture: Lecture, django_capture_on_commit_callbacks: Commits
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        said = line(viewer, lecture)
    told = {"id": str(said.pk), "user": str(viewer.pk), "by": str(viewer), "text": "Which day of fever?"}
    assert (anew(said).text, events(lecture)) == ("Which day of fever?", [(1, "chat")])
    assert [(item.kind, item.told) for item in waiting(lecture).items] == [("chat", told)]


def test_the_same_key_twice_is_one_line(viewer: User, lecture: Lecture) -> None:
    key = uuid4()
    assert line(viewer, lecture, key=key) == line(viewer, lecture, "Another", key=key)
    assert events(lecture) == [(1, "chat")]


def test_what_happens_stands_in_one_order(viewer: User, other_viewer: User, lecture: Lecture) -> None:
    line(viewer, lecture)
    question(other_viewer, lecture)
    line(other_viewer, lecture)
    assert events(lecture) == [(1, "chat"), (2, "question"), (3, "chat")]


def test_a_lecture_that_nobody_sees_has_no_room(viewer: User, hospital: Institution) -> None:
    with pytest.raises(NotVisible):
        line(viewer, lecture_at(hospital, hours=0, step="draft"))


def test_before_the_room_opens_nobody_speaks(viewer: User, hospital: Institution) -> None:
    with pytest.raises(NotPermitted, match="quarter of an hour"):
        line(viewer, lecture_at(hospital, hours=1))


def test_after_the_lecture_nobody_speaks(viewer: User, hospital: Institution) -> None:
    with pytest.raises(NotPermitted, match="over"):
        line(viewer, lecture_at(hospital, hours=0, step="ended"))


def test_the_system_does_not_speak(lecture: Lecture) -> None:
    assert not may_speak(system("a test"), lecture)


def test_while_redis_is_away_a_line_is_kept(
    viewer: User, lecture: Lecture, django_capture_on_commit_callbacks: Commits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(breaker), "open", property(lambda self: True))
    with django_capture_on_commit_callbacks(execute=True):
        said = line(viewer, lecture)
    assert anew(said) == said


def test_a_redis_that_fails_is_left_alone(
    viewer: User, lecture: Lecture, django_capture_on_commit_callbacks: Commits, monkeypatch: pytest.MonkeyPatch
) -> None:
    tripped: list[bool] = []
    monkeypatch.setattr(
        "courses.live.room.Board.put", lambda *args, **named: client().eval("return redis.error_reply('no')", 0)
    )
    monkeypatch.setattr(breaker, "trip", lambda: tripped.append(True))
    with django_capture_on_commit_callbacks(execute=True):
        line(viewer, lecture)
    assert tripped == [True]


def test_a_question_is_supported_once_by_each(viewer: User, other_viewer: User, lecture: Lecture) -> None:
    asked = question(viewer, lecture)
    counts = [
        do(user, room.support_question, lecture_id=lecture.pk, question_id=asked.pk)
        for user in (viewer, viewer, other_viewer)
    ]
    assert counts == [1, 1, 2]
    assert Support.unscoped.filter(question=asked).count() == 2


def test_a_question_of_another_lecture_is_not_found(viewer: User, lecture: Lecture) -> None:
    asked = question(viewer, lecture)
    with pytest.raises(NotVisible):
        do(viewer, room.support_question, lecture_id=uuid4(), question_id=asked.pk)


@pytest.mark.parametrize("answered", [True, False])
def test_a_question_is_settled_once(viewer: User, moderator: User, lecture: Lecture, answered: bool) -> None:
    asked = question(viewer, lecture)
    settle: dict[str, Any] = {"lecture_id": lecture.pk, "question_id": asked.pk}
    do(moderator, room.settle_question, answered=answered, **settle)
    row = anew(asked)
    assert (bool(row.answered_at), bool(row.dismissed_at)) == (answered, not answered)
    assert verbs(lecture) == ["question-answered" if answered else "question-dismissed"]
    for user, act in ((moderator, room.settle_question), (viewer, room.support_question)):
        more = {"answered": True} if user is moderator else {}
        with pytest.raises(WrongStep):
            do(user, act, **settle, **more)


def test_a_line_is_hidden_once_and_stays_in_the_record(viewer: User, moderator: User, lecture: Lecture) -> None:
    said = line(viewer, lecture)
    for _ in range(2):
        do(moderator, room.hide_line, lecture_id=lecture.pk, line_id=said.pk)
    row = anew(said)
    assert (row.hidden_by, row.text, verbs(lecture)) == (moderator, said.text, ["chat-hide"])


def test_a_line_that_is_none_is_not_hidden(moderator: User, lecture: Lecture) -> None:
    with pytest.raises(NotVisible):
        do(moderator, room.hide_line, lecture_id=lecture.pk, line_id=uuid4())


def test_who_is_blocked_writes_no_more_until_they_may(
    viewer: User, moderator: User, lecture: Lecture, django_capture_on_commit_callbacks: Commits
) -> None:
    line(viewer, lecture)
    with django_capture_on_commit_callbacks(execute=True):
        do(moderator, room.block_person, lecture_id=lecture.pk, user_id=viewer.pk)
    assert [(item.kind, item.told["blocked"]) for item in waiting(lecture).crew] == [("block", True)]
    for act in (line, question):
        with pytest.raises(NotPermitted):
            act(viewer, lecture)
    for _ in range(2):
        do(moderator, room.unblock_person, lecture_id=lecture.pk, user_id=viewer.pk)
    assert line(viewer, lecture).text
    assert verbs(lecture) == ["chat-block", "chat-unblock"]


def test_nobody_is_blocked_twice(viewer: User, moderator: User, lecture: Lecture) -> None:
    question(viewer, lecture)
    do(moderator, room.block_person, lecture_id=lecture.pk, user_id=viewer.pk)
    with pytest.raises(DomainError, match="blocked already"):
        do(moderator, room.block_person, lecture_id=lecture.pk, user_id=viewer.pk)
    assert Block.unscoped.count() == 1


def test_the_crew_is_not_blocked(moderator: User, lecturer: User, lecture: Lecture) -> None:
    with pytest.raises(WrongStep):
        do(moderator, room.block_person, lecture_id=lecture.pk, user_id=lecturer.pk)


def test_who_wrote_nothing_is_not_blocked(moderator: User, other_viewer: User, lecture: Lecture) -> None:
    with pytest.raises(NotVisible):
        do(moderator, room.block_person, lecture_id=lecture.pk, user_id=other_viewer.pk)


@pytest.mark.parametrize(
    ("act", "named"),
    [
        (room.hide_line, {"line_id": uuid4()}),
        (room.block_person, {"user_id": uuid4()}),
        (room.unblock_person, {"user_id": uuid4()}),
        (room.settle_question, {"question_id": uuid4(), "answered": True}),
        (room.caption_line, {"text": "a"}),
    ],
)
def test_a_viewer_does_none_of_this(viewer: User, lecture: Lecture, act: Any, named: dict[str, Any]) -> None:
    with pytest.raises(NotPermitted):
        do(viewer, act, lecture_id=lecture.pk, **named)


def test_the_typist_writes_captions(
    typist: User, lecture: Lecture, django_capture_on_commit_callbacks: Commits
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        event = do(typist, room.caption_line, lecture_id=lecture.pk, text="This child has fever")
    assert (event.kind, event.data) == ("caption", {"text": "This child has fever"})
    assert [item.kind for item in waiting(lecture).items] == ["caption"]


@pytest.mark.parametrize(("model", "field"), [(ChatLine, "text"), (Question, "text")])
def test_the_database_refuses_what_says_nothing(viewer: User, lecture: Lecture, model: Any, field: str) -> None:
    row = line(viewer, lecture) if model is ChatLine else question(viewer, lecture)
    with pytest.raises(Exception, match="says"):
        model.unscoped.filter(pk=row.pk).update(**{field: ""})


def test_what_is_told_is_small(viewer: User, lecture: Lecture) -> None:
    """A line of the greatest length fits into a tick."""
    said = line(viewer, lecture, "长" * 400)
    [event] = RoomEvent.unscoped.filter(lecture=lecture)
    assert (len(said.text), len(orjson.dumps(event.data)) < 1500) == (400, True)
