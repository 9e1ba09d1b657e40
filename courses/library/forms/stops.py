"""Where a video stops, and what it asks there."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.people.forms.base import Edited
from courses.assessment.queries.building import Listed
from courses.library.forms.videos import moment
from courses.library.ladder.captions import CueFault


class StopForm(Edited):
    """A moment of the film, and one of the questions that are offered."""

    at = forms.CharField(label=_("When the video stops, in minutes and seconds"), max_length=12,
                         widget=forms.TextInput(attrs={"placeholder": "2:30"}))  # fmt: skip
    question_id = forms.TypedChoiceField(label=_("Which question?"), coerce=UUID, widget=forms.RadioSelect)

    def __init__(self, *args: Any, offered: Sequence[Listed], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["question_id"].choices = [  # type: ignore[attr-defined]
            (str(one.version_id), f"{one.stem} · {one.kind} · {one.code}") for one in offered
        ]

    def clean_at(self) -> int:
        """Milliseconds."""
        try:
            return int(moment(self.cleaned_data["at"].strip()) * 1000)
        except CueFault as fault:
            raise forms.ValidationError(_("Write the moment as 2:30.")) from fault
