"""The vocabulary of casework. Priorities sort as they are: the most urgent first."""

from datetime import timedelta

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class CaseKind(TextChoices):
    CONSULTATION = "consultation", _("Consultation")
    REFERRAL = "referral", _("Referral")


class Priority(IntegerChoices):
    """FHIR request priority; `code` gives its word."""

    STAT = 1, _("Stat")
    URGENT = 2, _("Urgent")
    ROUTINE = 3, _("Routine")

    @property
    def code(self) -> str:
        return self.name.lower()


class Ball(TextChoices):
    """Who has to act next."""

    ASKER = "asker", _("With the asker")
    RESPONDER = "responder", _("With the specialist")
    COORDINATOR = "coordinator", _("With the coordinator")
    TRANSPORT = "transport", _("With the transport")
    FAMILY = "family", _("With the family")
    NONE = "none", _("Closed")


class Leg(TextChoices):
    """What a clock measures."""

    ALLOCATION = "allocation", _("Allocation")
    FIRST_ANSWER = "first_answer", _("First answer")
    INFORMATION = "information", _("Information from the asker")
    REVIEW = "review", _("Review by the asker")
    CLARIFICATION = "clarification", _("Clarification")
    SEEN = "seen", _("Seen by the receiving hospital")
    ACCEPTANCE = "acceptance", _("Acceptance")
    REDIRECTION = "redirection", _("Another place found")
    BOOKING = "booking", _("Visit or transport arranged")
    ARRIVAL = "arrival", _("Arrival")
    INTERIM_NOTE = "interim_note", _("Interim note to the sender")
    OUTCOME = "outcome", _("Outcome to the sender")
    ACKNOWLEDGEMENT = "acknowledgement", _("Acknowledgement by the sender")
    TAKE_OVER = "take_over", _("Taken over close to home")
    FOLLOW_UP = "follow_up", _("Follow-up visit")


#: legs of a consultation, and those of a referral
CONSULTATION_LEGS = (Leg.ALLOCATION, Leg.FIRST_ANSWER, Leg.INFORMATION, Leg.REVIEW, Leg.CLARIFICATION)
#: legs in which the asking side has to act; in all others the answering, or receiving, side does
ASKING_LEGS = (Leg.INFORMATION, Leg.REVIEW, Leg.ACKNOWLEDGEMENT)
#: legs that run by the calendar at every urgency: a child's journey, stay and next visit know no office hours
ELAPSED_LEGS = (Leg.ARRIVAL, Leg.INTERIM_NOTE, Leg.FOLLOW_UP)
#: legs whose end a plan has named: another urgency does not move it
PLANNED_LEGS = (Leg.FOLLOW_UP,)


class PauseReason(TextChoices):
    INFORMATION = "information", _("Waiting for information that was asked for")


class MessageKind(TextChoices):
    MESSAGE = "message", _("Message")
    INFORMATION_REQUEST = "information_request", _("Information asked for")
    INFORMATION = "information", _("Information supplied")
    ANSWER = "answer", _("Answer")
    CORRECTION = "correction", _("Correction")
    CLARIFICATION = "clarification", _("Clarification asked for")
    DECISION = "decision", _("Decision")
    NOTE = "note", _("Note from a video call")
    SECOND = "second", _("Second specialist")
    HANDOVER = "handover", _("Hand-over for the way")
    INTERIM = "interim", _("Interim note")
    OUTCOME = "outcome", _("Outcome")


_M, _H, _D = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

#: Targets per leg and priority. Source: design page "care pathway" 1.7, each at or better than a published figure.
TARGETS: dict[tuple[str, int], timedelta] = {
    (Leg.ALLOCATION, Priority.STAT): 5 * _M,
    (Leg.ALLOCATION, Priority.URGENT): 10 * _M,
    (Leg.ALLOCATION, Priority.ROUTINE): 30 * _M,
    (Leg.FIRST_ANSWER, Priority.STAT): 15 * _M,
    (Leg.FIRST_ANSWER, Priority.URGENT): 2 * _H,
    (Leg.FIRST_ANSWER, Priority.ROUTINE): 12 * _H,
    (Leg.INFORMATION, Priority.STAT): 10 * _M,
    (Leg.INFORMATION, Priority.URGENT): 2 * _H,
    (Leg.INFORMATION, Priority.ROUTINE): 2 * _D,
    (Leg.REVIEW, Priority.STAT): 1 * _D,
    (Leg.REVIEW, Priority.URGENT): 2 * _D,
    (Leg.REVIEW, Priority.ROUTINE): 5 * _D,
    (Leg.CLARIFICATION, Priority.STAT): 15 * _M,
    (Leg.CLARIFICATION, Priority.URGENT): 2 * _H,
    (Leg.CLARIFICATION, Priority.ROUTINE): 12 * _H,
    (Leg.SEEN, Priority.STAT): 5 * _M,
    (Leg.SEEN, Priority.URGENT): 30 * _M,
    (Leg.SEEN, Priority.ROUTINE): 1 * _D,
    (Leg.ACCEPTANCE, Priority.STAT): 10 * _M,
    (Leg.ACCEPTANCE, Priority.URGENT): 2 * _H,
    (Leg.ACCEPTANCE, Priority.ROUTINE): 2 * _D,
    (Leg.REDIRECTION, Priority.STAT): 10 * _M,
    (Leg.REDIRECTION, Priority.URGENT): 1 * _H,
    (Leg.REDIRECTION, Priority.ROUTINE): 1 * _D,
    (Leg.BOOKING, Priority.STAT): 30 * _M,
    (Leg.BOOKING, Priority.URGENT): 4 * _H,
    (Leg.BOOKING, Priority.ROUTINE): 2 * _D,
    (Leg.ARRIVAL, Priority.STAT): 3 * _H,
    (Leg.ARRIVAL, Priority.URGENT): 1 * _D,
    (Leg.ARRIVAL, Priority.ROUTINE): 7 * _D,
    (Leg.INTERIM_NOTE, Priority.STAT): 1 * _D,
    (Leg.INTERIM_NOTE, Priority.URGENT): 1 * _D,
    (Leg.INTERIM_NOTE, Priority.ROUTINE): 2 * _D,
    (Leg.OUTCOME, Priority.STAT): 1 * _D,
    (Leg.OUTCOME, Priority.URGENT): 1 * _D,
    (Leg.OUTCOME, Priority.ROUTINE): 2 * _D,
    (Leg.ACKNOWLEDGEMENT, Priority.STAT): 1 * _D,
    (Leg.ACKNOWLEDGEMENT, Priority.URGENT): 2 * _D,
    (Leg.ACKNOWLEDGEMENT, Priority.ROUTINE): 5 * _D,
    (Leg.TAKE_OVER, Priority.STAT): 1 * _D,
    (Leg.TAKE_OVER, Priority.URGENT): 1 * _D,
    (Leg.TAKE_OVER, Priority.ROUTINE): 2 * _D,
    (Leg.FOLLOW_UP, Priority.STAT): 3 * _D,
    (Leg.FOLLOW_UP, Priority.URGENT): 7 * _D,
    (Leg.FOLLOW_UP, Priority.ROUTINE): 14 * _D,
}
