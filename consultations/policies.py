"""Who may do what with a consultation; whether its step allows it is the machine's business."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from consortium.casework import policies as casework
from consortium.casework.models import Case, ServiceMember
from consortium.casework.states import Allocation, Ball, Priority
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.events import receivers_of
from consortium.kernel.policies import Decision, Denied, allowed_if
from consortium.patients.queries.record import consent_withheld, has_consent
from consortium.patients.states import ConsentKind
from consortium.people.states import Role
from consultations.events import ConsultationConverted
from consultations.models import REOPEN_WITHIN, Answer, Consultation
from consultations.models.outcomes import OutcomeChase, OutcomeStep
from consultations.models.reviews import Review
from consultations.states import AGREED, MeetingStep, Side, WithdrawReason

if TYPE_CHECKING:
    from uuid import UUID

    from consultations.models.meetings import Meeting, Recording


def may_ask(actor: Actor, institution_id: "UUID | None" = None) -> Decision:
    """Begin a consultation for an institution."""
    return allowed_if(actor.has(Role.ASKER, institution_id=institution_id), _("Only clinicians may ask."))


def may_edit_draft(actor: Actor, consultation: Consultation) -> Decision:
    return casework.may_act_as_author(actor, consultation.case)


def may_claim(actor: Actor, consultation: Consultation) -> Decision:
    if actor.user_id == consultation.case.asker_id:
        return Denied(_("You can't answer your own question."))
    if _is_allocated(consultation.case):
        return Denied(_("The coordinator allocates the routine questions of this service."))
    decision = casework.may_claim(actor, consultation.case)
    return _may_look_again(actor, consultation) if decision and consultation.looked_at_again else decision


def _is_allocated(case: Case) -> bool:
    """Stat and urgent ones page who is on duty, so whoever hears it takes them."""
    service = case.service
    by_office = service is not None and service.allocation == Allocation.COORDINATOR
    return by_office and case.priority == Priority.ROUTINE


def _may_look_again(actor: Actor, consultation: Consultation) -> Decision:
    """A disputed decline is looked at by a lead of the service who did not decline it."""
    if actor.user_id == consultation.declined_by_id:
        return Denied(_("You declined this question: somebody else looks at it again."))
    return allowed_if(
        casework.leads(actor, consultation.case.service_id),
        _("The asker disputes a decline: the service lead looks at it again."),
    )


def may_allocate(actor: Actor, consultation: Consultation) -> Decision:
    if consultation.looked_at_again and actor.user_id == consultation.declined_by_id:
        return Denied(_("You declined this question: somebody else looks at it again."))
    return casework.may_allocate(actor, consultation.case)


def may_assign(actor: Actor, consultation: Consultation) -> Decision:
    """From the duty list; never while the service lead is to look again at what was declined."""
    return allowed_if(
        actor.is_system and not consultation.looked_at_again, _("Only the system does this, from the duty list.")
    )


def may_dispute(actor: Actor, consultation: Consultation) -> Decision:
    """The asker disagrees with a decline, once."""
    if consultation.declined_by_service_id is None or consultation.disputed_at is not None:
        return Denied(_("Only a decline is disputed, and once."))
    return may_act_for_asker(actor, consultation)


def may_return(actor: Actor, consultation: Consultation) -> Decision:
    return allowed_if(actor.is_system, _("Only the system returns a case to its queue."))


def may_take_back(actor: Actor, consultation: Consultation) -> Decision:
    """After the last step of an escalation, when the case has come to the coordinator (C15)."""
    case = consultation.case
    overdue = case.ball == Ball.COORDINATOR and case.responder_id is not None
    return allowed_if(
        overdue and casework.coordinates(actor, case),
        _("Only the coordinator takes a case back, when it is long over its time."),
    )


def may_answer(actor: Actor, consultation: Consultation) -> Decision:
    return casework.may_act_as_responder(actor, consultation.case)


def may_act_for_asker(actor: Actor, consultation: Consultation) -> Decision:
    return casework.may_act_for_asker(actor, consultation.case)


def may_meet(actor: Actor, consultation: Consultation) -> Decision:
    """A video call is proposed, agreed on and cancelled by either side."""
    return allowed_if(
        may_answer(actor, consultation).allowed or may_act_for_asker(actor, consultation).allowed,
        _("Only the asking clinic and the specialist may do this."),
    )


def side_of(actor: Actor, consultation: Consultation) -> Side:
    """On which side of the call the actor sits."""
    return Side.SPECIALIST if actor.user_id == consultation.case.responder_id else Side.ASKER


def may_propose_video(actor: Actor, consultation: Consultation) -> Decision:
    """Until a time is agreed on; a second proposal takes the place of the first."""
    decision = may_meet(actor, consultation)
    if not decision:
        return decision
    newest = consultation.newest_meeting
    if newest is not None and newest.step in AGREED:
        return Denied(_("A call is agreed on already: choose another time for it instead."))
    return _may_be_seen(consultation)


def may_book_video(actor: Actor, consultation: Consultation) -> Decision:
    """Pick from what the other side proposed; move what is booked; book again what did not come about."""
    decision = may_meet(actor, consultation)
    if not decision:
        return decision
    newest = consultation.newest_meeting
    if newest is None or newest.step not in (MeetingStep.PROPOSED, MeetingStep.BOOKED, MeetingStep.MISSED):
        return Denied(_("There is no call to choose a time for: propose one first."))
    if newest.step == MeetingStep.PROPOSED and newest.side == side_of(actor, consultation):
        return Denied(_("The other side chooses from the times that you proposed."))
    return _may_be_seen(consultation)


def may_cancel_video(actor: Actor, consultation: Consultation) -> Decision:
    """Also the office of the system, when the case is over or goes to somebody else."""
    newest = consultation.newest_meeting if actor.is_system or may_meet(actor, consultation) else None
    standing = newest is not None and newest.step in (MeetingStep.PROPOSED, MeetingStep.BOOKED)
    return allowed_if(standing, _("There is no call to cancel."))


def may_call_now(actor: Actor, consultation: Consultation) -> Decision:
    decision = may_meet(actor, consultation)
    if not decision:
        return decision
    newest = consultation.newest_meeting
    if newest is not None and newest.step == MeetingStep.OPEN:
        return Denied(_("The call is under way: join it."))
    if consultation.case.responder_id is None:
        return Denied(_("Nobody holds the case yet."))
    return _may_be_seen(consultation)


def _may_be_seen(consultation: Consultation) -> Decision:
    """A guardian who has said no to video is not called; a life at risk may not wait for the question."""
    remembered = consultation.__dict__
    if "video_withheld" not in remembered:  # asked by several acts of one page
        remembered["video_withheld"] = consent_withheld(consultation.case.patient_id, ConsentKind.VIDEO)
    if remembered["video_withheld"] and consultation.case.priority != Priority.STAT:
        return Denied(_("The guardian does not agree to a video call: keep a new consent first."))
    return allowed_if(True)


def may_hold_video(actor: Actor, consultation: Consultation) -> Decision:
    return allowed_if(actor.is_system, _("The call itself says how it ended."))


def may_keep_meeting(actor: Actor, meeting: "Meeting") -> Decision:
    """The steps of a call follow the acts on its case, which ask for the right."""
    return allowed_if(actor.is_system or actor.is_person)


def may_end_meeting(actor: Actor, row: object) -> Decision:
    return allowed_if(actor.is_system, _("The call itself says how it ended."))


def may_record(actor: Actor, recording: "Recording") -> Decision:
    """Only on the specialist's side: the one who holds the case."""
    return casework.may_act_as_responder(actor, recording.case)


