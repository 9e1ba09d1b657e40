"""The whole library: each pathway, then what holds between them."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import pairwise
from time import perf_counter

from decision_manual.checker.doses import doses
from decision_manual.checker.faults import Fault
from decision_manual.checker.invariants import invariants
from decision_manual.checker.proofs import prove
from decision_manual.checker.structure import check as structure
from decision_manual.checker.vectors import Bench, vectors
from decision_manual.evaluator.ages import OLDEST_DAYS
from decision_manual.library import Library, Pathway

#: 18 years; IMCI ends at 5
GROWN_UP, FIVE_YEARS = 6575, 1826
IMCI_AGES = ((0, 60), (60, FIVE_YEARS))
Say = Callable[[str], None]


def check_pathway(pathway: Pathway, library: Mapping[str, Pathway], today: date) -> list[Fault]:
    """Everything about one pathway but its vectors."""
    return [*structure(pathway, today), *doses(pathway), *prove(pathway), *invariants(pathway, library)]


def check_library(library: Library, today: date, *, only: str = "", say: Say = lambda line: None) -> list[Fault]:
    """Every fault of the library; `say` hears how long each pathway took."""
    faults = [Fault("reading", error.file.split("/")[0], error.path, error.message) for error in library.errors]
    for pathway in library.pathways.values():
        if only in ("", pathway.id):
            begun = perf_counter()
            found = check_pathway(pathway, library.pathways, today)
            faults += found
            say(f"{pathway.id}: {len(pathway.rows)} rows, {perf_counter() - begun:.1f} s, {len(found) or 'no'} faults")
    if not only:
        faults += list(ages(library.pathways))
    bench = Bench(library.pathways, library.shared, vectors())
    found = [fault for fault in bench.faults() if only in ("", fault.pathway)]
    say(f"{len(bench.all)} vectors, {len(found) or 'no'} faults")
    return faults + found


def ages(library: Mapping[str, Pathway]) -> Iterator[Fault]:
    """Bands of one theme join; IMCI covers every day to five years; something covers every day to eighteen."""
    for pathway in library.values():
        if pathway.age_days[1] > OLDEST_DAYS + 1:
            yield Fault("ages", pathway.id, "applies", f"ends after {OLDEST_DAYS} days")
        if pathway.family == "imci" and pathway.age_days not in IMCI_AGES:
            yield Fault("ages", pathway.id, "applies", "IMCI has two age bands: [0, 60] and [60, 1826]")
    for theme in sorted({pathway.bands for pathway in library.values() if pathway.bands}):
        yield from _joined(theme, [pathway for pathway in library.values() if pathway.bands == theme])
    if library and (day := _uncovered(list(library.values()), GROWN_UP)) is not None:
        yield Fault("ages", "library", "applies", f"no pathway is for day {day}")
    imci = [pathway for pathway in library.values() if pathway.family == "imci"]
    if imci and (day := _uncovered(imci, FIVE_YEARS)) is not None:
        yield Fault("ages", "imci", "applies", f"no IMCI table is for day {day}")


def _joined(theme: str, band: list[Pathway]) -> Iterator[Fault]:
    ordered = sorted(band, key=lambda pathway: pathway.age_days)
    for before, after in pairwise(ordered):
        if before.age_days[1] != after.age_days[0]:
            word = "gap" if before.age_days[1] < after.age_days[0] else "overlap"
            message = f"{word} between {before.id} (to {before.age_days[1]}) and {after.id} (from {after.age_days[0]})"
            yield Fault("ages", after.id, f"bands.{theme}", message)


def _uncovered(pathways: list[Pathway], until: int) -> int | None:
    """The first day before `until` that none of them is for."""
    day = 0
    for low, high in sorted(pathway.age_days for pathway in pathways):
        if low > day:
            return day
        day = max(day, high)
    return day if day < until else None
