"""By which ways a guest comes, decided by the page's own module: when it goes down, past what, and why."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.decision_manual.test_differential import NODE

SCRIPT = Path(__file__).with_name("guest_ladder.mjs")
ALL: dict[str, dict[str, Any]] = {rung: {"ice": []} for rung in ("p2p", "turn_udp", "turn_tcp")}
NO_RELAY = {**ALL, "turn_udp": {"cause": "not_set_up"}, "turn_tcp": {"cause": "not_set_up"}}
FLOWS, SILENT = True, False

#: ways, whether the browser has connections, whether anything came in each second -> the rung at last, and the tries
CASES: dict[str, tuple[dict[str, Any], bool, list[bool], str, list[list[str]]]] = {
    "what flows stays": (ALL, True, [FLOWS] * 5, "p2p", [["p2p", ""]]),
    "what does not flow in time goes down": (
        ALL, True, [*[SILENT] * 3, FLOWS], "turn_udp", [["p2p", "blocked"], ["turn_udp", ""]],
    ),
    "step by step to the site itself": (
        ALL, True, [SILENT] * 9, "websocket", [["p2p", "blocked"], ["turn_udp", "blocked"], ["turn_tcp", "blocked"]],
    ),
    "past what is not set up": (
        NO_RELAY, True, [*[SILENT] * 3, FLOWS], "websocket",
        [["p2p", "blocked"], ["turn_udp", "not_set_up"], ["turn_tcp", "not_set_up"], ["websocket", ""]],
    ),
    "never directly where only the relay is allowed": (
        {**ALL, "p2p": {"cause": "relay_only"}}, True, [FLOWS], "turn_udp", [["p2p", "relay_only"], ["turn_udp", ""]],
    ),
    "a browser without connections comes through the site": (
        ALL, False, [FLOWS], "websocket",
        [*[[rung, "unsupported"] for rung in ALL], ["websocket", ""]],
    ),
    "a short silence is waited for": (ALL, True, [FLOWS, SILENT, SILENT, FLOWS], "p2p", [["p2p", ""]]),
    "a long one is tried again the same way": (
        ALL, True, [FLOWS, *[SILENT] * 4, FLOWS], "p2p", [["p2p", ""], ["p2p", "lost"], ["p2p", ""]],
    ),
    "and then goes down": (
        ALL, True, [FLOWS, *[SILENT] * 8], "turn_udp", [["p2p", ""], ["p2p", "lost"], ["p2p", "blocked"]],
    ),
    "there is nothing below the site itself": (
        NO_RELAY, False, [SILENT] * 9, "websocket",
        [["p2p", "unsupported"], ["turn_udp", "unsupported"], ["turn_tcp", "unsupported"]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_way_down(name: str) -> None:
    ways, connections, flows, rung, tries = CASES[name]
    asked = json.dumps({"ways": ways, "connections": connections, "flows": flows})
    done = subprocess.run([NODE, str(SCRIPT)], input=asked, capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(done.stdout) == {"rung": rung, "tries": tries}
