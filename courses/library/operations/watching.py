"""Watching: a player opens a session, tells what it has played, and is believed as far as it can be true."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, WrongStep
from consortium.kernel.scoping import unfiltered
from consortium.kernel.sealing import derive
from consortium.people.models import User
from consortium.people.operations.seats import hold_person
from courses.library.intervals import (
    BadBeat,
    Beat,
    Purse,
    Span,
    Verdict,
    admit,
    mark_of,
    percent,
    reached,
    read_beat,
    union,
    within,
)
from courses.library.ladder.signing import binding
from courses.library.models import Lesson, Watched, WatchSession
from courses.library.models.watching import multirange, spans_in
from courses.library.operations.learning import begin_lesson, complete_lesson
from courses.library.queries.stops import awaits_answers
from courses.library.queries.watching import is_watched
from courses.library.states import BY_WATCHING, DoneBy

_WHY = "one's own watching"
#: per cent of a film: more than a beat of another device adds at the same moment
_NEAR = 10

# What is known of a session, and what of the claimed stretch of the film was served to the sign-in that holds it.
_READ = """
SELECT w.user_id, w.seq, w.beat_at, w."left", w.closed_at, w.video_id, w.lesson_id, f.length, l.watch_share,
  l.video_rule, d.spans,
  NOT l.skippable AND EXISTS (SELECT 1 FROM library_stop q WHERE q.lesson_id = l.id),
  EXISTS (SELECT 1 FROM library_lessonprogress p JOIN library_courseversion c ON c.course_id = p.course_id
    WHERE p.user_id = w.user_id AND p.key = l.key AND c.id = l.version_id AND p.state = 'completed'),
  (SELECT range_agg(int4range(s.begin, s."end")) FROM library_segmentserved s JOIN library_film g ON g.id = s.film_id
    WHERE g.video_id = w.video_id AND s.session = w.session AND s.begin < %(end)s AND s."end" > %(begin)s)
FROM library_watchsession w JOIN library_lesson l ON l.id = w.lesson_id JOIN library_video v ON v.id = w.video_id
  LEFT JOIN library_film f ON f.id = v.current_id
  LEFT JOIN library_watched d ON d.user_id = w.user_id AND d.video_id = w.video_id
WHERE w.id = %(id)s AND w.user_id = %(user)s AND w.session = %(session)s"""

# One beat in one statement: the next number is taken once, and the database joins what was watched.
_WRITE = """
WITH beat AS (
  UPDATE library_watchsession SET seq = %(seq)s, beat_at = %(now)s, "left" = %(left)s
  WHERE id = %(id)s AND seq = %(was)s RETURNING user_id, video_id, closed_at)
INSERT INTO library_watched AS d (user_id, video_id, spans, position, at)
SELECT user_id, video_id, %(spans)s::int4multirange, %(at)s, %(now)s FROM beat
ON CONFLICT (user_id, video_id) DO UPDATE SET spans = d.spans + excluded.spans, at = excluded.at,
  position = CASE WHEN (SELECT closed_at FROM beat) IS NULL THEN excluded.position ELSE d.position END
RETURNING d.spans"""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a player gets: the session, the secret that its beats are marked with, and where its viewer stopped (ms);
    `done`: what was watched completes the lesson."""

    id: UUID
    nonce: str
    position: int
    watched: int
    share: int
    done: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a beat: `watched` ms in all; `again`: may be told once more; `closed`: another device goes on;
    `done`: what was watched has completed the lesson."""

    seq: int
    watched: int
    share: int
    again: list[Span]
    closed: bool
    refused: bool
    done: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """The row of `_READ`."""

    user_id: UUID
    seq: int
    beat_at: datetime
    left: int
    closed_at: datetime | None
    video_id: UUID
    lesson_id: UUID
    film: int
    share: int
    rule: str
    watched: list[Span]
    asks: bool
    completed: bool
    served: list[Span]


def nonce_of(watch_id: UUID) -> str:
    """The secret of one session; it is nowhere written down."""
    return mark_of(derive(settings.SEALING_KEY, "watching").hex(), str(watch_id))


@transaction.atomic
def open_watch(*, actor: Actor, lesson_id: UUID, session: str) -> Opened:
    """Begin to watch here; a player that plays for this person elsewhere is closed. `session`: the sign-in's key."""
    rows = unfiltered(Lesson, why=_WHY).select_related("video__current")
    lesson: Lesson | None = rows.filter(pk=lesson_id, version__current_of__isnull=False).first()
    # The person first, then the session, then the lesson: beats lock in the same order.
    user: Any = User.objects.select_for_update(no_key=True).filter(pk=actor.user_id).first()
    if lesson is None or user is None:
        raise NotVisible
    video = lesson.video
    if video is None or video.current is None:
        raise WrongStep(_("There is no video to watch yet."))
    now = clock.now()
    WatchSession.objects.filter(user_id=user.pk, closed_at=None).update(closed_at=now)
    row = WatchSession.objects.create(
        user_id=user.pk, lesson=lesson, video=video, session=binding(session), opened_at=now, beat_at=now
    )
    begin_lesson(actor=actor, lesson_id=lesson_id)
    mine = Watched.objects.filter(user_id=user.pk, video=video).first()
    film = video.current.length
    watched = within(mine.spans if mine else [], film)
    done = is_watched(lesson, watched, film) and not awaits_answers(user.pk, lesson.pk)
    if done:
        complete_lesson(actor=actor, lesson_id=lesson.pk, user_id=user.pk, how=DoneBy.WATCHED)
    return Opened(row.pk, nonce_of(row.pk), mine.position if mine else 0, watched, percent(watched, film), done)


