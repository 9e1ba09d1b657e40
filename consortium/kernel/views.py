"""What the browser asks for on its own account: the manifest, the service worker, the page for lost connections.

None of them holds anything of a person or a patient, so all are open and may be kept by the browser.
"""

import json
from functools import lru_cache
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

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
