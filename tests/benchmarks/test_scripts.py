"""Each benchmark runs at a tiny size, prints what docs/benchmarks.md is made of, and both sides did their work."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from benchmarks.__main__ import SCRIPTS
from consortium.embedded.places import ROOT
from tests import databases

#: those that every run of the suite looks at, one of each kind; `make deep` all
FEW = ("worklist-page", "operation", "sign-in", "fan-out", "measures-page")
NAMES = [
    pytest.param(script.name, marks=() if script.name in FEW else pytest.mark.deep)
    for script in SCRIPTS
    if script.quick
]
#: milliseconds below which no such work can have been done
LEAST = {"sign-in": 10.0, "operation": 0.05, "worklist-page": 0.5, "worklist-api": 0.5}


@pytest.fixture(scope="module")
def told(request: pytest.FixtureRequest) -> Any:
    """What they print, by name."""
    only = [] if request.config.option.deep else ["--only", *FEW]
    environ = {**os.environ, "MIGRATED_DATABASE": databases.address(databases.migrated())}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", *only], cwd=ROOT, env=environ, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_was_measured_how_often_and_with_what(told: Any, name: str) -> None:
    one = told[name]
    assert one["operation"]
    assert one["unit"].startswith("ms")
    assert one["rounds"] > 0
    assert one["versions"]["python"]


@pytest.mark.parametrize("name", NAMES)
def test_both_sides_did_their_work_at_each_size(told: Any, name: str) -> None:
    one = told[name]
    for size in one["sizes"]:
        for side in ("product", "limit"):
            times = one["measured"][str(size)][side]
            assert 0 < times["median"] <= times["p95"]
            assert times["median"] >= LEAST.get(name, 0)


@pytest.mark.parametrize("name", NAMES)
def test_the_ratio_is_of_the_two_medians(told: Any, name: str) -> None:
    one = told[name]
    for size, ratio in one["ratio"].items():
        at = one["measured"][size]
        assert ratio == pytest.approx(at["product"]["median"] / at["limit"]["median"], rel=0.01)


@pytest.mark.parametrize("name", NAMES)
def test_each_goal_is_judged(told: Any, name: str) -> None:
    for goal in [*told[name]["goals"], *told[name].get("cost_goals", [])]:
        if "at_most" in goal:
            assert goal["met"] is (goal["reached"] <= goal["at_most"]) or goal["reached"] == goal["at_most"]
        else:
            assert goal["met"] is (goal["reached"] >= goal["at_least"]) or goal["reached"] == goal["at_least"]


def test_every_script_of_the_folder_is_run() -> None:
    shared = {"__init__", "__main__", "ground", "world", "referred", "harness", "viewers", "table", "fan_out_servers"}
    shared |= {"audience", "layer_server"}
    there = {path.stem for path in (ROOT / "benchmarks").glob("*.py")} - shared
    assert there == {script.module for script in SCRIPTS}
