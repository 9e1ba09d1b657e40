"""The referral machine: transitions R1-R22 of the care pathway.

`step` is the one stored state; FHIR Task.status and businessStatus are derived from it. A referral asks one receiving
service at a time; each that was asked leaves an Offer (FHIR Task), the present one and those that declined.
"""

from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consortium.kernel.machine import Machine, Transition
from referrals import events


class Step(TextChoices):
    DRAFT = "draft", _("Draft")
    REQUESTED = "requested", _("Sent")
    SEEN = "seen", _("Seen")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined: another place is sought")
    SCHEDULED = "scheduled", _("Visit booked")
    UNATTENDED = "unattended", _("Did not come to the visit")
    VISIT_CANCELLED = "visit_cancelled", _("Visit cancelled")
    TRANSPORT = "transport", _("Transport arranged")
    EN_ROUTE = "en_route", _("On the way")
    ARRIVED = "arrived", _("Arrived")
    UNDER_CARE = "under_care", _("Under care")
    OUTCOME_SENT = "outcome_sent", _("Outcome sent: to be acknowledged")
    FOLLOWING = "following", _("Taken over: being followed up")
    CLOSED = "closed", _("Loop closed")
    FOLLOWED = "followed", _("Followed to the end")
    CANCELLED = "cancelled", _("Cancelled")
    ENDED = "ended", _("Ended without care")
    ENTERED_IN_ERROR = "entered_in_error", _("Entered in error")


class Kind(TextChoices):
    """Which way the child goes."""

    UP = "up", _("Up-referral")
    LATERAL = "lateral", _("Referral to the same tier")
    BACK = "back", _("Back-referral")


#: the recipient has not said yes
WAITING_STEPS = (Step.REQUESTED, Step.SEEN)
#: a visit is, or was, to come about
VISIT_STEPS = (Step.SCHEDULED, Step.UNATTENDED, Step.VISIT_CANCELLED)
#: accepted, and the child is not there yet
EXPECTED_STEPS = (Step.ACCEPTED, *VISIT_STEPS, Step.TRANSPORT, Step.EN_ROUTE)
#: the child is there
PRESENT_STEPS = (Step.ARRIVED, Step.UNDER_CARE)
#: the child travels to the house, is there, or is followed up by it; the triggers that keep `Expected` name them too
COMING_STEPS = (Step.TRANSPORT, Step.EN_ROUTE, *PRESENT_STEPS, Step.FOLLOWING)
OPEN_STEPS = (
    *WAITING_STEPS, Step.DECLINED, *EXPECTED_STEPS, *PRESENT_STEPS, Step.OUTCOME_SENT, Step.FOLLOWING,
)  # fmt: skip
#: the receiving side still has to do with it: a second one for the same problem would be one too many. An outcome that
#: only waits to be acknowledged is none: the child may be ill again
UNSETTLED_STEPS = tuple(step for step in OPEN_STEPS if step != Step.OUTCOME_SENT)
#: from the opening by the recipient until the outcome: the asker can't cancel alone any more
RECEIVED_STEPS = (Step.SEEN, *EXPECTED_STEPS, *PRESENT_STEPS)
#: whose day is itself the alarm: a visit, a journey, a follow-up that passed without a word; the triggers that keep
#: `Unwatched` name them too
DAY_STEPS = (Step.SCHEDULED, Step.EN_ROUTE, Step.FOLLOWING)
FINAL_STEPS = (Step.CLOSED, Step.FOLLOWED, Step.CANCELLED, Step.ENDED, Step.ENTERED_IN_ERROR)


class Reason(TextChoices):
    """Why the child is sent."""

    DANGER = "danger", _("Danger signs: life at risk")
    TREATMENT = "treatment", _("A treatment that cannot be given here")
    INVESTIGATION = "investigation", _("An investigation that cannot be made here")
    EXAMINATION = "examination", _("Has to be seen by the specialist")
    ADMISSION = "admission", _("Has to be admitted")
    WORSE = "worse", _("Got worse under treatment")
    FOLLOW_UP = "follow_up", _("Follow-up close to home")
    FAMILY = "family", _("The family asks for it")


