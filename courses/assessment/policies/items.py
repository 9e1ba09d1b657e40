"""Who writes questions, who reviews them, who reads the bank. The row was found already: it is of the region."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.policies import Decision, Denied, allowed_if
from consortium.people.states import Role
from courses.assessment.states.items import BANK_ROLES, WRITING_ROLES

if TYPE_CHECKING:
    from courses.assessment.models import ItemVersion


def may_see_bank(actor: Actor) -> Decision:
    return allowed_if(
        actor.has(*BANK_ROLES) or actor.is_system, _("Only those who teach and review see the questions.")
    )


def may_write(actor: Actor) -> Decision:
    return allowed_if(actor.has(*WRITING_ROLES), _("Only training admins and lecturers write questions."))


def may_edit(actor: Actor, version: "ItemVersion") -> Decision:
    """Whoever writes questions for the region; colleagues help each other."""
    return may_write(actor)


def may_review(actor: Actor, version: "ItemVersion") -> Decision:
    """A clinical reviewer, or another who writes questions; nobody what they wrote."""
    if version.created_by_id == actor.user_id:
        return Denied(_("Nobody approves what they wrote."))
    reviews = actor.has(Role.CLINICAL_REVIEWER, *WRITING_ROLES)
    return allowed_if(reviews, _("Only reviewers and those who write questions may do this."))


def may_retire(actor: Actor, version: "ItemVersion") -> Decision:
    reviews = actor.is_system or actor.has(Role.CLINICAL_REVIEWER, *WRITING_ROLES)
    return allowed_if(reviews, _("Only reviewers and those who write questions may do this."))
