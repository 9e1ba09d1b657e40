"""Chromium against the real web process and a real worker, on the test's own database.

`open_page(user, width)` gives a page in a browser context of its own, signed in. Pictures of pages go to
$PICTURES when it names a folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import LazySettings
from django.db import connection
from playwright.sync_api import Browser, Page, expect, sync_playwright

from consortium.people.models import User
from tests.cast import client_for
from tests.live.server import WebProcess, web_process

# Playwright's driver runs an event loop in the test's thread; the ORM is used beside it, never inside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
expect.set_options(timeout=15_000)
PHONE, DESK = 390, 1280

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium")
    if found is None:
        pytest.fail("No chromium on the PATH: apt-get install chromium")
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture
def web(transactional_db: None, settings: LazySettings, valkey: Any) -> Iterator[WebProcess]:
    """The web process; everything is committed, for it reads by connections of its own."""
    settings.ALLOWED_HOSTS = ["localhost", "testserver"]
    with web_process() as process:
        settings.SITE_URL = process.origin
        yield process


@pytest.fixture
def open_page(browser: Browser, web: WebProcess) -> Iterator[OpenPage]:
    """A signed-in page; what goes wrong in its scripts fails the test."""
    contexts, faults = [], []

    def open_(user: User, width: int = DESK, path: str = "/", **more: Any) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 844 if width < 600 else 900}, base_url=web.origin, locale="en-GB",
            has_touch=width < 600, reduced_motion="reduce", service_workers="block", **more,
        )  # fmt: skip
        contexts.append(context)
        jar = client_for(user).cookies
        context.add_cookies([{"name": n, "value": m.value, "url": web.origin} for n, m in jar.items()])
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert faults == []


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
    folder = os.environ.get("PICTURES", "")

    def take(page: Page, name: str) -> None:
        if folder:
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return take
