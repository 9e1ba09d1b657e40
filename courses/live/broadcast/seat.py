"""What one viewer's socket sends next: heads and parts in order, from the newest keyframe, never far behind.

A frame is four bytes and then boxes of MP4: the rung (0 pictures, 1 sound), what follows (1 head, 2 part that begins
anew, 3 part), and the run's number in two bytes.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from courses.live.broadcast.keeping import RUNGS, SOUND, VIDEO, Part, Run, Rung

HEAD, ANEW, NEXT = 1, 2, 3
#: microseconds: who is further behind than this goes on with the newest keyframe
FAR_BEHIND: Final = 4_000_000


class Seat:
    """Where a viewer is; `sound_only` for the weakest line. `skipped` counts how often it was moved on."""

    def __init__(self, *, sound_only: bool = False) -> None:
        self._names = (SOUND,) if sound_only else RUNGS
        self._run = -1
        self._next: dict[str, int] = {}
        self.skipped = 0

    def frames(self, runs: Sequence[Run]) -> Iterator[bytes]:
        """All that is new; a viewer who is slow asks again and is not sent what has grown old meanwhile."""
        if not runs:
            return
        run = runs[-1]
        if run.number != self._run:
            self._run = run.number
            yield from self._entered(run)
        elif self._behind(run) > FAR_BEHIND:
            self.skipped += 1
            self._go(run)
        for name, number in self._order(run):
            self._next[name] = number + 1
            yield self._frame(run, name, run.rungs[name].parts[number])

    def _entered(self, run: Run) -> Iterator[bytes]:
        self._go(run)
        for name in self._names:
            rung = run.rungs[name]
            yield _marked(name, HEAD, run.number) + rung.bytes_of(0, rung.head_length)

    def _go(self, run: Run) -> None:
        """To the newest keyframe, and to the sound that is heard with it."""
        lead = run.rungs[self._names[0]].parts
        first = max((n for n, part in enumerate(lead) if part.key), default=0)
        self._next = {name: _at(run.rungs[name], lead[first].begin) for name in self._names}
        self._next[self._names[0]] = first

    def _behind(self, run: Run) -> int:
        rung = run.rungs[self._names[0]]
        place = self._next[self._names[0]]
        return rung.length - rung.parts[place].begin if place < len(rung.parts) else 0

    def _order(self, run: Run) -> list[tuple[str, int]]:
        """What is new, in the order of its time."""
        new = [(name, n) for name in self._names for n in range(self._next[name], len(run.rungs[name].parts))]
        return sorted(new, key=lambda each: run.rungs[each[0]].parts[each[1]].begin)

    def _frame(self, run: Run, name: str, part: Part) -> bytes:
        kind = ANEW if part.key else NEXT
        return _marked(name, kind, run.number) + run.rungs[name].bytes_of(part.offset, part.length)


def _marked(name: str, kind: int, run: int) -> bytes:
    return bytes((0 if name == VIDEO else 1, kind)) + run.to_bytes(2, "big")


def _at(rung: Rung, moment: int) -> int:
    """The part that is heard at `moment`."""
    return next((n for n, part in enumerate(rung.parts) if part.end > moment), len(rung.parts))
