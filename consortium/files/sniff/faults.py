"""Why a file cannot be used: codes that `files.states` puts into plain words."""

from enum import StrEnum


class Fault(StrEnum):
    """One cause each, so that the person is told what to do next."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    UNKNOWN_TYPE = "unknown-type"
    HEIC = "heic"
    VIDEO = "video"
    ARCHIVE = "archive"
    DOCUMENT = "document"
    DISGUISED = "disguised"
    ACTIVE = "active"
    TOO_MANY_PIXELS = "too-many-pixels"
    BROKEN = "broken"
    TRUNCATED = "truncated"
    PASSWORD = "password"  # noqa: S105 - a cause, not a secret  # nosec B105
    NO_PICTURE = "no-picture"
    DICOMDIR = "dicomdir"
    COMPRESSION = "compression"
    TOO_SLOW = "too-slow"
    TOO_MUCH_MEMORY = "too-much-memory"
    SCANNER = "scanner"
    TOO_LONG = "too-long"
    SILENT = "silent"


#: Faults that are a threat, not an accident.
THREATS = frozenset({Fault.ACTIVE, Fault.DISGUISED, Fault.SCANNER})


class Refused(Exception):
    """The file ends here. `note` is a short technical remark for the record, never shown as the reason."""

    def __init__(self, fault: Fault, note: str = "") -> None:
        super().__init__(f"{fault}: {note}" if note else fault)
        self.fault = fault
        self.note = note
