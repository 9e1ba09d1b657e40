"""Why a person must look at a picture: codes that `files.states` puts into plain words."""

from enum import StrEnum


class Flag(StrEnum):
    """One cause each."""

    ULTRASOUND = "ultrasound"
    SECONDARY = "secondary"
    ANNOTATED = "annotated"
    UNSAID = "unsaid"
    FACE = "face"
