"""Growth by the WHO standards (birth to 5 years, 2006) and reference (5 to 19 years, 2007)."""

from consortium.clinical.growth.child import (
    Body,
    Child,
    Growth,
    Position,
    Score,
    assess,
    body_mass_index,
    lies,
    score,
    standard_length,
)
from consortium.clinical.growth.findings import Finding, believed
from consortium.clinical.growth.tables import Index, NoStandard

__all__ = [
    "Body",
    "Child",
    "Finding",
    "Growth",
    "Index",
    "NoStandard",
    "Position",
    "Score",
    "assess",
    "believed",
    "body_mass_index",
    "lies",
    "score",
    "standard_length",
]
