"""SMS, voice call, WeCom, DingTalk, WeChat: one signed HTTP call to the hospital's own gateway, and its receipts.

We POST ``application/json``::

    {"reference", "channel", "address", "language", "urgent", "title", "text", "url"}
    X-Consortium-Timestamp: 1790000000
    X-Consortium-Signature: v1=<hex HMAC-SHA256 of "<timestamp>.<body>" under the shared secret>

The gateway answers 2xx with ``{"id": "<its own reference>"}``, 400, 404, 410 or 422 when the letter can never be
delivered, anything else when it may be tried again. Receipts come back to ``/notices/receipts/<channel>/``, signed the
same way: ``{"reference", "state": "delivered" | "failed"}``. A signature is good for five minutes.
"""

import hashlib
import hmac
import http.client
import json
import ssl
import time
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from consortium.notices.channels import TIMEOUT, Letter, Undeliverable, Unreachable

GOOD_FOR = 300
_FINAL = (400, 404, 410, 422)
_LONGEST_REPLY = 16_384


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The signature's text."""
    mac = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"v1={mac.hexdigest()}"


def is_signed(secret: str, timestamp: str, body: bytes, claimed: str, *, now: float | None = None) -> bool:
    """Whether `claimed` is our partner's signature, made within the last five minutes."""
    if not secret or not timestamp.isdecimal() or len(timestamp) > 12:
        return False
    fresh = abs((time.time() if now is None else now) - int(timestamp)) <= GOOD_FOR
    return hmac.compare_digest(signature(secret, timestamp, body).encode(), claimed.encode()) and fresh


class SignedHttp:
    """One gateway. Redirects are not followed: the address is the administrator's, not the gateway's, to choose."""

    def __init__(self, name: str, url: str, secret: str, *, confirms: bool = True) -> None:
        self.name, self.url, self.secret, self.confirms = name, urlsplit(url), secret, confirms

    def send(self, letter: Letter) -> str:
        if not letter.address:
            raise Undeliverable("no address")
        body = json.dumps({"channel": self.name, **asdict(letter)}, ensure_ascii=False).encode()
        try:
            status, reply = self._post(body)
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(type(error).__name__) from error
        if status in _FINAL:
            raise Undeliverable(f"the gateway answered {status}")
        if not 200 <= status < 300:
            raise Unreachable(f"the gateway answered {status}")
        return _reference(reply)

    def _post(self, body: bytes) -> tuple[int, bytes]:
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "X-Consortium-Timestamp": timestamp,
            "X-Consortium-Signature": signature(self.secret, timestamp, body),
        }
        connection = self._connection()
        try:
            path = (self.url.path or "/") + (f"?{self.url.query}" if self.url.query else "")
            connection.request("POST", path, body, headers)
            reply = connection.getresponse()
            return reply.status, reply.read(_LONGEST_REPLY)
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        host = self.url.hostname or ""
        if self.url.scheme == "https":
            return http.client.HTTPSConnection(
                host, self.url.port, timeout=TIMEOUT, context=ssl.create_default_context()
            )
        return http.client.HTTPConnection(host, self.url.port, timeout=TIMEOUT)


def _reference(reply: bytes) -> str:
    try:
        said: Any = json.loads(reply)
    except ValueError:
        return ""
    return str(said.get("id", ""))[:120] if isinstance(said, dict) else ""


def channel(name: str) -> SignedHttp:
    """The gateway that ``settings.NOTICE_GATEWAYS[name]`` describes: {"url", "secret", "confirms"}."""
    told = settings.NOTICE_GATEWAYS[name]
    return SignedHttp(name, told["url"], told["secret"], confirms=told.get("confirms", True))
