"""People with browsers of their own at the real web process: HTTP and sockets, with one cookie jar each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import requests
from django.conf import LazySettings

from consortium.people.models import User
from tests.cast import client_for
from tests.live.conftest import Door, Page
from tests.live.server import WebProcess, web_process


class Browser:
    """One person's browser: pages over HTTP and sockets, with one cookie jar, on the real web process."""

    def __init__(self, user: User, web: WebProcess, door: Door) -> None:
        self.user, self.web, self.door = user, web, door
        self.session = requests.Session()
        for name, morsel in client_for(user).cookies.items():
            self.session.cookies.set(name, morsel.value)

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.web.origin + path, timeout=20)

    def post(self, path: str, *, seen_at: str = "", **fields: Any) -> requests.Response:
        """Send the form of the page `seen_at` (this very page unless told) with what it holds hidden."""
        page = self.get(seen_at or path).text.partition("<main")[2].partition("</main>")[0]
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        sent = {**hidden, **fields}
        headers = {"Referer": self.web.origin + path, "Origin": self.web.origin}
        return self.session.post(self.web.origin + path, data=sent, headers=headers, timeout=20)

    def socket(self) -> Page:
        return self.door.open(cookie="; ".join(f"{c.name}={c.value}" for c in self.session.cookies))


@pytest.fixture
def web(transactional_db: None, settings: LazySettings, valkey: Any) -> Iterator[WebProcess]:
    settings.ALLOWED_HOSTS = ["localhost", "testserver"]
    with web_process() as process:
        settings.SITE_URL = process.origin
        yield process


@pytest.fixture
def door(web: WebProcess) -> Iterator[Door]:
    with closing(Door(web)) as opened:
        yield opened
