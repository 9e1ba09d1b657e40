"""What every channel must keep (consortium/notices/channels), over real connections."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import LazySettings

from consortium.notices.channels import (
    Channel,
    Letter,
    Undeliverable,
    Unreachable,
    file_gateway,
    mail,
    signed_http,
    web_push,
)
from consortium.notices.channels.signed_http import is_signed, signature
from tests.notices.gateways import Peer, http_gateway, push_service, smtp_server

LETTER = Letter(
    reference="0c3e0f0a-7a51-4d62-8a51-6f0a4b1d6f11", address="", language="zh-hans", urgent=True, title="紧急",
    text="有一个问题等待您处理。", url="http://localhost/notices/1/",
)  # fmt: skip
SECRET = "shared with the gateway"


@dataclass
class Case:
    """A channel, an address that it reaches, and the peer behind it (None for files)."""

    name: str
    channel: Channel
    address: str
    peer: Peer | None
    refuses: int = 0
    is_busy: int = 0
    private_key: Any = None
    auth: bytes = b""
    folder: Path | None = None

    def send(self, **changes: Any) -> str:
        return self.channel.send(replace(LETTER, **{"address": self.address, **changes}))


def _mail(stack: ExitStack, settings: LazySettings, folder: Path) -> Case:
    peer = stack.enter_context(smtp_server())
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", peer.port, False
    return Case("mail", mail.channel("email"), "ann@hospital.example", peer, 550, 451)


def _http(stack: ExitStack, settings: LazySettings, folder: Path) -> Case:
    peer = stack.enter_context(http_gateway())
    settings.NOTICE_GATEWAYS = {"sms": {"url": f"http://127.0.0.1:{peer.port}/send?v=1", "secret": SECRET}}
    return Case("http", signed_http.channel("sms"), "13900000001", peer, 410, 503)


def _push(stack: ExitStack, settings: LazySettings, folder: Path) -> Case:
    peer, certificate = stack.enter_context(push_service(folder))
    stack.enter_context(pytest.MonkeyPatch.context()).setenv("REQUESTS_CA_BUNDLE", str(certificate))
    settings.PUSH_SERVICES = [f"localhost:{peer.port}"]
    key, auth = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
    point = key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    keys = {"p256dh": base64.urlsafe_b64encode(point).decode(), "auth": base64.urlsafe_b64encode(auth).decode()}
    address = json.dumps({"endpoint": f"https://localhost:{peer.port}/p/1", "keys": keys})
    return Case("push", web_push.channel("push"), address, peer, 410, 503, key, auth)


def _file(stack: ExitStack, settings: LazySettings, folder: Path) -> Case:
    return Case("file", file_gateway.channel("sms"), "13900000001", None, folder=Path(settings.NOTICE_FOLDER) / "sms")


@pytest.fixture(params=[_mail, _http, _push, _file], ids=["mail", "http", "push", "file"])
def case(request: pytest.FixtureRequest, channels: LazySettings, tmp_path: Path) -> Iterator[Case]:
    with ExitStack() as stack:
        yield request.param(stack, channels, tmp_path)


def said(case: Case) -> str:
    """All that the peer was given, in clear."""
    if case.folder is not None:
        return "".join(path.read_text() for path in case.folder.glob("*.json"))
    assert case.peer is not None
    headers, body = case.peer.got[-1]
    if case.name == "push":
        assert headers["authorization"].startswith("vapid ")
        clear: bytes = http_ece.decrypt(body, private_key=case.private_key, auth_secret=case.auth, version="aes128gcm")
        return clear.decode()
    if case.name == "mail":
        import email
        from email import policy

        message = email.message_from_bytes(body, policy=policy.default)
        content = message.get_body()
        assert content is not None
        return f"{message['Subject']} {message['Message-ID']} {content.get_content()}"
    return body.decode()


def test_it_hands_the_letter_over(case: Case) -> None:
    reference = case.send()
    assert isinstance(reference, str)
    text = said(case)
    for word in (LETTER.title, LETTER.text, LETTER.url, LETTER.reference):
        assert word in text


def test_the_same_reference_may_come_again(case: Case) -> None:
    case.send()
    case.send()
    if case.folder is not None:
        assert len(list(case.folder.glob("*.json"))) == 1
    assert LETTER.reference in said(case)


def test_no_address_can_never_be_delivered(case: Case) -> None:
    with pytest.raises(Undeliverable):
        case.send(address="")


def test_a_refusal_for_good_is_told_from_one_that_may_pass(case: Case) -> None:
    if case.peer is None:
        pytest.skip("files refuse nobody")
    case.peer.status = case.refuses
    with pytest.raises(Undeliverable):
        case.send()
    case.peer.status = case.is_busy
    with pytest.raises(Unreachable):
        case.send()


def test_a_peer_that_is_away_may_come_back(
    request: pytest.FixtureRequest, channels: LazySettings, tmp_path: Path
) -> None:
    for make in (_mail, _http, _push):
        with ExitStack() as stack:
            case = make(stack, channels, tmp_path)
            stack.pop_all().close()
            with pytest.raises(Unreachable):
                case.send()


def test_a_folder_that_cannot_be_written_may_pass(channels: LazySettings, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("a file, where a folder should be")
    with pytest.raises(Unreachable):
        file_gateway.FileGateway(tmp_path / "plain" / "sms").send(replace(LETTER, address="139"))


# --- the signed gateway ------------------------------------------------------------------------------------------


def test_the_gateway_can_check_who_calls_and_its_reference_comes_back(channels: LazySettings, tmp_path: Path) -> None:
    with ExitStack() as stack:
        case = _http(stack, channels, tmp_path)
        assert case.send() == "theirs-1"
        assert case.peer is not None
        headers, body = case.peer.got[0]
        timestamp, claimed = headers["x-consortium-timestamp"], headers["x-consortium-signature"]
        assert is_signed(SECRET, timestamp, body, claimed)
        assert not is_signed("another", timestamp, body, claimed)
        assert not is_signed(SECRET, timestamp, body + b" ", claimed)
        assert not is_signed(SECRET, str(int(timestamp) + 1), body, claimed)


@pytest.mark.parametrize("timestamp", ["", "x", "-1", "9" * 20, "1.5"])
def test_a_time_that_is_none_is_no_signature(timestamp: str) -> None:
    assert not is_signed(SECRET, timestamp, b"{}", signature(SECRET, timestamp, b"{}"))


def test_a_signature_is_good_for_five_minutes() -> None:
    claimed = signature(SECRET, "1000000", b"{}")
    assert is_signed(SECRET, "1000000", b"{}", claimed, now=1_000_299)
    assert not is_signed(SECRET, "1000000", b"{}", claimed, now=1_000_301)
    assert not is_signed(SECRET, "1000000", b"{}", claimed, now=999_699)


def test_redirects_are_not_followed(channels: LazySettings, tmp_path: Path) -> None:
    with ExitStack() as stack:
        case = _http(stack, channels, tmp_path)
        assert case.peer is not None
        case.peer.status = 302
        with pytest.raises(Unreachable, match="302"):
            case.send()
        assert len(case.peer.got) == 1


def test_push_calls_nobody_but_push_services(channels: LazySettings, tmp_path: Path) -> None:
    with ExitStack() as stack:
        case = _push(stack, channels, tmp_path)
        channels.PUSH_SERVICES = ["fcm.googleapis.com"]
        with pytest.raises(Undeliverable, match="not a known"):
            case.send()
        assert case.peer is not None
        assert not case.peer.got
