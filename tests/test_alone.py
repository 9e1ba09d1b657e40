"""What may be asked again, and that it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import alone

SLOW, LOGIC = "tests/browser/test_shell.py::test_it", "tests/journal/test_chain.py::test_it"


@pytest.mark.parametrize(
    ("failed", "words"),
    [
        ([], "without saying"),
        ([SLOW, LOGIC], "1 of the tests"),
        ([f"{SLOW}[{n}]" for n in range(alone.MOST + 1)], "up to 10"),
        ([f"{SLOW}[{n}]" for n in range(alone.MOST)], ""),
    ],
)
def test_only_few_that_wait_for_a_clock_are_asked_again(failed: list[str], words: str) -> None:
    assert words in alone.refusal(failed)
    assert bool(alone.refusal(failed)) == bool(words)


@pytest.mark.parametrize("status", [0, 1])
def test_they_are_asked_once_and_what_they_say_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], status: int
) -> None:
    noted = tmp_path / "failed"
    noted.write_text(f"{SLOW}\n{SLOW}\n")
    asked = tmp_path / "asked"
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\necho "$@ FAILED=$FAILED" > {asked}\nexit {status}\n')
    python.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(python))
    monkeypatch.setenv("FAILED", str(noted))
    assert alone.main(noted) == status
    assert asked.read_text() == f"-m pytest {SLOW} FAILED=\n"
    assert SLOW in capfd.readouterr().out


def test_a_failure_of_logic_stays_one(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    noted = tmp_path / "failed"
    noted.write_text(f"{LOGIC}\n")
    assert alone.main(noted) == 1
    assert "wait for no clock" in capfd.readouterr().out
