"""Shifts, swaps, hand-overs and rosters out of spreadsheets."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Shift
from consortium.casework.queries.open_items import OpenItem
from consortium.casework.queries.working import zone
from consortium.casework.states import YEARS, Rank
from consortium.people.forms.base import Acting, Edited, Keyed

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


def chosen(label: Any, **more: Any) -> forms.TypedChoiceField:
    """A choice among rows by id; the choices are set when the form is made."""
    return forms.TypedChoiceField(label=label, coerce=UUID, empty_value=None, **more)


class Stretch(forms.Form):
    """A day with two times; the second earlier than the first is of the next day."""

    day = forms.DateField(label=_("Day"), widget=_DAY)
    begins = forms.TimeField(label=_("From"), widget=_TIME)
    ends = forms.TimeField(label=_("To"), widget=_TIME)

    def clean_day(self) -> Any:
        day = self.cleaned_data["day"]
        if day.year not in YEARS:
            raise ValidationError(_("Choose a day of this century."))
        return day

    def period(self) -> tuple[datetime, datetime]:
        said = self.cleaned_data
        begins = datetime.combine(said["day"], said["begins"], zone())
        over = timedelta(days=1 if said["ends"] <= said["begins"] else 0)
        return begins, datetime.combine(said["day"] + over, said["ends"], zone())


class ShiftForm(Keyed, Edited, Stretch):
    """Who is on duty from when to when."""

    user_id = chosen(_("Who"))
    rank = forms.TypedChoiceField(
        label=_("Rank"), choices=Rank.choices, coerce=int, initial=Rank.FIRST, widget=forms.RadioSelect
    )
    field_order = ("user_id", "day", "begins", "ends", "rank")

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user_id"].choices = [("", _("Choose somebody")), *people]  # type: ignore[attr-defined]

    @staticmethod
    def of(shift: Shift) -> dict[str, Any]:
        """The shift as initial values."""
        begins, ends = timezone.localtime(shift.begins), timezone.localtime(shift.ends)
        return {
            "user_id": str(shift.user_id), "day": begins.date(), "begins": begins.time(), "ends": ends.time(),
            "rank": shift.rank, "version": shift.version,
        }  # fmt: skip


class SwapForm(Keyed):
    """To whom a shift is offered, and for which of theirs."""

    to_user_id = chosen(_("To whom?"))
    in_return_id = chosen(_("For a shift of theirs"), required=False)

    def __init__(self, *args: Any, people: list[tuple[str, str]], shifts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_user_id"].choices = [("", _("Choose a colleague")), *people]  # type: ignore[attr-defined]
        self.fields["in_return_id"].choices = [("", _("Without one")), *shifts]  # type: ignore[attr-defined]


class ReasonForm(Acting):
    reason = forms.CharField(label=_("Why?"), max_length=200)


class HandoverForm(Keyed):
    """To whom, and a note for each open item."""

    to_user_id = chosen(_("Who takes over?"))

    def __init__(self, *args: Any, people: list[tuple[str, str]], items: list[OpenItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        self.fields["to_user_id"].choices = [("", _("Choose a colleague")), *people]  # type: ignore[attr-defined]
        for item in items:
            self.fields[item.key] = forms.CharField(
                label=_("Note"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"})
            )

    def rows(self) -> list[tuple[OpenItem, forms.BoundField]]:
        return [(item, self[item.key]) for item in self.items]

    def notes(self) -> dict[str, str]:
        return {item.key: self.cleaned_data.get(item.key, "") for item in self.items}


class RosterFileForm(Keyed):
    file = forms.FileField(
        label=_("CSV or XLSX file"), widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,text/csv"})
    )


class RosterConfirmForm(Keyed):
    """The rows that were looked at, signed, so that what is stored is what was shown."""

    rows = forms.CharField(widget=forms.HiddenInput, max_length=1_500_000)
