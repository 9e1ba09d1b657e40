"""What a browser says it records, and what is therefore done with it."""

import re
from dataclasses import dataclass
from typing import Final

_TYPE: Final = re.compile(r"video/(webm|mp4|x-matroska)\s*(?:;\s*codecs\s*=\s*\"?([\w.,\s]{1,80})\"?)?", re.IGNORECASE)
#: what ffmpeg calls the container
_DEMUXERS: Final = {"webm": "matroska", "x-matroska": "matroska", "mp4": "mov"}
_COPIED: Final = ("avc1", "avc3", "h264")
PIPE: Final = "pipe:0"


@dataclass(frozen=True)
class Intake:
    """`demuxer` to open it with; whether its pictures are H.264 and can be taken over as they are.

    `source`: where ffmpeg reads it, and by which protocols of its own.
    """

    demuxer: str
    copied: bool
    source: str = PIPE
    protocols: str = "file,pipe"

    @property
    def is_fed(self) -> bool:
        """Whether it is handed over piece by piece; else ffmpeg fetches it by itself."""
        return self.source == PIPE


def intake_of(media_type: str) -> Intake | None:
    """Of a MediaRecorder's `mimeType`; None for what no browser records.

    Without named codecs the pictures are encoded anew: right for every browser, and dear.
    """
    found = _TYPE.fullmatch(media_type.strip())
    if found is None:
        return None
    codecs = (found[2] or "").lower().replace(" ", "").split(",")
    return Intake(_DEMUXERS[found[1].lower()], codecs[0].startswith(_COPIED))
