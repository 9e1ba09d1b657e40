"""The way of a lecture: written, announced, live, ended."""

from datetime import timedelta
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from consortium.kernel.machine import Machine, Transition
from courses.live.events.lectures import LectureAnnounced, LectureCancelled, LectureEnded, LectureOpened

#: how long before it begins the room lets people in
ROOM_OPENS: Final = timedelta(minutes=15)
#: how long after its end the crew may go on with it
BACK_WITHIN: Final = timedelta(minutes=30)


class LectureStep(TextChoices):
    DRAFT = "draft", _("Draft")
    ANNOUNCED = "announced", _("Announced")
    LIVE = "live", _("Live now")
    ENDED = "ended", _("Ended")
    CANCELLED = "cancelled", _("Cancelled")


class Part(TextChoices):
    """What somebody does in a lecture."""

    LECTURER = "lecturer", _("Lecturer")
    COHOST = "cohost", _("Co-host")
    MODERATOR = "moderator", _("Moderator")
    TYPIST = "typist", _("Captions")


#: who gives the lecture
CONDUCTS: Final = (Part.LECTURER, Part.COHOST)


class SeatKind(TextChoices):
    PERSON = "person", _("One person")
    CLASSROOM = "classroom", _("A room with several people")


#: nothing of it changes any more, but that it may be gone on with
OVER: Final = (LectureStep.ENDED, LectureStep.CANCELLED)
_BEFORE = (LectureStep.DRAFT, LectureStep.ANNOUNCED)

LECTURE = Machine(
    name="lecture",
    steps=LectureStep,
    initial=(LectureStep.DRAFT,),
    policies="courses.live.policies.lectures",
    final=(LectureStep.CANCELLED,),
    transitions=(
        Transition("H1", "edit", _("Change"), _BEFORE, None, "may_change_lecture"),
        Transition(
            "H2", "announce", _("Announce"), (LectureStep.DRAFT,), LectureStep.ANNOUNCED, "may_change_lecture",
            LectureAnnounced, look="main",
        ),
        Transition(
            "H3", "open", _("Begin the lecture"), (LectureStep.ANNOUNCED,), LectureStep.LIVE, "may_conduct",
            LectureOpened, look="main",
        ),
        Transition(
            "H4", "end", _("End the lecture"), (LectureStep.LIVE,), LectureStep.ENDED, "may_end", LectureEnded,
            look="alarm",
        ),
        Transition(
            "H5", "reopen", _("Go on with the lecture"), (LectureStep.ENDED,), LectureStep.LIVE, "may_reopen",
            LectureOpened,
        ),
        Transition(
            "H6", "cancel", _("Cancel the lecture"), _BEFORE, LectureStep.CANCELLED, "may_change_lecture",
            LectureCancelled, ("reason",), look="alarm",
        ),
    ),
)  # fmt: skip
