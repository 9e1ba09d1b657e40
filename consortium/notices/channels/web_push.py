"""Web push (RFC 8030), signed with the installation's own VAPID keys, which are made at the first start.

It reaches phones only where the browser maker's service does, so nothing urgent relies on it alone. A letter's address
is the browser's subscription as JSON.
"""

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from consortium.kernel.kept import kept_file
from consortium.notices.channels import TIMEOUT, Letter, Undeliverable, Unreachable

_KEY_FILE = "vapid.pem"
_DAY = 24 * 3600
_FINAL = (400, 403, 404, 410, 413)


def key_file() -> Path:
    """The private key's file, made by whoever comes first; readable by its owner alone."""
    return kept_file(Path(settings.VAPID_FOLDER) / _KEY_FILE, _new_key)


def _new_key() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def public_key() -> str:
    """What a browser needs to subscribe: the uncompressed point, base64url without padding."""
    private = serialization.load_pem_private_key(key_file().read_bytes(), None)
    point = private.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).decode().rstrip("=")


def is_push_service(endpoint: str) -> bool:
    """Whether the address is that of a browser maker's service: a subscription must not make us call anything else."""
    try:
        parts = urlsplit(endpoint)
    except ValueError:
        return False
    host = parts.hostname or ""
    known = any(host == name or host.endswith(f".{name}") for name in settings.PUSH_SERVICES)
    usual = known and parts.netloc in (host, f"{host}:443")
    return parts.scheme == "https" and (usual or parts.netloc in settings.PUSH_SERVICES)


class WebPush:
    confirms = False

    def send(self, letter: Letter) -> str:
        try:
            subscription: dict[str, Any] = json.loads(letter.address)
        except ValueError as error:
            raise Undeliverable("no subscription") from error
        if not is_push_service(str(subscription.get("endpoint", ""))):
            raise Undeliverable("not a known push service")
        self._push(subscription, letter)
        return letter.reference

    def _push(self, subscription: dict[str, Any], letter: Letter) -> None:
        from pywebpush import WebPushException, webpush  # heavy: only workers that send pay for it

        said = {
            "title": letter.title, "body": letter.text, "url": letter.url, "urgent": letter.urgent,
            "tag": letter.reference,
        }  # fmt: skip
        try:
            webpush(
                subscription, json.dumps(said, ensure_ascii=False), vapid_private_key=str(key_file()),
                vapid_claims={"sub": settings.VAPID_SUBJECT}, ttl=_DAY, timeout=TIMEOUT,
                headers={"Urgency": "high" if letter.urgent else "normal"},
            )  # fmt: skip
        except WebPushException as error:
            status = error.response.status_code if error.response is not None else 0
            raise (Undeliverable if status in _FINAL else Unreachable)(f"the push service answered {status}") from error
        except (OSError, ValueError) as error:
            raise Unreachable(type(error).__name__) from error


def channel(name: str) -> WebPush:
    return WebPush()
