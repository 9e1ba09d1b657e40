"""Reading the marks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

_PICTURE = re.compile(r"!\[([^\]]*)\]\(([0-9a-fA-F-]{36})\)")
_STAGE = re.compile(r"^---+\s*$", re.M)
_HEADING, _ITEM, _CALLOUT = "# ", "- ", "> "


@dataclass(frozen=True, slots=True)
class Block:
    """One block. `kind`: heading, text, list, callout, picture. `lines`: its text by line; of a picture what it shows.

    `picture`: id of the picture.
    """

    kind: str
    lines: tuple[str, ...] = field(default=())
    picture: UUID | None = None


def stages(body: str) -> list[str]:
    """The stages of a case, in order; a text without a divider is one stage."""
    return [part.strip() for part in _STAGE.split(body) if part.strip()] or [""]


def blocks(body: str) -> list[Block]:
    """The text as blocks; what carries no mark is a paragraph, and an empty line ends it."""
    return [_joined(kind, lines) for kind, lines in _groups(body)]


def _groups(body: str) -> Iterator[tuple[str, list[str]]]:
    kind, lines = "", list[str]()
    for line in [*body.splitlines(), ""]:
        found, text = _marked(line.strip())
        if found != kind or found in ("heading", "picture"):
            if lines:
                yield kind, lines
            kind, lines = found, []
        if found:
            lines.append(text)


def _marked(line: str) -> tuple[str, str]:
    """(kind, text without the mark); ("", "") for an empty line."""
    if _STAGE.fullmatch(line):
        return "", ""
    for mark, kind in ((_HEADING, "heading"), (_ITEM, "list"), (_CALLOUT, "callout")):
        if line.startswith(mark):
            return kind, line.removeprefix(mark).strip()
    if _PICTURE.fullmatch(line):
        return "picture", line
    return ("text" if line else ""), line


def _joined(kind: str, lines: list[str]) -> Block:
    found = _PICTURE.fullmatch(lines[0]) if kind == "picture" else None
    if found is None:
        return Block(kind, tuple(lines))
    try:
        return Block(kind, (found.group(1),), UUID(found.group(2)))
    except ValueError:  # not an id after all: it is shown as it was typed
        return Block("text", tuple(lines))


def pictures_in(body: str) -> list[UUID]:
    """The ids of the pictures that a text shows, in order."""
    return [block.picture for block in blocks(body) if block.picture is not None]
