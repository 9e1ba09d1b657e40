"""Where things may stand: every module of a feature is a known shelf, or a pure engine named here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.measures import PACKAGES, ROOT, product_files

SHELVES = frozenset(
    {
        *("states", "events", "models", "policies", "queries", "operations", "forms", "views", "api", "consumers"),
        *("tasks", "receivers", "admin", "urls", "routing", "fhir", "measures"),
        *("__init__", "apps", "migrations", "management", "templatetags"),
    }
)
# Sub-packages that import no view and no operation, so that they can be tested and read alone.
ENGINES = {
    "consortium.casework": {"icalendars", "sheets", "worktime"},
    "consortium.files": {"deidentify", "delivery", "dicom", "images", "sandbox", "scanners", "sniff", "sound", "tus"},
    "consortium.interop": {"r4"},
    "consortium.insight": {"spreadsheet"},
    "consortium.calls": {"mailbox", "turn"},
    "consortium.live": {"hub", "topics"},
    "consortium.notices": {"channels"},
    "consortium.patients": {"identity"},
    "courses.assessment": {"crediting", "gift", "items", "sitting", "tables"},
    "courses.library": {"gains", "intervals", "ladder", "prose", "streaming"},
    "courses.live": {"broadcast", "deidentify", "room"},
    "referrals": {"checklist"},
    "decision_manual": {"calculators", "chart", "checker", "evaluator", "expressions", "library", "pathways"},
}
# Modules that a library of ours asks for by their kind, where one feature alone needs them.
BY_KIND = {"consortium.people": {"middleware", "adapters", "backends", "hashers", "sessions"}}
FEATURES = (
    "consortium.journal", "consortium.people", "consortium.patients", "consortium.casework", "consortium.files",
    "consortium.live", "consortium.notices", "consortium.calls", "consortium.interop", "consortium.insight",
    "consultations", "courses.assessment", "courses.library", "courses.live", "decision_manual", "referrals",
)  # fmt: skip
# Not features: wiring, the kernel beneath them, clinical arithmetic, the supervisor and the demonstration.
OTHERS = {"consortium.kernel", "consortium.clinical", "consortium.embedded", "consortium.demo"}


def modules_of(feature: str) -> set[str]:
    folder = ROOT / feature.replace(".", "/")
    found = {path.stem for path in folder.glob("*.py")}
    return found | {path.name for path in folder.iterdir() if path.is_dir() and path.name != "__pycache__"}


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_has_no_stray_module(feature: str) -> None:
    assert modules_of(feature) - SHELVES - ENGINES.get(feature, set()) - BY_KIND.get(feature, set()) == set()


def test_every_package_is_a_feature_or_named() -> None:
    inside = {f"consortium.{path.name}" for path in (ROOT / "consortium").iterdir() if (path / "__init__.py").exists()}

    assert inside - OTHERS == {name for name in FEATURES if name.startswith("consortium.")}


@pytest.mark.parametrize("name", ["utils", "helpers", "signals", "common", "misc"])
def test_no_module_is_called(name: str) -> None:
    assert [path for path in product_files() if path.stem == name or name in path.parts] == []


def engine_files() -> list[Path]:
    folders = [ROOT / feature.replace(".", "/") / name for feature, names in ENGINES.items() for name in names]
    return [path for folder in folders for path in sorted(folder.rglob("*.py"))]


def test_engines_import_no_view_and_no_operation() -> None:
    roots = "|".join(PACKAGES)
    above = re.compile(rf"^\s*(?:from|import) (?:{roots})\S*\.(?:views|operations|api|forms)\b", re.M)

    assert [path for path in engine_files() if above.search(path.read_text(encoding="utf-8"))] == []


def test_rows_are_never_reached_around_the_actor() -> None:
    """``.unscoped`` belongs to the kernel, migrations and tests."""
    kernel = ROOT / "consortium" / "kernel"
    users = [path for path in product_files() if re.search(r"\.unscoped\b", path.read_text(encoding="utf-8"))]

    assert [str(path) for path in users if not path.is_relative_to(kernel)] == []


def test_no_inline_code_or_style_in_templates() -> None:
    """The Content-Security-Policy would block it, without a word to whoever is looking."""
    inline = re.compile(
        r"""\sstyle\s*=|\son[a-z]+\s*=\s*["']|<style\b|<script(?![^>]*\b(?:src|type="application/json")\b)"""
    )
    found = [path for path in (ROOT / "templates").rglob("*.html") if inline.search(path.read_text(encoding="utf-8"))]

    assert found == []


def test_packages_measured_are_those_that_exist() -> None:
    assert all((ROOT / package / "__init__.py").exists() for package in PACKAGES)
