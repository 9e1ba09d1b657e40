"""Authenticated encryption of small texts (AES-256-GCM), and the keyed hash that makes an identifier searchable.

A sealed value is nonce (12 bytes) + ciphertext + tag (16 bytes); `context` is authenticated with it, so that a value
moved to another row does not open.
"""

import hashlib
import hmac
import os
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12


class SealBroken(ValueError):
    """The value was altered, moved, or sealed with another key."""


def new_key() -> bytes:
    return AESGCM.generate_key(bit_length=8 * KEY_BYTES)


def derive(master: str, purpose: str) -> bytes:
    """A 32-byte key for one purpose out of the master secret."""
    return hmac.new(master.encode(), purpose.encode(), hashlib.sha256).digest()


def seal(key: bytes, value: bytes, context: str) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, value, context.encode())


def unseal(key: bytes, sealed: bytes, context: str) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBroken("this value does not open with this key") from error


def keyed_hash(key: bytes, identifier: str) -> bytes:
    """32 bytes that find `identifier` again, however it was spaced or cased, without telling it."""
    plain = unicodedata.normalize("NFKC", identifier)
    return hmac.new(key, "".join(plain.split()).replace("-", "").upper().encode(), hashlib.sha256).digest()
