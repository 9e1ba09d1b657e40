"""What follows a child over the API: the radar, the waiting list, and the family's link."""

from typing import Any
from uuid import UUID

from django.urls import path, reverse
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.casework.api import Named
from consortium.casework.api.lists import CaseRow, case_row, named
from consortium.casework.queries.worklists import named_patients, names_of
from consortium.journal.operations import note_list_read
from consortium.kernel.api import ApiView, Input, Output, described
from consortium.kernel.api.base import page_limit
from consortium.kernel.errors import NotPermitted, NotVisible
from consortium.kernel.policies import require
from referrals.models import FamilyLink, Waiting
from referrals.operations.family import make_family_link, revoke_family_link
from referrals.operations.visiting import NOTICE_HOURS, wait_for_place
from referrals.policies import may_book_visit, may_invite_family
from referrals.queries import referral_for
from referrals.queries.family import link_of
from referrals.queries.radar import radar, radar_row, watches
from referrals.queries.visits import place_in_line
from referrals.states import FamilyAnswer, Step


class WhomToCall(Output):
    whom = serializers.CharField()
    phone = serializers.CharField()


class LostRow(CaseRow):
    """A child without a next step: what is lost, what to do next, and whom to call about it."""

    step = serializers.ChoiceField(Step.choices)
    lost = serializers.CharField()
    next = serializers.CharField()
    calls = WhomToCall(many=True)


class PlaceInLineShown(Output):
    """A place in the waiting list of a calendar. The next free place is booked by itself."""

    calendar = Named()
    since = serializers.DateTimeField()
    notice_hours = serializers.IntegerField(help_text="How soon the family can come.")


class WaitInput(Input):
    calendar_id = serializers.UUIDField()
    notice_hours = serializers.IntegerField(required=False, min_value=NOTICE_HOURS[0], max_value=NOTICE_HOURS[-1])


class FamilyLinkShown(Output):
    """The link opens with the child's birth date. `url` is a secret: it is given to the family alone."""

    id = serializers.UUIDField()
    url = serializers.CharField()
    language = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    stands = serializers.BooleanField(help_text="False once it has run out or was tried too often.")
    first_opened_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.ChoiceField([("", "Not said"), *FamilyAnswer.choices])
    answered_at = serializers.DateTimeField(allow_null=True)


class FamilyLinkInput(Input):
    language = serializers.CharField(max_length=10, required=False, allow_blank=True)


class Radar(ApiView):
    @described("Children without a next step, the most urgent first", gives=LostRow, page=True)
    def get(self, request: Request) -> Response:
        if not watches(self.actor):
            raise NotPermitted(_("Only the coordinator does this."))
        page = radar(self.actor, after=self.after, size=page_limit(request, 25))
        names = names_of(self.actor, page.items)
        note_list_read(actor=self.actor, what="radar", patient_ids=named_patients(page.items, names))
        return self.paged([self._row(row, names) for row in page.items], page.next_cursor)

    def _row(self, row: dict[str, Any], names: dict[UUID, str]) -> dict[str, Any]:
        told = radar_row(row, self.actor, names)
        return {
            **case_row(row, names), "step": row["step"], "lost": str(told["lost"]), "next": str(told["next"]),
            "calls": [{"whom": whom, "phone": phone} for whom, phone in told["calls"]],
        }  # fmt: skip


class WaitingPlace(ApiView):
    @described("The child's place in a waiting list", gives=PlaceInLineShown)
    def get(self, request: Request, case_id: UUID) -> Response:
        row = place_in_line(referral_for(case_id).pk)
        if row is None:
            raise NotVisible
        return self.one(_waiting(row))

    @described("Wait for the next free place of a calendar", takes=WaitInput, gives=PlaceInLineShown)
    def post(self, request: Request, case_id: UUID) -> Response:
        require(may_book_visit(self.actor, referral_for(case_id)))
        return self.one(_waiting(wait_for_place(actor=self.actor, case_id=case_id, **self.given(WaitInput))))


def _waiting(row: Waiting) -> dict[str, Any]:
    return {"calendar": named(row.calendar), "since": row.since, "notice_hours": row.notice_hours}


class FamilysLink(ApiView):
    def _link(self, case_id: UUID) -> FamilyLink | None:
        require(may_invite_family(self.actor, referral_for(case_id)))
        return link_of(case_id)

    @described("The family's link", gives=FamilyLinkShown)
    def get(self, request: Request, case_id: UUID) -> Response:
        link = self._link(case_id)
        if link is None:
            raise NotVisible
        return self.one(self._shown(link))

    @described(
        "Make the family's link, or get the one that stands", takes=FamilyLinkInput, gives=FamilyLinkShown, status=201,
        key=True,
    )  # fmt: skip
    def post(self, request: Request, case_id: UUID) -> Response:
        given = self.given(FamilyLinkInput)
        made = make_family_link(actor=self.actor, case_id=case_id, key=self.request_key, **given)
        return self.created(self._shown(made))

    @described("Take the family's link back: it opens nothing any more", status=204)
    def delete(self, request: Request, case_id: UUID) -> Response:
        revoke_family_link(actor=self.actor, case_id=case_id)
        return self.done()

    def _shown(self, link: FamilyLink) -> dict[str, Any]:
        url = self.request.build_absolute_uri(reverse("referrals:family_open", args=[link.token()]))
        plain = ("id", "language", "created_at", "expires_at", "stands", "first_opened_at", "answer", "answered_at")
        return {"url": url, **{name: getattr(link, name) for name in plain}}


urlpatterns = [
    path("referrals/radar/", Radar.as_view(), name="referrals-radar"),
    path("referrals/<uuid:case_id>/waiting/", WaitingPlace.as_view(), name="referral-waiting"),
    path("referrals/<uuid:case_id>/family-link/", FamilysLink.as_view(), name="referral-family-link"),
]
