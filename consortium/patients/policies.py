"""Who may do what around a child's record. Whether the child is seen at all is `models.related_patients`."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.policies import Allowed, Decision, Denied, allowed_if
from consortium.patients.models import Pathway, PathwayMember, Patient
from consortium.people.states import CLINICAL_ROLES


def may_open_pathway(actor: Actor, institution_id: UUID) -> Decision:
    allowed = actor.is_system or actor.has(*CLINICAL_ROLES, institution_id=institution_id)
    return allowed_if(allowed, _("Only clinicians may begin an episode of care."))


def may_change_pathway(actor: Actor, pathway: Pathway) -> Decision:
    """Close or reopen: a clinician who takes part, or the system."""
    if actor.is_system:
        return Allowed()
    if not Patient.objects.filter(pk=pathway.patient_id).exists():
        return Denied("", hidden=True)
    part = PathwayMember.objects.filter(pathway=pathway).running().exists()
    return allowed_if(part and actor.has(*CLINICAL_ROLES), _("Only clinicians who take part may do this."))
