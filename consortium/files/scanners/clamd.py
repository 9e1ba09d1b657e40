"""ClamAV's daemon, asked over its socket: INSTREAM and PING of clamd(8).

Protocol: a command is `z<NAME>\\0`; INSTREAM is followed by chunks of a 4-byte length (network order) and so many
bytes, ended by a length of zero; the answer is one text that ends with a zero byte: `stream: OK`, `stream: <name>
FOUND`, or `... ERROR`. clamd closes the connection when more than its StreamMaxLength comes.
"""

import socket
import struct
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from . import ScannerAway

_CHUNK: Final = 1 << 18
_ANSWER: Final = 4096
#: seconds for one step of the conversation; clamd may think about an archive for a while
_PATIENCE: Final = 40.0


def scan(path: Path) -> str:
    """The threat that clamd at settings.CLAMD finds in the file, "" for none."""
    try:
        with _connected(settings.CLAMD) as wire:
            answer = _streamed(wire, path)
    except OSError as error:
        raise ScannerAway(f"clamd is away: {type(error).__name__}") from error
    return threat_in(answer)


def threat_in(answer: str) -> str:
    """What an answer to INSTREAM says; ScannerAway for anything but a verdict."""
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScannerAway(f"clamd gave no verdict: {answer[:120]}")


def health() -> str:
    """ "ok", or what is wrong, for the health page."""
    try:
        with _connected(settings.CLAMD, patience=2.0) as wire:
            wire.sendall(b"zPING\0")
            answer = _answer(wire)
    except OSError as error:
        return f"unreachable ({type(error).__name__})"
    return "ok" if answer == "PONG" else "answers amiss"


def _connected(address: str, patience: float = _PATIENCE) -> socket.socket:
    """`unix:/path/of/clamd.ctl` or `tcp://host:3310`."""
    parts = urlsplit(address)
    if parts.scheme == "unix":
        wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        wire.settimeout(patience)
        try:
            wire.connect(parts.path)
        except OSError:
            wire.close()
            raise
        return wire
    return socket.create_connection((parts.hostname or "localhost", parts.port or 3310), timeout=patience)


def _streamed(wire: socket.socket, path: Path) -> str:
    wire.sendall(b"zINSTREAM\0")
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                wire.sendall(struct.pack("!I", len(chunk)) + chunk)
        wire.sendall(struct.pack("!I", 0))
    except (BrokenPipeError, ConnectionResetError):  # it has had enough: what it said of that is still to be read
        return _answer(wire)
    return _answer(wire)


def _answer(wire: socket.socket) -> str:
    said = b""
    while b"\0" not in said and len(said) < _ANSWER:
        piece = wire.recv(_ANSWER)
        if not piece:
            break
        said += piece
    return said.partition(b"\0")[0].decode("utf-8", "replace").strip()
