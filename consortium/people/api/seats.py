"""Seats: give, end, move, change the role; suspend a person at an institution and undo it."""

from typing import Any
from uuid import UUID

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.kernel.api import ApiView, Input, Output, described
from consortium.people.api.callers import require_recent_proof
from consortium.people.api.staff import SeatShown, known_institution, known_specialty, seat_shown
from consortium.people.models import Membership
from consortium.people.operations import change_role, end_seat, give_seat, move_seat, suspend_person, unsuspend_person
from consortium.people.states import Role


class SeatInput(Input):
    user_id = serializers.UUIDField()
    role = serializers.ChoiceField(Role.choices)
    department_id = serializers.UUIDField(required=False, allow_null=True)
    specialty_id = serializers.UUIDField(required=False, allow_null=True)


class RoleInput(Input):
    role = serializers.ChoiceField(Role.choices)


class MoveInput(Input):
    institution_id = serializers.UUIDField()
    department_id = serializers.UUIDField(required=False, allow_null=True)
    specialty_id = serializers.UUIDField(required=False, allow_null=True)


class SeatsShown(Output):
    seats = SeatShown(many=True)


def _seats(seats: list[Membership]) -> dict[str, Any]:
    return {"seats": [seat_shown(seat) for seat in seats]}


class Seats(ApiView):
    @described("Give somebody a role more", takes=SeatInput, gives=SeatShown, status=201)
    def post(self, request: Request, institution_id: UUID) -> Response:
        given = known_specialty(self.given(SeatInput))
        require_recent_proof(request)
        return self.created(seat_shown(give_seat(actor=self.actor, institution_id=institution_id, **given)))


class SeatEnd(ApiView):
    @described("End a seat today; the work in hand goes back", takes=Input, gives=SeatShown, version=True)
    def post(self, request: Request, seat_id: UUID) -> Response:
        self.given(Input)
        return self.one(seat_shown(end_seat(actor=self.actor, seat_id=seat_id, version=self.version)))


class SeatRole(ApiView):
    @described("Another role in the same place", takes=RoleInput, gives=SeatShown, version=True)
    def post(self, request: Request, seat_id: UUID) -> Response:
        given, version = self.given(RoleInput), self.version
        require_recent_proof(request)
        return self.one(seat_shown(change_role(actor=self.actor, seat_id=seat_id, version=version, **given)))


class SeatMove(ApiView):
    @described("Move a seat to another institution or department", takes=MoveInput, gives=SeatShown, version=True)
    def post(self, request: Request, seat_id: UUID) -> Response:
        given, version = known_specialty(self.given(MoveInput)), self.version
        require_recent_proof(request)
        known_institution(given["institution_id"])
        return self.one(seat_shown(move_seat(actor=self.actor, seat_id=seat_id, version=version, **given)))


class Suspend(ApiView):
    @described("Suspend a person here: their open work goes back", takes=Input, gives=SeatsShown)
    def post(self, request: Request, institution_id: UUID, user_id: UUID) -> Response:
        self.given(Input)
        return self.one(_seats(suspend_person(actor=self.actor, user_id=user_id, institution_id=institution_id)))


class Unsuspend(ApiView):
    @described("Let a suspended person act again", takes=Input, gives=SeatsShown)
    def post(self, request: Request, institution_id: UUID, user_id: UUID) -> Response:
        self.given(Input)
        return self.one(_seats(unsuspend_person(actor=self.actor, user_id=user_id, institution_id=institution_id)))


_HERE = "institutions/<uuid:institution_id>/"
urlpatterns = [
    path(f"{_HERE}seats/", Seats.as_view(), name="seats"),
    path(f"{_HERE}staff/<uuid:user_id>/suspend/", Suspend.as_view(), name="person-suspend"),
    path(f"{_HERE}staff/<uuid:user_id>/unsuspend/", Unsuspend.as_view(), name="person-unsuspend"),
    path("seats/<uuid:seat_id>/end/", SeatEnd.as_view(), name="seat-end"),
    path("seats/<uuid:seat_id>/role/", SeatRole.as_view(), name="seat-role"),
    path("seats/<uuid:seat_id>/move/", SeatMove.as_view(), name="seat-move"),
]
