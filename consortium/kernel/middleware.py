"""Sets who is acting for each request, and shows domain errors as pages."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from consortium.kernel.actors import acting_as
from consortium.kernel.adapters import adapter
from consortium.kernel.errors import DomainError

Handler = Callable[[HttpRequest], HttpResponse]
DEVICES = "camera=(), display-capture=(), geolocation=(), microphone=(self)"


class NothingKept:
    """Browsers and proxies keep no page, unless the view itself says that it holds nothing of anybody.

    So the back button of a shared desktop shows nothing after signing out, error pages included. Nor may a page use the
    camera or the screen, unless it is one of a call; the microphone serves voice notes too.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers.setdefault("Permissions-Policy", DEVICES)
        return response


class ActorMiddleware:
    """Enters the actor's scope around the view. After authentication, before anything that reads rows."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor = adapter("ACTOR_OF_REQUEST")(request)
        request.actor = actor  # type: ignore[attr-defined]
        with acting_as(actor):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return error_page(request, error) if isinstance(error, DomainError) else None


def error_page(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The page (or, for htmx, the fragment) that says what went wrong and what to do next."""
    status = error.status if error.status in (403, 404, 409, 422, 429) else 422
    context: dict[str, Any] = {"error": error, "status": error.status}
    return render(request, f"{status}.html", context, status=error.status)
