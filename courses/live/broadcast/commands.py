"""ffmpeg's command for one run of a broadcast: one stream in, pictures and sound out, each through its own pipe."""

from typing import Final

from courses.library.ladder.tools import ffmpeg
from courses.live.broadcast.intake import Intake

#: microseconds of media in a part: less gains nothing, for the player's own buffer is longer
PART: Final = 250_000
SOUND_KBITS, VIDEO_KBITS, RATE, MOST_LINES = 48, 1500, 25, 720
#: `frag_discont` and no edit list: pictures that begin later than the sound keep their time instead of being moved to 0
_FLAGS: Final = "empty_moov+default_base_moof+frag_discont"
_FRAGMENTS: Final = (
    "-use_editlist", "0", "-avoid_negative_ts", "make_non_negative", "-frag_duration", str(PART), "-flush_packets", "1",
    "-f", "mp4",
)  # fmt: skip
#: a recorder tells in its head what comes; an encoder's sound may begin a moment after its pictures
_FED: Final = ("-probesize", "32768", "-analyzeduration", "0")
_FETCHED: Final = ("-analyzeduration", "1000000")


def command(intake: Intake, *, pictures: int, sound: int) -> list[str]:
    """Reads what the intake names; `pictures` and `sound` are file descriptors that the program inherits.

    No `-fflags nobuffer`: it loses the first keyframe, and with VP8 the whole first second.
    """
    return [
        ffmpeg(), "-nostdin", "-v", "error", "-threads", "2", "-protocol_whitelist", intake.protocols,
        *(_FED if intake.is_fed else _FETCHED), "-f", intake.demuxer, "-i", intake.source,
        "-map", "0:v:0", "-an", "-map_metadata", "-1", *(["-c:v", "copy"] if intake.copied else _encoded()),
        "-movflags", f"frag_keyframe+{_FLAGS}", *_FRAGMENTS, f"pipe:{pictures}",
        "-map", "0:a:0", "-vn", "-map_metadata", "-1", "-ac", "1", "-ar", "48000", "-c:a", "aac",
        "-b:a", f"{SOUND_KBITS}k", "-movflags", _FLAGS, *_FRAGMENTS, f"pipe:{sound}",
    ]  # fmt: skip


def _encoded() -> list[str]:
    """Pictures at a forced rate: a recorded WebM names none, and ffmpeg would take it for 1,000 a second."""
    shown = f"fps={RATE},scale=-2:'min({MOST_LINES},trunc(ih/2)*2)':flags=bicubic"
    return [
        "-vf", shown, "-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-crf", "25",
        "-maxrate", f"{VIDEO_KBITS}k", "-bufsize", f"{VIDEO_KBITS}k", "-pix_fmt", "yuv420p", "-profile:v", "main",
        "-bf", "0", "-g", str(10 * RATE), "-sc_threshold", "0", "-force_key_frames", "expr:gte(t,n_forced)",
    ]  # fmt: skip
