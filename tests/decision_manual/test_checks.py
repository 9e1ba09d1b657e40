"""Each check finds a fault that no other check finds; a pathway without a fault passes them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from decision_manual.checker import CHECKS, Fault
from decision_manual.checker.library import ages, check_library, check_pathway
from decision_manual.checker.solver import Child, Reading
from decision_manual.checker.vectors import Bench, Vector
from decision_manual.library import Library, LibraryError, Pathway, Shared, from_bundle
from tests.decision_manual.small import small

TODAY = date(2026, 11, 22)
Bundle = dict[str, Any]
VECTOR = Vector("fifty", {"age_months": 10, "respiratory_rate": 50}, "small", expect=("fair",), never=("good",))


def faults_of(change: Callable[[Bundle], None], **others: Callable[[Bundle], None]) -> set[str]:
    """The checks that find something after `change` (and in a library with `others`)."""
    bundle = small()
    change(bundle)
    try:
        pathway = from_bundle(bundle)
    except LibraryError:
        return {"reading"}
    library = {"small": pathway}
    for name, other in others.items():
        made = small()
        made["pathway"]["id"] = name
        other(made)
        library[name] = from_bundle(made)
    found = [*check_pathway(pathway, library, TODAY), *_band(library), *_vectors(library)]
    return {fault.check for fault in found}


def _band(library: Mapping[str, Pathway]) -> list[Fault]:
    return [fault for fault in ages(library) if fault.pathway != "library"]


def _vectors(library: Mapping[str, Pathway]) -> list[Fault]:
    return list(Bench(library, Shared(), [VECTOR]).faults())


def row(bundle: Bundle, index: int, table: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = bundle["pathway"]["tables"][table]["rows"][index]
    return found


def test_nothing_is_wrong_with_the_small_pathway() -> None:
    assert faults_of(lambda bundle: None) == set()


def _reading(b: Bundle) -> None:
    row(b, 0)["actions"] = ["nothing"]


def _languages(b: Bundle) -> None:
    b["pathway"]["title"] = {"en": "小路径", "zh": "小路径"}


def _used(b: Bundle) -> None:
    b["pathway"]["indications"]["RI-small-9"] = {"urgency": "R2", "title": {"en": "Idle", "zh": "闲"}}


def _leaf(b: Bundle) -> None:
    row(b, 2)["actions"] = []


def _severity(b: Bundle) -> None:
    b["library"]["classes"]["fair"]["severity"] = "pink"


def _urgency(b: Bundle) -> None:
    row(b, 1)["referral"] = "RI-small-1"


def _thresholds(b: Bundle) -> None:
    row(b, 0)["when"]["any"][1]["respiratory_rate"]["ge"] = 130


def _review(b: Bundle) -> None:
    b["pathway"]["review"]["next_review"] = "2026-11-22"


def _polarity(b: Bundle) -> None:
    row(b, 1)["when"] = {"any": [row(b, 1)["when"], {"all": ["wheeze", {"not": {"spo2": {"ge": 95}}}]}]}


def _complete(b: Bundle) -> None:
    calm = [{"not": "convulsing_now"}, {"respiratory_rate": {"lt": 50}}, {"not": "wheeze"}]
    row(b, 2)["when"] = {"all": calm}


def _exclusive(b: Bundle) -> None:
    b["pathway"]["tables"][0]["hit"] = "unique"


def _added(name: str, when: Any) -> dict[str, Any]:
    """A row that adds something and refers nowhere."""
    cite = [{"source": "IMCI14", "locator": "page 1"}]
    title = {"en": "Added", "zh": "附加"}
    return {"id": name, "when": when, "title": title, "severity": "yellow", "actions": ["rest"], "cite": cite}


def _satisfiable(b: Bundle) -> None:
    never = _added("more-never", {"all": ["wheeze", {"not": "wheeze"}]})
    b["pathway"]["tables"][1]["rows"].append(never)


def _reachable(b: Bundle) -> None:
    again = {**row(b, 0), "id": "small-again", "when": {"respiratory_rate": {"ge": 80}}}
    b["pathway"]["tables"][0]["rows"].insert(1, again)


def _monotone(b: Bundle) -> None:
    more = _added("more-band", {"respiratory_rate": {"ge": 30, "lt": 40}})
    b["pathway"]["tables"].append({"id": "band", "title": {"en": "Band", "zh": "带"}, "hit": "multi", "rows": [more]})


def _calm(b: Bundle) -> None:
    row(b, 2)["when"] = True


def _invariants(b: Bundle) -> None:
    b["pathway"]["indications"]["RI-small-2b"]["urgency"] = "U1"


def _doses(b: Bundle) -> None:
    b["library"]["actions"]["syrup"]["dose"]["amount"] = 150


def _vectors_only(b: Bundle) -> None:
    row(b, 1)["when"]["respiratory_rate"] = {"gt": 50}


SEEDED: dict[str, Callable[[Bundle], None]] = {
    "reading": _reading, "languages": _languages, "used": _used, "leaf": _leaf, "severity": _severity,
    "urgency": _urgency, "thresholds": _thresholds, "review": _review, "polarity": _polarity, "complete": _complete,
    "exclusive": _exclusive, "satisfiable": _satisfiable, "reachable": _reachable, "monotone": _monotone, "calm": _calm,
    "invariants": _invariants, "doses": _doses, "vectors": _vectors_only,
}  # fmt: skip


@pytest.mark.parametrize("check", SEEDED)
def test_a_fault_that_only_one_check_finds(check: str) -> None:
    assert faults_of(SEEDED[check]) == {check}


def test_only_the_check_of_ages_finds_an_overlap() -> None:
    def older(bundle: Bundle) -> None:
        bundle["pathway"]["applies"]["age_days"] = [1800, 6575]

    assert faults_of(lambda bundle: None, other=older) == {"ages"}


def test_only_the_check_of_ages_finds_a_gap() -> None:
    def older(bundle: Bundle) -> None:
        bundle["pathway"]["applies"]["age_days"] = [1900, 6575]

    assert faults_of(lambda bundle: None, other=older) == {"ages"}


def test_bands_that_join_are_no_fault() -> None:
    def older(bundle: Bundle) -> None:
        bundle["pathway"]["applies"]["age_days"] = [1826, 6575]

    assert faults_of(lambda bundle: None, other=older) == set()


def test_only_the_proof_about_unknowns_finds_an_evaluator_that_hides(monkeypatch: pytest.MonkeyPatch) -> None:
    """The logic itself keeps this; so the fault is planted in the logic: strictly read as if it were shown."""
    pair = Child.pair
    lenient: dict[Reading, Reading] = {"full": "full", "shown": "shown", "strict": "shown"}
    monkeypatch.setattr(Child, "pair", lambda self, node, reading: pair(self, node, lenient[reading]))

    assert faults_of(lambda bundle: None) == {"unknown"}


def test_every_check_has_such_a_fault() -> None:
    assert {*SEEDED, "ages", "unknown"} == set(CHECKS)


def test_a_fault_of_completeness_shows_a_child() -> None:
    bundle = small()
    _complete(bundle)
    pathway = from_bundle(bundle)

    (fault,) = check_pathway(pathway, {"small": pathway}, TODAY)

    assert "wheeze=True" in fault.message


def test_a_fault_says_where_it_is() -> None:
    assert (
        str(Fault("leaf", "small", "small-green", "leads to nothing")) == "small: small-green: [leaf] leads to nothing"
    )


def test_documents_that_cannot_be_read_are_faults_of_the_library() -> None:
    error = LibraryError("cough/pathway.yaml", "tables[0]", "add rows")

    (fault,) = check_library(Library({}, (error,)), TODAY, only="cough")

    assert (fault.check, fault.pathway, fault.where) == ("reading", "cough", "tables[0]")


@pytest.mark.parametrize(
    ("text", "says"),
    [("soon", "dates are written"), ("2040-01-01", "within 24 months"), ("2026-10-01", "has passed")],
)
def test_a_review_date_is_refused(text: str, says: str) -> None:
    bundle = small()
    bundle["pathway"]["review"]["next_review"] = text
    pathway = from_bundle(bundle)

    assert any(says in fault.message for fault in check_pathway(pathway, {}, TODAY))


def test_a_day_that_nothing_is_for_is_a_fault_of_the_library() -> None:
    pathway = from_bundle(small())

    assert "no pathway is for day 0" in [fault.message for fault in ages({"small": pathway})]


def test_imci_covers_every_day_to_five_years() -> None:
    bundle = small()
    bundle["pathway"]["family"] = "imci"

    found = [fault.message for fault in ages({"small": from_bundle(bundle)})]

    assert "no IMCI table is for day 0" in found


def test_imci_has_two_age_bands() -> None:
    bundle = small()
    bundle["pathway"] |= {"family": "imci", "applies": {"age_days": [30, 1826]}}

    assert any("two age bands" in fault.message for fault in ages({"small": from_bundle(bundle)}))
