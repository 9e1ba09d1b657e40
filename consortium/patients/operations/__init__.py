"""Writes around a child's record. Each is one transaction: policy, lock, save, journal entry, event."""

from consortium.patients.operations.pathways import (
    close_pathway,
    join_pathway,
    leave_pathway,
    open_pathway,
    reopen_pathway,
)

__all__ = [
    "close_pathway",
    "join_pathway",
    "leave_pathway",
    "open_pathway",
    "reopen_pathway",
]
