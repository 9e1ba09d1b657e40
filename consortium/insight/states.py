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