class DeclineReason(TextChoices):
    NO_BED = "no_bed", _("No bed or place in time")
    WRONG_SERVICE = "wrong_service", _("Another specialty is needed")
    NO_CAPABILITY = "no_capability", _("What the child needs cannot be done here")
    LOCAL = "local", _("Can be cared for where the child is")
    NOT_ENOUGH = "not_enough", _("Cannot be judged from what was sent")
    DUPLICATE = "duplicate", _("Already referred")


class CancelReason(TextChoices):
    BETTER = "better", _("The child is better")
    ELSEWHERE = "elsewhere", _("Cared for elsewhere")
    FAMILY = "family", _("The family no longer wants it")
    MISTAKE = "mistake", _("Sent by mistake")
    CONSENT = "consent", _("The guardian no longer agrees to share the record")


#: what a person may give as the reason; the last comes of the child's record, by the system
CANCEL_CHOICES = tuple(choice for choice in CancelReason.choices if choice[0] != CancelReason.CONSENT)


class EndReason(TextChoices):
    """Why it ends without care; never counted as completed."""

    DIED = "died", _("The child died")
    LEFT_AREA = "left_area", _("The family left the area")
    REFUSED = "refused", _("The guardian refuses")
    LOST = "lost", _("The family cannot be found")


class ErrorReason(TextChoices):
    WRONG_CHILD = "wrong_child", _("Wrong child")
    DUPLICATE = "duplicate", _("Entered twice")
    OTHER = "other", _("Other, as explained")


class LifeThreat(TextChoices):
    """Why the sender departs before anybody has accepted."""

    AIRWAY = "airway", _("Airway or breathing at risk")
    SHOCK = "shock", _("Shock or bleeding")
    SEIZURE = "seizure", _("Seizure that does not stop")
    SURGERY = "surgery", _("Needs an operation at once")
    NEWBORN = "newborn", _("Newborn in danger")


class AlarmProblem(TextChoices):
    """The problem of an alarm, one tap each."""

    BREATHING = "breathing", _("Breathing or airway")
    SHOCK = "shock", _("Shock or bleeding")
    SEIZURE = "seizure", _("Seizure, or not waking up")
    NEWBORN = "newborn", _("Newborn in danger")
    INJURY = "injury", _("Injury, burn or poisoning")
    OTHER = "other", _("Another danger to life")


class OfferStep(TextChoices):
    """How far one receiving service has come with what it was asked."""

    REQUESTED = "requested", _("Asked")
    SEEN = "seen", _("Seen")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Asked no longer")
    COMPLETED = "completed", _("Completed")


_UNTIL_THERE = (*WAITING_STEPS, Step.DECLINED, *EXPECTED_STEPS)

