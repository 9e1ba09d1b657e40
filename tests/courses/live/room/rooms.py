"""What is done in a room, for its tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from consortium.kernel.actors import acting_as, system
from consortium.people.models import User
from courses.live.models.lectures import Lecture
from courses.live.models.room import ChatLine, Poll, Question
from courses.live.operations import polls, room
from tests.courses.library.making import as_

OPTIONS = ("Sepsis", "Kawasaki", "Measles")


def do(user: User, operation: Callable[..., Any], **asked: Any) -> Any:
    """Do it as this person."""
    with as_(user) as actor:
        return operation(actor=actor, **asked)


def as_system(operation: Callable[..., Any], **asked: Any) -> Any:
    with acting_as(system("a test")) as actor:
        return operation(actor=actor, **asked)


def line(user: User, lecture: Lecture, text: str = "Which day of fever?", key: Any = None) -> ChatLine:
    made: ChatLine = do(user, room.say_line, lecture_id=lecture.pk, text=text, key=key or uuid4())
    return made


def question(user: User, lecture: Lecture, text: str = "When do you give it?", key: Any = None) -> Question:
    made: Question = do(user, room.ask_question, lecture_id=lecture.pk, text=text, key=key or uuid4())
    return made


def prepared(user: User, lecture: Lecture, kind: str = "single", **more: Any) -> Poll:
    asked = {"text": "What is it?", "kind": kind, "options": OPTIONS, "key": uuid4(), **more}
    made: Poll = do(user, polls.make_poll, lecture_id=lecture.pk, **asked)
    return made


def opened(user: User, lecture: Lecture, kind: str = "single", **more: Any) -> Poll:
    poll = prepared(user, lecture, kind, **more)
    made: Poll = do(user, polls.open_poll, lecture_id=lecture.pk, poll_id=poll.pk)
    return made


def vote(poll: Poll, user: User, *choice: Any) -> bool:
    given = polls.Given(poll.pk, user.pk, list(choice))
    return bool(as_system(polls.save_votes, votes=[given]))


def anew(row: Any) -> Any:
    return type(row).unscoped.get(pk=row.pk)
