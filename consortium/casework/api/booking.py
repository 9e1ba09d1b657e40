"""Calendars, slots, bookings and one's own calendar address over the API."""

from typing import Any
from uuid import UUID

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.casework import operations
from consortium.casework.api.duty import ReasonInput, acts
from consortium.casework.models import Booking, Calendar, Resource
from consortium.casework.queries import agenda, calendars
from consortium.casework.queries.roster import monday_of
from consortium.casework.states import BOOKING, BookingKind, BookingStep, ResourceKind, Weekday
from consortium.kernel.actors import Actor
from consortium.kernel.api import Acts, ApiView, Input, Output, described
from consortium.kernel.errors import InvalidInput

# -- rooms and vehicles -----------------------------------------------------------------------------------------------


class ResourceShown(Output):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(ResourceKind.choices)
    institution_id = serializers.UUIDField(allow_null=True)
    user_id = serializers.UUIDField(allow_null=True)
    name_en = serializers.CharField()
    name_zh = serializers.CharField()


class ResourceInput(Input):
    institution_id = serializers.UUIDField()
    kind = serializers.ChoiceField(["room", "vehicle"])
    name_en = serializers.CharField(max_length=120)
    name_zh = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


_RESOURCE = ("id", "kind", "institution_id", "user_id", "name_en", "name_zh")


def _resource(row: Resource) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _RESOURCE}


class Resources(ApiView):
    @described("Rooms and vehicles that can be booked", gives=ResourceShown, page=True)
    def get(self, request: Request) -> Response:
        rows = Resource.objects.filter(retired_at=None, user=None).values(*_RESOURCE)
        return self.page(rows, order=("name_en", "id"), row=dict)

    @described("Add a room or vehicle", takes=ResourceInput, gives=ResourceShown, status=201, key=True)
    def post(self, request: Request) -> Response:
        given = self.given(ResourceInput)
        return self.created(_resource(operations.add_resource(actor=self.actor, key=self.request_key, **given)))


class ResourceRetire(ApiView):
    @described("No longer to be booked", takes=Input, gives=ResourceShown)
    def post(self, request: Request, resource_id: UUID) -> Response:
        self.given(Input)
        return self.one(_resource(operations.retire_resource(actor=self.actor, resource_id=resource_id)))


# -- calendars --------------------------------------------------------------------------------------------------------


class CalendarShown(Output):
    id = serializers.UUIDField()
    service_id = serializers.UUIDField()
    room_id = serializers.UUIDField(allow_null=True)
    name_en = serializers.CharField()
    name_zh = serializers.CharField()


class CalendarInput(Input):
    service_id = serializers.UUIDField()
    name_en = serializers.CharField(max_length=120)
    name_zh = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    room_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class SlotShown(Output):
    id = serializers.UUIDField()
    begins = serializers.DateTimeField()
    ends = serializers.DateTimeField()
    capacity = serializers.IntegerField()
    free = serializers.IntegerField()
    kept_for_referrals = serializers.IntegerField(help_text="Free places among those kept for referrals.")
    blocked = serializers.BooleanField(help_text="Its person or room is taken by something else.")


class SlotFilter(Input):
    week = serializers.DateField(required=False, help_text="Any day of the week; this week when not given.")


class RuleInput(Input):
    weekday = serializers.ChoiceField(Weekday.choices)
    starts = serializers.TimeField()
    minutes = serializers.IntegerField(min_value=5, max_value=480)
    count = serializers.IntegerField(min_value=1, max_value=96)
    capacity = serializers.IntegerField(min_value=1, max_value=50, default=1)
    quota = serializers.IntegerField(min_value=0, max_value=50, default=0)
    begins_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True, default=None)
    person_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class RuleShown(Output):
    id = serializers.UUIDField()
    calendar_id = serializers.UUIDField()
    weekday = serializers.ChoiceField(Weekday.choices)
    begins_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)


class DayInput(Input):
    on = serializers.DateField()


class DayClosed(Output):
    to_move = serializers.IntegerField(help_text="Bookings of that day that have to be moved.")


_CALENDAR = ("id", "service_id", "room_id", "name_en", "name_zh")


def _calendar(row: Calendar) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _CALENDAR}


def _rule(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "calendar_id", "weekday", "begins_on", "ends_on")}


