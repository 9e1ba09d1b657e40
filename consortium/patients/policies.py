"""Who may do what around a child's record. Whether the child is seen at all is `models.related_patients`."""

from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.policies import Allowed, Decision, Denied, allowed_if
from consortium.kernel.scoping import unfiltered
from consortium.patients.models import READING_ROLES, AccessGrant, Pathway, PathwayMember, Patient, RecordNumber
from consortium.people.states import Role

HIDDEN = Denied("", hidden=True)


def known_at(actor: Actor, patient_id: UUID, *roles: Role) -> list[UUID]:
    """The actor's institutions (those where one of `roles` is held) that have a record of the child. One query."""
    places = actor.institution_ids(*roles)
    known = unfiltered(RecordNumber, why="where a child is known").filter(
        patient_id=patient_id, institution_id__in=places
    )
    return sorted(set(known.values_list("institution_id", flat=True)))


def may_register(actor: Actor, institution_id: UUID | None = None) -> Decision:
    allowed = actor.has(*READING_ROLES, institution_id=institution_id)
    return allowed_if(allowed, _("Only clinicians register children, at their own institution."))


def may_register_for_caller(actor: Actor) -> Decision:
    """For a clinic that calls in an emergency and has no hand free: a coordinator."""
    return allowed_if(actor.has(Role.COORDINATOR), _("Only the coordinator does this."))


def may_edit(actor: Actor, patient: Patient) -> Decision:
    """Write into the record: clinicians whose institution knows the child, or who take part in a pathway.

    Breaking the glass opens the record for reading only.
    """
    part = unfiltered(PathwayMember, why="who takes part").running().filter(pathway__patient=patient)
    mine = Q(user_id=actor.user_id) | Q(user=None, institution_id__in=actor.institution_ids(*READING_ROLES))
    if not actor.has(*READING_ROLES):
        return Denied(_("Only clinicians may do this."))
    related = known_at(actor, patient.pk, *READING_ROLES) or part.filter(mine).exists()
    return allowed_if(related, _("Emergency access is for reading only."))


def may_measure(actor: Actor, patient: Patient) -> Decision:
    """Keep or correct what was measured: whoever writes into the record, and the system."""
    return Allowed() if actor.is_system else may_edit(actor, patient)


def may_merge(actor: Actor, kept: Patient, absorbed: Patient) -> Decision:
    """Both are the actor's to edit, and they are not known to be twins."""
    for each in (kept, absorbed):
        if not (decision := may_edit(actor, each)):
            return decision
    twins = {kept.pk, kept.twin_of_id or kept.pk} & {absorbed.pk, absorbed.twin_of_id or absorbed.pk}
    return Denied(_("These two are registered as twins.")) if twins else Allowed()


def may_open_pathway(actor: Actor, institution_id: UUID) -> Decision:
    allowed = actor.is_system or actor.has(*READING_ROLES, institution_id=institution_id)
    return allowed_if(allowed, _("Only clinicians may begin an episode of care."))


def may_change_pathway(actor: Actor, pathway: Pathway) -> Decision:
    """Close or reopen: a clinician who takes part, or the system."""
    if actor.is_system:
        return Allowed()
    if not Patient.objects.filter(pk=pathway.patient_id).exists():
        return HIDDEN
    part = PathwayMember.objects.filter(pathway=pathway).running().exists()
    return allowed_if(part and actor.has(*READING_ROLES), _("Only clinicians who take part may do this."))


def may_break_glass(actor: Actor, institution_id: UUID, *, proven: bool) -> Decision:
    """Clinicians who have shown a second factor, or who they are just now (`proven`)."""
    if not actor.has(*READING_ROLES, institution_id=institution_id):
        return Denied(_("Emergency access is for clinicians."))
    return allowed_if(proven or actor.second_factor, _("Confirm who you are first."))


def may_end_grant(actor: Actor, grant: AccessGrant) -> Decision:
    """Its holder gives it back; a privacy officer who sees it takes it away."""
    if actor.is_system or grant.user_id == actor.user_id:
        return Allowed()
    return allowed_if(actor.has(Role.PRIVACY_OFFICER), _("Only its holder or a privacy officer ends it."))


def may_review_grant(actor: Actor, grant: AccessGrant) -> Decision:
    if not actor.has(Role.PRIVACY_OFFICER):
        return Denied(_("Privacy officers review emergency access."))
    return allowed_if(grant.user_id != actor.user_id, _("Nobody reviews their own access."))


def may_list_grants(actor: Actor) -> Decision:
    return allowed_if(actor.has(Role.PRIVACY_OFFICER, Role.AUDITOR), _("This list is for privacy officers."))


def may_audit(actor: Actor, patient_id: UUID) -> Decision:
    """See who read a child's record: the auditor, and the privacy officers of institutions that know the child."""
    if actor.has(Role.AUDITOR) or known_at(actor, patient_id, Role.PRIVACY_OFFICER):
        return Allowed()
    if not actor.has(Role.PRIVACY_OFFICER) and Patient.objects.filter(pk=patient_id).exists():
        return Denied(_("This is for privacy officers."))
    return HIDDEN


def may_erase(actor: Actor, patient_id: UUID, *, proven: bool) -> Decision:
    """A privacy officer of an institution that knows the child, who has shown who they are just now."""
    if not actor.has(Role.PRIVACY_OFFICER):
        seen = actor.has(Role.AUDITOR) or Patient.objects.filter(pk=patient_id).exists()
        return Denied(_("Only privacy officers erase records."), hidden=not seen)
    if not known_at(actor, patient_id, Role.PRIVACY_OFFICER):
        return HIDDEN
    return allowed_if(proven, _("Confirm who you are first."))
