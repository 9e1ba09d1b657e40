"""R7: one of two web processes is killed under its live pages; the other takes them all, and nothing is missed."""

from __future__ import annotations

import os

from tests.faults.stack import Stack
from tests.faults.storm import Storm, second_web
from tests.faults.table import Figure
from tests.faults.ward import Ward

#: a hundred in every run; two thousand for the full loops: STORM_PAGES=2000
PAGES = int(os.environ.get("STORM_PAGES", "2000" if os.environ.get("FAULT_ROUNDS") else "100"))


def test_one_of_two_web_processes_is_killed_under_its_live_pages(stack: Stack, ward: Ward, figure: Figure) -> None:
    with second_web(stack) as victim:
        storm = Storm(stack, ward, PAGES)
        with storm.open_pages():
            weather = storm.blow(victim)
    figure(f"R7 {PAGES} live pages", weather.words())
    assert weather.cut > 0, "nobody was on the process that was killed"
    assert (weather.gaps, weather.doubled) == (0, 0)
    assert set(storm.sender.saved) <= {row[0] for row in stack.sql("SELECT id::text FROM casework_message")}
