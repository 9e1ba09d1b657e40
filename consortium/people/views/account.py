"""One's own account: profile, appearance, language, devices; and the lock of a shared desktop."""

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import activate
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from consortium.kernel import clock
from consortium.kernel.actors import current_actor
from consortium.people import operations
from consortium.people.adapters import keep_language
from consortium.people.forms import ProfileForm
from consortium.people.models import User
from consortium.people.queries import actor_of, is_locked
from consortium.people.queries.actors import LOCKED, SHARED, TOUCHED
from consortium.people.states import Theme
from consortium.people.views.institutions import read_or_write

_YEAR = 365 * 24 * 3600


def back(request: HttpRequest, other: str = "/") -> str:
    """Where the form says it came from, when that is a page of ours."""
    there = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(there, {request.get_host()}, require_https=request.is_secure())
    return there if ours else other


@read_or_write
def account(request: HttpRequest) -> HttpResponse:
    actor = current_actor()
    me = User.objects.get(pk=actor.user_id)
    form = ProfileForm(request.POST or None, initial=vars(me))
    saved = (
        form.run(lambda: operations.save_profile(actor=actor, fields=form.cleaned_data)) if form.is_valid() else None
    )
    if saved:
        messages.success(request, _("Saved."))
        response = redirect("people:account")
        if form.cleaned_data["language"]:
            keep_language(response, form.cleaned_data["language"])
        return response
    context = {
        "form": form,
        "seats": getattr(request.user, "held_seats", []),
        "has_second_factor": Authenticator.objects.filter(user=me, type=Authenticator.Type.TOTP).exists(),
        "devices": UserSession.objects.filter(user=me).count(),
    }
    return render(request, "people/account.html", context, status=form.status)


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Kept with the person; for who is signed out, in the browser."""
    theme = request.POST.get("theme", "")
    response = redirect(back(request))
    if theme not in Theme.values:
        return HttpResponse(status=400)
    if request.user.is_authenticated:
        operations.set_preference(actor=actor_of(request.user), name="theme", value=theme)
    response.set_cookie("theme", theme, max_age=_YEAR, samesite="Lax", secure=request.is_secure())
    return response


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Kept with the person and in the browser."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return HttpResponse(status=400)
    response = redirect(back(request))
    if request.user.is_authenticated:
        operations.set_preference(actor=actor_of(request.user), name="language", value=language)
    activate(language)
    keep_language(response, language)
    return response


@require_POST
def device_end(request: HttpRequest, session_id: int) -> HttpResponse:
    """Sign out one of one's own devices."""
    operations.end_session(actor=current_actor(), session_id=session_id)
    messages.success(request, _("That device is signed out."))
    return redirect("usersessions_list")


# -- the lock ---------------------------------------------------------------------------------------------------------


@require_POST
def here(request: HttpRequest) -> HttpResponse:
    """Somebody is at the shared desktop, though they send nothing (the lock's middleware has noted it)."""
    return HttpResponse(status=204)


@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """Lock this shared desktop now; its sockets close."""
    if request.session.get(SHARED) and not is_locked(request.session):
        request.session[LOCKED] = True
        request.session.save()
        _told(request, "lock")
    return HttpResponse(status=204)


@sensitive_post_parameters("password")
@require_POST
def unlock(request: HttpRequest) -> HttpResponse:
    """The password opens the lock: 204 for the page's script, back to the page without one. 403 when it is wrong."""
    fetched = "application/json" in request.headers.get("Accept", "")
    try:
        known = get_adapter(request).reauthenticate(request.user, request.POST.get("password", ""))
    except ValidationError as error:
        return _still_locked(request, error.messages[0], 429, fetched=fetched)
    if not known:
        return _still_locked(request, _("That is not your password. Try again."), 403, fetched=fetched)
    request.session[LOCKED] = False
    request.session[TOUCHED] = clock.now().timestamp()
    request.session.save()
    _told(request, "unlock")
    return HttpResponse(status=204) if fetched else redirect(back(request))


def _still_locked(request: HttpRequest, why: str, status: int, *, fetched: bool) -> HttpResponse:
    if fetched:
        return JsonResponse({"title": why, "status": status}, status=status)
    return render(request, "people/locked.html", {"wrong": why, "next": back(request)}, status=status)


def _told(request: HttpRequest, verb: str) -> None:
    user = request.user
    if isinstance(user, User):
        operations.sessions_ended(actor=actor_of(user), user=user, verb=verb)
