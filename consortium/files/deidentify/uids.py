"""New UIDs for old ones: the same within one copy, and nobody without the copy's key can tell which was which."""

import hashlib
import hmac
from typing import Final

#: The standard's own UIDs: kinds of objects, encodings, well-known frames of reference.
STANDARD: Final = "1.2.840.10008."


class NewUids:
    """The mapping of one copy; `key` is its secret."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, uid: str) -> str:
        """A UID of the 2.25 arc (PS3.5 B.2) out of `uid`; the standard's own stay as they are."""
        if uid.startswith(STANDARD):
            return uid
        return f"2.25.{int.from_bytes(self._digest(uid)[:16], 'big')}"

    def pseudonym(self) -> str:
        """What stands for the patient's number in all files of the copy."""
        return f"C{self._digest('patient').hex()[:12].upper()}"

    def _digest(self, text: str) -> bytes:
        return hmac.new(self._key, text.strip("\0 ").encode(), hashlib.sha256).digest()
