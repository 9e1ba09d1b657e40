"""One referral: its page, and the parts of it that change by themselves."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from consortium.casework.queries.thread import Place
from consortium.casework.views.showing import composer, is_known_anew, note_look, or_away, place_of, shared_parts
from consortium.files.queries.sent import files_to_send
from consortium.kernel.actors import Actor, current_actor
from referrals.operations.answering import open_referral
from referrals.queries.page import ReferralPage, referral_page
from referrals.states import Step


@never_cache
@require_safe
def show(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The page; a draft is its author's form. The receiving service's first look is its "seen" (R2).

    Reading it with the child's name is journalled, once a look.
    """
    page = _opened(current_actor(), case_id, looks=request.method == "GET")
    if page.referral.step == Step.DRAFT:
        return redirect("referrals:edit", case_id)
    place = Place.now(page.actor, page.case)
    note_look(page)
    context = parts(page, place) | composer(request, page, files_to_send)
    return render(request, "referrals/show.html", context)


def _opened(actor: Actor, case_id: UUID, *, looks: bool) -> ReferralPage:
    """The page; opened first by who receives it, when they may."""
    page = referral_page(actor, case_id)
    if not looks or all(t.verb != "open" for t in page.actions):
        return page
    open_referral(actor=actor, case_id=case_id)
    return referral_page(actor, case_id)


@never_cache
@require_safe
@or_away
def live(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The parts that change, each to be put in its own place: what somebody is typing stays.

    `?since=` and `?read=` say where the page stands in the thread, `?hidden=1` that nobody looks at it now. Who has
    come to know the child, or may no longer, gets the whole page anew.
    """
    page = referral_page(current_actor(), case_id)
    if is_known_anew(request, page):
        return HttpResponseClientRefresh()
    note_look(page, seen=request.GET.get("hidden") != "1")
    return render(request, "referrals/live.html", parts(page, place_of(request)) | {"oob": True})


def parts(page: ReferralPage, place: Place) -> dict[str, Any]:
    """The context of everything that changes by itself; `place` in the thread."""
    return shared_parts(page, place) | {"referral": page.referral, "steps": page.steps(), "parts": page.parts()}
