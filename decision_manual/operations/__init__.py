"""Everything that is written in the manual."""

from decision_manual.operations.loading import add_version, load_shipped
from decision_manual.operations.proving import prove_version
from decision_manual.operations.reviewing import approve_clinically, approve_doses, retire, send_back, send_to_review
from decision_manual.operations.running import keep_run

__all__ = [
    "add_version",
    "approve_clinically",
    "approve_doses",
    "keep_run",
    "load_shipped",
    "prove_version",
    "retire",
    "send_back",
    "send_to_review",
]
