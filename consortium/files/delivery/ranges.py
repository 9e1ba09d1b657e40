"""One Range header (RFC 9110 14.1), as pure arithmetic."""

import re
from dataclasses import dataclass
from typing import Final

_ONE_RANGE: Final = re.compile(r"^bytes=(\d{0,18})-(\d{0,18})$")


@dataclass(frozen=True)
class Span:
    """Bytes `first` to `last` (both included) of a file of `size` bytes; `partial` when the client asked for a part."""

    first: int
    last: int
    size: int
    partial: bool = False

    @property
    def length(self) -> int:
        return self.last - self.first + 1

    @property
    def content_range(self) -> str:
        return f"bytes {self.first}-{self.last}/{self.size}"


def span_of(header: str | None, size: int) -> Span | None:
    """The span to send; the whole file for no, several or malformed ranges; None when it lies outside the file."""
    match = _ONE_RANGE.match((header or "").strip())
    if not match or match.groups() == ("", ""):
        return Span(0, size - 1, size)
    first, last = match.groups()
    if not first:
        return Span(max(0, size - int(last)), size - 1, size, True) if int(last) and size else None
    begin, end = int(first), min(int(last), size - 1) if last else size - 1
    if last and int(last) < begin:
        return Span(0, size - 1, size)
    return Span(begin, end, size, True) if begin < size else None
