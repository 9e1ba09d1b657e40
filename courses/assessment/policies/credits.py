"""Who says by which rules credits are given, who takes them back, and who ends a certificate."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.policies import Decision, allowed_if
from consortium.people.states import Role

if TYPE_CHECKING:
    from courses.assessment.models import Certificate, CreditEntry

_TRAINERS = _("Only who leads the training of this institution may do this.")


def may_set_credit_rules(actor: Actor) -> Decision:
    """Rules hold for the whole consortium."""
    return allowed_if(actor.has(Role.CONSORTIUM_MANAGER), _("Only a consortium manager sets the rules of credit."))


def may_see_issued(actor: Actor) -> Decision:
    """The list of certificates: who leads training; managers and auditors."""
    readers = (Role.TRAINING_ADMIN, Role.CONSORTIUM_MANAGER, Role.AUDITOR)
    return allowed_if(actor.has(*readers), _("Only who leads training sees the certificates of others."))


def may_reverse(actor: Actor, entry: "CreditEntry") -> Decision:
    """Take credits back that were given for a course of one's institution; never one's own."""
    leads = actor.has(Role.TRAINING_ADMIN, institution_id=entry.institution_id)
    return allowed_if(leads and entry.user_id != actor.user_id, _TRAINERS)


def may_revoke(actor: Actor, certificate: "Certificate") -> Decision:
    """End a certificate of one's institution; never one's own."""
    leads = actor.has(Role.TRAINING_ADMIN, institution_id=certificate.institution_id)
    return allowed_if(leads and certificate.user_id != actor.user_id, _TRAINERS)


def may_reissue(actor: Actor, certificate: "Certificate") -> Decision:
    """Whose it is, after a change of name; and who leads the training."""
    leads = actor.has(Role.TRAINING_ADMIN, institution_id=certificate.institution_id)
    return allowed_if(leads or certificate.user_id == actor.user_id, _TRAINERS)