class Calendars(ApiView):
    @described("Calendars with slots", gives=CalendarShown, page=True)
    def get(self, request: Request) -> Response:
        rows = Calendar.objects.filter(closed_at=None).values(*_CALENDAR)
        return self.page(rows, order=("name_en", "id"), row=dict)

    @described("Open a calendar of a service", takes=CalendarInput, gives=CalendarShown, status=201, key=True)
    def post(self, request: Request) -> Response:
        given = self.given(CalendarInput)
        return self.created(_calendar(operations.open_calendar(actor=self.actor, key=self.request_key, **given)))


class CalendarSlots(ApiView):
    @described("A week of slots, and what is free", gives=SlotShown, page=True, filters=SlotFilter)
    def get(self, request: Request, calendar_id: UUID) -> Response:
        found, asked = calendars.calendar_for(calendar_id), self.asked(SlotFilter).get("week")
        days = calendars.calendar_week(found, monday_of(asked.isoformat() if asked else ""))
        return self.paged([_slot(shown) for day in days for shown in day.slots])


def _slot(shown: calendars.SlotShown) -> dict[str, Any]:
    slot = shown.slot
    return {
        "id": slot.pk, "begins": slot.period.lower, "ends": slot.period.upper, "capacity": slot.capacity,
        "free": shown.free, "kept_for_referrals": shown.kept, "blocked": shown.blocked,
    }  # fmt: skip


class CalendarRules(ApiView):
    @described("Slots that repeat weekly", takes=RuleInput, gives=RuleShown, status=201, key=True)
    def post(self, request: Request, calendar_id: UUID) -> Response:
        given = self.given(RuleInput)
        person_id = given.pop("person_id")
        made = operations.add_rule(
            actor=self.actor, calendar_id=calendar_id, fields=given, person_id=person_id, key=self.request_key
        )
        return self.created(_rule(made))


class RuleEnd(ApiView):
    @described("No slots of this rule after a day", takes=DayInput, gives=RuleShown)
    def post(self, request: Request, rule_id: UUID) -> Response:
        return self.one(_rule(operations.end_rule(actor=self.actor, rule_id=rule_id, on=self.given(DayInput)["on"])))


class CalendarClose(ApiView):
    @described("No slots on a day", takes=DayInput, gives=DayClosed)
    def post(self, request: Request, calendar_id: UUID) -> Response:
        on = self.given(DayInput)["on"]
        return self.one({"to_move": operations.close_day(actor=self.actor, calendar_id=calendar_id, on=on)})


class CalendarReopen(ApiView):
    @described("Slots on a closed day again", takes=DayInput, status=204)
    def post(self, request: Request, calendar_id: UUID) -> Response:
        operations.reopen_day(actor=self.actor, calendar_id=calendar_id, on=self.given(DayInput)["on"])
        return self.done()


# -- bookings ---------------------------------------------------------------------------------------------------------


class BookingListed(Output):
    id = serializers.UUIDField()
    version = serializers.IntegerField()
    kind = serializers.ChoiceField(BookingKind.choices)
    step = serializers.ChoiceField(BookingStep.choices)
    begins = serializers.DateTimeField()
    ends = serializers.DateTimeField()
    slot_id = serializers.UUIDField(allow_null=True)
    place = serializers.IntegerField(allow_null=True)
    case_id = serializers.UUIDField(allow_null=True)
    held_until = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    resources = ResourceShown(many=True)


class BookingShown(BookingListed):
    available_actions = Acts()


class BookingInput(Input):
    """Either a slot, or people, rooms and vehicles with a time."""

    what = serializers.ChoiceField(BookingKind.choices, default=BookingKind.CLINIC)
    slot_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    resource_ids = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=20)
    user_ids = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=20)
    begins = serializers.DateTimeField(required=False, allow_null=True, default=None)
    ends = serializers.DateTimeField(required=False, allow_null=True, default=None)
    case_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    hold = serializers.BooleanField(default=False)


class BookingMoveInput(Input):
    slot_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    begins = serializers.DateTimeField(required=False, allow_null=True, default=None)
    ends = serializers.DateTimeField(required=False, allow_null=True, default=None)


_BOOKING = ("id", "version", "kind", "step", "begins", "ends", "slot_id", "place", "case_id", "held_until", "reason")


def _listed(booking: Booking) -> dict[str, Any]:
    resources = [_resource(use.resource) for use in booking.uses.all()]
    return {**{name: getattr(booking, name) for name in _BOOKING}, "resources": resources}


def _booking(actor: Actor, booking: Booking) -> dict[str, Any]:
    return {
        **_listed(booking),
        "available_actions": acts(BOOKING.available(actor, booking), f"/api/v1/bookings/{booking.pk}/"),
    }