MACHINE = Machine(
    name="referral",
    steps=Step,
    initial=(Step.DRAFT, Step.ARRIVED),
    policies="referrals.policies",
    final=FINAL_STEPS,
    transitions=(
        Transition("R0", "save", _("Save draft"), (Step.DRAFT,), None, "may_edit_draft"),
        Transition(
            "R1", "send", _("Send the referral"), (Step.DRAFT,), Step.REQUESTED, "may_edit_draft",
            events.ReferralSent, ("service", "question"), "seen starts", look="main",
        ),
        Transition(
            "R1a", "also_ask", _("Ask another hospital too"), WAITING_STEPS, None, "may_also_ask",
            events.ReferralAlsoAsked, ("service",), "all run on",
        ),
        Transition(
            "R2", "open", _("Open"), (Step.REQUESTED,), Step.SEEN, "may_receive",
            events.ReferralSeen, (), "seen stops, acceptance starts from the first send",
        ),
        Transition(
            "R3", "accept", _("Accept"), WAITING_STEPS, Step.ACCEPTED, "may_accept",
            events.ReferralAccepted, (), "acceptance stops, booking starts", look="main",
        ),
        Transition(
            "R3", "accept", _("Accept"), (Step.TRANSPORT, Step.EN_ROUTE, Step.ARRIVED), None, "may_accept_late",
            events.ReferralAccepted, (), "all run on", look="main",
        ),
        Transition(
            "R4", "decline", _("Decline"),
            (*WAITING_STEPS, Step.ACCEPTED, *VISIT_STEPS, Step.TRANSPORT), Step.DECLINED, "may_decline",
            events.ReferralDeclined, ("reason", "service"), "all stop, redirection starts",
        ),
        Transition(
            "R5", "redirect", _("Ask another hospital"), (Step.DECLINED,), Step.REQUESTED,
            "may_redirect", events.ReferralRedirected, ("service",), "seen starts from the first send", look="main",
        ),
        Transition(
            "R5", "redirect", _("Ask another hospital"), WAITING_STEPS, Step.REQUESTED,
            "may_redirect", events.ReferralRedirected, ("service",), "seen starts from the first send",
        ),
        Transition(
            "R6", "dispute", _("Ask the service lead to look again"), (Step.DECLINED,), Step.SEEN, "may_dispute",
            events.ReferralDisputed, ("reason",), "acceptance starts from the first send",
        ),
        Transition(
            "R7", "book_visit", _("Book the visit"), (Step.ACCEPTED, Step.TRANSPORT), Step.SCHEDULED, "may_book_visit",
            events.VisitBooked, ("slot",), "booking stops, arrival runs to the visit", look="main",
        ),
        Transition(
            "R8", "rebook_visit", _("Book another time"), VISIT_STEPS, Step.SCHEDULED, "may_book_visit",
            events.VisitBooked, ("slot",), "arrival runs to the new visit", look="main",
        ),
        Transition(
            "R8n", "miss_visit", _("Did not come"), (Step.SCHEDULED,), Step.UNATTENDED, "may_tend",
            events.VisitMissed, (), "arrival stops, booking starts",
        ),
        Transition(
            "R8c", "cancel_visit", _("Cancel the visit"), (Step.SCHEDULED,), Step.VISIT_CANCELLED, "may_cancel_visit",
            events.VisitCancelled, ("reason",), "arrival stops, booking starts",
        ),
        Transition(
            "R9", "arrange_transport", _("Arrange transport"), (Step.ACCEPTED, *VISIT_STEPS), Step.TRANSPORT,
            "may_transport", events.TransportArranged, ("mode",), "booking stops, arrival starts",
        ),
        Transition(
            "R9", "arrange_transport", _("Change the transport"), (Step.TRANSPORT, Step.EN_ROUTE), None,
            "may_transport", events.TransportArranged, ("mode",), "all run on",
        ),
        Transition(
            "R9d", "depart", _("The child departs"), (Step.ACCEPTED, *VISIT_STEPS, Step.TRANSPORT), Step.EN_ROUTE,
            "may_transport", events.ChildDeparted, (), "arrival starts or runs on",
        ),
        Transition(
            "R9e", "depart", _("Depart before acceptance"), (*WAITING_STEPS, Step.DECLINED), Step.EN_ROUTE,
            "may_depart_early", events.ChildDeparted, ("life_threat",), "arrival starts", look="alarm",
        ),
        Transition(
            "R9i", "report_incident", _("Report an incident on the way"),
            (Step.TRANSPORT, Step.EN_ROUTE, *PRESENT_STEPS), None, "may_transport", events.IncidentReported,
            ("kind",), "all run on",
        ),
        Transition(
            "R9h", "sign_handover", _("Sign the hand-over"), (*EXPECTED_STEPS, *PRESENT_STEPS), None,
            "may_hand_over", events.HandoverSigned, ("summary",), "all run on",
        ),
        Transition(
            "R9b", "read_back", _("Read the hand-over back"), PRESENT_STEPS, None, "may_read_back",
            events.HandoverReadBack, ("text",), "all run on",
        ),
        Transition(
            "R9a", "arrive", _("The child has arrived"), (*_UNTIL_THERE,), Step.ARRIVED, "may_tend",
            events.ChildArrived, (), "arrival stops, interim note starts", look="main",
        ),
        Transition(
            "R10", "admit", _("Admit"), (Step.ARRIVED, Step.SCHEDULED), Step.UNDER_CARE, "may_tend",
            events.CareBegun, ("place",), "interim note runs", look="main",
        ),
        Transition(
            "R10s", "see_child", _("Seen in the clinic"), (Step.ARRIVED, Step.SCHEDULED), Step.UNDER_CARE, "may_tend",
            events.CareBegun, (), "interim note stops, outcome starts", look="main",
        ),
        Transition(
            "R11", "note_interim", _("Write an interim note"), PRESENT_STEPS, None, "may_treat",
            events.InterimNoted, ("text",), "interim note starts anew",
        ),
        Transition(
            "R11d", "discharge", _("Discharge"), (Step.UNDER_CARE,), None, "may_discharge",
            events.ChildDischarged, (), "interim note stops, outcome starts",
        ),
        Transition(
            "R12", "ask_cancel", _("Ask to cancel"), RECEIVED_STEPS, None, "may_ask_cancel",
            events.CancelAsked, ("reason",), "all run on",
        ),
        Transition(
            "R13", "confirm_cancel", _("Confirm the cancellation"), RECEIVED_STEPS, Step.CANCELLED,
            "may_answer_cancel", events.ReferralCancelled, (), "all stop", look="main",
        ),
        Transition(
            "R13k", "keep", _("Keep the referral"), RECEIVED_STEPS, None, "may_answer_cancel",
            events.CancelRefused, ("reason",), "all run on",
        ),
        Transition(
            "R12w", "withdraw", _("Withdraw"), (Step.REQUESTED, Step.DECLINED), Step.CANCELLED, "may_act_for_asker",
            events.ReferralCancelled, ("reason",), "all stop",
        ),
        Transition(
            "R13s", "stop_sharing", _("The consent to share has ended"),
            (*WAITING_STEPS, Step.DECLINED, *EXPECTED_STEPS), Step.CANCELLED, "may_time_out",
            events.ReferralCancelled, (), "all stop", system=True,
        ),
        Transition(
            "R14", "send_outcome", _("Send the outcome"), (Step.UNDER_CARE, Step.ARRIVED), Step.OUTCOME_SENT,
            "may_treat", events.OutcomeSent, ("diagnosis", "course", "follow_up"),
            "outcome stops, acknowledgement starts", look="main",
        ),
        Transition(
            "R14c", "correct_outcome", _("Correct the outcome"), (Step.OUTCOME_SENT,), None,
            "may_correct_outcome", events.OutcomeCorrected, ("diagnosis", "reason"), "acknowledgement starts anew",
        ),
        Transition(
            "R14c", "correct_outcome", _("Correct the outcome"), (Step.CLOSED,), Step.OUTCOME_SENT,
            "may_correct_outcome", events.OutcomeCorrected, ("diagnosis", "reason"), "acknowledgement starts",
        ),
        Transition(
            "R15", "acknowledge", _("Acknowledge the outcome"), (Step.OUTCOME_SENT,), Step.CLOSED,
            "may_acknowledge", events.OutcomeAcknowledged, ("usefulness", "concordance"), "all stop", look="main",
        ),
        Transition(
            "R16", "back_refer", _("Send back with a plan"), (Step.UNDER_CARE, Step.OUTCOME_SENT, Step.CLOSED), None,
            "may_treat", events.BackReferred, ("service", "plan"), "all run on",
        ),
        Transition(
            "R17", "take_over", _("Take over"), (*WAITING_STEPS, Step.ACCEPTED), Step.FOLLOWING, "may_take_over",
            events.CareTakenOver, (), "all stop, follow-up starts", look="main",
        ),
        Transition(
            "R18", "visit_done", _("Visit done"), (Step.FOLLOWING,), None, "may_follow",
            events.FollowUpDone, ("text",), "follow-up runs to the next visit", look="main",
        ),
        Transition(
            "R18m", "visit_missed", _("Did not come"), (Step.FOLLOWING,), None, "may_follow",
            events.FollowUpMissed, (), "follow-up runs to the recall",
        ),
        Transition(
            "R18w", "worsened", _("Worse: send up again"), (Step.FOLLOWING,), Step.FOLLOWED, "may_follow",
            events.ChildWorsened, ("question",), "all stop", look="alarm",
        ),
        Transition(
            "R18e", "end_follow_up", _("Follow-up is complete"), (Step.FOLLOWING,), Step.FOLLOWED, "may_follow",
            events.FollowUpEnded, (), "all stop",
        ),
        Transition(
            "R19", "end", _("Ends without care"), OPEN_STEPS, Step.ENDED, "may_end",
            events.ReferralEnded, ("reason",), "all stop",
        ),
        Transition(
            "R20", "enter_in_error", _("Entered in error"),
            (*OPEN_STEPS, Step.CLOSED, Step.FOLLOWED, Step.CANCELLED, Step.ENDED), Step.ENTERED_IN_ERROR,
            "may_enter_in_error", events.ReferralEnteredInError, ("reason",), "all stop",
        ),
        Transition("R20", "discard", _("Discard draft"), (Step.DRAFT,), Step.ENTERED_IN_ERROR, "may_edit_draft"),
        Transition(
            "R21", "raise_urgency", _("Raise urgency"), OPEN_STEPS, None, "may_raise_urgency",
            events.UrgencyChanged, ("priority",), "recomputed from the first send", look="alarm",
        ),
        Transition(
            "R21", "lower_urgency", _("Lower urgency"), OPEN_STEPS, None, "may_lower_urgency",
            events.UrgencyChanged, ("priority", "reason"), "recomputed from the first send",
        ),
        Transition(
            "R21e", "escalate", _("The time is over"), OPEN_STEPS, None, "may_time_out",
            events.ReferralEscalated, (), "all run on; after the last step the coordinator has the ball", system=True,
        ),
        Transition(
            "R22", "ask_information", _("Ask for information"), RECEIVED_STEPS, None, "may_ask_information",
            events.InformationRequested, ("text",), "the leg pauses (stat never), information starts",
        ),
        Transition(
            "R22s", "supply_information", _("Supply information"), RECEIVED_STEPS, None, "may_supply_information",
            events.InformationSupplied, ("text",), "information stops, the leg resumes", look="main",
        ),
        Transition(
            "R22h", "hand_on", _("Hand over"), OPEN_STEPS, None, "may_time_out",
            events.ReferralHandedOn, ("responder",), "all run on", system=True,
        ),
        Transition(
            "R0l", "link_sender", _("Link the sender"), (Step.ARRIVED, Step.UNDER_CARE, Step.OUTCOME_SENT), None,
            "may_link_sender", events.SenderLinked, ("institution",), "all run on",
        ),
    ),
)  # fmt: skip


