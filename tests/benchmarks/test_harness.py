"""Quantiles, turns, ratios and the table of the benchmarks."""

from __future__ import annotations

import json
from datetime import date
from functools import partial
from typing import Any

import pytest

from benchmarks.__main__ import Script, machine, run
from benchmarks.harness import Goal, Samples, in_turn, judged, report, rounded, show, timed
from benchmarks.table import written

MACHINE = {"cores": "2 cores", "processor": "a processor", "python": "3.11.7", "load": "0.1"}


def results(product: float = 3.0, limit: float = 2.0) -> dict[int, dict[str, Samples]]:
    return {
        10: {"product": Samples([product]), "limit": Samples([limit])},
        1000: {"product": Samples([product * 2]), "limit": Samples([limit])},
    }


def told(**more: Any) -> dict[str, Any]:
    return report("an act", results(), unit="ms", goals=[Goal(10, 1.6), Goal(1000, 1.6)], **more)


def test_the_median_is_the_middle() -> None:
    assert Samples([1.0, 9.0, 2.0]).median == 2.0


def test_the_95th_percentile_is_one_of_the_values() -> None:
    assert Samples([float(n) for n in range(1, 101)]).p95 == 95.0


def test_of_few_values_the_95th_percentile_is_the_greatest() -> None:
    assert Samples([1.0, 3.0, 2.0]).p95 == 3.0


def test_no_more_figures_are_told_than_were_measured() -> None:
    assert rounded(1234.5678) == 1235.0


def test_time_is_told_in_milliseconds() -> None:
    assert 0 <= timed(lambda: None) < 1000


def test_each_side_is_run_in_each_round_and_the_order_turns() -> None:
    order: list[str] = []

    def side(name: str) -> float:
        order.append(name)
        return 1.0

    in_turn({name: partial(side, name) for name in "ab"}, rounds=2, warm_up=0)
    assert order == ["a", "b", "b", "a"]


def test_rounds_that_warm_up_do_not_count() -> None:
    assert len(in_turn({"a": lambda: 1.0}, rounds=3, warm_up=5)["a"].values) == 3


def test_the_ratio_is_told_for_each_size() -> None:
    assert told()["ratio"] == {"10": 1.5, "1000": 3.0}


def test_growth_is_from_the_smallest_size_to_the_largest() -> None:
    assert told()["growth"] == {"product": 2.0, "limit": 1.0}


@pytest.mark.parametrize(("most", "met"), [(1.5, True), (1.49, False)])
def test_a_goal_is_met_up_to_its_limit(most: float, met: bool) -> None:
    assert judged(Goal(10, most), results())["met"] is met


def test_what_is_printed_is_json_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    show(told())
    assert json.loads(capsys.readouterr().out)["operation"] == "an act"


def test_the_table_has_each_figure_beside_its_goal() -> None:
    assert "| an act | 10 | product/limit | ≤ 1.6 | 1.5 |  |" in written([told()], MACHINE, date(2026, 6, 1))


def test_the_table_marks_what_was_missed() -> None:
    assert "| an act | 1000 | product/limit | ≤ 1.6 | 3 | **missed** |" in written(
        [told()], MACHINE, date(2026, 6, 1)
    ).replace("1,000", "1000")


def test_the_table_tells_goals_of_cost_and_those_that_are_to_be_exceeded() -> None:
    more = {"cost_goals": [{"size": 5, "of": "joins", "at_least": 300, "reached": 400.5, "met": True}]}
    assert "| an act | 5 | joins | ≥ 300 | 400.5 |  |" in written([told(extra=more)], MACHINE, date(2026, 6, 1))


def test_the_table_has_the_day_and_the_machine() -> None:
    assert "Measured on 2026-06-01, 2 cores (a processor)" in written([told()], MACHINE, date(2026, 6, 1))


def test_the_table_has_the_times_behind_the_ratios() -> None:
    assert "| an act | 10 | limit | 2 | 2 | ms |" in written([told()], MACHINE, date(2026, 6, 1))


def test_a_benchmark_that_failed_stands_in_the_table() -> None:
    failed = {"operation": "fan-out", "failed": "not done in 5 s"}
    assert "**failed**: not done in 5 s" in written([failed], MACHINE, date(2026, 6, 1))


def test_a_benchmark_that_takes_too_long_is_ended() -> None:
    assert run(Script("x", "harness"), seconds=0.001)["failed"] == "not done in 0 s"


def test_a_benchmark_that_prints_nothing_has_failed() -> None:
    assert run(Script("x", "harness"))["failed"] == "printed nothing"


def test_a_benchmark_that_breaks_says_why() -> None:
    assert "no_such_script" in run(Script("x", "no_such_script"))["failed"]


def test_the_machine_is_named() -> None:
    assert "cores" in machine()["cores"]
