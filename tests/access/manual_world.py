"""What the access matrix needs of the manual: a version of a pathway, and a run without a child."""

from __future__ import annotations

from typing import Any

from consortium.kernel.actors import acting_as, system
from decision_manual.library import load
from decision_manual.operations import add_version, keep_run

FAST = {"facts": {"age_months": 10, "cough_or_difficult_breathing": True, "respiratory_rate": 52}}


def manual_rows(world: Any) -> dict[str, Any]:
    with acting_as(system("test")) as actor:
        version = add_version(actor=actor, pathway=load().pathways["cough-2-59m"])
    run, _fresh = world.does("asker", keep_run, asked=FAST)
    return {"manual_version": version, "manual_run": run}
