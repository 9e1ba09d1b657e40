"""The worklist that people land on, and the pages of the services."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium.casework.forms import DutyForm, NarrowForm, ServiceForm
from consortium.casework.models import Service
from consortium.casework.operations import edit_service as change_service
from consortium.casework.operations import leave_service, set_duty
from consortium.casework.policies import may_edit_service
from consortium.casework.queries import duty, lists_live, rows, worklists
from consortium.casework.queries.intake import ages_words, urgency_words
from consortium.casework.queries.worklists import Desk, Tab
from consortium.journal.operations import note_list_read
from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.adapters import adapters
from consortium.kernel.errors import NotPermitted
from consortium.kernel.policies import require
from consortium.people.states import Role

#: of the open cases, on the service's page
_SHOWN_HERE = 8


@never_cache
@require_safe
def worklist(request: HttpRequest) -> HttpResponse:
    """The lists of the actor; `?tab=`, `?service=`, `?priority=`, `?kind=`, `?after=`. htmx gets the list alone."""
    actor = current_actor()
    desk = Desk.of(actor)
    tabs = desk.tabs()
    if not tabs:
        raise NotPermitted
    tab = next((t for t in tabs if t.value == request.GET.get("tab")), tabs[0])
    services = worklists.filters_of(desk)
    form = NarrowForm(request.GET, services)
    context = _list_context(request, actor, desk, tab, form)
    if request.headers.get("HX-Request"):
        return render(request, "casework/worklist_list.html", context)
    context |= {"tabs": _tab_links(tabs, tab), "form": form, "may_ask": actor.has(Role.ASKER)}
    context["panels"] = [found for panel in adapters("WORKLIST_PANELS").values() if (found := panel(actor))]
    return render(request, "casework/worklist.html", context | _aside(desk, services))


def _list_context(request: HttpRequest, actor: Actor, desk: Desk, tab: Tab, form: NarrowForm) -> dict[str, Any]:
    topics = lists_live.stood(desk.topics())
    narrow = form.narrow()
    page = worklists.worklist(desk, tab, narrow=narrow, after=request.GET.get("after", ""))
    names = worklists.names_of(actor, page.items)
    seen = worklists.named_patients(page.items, names)
    note_list_read(actor=actor, what=f"worklist-{tab.value}", patient_ids=seen)
    return {
        "tab": tab,
        "rows": [rows.row_of(item, actor, names) for item in page.items],
        "topics": topics,
        "next_url": _address(request, after=page.next_cursor) if page.next_cursor else "",
        "here": _address(request),
        "narrowed": narrow != worklists.Narrow(),
        "cards": _cards(actor) if tab in (Tab.MINE, Tab.ASKED) and tab is desk.tabs()[0] else [],
        "empty": rows.EMPTY[tab],
    }


def _cards(actor: Actor) -> list[dict[str, Any]]:
    """What features above ask of the actor beside the list."""
    return [card for source in adapters("WORKLIST_CARDS").values() if (card := source(actor))]


def _address(request: HttpRequest, **more: str) -> str:
    kept = {name: request.GET[name] for name in ("tab", "service", "priority", "kind") if request.GET.get(name)}
    query = urlencode(kept | more)
    return f"{request.path}?{query}" if query else request.path


def _tab_links(tabs: list[Tab], here: Tab) -> list[dict[str, Any]]:
    return [{"label": tab.label, "url": f"?tab={tab.value}", "here": tab is here, "count": None} for tab in tabs]


def _aside(desk: Desk, services: list[Service]) -> dict[str, Any]:
    """Beside the list. Who answers: their duty. Who asks: whom to call, and what came back last."""
    if desk.services:
        return {"duty": duty.duty_now(desk.services), "my_duty": desk.seats}
    back = worklists.came_back(desk.actor) if desk.actor.has(Role.ASKER) else []
    return {"duty": duty.reachable(services), "back": [rows.back_row(item) for item in back], "all_services": True}


@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """Every service of the consortium with its duty telephone: whom to ask, whom to call."""
    known = Service.objects.select_related("institution").order_by("institution__name_en", "name_en")
    return render(request, "casework/services.html", {"services": list(known)})


@require_safe
def service(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """One service: who answers, who is on duty, its telephone, what it takes; for who works there its open cases."""
    actor = current_actor()
    found = duty.service_for(service_id)
    at_work = duty.may_see_load(actor, found)
    context = {
        "service": found,
        "colleagues": duty.colleagues(service_id, shift_of=found if at_work else None),
        "show_load": at_work,
        "takes": {"ages": ages_words(found), "urgencies": urgency_words(found)},
        **(_open_here(actor, found) if at_work else {}),
        "seat": duty.seat_in(actor, service_id),
        "form": DutyForm(),
        "may_edit": may_edit_service(actor, found).allowed,
    }
    return render(request, "casework/service.html", context)


def _open_here(actor: Actor, found: Service) -> dict[str, Any]:
    """The most urgent open cases, each with its clock and whose turn it is; for who works there."""
    desk = Desk.of(actor)
    page = worklists.worklist(desk, Tab.SERVICE, narrow=worklists.Narrow(found.pk), size=_SHOWN_HERE)
    names = worklists.names_of(actor, page.items)
    note_list_read(actor=actor, what="service", patient_ids=worklists.named_patients(page.items, names))
    return {"show_cases": True, "open_rows": [rows.row_of(item, actor, names) for item in page.items]}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_service(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """Its duty telephone and what it wants to be sent with a question."""
    actor, found = current_actor(), duty.service_for(service_id)
    require(may_edit_service(actor, found))
    form = ServiceForm(request.POST or None, initial=vars(found))
    if form.is_valid():
        fields, version = form.fields_given(), form.cleaned_data["version"]
        if form.run(lambda: change_service(actor=actor, service_id=service_id, fields=fields, version=version)):
            messages.success(request, _("Saved."))
            return redirect("casework:service", service_id)
    return render(request, "casework/service_edit.html", {"form": form, "service": found}, status=form.status)


@require_POST
def go_on_duty(request: HttpRequest, service_id: UUID) -> HttpResponse:
    form = DutyForm(request.POST)
    if not form.is_valid():
        return redirect("casework:service", service_id)
    actor = current_actor()
    _seat_or_404(actor, service_id)
    set_duty(actor=actor, service_id=service_id, user_id=actor.user_id, until=form.until())
    off = reverse("casework:off_duty", args=[service_id])
    messages.success(request, _("You are on duty."), extra_tags=f"undo:{off}")
    return redirect("casework:service", service_id)


@require_POST
def go_off_duty(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """Off duty now; what is in hand stays in hand until it is answered or given back."""
    actor = current_actor()
    _seat_or_404(actor, service_id)
    set_duty(actor=actor, service_id=service_id, user_id=actor.user_id, until=None)
    messages.success(request, _("You are off duty."))
    return redirect("casework:service", service_id)


@require_POST
def leave(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """No longer answer for the service; what is in hand goes back to its queue."""
    actor = current_actor()
    _seat_or_404(actor, service_id)
    leave_service(actor=actor, service_id=service_id, user_id=actor.user_id)
    messages.success(request, _("You left the service. Your open cases are in its queue again."))
    return redirect("casework:service", service_id)


def _seat_or_404(actor: Actor, service_id: UUID) -> None:
    """The service must exist, and the actor answer for it."""
    duty.service_for(service_id)
    if duty.seat_in(actor, service_id) is None:
        raise NotPermitted(_("You do not answer for this service."))
