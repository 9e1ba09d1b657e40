"""Who may do what with a referral; whether its step allows it is the machine's business."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from consortium.casework import policies as casework
from consortium.casework.models import Case, Service
from consortium.casework.queries.on_duty import on_duty_ids
from consortium.casework.states import Priority
from consortium.kernel.actors import Actor
from consortium.kernel.policies import Decision, Denied, allowed_if
from consortium.people.states import CLINICAL_ROLES, Role, Tier
from referrals.models import Encounter, Offer, Outcome, Referral, Transport
from referrals.states import EXPECTED_STEPS, OfferStep, Step

if TYPE_CHECKING:
    from referrals.models import FollowUp

_SYSTEM_ONLY = _("Only the system does this.")
#: who treats: a nurse notes and follows, but neither accepts nor signs
_DOCTORS = (Role.ASKER, Role.SPECIALIST, Role.SERVICE_LEAD)


def may_refer(actor: Actor, institution_id: UUID | None = None) -> Decision:
    """Begin a referral for an institution: its doctors."""
    return allowed_if(actor.has(*_DOCTORS, institution_id=institution_id), _("Only clinicians may refer."))


def may_record_for(actor: Actor, institution_id: UUID | None = None) -> Decision:
    """Write down a referral that somebody else asks for by telephone: a coordinator."""
    return allowed_if(actor.has(Role.COORDINATOR, institution_id=institution_id), _("Only the coordinator does this."))


def may_receive_somewhere(actor: Actor) -> Decision:
    """Look for the child that stands at the door: whoever works clinically where there is a service."""
    places = actor.institution_ids(*CLINICAL_ROLES)
    there = bool(places) and Service.objects.filter(institution_id__in=places, is_open=True).exists()
    return allowed_if(there, _("Only who works at the receiving institution may do this."))


def may_receive_unannounced(actor: Actor, service: Service) -> Decision:
    """A child stands at the door: whoever works there clinically."""
    there = actor.has(*CLINICAL_ROLES, institution_id=service.institution_id)
    return allowed_if(there, _("Only who works at the receiving institution may do this."))


def may_edit_draft(actor: Actor, referral: Referral) -> Decision:
    """The author; the coordinator who writes it down for them."""
    author = actor.user_id in (referral.case.asker_id, referral.recorded_by_id)
    return allowed_if(author, _("Only the author may do this."))


# --- the two sides ----------------------------------------------------------------------------------------------------


def may_act_for_asker(actor: Actor, referral: Referral) -> Decision:
    """Any doctor of the sending institution: the child is theirs; the coordinator who wrote it down for them."""
    case = referral.case
    there = case.submitted_at is not None and actor.has(*_DOCTORS, institution_id=case.asking_institution_id)
    mine = actor.user_id in (case.asker_id, referral.recorded_by_id)
    return allowed_if(there or mine, _("Only the sending clinic may do this."))


def receives(actor: Actor, service: Service) -> bool:
    """Whether `actor` answers for a service that receives: its members; in a community centre, which has few of them,
    any doctor who works there."""
    if casework.serves(actor, service.pk):
        return True
    close_to_home = service.institution.tier < Tier.TERTIARY
    return close_to_home and actor.has(*_DOCTORS, institution_id=service.institution_id)


def asked_services(referral: Referral) -> list[Service]:
    """The services that are asked now: the case's own, and for a stat child those asked beside it."""
    asked = Offer.objects.filter(case_id=referral.pk, step__in=(OfferStep.REQUESTED, OfferStep.SEEN))
    return [offer.service for offer in asked.select_related("service__institution")]


def _is_asked(actor: Actor, referral: Referral) -> bool:
    return any(receives(actor, service) for service in asked_services(referral))


def answers(actor: Actor, referral: Referral, service: Service) -> bool:
    """Whether `actor` says yes or no for a service that is asked: who receives for it; for a stat child whoever the
    alarm calls, the officers on duty and the leads, while somebody is on duty there (R3)."""
    if not receives(actor, service):
        return False
    if referral.case.priority != Priority.STAT or service.institution.tier < Tier.TERTIARY:
        return True
    on_duty = {user_id for user_id, _rank in on_duty_ids(service.pk)}
    return not on_duty or actor.user_id in on_duty or casework.leads(actor, service.pk)


