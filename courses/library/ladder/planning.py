"""What is made of a film, and in which pieces. Pure arithmetic: the same film always gives the same plan."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from courses.library.ladder.probing import Probed

#: shorter side in lines -> the most bits a second that the pictures of this rung may take, in thousands
LADDER: Final = {240: 300, 480: 900, 720: 2000, 1080: 4000}
SOUND: Final = "sound"
STILLS: Final = "stills"
SOUND_KBITS: Final = 64
SEGMENT_SECONDS: Final = 4.0
#: a piece is less than a minute's work, also on a machine that does other things: seconds of film
PIECE, PIECE_LARGE, PIECE_COPIED, PIECE_SOUND = 24.0, 12.0, 600.0, 1200.0
#: so short a film is made in one pass; a longer one, of which no rung is there as it came, is read twice, so that its
#: lowest rung can be played while the higher ones are made
ONE_PASS: Final = 120.0
#: keyframes of a film that is taken over as it is may not lie further apart, in seconds, nor may it take more bits
_GROUP, _BITS_OVER = 8.0, 1.25

#: weight of a second of each kind of work, for the share that is done
WEIGHTS: Final = {"copy": 0.01, SOUND: 0.02, STILLS: 0.01, "low": 0.15, "high": 0.6, "all": 0.7}


@dataclass(frozen=True)
class Piece:
    """One piece of work: seconds `begin` to `end` of the film, in one `profile`, giving these rungs."""

    profile: str
    number: int
    begin: float
    end: float
    rungs: tuple[str, ...]

    @property
    def weight(self) -> float:
        return (self.end - self.begin) * WEIGHTS[self.profile]


def rungs_of(film: Probed) -> tuple[int, ...]:
    """The lines of each rung: none above what the film has; the smallest films keep their own size."""
    fitting = tuple(lines for lines in LADDER if lines <= film.lines * 1.05)
    return fitting or (next(iter(LADDER)),)


def copied_rung(film: Probed) -> int | None:
    """The rung that the film itself is, as it came: H.264 that every phone plays, cut often enough, not too heavy."""
    top = rungs_of(film)[-1]
    ends = [*film.keyframes, film.seconds]
    often = bool(film.keyframes) and film.keyframes[0] == 0 and all(
        later - earlier <= _GROUP for earlier, later in pairwise(ends)
    )  # fmt: skip
    fits = film.codec == "h264" and film.pixels == "yuv420p" and film.plain and film.frames_per_second <= 31
    light = film.kbits <= LADDER[top] * _BITS_OVER and film.lines <= top * 1.1
    return top if fits and light and often else None


def plan(film: Probed, *, copy: bool = True) -> list[Piece]:
    """All pieces, in the order in which they are best made: what can be heard and seen first comes first."""
    copied = copied_rung(film) if copy else None
    made = [lines for lines in rungs_of(film) if lines != copied]
    pieces = _sound(film)
    if copied:
        pieces += _pieces(film, "copy", PIECE_COPIED, (copied,))
    size = PIECE_LARGE if max(made, default=0) > 720 else PIECE
    if copied or film.seconds <= ONE_PASS or len(made) < 2:
        return pieces + (_pieces(film, "all", size, made) if made else []) + [_stills(film)]
    return [
        *pieces, *_pieces(film, "low", 2 * PIECE, made[:1]), _stills(film), *_pieces(film, "high", size, made[1:])
    ]  # fmt: skip


def _sound(film: Probed) -> list[Piece]:
    if not film.has_sound:
        return []
    ends = cuts((), film.seconds, PIECE_SOUND)
    return [Piece(SOUND, number, begin, end, (SOUND,)) for number, (begin, end) in enumerate(_spans(ends))]


def _stills(film: Probed) -> Piece:
    return Piece(STILLS, 0, 0.0, film.seconds, ())


def _pieces(film: Probed, profile: str, size: float, rungs: Sequence[int]) -> list[Piece]:
    names = tuple(str(lines) for lines in rungs)
    ends = cuts(film.keyframes, film.seconds, size)
    return [Piece(profile, number, begin, end, names) for number, (begin, end) in enumerate(_spans(ends))]


def _spans(ends: Sequence[float]) -> list[tuple[float, float]]:
    return list(pairwise(ends))


def cuts(keyframes: Sequence[float], seconds: float, size: float) -> tuple[float, ...]:
    """Where a film is cut into pieces of about `size` seconds: 0, ..., `seconds`; at keyframes where there are any
    near, for a cut elsewhere has to decode what lies before it."""
    ends = [0.0]
    while seconds - ends[-1] > 1.5 * size:
        ends.append(_near(keyframes, ends[-1] + size, size / 2))
    return (*ends, seconds)


def _near(keyframes: Sequence[float], wanted: float, reach: float) -> float:
    place = bisect_left(keyframes, wanted)
    near = [each for each in keyframes[max(0, place - 1) : place + 1] if abs(each - wanted) < reach]
    return min(near, key=lambda each: abs(each - wanted), default=wanted)


def complete_rungs(pieces: Sequence[tuple[Sequence[str], bool]]) -> tuple[str, ...]:
    """The rungs of which every piece is done; each piece as (its rungs, whether it is done)."""
    wanted = dict.fromkeys(rung for rungs, _done in pieces for rung in rungs)
    return tuple(rung for rung in wanted if all(done for rungs, done in pieces if rung in rungs))
