"""Pages that are made from the code, and the glossary: whole, and found out when stale."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from consortium.embedded.management.commands import generate_docs
from consortium.kernel.machine import Machine
from tests.architecture.measures import ROOT

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
TERMS = [
    [cell.strip() for cell in line.strip("|").split("|")] for line in GLOSSARY.splitlines() if line.startswith("| ")
][1:]
#: one abbreviation in both languages
SAME = {"ISBAR", "FHIR", "PEWS", "SBAR", "DICOM"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Pages of their own, small: the real ones are checked by `make check`."""
    monkeypatch.setattr(generate_docs, "FOLDER", tmp_path / "generated")
    monkeypatch.setattr(generate_docs, "pages", lambda: {"one.md": lambda: "new\n"})
    return tmp_path / "generated"


def test_pages_are_written_and_then_are_fresh(folder: Path) -> None:
    call_command("generate_docs")
    call_command("generate_docs", check=True)
    assert (folder / "one.md").read_text() == "new\n"


@pytest.mark.parametrize("name", ["one.md", "left-over.md"])
def test_a_stale_page_and_one_left_over_fail_the_check(folder: Path, name: str) -> None:
    call_command("generate_docs")
    (folder / name).write_text("old\n")
    with pytest.raises(CommandError, match=name):
        call_command("generate_docs", check=True)
    call_command("generate_docs")
    call_command("generate_docs", check=True)


@pytest.mark.parametrize("machine", generate_docs.machines(), ids=lambda machine: machine.name)
def test_a_chart_shows_every_act_and_every_step(machine: Machine) -> None:
    page = generate_docs.machine_page(machine)
    chart = page.split("```")[1]
    for transition in machine.transitions:
        assert f"| {transition.id} | `{transition.verb}` |" in page
        for source in transition.sources:
            assert f"{source} --> {transition.target or source}: {transition.id} {transition.verb}" in chart
    assert all(f"| `{step}` |" in page for step in machine.steps.values)


def test_every_machine_has_its_page() -> None:
    charts = {f"{machine.name.replace('_', '-')}.md" for machine in generate_docs.machines()}
    assert "consultation.md" in charts
    assert charts <= set(generate_docs.pages())
    assert {"access.md", "openapi.yaml"} <= set(generate_docs.pages())


def test_every_term_of_the_glossary_has_both_languages_and_a_meaning() -> None:
    assert len(TERMS) > 20
    for cells in TERMS:
        if set(cells[0]) <= {"-"}:
            continue
        english, chinese, meaning = cells
        assert english and meaning, cells
        assert english in SAME or re.search(r"[\u4e00-\u9fff]", chinese), cells


def test_no_term_stands_twice() -> None:
    terms = [cells[0] for cells in TERMS]
    assert sorted({term for term in terms if terms.count(term) > 1}) == []
