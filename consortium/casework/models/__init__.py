"""Services, cases with their ball and clocks, and the thread."""

from consortium.casework.models.cases import (
    BallSpell,
    Case,
    Clock,
    Message,
    OfVisibleCase,
    ReadMark,
    Service,
    ServiceMember,
    involved_in,
    rows,
)

__all__ = [
    "BallSpell",
    "Case",
    "Clock",
    "Message",
    "OfVisibleCase",
    "ReadMark",
    "Service",
    "ServiceMember",
    "involved_in",
    "rows",
]
