"""How a run lies on disk: `<rung>.mp4` as ffmpeg wrote it, and `<rung>.parts`, a line for each part behind its bytes.

One process writes, any number read along, as with `tail -f`: a line that is there tells of bytes that are there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from courses.live.broadcast.boxes import Fragment, Head

VIDEO, SOUND = "video", "sound"
RUNGS: Final = (VIDEO, SOUND)
#: stands in a broadcast's folder once nothing more will come
ENDED: Final = "ended"


class Part(NamedTuple):
    """Bytes `offset` to `offset + length` of the rung's file; `begin` and `duration` in microseconds of the run."""

    offset: int
    length: int
    begin: int
    duration: int
    key: bool

    @property
    def end(self) -> int:
        return self.begin + self.duration

    @property
    def line(self) -> bytes:
        return b"%d %d %d %d %d\n" % self


def media(folder: Path, rung: str) -> Path:
    return folder / f"{rung}.mp4"


def listed(folder: Path, rung: str) -> Path:
    return folder / f"{rung}.parts"


class Writer:
    """Of one rung of one run; `began`: microseconds since 1970 at which the run's clock stood at zero."""

    def __init__(self, folder: Path, rung: str, began: int) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._began, self._at = began, 0
        self._bytes: BinaryIO = media(folder, rung).open("xb", buffering=0)
        self._lines: BinaryIO = listed(folder, rung).open("xb", buffering=0)

    def add(self, piece: Head | Fragment) -> Part | None:
        """Keep it; the part that it is, None for the head."""
        self._bytes.write(piece.data)
        at, self._at = self._at, self._at + len(piece.data)
        if isinstance(piece, Head):
            self._lines.write(b"%d\n" % self._began)
            return None
        part = Part(at, len(piece.data), piece.begin, piece.duration, piece.key)
        self._lines.write(part.line)
        return part

    def close(self) -> None:
        self._bytes.close()
        self._lines.close()


class Rung:
    """A rung of a run as far as it is written. `more` looks for what came since."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.began = 0
        self.parts: list[Part] = []
        self._read, self._left = 0, b""

    @property
    def head_length(self) -> int:
        """Bytes at the beginning of its file that a player needs first; 0 while no part is there."""
        return self.parts[0].offset if self.parts else 0

    @property
    def length(self) -> int:
        """Microseconds."""
        return self.parts[-1].end if self.parts else 0

    def more(self) -> bool:
        """Read on; whether anything was new."""
        try:
            with listed(self.folder, self.name).open("rb") as file:
                file.seek(self._read)
                data = file.read()
        except FileNotFoundError:
            return False
        self._read += len(data)
        *lines, self._left = (self._left + data).split(b"\n")
        for line in lines:
            self._take(line.split())
        return bool(lines)

    def _take(self, words: Sequence[bytes]) -> None:
        if len(words) == 1:
            self.began = int(words[0])
            return
        offset, length, begin, duration, key = map(int, words)
        self.parts.append(Part(offset, length, begin, duration, bool(key)))

    def bytes_of(self, offset: int, length: int) -> bytes:
        """A span of its file; shorter where the file ends before it, empty where it is gone."""
        try:
            with media(self.folder, self.name).open("rb") as file:
                file.seek(offset)
                return file.read(length)
        except FileNotFoundError:
            return b""


@dataclass(frozen=True)
class Run:
    """From one start of a recorder to its end; another run is another clock."""

    number: int
    rungs: dict[str, Rung]

    @classmethod
    def at(cls, folder: Path) -> "Run":
        return cls(int(folder.name), {name: Rung(folder, name) for name in RUNGS})

    @property
    def whole(self) -> bool:
        """Whether a player has something to begin with on both rungs."""
        return all(rung.parts for rung in self.rungs.values())

    def more(self) -> bool:
        news = [rung.more() for rung in self.rungs.values()]
        return any(news)


def run_folders(folder: Path) -> list[Path]:
    """Of a broadcast, in order."""
    if not folder.is_dir():
        return []
    return sorted((each for each in folder.iterdir() if each.name.isdigit()), key=lambda each: int(each.name))