# --- the way ----------------------------------------------------------------------------------------------------------


class Mode(TextChoices):
    """How the child travels."""

    SENDER_AMBULANCE = "sender_ambulance", _("Ambulance of the sending side")
    RETRIEVAL = "retrieval", _("Retrieval team of the receiving hospital")
    EMERGENCY = "emergency", _("Public ambulance (120)")
    FAMILY_CAR = "family_car", _("Family's own vehicle, with a nurse")
    FAMILY_ALONE = "family_alone", _("Family alone")


class IncidentKind(TextChoices):
    """Critical incidents of a transport: these, not minutes, tracked with death (BMC Pediatr 2021, OR 3.07)."""

    AIRWAY = "airway", _("Airway lost or tube out")
    OXYGEN = "oxygen", _("Oxygen ran out")
    ARREST = "arrest", _("Cardiac or respiratory arrest")
    SEIZURE = "seizure", _("Seizure")
    ACCESS = "access", _("Line lost")
    COLD = "cold", _("Cooled below 36 °C")
    GLUCOSE = "glucose", _("Low blood glucose")
    EQUIPMENT = "equipment", _("Equipment failed")
    VEHICLE = "vehicle", _("Vehicle broke down or was delayed")
    DRUG = "drug", _("Drug error")


class CheckState(TextChoices):
    """An item of the pre-transfer checklist."""

    DONE = "done", _("Done")
    NOT_NEEDED = "not_needed", _("Not needed")
    CANNOT = "cannot", _("Cannot be done here")


