"""Who may do what with a version and with a run."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.policies import Decision, Denied, allowed_if
from consortium.people.states import CLINICAL_ROLES, Role

if TYPE_CHECKING:
    from decision_manual.models import VersionState

_AUTHOR = _("Nobody approves what they wrote.")


def may_read_manual(actor: Actor) -> Decision:
    return allowed_if(actor.is_person or actor.is_system)


def may_run(actor: Actor) -> Decision:
    """Keep a run."""
    return allowed_if(actor.has(*CLINICAL_ROLES), _("Only clinicians keep a run."))


def may_send_to_review(actor: Actor, state: "VersionState") -> Decision:
    return allowed_if(actor.has(Role.MANUAL_EDITOR), _("Only an editor of the manual may do this."))


def may_approve_clinically(actor: Actor, state: "VersionState") -> Decision:
    if state.author_id is not None and state.author_id == actor.user_id:
        return Denied(_AUTHOR)
    return allowed_if(actor.has(Role.CLINICAL_REVIEWER), _("Only a clinical reviewer may do this."))


def may_approve_doses(actor: Actor, state: "VersionState") -> Decision:
    if state.author_id is not None and state.author_id == actor.user_id:
        return Denied(_AUTHOR)
    if state.clinician_id == actor.user_id:
        return Denied(_("Two different people approve a version."))
    if state.unverified:
        return Denied(_("What is marked to be verified has to be looked up first."))
    return allowed_if(actor.has(Role.PHARMACIST), _("Only a pharmacist may do this."))


def may_send_back(actor: Actor, state: "VersionState") -> Decision:
    reviewers: Any = (Role.CLINICAL_REVIEWER, Role.PHARMACIST, Role.MANUAL_EDITOR)
    return allowed_if(actor.has(*reviewers), _("Only those who review may do this."))


def may_retire(actor: Actor, state: "VersionState") -> Decision:
    return allowed_if(
        actor.is_system or actor.has(Role.MANUAL_EDITOR, Role.CLINICAL_REVIEWER),
        _("Only an editor or a clinical reviewer may do this."),
    )
