"""Who builds exams, who sits them, and who marks."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.policies import Decision, Denied, allowed_if
from consortium.people.states import Role

if TYPE_CHECKING:
    from courses.assessment.models import Attempt, Exam

_TRAINERS = _("Only who leads the training of this institution may do this.")
MARKERS = (Role.TRAINING_ADMIN, Role.LECTURER)


def may_build_exams(actor: Actor, institution_id: UUID | None = None) -> Decision:
    """Make exams for an institution (for any of theirs, when none is named). The system too: of lectures."""
    return allowed_if(actor.is_system or actor.has(Role.TRAINING_ADMIN, institution_id=institution_id), _TRAINERS)


def may_run_exam(actor: Actor, exam: "Exam") -> Decision:
    """Change, publish and close it, make exceptions, and read its results by name."""
    return may_build_exams(actor, exam.institution_id)


def may_sit(actor: Actor, exam: "Exam") -> Decision:
    """Every member of staff learns."""
    return allowed_if(actor.is_person)


def may_answer(actor: Actor, attempt: "Attempt") -> Decision:
    """Nobody answers for another."""
    return allowed_if(attempt.user_id == actor.user_id, _("This is somebody else's attempt."))


def may_see_attempt(actor: Actor, attempt: "Attempt") -> Decision:
    """Whose it is, and who leads the training."""
    return allowed_if(attempt.user_id == actor.user_id or may_run_exam(actor, attempt.exam).allowed, _TRAINERS)


def may_mark_for(actor: Actor, institution_id: UUID | None = None) -> Decision:
    """Mark essays of an institution's exams."""
    return allowed_if(
        actor.has(*MARKERS, institution_id=institution_id), _("Only trainers and lecturers of this institution mark.")
    )


def may_mark(actor: Actor, attempt: "Attempt") -> Decision:
    """Nobody marks their own."""
    if attempt.user_id == actor.user_id:
        return Denied(_("Nobody marks what they wrote."))
    return may_mark_for(actor, attempt.exam.institution_id)


def by_the_system(actor: Actor, attempt: "Attempt") -> Decision:
    """What only the clock, or the last mark, does."""
    return allowed_if(actor.is_system)
