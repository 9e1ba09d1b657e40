"""A PDF that is only a PDF: whole, without a second file behind it. Its contents are looked at by `scan_pdf`."""

import re
from pathlib import Path
from typing import Final

from .faults import Fault, Refused

_WHITE: Final = b"\x00\t\n\x0c\r "
_WINDOW: Final = 1 << 20
# Actions that run something or carry another file. Names can be written with #xx escapes, hence the unescaping.
_ACTIVE: Final = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)(?![A-Za-z0-9])")
_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")


def check_pdf(head: bytes, tail: bytes) -> None:
    """Refuse one that ends early (TRUNCATED), or in which something else follows the end (DISGUISED)."""
    _, found, after = tail.rpartition(b"%%EOF")
    if not found:
        raise Refused(Fault.TRUNCATED, "no end of file marker")
    if after.strip(_WHITE):
        raise Refused(Fault.DISGUISED, "bytes behind the end of the PDF")


def scan_pdf(path: Path) -> None:
    """Refuse active content and passwords, reading in windows that overlap."""
    carried = b""
    with path.open("rb") as file:
        while piece := file.read(_WINDOW):
            window = _ESCAPE.sub(_unescaped, carried + piece)
            if match := _ACTIVE.search(window):
                raise Refused(Fault.ACTIVE, match.group(1).decode())
            if re.search(rb"/Encrypt\s+\d+\s+\d+\s+R", window):
                raise Refused(Fault.PASSWORD)
            carried = piece[-64:]


def _unescaped(match: re.Match[bytes]) -> bytes:
    return bytes([int(match.group(1), 16)])
