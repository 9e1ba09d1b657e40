"""Making the numbers, and writing them into files. The only way to change anything of insight."""

from consortium.insight.operations.exporting import begin_export, cancel_export, expire_exports, write_piece
from consortium.insight.operations.gathering import gather
from consortium.insight.operations.reporting import freeze_due, revise_report, sign_report
from consortium.insight.operations.rolling import hear, recompute_month, refresh, roll_month

__all__ = [
    "begin_export",
    "cancel_export",
    "expire_exports",
    "freeze_due",
    "gather",
    "hear",
    "recompute_month",
    "refresh",
    "revise_report",
    "roll_month",
    "sign_report",
    "write_piece",
]
