"""`manage.py manual`: lines in, lines out; the checks with their exit status."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from decision_manual.library import Library, LibraryError
from decision_manual.management.commands import manual
from decision_manual.models import PathwayVersion

FAST = {"age_months": 10, "cough_or_difficult_breathing": True, "respiratory_rate": 52}


def evaluated(tmp_path: Path, *lines: str) -> list[Any]:
    file = tmp_path / "asked.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    out = StringIO()
    call_command("manual", "evaluate", str(file), stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def asked(**words: Any) -> str:
    return json.dumps({"id": "a", "facts": FAST, "unlisted": "negative", **words})


def test_a_line_is_answered_by_the_newest_version(tmp_path: Path, cough_version: PathwayVersion) -> None:
    (told,) = evaluated(tmp_path, asked())

    assert list(told) == ["id", "classifications", "actions", "referrals", "unknown"]
    (one,) = told["classifications"]
    assert set(one) == {"code", "severity", "pathway", "row", "version", "status"}
    assert (one["code"], one["version"], one["status"]) == ("pneumonia", "1", "draft")


@pytest.mark.django_db
def test_an_empty_database_leaves_what_is_shipped(tmp_path: Path) -> None:
    (told,) = evaluated(tmp_path, asked())

    assert ("pneumonia", "draft") in [(one["code"], one["status"]) for one in told["classifications"]]


def test_without_a_database_what_is_shipped_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("no server")

    monkeypatch.setattr(manual, "manual_now", away)
    (told,) = evaluated(tmp_path, asked())

    assert "pneumonia" in [one["code"] for one in told["classifications"]]


@pytest.mark.parametrize(("line", "field"), [
    ("x", "line"), ("[]", "line"), ('{"facts": {"age_days": NaN}}', "line"),
    ('{"facts": {"age_days": 400, "a": 1}}', "a"),
    ("[" * 100_000, "line"),
])  # fmt: skip
def test_a_line_that_cannot_be_answered_names_the_field(
    line: str, field: str, tmp_path: Path, cough_version: PathwayVersion
) -> None:
    first, second = evaluated(tmp_path, line, asked())

    assert list(first["error"]) == [field]
    assert second["classifications"]


def test_blank_lines_are_passed_over(tmp_path: Path, cough_version: PathwayVersion) -> None:
    assert len(evaluated(tmp_path, "", asked(), "  ")) == 1


def test_decimals_stay_exact(tmp_path: Path, cough_version: PathwayVersion) -> None:
    facts = '"age_months": 10, "weight_kg": 8.10, "cough_or_difficult_breathing": true, "chest_indrawing": true'
    (told,) = evaluated(tmp_path, f'{{"facts": {{{facts}}}}}')

    dose = next(action["dose"] for action in told["actions"] if action["code"] == "oral_amoxicillin_5d")
    assert dose["trace"] == ["4 ≤ weight_kg 8.1 < 10: 1 tablet (250 mg)"]


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch, cough_version: PathwayVersion) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(asked()))
    out = StringIO()
    call_command("manual", "evaluate", "-", stdout=out)

    assert json.loads(out.getvalue())["id"] == "a"


def test_documents_that_cannot_be_read_are_told_and_left_out(
    monkeypatch: pytest.MonkeyPatch, db: None, tmp_path: Path
) -> None:
    broken = Library({}, (LibraryError("cough/pathway.yaml", "id", "add id"),))
    monkeypatch.setattr(manual, "load", lambda: broken)
    monkeypatch.setattr(manual, "manual_now", lambda: None)
    file, err = tmp_path / "empty", StringIO()
    file.write_text("")
    call_command("manual", "evaluate", str(file), stderr=err)

    assert "cough/pathway.yaml: id: add id" in err.getvalue()


def test_a_check_of_one_pathway_passes() -> None:
    out = StringIO()
    call_command("manual", "check", "cough-2-59m", stdout=out)

    assert "cough-2-59m: 7 rows" in out.getvalue()


def test_a_fault_is_told_and_ends_with_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Library({}, (LibraryError("cough/pathway.yaml", "id", "add id"),))
    monkeypatch.setattr(manual, "load", lambda: broken)
    out = StringIO()
    with pytest.raises(CommandError, match="faults in the library"):
        call_command("manual", "check", stdout=out)

    assert "cough: id: [reading] add id" in out.getvalue()
