"""What pages show of a case that is taught step by step: to its lecturer before, to the room while it is taught."""

from typing import Any

from courses.live.models.cases import TeachingCase
from courses.live.models.lectures import Lecture
from courses.live.models.staging import CaseVote
from courses.live.queries.staging import (
    case_taught,
    manual_place,
    pictured_at,
    pictures_of,
    stages_of,
    staging_of,
    votes_planned,
)
from courses.live.queries.thinking import answers_of, room_votes, thinking
from courses.live.states.cases import StageKind
from courses.live.states.room import PollState


def planning_page(lecture: Lecture) -> dict[str, Any] | None:
    """Stages with the votes about them, and the pictures; None where the lecture has no case."""
    case = case_taught(lecture.pk)
    if case is None:
        return None
    stages, votes = stages_of(case), votes_planned(lecture.pk)
    shown = [
        {"number": number, "label": StageKind(row.kind).label, "text": row.text,
         "votes": [_planned(vote) for vote in votes if vote.number == number]}
        for number, row in enumerate(stages, 1)
    ]  # fmt: skip
    return {"case": case, "stages": shown, "pictures": pictures_of(case), "pictured_at": pictured_at(stages)}


def _planned(vote: CaseVote) -> dict[str, Any]:
    right = vote.right if isinstance(vote.right, int) else 0
    return {
        "vote": vote, "answers": [(text, number == right) for number, text in enumerate(answers_of(vote))],
        "manual": manual_place(vote.manual_pathway, vote.manual_version, vote.manual_node),
        "asked": vote.poll.opened_at is not None,
    }  # fmt: skip


def shown_in_room(lecture: Lecture, *, crew: bool) -> dict[str, Any]:
    """The stages that are shown, in words and pictures; for the crew besides which one is next, and always how the
    room's thinking moved. The room sees that when its lecturer says so, compared with what was right at the end."""
    case, staging = case_taught(lecture.pk), staging_of(lecture.pk)
    if case is None:
        return {"stages": [], "next": None, "thinking": None, "told": False}
    stages, votes = stages_of(case), votes_planned(lecture.pk)
    told = staging.flow_at is not None
    return {
        "lecture": lecture, "told": told, "crew": crew,
        "stages": _stages(case, stages, staging.shown),
        "next": _named(stages, staging.shown) if crew else None,
        "thinking": thinking(
            room_votes(votes, crew=crew), compared=crew or _is_over(lecture, votes, staging.shown == len(stages))
        ) if crew or told else None,
    }  # fmt: skip


def room_state(lecture: Lecture) -> tuple[int, bool, int]:
    """What the room's share of a page depends on: stages shown, whether its thinking is, votes closed."""
    staging, votes = staging_of(lecture.pk), votes_planned(lecture.pk)
    return staging.shown, staging.flow_at is not None, len(room_votes(votes, crew=False))


def _is_over(lecture: Lecture, votes: list[CaseVote], all_shown: bool) -> bool:
    """Whether all was shown, and nothing is left to be voted on; what was not asked in a lecture never will be."""
    left = {PollState.OPEN} if lecture.ended_at else {PollState.OPEN, PollState.DRAFT}
    return all_shown and not any(vote.poll.state in left for vote in votes)


def _stages(case: TeachingCase, stages: list[Any], shown: int) -> list[dict[str, Any]]:
    at = pictured_at(stages)
    pictures = pictures_of(case) if shown >= at else []
    return [
        {"number": number, "label": StageKind(row.kind).label, "text": row.text,
         "pictures": pictures if number == at else []}
        for number, row in enumerate(stages[:shown], 1)
    ]  # fmt: skip


def _named(stages: list[Any], shown: int) -> dict[str, Any] | None:
    if shown >= len(stages):
        return None
    return {"number": shown + 1, "label": StageKind(stages[shown].kind).label}
