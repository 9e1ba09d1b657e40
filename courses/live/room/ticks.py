"""What happened in a room since the last tick, as frames of at most 1.5 kB.

What is the lecturer's, and polls, always goes, in as many frames as it takes. Where there is too much for one frame,
reactions are left out first, then the number of those present, then other people's chat (`left_out` says how many
lines; they stay in the record).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

#: bytes of a frame, the number that is put before it not counted
MOST_BYTES: Final = 1500
#: kinds that may be left out; of all others each one is told
CHAT: Final = "chat"
#: kinds that tell what has changed of something, by the field that names it
LATEST: Final = {"question": "id", "poll": "id", "hand": "user"}
_FRAME: Final = len(b'{"did":"tick","items":[],"left_out":9999}')


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that happened: `kind`, and what is told of it."""

    kind: str
    told: Mapping[str, Any]

    @property
    def text(self) -> bytes:
        return orjson.dumps({"kind": self.kind, **self.told})


@dataclass(frozen=True, slots=True)
class Tick:
    """All since the last one. `present` is None where it is what it was."""

    items: Sequence[Item] = ()
    reactions: Mapping[str, int] = field(default_factory=dict)
    present: int | None = None


def frames_of(tick: Tick, most: int = MOST_BYTES) -> list[str]:
    """JSON objects, oldest first; none where nothing happened. Only a single item that is longer makes a longer one."""
    items = _latest(tick.items)
    frames, chat = _packed([item.text for item in items if item.kind != CHAT], most), _chat(items)
    last = frames.pop() if frames else []
    room = most - _FRAME - sum(len(text) + 1 for text in last)
    taken = _fitting(chat, room)
    last += taken
    room -= sum(len(text) + 1 for text in taken)
    tail = [f'"left_out":{len(chat) - len(taken)}'] if len(chat) > len(taken) else []
    for name, value in (("present", tick.present), ("reactions", dict(tick.reactions) or None)):
        said = f'"{name}":{orjson.dumps(value).decode()}'
        if value is not None and len(said) + 1 <= room:
            tail.append(said)
            room -= len(said) + 1
    whole = [_frame(one, []) for one in frames]
    return [*whole, _frame(last, tail)] if last or tail else whole


def _latest(items: Sequence[Item]) -> list[Item]:
    """Of what changes, all its changes in one."""
    newest: dict[tuple[str, Any], Item] = {}
    for at, item in enumerate(items):
        name = LATEST.get(item.kind)
        key = (item.kind, item.told.get(name) if name else at)
        before = newest.pop(key, None)
        newest[key] = Item(item.kind, {**before.told, **item.told}) if before else item
    return list(newest.values())


def _chat(items: Iterable[Item]) -> list[bytes]:
    return [item.text for item in items if item.kind == CHAT]


def _packed(texts: Iterable[bytes], most: int) -> list[list[bytes]]:
    """In order, as many to a frame as fit."""
    frames: list[list[bytes]] = []
    room = 0
    for text in texts:
        if not frames or len(text) + 1 > room:
            frames.append([])
            room = most - _FRAME
        frames[-1].append(text)
        room -= len(text) + 1
    return frames


def _fitting(texts: Sequence[bytes], room: int) -> list[bytes]:
    """The first ones that fit: who wrote first is heard."""
    taken: list[bytes] = []
    for text in texts:
        room -= len(text) + 1
        if room < 0:
            break
        taken.append(text)
    return taken


def _frame(items: Sequence[bytes], tail: Sequence[str]) -> str:
    inside = b",".join(items).decode()
    return "{" + ",".join(['"did":"tick"', f'"items":[{inside}]', *tail]) + "}"
