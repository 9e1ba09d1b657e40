"""Calendars, bookings and working calendars."""

import re
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consortium.casework.forms.duty import Stretch, chosen
from consortium.casework.states import BookingKind, DayKind, Weekday
from consortium.kernel import clock
from consortium.people.forms.base import Acting, Edited, Keyed

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_STRETCH = re.compile(r"(\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})")


class CalendarForm(Keyed):
    service_id = chosen(_("Service"))
    name_en = forms.CharField(label=_("Name in English"), max_length=120)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=120, required=False)
    room_id = chosen(_("Room"), required=False)

    def __init__(
        self, *args: Any, services: list[tuple[str, str]], rooms: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service_id"].choices = services  # type: ignore[attr-defined]
        self.fields["room_id"].choices = [("", _("None")), *rooms]  # type: ignore[attr-defined]


class RuleForm(Keyed):
    """Slots that repeat weekly."""

    weekday = forms.TypedChoiceField(label=_("Weekday"), choices=Weekday.choices, coerce=int)
    starts = forms.TimeField(label=_("First slot begins"), widget=forms.TimeInput(attrs={"type": "time"}))
    minutes = forms.IntegerField(label=_("Minutes a slot"), min_value=5, max_value=480, initial=20)
    count = forms.IntegerField(label=_("Number of slots"), min_value=1, max_value=96, initial=6)
    capacity = forms.IntegerField(label=_("Places a slot"), min_value=1, max_value=50, initial=1)
    quota = forms.IntegerField(label=_("Of these, kept for referrals"), min_value=0, max_value=50, initial=0)
    person_id = chosen(_("Who is in charge"), required=False)
    begins_on = forms.DateField(label=_("From"), widget=_DAY, initial=clock.today)
    ends_on = forms.DateField(label=_("Until"), widget=_DAY, required=False)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person_id"].choices = [("", _("Nobody in particular")), *people]  # type: ignore[attr-defined]

    def fields_of_rule(self) -> dict[str, Any]:
        return {n: v for n, v in self.cleaned_data.items() if n not in ("person_id", "request_key")}


class DayForm(Acting):
    on = forms.DateField(label=_("Day"), widget=_DAY)


class BookingForm(Keyed, Stretch):
    """People, rooms and vehicles for one stretch of time."""

    what = forms.ChoiceField(label=_("What for?"), choices=BookingKind.choices, initial=BookingKind.VIDEO)
    people = forms.MultipleChoiceField(label=_("People"), required=False, widget=forms.CheckboxSelectMultiple)
    rooms = forms.MultipleChoiceField(
        label=_("Rooms and vehicles"), required=False, widget=forms.CheckboxSelectMultiple
    )
    field_order = ("what", "day", "begins", "ends", "people", "rooms")

    def __init__(self, *args: Any, bookable: dict[str, list[tuple[str, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = bookable["people"]  # type: ignore[attr-defined]
        self.fields["rooms"].choices = bookable["rooms"]  # type: ignore[attr-defined]


class MoveForm(Edited, Stretch):
    """Another time."""


class CancelForm(Edited):
    reason = forms.CharField(label=_("Why?"), max_length=200)


def stretches_of(text: str) -> list[tuple[time, time]]:
    """Times of "08:00-12:00, 14:00-18:00"; raises ValidationError for anything else."""
    found = _STRETCH.findall(text)
    if _STRETCH.sub("", text).strip(" ,;，；、\n\r") or (text.strip() and not found):
        raise ValidationError(_("Write hours like 08:00-12:00, 14:00-18:00."))
    try:
        return [(_time(opens), _time(closes)) for opens, closes in found]
    except ValueError as error:
        raise ValidationError(_("Write hours like 08:00-12:00, 14:00-18:00.")) from error


def _time(text: str) -> time:
    return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a wall-clock time


class HoursForm(Edited):
    """The hours of each weekday, as people write them."""

    make_up_like = forms.TypedChoiceField(
        label=_("A make-up working day has the hours of"), choices=Weekday.choices, coerce=int, initial=Weekday.MONDAY
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day, name in Weekday.choices:
            self.fields[f"day_{day}"] = forms.CharField(label=name, required=False, max_length=80)
        self.order_fields([*(f"day_{day}" for day in Weekday.values), "make_up_like"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        for day in Weekday.values:
            try:
                said[f"hours_{day}"] = stretches_of(said.get(f"day_{day}", ""))
            except ValidationError as error:
                self.add_error(f"day_{day}", error)
        return said

    def hours(self) -> dict[int, list[tuple[time, time]]]:
        return {day: self.cleaned_data[f"hours_{day}"] for day in Weekday.values}


class SpecialDayForm(Acting):
    on = forms.DateField(label=_("Day"), widget=_DAY)
    kind = forms.ChoiceField(label=_("What kind of day"), choices=DayKind.choices, widget=forms.RadioSelect)
    name = forms.CharField(label=_("Name"), max_length=120, required=False)

    def day(self) -> tuple[date, str, str]:
        return self.cleaned_data["on"], self.cleaned_data["kind"], self.cleaned_data["name"]


class DaysFileForm(Acting):
    file = forms.FileField(
        label=_("Calendar (.ics) or spreadsheet"),
        help_text=_("A spreadsheet has the columns date, kind (holiday or make-up) and name."),
        widget=forms.ClearableFileInput(attrs={"accept": ".ics,.csv,.xlsx,text/calendar,text/csv"}),
    )
