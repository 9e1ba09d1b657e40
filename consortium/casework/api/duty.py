"""Rosters, swaps and hand-overs over the API."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.casework import operations
from consortium.casework.api.cases import Named
from consortium.casework.models import Handover, HandoverItem, Shift, Swap
from consortium.casework.operations.roster_import import COLUMNS, Row
from consortium.casework.queries import duty, roster
from consortium.casework.queries.open_items import open_items
from consortium.casework.sheets import Line
from consortium.casework.states import HANDOVER, SWAP, HandoverStep, ItemOutcome, Rank, SwapStep
from consortium.kernel.actors import Actor
from consortium.kernel.api import Acts, ApiView, Input, Output, described
from consortium.kernel.errors import NotVisible
from consortium.kernel.machine import Transition
from consortium.people.models import User


def named(user: User | None) -> dict[str, Any] | None:
    return {"id": user.pk, "name": user.get_full_name()} if user else None


def acts(transitions: Iterable[Transition], href: str) -> list[dict[str, Any]]:
    """`available_actions`: what the machine's table allows now, each with its address below `href`."""
    return [
        {
            "verb": t.verb,
            "label": str(t.label),
            "href": f"{href}{t.verb.replace('_', '-')}/",
            "required": list(t.required),
        }
        for t in transitions
    ]


# -- shifts -----------------------------------------------------------------------------------------------------------


class ShiftShown(Output):
    id = serializers.UUIDField()
    version = serializers.IntegerField()
    service_id = serializers.UUIDField()
    person = Named()
    rank = serializers.ChoiceField(Rank.choices)
    begins = serializers.DateTimeField()
    ends = serializers.DateTimeField()


class ShiftInput(Input):
    user_id = serializers.UUIDField()
    begins = serializers.DateTimeField()
    ends = serializers.DateTimeField()
    rank = serializers.ChoiceField(Rank.choices, default=Rank.FIRST)


class WeekFilter(Input):
    week = serializers.DateField(required=False, help_text="Any day of the week; this week when not given.")


class GapShown(Output):
    begins = serializers.DateTimeField()
    ends = serializers.DateTimeField()
    words = serializers.CharField()


class RosterDayShown(Output):
    on = serializers.DateField()
    shifts = ShiftShown(many=True)
    gaps = GapShown(many=True)


def _shift(shift: Shift) -> dict[str, Any]:
    plain = ("id", "version", "service_id", "rank", "begins", "ends")
    return {**{name: getattr(shift, name) for name in plain}, "person": named(shift.user)}


def _day(day: roster.RosterDay) -> dict[str, Any]:
    gaps = [{"begins": gap.begins, "ends": gap.ends, "words": gap.words} for gap in day.gaps]
    return {"on": day.on, "shifts": [_shift(each) for each in day.shifts], "gaps": gaps}


class Roster(ApiView):
    @described("A service's week: who is on duty, and where nobody is", gives=RosterDayShown, page=True,
               filters=WeekFilter)  # fmt: skip
    def get(self, request: Request, service_id: UUID) -> Response:
        duty.service_for(service_id)
        asked = self.asked(WeekFilter).get("week")
        monday = roster.monday_of(asked.isoformat() if asked else "")
        return self.paged([_day(day) for day in roster.roster_week(service_id, monday)])

    @described("Put somebody on the roster", takes=ShiftInput, gives=ShiftShown, status=201, key=True)
    def post(self, request: Request, service_id: UUID) -> Response:
        given = self.given(ShiftInput)
        made = operations.add_shift(actor=self.actor, service_id=service_id, key=self.request_key, **given)
        return self.created(_shift(made))


class ShiftDetail(ApiView):
    @described("A shift", gives=ShiftShown)
    def get(self, request: Request, shift_id: UUID) -> Response:
        return self.one(_shift(roster.shift_for(shift_id)))

    @described("Another person, other hours, another rank", takes=ShiftInput, gives=ShiftShown, version=True)
    def put(self, request: Request, shift_id: UUID) -> Response:
        given = self.given(ShiftInput)
        operations.change_shift(actor=self.actor, shift_id=shift_id, version=self.version, **given)
        return self.one(_shift(roster.shift_for(shift_id)))


class ShiftCancel(ApiView):
    @described("Take a shift off the roster", takes=Input, gives=ShiftShown, version=True)
    def post(self, request: Request, shift_id: UUID) -> Response:
        self.given(Input)
        return self.one(_shift(operations.cancel_shift(actor=self.actor, shift_id=shift_id, version=self.version)))


class MyShifts(ApiView):
    @described("My shifts that run or lie ahead", gives=ShiftShown, page=True)
    def get(self, request: Request) -> Response:
        return self.paged([_shift(each) for each in roster.my_shifts(self.actor.user_id)])


