"""The rows of the measures: numbers for who answers for the work, files of one's own."""

from __future__ import annotations

from tests.access.page_rows import _at, _form, _others
from tests.access.rows import Row

READERS = "lead coordinator admin community_admin manager"
_REST = _others(READERS)
_KEY = _at(key="answered_on_time")

OFFICES = "coordinator admin community_admin manager"
#: the hospital's office, its manager among them
WHO_SEES = "coordinator admin manager"
_REPORT = _at(report_id=lambda world: world.report.pk)
_PAPER = {"report_id": lambda world: world.report.pk, "kind": "xlsx", "language": "en"}

ROWS = [
    Row("insight:overview", "GET", READERS, _REST, note="each their own questions"),
    Row("insight:measure", "GET", READERS, _REST, args=_KEY),
    Row("insight:cases", "GET", "lead coordinator", _others("lead coordinator"), args=_KEY,
        note="of those, the ones that one sees anyway"),
    Row("insight:referrals", "GET", READERS, _REST, note="each their own referrals"),
    Row("insight:reports", "GET", OFFICES, _others(OFFICES), note="each their own institution's"),
    Row("insight:report", "GET", WHO_SEES, _others(OFFICES), args=_REPORT),
    Row("insight:report_file", "GET", WHO_SEES, _others(OFFICES), args=_at(**_PAPER)),
    Row("insight:sign_report", "POST", "admin manager", "coordinator", args=_REPORT, note="its own admin or manager"),
    Row("insight:revise_report", "POST", "admin manager", "coordinator", args=_REPORT, body=_form(reason="A slip")),
    Row("api:reports", "GET", OFFICES, _others(OFFICES), note="each their own institution's"),
    Row("api:report", "GET", WHO_SEES, _others(OFFICES), args=_REPORT),
    Row("api:revise-report", "POST", "admin manager", "coordinator", args=_REPORT, body=_at(reason="A slip")),
    Row("insight:exports", "GET", READERS, _REST),
    Row("insight:export_list", "GET", READERS, _REST, note="each their own"),
    Row("insight:begin_export", "POST", READERS, _REST, body=_form(kind="csv"),
        note="one at a time: the manager's page says so"),
    Row("insight:cancel_export", "POST", "manager", note="one's own"),
    Row("insight:export_file", "GET", "", _REST, note="not written yet: there for nobody"),
    Row("api:measures", "GET", READERS, _REST),
    Row("api:measure", "GET", READERS, _REST, args=_KEY),
    Row("api:measure-definitions", "GET", READERS, _REST),
    Row("api:measure-lenses", "GET", READERS, _REST),
    Row("api:measure-exports", "GET", READERS, _REST, note="each their own"),
]  # fmt: skip
