"""The vocabulary of measures: what is timed, what is counted, how an export goes on."""

from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from consortium.kernel.machine import Machine, Transition

#: below these numbers a value is flagged, or not shown to who may not know whom it is about
SMALL, FEWEST = 20, 5

EXPORT_KEPT = timedelta(hours=24)
#: rows that one piece of an export writes, and after how long without a sign of life another worker goes on
EXPORT_PIECE = 20_000
EXPORT_SILENCE = timedelta(seconds=90)
#: as many as one sheet of a spreadsheet holds, its heading apart
SHEET_ROWS = 1_048_575


class Span(TextChoices):
    """What is timed of a consultation, in seconds. The first three run from the sending, the others add up to it."""

    TO_ALLOCATION = "to_allocation", _("From sending to a specialist")
    TO_ANSWER = "to_answer", _("From sending to the first answer")
    TO_CLOSE = "to_close", _("From sending to the close")
    ALLOCATING = "allocating", _("With the coordinator, before the answer")
    ANSWERING = "answering", _("With the specialist, before the answer")
    INFORMING = "informing", _("With the asker, before the answer")
    REVIEWING = "reviewing", _("With the asker, after the answer")
    CLARIFYING = "clarifying", _("With the specialist, after the answer")


class About(TextChoices):
    """What the numbers are about."""

    CONSULTATIONS = "consultations", _("Consultations")
    REFERRALS = "referrals", _("Referrals")


class Stage(TextChoices):
    """What is timed of a referral, in seconds: legs from one act to the next; the last two run from the sending."""

    SEEING = "seeing", _("From sending to the opening")
    ACCEPTING = "accepting", _("From opening to acceptance")
    BOOKING = "booking", _("From acceptance to a booked visit")
    COMING = "coming", _("From acceptance to arrival")
    TRAVELLING = "travelling", _("From departure to arrival")
    NOTING = "noting", _("From arrival to the first word back")
    REPORTING = "reporting", _("From discharge to the outcome")
    ACKNOWLEDGING = "acknowledging", _("From outcome to acknowledgement")
    TAKING_OVER = "taking_over", _("From back-referral to taking over")
    TO_ARRIVAL = "to_arrival", _("From sending to arrival")
    TO_CLOSE = "to_close", _("From sending to the closed loop")


class ExportKind(TextChoices):
    CSV = "csv", _("Text with commas (CSV)")
    XLSX = "xlsx", _("Spreadsheet (XLSX)")


class ExportStep(TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Being written")
    READY = "ready", _("Ready")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Could not be written")
    EXPIRED = "expired", _("No longer kept")


GOING = (ExportStep.WAITING, ExportStep.RUNNING)

EXPORT = Machine(
    name="export",
    steps=ExportStep,
    initial=(ExportStep.WAITING,),
    policies="consortium.insight.policies",
    final=(ExportStep.CANCELLED, ExportStep.FAILED, ExportStep.EXPIRED),
    transitions=(
        Transition("X1", "write", _("Write"), GOING, ExportStep.RUNNING, "only_system", system=True),
        Transition("X2", "finish", _("Finish"), GOING, ExportStep.READY, "only_system", system=True),
        Transition("X3", "fail", _("Give up"), GOING, ExportStep.FAILED, "only_system", system=True),
        Transition("X4", "cancel", _("Cancel"), GOING, ExportStep.CANCELLED, "may_cancel_export", look="alarm"),
        Transition("X5", "expire", _("Expire"), (ExportStep.READY,), ExportStep.EXPIRED, "only_system", system=True),
    ),
)


# --- monthly reports --------------------------------------------------------------------------------------------------

#: a month's report freezes so long after its end, when each of its days was counted anew
FREEZE_AFTER = timedelta(days=2)


class ReportStep(TextChoices):
    FROZEN = "frozen", _("Frozen: to be signed")
    SIGNED = "signed", _("Signed")


REPORT = Machine(
    name="report",
    steps=ReportStep,
    initial=(ReportStep.FROZEN,),
    policies="consortium.insight.policies",
    final=(ReportStep.SIGNED,),
    transitions=(
        Transition(
            "P1", "sign", _("Sign the report"), (ReportStep.FROZEN,), ReportStep.SIGNED, "may_sign_report", look="main"
        ),
        Transition(
            "P2", "revise", _("Make a new version"), (ReportStep.FROZEN, ReportStep.SIGNED), None, "may_revise_report",
            required=("reason",),
        ),
    ),
)  # fmt: skip
