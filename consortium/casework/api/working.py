"""Working calendars over the API."""

from typing import Any
from uuid import UUID

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.casework import operations
from consortium.casework.models import WorkingCalendar
from consortium.casework.queries.working import special_days, weekly_hours, working_calendar, working_calendars
from consortium.casework.states import DayKind, Weekday
from consortium.kernel import clock
from consortium.kernel.api import ApiView, Input, Output, described


class HoursShown(Output):
    weekday = serializers.ChoiceField(Weekday.choices)
    hours = serializers.ListField(child=serializers.CharField(), help_text="08:00-12:00")


class SpecialDayShown(Output):
    on = serializers.DateField()
    kind = serializers.ChoiceField(DayKind.choices)
    name = serializers.CharField()


class WorkingCalendarListed(Output):
    id = serializers.UUIDField()
    version = serializers.IntegerField()
    region_id = serializers.UUIDField(allow_null=True)
    institution_id = serializers.UUIDField(allow_null=True)
    make_up_like = serializers.ChoiceField(Weekday.choices)


class WorkingCalendarShown(WorkingCalendarListed):
    hours = HoursShown(many=True)
    days = SpecialDayShown(many=True, help_text="From today on.")


class Stretch(Input):
    weekday = serializers.ChoiceField(Weekday.choices)
    opens = serializers.TimeField()
    closes = serializers.TimeField()


class HoursInput(Input):
    hours = serializers.ListField(child=Stretch(), min_length=1, max_length=50)
    make_up_like = serializers.ChoiceField(Weekday.choices, default=Weekday.MONDAY)


class OpenInput(HoursInput):
    region_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    institution_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class DayIn(Input):
    on = serializers.DateField()
    kind = serializers.ChoiceField(DayKind.choices)
    name = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class DaysInput(Input):
    days = serializers.ListField(child=DayIn(), min_length=1, max_length=2000)


def _weekly(stretches: list[dict[str, Any]]) -> dict[int, list[Any]]:
    weekly: dict[int, list[Any]] = {}
    for each in stretches:
        weekly.setdefault(each["weekday"], []).append((each["opens"], each["closes"]))
    return weekly


def _listed(row: WorkingCalendar) -> dict[str, Any]:
    plain = ("id", "version", "region_id", "institution_id", "make_up_like")
    return {name: getattr(row, name) for name in plain}


def _calendar(row: WorkingCalendar) -> dict[str, Any]:
    hours = [{"weekday": day, "hours": each} for day, each in weekly_hours(row).items()]
    days = [{"on": d.on, "kind": d.kind, "name": d.name} for d in special_days(row, clock.today())]
    return {**_listed(row), "hours": hours, "days": days}


class WorkingCalendars(ApiView):
    @described("Working calendars of regions and institutions", gives=WorkingCalendarListed, page=True)
    def get(self, request: Request) -> Response:
        return self.paged([_listed(row) for row in working_calendars()])

    @described("The working calendar of a region or institution; made if there is none", takes=OpenInput,
               gives=WorkingCalendarShown)  # fmt: skip
    def post(self, request: Request) -> Response:
        given = self.given(OpenInput)
        hours = _weekly(given.pop("hours"))
        return self.one(_calendar(operations.open_working_calendar(actor=self.actor, hours=hours, **given)))


class WorkingCalendarDetail(ApiView):
    @described("A working calendar", gives=WorkingCalendarShown)
    def get(self, request: Request, calendar_id: UUID) -> Response:
        return self.one(_calendar(working_calendar(calendar_id)))

    @described("The weekly hours anew; open routine deadlines follow", takes=HoursInput, gives=WorkingCalendarShown,
               version=True)  # fmt: skip
    def put(self, request: Request, calendar_id: UUID) -> Response:
        given = self.given(HoursInput)
        saved = operations.save_hours(
            actor=self.actor, calendar_id=calendar_id, hours=_weekly(given["hours"]),
            make_up_like=given["make_up_like"], version=self.version,
        )  # fmt: skip
        return self.one(_calendar(saved))


class WorkingDays(ApiView):
    @described("Add or change holidays and make-up days", takes=DaysInput, gives=WorkingCalendarShown)
    def post(self, request: Request, calendar_id: UUID) -> Response:
        days = [(day["on"], day["kind"], day["name"]) for day in self.given(DaysInput)["days"]]
        return self.one(_calendar(operations.set_days(actor=self.actor, calendar_id=calendar_id, days=days)))


class DayOff(Input):
    on = serializers.DateField()


class WorkingDayRemove(ApiView):
    @described("An ordinary day again", takes=DayOff, gives=WorkingCalendarShown)
    def post(self, request: Request, calendar_id: UUID) -> Response:
        on = self.given(DayOff)["on"]
        return self.one(_calendar(operations.remove_day(actor=self.actor, calendar_id=calendar_id, on=on)))


urlpatterns = [
    path("working-calendars/", WorkingCalendars.as_view(), name="working-calendars"),
    path("working-calendars/<uuid:calendar_id>/", WorkingCalendarDetail.as_view(), name="working-calendar"),
    path("working-calendars/<uuid:calendar_id>/days/", WorkingDays.as_view(), name="working-days"),
    path("working-calendars/<uuid:calendar_id>/days/remove/", WorkingDayRemove.as_view(), name="working-days-remove"),
]
