"""All benchmarks, one after another, and the dated table of what they found: ``python -m benchmarks [--quick]``.

Each runs as a process of its own and prints its JSON, which is kept under ``$STATE_DIR/benchmarks/results``; a run that
takes longer than its share is ended and stands in the table as failed. The table is docs/benchmarks.md.
"""

import argparse
import contextlib
import io
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.table import written
from consortium.embedded.places import ROOT, Place

SHARE = 300.0  # seconds; on idle cores each takes a fifth of it
TABLE = ROOT / "docs" / "benchmarks.md"


SMALL = ("--rounds", "3", "--sizes", "0")


@dataclass(frozen=True)
class Script:
    """One run: its name, what is given to it, and what a quick look is given instead."""

    name: str
    module: str
    arguments: tuple[str, ...] = ()
    #: None: too large for a quick look, or another look at what stands here already
    quick: tuple[str, ...] | None = SMALL


SCRIPTS = (
    Script("worklist-sql", "worklist", ("sql", "--rounds", "300"), ("sql", "--rounds", "3", "--sizes", "0")),
    Script("worklist-api", "worklist", ("api", "--rounds", "150"), ("api", "--rounds", "3", "--sizes", "0")),
    Script("worklist-page", "worklist", ("page", "--rounds", "99"), ("page", "--rounds", "3", "--sizes", "0")),
    Script("worklist-filter", "worklist", ("filter", "--rounds", "300"), None),
    Script("case-page", "worklist", ("case", "--rounds", "99"), ("case", "--rounds", "3", "--sizes", "0")),
    Script("operation", "operation"),
    Script("sign-in-page", "sign_in_page", ("--rounds", "80"), ("--rounds", "3", "--sizes", "1")),
    Script("sign-in", "sign_in", ("--rounds", "5"), ("--rounds", "1", "--sizes", "1")),
    Script("fan-out", "fan_out", ("--rounds", "30"), ("--rounds", "3", "--sizes", "10")),
    Script("room", "room", (), ("--rounds", "3", "--sizes", "10", "--window", "1", "--settle", "0")),
    Script("room-whole", "room", ("--rounds", "5", "--sizes", "9000"), None),
    Script("chat", "chat", (), ("--rounds", "3", "--sizes", "10")),
    Script("manual-evaluate", "manual", ("evaluate",), ("evaluate", "--rounds", "3", "--sizes", "3")),
    Script("manual-search", "manual", ("search", "--rounds", "150"), ("search", "--rounds", "3", "--sizes", "3000")),
    Script("slow-viewer", "slow_viewer", (), ("--rounds", "3", "--sizes", "10")),
    Script("measures-page", "measures", ("page", "--rounds", "50"), ("page", "--rounds", "3", "--sizes", "0")),
    Script("measures-roll", "measures", ("roll", "--rounds", "5"), ("roll", "--rounds", "3", "--sizes", "0")),
    *(
        Script(f"referrals-{part}", "referrals", (part, "--rounds", "99"), quick and (part, *quick))
        for part, quick in (("list", None), ("api", None), ("page", None), ("radar", SMALL), ("way", SMALL))
    ),
    Script(
        "measures-referrals",
        "measures",
        ("referrals", "--rounds", "50"),
        ("referrals", "--rounds", "3", "--sizes", "0"),
    ),
    Script("course-page", "courses", ("course",), None),
    Script("catalogue", "courses", ("catalogue",), None),
    Script("heartbeat", "courses_watch", (), None),
    Script("video-ladder", "video", (), None),
    Script("video-segment", "delivery", (), None),
    Script("reconnect", "reconnect", ("--rounds", "2"), None),
)


def run(script: Script, *, seconds: float = SHARE) -> dict[str, Any]:
    """The JSON object that it printed; {"operation", "failed"} when it printed none in time."""
    command = [sys.executable, "-m", f"benchmarks.{script.module}", *script.arguments]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=seconds)
        result: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return {"operation": script.name, "failed": f"not done in {seconds:.0f} s"}
    except json.JSONDecodeError:
        return {"operation": script.name, "failed": (done.stderr.strip().splitlines() or ["printed nothing"])[-1]}
    return result


def quick_look(script: Script) -> dict[str, Any]:
    """The same in this process, at tiny sizes: whether it runs, not how fast."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        import_module(f"benchmarks.{script.module}").main(script.quick)
    result: dict[str, Any] = json.loads(printed.getvalue())
    return result


def machine() -> dict[str, str]:
    """What the figures were measured on."""
    told = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in told if line.startswith("model name")]
    return {
        "cores": f"{os.cpu_count()} cores",
        "processor": names[0] if names else platform.machine(),
        "python": platform.python_version(),
        "load": f"{os.getloadavg()[0]:.1f}",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="tiny sizes, to see that all run; prints what they print")
    parser.add_argument("--only", nargs="+", choices=[s.name for s in SCRIPTS], help="the others keep theirs")
    options = parser.parse_args()
    chosen = [script for script in SCRIPTS if not options.only or script.name in options.only]
    if options.quick:
        json.dump({script.name: quick_look(script) for script in chosen if script.quick}, sys.stdout)
    else:
        _measure(chosen)


def _measure(chosen: list[Script]) -> None:
    kept = Place.of().state / "benchmarks" / "results"
    kept.mkdir(parents=True, exist_ok=True)
    begun = machine()
    for script in chosen:
        at = time.monotonic()
        result = run(script)
        sys.stderr.write(f"{script.name}: {time.monotonic() - at:.0f} s {result.get('failed', '')}\n")
        (kept / f"{script.name}.json").write_text(json.dumps(result, indent=2))
    results = [json.loads(p.read_text()) for s in SCRIPTS if (p := kept / f"{s.name}.json").exists()]
    TABLE.write_text(written(results, begun, datetime.now(UTC).date()))
    sys.stderr.write(f"{TABLE.relative_to(ROOT)} is written\n")


if __name__ == "__main__":
    main()
