"""The consult machine: transitions C1-C19 of the care pathway.

`step` is the one stored state; FHIR Task.status and businessStatus are derived from it below.
"""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from consortium.kernel.machine import Machine, Transition
from consultations import events


class Step(TextChoices):
    DRAFT = "draft", _("Draft")
    REQUESTED = "requested", _("Awaiting allocation")
    RECEIVED = "received", _("Allocated")
    ON_HOLD = "on_hold", _("Asker to supply information")
    IN_PROGRESS = "in_progress", _("Being answered")
    CLARIFICATION = "clarification", _("Clarification asked for")
    ANSWERED = "answered", _("Asker to review")
    CLOSED = "closed", _("Managed locally")
    CLOSED_UNREVIEWED = "closed_unreviewed", _("Closed without review")
    CONVERTED = "converted", _("Sent on as a referral")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ENTERED_IN_ERROR = "entered_in_error", _("Entered in error")


OPEN_STEPS = (
    Step.REQUESTED, Step.RECEIVED, Step.ON_HOLD, Step.IN_PROGRESS, Step.CLARIFICATION, Step.ANSWERED,
)  # fmt: skip
#: at which the case waits, or will wait, for its specialist; an answered one waits for the asker
HELD_STEPS = (Step.RECEIVED, Step.ON_HOLD, Step.IN_PROGRESS, Step.CLARIFICATION)
#: at which the asking side has to act
ASKING_STEPS = (Step.ON_HOLD, Step.ANSWERED)
COMPLETED_STEPS = (Step.CLOSED, Step.CLOSED_UNREVIEWED)
#: at which a second specialist may be asked, and a video call agreed on
_TALKING = (Step.RECEIVED, Step.ON_HOLD, Step.IN_PROGRESS, Step.CLARIFICATION)


class DeclineReason(TextChoices):
    WRONG_SERVICE = "wrong_service", _("Another specialty answers this better")
    NOT_ENOUGH = "not_enough", _("Cannot be judged from a distance")
    DUPLICATE = "duplicate", _("Already being answered")
    CAPACITY = "capacity", _("Nobody here can answer in time")


class DisputeOutcome(TextChoices):
    """What came of it, once the service lead has looked again; empty until then."""

    TAKEN = "taken", _("Taken after all")
    DECLINED = "declined", _("Declined again")


class OpinionDecline(TextChoices):
    """Why a second opinion was not given. The last five are not chosen: they come of what happened meanwhile."""

    NOT_MY_FIELD = "not_my_field", _("Not my field")
    NOT_ENOUGH = "not_enough", _("Cannot be judged from what is there")
    NO_TIME = "no_time", _("I cannot answer in time")
    TOO_CLOSE = "too_close", _("I know the family: somebody else should judge")
    CANNOT_ACT = "cannot_act", _("They can no longer act")
    OFF_DUTY = "off_duty", _("Their duty ended")
    HANDED_ON = "handed_on", _("Handed on to a colleague")
    OWN_CASE = "own_case", _("They took the case itself")
    CASE_LEFT = "case_left", _("The case was closed or went elsewhere first")


#: what a person may give as the reason
OPINION_DECLINE_CHOICES = OpinionDecline.choices[:4]


class FellShort(TextChoices):
    """Why the manual's branch did not answer the question."""

    NOT_COVERED = "not_covered", _("The child fits none of its branches")
    UNCLEAR = "unclear", _("I am not sure which branch applies")
    NOT_HERE = "not_here", _("What it advises cannot be had here")
    NO_EFFECT = "no_effect", _("Done as it says, without effect")
    DOUBT = "doubt", _("I doubt what it says")
    SAYS_ASK = "says_ask", _("It says to ask or to refer")


#: where the page did what it can: nothing to mend in it
DID_ITS_PART = (FellShort.SAYS_ASK,)
#: so many times on one branch, and the manual's editors hear of it
FELL_SHORT_OFTEN = 3


class ReferReason(TextChoices):
    """Why a question becomes a referral."""

    WORSE = "worse", _("The child got worse")
    TREATMENT = "treatment", _("A treatment that cannot be given here")
    INVESTIGATION = "investigation", _("An investigation that cannot be made here")
    EXAMINATION = "examination", _("Has to be seen by the specialist")
    FAMILY = "family", _("The family asks for it")


class WithdrawReason(TextChoices):
    RESOLVED = "resolved", _("The child is better")
    REFERRED = "referred", _("The child was sent on")
    ANSWERED_ELSEWHERE = "elsewhere", _("Answered in another way")
    MISTAKE = "mistake", _("Asked by mistake")
    CONSENT = "consent", _("The guardian no longer agrees to share the record")