def at_receiver(actor: Actor, case: Case, *roles: str) -> bool:
    """Whether `actor` works at the institution that has the child, in one of `roles` (any clinical one)."""
    service = case.service
    return service is not None and actor.has(*(roles or CLINICAL_ROLES), institution_id=service.institution_id)


def may_receive(actor: Actor, referral: Referral) -> Decision:
    """Open it at a service that is asked: the act of looking is a step of its own."""
    return allowed_if(_is_asked(actor, referral), _("Only the receiving service may do this."))


def may_accept(actor: Actor, referral: Referral) -> Decision:
    if actor.user_id == referral.case.asker_id:
        return Denied(_("You can't accept your own referral."))
    if referral.disputed_at and _waits_for_lead(referral):
        return allowed_if(
            casework.leads(actor, referral.case.service_id),
            _("The sender disputes the decline: the service lead looks at it again."),
        )
    asked = asked_services(referral)
    if not any(receives(actor, service) for service in asked):
        return Denied(_("Only the receiving service may do this."))
    return allowed_if(
        any(answers(actor, referral, service) for service in asked),
        _("A stat child is answered by the officer on duty, or who leads the service."),
    )


def _waits_for_lead(referral: Referral) -> bool:
    """Disputed, and not settled since by the service that declined."""
    latest = Offer.objects.filter(case_id=referral.pk).order_by("-number").first()
    return latest is not None and latest.step == OfferStep.SEEN and bool(latest.decline_reason)


def may_accept_late(actor: Actor, referral: Referral) -> Decision:
    """The child is on the way, or there, before anybody said yes."""
    if referral.accepted_at is not None:
        return Denied(_("This is accepted already."))
    return may_accept(actor, referral)


def may_decline(actor: Actor, referral: Referral) -> Decision:
    """Whoever could accept; after acceptance whoever holds it, or leads the service."""
    if referral.step in EXPECTED_STEPS:
        return _holds(actor, referral)
    return may_accept(actor, referral)


def _holds(actor: Actor, referral: Referral) -> Decision:
    case = referral.case
    mine = actor.user_id == case.responder_id and at_receiver(actor, case)
    return allowed_if(
        mine or casework.leads(actor, case.service_id) or _serves_it(actor, case),
        _("Only the receiving service may do this."),
    )


def _serves_it(actor: Actor, case: Case) -> bool:
    return case.service is not None and receives(actor, case.service)


def may_tend(actor: Actor, referral: Referral) -> Decision:
    """What happens at the door and on the ward: any clinician of the receiving institution, and its coordinator."""
    case = referral.case
    return allowed_if(
        at_receiver(actor, case) or at_receiver(actor, case, Role.COORDINATOR),
        _("Only who works at the receiving institution may do this."),
    )


def may_treat(actor: Actor, referral: Referral) -> Decision:
    """What is signed: a doctor of the receiving institution."""
    return allowed_if(
        at_receiver(actor, referral.case, *_DOCTORS), _("Only a doctor of the receiving institution may do this.")
    )


def treats_at(actor: Actor, institution_id: UUID) -> bool:
    """Whether `actor` is one of its doctors."""
    return actor.has(*_DOCTORS, institution_id=institution_id)


def may_discharge(actor: Actor, referral: Referral) -> Decision:
    """From a stay that lasts; a visit to the clinic is over when the child was seen."""
    if not Encounter.objects.filter(case_id=referral.pk, ended_at=None).exists():
        return Denied(_("The child has left already."))
    return may_treat(actor, referral)


def may_coordinate(actor: Actor, referral: Referral) -> bool:
    """A coordinator of the receiving institution, or of the sending one."""
    case = referral.case
    return casework.coordinates(actor, case) or actor.has(Role.COORDINATOR, institution_id=case.asking_institution_id)


# --- finding a place --------------------------------------------------------------------------------------------------


