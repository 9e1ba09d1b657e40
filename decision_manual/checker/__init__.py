"""Proves a pathway before a doctor can see it: structure, logic, clinical rules, doses, vectors, mutants."""

from decision_manual.checker.faults import CHECKS, Fault
from decision_manual.checker.library import check_library, check_pathway

__all__ = ["CHECKS", "Fault", "check_library", "check_pathway"]
