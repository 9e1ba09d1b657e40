"""Who plans a lecture, gives it, moderates it, and watches it."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.policies import Decision, Denied, allowed_if
from courses.live.models.lectures import PLANNERS
from courses.live.states.lectures import BACK_WITHIN, CONDUCTS, LectureStep, Part

if TYPE_CHECKING:
    from courses.live.models import Lecture


def may_plan_lectures(actor: Actor, institution_id: UUID) -> Decision:
    """Begin a lecture or series of the institution. The system too: it seeds."""
    plans = actor.is_system or actor.has(*PLANNERS, institution_id=institution_id)
    return allowed_if(plans, _("Only training admins and lecturers of the institution plan its lectures."))


def may_change_lecture(actor: Actor, lecture: "Lecture") -> Decision:
    """Change, announce and cancel it, and say who gives it: who plans there, and its lecturers and co-hosts."""
    planned = may_plan_lectures(actor, lecture.institution_id)
    return planned if planned else allowed_if(may_conduct(actor, lecture), planned.reason)


def may_conduct(actor: Actor, lecture: "Lecture") -> Decision:
    """Begin and end it, publish, open polls: its lecturers and co-hosts."""
    conducts = actor.is_person and not lecture.parts_of(actor).isdisjoint(CONDUCTS)
    return allowed_if(conducts, _("Only the lecturers and co-hosts of this lecture may do this."))


def may_end(actor: Actor, lecture: "Lecture") -> Decision:
    """Who conducts it; the system, when its case may be taught no more."""
    return allowed_if(True) if actor.is_system else may_conduct(actor, lecture)


def may_reopen(actor: Actor, lecture: "Lecture") -> Decision:
    """Go on after an end that came too early."""
    conducts = may_conduct(actor, lecture)
    recent = lecture.ended_at is not None and clock.now() - lecture.ended_at <= BACK_WITHIN
    return allowed_if(recent, _("It ended more than half an hour ago.")) if conducts else conducts


def may_moderate(actor: Actor, lecture: "Lecture") -> Decision:
    """Hide lines, block people, mark questions as answered."""
    moderates = actor.is_person and not lecture.parts_of(actor).isdisjoint({*CONDUCTS, Part.MODERATOR})
    return allowed_if(moderates, _("Only the moderators of this lecture may do this."))


def may_type_captions(actor: Actor, lecture: "Lecture") -> Decision:
    types = actor.is_person and not lecture.parts_of(actor).isdisjoint({*CONDUCTS, Part.TYPIST})
    return allowed_if(types, _("Only who types the captions of this lecture may do this."))


def may_watch(actor: Actor, lecture: "Lecture") -> Decision:
    """Enter the room of a lecture that one sees: a moment before it begins, while it is live, and after it."""
    if lecture.step == LectureStep.ENDED or lecture.room_is_open:
        return allowed_if(actor.is_person)
    if lecture.step == LectureStep.ANNOUNCED and lecture.parts_of(actor):
        return allowed_if(True)
    return Denied(_("The room opens a quarter of an hour before the lecture begins."))
