"""What a page of the room shows as it opens or comes back."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Count

from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.scoping import unfiltered
from courses.live.models.lectures import Lecture
from courses.live.models.room import Block, ChatLine, Poll, Question, RoomEvent, Support, Vote
from courses.live.queries.staging import stage_told, staged_told, staging_of
from courses.live.states.room import PollState, RoomEventKind

LINES_SHOWN: Final = 50
QUESTIONS_SHOWN: Final = 50
WORDS_TOLD: Final = 20
#: cells of a picture along each side in which the taps of a hot spot are counted, and how many of them are told
CELLS: Final = 20
CELLS_TOLD: Final = 60
_WHY = "what a lecture's room shows"

Tally = tuple[int, dict[str, int]]

# Of a hot spot the picture's cells are counted, "column,row".
_COUNT = """
SELECT v.poll_id, c.one, count(*), p.kind = 'hot_spot'
FROM lectures_vote v JOIN lectures_poll p ON p.id = v.poll_id, unnest(
    CASE p.kind WHEN 'hot_spot' THEN ARRAY[concat(least(floor((v.choice->>0)::float8 * %(cells)s), %(cells)s - 1), ',',
        least(floor((v.choice->>1)::float8 * %(cells)s), %(cells)s - 1))]
    ELSE ARRAY(SELECT jsonb_array_elements_text(v.choice)) END) AS c(one)
WHERE v.poll_id = ANY(%(polls)s::uuid[]) GROUP BY 1, 2, 4 ORDER BY 3 DESC, 2"""


def room_seen(lecture_id: UUID) -> Lecture:
    """A lecture that the actor sees, and whose case may still be taught; NotVisible when not."""
    found: Lecture | None = Lecture.objects.teachable().filter(pk=lecture_id).first()
    if found is None:
        raise NotVisible
    return found


# -- polls ------------------------------------------------------------------------------------------------------------


def tallies(poll_ids: Collection[UUID | str]) -> dict[UUID, Tally]:
    """Of each poll how many voted, and for what: options by number as text, or words or cells of a picture (the most
    frequent ones)."""
    ids = [UUID(str(one)) for one in poll_ids]
    votes = unfiltered(Vote, why=_WHY).filter(poll_id__in=ids).values_list("poll_id").annotate(count=Count("pk"))
    counted: dict[UUID, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"polls": [str(one) for one in ids], "cells": CELLS})
        for poll, choice, count, is_place in cursor.fetchall():
            if len(counted[poll]) < (CELLS_TOLD if is_place else WORDS_TOLD):
                counted[poll][choice] = count
    return {poll: (dict(votes).get(poll, 0), counted[poll]) for poll in ids}


def poll_told(poll: Poll, tally: Tally | None = None) -> dict[str, Any]:
    """What all are told of a poll; while it is open, what was counted only where it is given."""
    told = {
        "id": str(poll.pk), "question": poll.text, "answers": poll.kind, "options": poll.options,
        "state": poll.state.value, **staged_told(poll),
    }  # fmt: skip
    if poll.state == PollState.CLOSED:
        return {**told, "votes": poll.votes, "tally": poll.tally}
    return {**told, "votes": tally[0], "tally": tally[1]} if tally else told


def numbers_of(poll_ids: Collection[str]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Of each poll that is open what all are told of its numbers, and what the crew is."""
    polls = {poll.pk: poll for poll in unfiltered(Poll, why=_WHY).open().filter(pk__in=poll_ids)}
    told = []
    for pk, (votes, tally) in (tallies(list(polls)) if polls else {}).items():
        every = {"id": str(pk), "votes": votes}
        full = {**every, "tally": tally}
        told.append((full if polls[pk].shown else every, full))
    return told


def poll_form(poll_id: UUID, lecture_id: UUID) -> Poll | None:
    """The poll that somebody votes in."""
    found: Poll | None = unfiltered(Poll, why=_WHY).filter(pk=poll_id, lecture_id=lecture_id).first()
    return found


# -- what is shown ----------------------------------------------------------------------------------------------------


def question_told(question: Question, support: int) -> dict[str, Any]:
    state = "answered" if question.answered_at else "dismissed" if question.dismissed_at else "asked"
    return {
        "id": str(question.pk), "user": str(question.user_id), "text": question.text, "support": support,
        "state": state,
    }  # fmt: skip


def snapshot(lecture: Lecture, *, crew: bool) -> dict[str, Any]:
    """All that a page of the room shows: the newest lines, oldest first. The crew's has polls not yet opened too."""
    last = unfiltered(RoomEvent, why=_WHY).filter(lecture=lecture, kind=RoomEventKind.CAPTION).order_by("-seq").first()
    return {
        "polls": _polls(lecture, crew), "questions": _questions(lecture), "chat": _chat(lecture),
        "caption": last.data["text"] if last else "", "stage": stage_told(staging_of(lecture.pk)),
        "blocked": [str(one) for one in _blocked(lecture)] if crew else [],
    }  # fmt: skip


def _blocked(lecture: Lecture) -> Collection[UUID]:
    ids: Collection[UUID] = unfiltered(Block, why=_WHY).filter(lecture=lecture).values_list("user_id", flat=True)
    return ids


def _polls(lecture: Lecture, crew: bool) -> list[dict[str, Any]]:
    rows = unfiltered(Poll, why=_WHY).filter(lecture=lecture).select_related("staged").order_by("opened_at", "pk")
    shown = [poll for poll in rows if crew or poll.opened_at]
    open_now = [poll.pk for poll in shown if poll.state == PollState.OPEN]
    counted = tallies(open_now) if open_now else {}
    told = []
    for poll in shown:
        tally = counted.get(poll.pk)
        one = poll_told(poll, tally)
        if tally and not (crew or poll.shown):
            del one["tally"]
        told.append(one)
    return told


def _questions(lecture: Lecture) -> list[dict[str, Any]]:
    rows = unfiltered(Question, why=_WHY).filter(lecture=lecture, dismissed_at=None).select_related("user")
    rows = rows.annotate(support=Count("supports")).order_by("-support", "at")[:QUESTIONS_SHOWN]
    return [{**question_told(row, row.support), "by": str(row.user)} for row in rows]


def _chat(lecture: Lecture) -> list[dict[str, Any]]:
    rows = unfiltered(ChatLine, why=_WHY).filter(lecture=lecture, hidden_at=None).select_related("user")
    lines = list(rows.order_by("-at")[:LINES_SHOWN])
    return [
        {"id": str(line.pk), "user": str(line.user_id), "by": str(line.user), "text": line.text}
        for line in reversed(lines)
    ]


def mine(actor: Actor, lecture: Lecture) -> dict[str, Any]:
    """What the reader has voted and supported here, and whether they may write."""
    votes = Vote.objects.filter(poll__lecture=lecture).values_list("poll_id", "choice")
    supported = Support.objects.filter(question__lecture=lecture).values_list("question_id", flat=True)
    return {
        "votes": {str(poll): choice for poll, choice in votes},
        "supported": [str(one) for one in supported],
        "blocked": Block.objects.filter(lecture=lecture).exists(),
    }  # fmt: skip