# -- import -----------------------------------------------------------------------------------------------------------


class RosterLine(Input):
    day = serializers.CharField(max_length=40)
    begins = serializers.CharField(max_length=40)
    ends = serializers.CharField(max_length=40)
    person = serializers.CharField(max_length=120)
    rank = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")


class RosterLines(Input):
    rows = serializers.ListField(child=RosterLine(), min_length=1, max_length=2000)
    preview = serializers.BooleanField(default=False, help_text="Look at the rows and store nothing.")


class RosterLineShown(Output):
    row = serializers.IntegerField()
    user_id = serializers.UUIDField(allow_null=True)
    begins = serializers.DateTimeField(allow_null=True)
    ends = serializers.DateTimeField(allow_null=True)
    errors = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]


class RosterImported(Output):
    id = serializers.UUIDField(allow_null=True, help_text="None after a preview.")
    shift_count = serializers.IntegerField()
    rows = RosterLineShown(many=True)


def _line(row: Row) -> dict[str, Any]:
    user_id = row.user.pk if row.user else None
    return {"row": row.number, "user_id": user_id, "begins": row.begins, "ends": row.ends, "errors": row.errors}


class RosterImports(ApiView):
    @described("Import a roster: all rows, or none when any is wrong", takes=RosterLines, gives=RosterImported,
               status=201, key=True)  # fmt: skip
    def post(self, request: Request, service_id: UUID) -> Response:
        given = self.given(RosterLines)
        lines = [Line(n, {k: row.get(k, "") for k in COLUMNS}) for n, row in enumerate(given["rows"], start=1)]
        if given["preview"]:
            rows = operations.preview_roster(actor=self.actor, service_id=service_id, lines=lines)
            return self.one({"id": None, "shift_count": 0, "rows": [_line(row) for row in rows]})
        done = operations.import_roster(actor=self.actor, service_id=service_id, lines=lines, key=self.request_key)
        return self.created({"id": done.pk, "shift_count": done.shift_count, "rows": []})


# -- swaps ------------------------------------------------------------------------------------------------------------


class SwapShown(Output):
    id = serializers.UUIDField()
    shift = ShiftShown()
    from_user = Named()
    to_user = Named()
    in_return_id = serializers.UUIDField(allow_null=True)
    step = serializers.ChoiceField(SwapStep.choices)
    reason = serializers.CharField()
    offered_at = serializers.DateTimeField()
    available_actions = Acts()


class SwapInput(Input):
    to_user_id = serializers.UUIDField()
    in_return_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class ReasonInput(Input):
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


def _one_swap(actor: Actor, swap_id: UUID) -> dict[str, Any]:
    swap = roster.swap_for(swap_id)
    return _swap(swap, SWAP.available(actor, swap))


def _swap(swap: Swap, transitions: Iterable[Transition]) -> dict[str, Any]:
    plain = ("id", "in_return_id", "step", "reason", "offered_at")
    return {
        **{name: getattr(swap, name) for name in plain},
        "shift": _shift(swap.shift),
        "from_user": named(swap.from_user),
        "to_user": named(swap.to_user),
        "available_actions": acts(transitions, f"/api/v1/swaps/{swap.pk}/"),
    }


class Swaps(ApiView):
    @described("Swaps that wait for me, or that I offered", gives=SwapShown, page=True)
    def get(self, request: Request) -> Response:
        mine = roster.swaps_of(self.actor)
        return self.paged([_swap(each, roster.own_acts(self.actor, each)) for each in mine])


class ShiftSwap(ApiView):
    @described("Offer my shift to a colleague by name", takes=SwapInput, gives=SwapShown, status=201, key=True)
    def post(self, request: Request, shift_id: UUID) -> Response:
        given = self.given(SwapInput)
        made = operations.offer_swap(actor=self.actor, shift_id=shift_id, key=self.request_key, **given)
        return self.created(_one_swap(self.actor, made.pk))


class SwapAct(ApiView):
    verb = ""

    @described("Answer an offered shift", takes=ReasonInput, gives=SwapShown)
    def post(self, request: Request, swap_id: UUID) -> Response:
        given = self.given(ReasonInput)
        operations.answer_swap(actor=self.actor, swap_id=swap_id, verb=self.verb, reason=given["reason"])
        return self.one(_one_swap(self.actor, swap_id))


# -- hand-over --------------------------------------------------------------------------------------------------------


class OpenItemShown(Output):
    key = serializers.CharField(help_text="What a note is for: kind:id.")
    kind = serializers.CharField()
    priority = serializers.CharField()
    title = serializers.CharField()
    due_at = serializers.DateTimeField(allow_null=True)


class HandoverItemShown(Output):
    kind = serializers.CharField()
    item_id = serializers.UUIDField()
    note = serializers.CharField()
    outcome = serializers.ChoiceField(ItemOutcome.choices)


