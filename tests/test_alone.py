"""What may be asked again, and that it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import alone

SLOW, LOGIC = "tests/browser/test_shell.py::test_it[a b]", "tests/journal/test_chain.py::test_it"
Answering = Callable[..., Path]


@pytest.fixture
def answering(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Answering:
    """A python that notes these as passed when it is asked for tests; returns where it wrote what it was asked."""

    def make(*passed: str) -> Path:
        asked, python = tmp_path / "asked", tmp_path / "python"
        lines = "".join(f'echo "{name}" >> "$PASSED"\n' for name in passed)
        python.write_text(f'#!/bin/sh\necho "$@ FAILED=$FAILED" >> {asked}\n{lines}exit 0\n')
        python.chmod(0o755)
        monkeypatch.setattr("sys.executable", str(python))
        monkeypatch.setenv("FAILED", "somewhere")
        return asked

    return make


def noted(folder: Path, *names: str) -> Path:
    path = folder / f"failed-{len(list(folder.iterdir()))}"
    path.write_text("".join(f"{name}\n" for name in names))
    return path


@pytest.mark.parametrize(
    ("status", "failed", "words"),
    [
        (1, [], "0 tests are told"),
        (2, [SLOW], "ended with 2"),
        (137, [SLOW], "ended with 137"),
        (1, [SLOW, LOGIC], "1 of the tests"),
        (1, [f"! {SLOW}"], "An invariant was broken"),
        (1, [f"{SLOW}{n}" for n in range(alone.MOST + 1)], "up to 10"),
        (1, [f"{SLOW}{n}" for n in range(alone.MOST)], ""),
    ],
)
def test_only_few_that_wait_for_a_clock_are_asked_again(status: int, failed: list[str], words: str) -> None:
    assert words in alone.refusal(status, failed)
    assert bool(alone.refusal(status, failed)) == bool(words)


def test_what_passes_alone_has_passed(tmp_path: Path, answering: Answering, capfd: pytest.CaptureFixture[str]) -> None:
    asked = answering(SLOW)
    assert alone.main([(1, noted(tmp_path, SLOW, SLOW)), (0, noted(tmp_path))]) == 0
    assert asked.read_text() == f"-m pytest {SLOW} FAILED=\n"
    assert capfd.readouterr().out.endswith(f"{SLOW}\nAlone, 1 of 1 passed.\n")


def test_what_is_skipped_or_fails_alone_has_not(tmp_path: Path, answering: Answering) -> None:
    answering()
    assert alone.main([(1, noted(tmp_path, SLOW))]) == 1


def test_a_run_that_died_unnamed_is_not_covered_by_another(tmp_path: Path, answering: Answering) -> None:
    asked = answering(SLOW)
    assert alone.main([(1, noted(tmp_path, SLOW)), (1, noted(tmp_path))]) == 1
    assert not asked.exists()


def test_nothing_failed_and_nothing_is_asked(tmp_path: Path, answering: Answering) -> None:
    asked = answering()
    assert alone.main([(0, noted(tmp_path)), (0, noted(tmp_path))]) == 0
    assert not asked.exists()
