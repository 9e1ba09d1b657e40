"""Calls over the API: those of a case, one with its seats and tries, and the acts on it."""

from typing import Any
from uuid import UUID

from django.urls import path, reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.calls import operations
from consortium.calls.models import Attempt, Room, Seat
from consortium.calls.policies import may_join
from consortium.calls.queries.people import room_for, seat_of_person
from consortium.calls.states import ROOM, Cause, RoomStep, Rung, SeatRole
from consortium.casework.api import read_of
from consortium.casework.api.duty import acts
from consortium.casework.models import Case
from consortium.kernel.actors import Actor
from consortium.kernel.api import Acts, ApiView, Input, Output, described
from consortium.kernel.errors import NotVisible
from consortium.kernel.policies import require

#: acts offered here; a planned call is moved and cancelled where it was planned
OFFERED = ("open", "invite", "end")
_ROOM = (
    "id", "version", "case_id", "step", "starts_at", "ends_at", "created_at", "opened_at", "ended_at", "outcome",
    "cause",
)  # fmt: skip

_SEAT = ("id", "role", "user_id", "place", "knocked_at", "admitted_at", "left_at")
_TRY = ("id", "seat_id", "rung", "began_at", "held_at", "ended_at", "cause")


class RoomShown(Output):
    id = serializers.UUIDField()
    version = serializers.IntegerField()
    case_id = serializers.UUIDField()
    step = serializers.ChoiceField(RoomStep.choices)
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    opened_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    outcome = serializers.ChoiceField(Rung.choices, allow_blank=True, help_text="The best way in which it was held.")
    cause = serializers.ChoiceField(Cause.choices, allow_blank=True)


class CallSeatShown(Output):
    id = serializers.UUIDField()
    role = serializers.ChoiceField(SeatRole.choices)
    user_id = serializers.UUIDField(allow_null=True)
    place = serializers.IntegerField(allow_null=True, help_text="1 to 4 while they are inside.")
    knocked_at = serializers.DateTimeField()
    admitted_at = serializers.DateTimeField(allow_null=True)
    left_at = serializers.DateTimeField(allow_null=True)


class AttemptShown(Output):
    id = serializers.UUIDField()
    seat_id = serializers.UUIDField()
    rung = serializers.ChoiceField(Rung.choices)
    began_at = serializers.DateTimeField()
    held_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    cause = serializers.ChoiceField(Cause.choices, allow_blank=True)


class RoomWhole(RoomShown):
    seats = CallSeatShown(many=True)
    attempts = AttemptShown(many=True)
    available_actions = Acts()


class LinkShown(Output):
    url = serializers.CharField(help_text="Names nobody; the first device that opens it keeps it.")
    expires_at = serializers.DateTimeField()


def _shown(room: Room) -> dict[str, Any]:
    return {name: getattr(room, name) for name in _ROOM}


def _whole(actor: Actor, room: Room) -> dict[str, Any]:
    offered = [t for t in ROOM.available(actor, room) if t.verb in OFFERED]
    seats = Seat.objects.filter(room=room).order_by("knocked_at", "id")
    tries = Attempt.objects.filter(room=room).order_by("began_at", "id")
    return {
        **_shown(room),
        "seats": list(seats.values(*_SEAT)),
        "attempts": list(tries.values(*_TRY)),
        "available_actions": acts(offered, reverse("api:room", args=[room.pk])),
    }


def _the(room_id: UUID) -> Room:
    found = room_for(room_id)
    if found is None:
        raise NotVisible
    return found


class Rooms(ApiView):
    @described("The calls of a case, the newest first", gives=RoomShown, page=True)
    def get(self, request: Request, case_id: UUID) -> Response:
        case: Case | None = Case.objects.filter(pk=case_id).first()
        if case is None:
            raise NotVisible
        read_of(self.actor, case, "calls")
        rows = Room.objects.filter(case_id=case_id).values(*_ROOM)
        return self.page(rows, order=("-created_at", "-id"), row=dict)

    @described("Call at once; the open call when there is one", takes=Input, gives=RoomShown, status=201, key=True)
    def post(self, request: Request, case_id: UUID) -> Response:
        self.given(Input)
        return self.created(_shown(operations.call_now(actor=self.actor, case_id=case_id, key=self.request_key)))


class RoomDetail(ApiView):
    @described("One call: who sits in it, what was tried and what came of it", gives=RoomWhole)
    def get(self, request: Request, room_id: UUID) -> Response:
        room = _the(room_id)
        require(may_join(self.actor, room))
        read_of(self.actor, room.case, "calls")
        return self.one(_whole(self.actor, room))


class RoomOpen(ApiView):
    @described("Open a planned call whose time is near", takes=Input, gives=RoomShown)
    def post(self, request: Request, room_id: UUID) -> Response:
        self.given(Input)
        return self.one(_shown(operations.open_room(actor=self.actor, room_id=room_id)))


class RoomEnd(ApiView):
    @described("End a call for everybody", takes=Input, gives=RoomShown)
    def post(self, request: Request, room_id: UUID) -> Response:
        self.given(Input)
        return self.one(_shown(operations.end_room(actor=self.actor, room_id=room_id)))


class RoomJoin(ApiView):
    @described("Ask to come in; the specialist sits down at once", takes=Input, gives=CallSeatShown)
    def post(self, request: Request, room_id: UUID) -> Response:
        self.given(Input)
        seat = operations.join(actor=self.actor, room_id=room_id)
        return self.one({name: getattr(seat, name) for name in _SEAT})


class RoomLeave(ApiView):
    @described("Leave a call; who was let in may come back", takes=Input)
    def post(self, request: Request, room_id: UUID) -> Response:
        self.given(Input)
        seat = seat_of_person(self.actor, room_id)
        if seat is None:
            raise NotVisible
        operations.leave(actor=self.actor, seat_id=seat.pk)
        return self.done()


class RoomInvite(ApiView):
    @described("The guardian's link, made when there is none", takes=Input, gives=LinkShown)
    def post(self, request: Request, room_id: UUID) -> Response:
        self.given(Input)
        link = operations.invite_guest(actor=self.actor, room_id=room_id)
        url = request.build_absolute_uri(reverse("calls:guest_link", args=[link.token()]))
        return self.one({"url": url, "expires_at": link.expires_at})


class RoomUninvite(ApiView):
    @described("Take the guardian's link back", takes=Input)
    def post(self, request: Request, room_id: UUID) -> Response:
        self.given(Input)
        operations.revoke_guest(actor=self.actor, room_id=room_id)
        return self.done()


urlpatterns = [
    path("calls/cases/<uuid:case_id>/", Rooms.as_view(), name="rooms"),
    path("calls/<uuid:room_id>/", RoomDetail.as_view(), name="room"),
    path("calls/<uuid:room_id>/open/", RoomOpen.as_view(), name="room-open"),
    path("calls/<uuid:room_id>/end/", RoomEnd.as_view(), name="room-end"),
    path("calls/<uuid:room_id>/join/", RoomJoin.as_view(), name="room-join"),
    path("calls/<uuid:room_id>/leave/", RoomLeave.as_view(), name="room-leave"),
    path("calls/<uuid:room_id>/invite/", RoomInvite.as_view(), name="room-invite"),
    path("calls/<uuid:room_id>/uninvite/", RoomUninvite.as_view(), name="room-uninvite"),
]
