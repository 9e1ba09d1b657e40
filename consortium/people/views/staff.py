"""The directory of all staff, and an institution's own staff: suspend, move, end, change."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consortium.kernel.actors import current_actor
from consortium.kernel.errors import NotPermitted, NotVisible
from consortium.kernel.policies import require
from consortium.kernel.proof import freshly_proven
from consortium.kernel.scoping import unfiltered
from consortium.people import operations, queries
from consortium.people.forms import MoveForm, RoleForm, SeatForm, StaffFilter
from consortium.people.models import Institution, Membership
from consortium.people.policies import may_change_seat, may_end_seat, may_manage_staff, may_reset
from consortium.people.states import Role, Standing
from consortium.people.views.institutions import more_url, read_or_write, the_institution


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """All who work in the consortium."""
    form = StaffFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    page = queries.staff(
        actor=current_actor(), search=asked.get("q", ""), role=asked.get("role", ""), after=request.GET.get("after", "")
    )
    context = {"page": page, "form": form, "more_url": more_url(request, page.next_cursor)}
    return render(request, "people/directory.html", context)


@require_safe
def person(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """One member of staff, as colleagues see them."""
    actor = current_actor()
    found = queries.person(actor=actor, user_id=user_id)
    seats = found.shown_seats
    places = {seat.institution_id: seat.institution for seat in seats if may_manage_staff(actor, seat.institution_id)}
    context = {"person": found, "seats": seats, "managed": list(places.values())}
    return render(request, "people/person.html", context)


@require_safe
def staff(request: HttpRequest, institution_id: UUID) -> HttpResponse:
    actor = current_actor()
    require(may_manage_staff(actor, institution_id))
    found = the_institution(institution_id)
    form = StaffFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    standing = asked.get("standing") or Standing.ACTIVE
    page = queries.staff(
        actor=actor, institution_id=found.pk, search=asked.get("q", ""), role=asked.get("role", ""),
        standing=standing, after=request.GET.get("after", ""),
    )  # fmt: skip
    context = {
        "institution": found,
        "page": page,
        "form": form,
        "standing": standing,
        "searched": bool(asked.get("q") or asked.get("role")),
        "more_url": more_url(request, page.next_cursor),
    }
    return render(request, "people/staff.html", context)


@require_safe
def own_staff(request: HttpRequest) -> HttpResponse:
    """Where an institution admin begins: the staff of (the first of) their institutions."""
    led = Institution.objects.filter(pk__in=current_actor().institution_ids(Role.INSTITUTION_ADMIN))
    first = led.order_by("name_en").first()
    if first is None:
        raise NotPermitted(_("You are not an admin of any institution."))
    return redirect("people:staff", first.pk)


@require_safe
def member(request: HttpRequest, institution_id: UUID, user_id: UUID) -> HttpResponse:
    """One person's seats at the institution, with what may be done."""
    actor = current_actor()
    user, seats = queries.seats_at(actor=actor, institution_id=institution_id, user_id=user_id)
    running = [seat for seat in seats if seat.standing != Standing.LEFT]
    context = {
        "person": user,
        "institution": seats[0].institution,
        "running": [(seat, bool(may_change_seat(actor, seat)), bool(may_end_seat(actor, seat))) for seat in running],
        "ended": [seat for seat in seats if seat.standing == Standing.LEFT],
        "may_suspend": bool(running) and all(may_change_seat(actor, seat) for seat in running),
        "suspended": any(seat.suspended_at for seat in running),
        "may_add": user.pk != actor.user_id and bool(running),
        "may_reset": bool(may_reset(actor, user)),
    }
    return render(request, "people/member.html", context)


@require_POST
def suspend(request: HttpRequest, institution_id: UUID, user_id: UUID) -> HttpResponse:
    operations.suspend_person(actor=current_actor(), user_id=user_id, institution_id=institution_id)
    undo = reverse("people:unsuspend", args=[institution_id, user_id])
    messages.success(request, _("Suspended. The open work went back."), extra_tags=f"undo:{undo}")
    return redirect("people:member", institution_id, user_id)


@require_POST
def unsuspend(request: HttpRequest, institution_id: UUID, user_id: UUID) -> HttpResponse:
    operations.unsuspend_person(actor=current_actor(), user_id=user_id, institution_id=institution_id)
    messages.success(request, _("Working here again."))
    return redirect("people:member", institution_id, user_id)


def _seat(seat_id: UUID) -> Membership:
    """A seat that may be looked at by who manages staff where it is."""
    rows = unfiltered(Membership, why="the policy decides who may look at it")
    seat: Membership | None = rows.select_related("user", "institution").filter(pk=seat_id).first()
    if seat is None:
        raise NotVisible()
    return seat


@require_POST
def seat_end(request: HttpRequest, seat_id: UUID) -> HttpResponse:
    seat = operations.end_seat(actor=current_actor(), seat_id=seat_id)
    messages.success(request, _("The seat has ended. The open work went back."))
    if seat.user_id == current_actor().user_id:
        return redirect("people:account")
    return redirect("people:member", seat.institution_id, seat.user_id)


@read_or_write
@freshly_proven
def seat_role(request: HttpRequest, seat_id: UUID) -> HttpResponse:
    actor, seat = current_actor(), _seat(seat_id)
    require(may_change_seat(actor, seat))
    form = RoleForm(request.POST or None, actor=actor, initial={"role": seat.role, "version": seat.version})
    if form.is_valid():
        asked = form.cleaned_data
        changed = form.run(
            lambda: operations.change_role(actor=actor, seat_id=seat_id, role=asked["role"], version=asked["version"])
        )
        if changed:
            messages.success(request, _("The role was changed."))
            return redirect("people:member", seat.institution_id, seat.user_id)
    return render(request, "people/seat_role.html", {"form": form, "seat": seat}, status=form.status)


@read_or_write
@freshly_proven
def seat_move(request: HttpRequest, seat_id: UUID) -> HttpResponse:
    actor, seat = current_actor(), _seat(seat_id)
    require(may_change_seat(actor, seat))
    form = MoveForm(request.POST or None, actor=actor, institution=seat.institution, initial=vars(seat))
    if form.is_valid():
        moved = form.run(lambda: operations.move_seat(actor=actor, seat_id=seat_id, **_place(form)))
        if moved:
            messages.success(request, _("Moved. Open work that stays behind went back."))
            return redirect("people:member", moved.institution_id, moved.user_id)
    return render(request, "people/seat_move.html", {"form": form, "seat": seat}, status=form.status)


def _place(form: MoveForm) -> dict[str, Any]:
    asked = form.cleaned_data
    return {**asked, "institution_id": UUID(asked["institution_id"])}


@read_or_write
@freshly_proven
def seat_new(request: HttpRequest, institution_id: UUID, user_id: UUID) -> HttpResponse:
    """One more role for somebody who works here."""
    actor = current_actor()
    user, seats = queries.seats_at(actor=actor, institution_id=institution_id, user_id=user_id)
    form = SeatForm(request.POST or None, actor=actor, institution=seats[0].institution)
    if form.is_valid():
        given = form.run(
            lambda: operations.give_seat(
                actor=actor, user_id=user_id, institution_id=institution_id, **form.cleaned_data
            )
        )
        if given:
            messages.success(request, _("The role was given."))
            return redirect("people:member", institution_id, user_id)
    context = {"form": form, "person": user, "institution": seats[0].institution}
    return render(request, "people/seat_new.html", context, status=form.status)
