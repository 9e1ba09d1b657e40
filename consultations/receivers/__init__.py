"""What consultations hear: work that must go back, and whom an act concerns."""

from consultations.receivers import (
    calling,
    erasing,
    escalating,
    heeding,
    meeting,
    returning,
    seconding,
    telling,
    turning,
    unsharing,
)

__all__ = [
    "calling",
    "erasing",
    "escalating",
    "heeding",
    "meeting",
    "returning",
    "seconding",
    "telling",
    "turning",
    "unsharing",
]
