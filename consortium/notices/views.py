"""The inbox, pages to take, preferences, and the door for providers' receipts."""

from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium.kernel.actors import acting_as, current_actor, system
from consortium.kernel.errors import DomainError, InvalidInput, NotVisible, StaleVersion
from consortium.notices.channels.signed_http import is_signed
from consortium.notices.channels.web_push import public_key
from consortium.notices.forms import PreferencesForm, ShowForm
from consortium.notices.operations import (
    acknowledge_page,
    mark_all_read,
    mark_read,
    mark_unread_again,
    set_preferences,
    subscribe_push,
    unsubscribe_push,
)
from consortium.notices.operations.delivering import take_receipt
from consortium.notices.queries.inbox import FILTERS, badge_of, calls_of, line_of, notices_shown, page_of
from consortium.notices.queries.reach import my_preferences, my_ways
from consortium.notices.states import PAGE

LONGEST_RECEIPT = 4096


@never_cache
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Newest first; `?show=unread|urgent`, `?after=`."""
    show, after = ShowForm(request.GET).values()
    page = notices_shown(show, after=after)
    query = {"show": show} if show else {}
    following = f"?{urlencode(query | {'after': page.next_cursor})}" if page.next_cursor else ""
    here = f"{request.path}?{urlencode(query)}" if query else request.path
    context = {
        "notices": [line_of(notice) for notice in page.items],
        "next_url": following,
        "show": show,
        "tabs": [_tab(name, show) for name in FILTERS],
        "here": here,
    }
    part = request.headers.get("HX-Request") and not after
    return render(request, "notices/list.html" if part else "notices/inbox.html", context)


def _tab(name: str, show: str) -> dict[str, Any]:
    address = reverse("notices:inbox") + (f"?show={name}" if name else "")
    return {"label": FILTERS[name], "url": address, "here": name == show, "count": None}


@never_cache
@require_safe
def open_notice(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Go to what the notice is about; it is read from now on."""
    notice = mark_read(actor=current_actor(), notice_id=notice_id)
    return redirect(notice.url if notice.url.startswith("/") else "notices:inbox")


@never_cache
@require_safe
def badge(request: HttpRequest) -> JsonResponse:
    """How many are unread, for the bell."""
    return JsonResponse({"count": badge_of(current_actor()).unread})


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    batch, count = mark_all_read(actor=current_actor())
    if count:
        text = ngettext("%(count)d notice is read.", "%(count)d notices are read.", count) % {"count": count}
        messages.success(request, text, extra_tags=f"undo:{reverse('notices:unread_again', args=[batch])}")
    return redirect("notices:inbox")


@require_POST
def unread_again(request: HttpRequest, batch: UUID) -> HttpResponse:
    mark_unread_again(actor=current_actor(), batch=batch)
    return redirect("notices:inbox")


@never_cache
@require_safe
def page(request: HttpRequest, page_id: UUID) -> HttpResponse:
    """One page: what waits, who was called, and the one button."""
    found = page_of(page_id)
    context = {
        "call": found,
        "calls": calls_of(found),
        "acts": PAGE.available(current_actor(), found),
        "duty": {"number": found.facts.get("phone", ""), "name": found.facts.get("specialty", "")},
    }
    part = request.headers.get("HX-Request")
    return render(request, "notices/page_body.html" if part else "notices/page.html", context)


@require_POST
def acknowledge(request: HttpRequest, page_id: UUID) -> HttpResponse:
    """Take it, and go to what it is about."""
    taken = acknowledge_page(actor=current_actor(), page_id=page_id)
    messages.success(request, _("It is yours now. Nobody else is called."))
    return redirect(taken.url if taken.url.startswith("/") else "notices:inbox")


@never_cache
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    kept, ways = my_preferences(), my_ways()
    form = PreferencesForm(request.POST or None, ways=ways, kept=kept)
    status = 200
    if request.method == "POST":
        if form.is_valid() and _keep(form):
            messages.success(request, _("Your preferences are kept."))
            return redirect("notices:preferences")
        status = 422
    context = {"form": form, "channels": form.channels(), "push_key": public_key()}
    return render(request, "notices/preferences.html", context, status=status)


def _keep(form: PreferencesForm) -> bool:
    """Whether it could be kept; if not, the form says why."""
    said = form.cleaned_data
    try:
        set_preferences(
            actor=current_actor(), version=said["version"], quiet_from=said["quiet_from"],
            quiet_until=said["quiet_until"], choices=form.choices(),
        )  # fmt: skip
    except InvalidInput as error:
        for name, text in error.fields.items():
            form.add_error(name if name in form.fields else None, str(text))
        return False
    except StaleVersion as error:
        form.add_error(None, str(error.message))
        return False
    return True


@require_POST
def push(request: HttpRequest) -> JsonResponse:
    """This browser begins (`{"endpoint", "keys"}`) or ends (`{"endpoint", "end": true}`) to take push messages."""
    try:
        said = _json(request)
        endpoint, keys = str(said.get("endpoint", "")), said.get("keys") or {}
        if said.get("end"):
            unsubscribe_push(actor=current_actor(), endpoint=endpoint)
        else:
            subscribe_push(
                actor=current_actor(), endpoint=endpoint, p256dh=str(keys.get("p256dh", "")),
                auth=str(keys.get("auth", "")),
            )  # fmt: skip
    except DomainError as error:
        return _problem(error)
    return JsonResponse({}, status=200)


def _json(request: HttpRequest) -> dict[str, Any]:
    try:
        said = orjson.loads(request.body[:LONGEST_RECEIPT])
    except orjson.JSONDecodeError as error:
        raise InvalidInput({"body": "not JSON"}) from error
    if not isinstance(said, dict):
        raise InvalidInput({"body": "not an object"})
    return said


def _problem(error: DomainError) -> JsonResponse:
    body = {"title": str(error.message), "code": error.code, "status": error.status}
    return JsonResponse(body, status=error.status, content_type="application/problem+json")


@csrf_exempt
@login_not_required
@require_POST
def receipt(request: HttpRequest, channel: str) -> JsonResponse:
    """A provider's receipt, signed as our letters are: `{"reference", "state": "delivered"|"failed"}`."""
    secret = settings.NOTICE_GATEWAYS.get(channel, {}).get("secret", "")
    timestamp, claimed = (request.headers.get(f"X-Consortium-{name}", "") for name in ("Timestamp", "Signature"))
    if len(request.body) > LONGEST_RECEIPT or not is_signed(secret, timestamp, request.body, claimed):
        return _problem(NotVisible())
    actor = system(f"a receipt of {channel}")
    try:
        said = _json(request)
        reference = _uuid(said.get("reference"))
        if said.get("state") not in ("delivered", "failed"):
            raise InvalidInput({"state": "delivered or failed"})
        with acting_as(actor):
            take_receipt(actor=actor, channel=channel, reference=reference, delivered=said["state"] == "delivered")
    except DomainError as error:
        return _problem(error)
    return JsonResponse({})


def _uuid(value: Any) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as error:
        raise InvalidInput({"reference": "not a reference of ours"}) from error
