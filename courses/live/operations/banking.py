"""What was voted on about a case becomes a question of the bank, with its answers; and goes when the case does."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotPermitted
from courses.assessment.models import ItemVersion
from courses.assessment.operations.items import Written
from courses.assessment.operations.polled import Polled, keep_polled, retire_polled
from courses.assessment.states import Kind, Task
from courses.live.models.room import Poll, RoomEvent, Vote
from courses.live.models.staging import CaseVote
from courses.live.states.room import PollKind, RoomEventKind
from courses.live.states.staging import Asks

_TASKS: Final[dict[str, str]] = {Asks.DIFFERENTIAL: Task.ASSESS, Asks.ACTION: Task.TREAT, Asks.PLACE: Task.REFER}


@transaction.atomic
def bank_vote(*, actor: Actor, poll_id: UUID) -> ItemVersion | None:
    """Keep a closed vote about a case as a question with its answers; None where it is gone, or asks for a place on a
    picture of the child, of which the bank gets no copy. For the system alone; said twice it is kept once."""
    if not actor.is_system:
        raise NotPermitted
    rows = CaseVote.objects.select_for_update(of=("self",)).select_related("poll__lecture", "question")
    vote = rows.filter(pk=poll_id, poll__closed_at__isnull=False).first()
    if vote is None or vote.poll.kind == PollKind.HOT_SPOT or vote.question is not None:
        return vote.question if vote else None
    lecture = vote.poll.lecture
    vote.question = keep_polled(
        actor=actor, institution_id=lecture.institution_id, author_id=vote.poll.created_by_id, key=vote.pk,
        kind=Kind.SINGLE, said=_written(vote), form_id=lecture.pk, answers=list(_answers(vote.poll)),
    )  # fmt: skip
    vote.save(update_fields=["question"])
    return vote.question


def _written(vote: CaseVote) -> Written:
    """In the language of the lecture; its author adds the other one before it is reviewed."""
    language = vote.poll.lecture.language
    content: dict[str, Any] = {
        "stem": {language: vote.poll.text},
        "feedback": {language: vote.happened},
        "options": [
            {"id": option_id(number), "text": {language: text}, "right": number == vote.right}
            for number, text in enumerate(vote.poll.options)
        ],
    }
    return Written(content, tags={"task": _TASKS[vote.asks], "manual_branch": vote.manual_pathway})


def option_id(number: int) -> str:
    return chr(ord("a") + number)


def _answers(poll: Poll) -> Iterable[Polled]:
    """One person's votes in a lecture are one sitting, so that each is held against their others."""
    for user_id, choice, at in Vote.objects.filter(poll=poll).values_list("user_id", "choice", "at"):
        yield Polled(user_id, uuid5(poll.lecture_id, str(user_id)), {"option": option_id(choice[0])}, at)


@transaction.atomic
def forget_votes(*, actor: Actor, teaching_case_id: UUID) -> int:
    """The case was taken down: what was asked and answered about it goes, and its questions are asked no more. For the
    system alone; how many there were."""
    if not actor.is_system:
        raise NotPermitted
    votes = list(CaseVote.objects.filter(teaching_case_id=teaching_case_id))
    ids = [vote.pk for vote in votes]
    for vote in votes:
        if vote.question_id is not None:
            retire_polled(actor=actor, version_id=vote.question_id, remark=_("The case it asks about was taken down."))
    told = {"kind": RoomEventKind.POLL, "data__id__in": [str(pk) for pk in ids]}
    RoomEvent.objects.filter(**told).delete()
    Vote.objects.filter(poll_id__in=ids).delete()
    Poll.objects.filter(pk__in=ids).delete()
    return len(ids)
