"""What is read of the manual: the versions that answer, lists, one pathway whole, search."""

from decision_manual.queries.answering import answer_of_run, answer_to, content_of, manual_now
from decision_manual.queries.finding import Hit, found
from decision_manual.queries.versions import (
    Listed,
    indication_cited,
    listed,
    newest_versions,
    pathways_shown,
    proof_of,
    unproven,
    version_shown,
    versions_of,
)

__all__ = [
    "Hit",
    "Listed",
    "answer_of_run",
    "answer_to",
    "content_of",
    "found",
    "indication_cited",
    "listed",
    "manual_now",
    "newest_versions",
    "pathways_shown",
    "proof_of",
    "unproven",
    "version_shown",
    "versions_of",
]
