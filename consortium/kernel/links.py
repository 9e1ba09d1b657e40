"""Pages that open by a secret link, without an account."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse

from consortium.kernel.actors import acting_as, system

View = Callable[..., HttpResponse]


def by_link(whose: str) -> Callable[[View], View]:
    """Nobody signs in here; whoever asks acts as `whose` ("the guardian, by link"), as the journal keeps it. Each view
    checks the link, or the device that has opened it."""

    def public(view: View) -> View:
        @wraps(view)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            with acting_as(system(whose)):
                return view(request, *args, **kwargs)

        return login_not_required(asked)

    return public
