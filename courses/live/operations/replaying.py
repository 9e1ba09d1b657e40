"""Who missed a lecture votes when the recording comes to it."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, WrongStep
from courses.live.models import LateVote, Vote
from courses.live.queries.replay import poll_of_lesson
from courses.live.states.lectures import LectureStep


@transaction.atomic
def vote_late(*, actor: Actor, lesson_id: UUID, poll_id: UUID, choice: list[Any]) -> LateVote:
    """Kept beside the votes of the room, which it never changes; the first one stands. As in the room a vote is its own
    record. WrongStep for who has voted in the room, and in a lesson that is not published."""
    lesson, lecture, poll = poll_of_lesson(lesson_id, poll_id)
    if lesson.version.course.current_id != lesson.version_id or lecture.step != LectureStep.ENDED:
        raise WrongStep(_("Votes are taken once the lesson is published."))
    if not poll.takes(choice):
        raise InvalidInput({"choice": _("Choose an answer.")})
    if Vote.objects.filter(poll=poll, user_id=actor.user_id).exists():
        raise WrongStep(_("You have voted in this poll already."))
    given = {"choice": choice, "at": clock.now()}
    vote, _fresh = LateVote.objects.get_or_create(poll=poll, user_id=actor.user_id, defaults=given)
    made: LateVote = vote
    return made