#: what a person may give as the reason; the last comes of the child's record, by the system
WITHDRAW_CHOICES = tuple(choice for choice in WithdrawReason.choices if choice[0] != WithdrawReason.CONSENT)


class ErrorReason(TextChoices):
    WRONG_CHILD = "wrong_child", _("Wrong child")
    DUPLICATE = "duplicate", _("Entered twice")
    OTHER = "other", _("Other, as explained")


class Change(TextChoices):
    """What the answer changed, as the asker says at close-out."""

    TREATMENT = "treatment", _("The treatment changed")
    DIAGNOSIS = "diagnosis", _("The diagnosis changed")
    INVESTIGATION = "investigation", _("Another investigation was made")
    CONFIRMED = "confirmed", _("What I had planned was confirmed")
    NOTHING = "nothing", _("Nothing changed")


MACHINE = Machine(
    name="consultation",
    steps=Step,
    initial=(Step.DRAFT,),
    policies="consultations.policies",
    final=(Step.CLOSED, Step.CLOSED_UNREVIEWED, Step.CONVERTED, Step.WITHDRAWN, Step.ENTERED_IN_ERROR),
    transitions=(
        Transition("C1", "save", _("Save draft"), (Step.DRAFT,), None, "may_edit_draft"),
        Transition(
            "C2", "submit", _("Send the question"), (Step.DRAFT,), Step.REQUESTED, "may_edit_draft",
            events.ConsultationSubmitted, ("question", "age", "weight", "consent"), "allocation starts", look="main",
        ),
        Transition(
            "C3", "claim", _("Take this case"), (Step.REQUESTED,), Step.RECEIVED, "may_claim",
            events.ConsultationClaimed, (), "allocation stops, first answer starts", look="main",
        ),
        Transition(
            "C3", "allocate", _("Allocate"), (Step.REQUESTED, Step.RECEIVED), Step.RECEIVED, "may_allocate",
            events.ConsultationClaimed, ("responder",), "allocation stops, first answer starts",
        ),
        Transition(
            "C3a", "assign", _("Give to who is on duty"), (Step.REQUESTED,), Step.RECEIVED, "may_assign",
            events.ConsultationClaimed, ("responder",), "allocation stops, first answer starts", system=True,
        ),
        Transition(
            "C3r", "return_to_queue", _("Return to the queue"),
            (Step.RECEIVED, Step.ON_HOLD, Step.IN_PROGRESS, Step.CLARIFICATION), Step.REQUESTED, "may_return",
            events.ConsultationReturned, (), "allocation starts again; the first answer's clock runs on", system=True,
        ),
        Transition(
            "C15b", "take_back", _("Take back to the queue"),
            (Step.RECEIVED, Step.ON_HOLD, Step.IN_PROGRESS, Step.CLARIFICATION), Step.REQUESTED, "may_take_back",
            events.ConsultationReturned, (), "allocation starts again; the first answer's clock runs on",
        ),
        Transition(
            "C3h", "hand_on", _("Hand over"),
            (Step.RECEIVED, Step.ON_HOLD, Step.IN_PROGRESS, Step.CLARIFICATION), None, "may_return",
            events.ConsultationClaimed, ("responder",), "all run on", system=True,
        ),
        Transition(
            "C4", "decline", _("Decline"), (Step.RECEIVED,), Step.REQUESTED, "may_answer",
            events.ConsultationDeclined, ("reason", "service"), "allocation starts again from the first send",
        ),
        Transition(
            "C4d", "dispute", _("Ask the service lead to look again"), (Step.REQUESTED,), None, "may_dispute",
            events.DeclineDisputed, ("reason",), "allocation starts again from the first send",
        ),
        Transition(
            "C5", "ask_information", _("Ask for information"), (Step.RECEIVED, Step.IN_PROGRESS), Step.ON_HOLD,
            "may_answer", events.InformationRequested, ("text",),
            "first answer pauses (stat never), information starts",
        ),
        Transition(
            "C6", "supply_information", _("Supply information"), (Step.ON_HOLD,), Step.IN_PROGRESS,
            "may_act_for_asker", events.InformationSupplied, ("text",), "information stops, first answer resumes",
            look="main",
        ),
        Transition(
            "C7", "start", _("Open and start"), (Step.RECEIVED,), Step.IN_PROGRESS, "may_answer", events.AnswerBegun,
        ),
        Transition(
            "C8", "propose_video", _("Propose a video call"), _TALKING, None, "may_propose_video",
            events.VideoProposed, ("times",), "all run on",
        ),
        Transition(
            "C8b", "book_video", _("Agree on a time"), _TALKING, None, "may_book_video",
            events.VideoBooked, ("starts_at",), "all run on",
        ),
        Transition(
            "C8n", "call_now", _("Call now"), _TALKING, None, "may_call_now", events.VideoBooked, (), "all run on",
        ),
        Transition(
            "C8c", "cancel_video", _("Cancel the video call"), OPEN_STEPS, None, "may_cancel_video",
            events.VideoCancelled, ("reason",), "all run on",
        ),
        Transition(
            "C8h", "hold_video", _("The video call has ended"), OPEN_STEPS, None, "may_hold_video",
            events.VideoHeld, (), "all run on", system=True,
        ),
        Transition(
            "C9s", "ask_second", _("Ask a second specialist"), (*_TALKING, Step.ANSWERED), None, "may_answer",
            events.OpinionAsked, ("colleague", "question"), "all run on",
        ),
        Transition(
            "C9o", "give_opinion", _("Give your opinion"), OPEN_STEPS, None, "may_give_opinion",
            events.OpinionGiven, ("agrees", "text"), "all run on", look="main",
        ),
        Transition(
            "C9d", "decline_opinion", _("Decline to give an opinion"), OPEN_STEPS, None, "may_give_opinion",
            events.OpinionDeclined, ("reason",), "all run on",
        ),
        Transition(
            "C9", "answer", _("Send answer"), (Step.RECEIVED, Step.IN_PROGRESS, Step.CLARIFICATION), Step.ANSWERED,
            "may_answer", events.ConsultationAnswered, ("impression", "do_now"),
            "first answer stops, review starts", look="main",
        ),
        Transition(
            "C10", "ask_clarification", _("Ask back"), (Step.ANSWERED,), Step.CLARIFICATION, "may_act_for_asker",
            events.ClarificationRequested, ("text",), "review stops, clarification starts",
        ),
        Transition(
            "C11", "close_out", _("Close out"), (Step.ANSWERED,), Step.CLOSED, "may_close_out",
            events.ConsultationClosedOut, ("change", "referral_avoided"), "review stops", look="main",
        ),
        Transition(
            "C12", "convert", _("Send on as a referral"), OPEN_STEPS, Step.CONVERTED, "may_convert",
            events.ConsultationConverted, ("reason", "question"), "all stop",
        ),
        Transition(
            "C13", "withdraw", _("Withdraw"), OPEN_STEPS, Step.WITHDRAWN, "may_act_for_asker",
            events.ConsultationWithdrawn, ("reason",), "all stop",
        ),
        Transition(
            "C13s", "stop_sharing", _("The consent to share has ended"), OPEN_STEPS, Step.WITHDRAWN, "may_stop_sharing",
            events.SharingStopped, (), "all stop", system=True,
        ),
        Transition(
            "C13r", "send_again", _("Send again"), (Step.WITHDRAWN,), Step.REQUESTED, "may_send_again",
            events.ConsultationSubmitted, ("consent",), "allocation starts", look="main",
        ),
        Transition(
            "C14r", "remind", _("Remind of the answer"), (Step.ANSWERED,), None, "may_time_out",
            events.ReviewReminded, (), "review runs on", system=True,
        ),
        Transition(
            "C14", "auto_close", _("Close without review"), (Step.ANSWERED,), Step.CLOSED_UNREVIEWED, "may_time_out",
            events.ConsultationLapsed, (), "review stops", system=True,
        ),
        Transition(
            "C15", "escalate", _("The time is over"), OPEN_STEPS, None, "may_time_out",
            events.ConsultationEscalated, (), "all run on; after the last step the coordinator has the ball",
            system=True,
        ),
        Transition(
            "C16", "reopen", _("Reopen"), COMPLETED_STEPS, Step.CLARIFICATION, "may_reopen",
            events.ConsultationReopened, ("text",), "clarification starts",
        ),
        Transition(
            "C17", "raise_urgency", _("Raise urgency"), OPEN_STEPS, None, "may_raise_urgency",
            events.UrgencyChanged, ("priority",), "recomputed from the first send", look="alarm",
        ),
        Transition(
            "C17", "lower_urgency", _("Lower urgency"), OPEN_STEPS, None, "may_lower_urgency",
            events.UrgencyChanged, ("priority", "reason"), "recomputed from the first send",
        ),
        Transition(
            "C18", "enter_in_error", _("Entered in error"),
            (*OPEN_STEPS, *COMPLETED_STEPS, Step.CONVERTED, Step.WITHDRAWN), Step.ENTERED_IN_ERROR,
            "may_enter_in_error", events.ConsultationEnteredInError, ("reason",), "all stop",
        ),
        Transition(
            "C18", "discard", _("Discard draft"), (Step.DRAFT,), Step.ENTERED_IN_ERROR, "may_edit_draft",
        ),
        Transition(
            "C19", "correct_answer", _("Correct the answer"), (Step.ANSWERED, *COMPLETED_STEPS), Step.ANSWERED,
            "may_correct", events.AnswerCorrected, ("impression", "do_now", "reason"), "review starts",
        ),
        Transition(
            "C19", "correct_answer", _("Correct the answer"), (Step.CONVERTED,), None,
            "may_correct", events.AnswerCorrected, ("impression", "do_now", "reason"), "none: the referral has its own",
        ),
        Transition(
            "C19a", "acknowledge_correction", _("I have read the correction"), (Step.ANSWERED, Step.CONVERTED), None,
            "may_acknowledge_correction", events.CorrectionAcknowledged, look="main",
        ),
    ),
)  # fmt: skip


