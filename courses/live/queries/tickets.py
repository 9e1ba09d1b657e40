"""Whom the room and the stage of a lecture let in: whoever was given a ticket, which is read without the database."""

import time
from typing import Any
from uuid import UUID

from django.conf import settings

from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as
from consortium.kernel.policies import require
from consortium.kernel.prepared import prepared
from consortium.kernel.sealing import derive
from consortium.live.queries import actor_of_session
from courses.live.models.lectures import Lecture
from courses.live.policies.lectures import may_conduct, may_moderate, may_type_captions, may_watch
from courses.live.room import CAPTION, CONDUCT, MODERATE, Ticket, issue, read
from courses.live.room.tickets import LASTS


def room_key() -> bytes:
    """What tickets into rooms are signed with."""
    return derive(settings.SEALING_KEY, "lecture room")


def rights_in(actor: Actor, lecture: Lecture) -> frozenset[str]:
    """What a ticket of theirs grants beyond watching and speaking."""
    asked = ((MODERATE, may_moderate), (CONDUCT, may_conduct), (CAPTION, may_type_captions))
    return frozenset(right for right, may in asked if may(actor, lecture))


def ticket_for(actor: Actor, lecture: Lecture, session: str) -> str:
    """A ticket for this sign-in, for ten minutes; raises NotPermitted."""
    require(may_watch(actor, lecture))
    until = int(clock.now().timestamp()) + LASTS
    ticket = Ticket(lecture.pk, actor.user_id, until, rights_in(actor, lecture), actor.name)
    return issue(room_key(), ticket, session)


def ticket_of(text: str, *, lecture: UUID, session: str) -> Ticket | None:
    """The ticket, where it is one of this lecture and sign-in and still holds; no database is asked."""
    return read(room_key(), text, lecture=lecture, session=session, now=time.time())


def rights_now(actor: Actor, lecture_id: UUID) -> frozenset[str] | None:
    """What a ticket would grant somebody whose page is open; None where they may not stay."""
    lecture: Lecture | None = next(iter(_taught(actor, lecture_id)), None)
    return rights_in(actor, lecture) if lecture is not None and may_watch(actor, lecture) else None


@prepared
def _taught(actor: Actor, lecture_id: UUID) -> Any:
    """The lecture, where the actor sees it and its case may still be taught: asked for everybody who comes in."""
    with acting_as(actor):
        return Lecture.objects.teachable().filter(pk=lecture_id)


def session_watches(session: str, lecture_id: UUID) -> bool:
    """Whether whoever signed in so may see the lecture's stream."""
    actor = actor_of_session(session)
    return actor.is_person and rights_now(actor, lecture_id) is not None
