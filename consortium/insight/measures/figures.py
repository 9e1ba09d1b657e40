"""What one published figure is."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Published:
    """One figure: what it is, `value` in the measure's own unit (minutes, percent, 1-5; None where it has another),
    and where it was printed."""

    figure: Any
    value: float | None
    source: str
    verified: bool = True
