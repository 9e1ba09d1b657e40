"""What the rows of the green channel speak of: a stat child of its own, whose alarm is out."""

from __future__ import annotations

from typing import Any

from referrals.operations.alarm import raise_alarm
from referrals.states import AlarmProblem
from tests.factories.patients import make_patient


def green_rows(world: Any) -> dict[str, Any]:
    """Raised by the centre; the hospital knows this child from then on."""
    child = make_patient(world.centre, "Qian Yu")
    words = {"patient_id": child.pk, "institution_id": world.centre.pk, "problem": AlarmProblem.SEIZURE}
    return {"alarm": world.does("asker", raise_alarm, **words), "alarm_child": child}
