"""What a page with a form answers to: looked at, or posted; never from a cache, for it shows what stands now."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpRequest
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

View = TypeVar("View", bound=Callable[..., Any])


def form_page(view: View) -> View:
    """A page that is read by GET and does its act by POST."""
    return never_cache(require_http_methods(["GET", "HEAD", "POST"])(view))


def key_of(request: HttpRequest) -> UUID | None:
    """The request key of a form without fields; None for a missing or unreadable one."""
    try:
        return UUID(request.POST.get("request_key", ""))
    except ValueError:
        return None


def version_of(request: HttpRequest) -> int | None:
    """The version that somebody had before them, of a form without fields; None for a missing or unreadable one."""
    said = request.POST.get("version", "")
    return int(said) if said.isdecimal() and len(said) < 10 else None
