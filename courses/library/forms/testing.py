"""Which exam stands before and after a course."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.people.forms.base import Keyed
from courses.assessment.models import Exam
from courses.assessment.states.exams import Drawing, ExamStep
from courses.library.models import Course
from courses.library.models.testing import WEEKS

#: exams to choose from, the newest first
_MOST: Final = 200


class TestsForm(Keyed):
    """Of the institution's open exams those that draw their questions and are in no pair yet."""

    exam_id = forms.TypedChoiceField(
        label=_("Exam"), coerce=UUID,
        help_text=_(
            "It becomes the test before. The others are made of its blueprint: alike, but with other questions."
        ),
    )  # fmt: skip
    later_weeks = forms.TypedChoiceField(
        label=_("Ask again later"), coerce=int, empty_value=None, required=False,
        help_text=_("Counted for each person from the test at the end; they get a notice."),
    )  # fmt: skip
    gates = forms.BooleanField(
        label=_("No lesson opens before the first test is handed in"), required=False,
        help_text=_("Whatever its result. Without this, who skips it learns all the same, and has no comparison."),
    )  # fmt: skip

    def __init__(self, *args: Any, course: Course, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        weeks: Any = self.fields["later_weeks"]
        weeks.choices = [
            ("", _("No")),
            *((n, _("after %(n)d weeks") % {"n": n}) for n in range(WEEKS[0], WEEKS[1] + 1)),
        ]
        rows = Exam.objects.filter(institution_id=course.institution_id, step=ExamStep.OPEN, drawing=Drawing.BLUEPRINT)
        exam: Any = self.fields["exam_id"]
        free = rows.filter(pair_before=None, pair_after=None, pair_later=None).order_by("-published_at", "pk")
        exam.choices = [("", _("Choose an exam")), *((str(row.pk), row.title) for row in free[:_MOST])]
