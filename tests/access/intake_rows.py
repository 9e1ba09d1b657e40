"""The rows of what a service takes and whom its clocks tell, and of what a symptom needs: pages and API."""

from __future__ import annotations

from tests.access.api_rows import _words
from tests.access.page_rows import _at, _both, _form, _others
from tests.access.rows import EVERYBODY, Row

RUNS = "lead admin manager"
_RULE = _at(leg=lambda w: "first_answer", urgency=lambda w: "urgent")

ROWS = [
    *_both("casework:edit_intake", RUNS, _others(RUNS)),
    Row("casework:rules", "GET", EVERYBODY),
    *_both("casework:edit_rule", RUNS, _others(RUNS), args=_RULE),
    Row("consultations:needs", "POST", "asker", at="draft", body=_form(symptom="cough")),
    Row("api:service-intake", "GET", EVERYBODY),
    Row("api:service-intake", "PATCH", RUNS, _others(RUNS), body=_words(allocation="automatic", version=1)),
    Row("api:service-escalation", "GET", EVERYBODY),
    Row("api:service-escalation", "PUT", RUNS, _others(RUNS),
        body=_words(leg="first_answer", urgency="urgent", steps=[{"percent": 100, "tell": "lead"}])),
]  # fmt: skip