# --- care, outcome, acknowledgement -----------------------------------------------------------------------------------


class Place(TextChoices):
    """Where the child is cared for (FHIR Encounter.class in `referrals.fhir`)."""

    CLINIC = "clinic", _("Clinic")
    EMERGENCY = "emergency", _("Emergency department")
    WARD = "ward", _("Ward")
    INTENSIVE = "intensive", _("Intensive care")
    THEATRE = "theatre", _("Operating theatre")


class Destination(TextChoices):
    """Where the child went after the care."""

    HOME = "home", _("Home")
    LOWER = "lower", _("To a hospital or centre close to home")
    HIGHER = "higher", _("To another hospital")
    DIED = "died", _("Died")
    LEFT = "left", _("Left against advice")


class Letter(TextChoices):
    """What is written at length, and kept while it is typed."""

    OUTCOME = "outcome", _("Outcome")
    PLAN = "plan", _("Plan to send back with")


#: Home within this time of arrival, and nothing that only a hospital has: the transfer could have been avoided. 27-39%
#: of children's transfers (PMC6901803); 31.2% of 2,414 were home within 24 h, 14.4% got nothing special (JCTS 2018,
#: abstract 2082).
AVOIDABLE_WITHIN = timedelta(hours=24)


class Concordance(TextChoices):
    """Sender's working diagnosis against the final one."""

    SAME = "same", pgettext_lazy("diagnosis", "The same")
    PARTLY = "partly", _("Partly")
    DIFFERENT = "different", _("Different")
    NONE_MADE = "none_made", _("I had made none")


