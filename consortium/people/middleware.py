"""Two doors between signing in and working: the second factor, and the lock of a shared desktop.

Both stand before the actor is set. Sockets and files pass by here; for them `queries.actor_of_request` says that nobody
is acting while a door is shut.
"""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from consortium.kernel import clock
from consortium.people.queries import actor_of, is_locked, lacks_second_factor, proven_at
from consortium.people.queries.actors import SHARED, TOUCHED

Handler = Callable[[HttpRequest], HttpResponse]

#: open to whoever is signed in but stands before a door
_ALWAYS = {
    "account_logout",
    "people:set_language",
    "healthz",
    "manifest",
    "service_worker",
    "offline",
    "people:set_theme",
}
_UNLOCKING = _ALWAYS | {"people:unlock", "people:lock"}
_PROVING = _ALWAYS | {
    "mfa_activate_totp", "mfa_reauthenticate", "account_reauthenticate", "mfa_view_recovery_codes",
    "mfa_download_recovery_codes", "people:lock", "people:unlock", "people:here",
}  # fmt: skip
_TOUCH_EVERY = 30


def _name_of(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return ""


def wants_page(request: HttpRequest) -> bool:
    """Whether a person is going to look at the answer (not a script, nor a fragment of a page)."""
    return "text/html" in request.headers.get("Accept", "text/html") and not request.headers.get("HX-Request")


def _problem(status: int, code: str, title: str) -> JsonResponse:
    return JsonResponse(
        {"type": "about:blank", "status": status, "code": code, "title": title},
        status=status,
        content_type="application/problem+json",
    )


class SessionLockMiddleware:
    """On a shared desktop nothing is answered after ten minutes without anybody there, until the password comes."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.get(SHARED) and request.user.is_authenticated:
            if not is_locked(request.session):
                self._touch(request)
            elif _name_of(request) not in _UNLOCKING:
                return locked_page(request)
        return self.get_response(request)

    @staticmethod
    def _touch(request: HttpRequest) -> None:
        """Only what somebody did counts: going to a page or sending something, not a page that refreshes or
        tells something by itself (it says X-Background)."""
        fetched = request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate" or request.headers.get("HX-Request")
        if (request.method in ("GET", "HEAD") and fetched) or "X-Background" in request.headers:
            return
        now = clock.now().timestamp()
        if now - float(request.session.get(TOUCHED, 0)) > _TOUCH_EVERY:
            request.session[TOUCHED] = now


def locked_page(request: HttpRequest) -> HttpResponse:
    """423: a page that asks for the password and leads back here; for scripts a problem."""
    if not wants_page(request):
        return _problem(423, "session-locked", _("Nobody was here for a while: the password is needed to go on."))
    back = request.get_full_path() if request.method == "GET" else "/"
    return render(request, "people/locked.html", {"next": back}, status=423)


class SecondFactorMiddleware:
    """Where the second factor is demanded, whoever holds a role that needs it first sets it up, or shows it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._missing(request) and _name_of(request) not in _PROVING:
            return self._to_proof(request)
        return self.get_response(request)

    @staticmethod
    def _missing(request: HttpRequest) -> bool:
        if not settings.SECOND_FACTOR_REQUIRED or not request.user.is_authenticated:
            return False
        return proven_at(request) is None and lacks_second_factor(actor_of(request.user))

    @staticmethod
    def _to_proof(request: HttpRequest) -> HttpResponse:
        if not wants_page(request):
            return _problem(403, "second-factor-needed", _("Your role needs a second factor. Sign in with it first."))
        enrolled = Authenticator.objects.filter(user_id=request.user.pk, type=Authenticator.Type.TOTP).exists()
        if not enrolled:
            return redirect("mfa_activate_totp")
        return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': request.get_full_path()})}")
