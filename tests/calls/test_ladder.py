"""The way down, decided by the page's own module: when, to which rung, and why."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.decision_manual.test_differential import NODE

SCRIPT = Path(__file__).with_name("ladder.mjs")
AWAY = {"connected": 0}
QUIET = {"flows": False}
HELD = {"held": True}

#: rung, what was measured each second, what was decided
DECISIONS: dict[str, tuple[str, list[dict[str, Any]], list[dict[str, Any]]]] = {
    "a connection with moving media is held, once": ("video", [{}] * 3, [HELD]),
    "alone nothing is decided": ("video", [{"peers": 0, **AWAY}] * 9, []),
    "time alone does not count as blocked": ("video", [*[{"peers": 0, **AWAY}] * 9, AWAY, AWAY], []),
    "no connection in time is blocked": ("video", [AWAY] * 4, [{"rung": "audio", "cause": "network_blocked"}]),
    "failed is blocked at once": ("audio", [AWAY | {"failed": True}], [{"rung": "stills", "cause": "network_blocked"}]),
    "a short loss is waited for": ("video", [{}, AWAY, AWAY, {}, AWAY], [HELD]),
    "a long one goes down": ("video", [{}, *[AWAY] * 5], [HELD, {"rung": "audio", "cause": "network_lost"}]),
    "loss ends video": ("video", [{"loss": 0.2}] * 4, [HELD, {"rung": "audio", "cause": "network_weak"}]),
    "and not yet sound": ("audio", [{"loss": 0.2}] * 9, [HELD]),
    "more of it ends sound": ("audio", [{"loss": 0.4}] * 4, [HELD, {"rung": "stills", "cause": "network_weak"}]),
    "a thin line ends video": ("video", [{"kbps": 40}] * 4, [HELD, {"rung": "audio", "cause": "network_weak"}]),
    "an unknown width does not": ("video", [{"kbps": None}] * 9, [HELD]),
    "frozen pictures end video": ("video", [{"frozen": True}] * 4, [HELD, {"rung": "audio", "cause": "network_weak"}]),
    "one bad second does not": ("video", [{}, {"loss": 0.3}, *[{}] * 6], [HELD]),
    "stills without a camera and without others' end in writing": (
        "stills", [{"camera": False, **QUIET}], [{"rung": "written", "cause": "no_camera"}],
    ),
    "stills need no connection": ("stills", [AWAY] * 9, [HELD]),
    "in writing nothing is weighed": ("written", [AWAY | {"loss": 1}] * 9, []),
}  # fmt: skip
#: what the devices allow: cause of no camera, of no microphone -> the rung, and what is noted as tried
STARTS: list[tuple[tuple[str, str], str, list[list[str]]]] = [
    (("", ""), "video", []),
    (("", "no_microphone"), "video", []),
    (("declined", ""), "audio", [["video", "declined"]]),
    (
        ("no_camera", "no_microphone"),
        "written",
        [["video", "no_camera"], ["audio", "no_microphone"], ["stills", "no_camera"]],
    ),
]


@cache
def answers() -> dict[Any, Any]:
    """All cases in one run of Node."""
    asked: list[dict[str, Any]] = [{"rung": rung, "samples": samples} for rung, samples, _ in DECISIONS.values()]
    asked += [{"start": {"camera": camera, "microphone": microphone}} for (camera, microphone), *_ in STARTS]
    asked += [{"start": {"camera": "", "microphone": "", "connections": False}}]
    lines = "\n".join(json.dumps(one) for one in asked)
    said = subprocess.run([NODE, str(SCRIPT)], input=lines, capture_output=True, text=True, check=True).stdout
    told = [json.loads(line) for line in said.splitlines()]
    names: list[Any] = [*DECISIONS, *(one[0] for one in STARTS), "old"]
    return dict(zip(names, told, strict=True))


@pytest.mark.parametrize("name", DECISIONS)
def test_the_ladder(name: str) -> None:
    assert answers()[name]["said"] == DECISIONS[name][2]


@pytest.mark.parametrize(("devices", "rung", "falls"), STARTS)
def test_where_it_begins(devices: Any, rung: str, falls: list[list[str]]) -> None:
    assert answers()[devices] == {"rung": rung, "falls": falls}


def test_an_old_browser_begins_with_stills() -> None:
    assert answers()["old"]["rung"] == "stills"


def test_the_numbers_that_are_kept() -> None:
    assert answers()["more of it ends sound"]["numbers"] == {"seconds": 4, "loss": 0.4, "frozen": 0, "kbps": 800}