def may_also_ask(actor: Actor, referral: Referral) -> Decision:
    """For a stat child several hospitals may be asked at once; the first that accepts has it."""
    if referral.case.priority != Priority.STAT:
        return Denied(_("Only for a stat child are several hospitals asked at once."))
    return may_redirect(actor, referral)


def may_redirect(actor: Actor, referral: Referral) -> Decision:
    """The coordinator; the sender; the recipient when the sender has agreed to it beforehand."""
    if may_coordinate(actor, referral) or may_act_for_asker(actor, referral).allowed:
        return allowed_if(True)
    agreed = referral.may_be_redirected and _declined_it(actor, referral)
    return allowed_if(agreed, _("Only the coordinator or the sender may ask another hospital."))


def _declined_it(actor: Actor, referral: Referral) -> bool:
    return referral.step == Step.DECLINED and _serves_it(actor, referral.case)


def may_dispute(actor: Actor, referral: Referral) -> Decision:
    if referral.disputed_at is not None:
        return Denied(_("This decline was disputed already: ask another hospital."))
    return may_act_for_asker(actor, referral)


# --- visits and the way -----------------------------------------------------------------------------------------------


def may_book_visit(actor: Actor, referral: Referral) -> Decision:
    """The receiving hospital or its coordinator; the sender on the spot, from the places kept for referrals; the system
    from the waiting list."""
    allowed = actor.is_system or books_for_receiver(actor, referral) or may_coordinate(actor, referral)
    return allowed_if(
        allowed or may_act_for_asker(actor, referral).allowed, _("Only the two sides and the coordinator may book.")
    )


def books_for_receiver(actor: Actor, referral: Referral) -> bool:
    """Whether `actor` gives the receiving hospital's places, those kept for referrals and the others."""
    case = referral.case
    there = _serves_it(actor, case) or may_tend(actor, referral).allowed
    return actor.is_system or there or casework.coordinates(actor, case)


def may_keep_beds(actor: Actor, service: Service) -> Decision:
    """The free beds of a service: who answers for it, and who keeps its roster."""
    allowed = casework.serves(actor, service.pk) or casework.may_keep_roster(actor, service).allowed
    return allowed_if(allowed, _("Only who works for this service may do this."))


def may_cancel_visit(actor: Actor, referral: Referral) -> Decision:
    return may_book_visit(actor, referral)


def may_transport(actor: Actor, referral: Referral) -> Decision:
    """The sender, nurses included; the coordinator; who receives."""
    case = referral.case
    sender = actor.has(*CLINICAL_ROLES, institution_id=case.asking_institution_id)
    return allowed_if(
        sender or may_coordinate(actor, referral) or at_receiver(actor, case),
        _("Only the two sides and the coordinator may do this."),
    )


def may_depart_early(actor: Actor, referral: Referral) -> Decision:
    """Before anybody has accepted: only a stat child, with the coded reason."""
    if referral.case.priority != Priority.STAT:
        return Denied(_("Only a stat child may depart before it is accepted."))
    return may_transport(actor, referral)


def may_hand_over(actor: Actor, referral: Referral) -> Decision:
    """Who gives the child out of their hands: clinicians of the sending side."""
    sender = actor.has(*CLINICAL_ROLES, institution_id=referral.case.asking_institution_id)
    return allowed_if(sender, _("Only the sending clinic may do this."))


def may_read_back(actor: Actor, referral: Referral) -> Decision:
    """Who takes the child over, once: what was handed over, in their own words."""
    signed = Transport.objects.filter(case_id=referral.pk, signed_at__isnull=False, read_back_at=None)
    if not signed.exists():
        return Denied(_("There is no signed hand-over to read back."))
    return allowed_if(at_receiver(actor, referral.case), _("Only who works at the receiving institution may do this."))


def may_link_sender(actor: Actor, referral: Referral) -> Decision:
    """Once, for a child that came unannounced; until then it stands as sent by the receiving institution itself."""
    case = referral.case
    if not referral.unannounced or case.service is None or case.asking_institution_id != case.service.institution_id:
        return Denied(_("This referral has a sender."))
    return may_tend(actor, referral)


# --- cancel, outcome, acknowledgement ---------------------------------------------------------------------------------


