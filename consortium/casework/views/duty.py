"""My duty, the service's roster, swaps and hand-overs."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium.casework import operations
from consortium.casework.forms.duty import (
    HandoverForm,
    ReasonForm,
    RosterConfirmForm,
    RosterFileForm,
    ShiftForm,
    SwapForm,
)
from consortium.casework.models import HandoverItem, Service, Shift
from consortium.casework.policies import may_keep_roster, may_offer_shift, may_overrule_swap
from consortium.casework.queries import agenda, duty, roster, worklists
from consortium.casework.queries.open_items import open_items
from consortium.casework.queries.rows import child_words
from consortium.casework.sheets import Line
from consortium.casework.states import HANDOVER, Priority
from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import InvalidInput, NotPermitted
from consortium.kernel.policies import require

read_or_write = require_http_methods(["GET", "HEAD", "POST"])
_SALT = "casework.roster-rows"
_WEEK = 7


@never_cache
@require_safe
def my_duty(request: HttpRequest) -> HttpResponse:
    """What is mine now and next: duty, hand-overs, swaps, shifts, bookings, and the calendar's address."""
    actor = current_actor()
    seats = worklists.seats_of(actor)
    context = {
        "my_duty": [{"seat": s, "open": len(open_items(actor.user_id, s.service_id))} for s in seats],
        "handovers": roster.handovers_waiting(actor),
        "swaps": [{"swap": s, "acts": roster.own_acts(actor, s)} for s in roster.swaps_of(actor)],
        "shifts": roster.my_shifts(actor.user_id),
        "bookings": agenda.my_bookings(actor.user_id),
        "feed": agenda.my_feed(actor),
        "feed_url": request.session.pop("feed_url", ""),
    }
    return render(request, "casework/duty/mine.html", context)


def _colleagues(service: Service, but: UUID | None = None) -> list[tuple[str, str]]:
    """Those who answer for the service, on duty first."""
    people = [p for p in duty.colleagues(service.pk) if p.user_id != but]
    return [(str(p.user_id), f"{p.name} · {_('on duty')}" if p.on_duty else p.name) for p in people]


# -- the roster -------------------------------------------------------------------------------------------------------


