"""The way of a teaching case: written by one person, looked at by another, approved, taken down."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from consortium.files.states import FLAGS
from consortium.kernel.machine import Machine, Transition
from courses.live.events.cases import (
    TeachingCaseApproved,
    TeachingCaseReturned,
    TeachingCaseSent,
    TeachingCaseTakenDown,
)


class CaseStep(TextChoices):
    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("Waits for a second person")
    APPROVED = "approved", _("Approved for teaching")
    WITHDRAWN = "withdrawn", _("Taken down")


class StageKind(TextChoices):
    """In the order in which a case is told."""

    HISTORY = "history", _("History")
    EXAMINATION = "examination", _("Examination")
    LABORATORY = "laboratory", _("Laboratory")
    IMAGES = "images", _("Images")
    COURSE = "course", _("Course")


_ANY = (CaseStep.DRAFT, CaseStep.REVIEW, CaseStep.APPROVED)

TEACHING_CASE = Machine(
    name="teaching_case",
    steps=CaseStep,
    initial=(CaseStep.DRAFT,),
    policies="courses.live.policies.cases",
    final=(CaseStep.WITHDRAWN,),
    transitions=(
        Transition("D1", "write", _("Write"), (CaseStep.DRAFT,), None, "may_write_case"),
        Transition("D2", "submit", _("Send to a second person"), (CaseStep.DRAFT,), CaseStep.REVIEW, "may_write_case",
                   TeachingCaseSent, look="main"),
        Transition("D3", "confirm", _("Nothing here shows who the child is"), (CaseStep.REVIEW,), None,
                   "may_confirm_case"),
        Transition("D4", "return", _("Send it back to its maker"), (CaseStep.REVIEW,), CaseStep.DRAFT,
                   "may_confirm_case", TeachingCaseReturned, ("reason",)),
        Transition("D5", "approve", _("Approve for teaching"), (CaseStep.REVIEW,), CaseStep.APPROVED,
                   "may_confirm_case", TeachingCaseApproved, look="main"),
        Transition("D6", "attach", _("Use in a lecture"), (CaseStep.APPROVED,), None, "may_use_case"),
        Transition("D7", "withdraw", _("Take down"), _ANY, CaseStep.WITHDRAWN, "may_take_down", TeachingCaseTakenDown,
                   look="alarm"),
    ),
)  # fmt: skip

#: a photo of the child, whatever it shows
PHOTO = "photo"
#: why a second person has to look at a picture; every picture is looked at
PICTURE_REASONS: dict[str, Any] = {
    **FLAGS,
    PHOTO: _("A photo may show a face, a wristband, a tattoo or something written."),
}
