"""Manifest, service worker, offline page and error pages."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from consortium.kernel import views
from consortium.kernel.management.commands.draw_icons import draw

ICONS = Path(settings.BASE_DIR) / "static" / "icons"
ERRORS = ["400", "403", "403_csrf", "404", "409", "422", "429", "500", "503"]


def _get(view: object) -> SimpleNamespace:
    response = view(RequestFactory().get("/"))  # type: ignore[operator]
    return SimpleNamespace(text=response.content.decode(), headers=response.headers, status=response.status_code)


def test_the_manifest_is_installable() -> None:
    manifest = json.loads(_get(views.manifest).text)
    assert manifest["display"] == "standalone"
    assert manifest["start_url"] == "/"
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}


def test_the_manifest_has_a_maskable_icon() -> None:
    assert [i for i in json.loads(_get(views.manifest).text)["icons"] if i.get("purpose") == "maskable"]


def test_the_manifest_has_its_own_type() -> None:
    assert _get(views.manifest).headers["Content-Type"] == "application/manifest+json"


def test_the_manifest_speaks_the_visitors_language() -> None:
    with translation.override("zh-hans"):
        assert json.loads(_get(views.manifest).text)["lang"] == "zh-hans"


@pytest.mark.parametrize("name", ["icon-180.png", "icon-192.png", "icon-512.png", "icon-maskable-512.png", "mark.svg"])
def test_the_icons_are_there(name: str) -> None:
    assert (ICONS / name).stat().st_size > 200


def test_the_icons_are_drawn_at_their_size() -> None:
    assert draw(192).size == (192, 192)


def test_a_plain_icon_has_round_corners() -> None:
    assert draw(64).getpixel((0, 0))[3] == 0  # type: ignore[index]


def test_a_maskable_icon_fills_its_square() -> None:
    assert draw(64, full_bleed=True).getpixel((0, 0))[3] == 255  # type: ignore[index]


def test_the_worker_rules_the_whole_site() -> None:
    assert _get(views.service_worker).headers["Service-Worker-Allowed"] == "/"


def test_the_worker_is_asked_for_anew() -> None:
    assert _get(views.service_worker).headers["Cache-Control"] == "no-cache"


def test_the_worker_knows_version_and_assets() -> None:
    code = _get(views.service_worker).text
    assert re.search(r'^const VERSION = "\w+";$', code, re.MULTILINE)
    assert "css/site" in code


def test_the_worker_keeps_hashed_static_files_only() -> None:
    code = _get(views.service_worker).text
    pattern = re.search(r"const HASHED = /(.+)/;", code)
    assert pattern
    hashed = re.compile(pattern[1].replace(r"\/", "/"))
    assert hashed.match("/static/css/site.9d107a611120.css")
    assert not hashed.match("/static/css/site.css")
    assert not hashed.match("/files/9d107a611120.png")
    assert not hashed.match("/patients/static/x.9d107a611120.css")


def test_the_offline_page_speaks_both_languages() -> None:
    shown = _get(views.offline).text
    assert "No connection" in shown
    assert "没有网络连接" in shown


def test_the_offline_page_has_nothing_of_a_session() -> None:
    shown = _get(views.offline).text
    assert "csrf" not in shown
    assert "<script" not in shown


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_page_says_what_to_do_next(name: str) -> None:
    shown = render_to_string(f"{name}.html")
    assert '<a class="btn main' in shown
    assert "<h1>" in shown


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_page_needs_neither_script_nor_style(name: str) -> None:
    shown = render_to_string(f"{name}.html")
    assert "<script" not in shown
    assert "style=" not in shown


def test_an_error_page_shows_the_reason() -> None:
    error = SimpleNamespace(message="Dr Qian accepted this <case>.")
    assert "Dr Qian accepted this &lt;case&gt;." in render_to_string("409.html", {"error": error})


def test_the_page_of_a_crash_speaks_both_languages() -> None:
    shown = render_to_string("500.html")
    assert "Something went wrong" in shown
    assert "系统出错了" in shown


@pytest.mark.parametrize("error", [OperationalError("starting up"), InterfaceError("connection already closed")])
def test_without_the_database_a_page_says_to_come_again(error: Exception, rf: RequestFactory) -> None:
    page = _failed_by(error, rf.get("/", headers={"Accept": "text/html"}))
    problem = _failed_by(error, rf.get("/", headers={"Accept": "application/json"}))
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "Back in a moment" in page.content.decode()
    assert "稍等片刻" in page.content.decode()
    assert (problem.status_code, problem["Content-Type"]) == (503, "application/problem+json")
    assert json.loads(problem.content)["code"] == "unavailable"


def test_any_other_failure_is_ours(rf: RequestFactory) -> None:
    assert _failed_by(KeyError("a slip"), rf.get("/")).status_code == 500


def _failed_by(error: Exception, request: HttpRequest) -> HttpResponse:
    """What Django asks for while it handles `error`."""
    try:
        raise error
    except type(error):
        return views.failed(request)
