"""Making the numbers, and writing them into files. The only way to change anything of insight."""

from consortium.insight.operations.exporting import begin_export, cancel_export, expire_exports, write_piece
from consortium.insight.operations.gathering import gather
from consortium.insight.operations.rolling import hear, recompute_month, refresh, roll_month

__all__ = [
    "begin_export",
    "cancel_export",
    "expire_exports",
    "gather",
    "hear",
    "recompute_month",
    "refresh",
    "roll_month",
    "write_piece",
]
