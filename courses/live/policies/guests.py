"""Who invites a guest on a lecture's stage, who comes, and who ends it."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.policies import Decision, Denied, allowed_if
from courses.live.policies.lectures import may_moderate, may_watch
from courses.live.states.lectures import LectureStep

if TYPE_CHECKING:
    from courses.live.models import GuestAppearance, Lecture


def may_invite(actor: Actor, lecture: "Lecture") -> Decision:
    """Who gives or moderates it, while it is live."""
    moderates = may_moderate(actor, lecture)
    if not moderates:
        return moderates
    return allowed_if(lecture.step == LectureStep.LIVE, _("Begin the lecture first: then guests can come."))


def may_come(actor: Actor, row: "GuestAppearance") -> Decision:
    """Whoever was invited, while the lecture is live and they may watch it."""
    if not is_guest(actor, row):
        return Denied(_("Only who was invited comes on stage."))
    watches = may_watch(actor, row.lecture)
    if not watches:
        return watches
    return allowed_if(row.lecture.step == LectureStep.LIVE, _("The lecture is over."))


def is_guest(actor: Actor, row: "GuestAppearance") -> Decision:
    """Decline, leave, and say how one came: the guest."""
    return allowed_if(actor.is_person and actor.user_id == row.user_id, _("This invitation is somebody else's."))


def may_see_guests(actor: Actor, lecture: "Lecture") -> Decision:
    """How guests came and went: the lecture's crew."""
    return allowed_if(bool(lecture.parts_of(actor)), _("Only the crew of this lecture sees this."))
