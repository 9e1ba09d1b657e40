"""What failed of the tests that wait for a real clock, once more and alone (the last part of `make test`).

Browsers, stacks of processes and their kills share two cores with everything else; on a machine slower than ours one of
them may not come in time. So each run writes what failed to the file $FAILED names, and `python -m tests.alone` asks
those again with nothing beside them. Anything else that failed stays failed: a test that waits for no clock, an
invariant that was broken, a run that ended otherwise than by its tests, and a run in which much failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

#: whose tests wait for processes, pages and time
CLOCKED = (
    "tests/benchmarks/", "tests/browser/", "tests/courses/live/broadcast/", "tests/courses/live/room/",
    "tests/embedded/", "tests/faults/", "tests/live/",
)  # fmt: skip
#: more than this is no accident of a full machine
MOST = 10
#: a fault test that says so found a lost, doubled or wrong row: whenever that was, it was one
BROKEN = "assert not broken"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Note what failed, and what passed, a line each, where somebody waits for it."""
    stats = terminalreporter.stats
    failed = [report for kind in ("failed", "error") for report in stats.get(kind, [])]
    _note("FAILED", [("! " if BROKEN in report.longreprtext else "") + report.nodeid for report in failed])
    _note("PASSED", [report.nodeid for report in stats.get("passed", []) if report.when == "call"])


def _note(name: str, lines: Sequence[str]) -> None:
    if path := os.environ.get(name):
        with Path(path).open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)


def _noted(path: Path) -> list[str]:
    return list(dict.fromkeys(path.read_text(encoding="utf-8").splitlines()))


def refusal(status: int, failed: Sequence[str]) -> str:
    """Why what a run that ended with `status` left is not asked again; nothing when it is."""
    if status != pytest.ExitCode.TESTS_FAILED or not failed:
        return f"A run ended with {status}, and {len(failed)} tests are told to have failed."
    if broken := [name for name in failed if name.startswith("! ")]:
        return f"An invariant was broken: {', '.join(broken)}"
    if others := [name for name in failed if not name.startswith(CLOCKED)]:
        return f"{len(others)} of the tests that failed wait for no clock."
    if len(failed) > MOST:
        return f"{len(failed)} tests failed; up to {MOST} are asked again."
    return ""


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join([*lines, ""]))
    sys.stdout.flush()


def main(runs: Sequence[tuple[int, Path]]) -> int:
    """`runs`: (how it ended, where it noted what failed). 0 when nothing failed, or each passes alone."""
    failed: list[str] = []
    for status, noted in runs:
        names = _noted(noted)
        if status and (why := refusal(status, names)):
            _say(f"Not asked again: {why}")
            return 1
        failed += names
    if not failed:
        return 0
    _say("Failed beside everything else, asked again alone:", *failed)
    lost = sorted(set(failed) - _passed(failed))
    _say("Failed beside everything else:", *failed, f"Alone, {len(failed) - len(lost)} of {len(failed)} passed.", *lost)
    return 1 if lost else 0


def _passed(names: Sequence[str]) -> set[str]:
    """Those that passed with nothing beside them; a skipped one did not."""
    with tempfile.TemporaryDirectory() as folder:
        noted = Path(folder) / "passed"
        noted.touch()
        environ = {name: value for name, value in os.environ.items() if name != "FAILED"} | {"PASSED": str(noted)}
        subprocess.run([sys.executable, "-m", "pytest", *names], env=environ, check=False)
        return set(_noted(noted))


if __name__ == "__main__":
    told = sys.argv[1:]
    sys.exit(main([(int(status), Path(noted)) for status, noted in zip(told[::2], told[1::2], strict=True)]))
