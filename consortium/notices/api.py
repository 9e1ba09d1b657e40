"""Notices over the API: the inbox, pages, preferences."""

from typing import Any
from uuid import UUID

from django.urls import path, reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.kernel.api import Acts, ApiView, Input, Output, described
from consortium.notices.models import Notice, Page
from consortium.notices.operations import (
    acknowledge_page,
    mark_all_read,
    mark_read,
    mark_unread_again,
    set_preferences,
)
from consortium.notices.operations.preferences import Choice
from consortium.notices.queries.inbox import calls_of, notice_of, notice_rows, page_of
from consortium.notices.queries.reach import Way, my_preferences, my_ways
from consortium.notices.states import PAGE, PageStep, kind_of, worded

# -- the inbox ----------------------------------------------------------------------------------------------------


class NoticeShown(Output):
    id = serializers.UUIDField()
    seq = serializers.IntegerField(help_text="Its number in the inbox.")
    kind = serializers.CharField()
    text = serializers.CharField()
    urgent = serializers.BooleanField()
    url = serializers.CharField(help_text="The page it is about.")
    subject_type = serializers.CharField()
    subject_id = serializers.CharField()
    page_id = serializers.UUIDField(allow_null=True, help_text="The page that waits to be taken, if it is one.")
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)
    acknowledged_at = serializers.DateTimeField(allow_null=True)


class NoticeFilter(Input):
    show = serializers.ChoiceField(["unread", "urgent"], required=False, default="")


_NOTICE = (
    "id", "seq", "kind", "facts", "urgent", "url", "subject_type", "subject_id", "page_id", "created_at", "read_at",
    "acknowledged_at",
)  # fmt: skip


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "text": worded(kind_of(row["kind"]).text, row.pop("facts"))}


def _notice(notice: Notice) -> dict[str, Any]:
    return _shown({name: getattr(notice, name) for name in _NOTICE})


class Notices(ApiView):
    @described("My notices, newest first", gives=NoticeShown, page=True, filters=NoticeFilter)
    def get(self, request: Request) -> Response:
        rows = notice_rows(self.asked(NoticeFilter)["show"]).values(*_NOTICE)
        return self.page(rows, order=("-seq",), row=_shown)


class NoticeDetail(ApiView):
    @described("One of my notices", gives=NoticeShown)
    def get(self, request: Request, notice_id: UUID) -> Response:
        return self.one(_notice(notice_of(notice_id)))


class NoticeRead(ApiView):
    @described("I have read it", takes=Input, gives=NoticeShown)
    def post(self, request: Request, notice_id: UUID) -> Response:
        self.given(Input)
        return self.one(_notice(mark_read(actor=self.actor, notice_id=notice_id)))


class BatchShown(Output):
    batch = serializers.UUIDField(help_text="Names the act, for taking it back.")
    count = serializers.IntegerField()


class NoticesRead(ApiView):
    @described("I have read everything; pages that wait for an answer stay", takes=Input, gives=BatchShown)
    def post(self, request: Request) -> Response:
        self.given(Input)
        batch, count = mark_all_read(actor=self.actor)
        return self.one({"batch": batch, "count": count})


class NoticesUnread(ApiView):
    @described("Take back having read everything", takes=Input, gives=BatchShown)
    def post(self, request: Request, batch: UUID) -> Response:
        self.given(Input)
        return self.one({"batch": batch, "count": mark_unread_again(actor=self.actor, batch=batch)})


# -- pages --------------------------------------------------------------------------------------------------------


class CallShown(Output):
    position = serializers.IntegerField()
    user_id = serializers.UUIDField()
    name = serializers.CharField()
    channel = serializers.CharField()
    called_at = serializers.DateTimeField(allow_null=True)


class PageShown(Output):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    text = serializers.CharField()
    step = serializers.ChoiceField(PageStep.choices)
    url = serializers.CharField()
    started_at = serializers.DateTimeField()
    next_at = serializers.DateTimeField(help_text="When the next call is made, while calling.")
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    acknowledged_by_id = serializers.UUIDField(allow_null=True)
    calls = CallShown(many=True)
    available_actions = Acts()


_PAGE = ("id", "kind", "text", "step", "url", "started_at", "next_at", "acknowledged_at", "acknowledged_by_id")


