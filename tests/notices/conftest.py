"""Fixtures of the notices' tests: two file gateways, a dead one, and a worker that carries out what is due."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from consortium.casework.models import Service
from consortium.kernel import clock
from consortium.kernel.actors import Actor, system
from consortium.notices import tasks
from consortium.notices.models import Delivery, Notice, Page
from consortium.notices.operations import send_notice, start_page
from consortium.notices.states import NoticeKind, _kinds, register_kind
from consortium.people.models import User

SYSTEM = system("test")
FILES = "consortium.notices.channels.file_gateway.channel"
HTTP = "consortium.notices.channels.signed_http.channel"


@pytest.fixture(autouse=True)
def channels(settings: LazySettings, tmp_path: Path) -> LazySettings:
    """Text messages and voice calls into folders; no mail, no push unless a test asks."""
    settings.NOTICE_CHANNELS = {"sms": FILES, "voice": FILES}
    settings.NOTICE_FOLDER = tmp_path / "letters"
    settings.NOTICE_GATEWAYS = {}
    settings.VAPID_FOLDER = tmp_path / "secrets"
    return settings


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    register_kind(
        NoticeKind("question", "A question for %(specialty)s waits.", "A question waits.", sign="circle-question-mark")
    )
    yield
    _kinds.pop("question")


@pytest.fixture
def dead_sms(channels: LazySettings) -> None:
    """Text messages go to a gateway where nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    channels.NOTICE_CHANNELS = {"sms": HTTP, "voice": FILES}
    channels.NOTICE_GATEWAYS = {"sms": {"url": f"http://127.0.0.1:{port}/send", "secret": "s" * 32}}


def carry_out() -> int:
    """What a worker does: every delivery that is due now, each by its task; how many."""
    due = list(Delivery.unscoped.filter(step="waiting", next_at__lte=clock.now()).values_list("pk", flat=True))
    for delivery_id in due:
        tasks.deliver(str(delivery_id))
    return len(due)


def letters(folder: Path, channel: str) -> list[dict[str, Any]]:
    """What a file gateway was given."""
    return [json.loads(path.read_text()) for path in sorted((folder / channel).glob("*.json"))]


Tell = Callable[..., Notice | None]
Call = Callable[..., Page]


@pytest.fixture
def tell(service: Service) -> Tell:
    """Send a notice about the service."""

    def send(user: User, once: str = "entry:1", *, actor: Actor = SYSTEM, **more: Any) -> Notice | None:
        facts = {"specialty": "respiratory"} | more.pop("facts", {})
        return send_notice(
            actor=actor, recipient_id=user.pk, kind="question", subject=service, url="/services/", once=once,
            facts=facts, **more,
        )  # fmt: skip

    return send


@pytest.fixture
def call(service: Service) -> Call:
    """Page people about the service."""

    def start(*people: User, once: str = "entry:1", actor: Actor = SYSTEM) -> Page:
        return start_page(
            actor=actor, people=[user.pk for user in people], kind="question", subject=service, url="/services/",
            once=once, facts={"specialty": "respiratory"},
        )  # fmt: skip

    return start


@pytest.fixture
def ann(specialist: User) -> User:
    """On duty, reached by both channels."""
    specialist.phone = "13900000001"
    specialist.save()
    return specialist


@pytest.fixture
def bo(lead: User) -> User:
    """The second person, reached by both channels."""
    lead.phone = "13900000002"
    lead.save()
    return lead
