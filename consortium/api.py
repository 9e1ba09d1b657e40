"""Everything under /api/v1/: each feature's paths, the description, and the page to read it."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, re_path
from django.views.decorators.http import require_safe
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
    "consultations.api",
    "decision_manual.api",
)


def _paths() -> list[URLPattern]:
    present = [name for name in _FEATURES if find_spec(name)]
    return [pattern for name in present for pattern in import_module(name).urlpatterns]


class Description(SpectacularAPIView):
    """The OpenAPI description. Open to all: it tells what there is, nothing about anybody."""

    permission_classes = ()
    authentication_classes = ()


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