class Bookings(ApiView):
    @described("My bookings that lie ahead", gives=BookingListed, page=True)
    def get(self, request: Request) -> Response:
        return self.paged([_listed(each) for each in agenda.my_bookings(self.actor.user_id)])

    @described("Book people, rooms and vehicles, or a place in a slot", takes=BookingInput, gives=BookingShown,
               status=201, key=True)  # fmt: skip
    def post(self, request: Request) -> Response:
        given = self.given(BookingInput)
        plain = {"actor": self.actor, "key": self.request_key, "hold": given["hold"], "case_id": given["case_id"]}
        if given["slot_id"]:
            made = operations.book_slot(slot_id=given["slot_id"], what=given["what"], **plain)
        else:
            people = [operations.person_resource(user_id).pk for user_id in given["user_ids"]]
            made = operations.book(
                what=given["what"], resources=[*given["resource_ids"], *people], period=_period(given), **plain
            )
        return self.created(_booking(self.actor, agenda.booking_for(made.pk)))


def _period(given: dict[str, Any]) -> Any:
    if given["begins"] is None or given["ends"] is None:
        raise InvalidInput({"begins": "begins, ends"})
    return given["begins"], given["ends"]


class BookingDetail(ApiView):
    @described("A booking", gives=BookingShown)
    def get(self, request: Request, booking_id: UUID) -> Response:
        return self.one(_booking(self.actor, agenda.booking_for(booking_id)))


class BookingAct(ApiView):
    verb = ""

    @described("Settle a booking", takes=ReasonInput, gives=BookingShown, version=True)
    def post(self, request: Request, booking_id: UUID) -> Response:
        given = self.given(ReasonInput)
        operations.settle_booking(
            actor=self.actor, booking_id=booking_id, verb=self.verb, reason=given["reason"], version=self.version
        )
        return self.one(_booking(self.actor, agenda.booking_for(booking_id)))


class BookingMove(ApiView):
    @described(
        "Move a booking to another time, or to another slot", takes=BookingMoveInput, gives=BookingShown, version=True
    )
    def post(self, request: Request, booking_id: UUID) -> Response:
        given = self.given(BookingMoveInput)
        period = None if given["slot_id"] else _period(given)
        operations.move_booking(
            actor=self.actor, booking_id=booking_id, period=period, slot_id=given["slot_id"], version=self.version
        )
        return self.one(_booking(self.actor, agenda.booking_for(booking_id)))


# -- one's own calendar -----------------------------------------------------------------------------------------------


class FeedShown(Output):
    path = serializers.CharField(help_text="Below this site's address; shown this once.")


class Feed(ApiView):
    @described("A new secret address of my calendar; ends the one before", takes=Input, gives=FeedShown, status=201)
    def post(self, request: Request) -> Response:
        self.given(Input)
        _link, token = operations.make_feed(actor=self.actor)
        return self.created({"path": f"/cases/feed/{token}.ics"})

    @described("Revoke the address of my calendar", status=204)
    def delete(self, request: Request) -> Response:
        operations.revoke_feed(actor=self.actor)
        return self.done()


_ACTS = ("confirm", "cancel", "attend", "no_show")
urlpatterns = [
    path("resources/", Resources.as_view(), name="resources"),
    path("resources/<uuid:resource_id>/retire/", ResourceRetire.as_view(), name="resource-retire"),
    path("calendars/", Calendars.as_view(), name="calendars"),
    path("calendars/<uuid:calendar_id>/slots/", CalendarSlots.as_view(), name="calendar-slots"),
    path("calendars/<uuid:calendar_id>/rules/", CalendarRules.as_view(), name="calendar-rules"),
    path("calendars/<uuid:calendar_id>/close-day/", CalendarClose.as_view(), name="calendar-close-day"),
    path("calendars/<uuid:calendar_id>/reopen-day/", CalendarReopen.as_view(), name="calendar-reopen-day"),
    path("slot-rules/<uuid:rule_id>/end/", RuleEnd.as_view(), name="slot-rule-end"),
    path("bookings/", Bookings.as_view(), name="bookings"),
    path("bookings/<uuid:booking_id>/", BookingDetail.as_view(), name="booking"),
    path("bookings/<uuid:booking_id>/move/", BookingMove.as_view(), name="booking-move"),
    *(
        path(
            f"bookings/<uuid:booking_id>/{verb.replace('_', '-')}/",
            BookingAct.as_view(verb=verb),
            name=f"booking-{verb.replace('_', '-')}",
        )
        for verb in _ACTS
    ),
    path("calendar-feed/", Feed.as_view(), name="calendar-feed"),
]
