"""Working calendars: weekly hours, holidays, make-up working days."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium.casework import operations
from consortium.casework.forms.booking import DaysFileForm, HoursForm, SpecialDayForm
from consortium.casework.operations.day_files import read_days
from consortium.casework.policies import may_change_calendar, may_set_working_time
from consortium.casework.queries.working import special_days, weekly_hours, working_calendar, working_calendars
from consortium.casework.states import Weekday
from consortium.kernel import clock
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import InvalidInput, NotVisible
from consortium.kernel.policies import require
from consortium.people.models import Institution, Region
from consortium.people.policies import is_manager
from consortium.people.states import Role

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def working_list(request: HttpRequest) -> HttpResponse:
    """All working calendars, and those that the reader may open."""
    actor, known = current_actor(), working_calendars()
    own = Institution.objects.filter(pk__in=actor.institution_ids(Role.INSTITUTION_ADMIN), working_calendar=None)
    regions = Region.objects.filter(working_calendar=None).order_by("name_en") if is_manager(actor) else []
    context = {"calendars": known, "institutions": own, "regions": regions}
    return render(request, "casework/working/list.html", context)


@read_or_write
def working_new(request: HttpRequest, owner: str, owner_id: UUID) -> HttpResponse:
    """Open the calendar of an institution or a region."""
    actor = current_actor()
    model = Institution if owner == "institution" else Region
    found = model.objects.filter(pk=owner_id).first()
    if found is None:
        raise NotVisible
    require(may_set_working_time(actor, institution=found if isinstance(found, Institution) else None))
    weekdays = {f"day_{day}": "08:00-12:00, 14:00-18:00" for day in Weekday.values[:5]}
    form = HoursForm(request.POST or None, initial=weekdays)
    if form.is_valid():
        hours, like = form.hours(), form.cleaned_data["make_up_like"]
        made = form.run(
            lambda: operations.open_working_calendar(
                actor=actor, hours=hours, make_up_like=like, **{f"{owner}_id": found.pk}
            )
        )
        if made:
            messages.success(request, _("The working calendar is open. Add its holidays."))
            return redirect("casework:working", made.pk)
    return render(request, "casework/working/hours.html", {"form": form, "name": found.name}, status=form.status)


@require_safe
def working(request: HttpRequest, calendar_id: UUID) -> HttpResponse:
    found = working_calendar(calendar_id)
    hours = weekly_hours(found)
    context = {
        "calendar": found,
        "week": [
            {"label": label, "value": ", ".join(hours.get(day, [])) or _("Closed")} for day, label in Weekday.choices
        ],
        "days": special_days(found, clock.today()),
        "may_change": bool(may_change_calendar(current_actor(), found)),
        "form": SpecialDayForm(),
        "file_form": DaysFileForm(),
    }
    return render(request, "casework/working/show.html", context)


@read_or_write
def working_hours(request: HttpRequest, calendar_id: UUID) -> HttpResponse:
    actor, found = current_actor(), working_calendar(calendar_id)
    require(may_change_calendar(actor, found))
    initial = {f"day_{day}": ", ".join(each) for day, each in weekly_hours(found).items()}
    form = HoursForm(
        request.POST or None, initial={**initial, "version": found.version, "make_up_like": found.make_up_like}
    )
    if form.is_valid():
        hours, said = form.hours(), form.cleaned_data
        saved = form.run(
            lambda: operations.save_hours(
                actor=actor, calendar_id=found.pk, hours=hours, make_up_like=said["make_up_like"],
                version=said["version"],
            )
        )  # fmt: skip
        if saved:
            messages.success(request, _("Saved. Open routine deadlines were moved with it."))
            return redirect("casework:working", found.pk)
    context = {"form": form, "name": found.name, "calendar": found}
    return render(request, "casework/working/hours.html", context, status=form.status)


@require_POST
def working_day(request: HttpRequest, calendar_id: UUID) -> HttpResponse:
    """Add one holiday or make-up day."""
    actor, found = current_actor(), working_calendar(calendar_id)
    require(may_change_calendar(actor, found))
    form = SpecialDayForm(request.POST)
    if form.is_valid():
        saved = form.run(lambda: operations.set_days(actor=actor, calendar_id=found.pk, days=[form.day()]))
        if saved:
            messages.success(request, _("Saved. Open routine deadlines were moved with it."))
            return redirect("casework:working", found.pk)
    return render(request, "casework/working/days.html", {"form": form, "calendar": found}, status=form.status)


@require_POST
def working_file(request: HttpRequest, calendar_id: UUID) -> HttpResponse:
    """Holidays and make-up days out of a file: all of them, or none."""
    actor, found = current_actor(), working_calendar(calendar_id)
    require(may_change_calendar(actor, found))
    form = DaysFileForm(request.POST, request.FILES)
    if form.is_valid():
        days = form.run(lambda: read_days(form.cleaned_data["file"].read()))
        if days and form.run(lambda: operations.set_days(actor=actor, calendar_id=found.pk, days=days)):
            messages.success(request, _("%(count)d days were taken in.") % {"count": len(days)})
            return redirect("casework:working", found.pk)
    return render(request, "casework/working/days.html", {"form": form, "calendar": found}, status=form.status)


@require_POST
def working_day_remove(request: HttpRequest, calendar_id: UUID) -> HttpResponse:
    on = parse_date(request.POST.get("on", "") or "x")
    if on is None:
        raise InvalidInput({"on": _("Choose a day.")})
    operations.remove_day(actor=current_actor(), calendar_id=calendar_id, on=on)
    messages.success(request, _("An ordinary day again."))
    return redirect("casework:working", calendar_id)
