"""What failed of the tests that wait for a real clock, once more and alone (the last part of `make test`).

Browsers, stacks of processes and their kills share two cores with everything else; on a machine slower than ours one of
them may not come in time. So a run writes what failed to the file $FAILED names, and `python -m tests.alone FILE` asks
those again with nothing beside them. Anything else that failed stays failed, and so does a run in which much did.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

#: whose tests wait for processes, pages and time
CLOCKED = ("tests/benchmarks/", "tests/browser/", "tests/embedded/", "tests/faults/", "tests/live/")
#: more than this is no accident of a full machine
MOST = 10


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Note what failed, a line each."""
    if noted := os.environ.get("FAILED"):
        reports = [report for kind in ("failed", "error") for report in terminalreporter.stats.get(kind, [])]
        with Path(noted).open("a", encoding="utf-8") as file:
            file.writelines(f"{report.nodeid}\n" for report in reports)


def refusal(failed: list[str]) -> str:
    """Why these are not asked again; nothing when they are."""
    if not failed:
        return "The run ended without saying which test failed."
    if others := [name for name in failed if not name.startswith(CLOCKED)]:
        return f"{len(others)} of the tests that failed wait for no clock."
    if len(failed) > MOST:
        return f"{len(failed)} tests failed; up to {MOST} are asked again."
    return ""


def main(noted: Path) -> int:
    failed = list(dict.fromkeys(noted.read_text(encoding="utf-8").splitlines()))
    if why := refusal(failed):
        sys.stdout.write(f"Not asked again: {why}\n")
        return 1
    sys.stdout.write("\n".join(["Failed beside everything else, asked again alone:", *failed, ""]))
    sys.stdout.flush()
    environ = {name: value for name, value in os.environ.items() if name != "FAILED"}
    return subprocess.run([sys.executable, "-m", "pytest", *failed], env=environ, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
