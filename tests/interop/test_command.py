"""`manage.py read_fhir` tells what a file is, and where it is none."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

TASK = {
    "resourceType": "Task",
    "id": "7.1",
    "status": "received",
    "intent": "order",
    "owner": {"reference": "Practitioner/1"},
}
SAID = {
    "resourceType": "Communication", "id": "9", "status": "completed", "sender": {"display": "Dr Heart"},
    "payload": [{"contentString": "She turns blue."}],
}  # fmt: skip
ASKED = {
    "resourceType": "ServiceRequest", "id": "7", "status": "active", "intent": "order", "priority": "stat",
    "subject": {"display": "Girl"}, "performer": [{"display": "Cardiology"}],
}  # fmt: skip


def told(tmp_path: Path, given: Any) -> list[str]:
    file, out = tmp_path / "given.json", StringIO()
    file.write_text(given if isinstance(given, str) else json.dumps(given), encoding="utf-8")
    call_command("read_fhir", str(file), stdout=out)
    return out.getvalue().splitlines()


def test_each_resource_of_a_bundle_is_a_line(tmp_path: Path) -> None:
    entries = [{"resource": each} for each in (ASKED, TASK, SAID, {"resourceType": "Patient", "id": "1"})]
    assert told(tmp_path, {"resourceType": "Bundle", "entry": entries}) == [
        "ServiceRequest  7  active  stat  to Cardiology",
        "Task  7.1  received  with Practitioner/1",
        "Communication  9  completed  from Dr Heart  1 texts",
        "Patient  1",
    ]


def test_words_that_people_wrote_are_not_printed(tmp_path: Path) -> None:
    assert "blue" not in "".join(told(tmp_path, SAID))


@pytest.mark.parametrize("given", ["{", "[]", {"resourceType": "Task", "status": "open", "intent": "order"}])
def test_what_is_none_says_which_file_and_why(tmp_path: Path, given: Any) -> None:
    with pytest.raises(CommandError, match=r"given\.json: "):
        told(tmp_path, given)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="none"):
        call_command("read_fhir", str(tmp_path / "none.json"))
