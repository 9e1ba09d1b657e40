"""Calendars with their slots, bookings, and one's own calendar for other programs."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium.casework import operations
from consortium.casework.forms.booking import BookingForm, CalendarForm, CancelForm, DayForm, MoveForm, RuleForm
from consortium.casework.models import Resource, Service
from consortium.casework.policies import keeps_service, may_book_slot, may_keep_booking, may_keep_roster
from consortium.casework.queries import agenda, calendars, duty
from consortium.casework.queries.roster import monday_of
from consortium.casework.states import BOOKING
from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import InvalidInput, NotPermitted
from consortium.kernel.limits import address, spend
from consortium.kernel.policies import require
from consortium.people.forms.base import Keyed

read_or_write = require_http_methods(["GET", "HEAD", "POST"])
_WEEK = 7


@require_safe
def calendar_list(request: HttpRequest) -> HttpResponse:
    """Every calendar of the consortium."""
    context = {"calendars": calendars.calendars(), "may_open": bool(_kept_services(current_actor()))}
    return render(request, "casework/booking/calendars.html", context)


def _kept_services(actor: Actor) -> list[Service]:
    here = Service.objects.filter(institution__in=actor.institution_ids()).select_related("institution")
    return [service for service in here.order_by("name_en") if keeps_service(actor, service)]


@read_or_write
def calendar_new(request: HttpRequest) -> HttpResponse:
    actor = current_actor()
    services = _kept_services(actor)
    if not services:
        raise NotPermitted(_("Only the service lead or the coordinator may do this."))
    rooms = Resource.objects.filter(institution__in={s.institution_id for s in services}, retired_at=None, kind="room")
    form = CalendarForm(
        request.POST or None, services=[(str(s.pk), s.name) for s in services],
        rooms=[(str(r.pk), r.name) for r in rooms.order_by("name_en")],
    )  # fmt: skip
    if form.is_valid():
        said = dict(form.cleaned_data)
        key = said.pop("request_key")
        made = form.run(lambda: operations.open_calendar(actor=actor, key=key, **said))
        if made:
            messages.success(request, _("The calendar is open. Add its weekly slots."))
            return redirect("casework:rule_new", made.pk)
    return render(request, "casework/booking/calendar_form.html", {"form": form}, status=form.status)


@require_safe
def calendar(request: HttpRequest, calendar_id: UUID) -> HttpResponse:
    """`?week=` any day of the week."""
    actor, found = current_actor(), calendars.calendar_for(calendar_id)
    monday = monday_of(request.GET.get("week", ""))
    days = calendars.calendar_week(found, monday)
    own = bool(keeps_service(actor, found.service)) or duty.seat_in(actor, found.service_id) is not None
    for day in days:
        for shown in day.slots:
            shown.bookable = shown.free_for(own)
    context = {
        "calendar": found,
        "days": days,
        "before": monday.fromordinal(monday.toordinal() - _WEEK),
        "after": monday.fromordinal(monday.toordinal() + _WEEK),
        "keeps": keeps_service(actor, found.service),
        "bookings": calendars.bookings_of_week(found, monday),
    }
    return render(request, "casework/booking/calendar.html", context)


@read_or_write
def rule_new(request: HttpRequest, calendar_id: UUID) -> HttpResponse:
    actor, found = current_actor(), calendars.calendar_for(calendar_id)
    require(may_keep_roster(actor, found.service))
    people = [(str(p.user_id), p.name) for p in duty.colleagues(found.service_id)]
    form = RuleForm(request.POST or None, people=people)
    if form.is_valid():
        made = form.run(
            lambda: operations.add_rule(
                actor=actor, calendar_id=found.pk, fields=form.fields_of_rule(),
                person_id=form.cleaned_data["person_id"], key=form.cleaned_data["request_key"],
            )
        )  # fmt: skip
        if made:
            messages.success(request, _("Published for the eight weeks ahead."))
            return redirect("casework:calendar", found.pk)
    return render(request, "casework/booking/rule.html", {"form": form, "calendar": found}, status=form.status)


@read_or_write
def day_close(request: HttpRequest, calendar_id: UUID) -> HttpResponse:
    """An exception: no slots on that day, or slots again."""
    actor, found = current_actor(), calendars.calendar_for(calendar_id)
    require(may_keep_roster(actor, found.service))
    form = DayForm(request.POST or None, initial={"on": request.GET.get("day", "")})
    if form.is_valid():
        on = form.cleaned_data["on"]
        if "reopen" in request.POST:
            operations.reopen_day(actor=actor, calendar_id=found.pk, on=on)
            messages.success(request, _("The day has its slots again."))
        else:
            left = operations.close_day(actor=actor, calendar_id=found.pk, on=on)
            said = _("Closed. %(count)d bookings of that day have to be moved.") if left else _("The day is closed.")
            messages.success(request, said % {"count": left} if left else said)
        response = redirect("casework:calendar", found.pk)
        response["Location"] += f"?week={on}"
        return response
    return render(request, "casework/booking/day.html", {"form": form, "calendar": found}, status=form.status)


# -- bookings ---------------------------------------------------------------------------------------------------------


@read_or_write
def slot_book(request: HttpRequest, slot_id: UUID) -> HttpResponse:
    actor, slot = current_actor(), calendars.slot_for(slot_id)
    require(may_book_slot(actor, slot))
    form = Keyed(request.POST or None)
    if form.is_valid():
        key = form.cleaned_data["request_key"]
        made = form.run(lambda: operations.book_slot(actor=actor, slot_id=slot.pk, key=key))
        if made:
            messages.success(request, _("Booked."))
            return redirect("casework:booking", made.pk)
    return render(request, "casework/booking/slot.html", {"form": form, "slot": slot}, status=form.status)


@read_or_write
def booking_new(request: HttpRequest) -> HttpResponse:
    actor = current_actor()
    form = BookingForm(
        request.POST or None, bookable=calendars.bookable(actor), initial={"people": [str(actor.user_id)]}
    )
    if form.is_valid():
        made = form.run(lambda: _book(actor, form))
        if made:
            messages.success(request, _("Booked."))
            return redirect("casework:booking", made.pk)
    return render(request, "casework/booking/new.html", {"form": form}, status=form.status)


def _book(actor: Actor, form: BookingForm) -> Any:
    said = form.cleaned_data
    people = [operations.person_resource(UUID(each)).pk for each in said["people"]]
    return operations.book(
        actor=actor, what=said["what"], resources=[*people, *map(UUID, said["rooms"])], period=form.period(),
        key=said["request_key"],
    )  # fmt: skip


@never_cache
@require_safe
def booking(request: HttpRequest, booking_id: UUID) -> HttpResponse:
    actor, found = current_actor(), agenda.booking_for(booking_id)
    verbs = {t.verb for t in BOOKING.available(actor, found)}
    return render(request, "casework/booking/booking.html", {"booking": found, "verbs": verbs})


@require_POST
def booking_settle(request: HttpRequest, booking_id: UUID, verb: str) -> HttpResponse:
    if verb not in ("confirm", "attend", "no_show"):
        raise InvalidInput({"verb": verb})
    operations.settle_booking(actor=current_actor(), booking_id=booking_id, verb=verb)
    messages.success(request, _("Saved."))
    return redirect("casework:booking", booking_id)


@read_or_write
def booking_cancel(request: HttpRequest, booking_id: UUID) -> HttpResponse:
    actor, found = current_actor(), agenda.booking_for(booking_id)
    require(may_keep_booking(actor, found))
    form = CancelForm(request.POST or None, initial={"version": found.version})
    if form.is_valid():
        said = form.cleaned_data
        done = form.run(
            lambda: operations.settle_booking(
                actor=actor, booking_id=found.pk, verb="cancel", reason=said["reason"], version=said["version"]
            )
        )
        if done:
            messages.success(request, _("Cancelled. Everybody concerned is told."))
            return redirect("casework:booking", found.pk)
    return render(request, "casework/booking/cancel.html", {"form": form, "booking": found}, status=form.status)


@read_or_write
def booking_move(request: HttpRequest, booking_id: UUID) -> HttpResponse:
    actor, found = current_actor(), agenda.booking_for(booking_id)
    require(may_keep_booking(actor, found))
    form = MoveForm(request.POST or None, initial={"version": found.version})
    if form.is_valid():
        period, version = form.period(), form.cleaned_data["version"]
        done = form.run(
            lambda: operations.move_booking(actor=actor, booking_id=found.pk, period=period, version=version)
        )
        if done:
            messages.success(request, _("Moved. Everybody concerned is told."))
            return redirect("casework:booking", found.pk)
    return render(request, "casework/booking/move.html", {"form": form, "booking": found}, status=form.status)


@require_safe
def booking_ics(request: HttpRequest, booking_id: UUID) -> HttpResponse:
    """One booking for a calendar program; without a name."""
    return calendar_file(agenda.one_booking(agenda.booking_for(booking_id)), "booking.ics")


def calendar_file(body: bytes, name: str) -> HttpResponse:
    """What a calendar program is handed."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=headers)


# -- one's own calendar -----------------------------------------------------------------------------------------------


@require_POST
def feed_make(request: HttpRequest) -> HttpResponse:
    """A new secret address, shown once on the next page."""
    _link, token = operations.make_feed(actor=current_actor())
    request.session["feed_url"] = request.build_absolute_uri(reverse("casework:feed", args=[token]))
    messages.success(request, _("Copy the address now: it is shown this once."))
    return redirect("casework:my_duty")


@require_POST
def feed_revoke(request: HttpRequest) -> HttpResponse:
    operations.revoke_feed(actor=current_actor())
    messages.success(request, _("Revoked. Whoever knew the address reads nothing any more."))
    return redirect("casework:my_duty")


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever holds the address reads its person's shifts and bookings; never a child's name."""
    spend("feed", address(request))
    owner = agenda.feed_owner(token)
    if owner is None:
        raise Http404
    return calendar_file(agenda.feed_of(owner), "duty.ics")
