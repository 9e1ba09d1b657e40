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
MOST_CONFIDENCE: Final = 3
MOST_STAGES: Final = 20
REACTIONS: Final = ("clap", "heart", "think", "wow")
#: how a guest reaches the stage, and why a way carried nothing (`states.guests`)
RUNGS: Final = ("p2p", "turn_udp", "turn_tcp", "websocket")
CAUSES: Final = ("blocked", "lost", "unsupported", "not_set_up", "relay_only")
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
    """The chosen options by number, without doubles; or one word; or a place, ``{"x": 0.4, "y": 0.25}``."""
    if isinstance(value, str):
        return [_word(value)]
    if isinstance(value, dict):
        return [_fraction(value.get("x")), _fraction(value.get("y"))]
    if not isinstance(value, list) or not 0 < len(value) <= MOST_CHOICES:
        raise ValueError
    if not all(type(number) is int and 0 <= number < MOST_CHOICES for number in value):
        raise ValueError
    return sorted(set(value))


def _fraction(value: Any) -> float:
    if type(value) not in (int, float) or not 0 <= value <= 1:
        raise ValueError
    return round(float(value), 4)


def _confidence(value: Any) -> int | None:
    """How sure a voter is, in steps; None where they did not say."""
    if value is not None and (type(value) is not int or not 1 <= value <= MOST_CONFIDENCE):
        raise ValueError
    return value


def _stage(value: Any) -> int:
    if type(value) is not int or not 0 < value <= MOST_STAGES:
        raise ValueError
    return value


def _reaction(value: Any) -> str:
    if value not in REACTIONS:
        raise ValueError
    return str(value)


def _rung(value: Any) -> str:
    if value not in RUNGS:
        raise ValueError
    return str(value)


def _cause(value: Any) -> str:
    """Why a way carried nothing; "" where it did."""
    if value not in ("", *CAUSES):
        raise ValueError
    return str(value)


def _letter(value: Any) -> dict[str, Any]:
    """What one end of a guest's way says to the other: pages alone read it."""
    if not isinstance(value, dict):
        raise ValueError  # noqa: TRY004 - one kind of fault
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError  # noqa: TRY004 - one kind of fault
    return value


def _ticket(value: Any) -> str:
    if not isinstance(value, str) or not value.isascii() or len(value) > 1000:
        raise ValueError
    return value


Reader = Callable[[Any], Any]
Commands = Mapping[str, tuple[str, Mapping[str, Reader]]]

#: each command: the right it needs, and how its fields are read
COMMANDS: Final[Commands] = {
    "join": ("", {"ticket": _ticket}),
    "ping": ("", {}),
    "chat": ("", {"text": _text, "key": _id}),
    "ask": ("", {"text": _text, "key": _id}),
    "support": ("", {"question": _id}),
    "vote": ("", {"poll": _id, "choice": _choice, "confidence": _confidence}),
    "react": ("", {"what": _reaction}),
    "hand": ("", {"up": _flag}),
    "enter": ("", {"guest": _id, "agrees": _flag}),
    "leave": ("", {"guest": _id}),
    "tried": ("", {"guest": _id, "rung": _rung, "cause": _cause}),
    "caption": (CAPTION, {"text": _text}),
    "hide": (MODERATE, {"line": _id}),
    "block": (MODERATE, {"user": _id}),
    "unblock": (MODERATE, {"user": _id}),
    "answered": (MODERATE, {"question": _id}),
    "dismiss": (MODERATE, {"question": _id}),
    "lower": (MODERATE, {"user": _id}),
    "invite": (MODERATE, {"user": _id}),
    "remove": (MODERATE, {"guest": _id}),
    "open": (CONDUCT, {"poll": _id}),
    "close": (CONDUCT, {"poll": _id}),
    "reveal": (CONDUCT, {"stage": _stage}),
    "flow": (CONDUCT, {"shown": _flag}),
}


#: what the pages of a guest and of who sends the lecture say at their own socket
STAGE_COMMANDS: Final[Commands] = {
    "join": ("", {"ticket": _ticket}),
    "ping": ("", {}),
    "signal": ("", {"body": _letter}),
}


def read_command(text: str, commands: Commands = COMMANDS) -> Said:
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
    command = commands.get(frame["do"]) if isinstance(frame.get("do"), str) else None
    if command is None:
        raise BadFrame("unknown-command", number)
    return Said(frame["do"], number, _given(frame, command[1], number))


def _given(frame: Mapping[str, Any], fields: Mapping[str, Reader], number: int) -> dict[str, Any]:
    try:
        return {name: reader(frame.get(name)) for name, reader in fields.items()}
    except ValueError as error:
        raise BadFrame("bad-field", number) from error