def may_stop_recording(actor: Actor, recording: "Recording") -> Decision:
    """Anybody of the two sides, and the system when somebody new comes in."""
    if actor.is_system:
        return allowed_if(True)
    return casework.may_act_as_responder(actor, recording.case) or casework.may_act_for_asker(actor, recording.case)


def may_watch_recording(actor: Actor, recording: "Recording") -> Decision:
    """Whoever may know the child and works on the case, while the consent stands."""
    if recording.withdrawn_at is not None or recording.deleted_at is not None or not recording.size:
        return Denied("", hidden=True)
    return casework.may_read_thread(actor, recording.case)


def may_time_out(actor: Actor, consultation: Consultation) -> Decision:
    return allowed_if(actor.is_system, _("Only the clock does this."))


def may_give_opinion(actor: Actor, consultation: Consultation) -> Decision:
    """The specialist who was asked, until they have answered, while they serve as what they were asked."""
    asked = actor.has(Role.SPECIALIST, Role.SERVICE_LEAD) and any(
        each.is_waiting and each.specialist_id == actor.user_id and casework.serves(actor, each.service_id)
        for each in consultation.opinions
    )
    return allowed_if(
        asked,
        _("Only the specialist who was asked may do this."),
    )


def may_convert(actor: Actor, consultation: Consultation) -> Decision:
    """The asking side; the specialist when the asker has agreed to it beforehand. Somebody must make the referral."""
    if not _referrals_are_made():
        return Denied(_("Referrals are not set up here."))
    if consultation.may_be_converted and may_answer(actor, consultation).allowed:
        return allowed_if(True)
    return may_act_for_asker(actor, consultation)


def _referrals_are_made() -> bool:
    """Whether another feature takes what is to become a referral, in the transaction of the act."""
    heard_by = receivers_of(ConsultationConverted.event_name())
    return any(each.duty and not each.name.startswith("consultations.") for each in heard_by)


def latest_answer(consultation: Consultation) -> Answer | None:
    """The answer that counts: the newest one."""
    answer: Answer | None = Answer.objects.filter(case_id=consultation.pk).order_by("-number").first()
    return answer


def correction_waits(consultation: Consultation) -> bool:
    """Whether the newest answer is a correction that the asker has not acknowledged."""
    newest = latest_answer(consultation)
    return newest is not None and newest.corrects_id is not None and newest.acknowledged_at is None


