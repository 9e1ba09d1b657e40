"""Reminders of lectures: a day before and a quarter of an hour before, each once."""

from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from courses.live.events.lectures import LectureNear
from courses.live.models import Lecture
from courses.live.operations.lectures import note
from courses.live.states.lectures import ROOM_OPENS, LectureStep

DAY: Final = timedelta(days=1)
MOST: Final = 200


def remind_lectures(*, actor: Actor) -> int:
    """Send the reminders that are due (beat): how many. Twice at once sends each once; what is announced late gets the
    last one alone."""
    soon = _near(ROOM_OPENS).filter(soon_told_at=None)
    told = sum(_remind(actor, lecture, soon=True) for lecture in soon[:MOST])
    day = _near(DAY).filter(day_told_at=None)
    return told + sum(_remind(actor, lecture, soon=False) for lecture in day[:MOST])


def _near(lead: timedelta) -> Any:
    now = clock.now()
    rows = Lecture.objects.filter(step=LectureStep.ANNOUNCED, starts_at__gt=now, starts_at__lte=now + lead)
    return rows.order_by("starts_at", "id")


@transaction.atomic
def _remind(actor: Actor, lecture: Lecture, *, soon: bool) -> bool:
    """Only where it still begins then, and nobody else has just told of it."""
    same = Lecture.objects.filter(pk=lecture.pk, step=LectureStep.ANNOUNCED, starts_at=lecture.starts_at)
    told: dict[str, Any] = {"day_told_at": Coalesce(F("day_told_at"), clock.now())}
    due = same.filter(soon_told_at=None) if soon else same.filter(day_told_at=None)
    if not due.update(**told, **({"soon_told_at": clock.now()} if soon else {})):
        return False
    note(actor, lecture, "remind_lecture", facts={"soon": soon}, event=LectureNear(lecture.pk, soon))
    return True