def may_ask_cancel(actor: Actor, referral: Referral) -> Decision:
    if referral.cancel_asked_at is not None:
        return Denied(_("The recipient has been asked to cancel it: they decide."))
    return may_act_for_asker(actor, referral)


def may_answer_cancel(actor: Actor, referral: Referral) -> Decision:
    if referral.cancel_asked_at is None:
        return Denied(_("Nobody asks to cancel this."))
    return allowed_if(
        _serves_it(actor, referral.case) or may_treat(actor, referral).allowed,
        _("Only the receiving service may do this."),
    )


def may_correct_outcome(actor: Actor, referral: Referral) -> Decision:
    """Who signed it, or a version of it; else who leads the service, under their own name."""
    signed = Outcome.objects.filter(case_id=referral.pk, signed_by_id=actor.user_id)
    theirs = actor.has(*_DOCTORS) and signed.exists()
    return allowed_if(
        theirs or casework.leads(actor, referral.case.service_id),
        _("Only who signed the outcome, or leads the service, may correct it."),
    )


def may_acknowledge(actor: Actor, referral: Referral) -> Decision:
    return may_act_for_asker(actor, referral)


# --- back and followed up ---------------------------------------------------------------------------------------------


def may_take_over(actor: Actor, referral: Referral) -> Decision:
    """A doctor of the centre that a back-referral asks."""
    if not referral.is_back:
        return Denied(_("Only a back-referral is taken over."))
    return allowed_if(_serves_it(actor, referral.case), _("Only the receiving service may do this."))


def may_follow(actor: Actor, referral: Referral) -> Decision:
    """The centre that follows the child, its nurses too; a coordinator of either side once a child did not come."""
    return allowed_if(
        at_receiver(actor, referral.case) or may_coordinate(actor, referral),
        _("Only who follows the child may do this."),
    )


def may_keep_follow_up(actor: Actor, follow_up: "FollowUp") -> Decision:
    """The steps of a visit follow the acts on its referral, which ask for the right."""
    return allowed_if(actor.is_system or actor.is_person)


# --- whoever ----------------------------------------------------------------------------------------------------------


def may_invite_family(actor: Actor, referral: Referral) -> Decision:
    """Make the family's link, see it and take it back: clinicians of either side, and the coordinators."""
    if referral.case.submitted_at is None or referral.step == Step.ENTERED_IN_ERROR:
        return Denied(_("A family is invited once the referral is sent."))
    return may_transport(actor, referral)


def may_end(actor: Actor, referral: Referral) -> Decision:
    """Either side, nurses too, and the coordinator."""
    return may_transport(actor, referral)


def may_time_out(actor: Actor, referral: Referral) -> Decision:
    return allowed_if(actor.is_system, _SYSTEM_ONLY)


def may_enter_in_error(actor: Actor, referral: Referral) -> Decision:
    author = may_edit_draft(actor, referral).allowed
    return allowed_if(
        author or casework.leads(actor, referral.case.service_id),
        _("Only the author or the service lead may do this."),
    )


def may_raise_urgency(actor: Actor, referral: Referral) -> Decision:
    if referral.case.priority == Priority.STAT:
        return Denied(_("This is stat already."))
    if actor.is_system or may_coordinate(actor, referral) or may_tend(actor, referral).allowed:
        return allowed_if(True)
    return may_act_for_asker(actor, referral)


def may_lower_urgency(actor: Actor, referral: Referral) -> Decision:
    if referral.case.priority == Priority.ROUTINE:
        return Denied(_("This is routine already."))
    return allowed_if(may_coordinate(actor, referral), _("Only the coordinator may lower the urgency."))


def may_ask_information(actor: Actor, referral: Referral) -> Decision:
    if referral.information_asked_at is not None:
        return Denied(_("The sender has been asked already."))
    return allowed_if(
        _serves_it(actor, referral.case) or _is_asked(actor, referral) or may_treat(actor, referral).allowed,
        _("Only the receiving service may do this."),
    )


def may_supply_information(actor: Actor, referral: Referral) -> Decision:
    if referral.information_asked_at is None:
        return Denied(_("Nothing was asked for."))
    return may_act_for_asker(actor, referral)
