"""Who speaks in a lecture's room."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.policies import Decision, Denied, allowed_if
from consortium.kernel.scoping import unfiltered
from courses.live.models.room import Block
from courses.live.policies.lectures import may_watch
from courses.live.states.lectures import LectureStep

if TYPE_CHECKING:
    from courses.live.models.lectures import Lecture


def may_speak(actor: Actor, lecture: "Lecture") -> Decision:
    """Write, ask and support: everybody in the room whom no moderator has blocked, until the lecture is over."""
    watches = may_watch(actor, lecture)
    if not watches:
        return watches
    if lecture.step == LectureStep.ENDED:
        return Denied(_("The lecture is over."))
    blocked = unfiltered(Block, why="who may write").filter(lecture=lecture, user_id=actor.user_id).exists()
    return allowed_if(not blocked, _("A moderator has blocked you here: you can watch and vote."))
