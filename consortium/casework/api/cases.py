"""Services, and the thread and timeline that every kind of case has, over the API."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.casework.models import Case, Message, Service
from consortium.casework.operations import edit_service, mark_read, post_message, set_duty
from consortium.casework.policies import may_read_identity, may_read_thread
from consortium.casework.queries.duty import colleagues, may_see_load, service_for
from consortium.casework.queries.thread import marks_of
from consortium.casework.states import MessageKind
from consortium.journal.operations import note_read
from consortium.journal.queries import timeline
from consortium.kernel.actors import Actor
from consortium.kernel.adapters import adapter
from consortium.kernel.api import ApiView, Input, Output, described
from consortium.kernel.api.base import page_limit
from consortium.kernel.errors import InvalidInput, NotVisible
from consortium.kernel.pagination import keyset
from consortium.kernel.policies import allowed_if, require

# -- services -----------------------------------------------------------------------------------------------------


class Named(Output):
    """Somebody or something by id and name."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class ServiceShown(Output):
    id = serializers.UUIDField()
    version = serializers.IntegerField()
    name_en = serializers.CharField()
    name_zh = serializers.CharField()
    specialty = serializers.CharField(help_text="The specialty's code.")
    institution_id = serializers.UUIDField()
    duty_phone = serializers.CharField()
    is_open = serializers.BooleanField()
    intake_note_en = serializers.CharField()
    intake_note_zh = serializers.CharField()


class ServiceEdit(Input):
    duty_phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    intake_note_en = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    intake_note_zh = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class ServiceFilter(Input):
    specialty = serializers.SlugField(max_length=40, required=False)
    institution = serializers.UUIDField(required=False)
    open = serializers.BooleanField(required=False, allow_null=True, default=None)


_SERVICE = (
    "id", "version", "name_en", "name_zh", "specialty__code", "institution_id", "duty_phone", "is_open",
    "intake_note_en", "intake_note_zh",
)  # fmt: skip


def _service(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "specialty": row.pop("specialty__code")}


class Services(ApiView):
    @described("Services: the specialty queues of all institutions", gives=ServiceShown, page=True,
               filters=ServiceFilter)  # fmt: skip
    def get(self, request: Request) -> Response:
        asked = self.asked(ServiceFilter)
        rows = Service.objects.values(*_SERVICE)
        if "specialty" in asked:
            rows = rows.filter(specialty__code=asked["specialty"])
        if "institution" in asked:
            rows = rows.filter(institution_id=asked["institution"])
        if asked["open"] is not None:
            rows = rows.filter(is_open=asked["open"])
        return self.page(rows, order=("name_en", "id"), row=_service)


class ServiceDetail(ApiView):
    @described("A service", gives=ServiceShown)
    def get(self, request: Request, service_id: UUID) -> Response:
        row = Service.objects.values(*_SERVICE).filter(pk=service_id).first()
        if row is None:
            raise NotVisible
        return self.one(_service(row))

    @described("Change a service's duty telephone and intake note", takes=ServiceEdit, gives=ServiceShown, version=True)
    def patch(self, request: Request, service_id: UUID) -> Response:
        fields = self.given(ServiceEdit)
        edit_service(actor=self.actor, service_id=service_id, fields=fields, version=self.version)
        return self.one(_service(Service.objects.values(*_SERVICE).get(pk=service_id)))


class ColleagueShown(Output):
    user_id = serializers.UUIDField()
    name = serializers.CharField()
    title = serializers.CharField()
    is_lead = serializers.BooleanField()
    on_duty_until = serializers.DateTimeField(allow_null=True)
    load = serializers.IntegerField(help_text="Open cases in their hands.")
    urgent = serializers.IntegerField()


class ServiceMembers(ApiView):
    @described("Who answers for a service: on duty first, then who has least in hand", gives=ColleagueShown, page=True)
    def get(self, request: Request, service_id: UUID) -> Response:
        service = service_for(service_id)
        require(allowed_if(may_see_load(self.actor, service)))
        return self.paged([_colleague(each) for each in colleagues(service.pk)])


