"""What people want, on the screen and over the API; and the browsers that take push messages."""

from __future__ import annotations

import base64
import os
from typing import Any

import pytest
from django.conf import LazySettings

from consortium.journal.models import Entry
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import InvalidInput
from consortium.notices.channels.web_push import is_push_service, key_file, public_key
from consortium.notices.models import ChannelChoice, Preference, PushSubscription
from consortium.notices.operations import set_preferences, subscribe_push
from consortium.notices.operations.preferences import Choice
from consortium.people.models import User
from tests.cast import actor_for, client_for

pytestmark = pytest.mark.django_db
ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"
KEYS = {
    "p256dh": base64.urlsafe_b64encode(b"\x04" + os.urandom(64)).decode().rstrip("="),
    "auth": base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("="),
}


def test_they_are_kept_and_shown_again(ann: User) -> None:
    client = client_for(ann)
    body = {
        "quiet_from": "22:00",
        "quiet_until": "07:00",
        "urgent_sms": "on",
        "address_sms": "13911112222",
        "version": "",
    }
    assert client.post("/notices/preferences/", body).status_code == 302
    choices = {c.channel: (c.ordinary, c.urgent, c.address) for c in ChannelChoice.unscoped.all()}
    assert choices == {"sms": (False, True, "13911112222"), "voice": (False, False, "")}
    shown = client.get("/notices/preferences/").content.decode()
    assert 'value="22:00"' in shown
    assert 'value="13911112222"' in shown


@pytest.mark.parametrize(("begins", "ends"), [("22:00", ""), ("", "07:00"), ("07:00", "07:00"), ("25:00", "07:00")])
def test_half_of_quiet_hours_is_refused_and_what_was_typed_is_kept(ann: User, begins: str, ends: str) -> None:
    answer = client_for(ann).post(
        "/notices/preferences/", {"quiet_from": begins, "quiet_until": ends, "address_sms": "139"}
    )
    assert answer.status_code == 422
    assert 'value="139"' in answer.content.decode()
    assert not Preference.unscoped.exists()


def test_two_windows_do_not_overwrite_each_other(ann: User) -> None:
    client = client_for(ann)
    client.post("/notices/preferences/", {"quiet_from": "22:00", "quiet_until": "07:00"})
    version = Preference.unscoped.get().version
    assert client.post("/notices/preferences/", {"version": version}).status_code == 302
    assert client.post("/notices/preferences/", {"version": version}).status_code == 422


def test_a_change_stands_in_the_journal(ann: User) -> None:
    actor = actor_for(ann)
    with acting_as(actor):
        set_preferences(
            actor=actor, version=None, quiet_from=None, quiet_until=None, choices={"sms": Choice(True, True)}
        )
    assert Entry.unscoped.filter(verb="set", actor=ann).count() == 1


def test_the_database_refuses_half_of_quiet_hours(ann: User) -> None:
    from datetime import time

    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        Preference.unscoped.create(user=ann, quiet_from=time(22))


# --- push --------------------------------------------------------------------------------------------------------


def test_the_key_is_made_once_and_is_our_own(channels: LazySettings) -> None:
    first = public_key()
    assert public_key() == first
    assert len(base64.urlsafe_b64decode(first + "=")) == 65
    assert key_file().stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x", "https://evil.example/x", "https://fcm.googleapis.com.evil.example/x",
        "https://fcm.googleapis.com@evil.example/x", "https://127.0.0.1/x", "https://fcm.googleapis.com:8443/x", "https://[",
        "file:///etc/passwd", "",
    ],
)  # fmt: skip
def test_only_the_browser_makers_services_are_called(ann: User, endpoint: str) -> None:
    assert not is_push_service(endpoint)
    actor = actor_for(ann)
    with acting_as(actor), pytest.raises(InvalidInput):
        subscribe_push(actor=actor, endpoint=endpoint, **KEYS)


def post(user: User, body: Any) -> Any:
    return client_for(user).post("/notices/push/", body, content_type="application/json")


def test_a_browser_begins_and_ends(ann: User, channels: LazySettings) -> None:
    channels.NOTICE_CHANNELS = {"push": "consortium.notices.channels.web_push.channel"}
    assert post(ann, {"endpoint": ENDPOINT, "keys": KEYS}).status_code == 200
    assert PushSubscription.unscoped.get().user == ann
    shown = client_for(ann).get("/notices/preferences/").content.decode()
    assert public_key() in shown
    assert post(ann, {"endpoint": ENDPOINT, "end": True}).status_code == 200
    assert not PushSubscription.unscoped.exists()
    assert post(ann, {"endpoint": ENDPOINT, "end": True}).status_code == 200


def test_a_browser_belongs_to_whoever_signed_in_last(ann: User, bo: User) -> None:
    post(ann, {"endpoint": ENDPOINT, "keys": KEYS})
    post(bo, {"endpoint": ENDPOINT, "keys": KEYS})
    assert PushSubscription.unscoped.get().user == bo
    post(ann, {"endpoint": ENDPOINT, "end": True})
    assert PushSubscription.unscoped.get().user == bo, "nobody ends another's"


@pytest.mark.parametrize(
    "body", ["", "[]", "{", {"endpoint": ENDPOINT}, {"endpoint": ENDPOINT, "keys": {"p256dh": "x", "auth": "y"}}]
)
def test_nonsense_is_told_so(ann: User, body: Any) -> None:
    assert post(ann, body).status_code == 422


def test_old_browsers_are_forgotten(ann: User) -> None:
    for n in range(10):
        post(ann, {"endpoint": f"{ENDPOINT}{n}", "keys": KEYS})
    assert PushSubscription.unscoped.count() == 8
