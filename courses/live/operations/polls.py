"""Polls: prepared, opened, voted in by thousands at once, closed with what was counted.

Votes come in batches, a statement each, whatever polls they are of. What it wrote is a vote; nobody is told before that
theirs is saved. A poll that is being closed waits for batches that are under way, and counts after them.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import connection, transaction
from django.utils.translation import gettext as _

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, WrongStep, database_rules
from consortium.kernel.events import DomainEvent
from consortium.kernel.once import once
from consortium.kernel.policies import require
from courses.live.events.staging import CaseVoteClosed
from courses.live.models.room import MOST_OPTIONS, OPTION_LENGTH, Poll
from courses.live.operations.room import held, log, note, put
from courses.live.policies.lectures import may_conduct
from courses.live.queries.room import poll_told, tallies
from courses.live.queries.staging import is_due, staged_of
from courses.live.room import Item
from courses.live.states.lectures import LectureStep
from courses.live.states.room import PollKind, RoomEventKind

# Locks the open polls against their close, writes what is new, and tells of each voter what stands for them. A voter's
# tier is the highest of the institutions where they hold a seat at this moment.
_SAVE = """
WITH open AS (SELECT id FROM lectures_poll WHERE id = ANY(%(polls)s::uuid[]) AND opened_at IS NOT NULL
    AND closed_at IS NULL FOR SHARE),
given AS (SELECT * FROM unnest(%(polls)s::uuid[], %(users)s::uuid[], %(choices)s::jsonb[], %(confidences)s::smallint[])
    AS g(poll, person, choice, confidence)),
made AS (INSERT INTO lectures_vote (poll_id, user_id, choice, confidence, tier, at)
    SELECT poll, person, choice, confidence, (SELECT max(i.tier) FROM people_membership m
        JOIN people_institution i ON i.id = m.institution_id AND i.closed_at IS NULL
        WHERE m.user_id = person AND m.suspended_at IS NULL AND m.starts_on <= %(today)s
        AND (m.ends_on IS NULL OR m.ends_on > %(today)s)), %(now)s
    FROM given WHERE poll IN (SELECT id FROM open)
    ON CONFLICT (poll_id, user_id) DO NOTHING RETURNING poll_id, user_id, choice)