class Side(TextChoices):
    """The two that meet in a video call."""

    ASKER = "asker", _("Asker")
    SPECIALIST = "specialist", _("Specialist")


class MeetingStep(TextChoices):
    PROPOSED = "proposed", _("Proposed")
    BOOKED = "booked", _("Booked")
    OPEN = "open", _("Under way")
    ENDED = "ended", _("Over")
    MISSED = "missed", _("Did not come about")
    CANCELLED = "cancelled", _("Cancelled")
    REPLACED = "replaced", _("Moved to another time")


#: one of these at a time for each case
STANDING = (MeetingStep.PROPOSED, MeetingStep.BOOKED, MeetingStep.OPEN)
#: a time is agreed on
AGREED = (MeetingStep.BOOKED, MeetingStep.OPEN)


class Absent(TextChoices):
    """Who did not come to a call that was agreed on."""

    EVERYBODY = "everybody", _("Nobody came")
    ASKER = "asker", _("The asking clinic did not come")
    SPECIALIST = "specialist", _("The specialist did not come")
    GUARDIAN = "guardian", _("The guardian did not come")


class MeetingCancel(TextChoices):
    NOT_NEEDED = "not_needed", _("No longer needed")
    NO_TIME = "no_time", _("Somebody has no time")
    NO_CONSENT = "no_consent", _("The guardian does not agree")
    TECHNICAL = "technical", _("Camera or connection cannot be had")
    #: the system's own: the case is over, or another specialist holds it
    CASE_OVER = "case_over", _("The consultation is over")
    SPECIALIST_CHANGED = "specialist_changed", _("Another specialist has the case")


