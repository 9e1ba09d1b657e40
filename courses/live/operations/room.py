"""What people say and ask in a lecture's room, and what moderators do about it.

A line, a question and its support are their own record (who, what, when); what is done to others' is journalled.
"""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible, WrongStep, database_rules
from consortium.kernel.events import DomainEvent
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.kernel.valkey import Away, breaker
from courses.live.models.lectures import Crew, Lecture
from courses.live.models.room import Block, ChatLine, Question, RoomEvent, Support
from courses.live.policies.lectures import may_moderate, may_type_captions
from courses.live.policies.room import may_speak
from courses.live.queries.board import board
from courses.live.queries.room import question_told
from courses.live.room import Item
from courses.live.states.room import RoomEventKind

_WHY = "the room of a lecture"


def put(lecture_id: UUID, item: Item, *, crew: bool = False) -> None:
    """Let the room's next tick tell it, once this is committed. Lost while Redis is away: pages then ask anew."""
    transaction.on_commit(lambda: _put(lecture_id, item, crew))


def _put(lecture_id: UUID, item: Item, crew: bool) -> None:
    if breaker.open:
        return
    try:
        board().put(lecture_id, item, crew=crew)
    except Away:
        breaker.trip()


def held(lecture_id: UUID) -> Lecture:
    """The lecture, locked, so that what happens in its room stands in one order; NotVisible when it is not seen."""
    rows = Lecture.objects.select_for_update(of=("self",), no_key=True)
    found: Lecture | None = rows.filter(pk=lecture_id).first()
    if found is None:
        raise NotVisible
    return found


def log(lecture: Lecture, kind: RoomEventKind, data: dict[str, Any]) -> RoomEvent:
    """Write it down for the replay. The lecture is held."""
    last = unfiltered(RoomEvent, why=_WHY).filter(lecture=lecture).aggregate(last=Max("seq"))["last"]
    return RoomEvent.objects.create(lecture=lecture, seq=(last or 0) + 1, at=clock.now(), kind=kind, data=data)


def note(actor: Actor, lecture: Lecture, verb: str, event: DomainEvent | None = None, /, **facts: Any) -> None:
    """One entry in the lecture's chain."""
    record(actor=actor, verb=verb, subject=lecture, institution_id=lecture.institution_id, facts=facts, event=event)


# -- said by anybody --------------------------------------------------------------------------------------------------


@transaction.atomic
def say_line(*, actor: Actor, lecture_id: UUID, text: str, key: UUID) -> ChatLine:
    """A line of chat. The same `key` twice is one line."""

    def make() -> ChatLine:
        lecture = held(lecture_id)
        require(may_speak(actor, lecture))
        line = ChatLine.objects.create(
            lecture=lecture, user_id=actor.user_id, text=text, at=clock.now(), created_by_id=actor.user_id,
            request_key=key,
        )  # fmt: skip
        told = {"id": str(line.pk), "user": str(actor.user_id), "by": actor.name, "text": text}
        log(lecture, RoomEventKind.CHAT, told)
        put(lecture_id, Item("chat", told))
        return line

    return once(ChatLine, actor=actor, key=key, make=make)[0]


@transaction.atomic
def ask_question(*, actor: Actor, lecture_id: UUID, text: str, key: UUID) -> Question:
    """A question to the lecturer. The same `key` twice is one question."""

    def make() -> Question:
        lecture = held(lecture_id)
        require(may_speak(actor, lecture))
        question = Question.objects.create(
            lecture=lecture, user_id=actor.user_id, text=text, at=clock.now(), created_by_id=actor.user_id,
            request_key=key,
        )  # fmt: skip
        told = {**question_told(question, 0), "by": actor.name}
        log(lecture, RoomEventKind.QUESTION, told)
        put(lecture_id, Item("question", told))
        return question

    return once(Question, actor=actor, key=key, make=make)[0]


@transaction.atomic
def support_question(*, actor: Actor, lecture_id: UUID, question_id: UUID) -> int:
    """Want to hear the answer too: how many do now. Said twice it counts once."""
    question = _question(lecture_id, question_id)
    require(may_speak(actor, question.lecture))
    if question.answered_at or question.dismissed_at:
        raise WrongStep(_("This question was answered or taken away."), code="settled")
    Support.objects.bulk_create([Support(question=question, user_id=actor.user_id)], ignore_conflicts=True)
    count: int = unfiltered(Support, why=_WHY).filter(question=question).count()
    put(lecture_id, Item("question", {"id": str(question_id), "support": count}))
    return count


