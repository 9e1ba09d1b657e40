"""The caller: who they are, what they may act as, what others see of them."""

from typing import Any

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.kernel.api import ApiView, Input, Output, described
from consortium.kernel.errors import NotVisible
from consortium.people.models import User
from consortium.people.operations import save_profile
from consortium.people.states import Role

LANGUAGES = [("en", "English"), ("zh-hans", "Chinese")]


class PlaceShown(Output):
    id = serializers.UUIDField()
    name_en = serializers.CharField()
    name_zh = serializers.CharField()


class OwnSeat(Output):
    id = serializers.UUIDField()
    role = serializers.ChoiceField(Role.choices)
    institution = PlaceShown()
    department_id = serializers.UUIDField(allow_null=True)


class Me(Output):
    id = serializers.UUIDField()
    username = serializers.CharField()
    full_name = serializers.CharField()
    full_name_zh = serializers.CharField()
    title = serializers.CharField()
    licence_number = serializers.CharField()
    phone = serializers.CharField()
    language = serializers.CharField()
    second_factor = serializers.BooleanField(help_text="Whether this session or token was proven by one.")
    seats = OwnSeat(many=True)


class ProfileInput(Input):
    full_name = serializers.CharField(max_length=120, required=False)
    full_name_zh = serializers.CharField(max_length=120, required=False, allow_blank=True)
    title = serializers.CharField(max_length=120, required=False, allow_blank=True)
    licence_number = serializers.CharField(max_length=60, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    language = serializers.ChoiceField(LANGUAGES, required=False, allow_blank=True)


_OWN = ("username", "full_name", "full_name_zh", "title", "licence_number", "phone", "language")


def place(institution: Any) -> dict[str, Any]:
    return {"id": institution.pk, "name_en": institution.name_en, "name_zh": institution.name_zh}


def own_seat(seat: Any) -> dict[str, Any]:
    where = {"institution": place(seat.institution), "department_id": seat.department_id}
    return {"id": seat.pk, "role": seat.role, **where}


class Oneself(ApiView):
    @described("Who I am and what I may act as", gives=Me)
    def get(self, request: Request) -> Response:
        return self.one(self._shown(self._user()))

    @described("Change what others see of me", takes=ProfileInput, gives=Me)
    def patch(self, request: Request) -> Response:
        return self.one(self._shown(save_profile(actor=self.actor, fields=self.given(ProfileInput))))

    def _user(self) -> User:
        """The caller's row."""
        if not isinstance(self.request.user, User):
            raise NotVisible
        return self.request.user

    def _shown(self, user: User) -> dict[str, Any]:
        own = {name: getattr(user, name) for name in _OWN}
        seats = [own_seat(seat) for seat in getattr(self.request.user, "held_seats", [])]  # authentication read them
        return {"id": user.pk, **own, "second_factor": self.actor.second_factor, "seats": seats}


urlpatterns = [path("me/", Oneself.as_view(), name="me")]