def tell_beat(*, actor: Actor, watch_id: UUID, session: str, text: str, mark: str) -> Told:
    """Count what a player has played. A beat that came already changes nothing, and is answered like the first time.

    InvalidInput for what the session's player did not write; NotVisible for another sign-in's session.
    """
    if not hmac.compare_digest(mark_of(nonce_of(watch_id), text).encode(), mark.encode()):
        raise InvalidInput({"mark": _("This was not written by the player.")})
    try:
        beat = read_beat(text)
    except BadBeat as fault:
        raise InvalidInput({"text": _("This is no beat of a player.")}) from fault
    known = _read(actor, watch_id, session, beat)
    if beat.seq <= known.seq:
        return _told(known, known.watched, known.seq)
    verdict, now = _judged(beat, known), clock.now()
    with transaction.atomic():
        near = _is_near(known, union([*known.watched, *verdict.counted]))
        if near:
            hold_person(known.user_id)  # before the session: as whoever begins to watch, or answers, locks them
        watched = _write(watch_id, beat, known, verdict, now)
        if watched is None:  # the same beat came twice at this moment
            return _told(known, known.watched, beat.seq)
        if near and _is_done(known, watched):
            complete_lesson(actor=actor, lesson_id=known.lesson_id, user_id=known.user_id, how=DoneBy.WATCHED)
    return _told(known, watched, beat.seq, verdict)


def _read(actor: Actor, watch_id: UUID, session: str, beat: Beat) -> _Known:
    given = {
        "id": watch_id.hex, "user": actor.user_id.hex if actor.is_person else None, "session": binding(session),
        "begin": min((begin for begin, _end in beat.played), default=0),
        "end": max((end for _begin, end in beat.played), default=0),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_READ, given)
        row = cursor.fetchone()
    if row is None:
        raise NotVisible
    user_id, seq, beat_at, left, closed_at, video_id, lesson_id, film, share, rule, watched, asks, completed, served = (
        row
    )
    plain = user_id, seq, beat_at, left, closed_at, video_id, lesson_id, film or 0, share, rule
    return _Known(*plain, spans_in(watched or ""), asks, completed, spans_in(served or ""))


def _judged(beat: Beat, known: _Known) -> Verdict:
    until = known.closed_at or clock.now()
    passed = int((until - known.beat_at).total_seconds() * 1000)
    return admit(beat, Purse(known.left, passed, known.closed_at is not None), known.served, known.film)


def _write(watch_id: UUID, beat: Beat, known: _Known, verdict: Verdict, now: datetime) -> list[Span] | None:
    given: Any = {
        "id": watch_id.hex, "seq": beat.seq, "was": known.seq, "now": known.closed_at or now, "left": verdict.left,
        "spans": multirange(verdict.counted), "at": min(beat.at, known.film),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, given)
        row = cursor.fetchone()
    return spans_in(row[0]) if row else None


def _told(known: _Known, watched: Sequence[Span], seq: int, verdict: Verdict | None = None) -> Told:
    so_far = within(watched, known.film)
    return Told(
        seq, so_far, percent(so_far, known.film), verdict.again if verdict else [], known.closed_at is not None,
        verdict.refused if verdict else False, _is_done(known, watched),
    )  # fmt: skip


def _enough(known: _Known, watched: Sequence[Span]) -> bool:
    return known.rule in BY_WATCHING and reached(within(watched, known.film), known.film, known.share)


def _is_near(known: _Known, watched: Sequence[Span]) -> bool:
    """Whether the lesson may be done with this beat, and another one that comes at the same moment."""
    share = max(known.share - _NEAR, 0)
    return not known.completed and known.rule in BY_WATCHING and reached(within(watched, known.film), known.film, share)


def _is_done(known: _Known, watched: Sequence[Span]) -> bool:
    """Whether so much of it completes the lesson; not while one of its questions has to be answered."""
    return _enough(known, watched) and not (known.asks and awaits_answers(known.user_id, known.lesson_id))
