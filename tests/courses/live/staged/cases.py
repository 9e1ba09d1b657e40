"""A lecture that teaches a case step by step, and what is done in it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from consortium.casework.models import Case
from consortium.files.models import Attachment
from consortium.people.models import User
from courses.live.models import CasePicture, Lecture, Poll, TeachingCase
from courses.live.operations import polls, staging
from courses.live.operations.cases import approve_case
from courses.live.operations.staging import Planned
from tests.courses.live.room.rooms import do, vote
from tests.courses.live.teaching import attached, begun, confirmed, fresh, pictured, sent, told
from tests.files.makers import jpeg

#: what is told at each stage
STAGES = {
    "history": "Fever for five days, and red eyes.",
    "images": "The coronary arteries are wide.",
    "course": "Given immunoglobulin, the fever went within a day.",
}
OPTIONS = ("Measles", "Kawasaki disease", "Sepsis")


def taught_case(
    maker: User, second: User, case: Case, lecture: Lecture, *, source: Attachment | None = None
) -> TeachingCase:
    """Approved, in three stages, of which the second has a picture; the lecture teaches it."""
    row = begun(maker, case, "Five days of fever")
    for kind, text in STAGES.items():
        told(maker, row, kind, text)
    pictured(maker, row, source or attached(maker, case, jpeg()))
    sent(maker, row)
    confirmed(second, row)
    do(second, approve_case, teaching_case_id=row.pk)
    TeachingCase.unscoped.filter(pk=row.pk).update(lecture=lecture)
    return fresh(row)


def picture_of(row: TeachingCase) -> CasePicture:
    found: CasePicture = CasePicture.unscoped.get(teaching_case=row)
    return found


def prepared(user: User, lecture: Lecture, stage: int = 1, *, key: Any = None, **more: Any) -> Poll:
    said: dict[str, Any] = {
        "stage": stage, "asks": "differential", "text": f"What is it at {stage}?", "options": OPTIONS, "right": 1,
        "happened": "It was Kawasaki disease.", **more,
    }  # fmt: skip
    made: Poll = do(user, staging.prepare_vote, lecture_id=lecture.pk, planned=Planned(**said), key=key or uuid4())
    return made


def spot(user: User, lecture: Lecture, row: TeachingCase, stage: int = 2, **more: Any) -> Poll:
    """Where the finding is: in the middle of the left half."""
    asked = {"asks": "finding", "options": (), "right": [0.25, 0.5], "picture_id": picture_of(row).pk, **more}
    return prepared(user, lecture, stage, **asked)


def revealed(user: User, lecture: Lecture, stage: int) -> Any:
    return do(user, staging.reveal_stage, lecture_id=lecture.pk, stage=stage)


def opened(user: User, poll: Poll) -> Poll:
    made: Poll = do(user, polls.open_poll, lecture_id=poll.lecture_id, poll_id=poll.pk)
    return made


def closed(user: User, poll: Poll) -> Poll:
    made: Poll = do(user, polls.close_poll, lecture_id=poll.lecture_id, poll_id=poll.pk)
    return made


def voted(user: User, poll: Poll, *answers: tuple[User, Any]) -> Poll:
    """Opened, answered so by these, and closed."""
    opened(user, poll)
    for voter, answer in answers:
        assert vote(poll, voter, *(answer if isinstance(answer, tuple) else (answer,)))
    return closed(user, poll)


class Manual:
    """The manual as a lecture cites it (`settings.MANUAL_CITED`): one page with one branch."""

    def pages(self, age_days: int | None) -> list[tuple[str, str]]:
        return [("rash", "Rash with fever")]

    def branches(self, pathway: str) -> list[tuple[str, str]]:
        return [("kawasaki", "Refer today")]

    def cited(self, pathway: str, version: int | None, node: str) -> dict[str, Any] | None:
        if pathway != "rash" or node not in ("", "kawasaki"):
            return None
        return {
            "version": 3,
            "title": "Rash with fever",
            "branch": "Refer today" if node else "",
            "url": "/manual/rash/",
        }
