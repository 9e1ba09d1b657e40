"""What the browser asks for on its own account: the manifest, the service worker, the page for lost connections.

None of them holds anything of a person or a patient, so all are open and may be kept by the browser. And the page that
stands for one that failed.
"""

import json
import sys
from functools import lru_cache
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.defaults import server_error

from consortium.kernel.api.problems import MEDIA_TYPE, Unavailable

_ICON_SIZES = (192, 512)


def _icons() -> list[dict[str, str]]:
    plain = [
        {"src": static(f"icons/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in _ICON_SIZES
    ]
    return [*plain, {**plain[-1], "src": static("icons/icon-maskable-512.png"), "purpose": "maskable"}]


@login_not_required
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest in the visitor's language."""
    return JsonResponse(
        {
            "id": "/",
            "name": _("Paediatric consortium"),
            "short_name": _("Consortium"),
            "lang": get_language(),
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#f2f5f7",
            "theme_color": "#0a6c74",
            "icons": _icons(),
        },
        content_type="application/manifest+json",
        headers={"Cache-Control": "private, max-age=3600", "Vary": "Accept-Language, Cookie"},
    )


@lru_cache(maxsize=1)
def _worker_code() -> str:
    found = finders.find("js/sw.js")
    if not isinstance(found, str):
        raise FileNotFoundError("static/js/sw.js")
    return Path(found).read_text()


@login_not_required
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker, from the root so that its scope is the whole site."""
    version = getattr(staticfiles_storage, "manifest_hash", "") or "unhashed"
    assets = [static("css/site.css"), static("icons/mark.svg")]
    return HttpResponse(
        f"const VERSION = {json.dumps(version)};\nconst ASSETS = {json.dumps(assets)};\n{_worker_code()}",
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"},
    )


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What is shown when a page cannot be fetched; in both languages, because it is kept once for all."""
    return render(request, "offline.html")


def failed(request: HttpRequest) -> HttpResponse:
    """The site's 500; a 503 when PostgreSQL went away or is starting, for then asking again helps.

    Here and not in a middleware, because the first query of a request is the session's, before any view.
    """
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return server_error(request)
    headers = {"Retry-After": "5", "Cache-Control": "no-store"}
    if "text/html" in request.headers.get("Accept", "text/html"):
        return HttpResponse(render_to_string("503.html"), status=503, headers=headers)
    error = Unavailable()
    body = {"type": f"urn:consortium:problem:{error.code}", "status": 503, "code": error.code, "title": error.message}
    return HttpResponse(json.dumps(body, default=str), status=503, content_type=MEDIA_TYPE, headers=headers)
