"""Deliveries: claimed by one worker, tried again, given up, confirmed by a signed receipt."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import InternalError, transaction
from django.test import Client

from consortium.kernel.actors import acting_as
from consortium.kernel.clock import moved
from consortium.notices import tasks
from consortium.notices.channels.signed_http import signature
from consortium.notices.models import Delivery
from consortium.notices.operations.delivering import MOST_ATTEMPTS, _claimed
from consortium.people.models import User
from tests.notices.conftest import FILES, HTTP, SYSTEM, Tell, carry_out, letters

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(tell: Tell, ann: User, channels: LazySettings) -> Delivery:
    """One urgent text message on its way."""
    channels.NOTICE_CHANNELS = {"sms": FILES}
    tell(ann, urgent=True)
    return Delivery.unscoped.get()


def reread(delivery: Delivery) -> Delivery:
    return Delivery.unscoped.get(pk=delivery.pk)


def test_a_letter_that_was_taken_counts_as_delivered_where_no_receipt_follows(waiting: Delivery) -> None:
    assert carry_out() == 1
    found = reread(waiting)
    assert (found.step, found.attempts, found.provider_reference) == ("delivered", 1, str(waiting.pk))
    assert carry_out() == 0


def test_two_workers_send_once(waiting: Delivery, channels: LazySettings) -> None:
    with acting_as(SYSTEM):
        assert _claimed(waiting.pk) is not None
        assert _claimed(waiting.pk) is None
    tasks.deliver(str(waiting.pk))
    assert letters(Path(channels.NOTICE_FOLDER), "sms") == []


def test_what_a_dead_worker_held_is_sent_after_its_lease(waiting: Delivery, channels: LazySettings) -> None:
    with acting_as(SYSTEM):
        _claimed(waiting.pk)
    with moved(timedelta(seconds=61)):
        carry_out()
    assert len(letters(Path(channels.NOTICE_FOLDER), "sms")) == 1


def test_sent_twice_it_is_one_letter(waiting: Delivery, channels: LazySettings) -> None:
    """The worker died after sending and before saying so: the reference is the same."""
    carry_out()
    with acting_as(SYSTEM):
        Delivery.unscoped.filter(pk=waiting.pk).delete()
        waiting.save(force_insert=True)
    carry_out()
    assert len(letters(Path(channels.NOTICE_FOLDER), "sms")) == 1


@pytest.mark.usefixtures("dead_sms")
def test_a_dead_channel_is_tried_again_ever_later_and_given_up(tell: Tell, ann: User, channels: LazySettings) -> None:
    channels.NOTICE_CHANNELS = {"sms": HTTP}
    tell(ann, urgent=True)
    waits = []
    passed = timedelta()
    for attempt in range(1, MOST_ATTEMPTS + 1):
        with moved(passed):
            assert carry_out() == 1
            found = Delivery.unscoped.get()
            assert found.attempts == attempt
            if attempt < MOST_ATTEMPTS:
                wait = timedelta(seconds=15 * 2 ** (attempt - 1))
                waits.append(wait)
                passed += wait + timedelta(seconds=1)
    assert (found.step, found.error) == ("failed", "ConnectionRefusedError")
    assert carry_out() == 0


def test_a_channel_that_is_no_longer_configured_fails_plainly(waiting: Delivery, channels: LazySettings) -> None:
    channels.NOTICE_CHANNELS = {}
    carry_out()
    assert (reread(waiting).step, reread(waiting).error) == ("failed", "not configured")


def test_an_adapter_that_raises_anything_is_put_off(
    waiting: Delivery, channels: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    channels.NOTICE_CHANNELS = {"sms": "tests.notices.test_delivering.broken_channel"}
    carry_out()
    assert (reread(waiting).step, reread(waiting).error) == ("waiting", "ZeroDivisionError")


def broken_channel(name: str) -> Any:
    raise ZeroDivisionError


def test_nobody_is_reached_without_an_address(waiting: Delivery, ann: User) -> None:
    User.objects.filter(pk=ann.pk).update(phone="")
    carry_out()
    assert (reread(waiting).step, reread(waiting).error) == ("failed", "no address")


def test_the_relay_asks_for_what_was_lost(waiting: Delivery, valkey: Any) -> None:
    assert tasks.relay() == 0, "it was asked for just now"
    with moved(timedelta(seconds=3)):
        assert tasks.relay() == 1


def test_the_database_refuses_an_illegal_step(waiting: Delivery) -> None:
    carry_out()
    with pytest.raises(InternalError), transaction.atomic():
        Delivery.unscoped.filter(pk=waiting.pk).update(step="waiting")


# --- receipts ----------------------------------------------------------------------------------------------------

SECRET = "a secret of the gateway and ours"


@pytest.fixture
def sent(waiting: Delivery, channels: LazySettings) -> Delivery:
    """Handed over to a gateway that sends receipts."""
    channels.NOTICE_GATEWAYS = {"sms": {"url": "http://gateway.invalid/", "secret": SECRET}}
    Delivery.unscoped.filter(pk=waiting.pk).update(step="sent")
    return reread(waiting)


def receipt(client: Client, body: Any, *, channel: str = "sms", secret: str = SECRET, at: float | None = None) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    timestamp = str(int(time.time() if at is None else at))
    headers = {"X-Consortium-Timestamp": timestamp, "X-Consortium-Signature": signature(secret, timestamp, raw)}
    return client.post(f"/notices/receipts/{channel}/", raw, content_type="application/json", headers=headers)


def test_a_receipt_confirms(client: Client, sent: Delivery) -> None:
    body = {"reference": str(sent.pk), "state": "delivered"}
    assert [receipt(client, body).status_code for _ in range(2)] == [200, 200]
    assert reread(sent).step == "delivered"
    assert receipt(client, body | {"state": "failed"}).status_code == 200
    assert reread(sent).step == "delivered", "what was confirmed stays so"


def test_a_receipt_of_failure_gives_up(client: Client, sent: Delivery) -> None:
    assert receipt(client, {"reference": str(sent.pk), "state": "failed"}).status_code == 200
    assert reread(sent).step == "failed"


@pytest.mark.parametrize("wrong", [{"secret": "another"}, {"at": 1_000_000_000.0}, {"channel": "voice"}])
def test_a_receipt_not_signed_as_agreed_is_as_if_there_were_no_door(
    client: Client, sent: Delivery, wrong: dict[str, Any]
) -> None:
    answer = receipt(client, {"reference": str(sent.pk), "state": "delivered"}, **wrong)
    assert answer.status_code == 404
    assert reread(sent).step == "sent"


def test_an_empty_secret_signs_nothing(client: Client, sent: Delivery, channels: LazySettings) -> None:
    channels.NOTICE_GATEWAYS = {"sms": {"url": "", "secret": ""}}
    assert receipt(client, {"reference": str(sent.pk), "state": "delivered"}, secret="").status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"reference": str(uuid4()), "state": "delivered"}, 404),
        ({"reference": "x", "state": "delivered"}, 422),
        ({"reference": str(uuid4()), "state": "perhaps"}, 422),
        ({}, 422), ([], 422), (b"{", 422), (b"\xff", 422), (b"x" * 5000, 404),
    ],
)  # fmt: skip
def test_a_receipt_that_makes_no_sense_is_told_so(client: Client, sent: Delivery, body: Any, status: int) -> None:
    assert receipt(client, body).status_code == status
