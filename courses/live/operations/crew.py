"""Who gives a lecture, moderates it, and types its captions."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.kernel.actors import Actor
from consortium.kernel.bells import ring_on_commit
from consortium.kernel.errors import InvalidInput, NotVisible, WrongStep, database_rules
from consortium.kernel.policies import require
from consortium.live.queries import RIGHTS
from consortium.people.models import User
from courses.live.events.lectures import CrewAsked
from courses.live.models import Crew, Lecture
from courses.live.operations.lectures import locked_lecture, note
from courses.live.policies.lectures import may_change_lecture
from courses.live.states.lectures import OVER, LectureStep, Part


def _changed(actor: Actor, lecture_id: UUID) -> Lecture:
    """The lecture, locked, whose crew the actor may change; while it is live too: somebody may have to take over."""
    lecture = locked_lecture(lecture_id)
    require(may_change_lecture(actor, lecture))
    if lecture.step in OVER:
        raise WrongStep
    return lecture


@transaction.atomic
def put_in_crew(*, actor: Actor, lecture_id: UUID, username: str, part: str) -> Crew:
    """Somebody takes a part, instead of the one they may have had; they are told."""
    lecture = _changed(actor, lecture_id)
    user = User.objects.filter(username=username.strip(), is_active=True).first()
    if user is None:
        raise InvalidInput({"username": _("There is no such person.")})
    if part not in Part.values:
        raise InvalidInput({"part": _("Choose what they do in the lecture.")})
    _still_given(lecture, user.pk, part)
    with database_rules():
        row, _fresh = Crew.objects.update_or_create(lecture=lecture, user=user, defaults={"part": part})
    ring_on_commit(f"{RIGHTS}:{user.pk}", 0)
    event = CrewAsked(lecture.pk, user.pk, part) if user.pk != actor.user_id else None
    note(actor, lecture, "put_in_crew", facts={"user": str(user.pk), "part": part}, event=event)
    return row


@transaction.atomic
def drop_from_crew(*, actor: Actor, lecture_id: UUID, user_id: UUID) -> None:
    """Somebody has no part in it any more. NotVisible when they have none."""
    lecture = _changed(actor, lecture_id)
    if not lecture.crew.filter(user_id=user_id).exists():
        raise NotVisible
    _still_given(lecture, user_id, "")
    lecture.crew.filter(user_id=user_id).delete()
    ring_on_commit(f"{RIGHTS}:{user_id}", 0)
    note(actor, lecture, "drop_from_crew", facts={"user": str(user_id)})


def _still_given(lecture: Lecture, user_id: UUID, part: str) -> None:
    """What is announced keeps a lecturer."""
    others = lecture.crew.filter(part=Part.LECTURER).exclude(user_id=user_id)
    if lecture.step != LectureStep.DRAFT and part != Part.LECTURER and not others.exists():
        raise InvalidInput(message=_("Somebody has to give the lecture: name another lecturer first."))
