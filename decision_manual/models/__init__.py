"""Versions of pathways, how far each has come, what is searched, and the runs that used them."""

from decision_manual.models.runs import Run, RunPart
from decision_manual.models.search import Paragraph
from decision_manual.models.versions import PathwayVersion, ProofSheet, VersionState

__all__ = ["Paragraph", "PathwayVersion", "ProofSheet", "Run", "RunPart", "VersionState"]
