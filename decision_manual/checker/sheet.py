"""The proof sheet of a version: what was proved, with how many vectors, and how many planted faults were found."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from decision_manual.checker import slips
from decision_manual.checker.doses import doses
from decision_manual.checker.equality import equal
from decision_manual.checker.faults import CHECKS, Fault
from decision_manual.checker.invariants import invariants
from decision_manual.checker.library import ages, check_pathway
from decision_manual.checker.mutants import SLIPS, Mutant, mutants
from decision_manual.checker.proofs import prove
from decision_manual.checker.structure import check as structure
from decision_manual.checker.vectors import Bench
from decision_manual.library import LibraryError, Pathway, from_bundle

__all__ = ["SLIPS", "Killed", "caught_by", "killed", "proof_sheet", "slips"]


@dataclass
class Killed:
    """`found`: for each mutant the checks that caught it; `survived` those that nothing caught."""

    found: list[tuple[Mutant, frozenset[str]]] = field(default_factory=list)
    survived: list[Mutant] = field(default_factory=list)

    @property
    def score(self) -> float:
        total = len(self.found) + len(self.survived)
        return len(self.found) / total if total else 1.0

    @property
    def kinds(self) -> set[str]:
        return {mutant.kind for mutant, _checks in self.found} | {mutant.kind for mutant in self.survived}

    def only(self) -> Counter[str]:
        """How many mutants each check was the only one to find."""
        return Counter(next(iter(checks)) for _mutant, checks in self.found if len(checks) == 1)


def killed(pathway: Pathway, bench: Bench, today: date, *, each: int = 2, whole: bool = False) -> Killed:
    """Plant faults in `pathway` and see what finds them (`whole`: every check that does, not just the first).

    A mutant that means the same for every child (proved) is no fault, and is not counted.
    """
    result = Killed()
    for mutant in mutants(pathway.bundle, each=each):
        checks = caught_by(mutant, bench, today, whole=whole)
        if checks:
            result.found.append((mutant, checks))
        elif not equal(pathway, from_bundle(mutant.bundle)):
            result.survived.append(mutant)
    return result


def caught_by(mutant: Mutant, bench: Bench, today: date, *, whole: bool = False) -> frozenset[str]:
    """The checks that find the fault; the quick ones first, the proofs only when those found nothing (or `whole`)."""
    try:
        pathway = from_bundle(mutant.bundle)
    except LibraryError:
        return frozenset({"reading"})
    library = {**bench.library, pathway.id: pathway}
    steps: tuple[Callable[[], list[Fault]], ...] = (
        lambda: [*structure(pathway, today), *doses(pathway), *ages(library)],
        lambda: [Fault("vectors", pathway.id, name, "")] if (name := bench.kills(pathway)) else [],
        lambda: [*prove(pathway), *invariants(pathway, library)],
    )
    found: set[str] = set()
    for step in steps:
        found |= {fault.check for fault in step()}
        if found and not whole:
            break
    return frozenset(found)


def proof_sheet(pathway: Pathway, library: Mapping[str, Pathway], bench: Bench, today: date) -> dict[str, Any]:
    """{"checks": {name: {"says", "faults": [..]}}, "vectors", "mutants": {"kinds", "planted", "found", "score"}}."""
    faults: list[Fault] = [*check_pathway(pathway, library, today), *_of(pathway, bench.faults())]
    checks = {
        name: {"says": says, "faults": [str(fault) for fault in faults if fault.check == name]}
        for name, says in CHECKS.items()
    }
    plant = killed(pathway, bench, today, each=1)
    planted = len(plant.found) + len(plant.survived)
    told = {"kinds": len(plant.kinds), "planted": planted, "found": len(plant.found), "score": round(plant.score, 3)}
    return {"checks": checks, "vectors": bench.counted(pathway), "mutants": {**told, "of_kinds": len(SLIPS)}}


def _of(pathway: Pathway, faults: Iterable[Fault]) -> list[Fault]:
    return [fault for fault in faults if fault.pathway == pathway.id]