#: what a person may give as the reason; the last two come of the case, by the system
CANCEL_CHOICES = tuple(c for c in MeetingCancel.choices if c[0] not in ("case_over", "specialist_changed"))

MEETING = Machine(
    name="meeting",
    steps=MeetingStep,
    initial=(MeetingStep.PROPOSED, MeetingStep.BOOKED),
    policies="consultations.policies",
    final=(MeetingStep.ENDED, MeetingStep.MISSED, MeetingStep.CANCELLED, MeetingStep.REPLACED),
    transitions=(
        Transition("V1", "agree", _("Agree on a time"), (MeetingStep.PROPOSED,), MeetingStep.BOOKED,
                   "may_keep_meeting"),
        Transition("V2", "open", _("Open"), (MeetingStep.BOOKED,), MeetingStep.OPEN, "may_keep_meeting"),
        Transition("V3", "end", _("End"), AGREED, MeetingStep.ENDED, "may_end_meeting", system=True),
        Transition("V4", "miss", _("Nobody met"), AGREED, MeetingStep.MISSED, "may_end_meeting", system=True),
        Transition("V5", "cancel", _("Cancel the video call"), (MeetingStep.PROPOSED, MeetingStep.BOOKED),
                   MeetingStep.CANCELLED, "may_keep_meeting"),
        Transition("V6", "replace", _("Move"), (MeetingStep.PROPOSED, MeetingStep.BOOKED), MeetingStep.REPLACED,
                   "may_keep_meeting"),
    ),
)  # fmt: skip


