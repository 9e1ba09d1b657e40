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
}
