"""Every address of the site. An app that has pages or an API is found here by its ``urls`` module."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, include, path

from consortium import health, home

# prefix -> module; the order is the order in which Django asks them
_PAGES: tuple[tuple[str, str], ...] = (
    ("", "consortium.kernel.urls"),
    ("", "consortium.people.urls"),
    ("patients/", "consortium.patients.urls"),
    ("journal/", "consortium.journal.urls"),
    ("cases/", "consortium.casework.urls"),
    ("files/", "consortium.files.urls"),
    ("live/", "consortium.live.urls"),
    ("notices/", "consortium.notices.urls"),
    ("calls/", "consortium.calls.urls"),
    ("consultations/", "consultations.urls"),
    ("referrals/", "referrals.urls"),
    ("manual/", "decision_manual.urls"),
    ("assessment/", "courses.assessment.urls"),
    ("verify/", "courses.assessment.urls.verifying"),
    ("courses/", "courses.library.urls"),
    ("lectures/", "courses.live.urls"),
    ("fhir/R4/", "consortium.interop.urls"),
    ("measures/", "consortium.insight.urls"),
)
_API = "consortium.api"


def _present(prefix: str, module: str) -> list[URLPattern | URLResolver]:
    parent, _, _ = module.rpartition(".")
    return [path(prefix, include(module))] if find_spec(parent) and find_spec(module) else []


urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("accounts/", include("consortium.people.urls.accounts")),
]
for _prefix, _module in _PAGES:
    urlpatterns += _present(_prefix, _module)
urlpatterns += _present("api/v1/", _API)
if settings.DEMO_MODE:
    urlpatterns += _present("", "consortium.demo.urls")

handler500 = "consortium.kernel.views.failed"


def import_everything() -> None:
    """Import every view now, while nobody is acting: a queryset made at import would freeze one visitor's rows."""
    get_resolver().reverse_dict  # noqa: B018 - looking it up walks all patterns
