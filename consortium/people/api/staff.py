"""The directory of staff, and letting people in: invitations."""

from typing import Any
from uuid import UUID

from django.urls import path
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.kernel.api import ApiView, Input, Output, described
from consortium.kernel.api.base import page_limit
from consortium.kernel.errors import InvalidInput
from consortium.people.api.callers import require_recent_proof
from consortium.people.api.oneself import PlaceShown, place
from consortium.people.models import Institution, Invitation, Specialty, User
from consortium.people.operations import invite, revoke_invitation
from consortium.people.queries import invitations_of, person, staff
from consortium.people.states import Role, Standing


class SeatShown(Output):
    id = serializers.UUIDField()
    version = serializers.IntegerField()
    user_id = serializers.UUIDField()
    role = serializers.ChoiceField(Role.choices)
    institution = PlaceShown()
    department_id = serializers.UUIDField(allow_null=True)
    specialty_id = serializers.UUIDField(allow_null=True)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    suspended_at = serializers.DateTimeField(allow_null=True)


class PersonShown(Output):
    id = serializers.UUIDField()
    full_name = serializers.CharField()
    full_name_zh = serializers.CharField()
    title = serializers.CharField()
    licence_number = serializers.CharField()
    phone = serializers.CharField()
    seats = SeatShown(many=True)


class StaffFilter(Input):
    institution = serializers.UUIDField(required=False, allow_null=True, default=None)
    search = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    role = serializers.ChoiceField(Role.choices, required=False, default="", allow_blank=True)
    standing = serializers.ChoiceField(
        Standing.choices,
        required=False,
        default=Standing.ACTIVE.value,
        help_text="Suspended or gone: for who manages the institution's staff.",
    )


_SEAT = (
    "id", "version", "user_id", "role", "department_id", "specialty_id", "starts_on", "ends_on", "suspended_at",
)  # fmt: skip
_PERSON = ("id", "full_name", "full_name_zh", "title", "licence_number", "phone")


def seat_shown(seat: Any) -> dict[str, Any]:
    return {**{name: getattr(seat, name) for name in _SEAT}, "institution": place(seat.institution)}


def _person(user: User) -> dict[str, Any]:
    seats = [seat_shown(seat) for seat in getattr(user, "shown_seats", [])]
    return {**{name: getattr(user, name) for name in _PERSON}, "seats": seats}


class Staff(ApiView):
    rate = "search"

    @described("Staff of the consortium, by name", gives=PersonShown, page=True, filters=StaffFilter)
    def get(self, request: Request) -> Response:
        asked = self.asked(StaffFilter)
        place_id = asked.pop("institution")
        page = staff(actor=self.actor, institution_id=place_id, **asked, after=self.after, size=page_limit(request, 25))
        return self.paged([_person(user) for user in page.items], page.next_cursor)


class Person(ApiView):
    @described("One member of staff", gives=PersonShown)
    def get(self, request: Request, user_id: UUID) -> Response:
        return self.one(_person(person(actor=self.actor, user_id=user_id)))


# -- invitations --------------------------------------------------------------------------------------------------


class InvitationShown(Output):
    id = serializers.UUIDField()
    institution_id = serializers.UUIDField()
    full_name = serializers.CharField()
    role = serializers.ChoiceField(Role.choices)
    department_id = serializers.UUIDField(allow_null=True)
    specialty_id = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    accepted_at = serializers.DateTimeField(allow_null=True)
    accepted_by_id = serializers.UUIDField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)


class InvitationIssued(InvitationShown):
    token = serializers.CharField(help_text="The secret of the link that opens it.")


class InvitationInput(Input):
    full_name = serializers.CharField(max_length=120)
    role = serializers.ChoiceField(Role.choices)
    department_id = serializers.UUIDField(required=False, allow_null=True)
    specialty_id = serializers.UUIDField(required=False, allow_null=True)


_INVITATION = (
    "id", "institution_id", "full_name", "role", "department_id", "specialty_id", "created_at", "expires_at",
    "accepted_at", "accepted_by_id", "revoked_at",
)  # fmt: skip


def _invitation(row: Invitation) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _INVITATION}


def known_specialty(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields, when the specialty that they name exists."""
    wanted = fields.get("specialty_id")
    if wanted and not Specialty.objects.filter(pk=wanted).exists():
        raise InvalidInput({"specialty_id": _("There is no such specialty.")})
    return fields


def known_institution(institution_id: UUID) -> UUID:
    """The id, when such an institution is open."""
    if not Institution.objects.filter(pk=institution_id, closed_at=None).exists():
        raise InvalidInput({"institution_id": _("There is no such institution.")})
    return institution_id


class Invitations(ApiView):
    @described("Invitations of an institution, newest first", gives=InvitationShown, page=True)
    def get(self, request: Request, institution_id: UUID) -> Response:
        page = invitations_of(
            actor=self.actor, institution_id=institution_id, after=self.after, size=page_limit(request, 25)
        )
        return self.paged([_invitation(row) for row in page.items], page.next_cursor)

    @described("Invite somebody to a seat", takes=InvitationInput, gives=InvitationIssued, status=201, key=True)
    def post(self, request: Request, institution_id: UUID) -> Response:
        fields, key = known_specialty(self.given(InvitationInput)), self.request_key
        require_recent_proof(request)
        made = invite(actor=self.actor, institution_id=institution_id, fields=fields, key=key)
        return self.created({**_invitation(made), "token": made.token()})


class InvitationRevoke(ApiView):
    @described("Take an invitation back", takes=Input, gives=InvitationShown)
    def post(self, request: Request, invitation_id: UUID) -> Response:
        self.given(Input)
        return self.one(_invitation(revoke_invitation(actor=self.actor, invitation_id=invitation_id)))


urlpatterns = [
    path("staff/", Staff.as_view(), name="staff"),
    path("staff/<uuid:user_id>/", Person.as_view(), name="person"),
    path("institutions/<uuid:institution_id>/invitations/", Invitations.as_view(), name="invitations"),
    path("invitations/<uuid:invitation_id>/revoke/", InvitationRevoke.as_view(), name="invitation-revoke"),
]