SELECT poll_id, user_id, choice FROM made
UNION ALL
SELECT v.poll_id, v.user_id, v.choice
FROM lectures_vote v JOIN given g ON v.poll_id = g.poll AND v.user_id = g.person"""


class Given(NamedTuple):
    """A vote on its way."""

    poll: UUID
    user: UUID
    choice: list[Any]
    confidence: int | None = None


def save_votes(*, actor: Actor, votes: Sequence[Given]) -> dict[tuple[UUID, UUID], list[Any]]:
    """Write a batch of different votes: of each (poll, person) the choice that stands now, which is the first that they
    made. The others' polls are not open.

    The system alone: whose votes they are, and that they fit, was checked where they came in.
    """
    if not actor.is_system:
        raise NotPermitted
    given: dict[str, Any] = {
        "polls": [str(vote.poll) for vote in votes], "users": [str(vote.user) for vote in votes],
        "choices": [orjson.dumps(vote.choice).decode() for vote in votes],
        "confidences": [vote.confidence for vote in votes], "now": clock.now(), "today": clock.today(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, given)
        return {(poll, user): orjson.loads(choice) for poll, user, choice in cursor.fetchall()}


def checked_options(kind: str, options: Sequence[str]) -> list[str]:
    """As they are kept; none for what is answered otherwise. Raises InvalidInput."""
    texts = [text for text in (" ".join(text.split()) for text in options) if text]
    if kind in (PollKind.WORD, PollKind.HOT_SPOT):
        return []
    if not 2 <= len(texts) <= MOST_OPTIONS:
        raise InvalidInput({"options": _("Give two to eight answers to choose from.")})
    if any(len(text) > OPTION_LENGTH for text in texts):
        raise InvalidInput({"options": _("An answer has at most %(most)s characters.") % {"most": OPTION_LENGTH}})
    return texts


@transaction.atomic
def make_poll(
    *, actor: Actor, lecture_id: UUID, text: str, kind: str, options: Sequence[str] = (), shown: bool = False,
    key: UUID | None = None,
) -> Poll:  # fmt: skip
    """Prepare a poll. The same `key` twice is one poll."""

    def make() -> Poll:
        lecture = held(lecture_id)
        require(may_conduct(actor, lecture))
        if kind == PollKind.HOT_SPOT:
            raise InvalidInput({"kind": _("A place is asked for on a picture of the case: prepare it with the case.")})
        poll = Poll(
            lecture=lecture, text=text, kind=kind, options=checked_options(kind, options), shown=shown,
            created_by_id=actor.author_id, **({"request_key": key} if key else {}),
        )  # fmt: skip
        with database_rules():
            poll.save(force_insert=True)
        put(lecture_id, Item("poll", poll_told(poll)), crew=True)
        note(actor, lecture, "poll-make", poll=str(poll.pk))
        return poll

    return once(Poll, actor=actor, key=key, make=make)[0]


def _poll(actor: Actor, lecture_id: UUID, poll_id: UUID) -> Poll:
    lecture = held(lecture_id)
    require(may_conduct(actor, lecture))
    found: Poll | None = Poll.objects.select_for_update(of=("self",)).filter(pk=poll_id, lecture=lecture).first()
    if found is None:
        raise NotVisible
    found.lecture = lecture
    return found


@transaction.atomic
def open_poll(*, actor: Actor, lecture_id: UUID, poll_id: UUID) -> Poll:
    """Ask everybody; one poll at a time. One that is open stays so."""
    poll = _poll(actor, lecture_id, poll_id)
    if poll.closed_at:
        raise WrongStep(_("This poll is closed."))
    if poll.opened_at:
        return poll
    if poll.lecture.step != LectureStep.LIVE:
        raise WrongStep(_("Begin the lecture first."), code="not-live")
    if not is_due(poll):
        raise WrongStep(_("Show the part of the case first after which this is asked."))
    poll.opened_at = clock.now()
    with database_rules(), transaction.atomic():
        poll.save()
    return _told(actor, poll, "poll-open")


@transaction.atomic
def close_poll(*, actor: Actor, lecture_id: UUID, poll_id: UUID) -> Poll:
    """Count, and show it to everybody. One that is closed stays so."""
    poll = _poll(actor, lecture_id, poll_id)
    if not poll.opened_at:
        raise WrongStep(_("This poll was not opened."))
    return poll if poll.closed_at else _close(actor, poll)


@transaction.atomic
def close_polls(*, actor: Actor, lecture_id: UUID) -> None:
    """The lecture is over: what is still asked is closed and counted. For the system alone."""
    if not actor.is_system:
        raise NotPermitted
    for poll in Poll.objects.select_for_update().filter(lecture_id=lecture_id, opened_at__isnull=False, closed_at=None):
        _close(actor, poll)


def _close(actor: Actor, poll: Poll) -> Poll:
    now = clock.now()
    poll.closed_at = max(now, poll.opened_at or now)
    poll.votes, poll.tally = tallies([poll.pk])[poll.pk]
    poll.save()
    return _told(actor, poll, "poll-close", CaseVoteClosed(poll.lecture_id, poll.pk) if staged_of(poll) else None)


def _told(actor: Actor, poll: Poll, verb: str, event: DomainEvent | None = None) -> Poll:
    told = poll_told(poll)
    log(poll.lecture, RoomEventKind.POLL, told)
    for crew in (False, True):
        put(poll.lecture_id, Item("poll", told), crew=crew)
    note(actor, poll.lecture, verb, event, poll=str(poll.pk), votes=poll.votes)
    return poll