class RecordingStep(TextChoices):
    ASKED = "asked", _("Everybody is being asked")
    RUNNING = "running", _("Being recorded")
    PAUSED = "paused", _("Stopped until everybody agrees")
    STOPPED = "stopped", _("Recorded")
    REFUSED = "refused", _("Not recorded")
    WITHDRAWN = "withdrawn", _("No longer readable: the consent was withdrawn")


#: one of these at a time for each call
RECORDING_LIVE = (RecordingStep.ASKED, RecordingStep.RUNNING, RecordingStep.PAUSED)

RECORDING = Machine(
    name="recording",
    steps=RecordingStep,
    initial=(RecordingStep.ASKED,),
    policies="consultations.policies",
    final=(RecordingStep.REFUSED, RecordingStep.WITHDRAWN),
    transitions=(
        Transition("K1", "start", _("Start recording"), (RecordingStep.ASKED, RecordingStep.PAUSED),
                   RecordingStep.RUNNING, "may_record"),
        Transition("K2", "pause", _("Stop until everybody agrees"), (RecordingStep.RUNNING,), RecordingStep.PAUSED,
                   "may_end_meeting", system=True),
        Transition("K3", "stop", _("Stop recording"), (RecordingStep.RUNNING, RecordingStep.PAUSED),
                   RecordingStep.STOPPED, "may_stop_recording"),
        Transition("K4", "refuse", _("Do not record"), (RecordingStep.ASKED,), RecordingStep.REFUSED,
                   "may_stop_recording"),
        Transition("K5", "withdraw", _("Withdraw"),
                   (RecordingStep.ASKED, RecordingStep.RUNNING, RecordingStep.PAUSED, RecordingStep.STOPPED),
                   RecordingStep.WITHDRAWN, "may_end_meeting", system=True),
    ),
)  # fmt: skip

#: FHIR R4 Task.status and businessStatus by step.
FHIR_STATUS: dict[str, tuple[str, str]] = {
    Step.DRAFT: ("draft", "draft"),
    Step.REQUESTED: ("requested", "awaiting allocation"),
    Step.RECEIVED: ("received", "allocated"),
    Step.ON_HOLD: ("on-hold", "asker to supply"),
    Step.IN_PROGRESS: ("in-progress", "being answered"),
    Step.CLARIFICATION: ("in-progress", "clarification"),
    Step.ANSWERED: ("in-progress", "asker to review"),
    Step.CLOSED: ("completed", "managed locally"),
    Step.CLOSED_UNREVIEWED: ("completed", "closed unreviewed"),
    Step.CONVERTED: ("completed", "converted"),
    Step.WITHDRAWN: ("cancelled", "withdrawn"),
    Step.ENTERED_IN_ERROR: ("entered-in-error", "entered in error"),
}

_OUTSIDE = _("Something waits for you in the consortium.")
_OUTSIDE_NOW = _("A question needs you now in the consortium.")

