"""Faults planted on purpose: how many kinds there are, and how many the checks find."""

from __future__ import annotations

import random
from datetime import date

import pytest

from decision_manual.checker.equality import equal
from decision_manual.checker.mutants import SLIPS, Mutant, mutants
from decision_manual.checker.sheet import caught_by, killed, proof_sheet
from decision_manual.checker.vectors import Bench, vectors
from decision_manual.library import Library, Pathway, Shared, from_bundle
from tests.decision_manual.small import small

TODAY = date(2026, 11, 22)
OF_IMCI = ("cough-2-59m", "danger-signs", "young-infant-infection")


@pytest.fixture(scope="module")
def bench(library: Library) -> Bench:
    return Bench({name: library.pathways[name] for name in OF_IMCI}, library.shared, vectors())


def test_there_are_more_than_forty_kinds() -> None:
    assert len(SLIPS) >= 40


def test_a_mutant_is_made_again_from_its_seed(cough: Pathway) -> None:
    assert list(mutants(cough.bundle)) == list(mutants(cough.bundle))


def test_a_mutant_leaves_the_original_alone(cough: Pathway) -> None:
    before = repr(cough.bundle)
    list(mutants(cough.bundle))

    assert repr(cough.bundle) == before


def test_the_shipped_pathway_has_a_place_for_most_kinds(cough: Pathway) -> None:
    assert len({mutant.kind for mutant in mutants(cough.bundle)}) >= 40


@pytest.mark.parametrize("kind", sorted(SLIPS))
def test_a_kind_that_finds_no_place_says_so(kind: str) -> None:
    """Whatever it answers, it answers for a bundle that has nearly nothing, and breaks nothing."""
    bundle = small()
    changed = SLIPS[kind](bundle, random.Random(1))

    assert changed == (bundle != small())


def test_at_least_ninety_five_in_a_hundred_are_found(bench: Bench) -> None:
    found = survived = 0
    for name in OF_IMCI:
        result = killed(bench.library[name], bench, TODAY, each=1)
        found, survived = found + len(result.found), survived + len(result.survived)
    print(f"{found} of {found + survived} planted faults found")

    assert found / (found + survived) >= 0.95


@pytest.mark.deep
def test_the_whole_library_finds_them(library: Library) -> None:
    whole = Bench(library.pathways, library.shared, vectors())
    results = {name: killed(pathway, whole, TODAY, each=2) for name, pathway in library.pathways.items()}
    found = sum(len(result.found) for result in results.values())
    survived = [(name, m.kind, m.seed) for name, result in results.items() for m in result.survived]
    print(f"{found} of {found + len(survived)} planted faults found; survived: {survived}")

    assert found / (found + len(survived)) >= 0.95


def test_a_fault_that_cannot_be_read_is_found_by_reading(bench: Bench) -> None:
    bundle = small()
    bundle["pathway"]["tables"] = [{"id": "none"}]

    assert caught_by(Mutant("none", 0, bundle), bench, TODAY) == {"reading"}


def test_all_checks_that_find_a_fault_are_named_when_asked(bench: Bench) -> None:
    bundle = small()
    bundle["pathway"]["tables"][0]["rows"][2]["actions"] = []
    bundle["pathway"]["tables"][0]["rows"][2]["when"] = True

    assert caught_by(Mutant("two", 0, bundle), bench, TODAY, whole=True) >= {"leaf", "calm"}
    assert "calm" not in caught_by(Mutant("two", 0, bundle), bench, TODAY)


def test_a_pathway_equals_itself(cough: Pathway) -> None:
    assert equal(cough, from_bundle(cough.bundle))


def test_the_same_said_otherwise_is_equal() -> None:
    bundle = small()
    bundle["pathway"]["tables"][0]["rows"][1]["when"] = {"respiratory_rate": {"gt": 49}}

    assert equal(from_bundle(small()), from_bundle(bundle))


@pytest.mark.parametrize("threshold", [49, 51])
def test_another_threshold_is_not_equal(threshold: int) -> None:
    bundle = small()
    bundle["pathway"]["tables"][0]["rows"][1]["when"] = {"respiratory_rate": {"ge": threshold}}

    assert not equal(from_bundle(small()), from_bundle(bundle))


def test_another_dose_is_not_equal() -> None:
    bundle = small()
    bundle["library"]["actions"]["syrup"]["dose"]["amount"] = 10

    assert not equal(from_bundle(small()), from_bundle(bundle))


def test_another_title_is_not_equal() -> None:
    bundle = small()
    bundle["pathway"]["title"]["en"] = "Another"

    assert not equal(from_bundle(small()), from_bundle(bundle))


def test_a_proof_sheet_names_every_check() -> None:
    pathway = from_bundle(small())
    sheet = proof_sheet(pathway, {"small": pathway}, Bench({"small": pathway}, Shared(), []), TODAY)

    assert all(not check["faults"] for check in sheet["checks"].values())
    assert sheet["mutants"]["planted"] >= sheet["mutants"]["found"] > 20
    assert sheet["vectors"] == 0
