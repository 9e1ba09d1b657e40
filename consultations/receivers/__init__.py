"""What consultations hear: work that must go back, and whom an act concerns."""

from consultations.receivers import (
    calling,
    erasing,
    escalating,
    following,
    heeding,
    meeting,
    rating,
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
    "following",
    "heeding",
    "meeting",
    "rating",
    "returning",
    "seconding",
    "telling",
    "turning",
    "unsharing",
]