class HandoverShown(Output):
    id = serializers.UUIDField()
    service_id = serializers.UUIDField()
    from_user = Named()
    to_user = Named()
    taken_by = Named(allow_null=True)
    step = serializers.ChoiceField(HandoverStep.choices)
    offered_at = serializers.DateTimeField()
    taken_at = serializers.DateTimeField(allow_null=True)
    items = HandoverItemShown(many=True)
    available_actions = Acts()


class HandoverInput(Input):
    to_user_id = serializers.UUIDField()
    notes = serializers.DictField(child=serializers.CharField(allow_blank=True, max_length=500), required=False)


def _handover(actor: Actor, made: Handover) -> dict[str, Any]:
    plain = ("id", "service_id", "step", "offered_at", "taken_at")
    items = HandoverItem.objects.filter(handover=made).order_by("position")
    return {
        **{name: getattr(made, name) for name in plain},
        "from_user": named(made.from_user),
        "to_user": named(made.to_user),
        "taken_by": named(made.taken_by),
        "items": list(items.values("kind", "item_id", "note", "outcome")),
        "available_actions": acts(HANDOVER.available(actor, made), f"/api/v1/handovers/{made.pk}/"),
    }


class MyOpenItems(ApiView):
    @described("What I have open for a service: what a hand-over would carry", gives=OpenItemShown, page=True)
    def get(self, request: Request, service_id: UUID) -> Response:
        if duty.seat_in(self.actor, service_id) is None:
            raise NotVisible
        items = open_items(self.actor.user_id, service_id)
        return self.paged([_open(item) for item in items])


def _open(item: Any) -> dict[str, Any]:
    plain = {name: getattr(item, name) for name in ("key", "kind", "title", "due_at")}
    return {**plain, "priority": item.priority_code}


class Handovers(ApiView):
    @described("Offer all that I have open for a service to a colleague", takes=HandoverInput, gives=HandoverShown,
               status=201, key=True)  # fmt: skip
    def post(self, request: Request, service_id: UUID) -> Response:
        given = self.given(HandoverInput)
        made = operations.offer_handover(
            actor=self.actor, service_id=service_id, to_user_id=given["to_user_id"], notes=given.get("notes"),
            key=self.request_key,
        )  # fmt: skip
        return self.created(_handover(self.actor, roster.handover_for(made.pk)))


class HandoverDetail(ApiView):
    @described("A hand-over with its items", gives=HandoverShown)
    def get(self, request: Request, handover_id: UUID) -> Response:
        return self.one(_handover(self.actor, roster.handover_for(handover_id)))


class HandoverTakeOver(ApiView):
    @described("I take over, by name", takes=Input, gives=HandoverShown)
    def post(self, request: Request, handover_id: UUID) -> Response:
        self.given(Input)
        operations.take_over(actor=self.actor, handover_id=handover_id)
        return self.one(_handover(self.actor, roster.handover_for(handover_id)))


class HandoverLapse(ApiView):
    @described("Withdraw a hand-over of mine", takes=Input, gives=HandoverShown)
    def post(self, request: Request, handover_id: UUID) -> Response:
        self.given(Input)
        operations.withdraw_handover(actor=self.actor, handover_id=handover_id)
        return self.one(_handover(self.actor, roster.handover_for(handover_id)))


_SERVICE = "services/<uuid:service_id>/"
urlpatterns = [
    path(f"{_SERVICE}roster/", Roster.as_view(), name="roster"),
    path(f"{_SERVICE}roster/import/", RosterImports.as_view(), name="roster-import"),
    path(f"{_SERVICE}open-items/", MyOpenItems.as_view(), name="open-items"),
    path(f"{_SERVICE}handovers/", Handovers.as_view(), name="handovers"),
    path("shifts/", MyShifts.as_view(), name="shifts"),
    path("shifts/<uuid:shift_id>/", ShiftDetail.as_view(), name="shift"),
    path("shifts/<uuid:shift_id>/cancel/", ShiftCancel.as_view(), name="shift-cancel"),
    path("shifts/<uuid:shift_id>/swap/", ShiftSwap.as_view(), name="shift-swap"),
    path("swaps/", Swaps.as_view(), name="swaps"),
    *(path(f"swaps/<uuid:swap_id>/{verb}/", SwapAct.as_view(verb=verb), name=f"swap-{verb}") for verb in SWAP.verbs()),
    path("handovers/<uuid:handover_id>/", HandoverDetail.as_view(), name="handover"),
    path("handovers/<uuid:handover_id>/take-over/", HandoverTakeOver.as_view(), name="handover-take-over"),
    path("handovers/<uuid:handover_id>/lapse/", HandoverLapse.as_view(), name="handover-lapse"),
]