def _colleague(each: Any) -> dict[str, Any]:
    return {str(name): getattr(each, str(name)) for name in ColleagueShown().fields}


class DutyInput(Input):
    until = serializers.DateTimeField(allow_null=True, help_text="On duty until then; null goes off duty now.")


class DutyShown(Output):
    service_id = serializers.UUIDField()
    user_id = serializers.UUIDField()
    on_duty_until = serializers.DateTimeField(allow_null=True)


class ServiceDuty(ApiView):
    @described("Go on or off duty for a service of mine", takes=DutyInput, gives=DutyShown)
    def post(self, request: Request, service_id: UUID) -> Response:
        until = self.given(DutyInput)["until"]
        own = self.actor.user_id
        member = set_duty(actor=self.actor, service_id=service_id, user_id=own, until=until)
        return self.one({"service_id": service_id, "user_id": own, "on_duty_until": member.on_duty_until})


# -- thread -------------------------------------------------------------------------------------------------------


class MessageInput(Input):
    text = serializers.CharField(max_length=10_000, required=False, allow_blank=True, default="")
    reply_to = serializers.UUIDField(required=False, allow_null=True, default=None)
    attachments = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=10,
        help_text="Files of this case; with some, the text may be empty.",
    )  # fmt: skip


class MessageShown(Output):
    id = serializers.UUIDField()
    seq = serializers.IntegerField()
    kind = serializers.ChoiceField(MessageKind.choices)
    author = Named()
    institution_id = serializers.UUIDField()
    text = serializers.CharField()
    reply_to = serializers.UUIDField(allow_null=True)
    attachments = serializers.ListField(child=serializers.UUIDField(), help_text="In their order.")
    created_at = serializers.DateTimeField()


class ThreadReaderShown(Output):
    user = Named()
    seq = serializers.IntegerField(help_text="The newest message that they have read.")
    read_at = serializers.DateTimeField()


class SinceFilter(Input):
    after_seq = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False, default=0)


_MESSAGE = (
    "id", "seq", "kind", "author_id", "author__full_name", "institution_id", "text", "reply_to_id", "with_files",
    "created_at",
)  # fmt: skip