def _page(page: Page, acts: list[Any]) -> dict[str, Any]:
    calls = [
        {
            "position": call.position, "user_id": call.user_id, "name": call.user.get_full_name(),
            "channel": call.channel, "called_at": call.called_at,
        }
        for call in calls_of(page)
    ]  # fmt: skip
    href = reverse("api:page-acknowledge", args=[page.pk])
    actions = [
        {"verb": act.verb, "label": str(act.label), "href": href, "required": []}
        for act in acts
        if act.verb == "acknowledge"
    ]
    return {**{name: getattr(page, name) for name in _PAGE}, "calls": calls, "available_actions": actions}


class PageDetail(ApiView):
    @described("A page that calls me, or that I started", gives=PageShown)
    def get(self, request: Request, page_id: UUID) -> Response:
        page = page_of(page_id)
        return self.one(_page(page, PAGE.available(self.actor, page)))


class PageAcknowledge(ApiView):
    @described("I take it: nobody else is called", takes=Input, gives=PageShown)
    def post(self, request: Request, page_id: UUID) -> Response:
        self.given(Input)
        return self.one(_page(acknowledge_page(actor=self.actor, page_id=page_id), []))


# -- preferences --------------------------------------------------------------------------------------------------


class ChoiceInput(Input):
    channel = serializers.CharField(max_length=20)
    ordinary = serializers.BooleanField()
    urgent = serializers.BooleanField()
    address = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class PreferencesInput(Input):
    quiet_from = serializers.TimeField(allow_null=True)
    quiet_until = serializers.TimeField(allow_null=True)
    channels = ChoiceInput(many=True, required=False, default=list)


class ChannelShown(Output):
    channel = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    ordinary = serializers.BooleanField()
    urgent = serializers.BooleanField()
    address = serializers.CharField(help_text="One's own; empty: that of the staff record.")
    reaches = serializers.BooleanField(help_text="Whether an address is known at all.")


class PreferencesShown(Output):
    quiet_from = serializers.TimeField(allow_null=True)
    quiet_until = serializers.TimeField(allow_null=True)
    version = serializers.IntegerField(help_text="0 while nothing was chosen yet.")
    channels = ChannelShown(many=True)


def _channel(way: Way) -> dict[str, Any]:
    return {
        "channel": way.channel, "label": way.label, "ordinary": way.ordinary, "urgent": way.urgent,
        "address": way.own_address, "reaches": way.reaches,
    }  # fmt: skip


class Preferences(ApiView):
    @described("How I am told", gives=PreferencesShown)
    def get(self, request: Request) -> Response:
        return self._now()

    @described("Choose how I am told; channels that are not named stay as they are", takes=PreferencesInput,
               gives=PreferencesShown, also=(409,))  # fmt: skip
    def put(self, request: Request) -> Response:
        given = self.given(PreferencesInput)
        choices = {each.pop("channel"): Choice(**each) for each in given["channels"]}
        version = self.version if self.request.headers.get("If-Match") else None
        set_preferences(
            actor=self.actor, version=version, quiet_from=given["quiet_from"], quiet_until=given["quiet_until"],
            choices=choices,
        )  # fmt: skip
        return self._now()

    def _now(self) -> Response:
        kept = my_preferences()
        quiet = (
            {"quiet_from": kept.quiet_from, "quiet_until": kept.quiet_until, "version": kept.version} if kept else {}
        )
        empty = {"quiet_from": None, "quiet_until": None, "version": 0}
        return self.one({**empty, **quiet, "channels": [_channel(way) for way in my_ways()]})


urlpatterns = [
    path("notices/", Notices.as_view(), name="notices"),
    path("notices/read/", NoticesRead.as_view(), name="notices-read"),
    path("notices/read/<uuid:batch>/undo/", NoticesUnread.as_view(), name="notices-unread"),
    path("notices/preferences/", Preferences.as_view(), name="notice-preferences"),
    path("notices/pages/<uuid:page_id>/", PageDetail.as_view(), name="page"),
    path("notices/pages/<uuid:page_id>/acknowledge/", PageAcknowledge.as_view(), name="page-acknowledge"),
    path("notices/<uuid:notice_id>/", NoticeDetail.as_view(), name="notice"),
    path("notices/<uuid:notice_id>/read/", NoticeRead.as_view(), name="notice-read"),
]
