"""Who may act for which side of a case."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Case, Service, ServiceMember
from consortium.casework.states import Ball, CaseKind
from consortium.kernel.actors import Actor
from consortium.kernel.policies import Allowed, Decision, Denied, allowed_if
from consortium.kernel.scoping import unfiltered
from consortium.patients.models import PathwayMember, Patient
from consortium.people.policies import is_manager
from consortium.people.states import CLINICAL_ROLES, Role


def serves(actor: Actor, service_id: UUID | None) -> bool:
    """Whether `actor` is a specialist or lead of this service now."""
    if service_id is None or not actor.has(Role.SPECIALIST, Role.SERVICE_LEAD):
        return False
    return ServiceMember.objects.filter(service_id=service_id, user_id=actor.user_id, left_at=None).exists()


def leads(actor: Actor, service_id: UUID | None) -> bool:
    if service_id is None or not actor.has(Role.SERVICE_LEAD):
        return False
    seats = ServiceMember.objects.filter(service_id=service_id, user_id=actor.user_id, left_at=None)
    return seats.filter(is_lead=True).exists()


def may_act_for_asker(actor: Actor, case: Case) -> Decision:
    """The asker; when they are away, any clinician of the asking institution, for the child is theirs too."""
    mine = actor.user_id == case.asker_id and actor.has(Role.ASKER)
    colleague = case.submitted_at is not None and actor.has(Role.ASKER, institution_id=case.asking_institution_id)
    return allowed_if(mine or colleague, _("Only the asking clinic may do this."))


def may_act_as_author(actor: Actor, case: Case) -> Decision:
    return allowed_if(actor.user_id == case.asker_id and actor.has(Role.ASKER), _("Only the author may do this."))


def may_act_as_responder(actor: Actor, case: Case) -> Decision:
    """The specialist who holds the case, while they still serve."""
    mine = actor.user_id == case.responder_id
    return allowed_if(
        mine and actor.has(Role.SPECIALIST, Role.SERVICE_LEAD),
        _("Only the specialist who holds this case may do this."),
    )


def may_claim(actor: Actor, case: Case) -> Decision:
    return allowed_if(serves(actor, case.service_id), _("Only specialists of this service may take its cases."))


def coordinates(actor: Actor, case: Case) -> bool:
    service: Any = case.service
    return service is not None and actor.has(Role.COORDINATOR, institution_id=service.institution_id)


def may_allocate(actor: Actor, case: Case) -> Decision:
    allowed = coordinates(actor, case) or leads(actor, case.service_id)
    return allowed_if(allowed, _("Only the coordinator or the service lead may allocate."))


def may_post(actor: Actor, case: Case) -> Decision:
    """Write into the thread: both sides, which of a referral are all institutions that take part in it; the coordinator
    while it is their turn (a queue, an escalation), not else; and whom a feature has brought in."""
    if case.submitted_at is None:
        return Denied(_("A draft has no thread yet."))
    sides = may_act_for_asker(actor, case) or may_act_as_responder(actor, case)
    nurse = actor.has(Role.NURSE, institution_id=case.asking_institution_id)
    office = case.ball == Ball.COORDINATOR and coordinates(actor, case)
    return allowed_if(
        sides or nurse or office or _takes_part(actor, case) or brought_in_as(actor, case),
        _("Only those who work on this case may write here."),
    )


def brought_in_as(actor: Actor, case: Case) -> str:
    """As what somebody beside the two sides writes into the thread: a value of `MessageKind`; "" when they do not.

    Asked of the features that bring people in (``settings.THREAD_VOICES``: functions (actor, case) -> kind, or "").
    """
    if may_act_for_asker(actor, case) or may_act_as_responder(actor, case):
        return ""
    return next((kind for path in settings.THREAD_VOICES if (kind := import_string(path)(actor, case))), "")


def _takes_part(actor: Actor, case: Case) -> bool:
    """Whether `actor` is a clinician of an institution that a referral is sent to, or has been at."""
    if case.kind != CaseKind.REFERRAL:
        return False
    members = unfiltered(PathwayMember, why="which institutions take part in a referral").running()
    here = actor.institution_ids(*CLINICAL_ROLES)
    return bool(members.filter(pathway_id=case.pathway_id, user=None, institution_id__in=here).exists())


def may_read_identity(actor: Actor, case: Case) -> bool:
    """Whether `actor` may see who the child is; a queue shows only age, sex and question before a case is claimed."""
    return bool(Patient.objects.filter(pk=case.patient_id).exists())


def may_read_thread(actor: Actor, case: Case) -> Decision:
    """The thread, the timeline's words and the clinical text: who may know the child, and who works on the case."""
    allowed = may_read_identity(actor, case) or may_post(actor, case).allowed
    if not allowed and coordinates(actor, case):
        return Denied(_("Coordinators read and write here while it is their turn."))
    return allowed_if(allowed, _("Take the case first: until then its queue shows age, sex and question."))


def is_clinical(actor: Actor) -> bool:
    return actor.has(*CLINICAL_ROLES)


def may_run_service(actor: Actor, institution_id: UUID) -> Decision:
    """Open a service and name who answers for it: its institution's admin, or the consortium manager."""
    allowed = actor.has(Role.INSTITUTION_ADMIN, institution_id=institution_id) or is_manager(actor)
    return allowed_if(allowed, _("Only the institution's admin may do this."))


def may_edit_service(actor: Actor, service: Service) -> Decision:
    """Its duty telephone and what it wants to be sent: its lead, or whoever runs the institution's services."""
    if leads(actor, service.pk) or may_run_service(actor, service.institution_id):
        return Allowed()
    return Denied(_("Only the service lead or the institution's admin may do this."))


def may_change_duty(actor: Actor, member: ServiceMember) -> Decision:
    """Oneself, the service's lead, its coordinator, or whoever runs the institution's services."""
    service = member.service
    allowed = (
        actor.user_id == member.user_id
        or leads(actor, service.pk)
        or actor.has(Role.COORDINATOR, institution_id=service.institution_id)
        or may_run_service(actor, service.institution_id).allowed
    )
    return allowed_if(allowed, _("Only the person, the service lead or the coordinator may do this."))