def _messages(actor: Actor, case: Case, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """As MessageShown; what they carry is asked for once."""
    carried = [row["id"] for row in rows if row["with_files"]]
    files = adapter("MESSAGE_FILES")(actor, case, carried) if carried else {}
    return [_message(row, files.get(row["id"], ())) for row in rows]


def _message(row: dict[str, Any], files: Sequence[dict[str, Any]]) -> dict[str, Any]:
    plain = {name: row[name] for name in ("id", "seq", "kind", "institution_id", "text", "created_at")}
    return {
        **plain, "author": {"id": row["author_id"], "name": row["author__full_name"]}, "reply_to": row["reply_to_id"],
        "attachments": [file["id"] for file in files],
    }  # fmt: skip


def seen_case(case_id: UUID) -> Case:
    """The case, or NotVisible."""
    case: Case | None = Case.objects.select_related("service").filter(pk=case_id).first()
    if case is None:
        raise NotVisible
    return case


def read_of(actor: Actor, case: Case, what: str) -> None:
    """One entry where the child's identity is the reader's to know; a queue's anonymous row is no read of a record."""
    if may_read_identity(actor, case):
        note_read(actor=actor, subject=case, patient_id=case.patient_id, what=what)


class Messages(ApiView):
    @described("The thread of a case, oldest first, after a number", gives=MessageShown, page=True, filters=SinceFilter)
    def get(self, request: Request, case_id: UUID) -> Response:
        case, since = seen_case(case_id), self.asked(SinceFilter)["after_seq"]
        require(may_read_thread(self.actor, case))
        read_of(self.actor, case, "messages")
        rows = Message.objects.filter(case_id=case.pk, seq__gt=since).values(*_MESSAGE)
        page = keyset(rows, order=("seq",), after=self.after, size=page_limit(request, 50))
        return self.paged(_messages(self.actor, case, page.items), page.next_cursor)

    @described("Write into the thread", takes=MessageInput, gives=MessageShown, status=201, key=True)
    def post(self, request: Request, case_id: UUID) -> Response:
        given = self.given(MessageInput)
        message = post_message(
            actor=self.actor, case_id=case_id, text=given["text"], key=self.request_key, reply_to=given["reply_to"],
            files=given["attachments"],
        )  # fmt: skip
        row = Message.objects.values(*_MESSAGE).get(pk=message.pk)
        return self.created(_messages(self.actor, seen_case(case_id), [row])[0])


class ReadShown(Output):
    seq = serializers.IntegerField()


class Readers(ApiView):
    @described("Who has read the thread, how far and when", gives=ThreadReaderShown, page=True)
    def get(self, request: Request, case_id: UUID) -> Response:
        case = seen_case(case_id)
        require(may_read_thread(self.actor, case))
        read_of(self.actor, case, "messages")
        return self.paged([_reader(mark) for mark in marks_of(case)])


def _reader(mark: Any) -> dict[str, Any]:
    named = {"id": mark.user_id, "name": mark.user.get_full_name()}
    return {"user": named, "seq": mark.seq, "read_at": mark.read_at}


class MessagesRead(ApiView):
    @described("I have read the whole thread", takes=Input, gives=ReadShown)
    def post(self, request: Request, case_id: UUID) -> Response:
        self.given(Input)
        case = seen_case(case_id)
        require(may_read_thread(self.actor, case))
        mark_read(actor=self.actor, case=case)
        return self.one({"seq": case.last_message_seq})


# -- timeline -----------------------------------------------------------------------------------------------------


class StepShown(Output):
    seq = serializers.IntegerField(help_text="The number in the child's chain: continue after it.")
    at = serializers.DateTimeField()
    who = serializers.CharField()
    role = serializers.CharField()
    verb = serializers.CharField()
    facts = serializers.DictField()
    text = serializers.CharField()
    changes = serializers.DictField()


class Timeline(ApiView):
    @described("Who did what with a case, and when; oldest first, after a number", gives=StepShown, page=True,
               filters=SinceFilter)  # fmt: skip
    def get(self, request: Request, case_id: UUID) -> Response:
        case, since = seen_case(case_id), self.asked(SinceFilter)["after_seq"]
        words = may_read_thread(self.actor, case).allowed
        read_of(self.actor, case, "timeline")
        if self.after and not self.after.isdecimal():
            raise InvalidInput({"after": "unreadable cursor"})
        limit = page_limit(request, 100)
        steps = timeline(case, after=max(since, int(self.after[:18] or 0)), limit=limit)
        return self.paged([_step(s, words) for s in steps], str(steps[-1].seq) if len(steps) == limit else "")


def _step(step: Any, words: bool) -> dict[str, Any]:
    shown = {name: getattr(step, name) for name in ("seq", "at", "who", "role", "verb", "facts")}
    return {**shown, "text": step.text if words else "", "changes": step.changes if words else {}}


urlpatterns = [
    path("services/", Services.as_view(), name="services"),
    path("services/<uuid:service_id>/", ServiceDetail.as_view(), name="service"),
    path("services/<uuid:service_id>/members/", ServiceMembers.as_view(), name="service-members"),
    path("services/<uuid:service_id>/duty/", ServiceDuty.as_view(), name="service-duty"),
    path("cases/<uuid:case_id>/messages/", Messages.as_view(), name="messages"),
    path("cases/<uuid:case_id>/messages/readers/", Readers.as_view(), name="messages-readers"),
    path("cases/<uuid:case_id>/messages/read/", MessagesRead.as_view(), name="messages-read"),
    path("cases/<uuid:case_id>/timeline/", Timeline.as_view(), name="timeline"),
]
