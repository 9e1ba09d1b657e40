"""Every code that the product writes into the journal can be read by an auditor in words."""

import re
from collections.abc import Iterator

import pytest

from consortium.embedded.management.commands.generate_docs import machines
from consortium.embedded.places import ROOT
from consortium.journal.templatetags import journal_words
from consortium.kernel.machine import Machine
from tests.architecture.measures import PACKAGES


def _codes(pattern: str) -> Iterator[str]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if "migrations" not in path.parts:
                yield from re.findall(pattern, path.read_text(encoding="utf-8"))


def test_every_verb_that_is_recorded_has_words() -> None:
    recorded = set(_codes(r"\bverb=\"([a-z_-]+)\"")) | set(_codes(r"\bnote\(actor, [\w.]+, \"([a-z_-]+)\""))
    assert sorted(recorded - journal_words.WORDS.keys() - journal_words.PLACES.keys()) == []


@pytest.mark.parametrize("machine", machines(), ids=lambda machine: machine.name)
def test_every_step_of_a_machine_has_words(machine: Machine) -> None:
    verbs = {transition.verb for transition in machine.transitions}
    assert sorted(verbs - journal_words.WORDS.keys()) == []


def test_every_place_where_a_record_is_read_has_words() -> None:
    assert sorted(set(_codes(r"\bwhat=\"([a-z_-]+)\"")) - journal_words.PLACES.keys()) == []


@pytest.mark.parametrize("reason", sorted(journal_words.REASONS))
def test_no_reason_has_words_that_the_code_never_gives(reason: str) -> None:
    assert reason in set(_codes(r"\bsystem\(\"([^\"]+)\"\)"))
