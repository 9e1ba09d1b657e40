"""Lectures over the API: found, planned, announced, given; seats."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.kernel.actors import current_actor
from consortium.kernel.api import ApiView, Input, Output, described
from consortium.kernel.api.base import page_limit
from consortium.kernel.api.schema import Acts
from consortium.kernel.errors import InvalidInput
from courses.library.models.bases import TITLE_LENGTH
from courses.library.states import Language, Reach
from courses.live.models import Lecture, Seat
from courses.live.models.lectures import LONGEST, SHORTEST, SUMMARY_LENGTH
from courses.live.models.seats import PLACE_LENGTH
from courses.live.operations.lectures import (
    announce_lecture,
    cancel_lecture,
    edit_lecture,
    end_lecture,
    make_lecture,
    open_lecture,
    reopen_lecture,
)
from courses.live.operations.seats import give_up_seat, take_seat
from courses.live.queries.lectures import SHELVES, Card, lecture_page, lecture_seen, lectures_on
from courses.live.states.lectures import LectureStep, SeatKind

_ACTS: dict[str, Callable[..., Lecture]] = {
    "announce": announce_lecture, "open": open_lecture, "end": end_lecture, "reopen": reopen_lecture,
    "cancel": cancel_lecture,
}  # fmt: skip


class LectureFilter(Input):
    shelf = serializers.ChoiceField(SHELVES, required=False, default="coming")


class LectureInput(Input):
    """What `edit_lecture` takes; a title and a time are enough to begin."""

    title_en = serializers.CharField(max_length=TITLE_LENGTH, required=False, allow_blank=True)
    title_zh = serializers.CharField(max_length=TITLE_LENGTH, required=False, allow_blank=True)
    summary_en = serializers.CharField(max_length=SUMMARY_LENGTH, required=False, allow_blank=True)
    summary_zh = serializers.CharField(max_length=SUMMARY_LENGTH, required=False, allow_blank=True)
    language = serializers.ChoiceField(Language.choices, required=False)
    starts_at = serializers.DateTimeField(required=False)
    minutes = serializers.IntegerField(min_value=SHORTEST, max_value=LONGEST, required=False)
    capacity = serializers.IntegerField(min_value=1, max_value=100_000, required=False, allow_null=True)
    reach = serializers.ChoiceField(Reach.choices, required=False)
    series_id = serializers.UUIDField(required=False, allow_null=True)


class NewLectureInput(LectureInput):
    institution_id = serializers.UUIDField()


class LectureActInput(Input):
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, help_text="Of a cancellation.")


class LectureSeatInput(Input):
    kind = serializers.ChoiceField(SeatKind.choices, required=False, default=SeatKind.PERSON)
    place = serializers.CharField(max_length=PLACE_LENGTH, required=False, default="", help_text="Of a classroom.")


class LectureSeatShown(Output):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(SeatKind.choices)
    place = serializers.CharField(allow_blank=True)


class LectureLineShown(Output):
    id = serializers.UUIDField()
    title = serializers.CharField()
    step = serializers.ChoiceField(LectureStep.choices)
    starts_at = serializers.DateTimeField()
    minutes = serializers.IntegerField()
    language = serializers.ChoiceField(Language.choices)
    institution = serializers.CharField()
    lecturers = serializers.ListField(child=serializers.CharField())
    registered = serializers.BooleanField()
    taken = serializers.IntegerField()
    capacity = serializers.IntegerField(allow_null=True)


class LectureShown(LectureLineShown):
    summary = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True, help_text="Why it was cancelled.")
    seats = LectureSeatShown(many=True, help_text="One's own.")
    may_watch = serializers.BooleanField()
    available_actions = Acts()
    version = serializers.IntegerField()


def _line(card: Card) -> dict[str, Any]:
    lecture = card.lecture
    plain = ("title", "step", "starts_at", "minutes", "language", "capacity")
    return {
        "id": lecture.pk, **{name: getattr(lecture, name) for name in plain}, "institution": lecture.institution.name,
        "lecturers": card.lecturers, "registered": card.registered, "taken": card.taken,
    }  # fmt: skip


def _seat(seat: Seat) -> dict[str, Any]:
    return {"id": seat.pk, "kind": seat.kind, "place": seat.place}


def _lecture(lecture_id: UUID) -> dict[str, Any]:
    lecture = lecture_seen(lecture_id)
    page = lecture_page(current_actor(), lecture)
    return {
        **_line(page["card"]), "summary": lecture.summary, "reason": lecture.reason, "may_watch": page["watches"],
        "seats": [_seat(seat) for seat in (page["seat"], page["classroom"]) if seat],
        "available_actions": [one.verb for one in page["actions"]], "version": lecture.version,
    }  # fmt: skip


class Lectures(ApiView):
    @described("Lectures that I may come to", gives=LectureLineShown, page=True, filters=LectureFilter)
    def get(self, request: Request) -> Response:
        shelf = self.asked(LectureFilter)["shelf"]
        page = lectures_on(self.actor, shelf, after=self.after, size=page_limit(request, 25))
        return self.paged([_line(card) for card in page.items], page.next_cursor)

    @described("Plan a lecture", takes=NewLectureInput, gives=LectureShown, status=201, key=True)
    def post(self, request: Request) -> Response:
        given = self.given(NewLectureInput)
        place = given.pop("institution_id")
        lecture, fresh = make_lecture(actor=self.actor, institution_id=place, fields=given, key=self.request_key)
        return self.created(_lecture(lecture.pk), fresh=fresh)


class LectureDetail(ApiView):
    @described("A lecture", gives=LectureShown)
    def get(self, request: Request, lecture_id: UUID) -> Response:
        return self.one(_lecture(lecture_id))

    @described("Change a lecture", takes=LectureInput, gives=LectureShown, version=True)
    def patch(self, request: Request, lecture_id: UUID) -> Response:
        fields = self.given(LectureInput, partial=True)
        edit_lecture(actor=self.actor, lecture_id=lecture_id, fields=fields, version=self.version)
        return self.one(_lecture(lecture_id))


class LectureAct(ApiView):
    @described("Announce, open, end, reopen or cancel a lecture", takes=LectureActInput, gives=LectureShown)
    def post(self, request: Request, lecture_id: UUID, verb: str) -> Response:
        if verb not in _ACTS:
            raise InvalidInput({"verb": f"one of {', '.join(_ACTS)}"})
        reason = self.given(LectureActInput).get("reason", "")
        _ACTS[verb](actor=self.actor, lecture_id=lecture_id, **({"reason": reason} if verb == "cancel" else {}))
        return self.one(_lecture(lecture_id))


class LectureSeats(ApiView):
    @described("Register", takes=LectureSeatInput, gives=LectureSeatShown, status=201, key=True)
    def post(self, request: Request, lecture_id: UUID) -> Response:
        given = self.given(LectureSeatInput)
        seat, fresh = take_seat(actor=self.actor, lecture_id=lecture_id, key=self.request_key, **given)
        return self.created(_seat(seat), fresh=fresh)


class LectureSeat(ApiView):
    @described("Give the seat up", status=204)
    def delete(self, request: Request, seat_id: UUID) -> Response:
        give_up_seat(actor=self.actor, seat_id=seat_id)
        return self.done()


_LECTURE = "lectures/<uuid:lecture_id>/"
urlpatterns = [
    path("lectures/", Lectures.as_view(), name="lectures"),
    path("lectures/seats/<uuid:seat_id>/", LectureSeat.as_view(), name="lecture-seat"),
    path(_LECTURE, LectureDetail.as_view(), name="lecture"),
    path(f"{_LECTURE}seats/", LectureSeats.as_view(), name="lecture-seats"),
    path(f"{_LECTURE}<slug:verb>/", LectureAct.as_view(), name="lecture-act"),
]
