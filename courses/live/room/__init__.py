"""The room of a lecture: who may come in, what they may say, what everybody is told each half second. Pure.

``tickets`` admit without a question to the database, ``saying`` reads what a page says, ``ticks`` puts what happened
into frames of at most 1.5 kB, ``board`` keeps in Redis what waits for the next one.
"""

from .board import Board, Looked
from .saying import BadFrame, Said, read_command
from .tickets import CAPTION, CONDUCT, MODERATE, Ticket, issue, read
from .ticks import MOST_BYTES, Item, Tick, frames_of

__all__ = [
    "CAPTION",
    "CONDUCT",
    "MODERATE",
    "MOST_BYTES",
    "BadFrame",
    "Board",
    "Item",
    "Looked",
    "Said",
    "Tick",
    "Ticket",
    "frames_of",
    "issue",
    "read",
    "read_command",
]
