"""Why a film cannot be used: codes that `library.states` puts into plain words."""

from enum import StrEnum


class VideoFault(StrEnum):
    """One cause each, so that the person is told what to do next."""

    EMPTY = "empty"
    NOT_VIDEO = "not-video"
    NO_PICTURE = "no-picture"
    CODEC = "codec"
    PICTURE_SIZE = "picture-size"
    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    FALSE_LENGTH = "false-length"
    BROKEN = "broken"
    TOO_SLOW = "too-slow"
    TOO_MUCH_MEMORY = "too-much-memory"
    BYTES_GONE = "bytes-gone"


class Refused(Exception):
    """The film ends here. `note` is a short technical remark for the record, never shown as the reason."""

    def __init__(self, fault: VideoFault, note: str = "") -> None:
        super().__init__(f"{fault}: {note}" if note else fault)
        self.fault = fault
        self.note = note[:300]


class Stopped(Exception):
    """Whoever asked for the work wants it no longer."""
