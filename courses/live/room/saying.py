"""What a page says in a room: ``{"do": "chat", "id": 7, "text": "..."}``. Anything else is a fault with a code."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import orjson

from .tickets import CAPTION, CONDUCT, MODERATE

MOST_TEXT: Final = 400
MOST_WORD: Final = 40
MOST_CHOICES: Final = 12
REACTIONS: Final = ("clap", "heart", "think", "wow")
_MOST_ID: Final = 2**31


class BadFrame(Exception):
    """`code` is told to the page; `id` is the number it gave its frame, where it gave one."""

    def __init__(self, code: str, number: int = 0) -> None:
        super().__init__(code)
        self.code, self.id = code, number


@dataclass(frozen=True, slots=True)
class Said:
    """A command whose fields are what they should be."""

    do: str
    id: int = 0
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def right(self) -> str:
        """The right that a ticket must grant for it; "" where everybody in the room may."""
        return COMMANDS[self.do][0]


def _text(value: Any) -> str:
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not text or len(text) > MOST_TEXT or not _storable(text):
        raise ValueError
    return text


def _word(value: Any) -> str:
    text = _text(value)
    if len(text) > MOST_WORD:
        raise ValueError
    return text.casefold()


def _storable(text: str) -> bool:
    """PostgreSQL holds no NUL, UTF-8 no lone surrogate."""
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _id(value: Any) -> UUID:
    if not isinstance(value, str):
        raise ValueError  # noqa: TRY004 - one kind of fault
    return UUID(value)


def _choice(value: Any) -> list[Any]:
    """The chosen options by number, without doubles; or one word."""
    if isinstance(value, str):
        return [_word(value)]
    if not isinstance(value, list) or not 0 < len(value) <= MOST_CHOICES:
        raise ValueError
    if not all(type(number) is int and 0 <= number < MOST_CHOICES for number in value):
        raise ValueError
    return sorted(set(value))


def _reaction(value: Any) -> str:
    if value not in REACTIONS:
        raise ValueError
    return str(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError  # noqa: TRY004 - one kind of fault
    return value


def _ticket(value: Any) -> str:
    if not isinstance(value, str) or not value.isascii() or len(value) > 1000:
        raise ValueError
    return value


Reader = Callable[[Any], Any]

#: each command: the right it needs, and how its fields are read
COMMANDS: Final[Mapping[str, tuple[str, Mapping[str, Reader]]]] = {
    "join": ("", {"ticket": _ticket}),
    "ping": ("", {}),
    "chat": ("", {"text": _text, "key": _id}),
    "ask": ("", {"text": _text, "key": _id}),
    "support": ("", {"question": _id}),
    "vote": ("", {"poll": _id, "choice": _choice}),
    "react": ("", {"what": _reaction}),
    "hand": ("", {"up": _flag}),
    "caption": (CAPTION, {"text": _text}),
    "hide": (MODERATE, {"line": _id}),
    "block": (MODERATE, {"user": _id}),
    "unblock": (MODERATE, {"user": _id}),
    "answered": (MODERATE, {"question": _id}),
    "dismiss": (MODERATE, {"question": _id}),
    "lower": (MODERATE, {"user": _id}),
    "open": (CONDUCT, {"poll": _id}),
    "close": (CONDUCT, {"poll": _id}),
}


def read_command(text: str) -> Said:
    """The command in a page's frame; raises BadFrame."""
    try:
        frame = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadFrame("not-json") from error
    if not isinstance(frame, dict):
        raise BadFrame("not-json")
    number = frame.get("id", 0)
    if type(number) is not int or not 0 <= number < _MOST_ID:
        raise BadFrame("bad-id")
    command = COMMANDS.get(frame["do"]) if isinstance(frame.get("do"), str) else None
    if command is None:
        raise BadFrame("unknown-command", number)
    return Said(frame["do"], number, _given(frame, command[1], number))


def _given(frame: Mapping[str, Any], fields: Mapping[str, Reader], number: int) -> dict[str, Any]:
    try:
        return {name: reader(frame.get(name)) for name, reader in fields.items()}
    except ValueError as error:
        raise BadFrame("bad-field", number) from error
