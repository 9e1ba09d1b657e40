"""Everything under /api/v1/: each feature's paths, the description, and the page to read it."""

from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, re_path
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.kernel.api import ApiView
from consortium.kernel.errors import NotVisible

_FEATURES = (
    "consortium.people.api",
    "consortium.patients.api",
    "consortium.journal.api",
    "consortium.casework.api",
    "consortium.files.api",
    "consortium.notices.api",
    "consortium.calls.api",
    "consultations.api",
    "referrals.api",
    "decision_manual.api",
    "courses.assessment.api",
    "courses.library.api",
    "courses.live.api",
    "consortium.insight.api",
)


def _paths() -> list[URLPattern]:
    present = [name for name in _FEATURES if find_spec(name)]
    return [pattern for name in present for pattern in import_module(name).urlpatterns]


class Description(SpectacularAPIView):
    """The OpenAPI description. Open to all: it tells what there is, nothing about anybody."""

    permission_classes = ()
    authentication_classes = ()

    def _get_schema_response(self, request: Request) -> HttpResponse:
        """The same for everybody: made once for each language and form, for it takes half a second."""
        renderer = request.accepted_renderer
        kind = renderer.media_type + (f"; charset={renderer.charset}" if renderer.charset else "")
        named = f'inline; filename="{self._get_filename(request, "")}"'  # type: ignore[no-untyped-call]
        body = description(get_language() or "", renderer.format)
        return HttpResponse(body, content_type=kind, headers={"Content-Disposition": named})


@lru_cache(maxsize=8)
def description(language: str, form: str) -> bytes:
    """The whole API as OpenAPI, written as `form`: "yaml" or "json"."""
    renderer: Any = OpenApiJsonRenderer() if form == "json" else OpenApiYamlRenderer()
    with override(language):
        schema = Description.generator_class().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
        written: bytes = renderer.render(schema, renderer_context={})
    return written


class Unknown(ApiView):
    """Any other address: the same 404 as for a hidden row, as problem+json."""

    permission_classes = ()
    schema = None  # type: ignore[assignment]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotVisible()

    def get(self, request: Request, rest: str) -> Response:
        raise NotVisible()

    post = put = patch = delete = get


@login_not_required
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The description to read and to try."""
    return render(request, "api/docs.html")


app_name = "api"
urlpatterns = [
    *_paths(),
    path("schema/", Description.as_view(), name="schema"),
    path("docs/", docs, name="docs"),
    re_path(r"^(?P<rest>(?s:.*))$", Unknown.as_view(), name="unknown"),
]
