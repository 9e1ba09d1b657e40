"""ffmpeg's commands for one piece of work. The container is named, one file is opened, no metadata goes along."""

from pathlib import Path
from typing import Final

from courses.library.ladder.planning import LADDER, SEGMENT_SECONDS, SOUND, SOUND_KBITS, STILLS, Piece
from courses.library.ladder.probing import ONLY_FILES, Probed
from courses.library.ladder.tools import ffmpeg

#: a storyboard has so many pictures at most, so many on a sheet, and each is so many pixels wide
MOST_TILES, COLUMNS, ROWS, TILE_WIDTH, TILE_HEIGHT = 200, 5, 5, 160, 90
_FRAGMENTS: Final = "empty_moov+default_base_moof"
_PROGRESS: Final = ("-progress", "pipe:1", "-stats_period", "1")
MOST_RATE: Final = 30


def _head(threads: int = 2) -> list[str]:
    return [ffmpeg(), "-nostdin", "-v", "error", "-y", "-threads", str(threads), *ONLY_FILES]


def _opened(source: Path, film: Probed, begin: float, end: float) -> list[str]:
    """The film from `begin` to `end`, and nothing of it that is no picture or sound."""
    span = ["-ss", f"{begin:.3f}", "-t", f"{end - begin:.3f}"] if (begin, end) != (0, film.seconds) else []
    return [*span, "-f", film.demuxer, "-i", f"file:{source}", "-map_metadata", "-1", "-map_chapters", "-1"]


def commands(piece: Piece, film: Probed, source: Path, folder: Path, *, hasty: bool = False) -> list[list[str]]:
    """What makes the piece: `<rung>.mp4` in `folder` for each of its rungs, or the stills. `hasty` when it took too
    long before."""
    if piece.profile == STILLS:
        return [_poster(film, source, folder), _storyboard(film, source, folder)]
    opened = [*_head(), *_opened(source, film, piece.begin, piece.end)]
    if piece.profile == SOUND:
        return [[*opened, *_sound(folder), *_PROGRESS]]
    if piece.profile == "copy":
        return [[*opened, *_copied(folder, piece.rungs[0]), *_PROGRESS]]
    return [[*opened, *_made(piece, film, folder, hasty=hasty), *_PROGRESS]]


def _sound(folder: Path) -> list[str]:
    return [
        "-map", "0:a:0", "-vn", "-ac", "2", "-ar", "48000", "-c:a", "aac", "-b:a", f"{SOUND_KBITS}k",
        "-movflags", _FRAGMENTS, "-frag_duration", str(round(SEGMENT_SECONDS * 1e6)), "-f", "mp4",
        f"file:{folder / SOUND}.mp4",
    ]  # fmt: skip


def _copied(folder: Path, rung: str) -> list[str]:
    return ["-map", "0:v:0", "-an", "-c:v", "copy", "-movflags", f"frag_keyframe+{_FRAGMENTS}", "-f", "mp4",
            f"file:{folder / rung}.mp4"]  # fmt: skip


def _made(piece: Piece, film: Probed, folder: Path, *, hasty: bool) -> list[str]:
    """All rungs of the piece from one decoding."""
    first = f"fps={MOST_RATE}," if film.frames_per_second > MOST_RATE + 1 else ""
    outs = "".join(f"[s{rung}]" for rung in piece.rungs)
    scaled = ";".join(f"[s{rung}]{_scale(film, int(rung))}[v{rung}]" for rung in piece.rungs)
    words = ["-filter_complex", f"[0:v:0]{first}setsar=1,split={len(piece.rungs)}{outs};{scaled}"]
    for rung in piece.rungs:
        words += ["-map", f"[v{rung}]", "-an", *_encoded(LADDER[int(rung)], hasty=hasty), f"file:{folder / rung}.mp4"]
    return words


def _scale(film: Probed, lines: int) -> str:
    lines = min(lines, film.lines) // 2 * 2
    return f"scale=-2:{lines}:flags=bicubic" if film.width >= film.height else f"scale={lines}:-2:flags=bicubic"


def _encoded(kbits: int, *, hasty: bool) -> list[str]:
    """A keyframe each four seconds and nowhere else, so that all rungs are cut at the same instants. No pictures out
    of order: the pieces then follow each other to the frame, and the cheapest phones decode it."""
    return [
        "-c:v", "libx264", "-preset", "ultrafast" if hasty else "veryfast", "-crf", "24", "-maxrate", f"{kbits}k",
        "-bufsize", f"{2 * kbits}k", "-pix_fmt", "yuv420p", "-profile:v", "main", "-bf", "0", "-g", "600",
        "-sc_threshold", "0", "-force_key_frames", f"expr:gte(t,n_forced*{SEGMENT_SECONDS:g})", "-fps_mode", "vfr",
        "-movflags", f"frag_keyframe+{_FRAGMENTS}", "-f", "mp4",
    ]  # fmt: skip


def tile_seconds(seconds: float) -> float:
    """How far the pictures of a storyboard lie apart."""
    return max(2.0, round(seconds / MOST_TILES + 0.05, 1))


def _poster(film: Probed, source: Path, folder: Path) -> list[str]:
    return [
        *_head(1), "-ss", f"{film.seconds / 10:.3f}", "-f", film.demuxer, "-i", f"file:{source}", "-map", "0:v:0",
        "-frames:v", "1", "-vf", "scale='min(960,iw)':-2", "-q:v", "5", "-update", "1", "-f", "image2",
        f"file:{folder}/poster.jpg",
    ]  # fmt: skip


def _storyboard(film: Probed, source: Path, folder: Path) -> list[str]:
    """Sheets of small pictures, of keyframes alone: hours of film take seconds."""
    box = f"{TILE_WIDTH}:{TILE_HEIGHT}"
    shown = (
        f"fps=1/{tile_seconds(film.seconds):g}:round=up,scale={box}:force_original_aspect_ratio=decrease,"
        f"pad={box}:-1:-1,setsar=1,tile={COLUMNS}x{ROWS}"
    )
    return [
        *_head(1), "-skip_frame", "nokey", "-f", film.demuxer, "-i", f"file:{source}", "-map", "0:v:0", "-vf", shown,
        "-q:v", "8", "-fps_mode", "vfr", "-f", "image2", f"file:{folder}/board-%03d.jpg", *_PROGRESS,
    ]  # fmt: skip
