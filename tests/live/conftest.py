"""Fixtures of the live tests: a killable Valkey, a real web process, and a cast of two institutions."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.conf import LazySettings
from django.test import Client
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from consortium.kernel import clock, topics, valkey
from consortium.kernel.actors import acting_as, system
from consortium.live.queries import journalled
from consortium.people.models import Institution, Membership, Region, User
from consortium.people.states import Role, Tier
from tests.live.own_valkey import OwnValkey
from tests.live.server import WebProcess, web_process


@pytest.fixture
def own_valkey() -> Iterator[OwnValkey]:
    """A running Valkey that the test may kill; its socket's path must stay short."""
    with tempfile.TemporaryDirectory(prefix="lv", dir="/tmp") as directory:
        server = OwnValkey(Path(directory))
        server.start()
        yield server
        server.kill()


@dataclass
class Cast:
    """An owner with a seat, a team mate who administers the same institution, and a stranger of another."""

    owner: User
    mate: User
    stranger: User
    seat: Membership
    mates_seat: Membership

    @property
    def topic(self) -> str:
        return f"membership:{self.seat.pk}"


def _person(name: str, institution: Institution, role: Role) -> tuple[User, Membership]:
    user = User.objects.create(username=name, full_name=name.title())
    seat = Membership.objects.create(user=user, institution=institution, role=role, starts_on=clock.today())
    return user, seat


@pytest.fixture
def cast(transactional_db: None) -> Iterator[Cast]:
    """Committed, for the web process reads by connections of its own."""
    with acting_as(system("setting the stage")):
        region = Region.objects.create(name_en="East")
        one, other = (
            Institution.objects.create(region=region, name_en=name, tier=Tier.DISTRICT) for name in ("One", "Other")
        )
        owner, seat = _person("owner", one, Role.ASKER)
        mate, mates_seat = _person("mate", one, Role.INSTITUTION_ADMIN)
        stranger, _ = _person("stranger", other, Role.INSTITUTION_ADMIN)
    topics.register(journalled("people.Membership"))
    yield Cast(owner, mate, stranger, seat, mates_seat)
    topics._kinds.pop("membership")


@pytest.fixture
def web(cast: Cast, own_valkey: OwnValkey, settings: LazySettings) -> Iterator[WebProcess]:
    """The web process, on a Valkey of its own."""
    settings.REDIS_URL = own_valkey.url
    settings.ALLOWED_HOSTS = ["localhost", "testserver"]
    valkey.client.cache_clear()  # else the breaker of a test before would ask a server that is gone for good
    valkey.breaker.close()
    with web_process() as process:
        yield process
    valkey.client.cache_clear()
    valkey.breaker.close()


class Page:
    """An open page's socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def say(self, **frame: Any) -> None:
        self.socket.send(orjson.dumps(frame).decode())

    def hear(self, seconds: float = 10) -> dict[str, Any]:
        frame: dict[str, Any] = orjson.loads(self.socket.recv(timeout=seconds))
        return frame

    def hear_until(self, **wanted: Any) -> dict[str, Any]:
        """The first frame that has what is wanted; the others are passed over."""
        while True:
            frame = self.hear()
            if wanted.items() <= frame.items():
                return frame

    def listen(self, topic: str) -> dict[str, Any]:
        self.say(do="listen", topic=topic)
        return self.hear()

    def close_code(self) -> int:
        """The code with which the server closes, once everything before is read."""
        from websockets.exceptions import ConnectionClosed

        try:
            while True:
                self.socket.recv(timeout=10)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006


def cookie_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


class Door:
    """Opens pages of people, and closes them after the test."""

    def __init__(self, web: WebProcess) -> None:
        self.web = web
        self.pages = ExitStack()

    def open(
        self, user: User | None = None, *, cookie: str = "", origin: str | None = None, path: str = "/ws/"
    ) -> Page:
        headers = {"Cookie": cookie or (cookie_of(user) if user else "")}
        opening = connect(
            f"ws://localhost:{self.web.port}{path}",
            additional_headers=headers,
            origin=Origin(self.web.origin if origin is None else origin),
            compression=None,
            close_timeout=1,
        )
        return Page(self.pages.enter_context(opening))

    def close(self) -> None:
        self.pages.close()


@pytest.fixture
def door(web: WebProcess) -> Iterator[Door]:
    with closing(Door(web)) as opened:
        yield opened
