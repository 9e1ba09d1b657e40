"""A version on what people edit."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from consortium.kernel import versions
from consortium.kernel.errors import StaleVersion
from consortium.kernel.versions import Versioned, check_version, explain_changes_with

ROW: Any = SimpleNamespace(version=3)


@pytest.fixture(autouse=True)
def nobody_explains(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "_explainers", [])


def test_the_version_seen_passes() -> None:
    check_version(ROW, 3)


def test_who_saw_no_version_passes() -> None:
    check_version(ROW, None)


@pytest.mark.parametrize("seen", [2, 4, 0, -1])
def test_any_other_version_is_stale(seen: int) -> None:
    with pytest.raises(StaleVersion):
        check_version(ROW, seen)


def test_what_is_stale_tells_both_versions() -> None:
    with pytest.raises(StaleVersion) as stale:
        check_version(ROW, 2)
    assert stale.value.detail == {"version": 3, "expected": 2}


def test_what_is_stale_tells_who_changed_it() -> None:
    explain_changes_with(lambda row: {"changed_by": "Dr Li"})
    with pytest.raises(StaleVersion) as stale:
        check_version(ROW, 2)
    assert stale.value.detail["changed_by"] == "Dr Li"


def test_nobody_is_asked_who_changed_what_nobody_changed() -> None:
    explain_changes_with(lambda row: pytest.fail("asked"))
    check_version(ROW, 3)


def test_a_new_row_begins_at_one() -> None:
    assert Versioned._meta.get_field("version").default == 1


def test_no_form_edits_the_version() -> None:
    assert not Versioned._meta.get_field("version").editable
