"""Chromium against the real web process and a real worker, on the test's own database.

`open_page(user, width)` gives a page in a browser of its own, signed in. Each page is watched: an error of its scripts,
content that the policy blocks, a call to another host or a 5xx fails the test at its end (`problems(page)` holds them;
a test that means one to happen clears it). Pictures of pages go to $PICTURES when it names a folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import LazySettings
from django.conf import settings as site
from django.db import connection, connections
from django.test.utils import override_settings
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

from consortium.asgi import application
from consortium.assets import Assets
from consortium.embedded.management.commands.prepare import Command
from consortium.embedded.places import ROOT, Place
from consortium.people.models import User
from tests.cast import client_for
from tests.live.server import WebProcess, web_process

# Playwright's driver runs an event loop in the test's thread; the ORM is used beside it, never inside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
expect.set_options(timeout=15_000)
PHONE, DESK = 390, 1280

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-default-apps", "--no-first-run",
    "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
)  # fmt: skip
_AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
# what is right is not described: that takes longer than finding what is wrong
#: the bar at the bottom stands below the page meanwhile: what one scrolls past under it is as large as ever
_RUN = """async (tags) => {
  const bar = document.querySelector(".tabbar");
  if (bar) bar.style.position = "static";
  try {
    return await axe.run({ runOnly: tags, resultTypes: ["violations"], preload: false });
  } finally {
    if (bar) bar.style.position = "";
  }
}"""

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser of this machine; a test that needs it fails where there is none, it never skips."""
    found = shutil.which("chromium")
    if found is None:
        pytest.fail("No chromium on the PATH: run `apt-get install chromium` as root.", pytrace=False)
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=found, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def as_in_production() -> Iterator[None]:
    """Static files hashed, in one stylesheet, and kept by the browser: where people wait they are served so."""
    storages = {**site.STORAGES, "staticfiles": {"BACKEND": "consortium.assets.HashedStorage"}}
    shared = Place.of().state / "static"  # with the stacks of the fault tests
    with override_settings(
        STATIC_COLLECTED=True, STATIC_ROOT=shared, STORAGES=storages,
        WHITENOISE_AUTOREFRESH=False, WHITENOISE_USE_FINDERS=False, WHITENOISE_MAX_AGE=3600,
    ):  # fmt: skip
        Command().collect_static()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(application, "assets", Assets())
            yield


@pytest.fixture
def web(as_in_production: None, transactional_db: None, settings: LazySettings, valkey: Any) -> Iterator[WebProcess]:
    """The web process; everything is committed, for it reads by connections of its own."""
    settings.ALLOWED_HOSTS = ["localhost", "testserver"]
    with web_process() as process:
        settings.SITE_URL = process.origin
        yield process
    _close_connections_of_pool()


def _close_connections_of_pool() -> None:
    """The threads of the pages outlive the process that served them; their connections must not."""
    executor = application.pool.executor
    threads = executor._max_workers
    together = threading.Barrier(threads + 1)

    def close() -> None:
        connections.close_all()
        together.wait(5)

    for _ in range(threads):
        executor.submit(close)
    together.wait(5)


@pytest.fixture
def open_page(browser: Browser, web: WebProcess) -> Iterator[OpenPage]:
    """``open_page(user, width=DESK, path="/", language="en", **more)``; with ``None`` nobody is signed in.

    ``more`` goes to the browser's context: ``color_scheme="dark"``, ``java_script_enabled=False`` ...
    """
    contexts: list[BrowserContext] = []

    def open_(user: User | None, width: int = DESK, path: str = "/", language: str = "en", **more: Any) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 844 if width < 600 else 900}, base_url=web.origin,
            locale={"en": "en-GB", "zh": "zh-CN"}[language], has_touch=width < 600, is_mobile=width < 600,
            reduced_motion="reduce", service_workers="block", **more,
        )  # fmt: skip
        contexts.append(context)
        jar = client_for(user).cookies if user else {}
        context.add_cookies([{"name": n, "value": m.value, "url": web.origin} for n, m in jar.items()])
        page = context.new_page()
        _watch(page, web.origin)
        page.goto(path)
        return page

    yield open_
    faults = [fault for context in contexts for page in context.pages for fault in problems(page)]
    for number, page in enumerate(page for context in contexts for page in context.pages):
        _keep(page, f"last-{number}")
    for context in contexts:
        context.close()
    assert faults == []


_problems: dict[Page, list[str]] = {}


def problems(page: Page) -> list[str]:
    """What went wrong on this page so far; clear it where it was meant to."""
    return _problems.setdefault(page, [])


def _watch(page: Page, origin: str) -> None:
    """Other hosts do not exist (FLAGS): a call to one is noted, as is any error of script, policy or server."""
    note = problems(page).append
    ours = (origin, origin.replace("http", "ws", 1), "data:", "blob:")

    def console(message: ConsoleMessage) -> None:
        refused = "Failed to load resource" in message.text and "status of 4" in message.text
        # axe tries styles on what it measures, which the policy rightly blocks; what it runs as has no address.
        tried = "Applying inline style" in message.text and not message.location["url"]
        # whoever leaves a page stops what it was asking for
        left = message.text.startswith(("htmx:sendAbort", "htmx:afterRequest"))
        # nothing else than a test takes the network away
        away = "ERR_INTERNET_DISCONNECTED" in message.text
        if message.type == "error" and not (refused or tried or left or away) and "WebSocket" not in message.text:
            note(f"console: {message.text}")

    def asked(request: Request) -> None:
        if not request.url.startswith(ours):
            note(f"other host: {request.url}")

    page.on("console", console)
    page.on("pageerror", lambda error: note(f"script: {error.stack or error}"))
    page.on("response", lambda answer: note(f"{answer.status}: {answer.url}") if answer.status >= 500 else None)
    page.on("request", asked)


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """``accessible(page)`` fails with what axe finds against WCAG 2.2 AA, each with its element."""

    def check(page: Page) -> None:
        page.wait_for_load_state()
        page.evaluate(_AXE)
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        found = page.evaluate(_RUN, tags)["violations"]
        assert [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:160]}" for one in found] == []

    return check


@pytest.fixture
def worker(web: WebProcess, settings: LazySettings) -> Iterator[None]:
    """One Celery worker for all queues, as a process of its own."""
    database = connection.settings_dict
    place = f"host={quote(database['HOST'])}" if str(database["HOST"]).startswith("/") else ""
    name = f"{database['USER']}@{'' if place else database['HOST']}/{database['NAME']}"
    environ = os.environ | {
        "DATABASE_URL": f"postgresql://{name}?{place}",
        "REDIS_URL": settings.REDIS_URL,
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "DJANGO_SETTINGS_MODULE": "consortium.settings",
    }
    command = [
        sys.executable, "-m", "celery", "--app", "consortium.celery", "worker", "--queues", "urgent,default,media",
        "--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING",
    ]  # fmt: skip
    process = subprocess.Popen(command, env=environ)
    yield
    process.terminate()
    process.wait(20)


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """Keep a picture of the page, for people to look at."""
    return _keep


def _keep(page: Page, name: str) -> None:
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