class Appropriateness(TextChoices):
    """Of the referral, by its indication, as the recipient sees it and as the sender does."""

    APPROPRIATE = "appropriate", _("At the right time")
    TOO_EARLY = "too_early", _("Could have stayed")
    TOO_LATE = "too_late", _("Should have come sooner")


# --- back, and followed up --------------------------------------------------------------------------------------------


class FamilyAnswer(TextChoices):
    """What the family says of the visit, on its page."""

    COMING = "coming", _("We are coming")
    CANNOT = "cannot", _("We cannot come")


class FollowUpStep(TextChoices):
    PLANNED = "planned", _("Planned")
    RECALL = "recall", _("Missed: to be recalled")
    DONE = "done", _("Done")
    MISSED = "missed", _("Missed")
    WORSENED = "worsened", _("Got worse")
    CANCELLED = "cancelled", _("No longer needed")


FOLLOW_UP_AHEAD = (FollowUpStep.PLANNED, FollowUpStep.RECALL)

FOLLOW_UP = Machine(
    name="follow_up",
    steps=FollowUpStep,
    initial=(FollowUpStep.PLANNED,),
    policies="referrals.policies",
    final=(FollowUpStep.DONE, FollowUpStep.MISSED, FollowUpStep.WORSENED, FollowUpStep.CANCELLED),
    transitions=(
        Transition("F1", "done", _("Done"), FOLLOW_UP_AHEAD, FollowUpStep.DONE, "may_keep_follow_up"),
        Transition(
            "F2", "recall", _("Did not come"), (FollowUpStep.PLANNED,), FollowUpStep.RECALL, "may_keep_follow_up"
        ),
        Transition("F3", "miss", _("Missed again"), (FollowUpStep.RECALL,), FollowUpStep.MISSED, "may_keep_follow_up"),
        Transition("F4", "worsen", _("Got worse"), FOLLOW_UP_AHEAD, FollowUpStep.WORSENED, "may_keep_follow_up"),
        Transition(
            "F5", "cancel", _("No longer needed"), FOLLOW_UP_AHEAD, FollowUpStep.CANCELLED, "may_keep_follow_up"
        ),
    ),
)  # fmt: skip