@require_safe
def service_roster(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """`?week=` any day of the week."""
    actor, service = current_actor(), duty.service_for(service_id)
    monday = roster.monday_of(request.GET.get("week", ""))
    days = roster.roster_week(service.pk, monday)
    keeps = bool(may_keep_roster(actor, service))
    context = {
        "service": service,
        "days": days,
        "gaps": sum(len(day.gaps) for day in days),
        "before": monday.fromordinal(monday.toordinal() - _WEEK),
        "after": monday.fromordinal(monday.toordinal() + _WEEK),
        "keeps": keeps,
        "swaps": roster.service_swaps(service.pk) if keeps else [],
        "me": actor.user_id,
    }
    return render(request, "casework/duty/roster.html", context)


def _back_to_week(service_id: UUID, shift: Shift) -> HttpResponse:
    response = redirect("casework:roster", service_id)
    response["Location"] += f"?week={localtime(shift.begins):%Y-%m-%d}"
    return response


@read_or_write
def shift_new(request: HttpRequest, service_id: UUID) -> HttpResponse:
    actor, service = current_actor(), duty.service_for(service_id)
    require(may_keep_roster(actor, service))
    form = ShiftForm(request.POST or None, people=_colleagues(service), initial={"day": request.GET.get("day", "")})
    if form.is_valid():
        said, (begins, ends) = form.cleaned_data, form.period()
        made = form.run(
            lambda: operations.add_shift(
                actor=actor, service_id=service.pk, user_id=said["user_id"], begins=begins, ends=ends,
                rank=said["rank"], key=said["request_key"],
            )
        )  # fmt: skip
        if made:
            messages.success(request, _("On the roster."))
            return _back_to_week(service.pk, made)
    return render(request, "casework/duty/shift.html", {"form": form, "service": service}, status=form.status)


@read_or_write
def shift_edit(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    actor, shift = current_actor(), roster.shift_for(shift_id)
    require(may_keep_roster(actor, shift.service))
    form = ShiftForm(request.POST or None, people=_colleagues(shift.service), initial=ShiftForm.of(shift))
    if form.is_valid():
        said, (begins, ends) = form.cleaned_data, form.period()
        made = form.run(
            lambda: operations.change_shift(
                actor=actor, shift_id=shift.pk, user_id=said["user_id"], begins=begins, ends=ends, rank=said["rank"],
                version=said["version"],
            )
        )  # fmt: skip
        if made:
            messages.success(request, _("Saved."))
            return _back_to_week(shift.service_id, made)
    context = {"form": form, "service": shift.service, "shift": shift}
    return render(request, "casework/duty/shift.html", context, status=form.status)


@require_POST
def shift_cancel(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    shift = operations.cancel_shift(actor=current_actor(), shift_id=shift_id)
    messages.success(request, _("Taken off the roster."))
    return _back_to_week(shift.service_id, shift)


# -- import -----------------------------------------------------------------------------------------------------------


@read_or_write
def roster_import(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """A file is looked at row by row; what was shown is then stored, all of it or nothing."""
    actor, service = current_actor(), duty.service_for(service_id)
    require(may_keep_roster(actor, service))
    if "rows" in request.POST:
        return _confirmed(request, actor, service)
    form, rows, signed = RosterFileForm(request.POST or None, request.FILES or None), [], ""
    if form.is_valid():
        lines = form.run(lambda: operations.read_sheet(form.cleaned_data["file"].read()))
        if lines is not None:
            rows = operations.preview_roster(actor=actor, service_id=service.pk, lines=lines)
            signed = signing.dumps([[ln.number, dict(ln.cells)] for ln in lines], salt=_SALT, compress=True)
    wrong = sum(not row.ok for row in rows)
    context = {"form": form, "refused": None, "service": service, "rows": rows, "wrong": wrong, "signed": signed}
    return render(request, "casework/duty/import.html", context, status=form.status)


def _confirmed(request: HttpRequest, actor: Actor, service: Service) -> HttpResponse:
    form = RosterConfirmForm(request.POST)
    lines: list[Line] = []
    try:
        lines = [Line(number, cells) for number, cells in signing.loads(request.POST["rows"], salt=_SALT, max_age=3600)]
    except signing.BadSignature:
        form.add_error(None, _("What was shown is too old: choose the file again."))
    if form.is_valid():
        key = form.cleaned_data["request_key"]
        done = form.run(lambda: operations.import_roster(actor=actor, service_id=service.pk, lines=lines, key=key))
        if done:
            messages.success(request, _("%(count)d shifts are on the roster.") % {"count": done.shift_count})
            first = done.shifts.order_by("period").first()
            return _back_to_week(service.pk, first) if first else redirect("casework:roster", service.pk)
    context = {"form": RosterFileForm(), "refused": form, "service": service, "rows": []}
    return render(request, "casework/duty/import.html", context, status=422)


# -- swaps ------------------------------------------------------------------------------------------------------------


@read_or_write
def swap_offer(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    actor, shift = current_actor(), roster.shift_for(shift_id)
    require(may_offer_shift(actor, shift))
    people = _colleagues(shift.service, but=actor.user_id)
    theirs = roster.returnable(actor, [p for p, _n in people], after=shift.begins)
    near = theirs.select_related("user", "service").order_by("period")[:40]
    form = SwapForm(request.POST or None, people=people, shifts=[(str(s.pk), _spoken(s)) for s in near])
    if form.is_valid():
        said = form.cleaned_data
        made = form.run(
            lambda: operations.offer_swap(
                actor=actor, shift_id=shift.pk, to_user_id=said["to_user_id"], in_return_id=said["in_return_id"],
                key=said["request_key"],
            )
        )  # fmt: skip
        if made:
            messages.success(request, _("Offered. The shift stays yours until it is taken."))
            return redirect("casework:my_duty")
    return render(request, "casework/duty/swap.html", {"form": form, "shift": shift}, status=form.status)


def _spoken(shift: Shift) -> str:
    return f"{shift.user.get_full_name()} · {date_format(localtime(shift.begins), 'D j M H:i')}"


@require_POST
def swap_answer(request: HttpRequest, swap_id: UUID, verb: str) -> HttpResponse:
    operations.answer_swap(actor=current_actor(), swap_id=swap_id, verb=_verb(verb))
    messages.success(request, _("Your colleague is told."))
    return redirect("casework:my_duty")


def _verb(verb: str) -> str:
    """Those that a button does; overruling takes a reason and has its own page."""
    if verb not in ("accept", "decline", "withdraw"):
        raise InvalidInput({"verb": verb})
    return verb


@read_or_write
def swap_overrule(request: HttpRequest, swap_id: UUID) -> HttpResponse:
    actor, swap = current_actor(), roster.swap_for(swap_id)
    require(may_overrule_swap(actor, swap))
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        if form.run(lambda: operations.answer_swap(actor=actor, swap_id=swap.pk, verb="overrule", reason=reason)):
            messages.success(request, _("Overruled. Both are told."))
            return redirect("casework:roster", swap.shift.service_id)
    return render(request, "casework/duty/overrule.html", {"form": form, "swap": swap}, status=form.status)


# -- hand-over --------------------------------------------------------------------------------------------------------


@never_cache
@read_or_write
def hand_over(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """Everything open, a note for each, and who takes over."""
    actor, service = current_actor(), duty.service_for(service_id)
    if duty.seat_in(actor, service.pk) is None:
        raise NotPermitted(_("You do not answer for this service."))
    items = open_items(actor.user_id, service.pk)
    form = HandoverForm(request.POST or None, people=_colleagues(service, but=actor.user_id), items=items)
    if form.is_valid():
        said = form.cleaned_data
        made = form.run(
            lambda: operations.offer_handover(
                actor=actor, service_id=service.pk, to_user_id=said["to_user_id"], notes=form.notes(),
                key=said["request_key"],
            )
        )  # fmt: skip
        if made:
            messages.success(request, _("Offered. You hold everything until it is taken over."))
            return redirect("casework:handover", made.pk)
    rows = [{"item": item, "field": field, "who": _child(item.case)} for item, field in form.rows()]
    offered = [h for h in roster.handovers_waiting(actor) if h.from_user_id == actor.user_id]
    waiting = [h for h in offered if h.service_id == service.pk]
    context = {"form": form, "service": service, "rows": rows, "waiting": waiting}
    return render(request, "casework/duty/hand_over.html", context, status=form.status)


def _child(case: Any) -> str:
    """Age, sex and weight; never a name."""
    return child_words(case.sex, case.age_days, case.weight_grams) if case else ""


def _priority(case: Any) -> str:
    return Priority(case.priority).code if case else ""


@never_cache
@require_safe
def handover(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    actor, made = current_actor(), roster.handover_for(handover_id)
    items = HandoverItem.objects.filter(handover=made).select_related("case").order_by("position")
    context = {
        "handover": made,
        "items": [{"item": item, "who": _child(item.case), "priority": _priority(item.case)} for item in items],
        "acts": {t.verb for t in HANDOVER.available(actor, made)},
        "mine": made.from_user_id == actor.user_id,
    }
    return render(request, "casework/duty/handover.html", context)


@require_POST
def handover_take(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    operations.take_over(actor=current_actor(), handover_id=handover_id)
    messages.success(request, _("You have taken over. It stands on your worklist."))
    return redirect("casework:handover", handover_id)


@require_POST
def handover_withdraw(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    made = operations.withdraw_handover(actor=current_actor(), handover_id=handover_id)
    messages.success(request, _("Withdrawn. Everything is still yours."))
    return redirect("casework:hand_over", made.service_id)