def may_close_out(actor: Actor, consultation: Consultation) -> Decision:
    decision = may_act_for_asker(actor, consultation)
    if decision.allowed and correction_waits(consultation):
        return Denied(_("The answer was corrected: read and acknowledge the correction first."))
    return decision


def may_reopen(actor: Actor, consultation: Consultation) -> Decision:
    closed_at = consultation.case.closed_at
    if closed_at is not None and closed_at + REOPEN_WITHIN < clock.now():
        return Denied(_("A consultation can be reopened for 30 days. Ask a new question instead."))
    decision = may_act_for_asker(actor, consultation)
    if decision and consultation.case.priority != Priority.STAT and _withheld(consultation):
        return Denied(_("The guardian no longer agrees to share the record: keep a new consent first."))
    return decision


def _withheld(consultation: Consultation) -> bool:
    return consent_withheld(consultation.case.patient_id, ConsentKind.SHARE)


def may_stop_sharing(actor: Actor, consultation: Consultation) -> Decision:
    return allowed_if(actor.is_system, _("Only the system does this, when the guardian withdraws the consent."))


def may_send_again(actor: Actor, consultation: Consultation) -> Decision:
    """What came back because the consent had ended goes out again once there is a new one."""
    if consultation.withdraw_reason != WithdrawReason.CONSENT:
        return Denied(_("This question was withdrawn: ask a new one instead."))
    decision = may_act_for_asker(actor, consultation)
    if decision and not has_consent(consultation.case.patient_id, ConsentKind.SHARE):
        return Denied(_("The guardian no longer agrees to share the record: keep a new consent first."))
    return decision


def may_raise_urgency(actor: Actor, consultation: Consultation) -> Decision:
    if consultation.case.priority == Priority.STAT:
        return Denied(_("This is stat already."))
    if actor.is_system or casework.coordinates(actor, consultation.case):
        return allowed_if(True)
    return may_act_for_asker(actor, consultation)


def may_lower_urgency(actor: Actor, consultation: Consultation) -> Decision:
    if consultation.case.priority == Priority.ROUTINE:
        return Denied(_("This is routine already."))
    return allowed_if(casework.coordinates(actor, consultation.case), _("Only the coordinator may lower the urgency."))


def may_enter_in_error(actor: Actor, consultation: Consultation) -> Decision:
    author = casework.may_act_as_author(actor, consultation.case).allowed
    return allowed_if(
        author or casework.leads(actor, consultation.case.service_id),
        _("Only the author or the service lead may do this."),
    )


def may_correct(actor: Actor, consultation: Consultation) -> Decision:
    newest = latest_answer(consultation)
    signer = newest is not None and newest.signed_by_id == actor.user_id
    return allowed_if(
        signer and actor.has(Role.SPECIALIST, Role.SERVICE_LEAD), _("Only who signed the answer may correct it.")
    )


def may_acknowledge_correction(actor: Actor, consultation: Consultation) -> Decision:
    if not correction_waits(consultation):
        return Denied(_("There is no correction to acknowledge."))
    return may_act_for_asker(actor, consultation)


def may_write_templates(actor: Actor, specialty_id: "UUID | None" = None) -> Decision:
    """A service lead; the texts of one specialty, who leads a service of it."""
    led = ServiceMember.objects.filter(user_id=actor.user_id, is_lead=True, left_at=None)
    fits = specialty_id is None or led.filter(service__specialty_id=specialty_id).exists()
    return allowed_if(actor.has(Role.SERVICE_LEAD) and fits, _("Only a service lead may do this."))


def may_see_gaps(actor: Actor) -> Decision:
    """Where the manual fell short, as counts: who writes and who reviews it."""
    return allowed_if(
        actor.has(Role.MANUAL_EDITOR, Role.CLINICAL_REVIEWER), _("Only who writes the manual may see this.")
    )


def may_chase_outcome(actor: Actor, chase: OutcomeChase) -> Decision:
    return allowed_if(actor.is_system, _("Only the clock does this."))


def may_tell_outcome(actor: Actor, chase: OutcomeChase) -> Decision:
    """What became of the child: the asking clinic, its nurses too; the coordinator once it is theirs to ask."""
    case = chase.case
    clinic = casework.may_act_for_asker(actor, case).allowed
    nurse = actor.has(Role.NURSE, institution_id=case.asking_institution_id)
    office = chase.step == OutcomeStep.OFFICE and casework.coordinates(actor, case)
    return allowed_if(clinic or nurse or office, _("Only the asking clinic may do this."))


def may_rate(actor: Actor, review: Review) -> Decision:
    """The rater, until they have rated; for all others the answer is not there to be rated."""
    if actor.user_id != review.rater_id:
        return Denied("", hidden=True)
    able = actor.has(Role.SPECIALIST, Role.SERVICE_LEAD)
    return allowed_if(able and review.rated_at is None, _("This answer has been rated."))


def may_run_reviews(actor: Actor, service_id: "UUID") -> Decision:
    """See a service's sample and scores, choose the share, name another rater: its leads."""
    return allowed_if(casework.leads(actor, service_id), _("Only the service lead may do this."))