#: What the notices say. The inbox may name the specialty and the colleague, what leaves the house names nothing.
NOTICE_KINDS: tuple[tuple[str, Any, Any, str], ...] = (
    ("consultation.stat", _("A stat question waits: %(specialty)s"), _OUTSIDE_NOW, "siren"),
    ("consultation.urgent", _("An urgent question waits: %(specialty)s"), _OUTSIDE_NOW, "siren"),
    ("consultation.new", _("A new question: %(specialty)s"), _OUTSIDE, "inbox"),
    ("consultation.waiting", _("A case has come back to the queue: allocate it"), _OUTSIDE, "undo-2"),
    ("consultation.taken_back", _("The coordinator has given a case of yours back to its queue"), _OUTSIDE, "undo-2"),
    ("consultation.allocated", _("A case has been given to you"), _OUTSIDE, "inbox"),
    ("consultation.claimed", _("%(specialist)s has taken your question"), _OUTSIDE, "user-check"),
    ("consultation.declined", _("Your question was passed on to another service"), _OUTSIDE, "forward"),
    ("consultation.information_requested", _("The specialist asks you for more"), _OUTSIDE, "circle-question-mark"),
    ("consultation.information_supplied", _("The information you asked for has come"), _OUTSIDE, "circle-check"),
    ("consultation.answered", _("Your question was answered"), _OUTSIDE, "circle-check"),
    ("consultation.corrected", _("An answer you received was corrected: read it now"), _OUTSIDE_NOW, "triangle-alert"),
    ("consultation.clarification", _("The asker has a question about your answer"), _OUTSIDE, "circle-question-mark"),
    ("consultation.closed", _("A case you answered came back: see what changed"), _OUTSIDE, "circle-check"),
    ("consultation.withdrawn", _("The question was withdrawn"), _OUTSIDE, "undo-2"),
    (
        "consultation.sharing_ended",
        _("A question left your hands: the guardian no longer agrees to share the record. Reach the asker: %(place)s"),
        _OUTSIDE,
        "undo-2",
    ),
    (
        "consultation.came_back",
        _("Your question came back: the guardian no longer agrees to share the record"),
        _OUTSIDE_NOW,
        "undo-2",
    ),
    ("consultation.error", _("A case you read was entered in error: do not act on it"), _OUTSIDE_NOW, "triangle-alert"),
    ("consultation.time_runs", _("The time for this is running out: %(specialty)s"), _OUTSIDE, "clock-alert"),
    ("consultation.overdue", _("The time for this is over: %(specialty)s"), _OUTSIDE_NOW, "clock-alert"),
    (
        "consultation.taken_on",
        _("Long over its time: it is with the coordinator now. %(specialty)s"),
        _OUTSIDE_NOW,
        "siren",
    ),
    ("consultation.review", _("An answer waits for you: say what it changed"), _OUTSIDE, "clock-alert"),
    ("consultation.lapsed", _("Closed without review: nobody said what the answer changed"), _OUTSIDE, "archive"),
    ("consultation.message", _("New messages in a case"), _OUTSIDE, "message-circle"),
    ("consultation.outcome", _("How is the child now? Tell the specialist: %(specialty)s"), _OUTSIDE, "heart-pulse"),
    ("consultation.outcome_again", _("Still asked: how is the child now? %(specialty)s"), _OUTSIDE, "heart-pulse"),
    ("consultation.outcome_office", _("Nobody told what became of a child: call the clinic"), _OUTSIDE, "phone"),
    ("consultation.outcome_told", _("What became of a child you answered for: read it"), _OUTSIDE, "heart-pulse"),
    ("consultation.to_rate", _("An answer waits for your rating: %(specialty)s"), _OUTSIDE, "scale"),
    ("consultation.to_rate_late", _("The time to rate an answer is over: %(specialty)s"), _OUTSIDE, "clock-alert"),
    ("consultation.rating_late", _("An answer was not rated in time: %(specialty)s"), _OUTSIDE, "clock-alert"),
    ("consultation.rating_concern", _("A rater fears that an answer may harm: %(specialty)s"), _OUTSIDE_NOW, "siren"),
    ("consultation.rated", _("One of your answers was rated"), _OUTSIDE, "scale"),
    ("consultation.disputed", _("A decline is disputed, please look again: %(specialty)s"), _OUTSIDE, "scale"),
    (
        "consultation.disputed_now",
        _("A decline is disputed, please look again now: %(specialty)s"),
        _OUTSIDE_NOW,
        "siren",
    ),
    ("consultation.declined_again", _("Your question was declined again: the coordinator decides"), _OUTSIDE, "scale"),
    ("consultation.opinion_asked", _("%(specialist)s asks for your opinion"), _OUTSIDE, "users"),
    ("consultation.opinion_given", _("%(specialist)s has given a second opinion"), _OUTSIDE, "users"),
    ("consultation.opinion_dissent", _("%(specialist)s sees it differently: a second opinion"), _OUTSIDE, "users"),
    ("consultation.opinion_missing", _("A second opinion will not come: %(specialist)s"), _OUTSIDE, "user-x"),
    ("consultation.converted", _("A question became a referral"), _OUTSIDE, "ambulance"),
    ("consultation.manual_gap", _("A page of the manual fell short several times"), _OUTSIDE, "book-open"),
    ("consultation.video_proposed", _("%(person)s proposes a video call: choose a time"), _OUTSIDE, "video"),
    ("consultation.video_booked", _("The video call is booked: %(when)s"), _OUTSIDE, "calendar-check"),
    ("consultation.video_now", _("%(person)s calls you by video now"), _OUTSIDE_NOW, "video"),
    ("consultation.video_soon", _("Your video call begins at %(when)s"), _OUTSIDE_NOW, "video"),
    ("consultation.video_tomorrow", _("A video call lies ahead: %(when)s"), _OUTSIDE, "calendar-clock"),
    ("consultation.video_cancelled", _("The video call was cancelled"), _OUTSIDE, "calendar-x"),
    ("consultation.video_missed", _("The video call did not come about: agree on a new time"), _OUTSIDE, "video-off"),
)
