"""The shipped library, read once; a small pathway that tests may change; versions in the database."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from consortium.kernel.actors import acting_as, system
from decision_manual.evaluator import Catalogue, Outcome, read_facts, run
from decision_manual.library import Library, Pathway, from_bundle, load
from decision_manual.models import PathwayVersion
from decision_manual.operations import add_version

Change = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="session")
def library() -> Library:
    return load()


@pytest.fixture(scope="session")
def cough(library: Library) -> Pathway:
    return library.pathways["cough-2-59m"]


@pytest.fixture(scope="session")
def young(library: Library) -> Pathway:
    return library.pathways["young-infant-infection"]


def changed(pathway: Pathway, change: Change) -> Pathway:
    """The pathway read again after `change` was made to its bundle."""
    bundle = copy.deepcopy(dict(pathway.bundle))
    change(bundle)
    return from_bundle(bundle)


def seen(
    library: Library, pathway: Pathway, facts: Mapping[str, Any], *, unlisted: str = "unknown", **site: str
) -> Outcome:
    """The outcome of one pathway for these facts."""
    given = read_facts(facts, Catalogue.of([pathway], library.shared), unlisted=unlisted, profile=site)
    return run(pathway, given)


def rows_of(outcome: Outcome) -> list[str]:
    return [row.id for _table, row in outcome.hits]


@pytest.fixture
def by_system() -> Iterator[None]:
    with acting_as(system("a test")):
        yield


@pytest.fixture
def cough_version(db: None, cough: Pathway) -> PathwayVersion:
    with acting_as(system("a test")) as actor:
        return add_version(actor=actor, pathway=cough)
