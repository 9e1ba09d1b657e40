"""What the maker of a teaching case writes, and what the second person says."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Case
from consortium.people.forms.base import Acting, Edited, Keyed
from courses.assessment.forms.exams import LONG
from courses.library.models.bases import TITLE_LENGTH
from courses.live.models.cases import MOST_LETTERS
from courses.live.models.lectures import Lecture
from courses.live.states.cases import StageKind
from courses.live.states.lectures import LectureStep

_HINT = _("Without a name, a place or a date. Lists show it before anybody opens the case.")


class Titles(Acting):
    title_en = forms.CharField(label=_("Title in English"), max_length=TITLE_LENGTH, required=False, help_text=_HINT)
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=TITLE_LENGTH, required=False)


class NewCaseForm(Keyed, Titles):
    """From which case, and under what title."""

    case_id = forms.TypedChoiceField(label=_("Case"), coerce=UUID)

    field_order = ("case_id", "title_en", "title_zh")

    def __init__(self, *args: Any, cases: list[Case], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(str(row.pk), row.headline or row.get_kind_display()) for row in cases]
        self.fields["case_id"].choices = offered  # type: ignore[attr-defined]


class TitlesForm(Edited, Titles):
    """Other titles."""


class StageForm(Edited):
    """One stage as its maker writes it; `kept` are places of what was found and tells nothing."""

    source = forms.CharField(
        label=_("What is told at this stage"), max_length=MOST_LETTERS, required=False,
        widget=forms.Textarea({"rows": 12, **LONG}),
        help_text=_("Copy it from the case as it is: names, numbers and dates are found and replaced."),
    )  # fmt: skip
    kept = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args: Any, doubtful: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kept"].choices = [(start, start) for start in doubtful]  # type: ignore[attr-defined]


class PictureForm(Keyed):
    """One file of the case; of a file with several frames the number of one."""

    attachment_id = forms.UUIDField()
    frame = forms.IntegerField(min_value=1, max_value=100_000, required=False)


class SeenForm(Edited):
    """The version that was looked at when the button was pressed."""


class ConfirmForm(Edited):
    """Which part was looked at: a stage, or a picture; and in which version."""

    stage = forms.ChoiceField(choices=StageKind.choices, required=False)
    picture_id = forms.UUIDField(required=False)


class ReturnForm(Acting):
    """What the second person wants changed."""

    reason = forms.CharField(
        label=_("What should be changed?"), max_length=500, widget=forms.Textarea({"rows": 3, **LONG})
    )  # fmt: skip


class UseForm(Acting):
    """The lecture in which it is taught: one that is not over."""

    lecture_id = forms.TypedChoiceField(label=_("Lecture"), coerce=UUID)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        coming = Lecture.objects.filter(step__in=(LectureStep.DRAFT, LectureStep.ANNOUNCED), teaching_case=None)
        offered = [(str(row.pk), row.title) for row in coming.order_by("starts_at", "id")[:50]]
        self.fields["lecture_id"].choices = offered  # type: ignore[attr-defined]
