"""What is entered about a lecture, a series, its crew and a room."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from consortium.casework.forms.acting import LONG
from consortium.people.forms.base import Acting, Edited, Keyed
from courses.library.forms.courses import NewTitledForm
from courses.library.states import Language, Reach
from courses.live.models import Lecture, Series
from courses.live.models.lectures import LONGEST, SHORTEST, SUMMARY_LENGTH
from courses.live.models.seats import PLACE_LENGTH
from courses.live.operations.lectures import FIELDS
from courses.live.states.lectures import Part

_MINUTES = "%Y-%m-%dT%H:%M"


def _summary(label: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 4, **LONG})
    return forms.CharField(label=label, required=False, max_length=SUMMARY_LENGTH, widget=widget)


class LectureForm(NewTitledForm):
    """A lecture, new or changed."""

    starts_at = forms.DateTimeField(
        label=_("Begins at"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MINUTES)
    )
    minutes = forms.IntegerField(label=_("How long?"), min_value=SHORTEST, max_value=LONGEST, initial=60)
    language = forms.ChoiceField(label=_("Given in"), choices=Language.choices, initial=Language.CHINESE)
    summary_en = _summary(_("What it is about, in English"))
    summary_zh = _summary(_("What it is about, in Chinese"))
    series_id = forms.TypedChoiceField(label=_("Lecture series"), required=False, coerce=UUID, empty_value=None)
    reach = forms.ChoiceField(label=_("Who finds it?"), choices=Reach.choices, initial=Reach.CONSORTIUM)
    capacity = forms.IntegerField(
        label=_("Seats"), min_value=1, max_value=100_000, required=False,
        help_text=_("A room with several people before one screen counts once. Empty: no limit."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, institution_id: UUID, lecture: Lecture | None = None,
                 initial: Any = None) -> None:  # fmt: skip
        super().__init__(data, initial=_said_of(lecture) if lecture else initial)
        series = Series.objects.filter(institution_id=institution_id).order_by("-made_at", "id")[:100]
        none = ("", _("None"))
        self.fields["series_id"].choices = [none, *((str(row.pk), row.title) for row in series)]  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """As `make_lecture` and `edit_lecture` take it."""
        return {name: self.cleaned_data[name] for name in FIELDS}


def _said_of(lecture: Lecture) -> dict[str, Any]:
    known = {name: getattr(lecture, name) for name in (*FIELDS, "version")}
    return known | {"starts_at": localtime(lecture.starts_at)}


class SeriesForm(NewTitledForm):
    """A series begins with its title."""

    reach = forms.ChoiceField(label=_("Who finds it?"), choices=Reach.choices, initial=Reach.CONSORTIUM)


class CancelForm(Edited):
    """Why it does not take place."""

    reason = forms.CharField(label=_("Why?"), max_length=300, help_text=_("Whoever is registered reads it."),
                             widget=forms.TextInput(attrs=LONG))  # fmt: skip


class CrewForm(Acting):
    """Somebody takes a part."""

    username = forms.CharField(label=_("Who"), help_text=_("The name with which they sign in."), max_length=150)
    part = forms.ChoiceField(label=_("Part"), choices=Part.choices)


class ClassroomForm(Keyed):
    """A room with several people before one screen."""

    place = forms.CharField(label=_("Which room?"), max_length=PLACE_LENGTH,
                            help_text=_("As people there call it, so that they find it."),
                            widget=forms.TextInput(attrs=LONG))  # fmt: skip
