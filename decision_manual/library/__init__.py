"""Pathways as data: their schema, the loader with its errors, and what they are once read."""

from decision_manual.library.loading import SHIPPED, Library, digest, from_bundle, load
from decision_manual.library.places import LibraryError, Place, Words
from decision_manual.library.reading import Shared, used
from decision_manual.library.shapes import (
    Action,
    Cite,
    Derived,
    Dose,
    Finding,
    Indication,
    Pathway,
    Row,
    Score,
    Severity,
    Table,
)

__all__ = [
    "SHIPPED",
    "Action",
    "Cite",
    "Derived",
    "Dose",
    "Finding",
    "Indication",
    "Library",
    "LibraryError",
    "Pathway",
    "Place",
    "Row",
    "Score",
    "Severity",
    "Shared",
    "Table",
    "Words",
    "digest",
    "from_bundle",
    "load",
    "used",
]