def _question(lecture_id: UUID, question_id: UUID, *, lock: bool = False) -> Question:
    rows = Question.objects.filter(pk=question_id, lecture_id=lecture_id).select_related("lecture")
    found: Question | None = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotVisible
    return found


@transaction.atomic
def caption_line(*, actor: Actor, lecture_id: UUID, text: str) -> RoomEvent:
    """What the lecturer says, as the typist writes it down."""
    lecture = held(lecture_id)
    require(may_type_captions(actor, lecture))
    event = log(lecture, RoomEventKind.CAPTION, {"text": text})
    put(lecture_id, Item("caption", {"text": text}))
    return event


# -- done by moderators -----------------------------------------------------------------------------------------------


def _moderated(actor: Actor, lecture_id: UUID) -> Lecture:
    lecture = held(lecture_id)
    require(may_moderate(actor, lecture))
    return lecture


@transaction.atomic
def settle_question(*, actor: Actor, lecture_id: UUID, question_id: UUID, answered: bool) -> Question:
    """The question was answered, or is taken away. WrongStep when it was settled already."""
    lecture = _moderated(actor, lecture_id)
    question = _question(lecture_id, question_id, lock=True)
    if question.answered_at or question.dismissed_at:
        raise WrongStep(_("This question was answered or taken away."), code="settled")
    setattr(question, "answered_at" if answered else "dismissed_at", clock.now())
    with database_rules():
        question.save()
    told = {"id": str(question_id), "state": "answered" if answered else "dismissed"}
    log(lecture, RoomEventKind.QUESTION, told)
    put(lecture_id, Item("question", told))
    note(actor, lecture, "question-answered" if answered else "question-dismissed", question=str(question_id))
    return question


@transaction.atomic
def hide_line(*, actor: Actor, lecture_id: UUID, line_id: UUID) -> None:
    """Take a line of chat from all screens; hidden twice it is hidden once."""
    lecture = _moderated(actor, lecture_id)
    rows = ChatLine.objects.filter(pk=line_id, lecture=lecture)
    if not rows.exists():
        raise NotVisible
    if rows.filter(hidden_at=None).update(hidden_at=clock.now(), hidden_by_id=actor.user_id):
        told = {"line": str(line_id)}
        log(lecture, RoomEventKind.CHAT, {"hidden": str(line_id)})
        put(lecture_id, Item("hidden", told))
        note(actor, lecture, "chat-hide", **told)


@transaction.atomic
def block_person(*, actor: Actor, lecture_id: UUID, user_id: UUID) -> None:
    """Let somebody write no more here. Who conducts or moderates can't be blocked."""
    lecture = _moderated(actor, lecture_id)
    if unfiltered(Crew, why=_WHY).filter(lecture=lecture, user_id=user_id).exists():
        raise WrongStep(_("Lecturers and moderators cannot be blocked."))
    wrote = ChatLine.objects.filter(lecture=lecture, user_id=user_id).exists()
    if not wrote and not Question.objects.filter(lecture=lecture, user_id=user_id).exists():
        raise NotVisible
    block = Block(lecture=lecture, user_id=user_id, by_id=actor.user_id, at=clock.now())
    with database_rules(), transaction.atomic():
        block.save(force_insert=True)
    put(lecture_id, Item("block", {"user": str(user_id), "blocked": True}), crew=True)
    note(actor, lecture, "chat-block", user=str(user_id))


@transaction.atomic
def unblock_person(*, actor: Actor, lecture_id: UUID, user_id: UUID) -> None:
    """Let them write again."""
    lecture = _moderated(actor, lecture_id)
    if unfiltered(Block, why=_WHY).filter(lecture=lecture, user_id=user_id).delete()[0]:
        put(lecture_id, Item("block", {"user": str(user_id), "blocked": False}), crew=True)
        note(actor, lecture, "chat-unblock", user=str(user_id))
