"""Who builds courses, who enrols whom, and who may learn what."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.policies import Decision, Denied, allowed_if
from consortium.people.states import Role
from courses.library.models.courses import READERS

if TYPE_CHECKING:
    from courses.library.models import Course, CourseVersion, Enrolment, Film, Video

_BUILDERS = _("Only a training admin of the course's institution may do this.")


def may_make_courses(actor: Actor, institution_id: UUID) -> Decision:
    """Begin a course or programme for the institution. The system too: it seeds."""
    return allowed_if(actor.is_system or actor.has(Role.TRAINING_ADMIN, institution_id=institution_id), _BUILDERS)


def may_build_course(actor: Actor, course: "Course") -> Decision:
    """Change a course, and say who has to take it."""
    return may_make_courses(actor, course.institution_id)


def may_build(actor: Actor, version: "CourseVersion") -> Decision:
    """Change, publish and withdraw a version."""
    return may_build_course(actor, version.course)


def may_supersede(actor: Actor, version: "CourseVersion") -> Decision:
    """A version is replaced by publishing the next one, never by itself."""
    return allowed_if(actor.is_system)


def may_enrol_oneself(actor: Actor, course: "Course") -> Decision:
    """Every member learns."""
    return allowed_if(actor.is_person and actor.seats, _("You hold no role anywhere at present."))


def may_enrol_people(actor: Actor, course: "Course", institution_id: UUID | None) -> Decision:
    """Enrol others: who builds the course anybody, an institution's admin its own people."""
    if may_build_course(actor, course):
        return allowed_if(True)
    own = institution_id is not None and actor.has(Role.INSTITUTION_ADMIN, institution_id=institution_id)
    return allowed_if(own, _("You enrol people of your own institution."))


def may_withdraw_enrolment(actor: Actor, enrolment: "Enrolment") -> Decision:
    """Oneself, where it is not required; who enrols may take anybody out."""
    if may_enrol_people(actor, enrolment.course, enrolment.institution_id):
        return allowed_if(True)
    if enrolment.user_id != actor.user_id:
        return Denied("", hidden=True)
    return allowed_if(not enrolment.required, _("This course is required of you: ask who enrolled you."))


def may_list_figures(actor: Actor) -> Decision:
    """Who builds courses sees the figures of theirs; managers and auditors of all."""
    reason = _("Figures are for who builds the course, for managers and auditors.")
    return allowed_if(actor.has(Role.TRAINING_ADMIN, *READERS), reason)


def may_see_figures(actor: Actor, course: "Course") -> Decision:
    """What all who take a course say of it, without names."""
    if may_build_course(actor, course) or actor.has(*READERS):
        return allowed_if(True)
    return Denied(_("Figures are for who builds the course, for managers and auditors."))


# -- videos -----------------------------------------------------------------------------------------------------------


def may_make_videos(actor: Actor, institution_id: UUID) -> Decision:
    """Begin a video of the institution's."""
    return may_make_courses(actor, institution_id)


def may_change_video(actor: Actor, video: "Video") -> Decision:
    """Replace it, write its captions and chapters, see how far it is."""
    return may_make_videos(actor, video.institution_id)


def may_change_film(actor: Actor, film: "Film") -> Decision:
    return may_change_video(actor, film.video)


def may_send_film(actor: Actor, film: "Film") -> Decision:
    """Go on with an upload: only who began it; for all others it is not there. The sweeper lands what came whole."""
    mine = actor.is_system or (actor.is_person and actor.user_id == film.created_by_id)
    return allowed_if(may_change_film(actor, film)) if mine else Denied("", hidden=True)


def may_make_film(actor: Actor, film: "Film") -> Decision:
    return allowed_if(actor.is_system, _("Only the worker prepares a video."))


def may_retry_film(actor: Actor, film: "Film") -> Decision:
    """As long as its bytes are kept."""
    own = may_change_film(actor, film)
    kept = film.received_at is not None and film.expires_at > clock.now()
    return allowed_if(kept, _("The file is no longer kept. Send it again.")) if own else own
