"""The manual's rows: all staff read it; clinicians keep runs; a run without a child is its maker's own."""

from __future__ import annotations

from typing import Any

from tests.access.manual_world import FAST
from tests.access.rows import EVERYBODY, Row

CLINICIANS = "asker colleague nurse specialist other_specialist lead district stranger"
OTHERS = " ".join(name for name in EVERYBODY.split() if name not in CLINICIANS.split())


def _words(**words: Any) -> Any:
    return lambda world: words


_COUGH = _words(pathway="cough-2-59m")

_CODE = _words(code="cough-2-59m")
_FIRST = _words(code="cough-2-59m", number=1)

ROWS = [
    Row("manual:manual", "GET", EVERYBODY),
    Row("manual:pathway", "GET", EVERYBODY, args=_CODE),
    Row("manual:pathway", "POST", EVERYBODY, args=_CODE, body=_words(age="7"), note="an answer; nothing is kept"),
    Row("manual:chapter", "GET", EVERYBODY, args=_CODE),
    Row("manual:chart", "GET", EVERYBODY, args=_CODE),
    Row("manual:proof", "GET", EVERYBODY, args=_CODE),
    Row("manual:version", "GET", EVERYBODY, args=_FIRST),
    Row("manual:chart_pdf", "GET", EVERYBODY, args=_FIRST),
    Row("manual:run", "GET", "asker", args=lambda w: {"run_id": w.manual_run.pk}),
    Row(
        "manual:act",
        "POST",
        "",
        EVERYBODY,
        args=_words(code="cough-2-59m", number=1, verb="approve_clinically"),
        note="a clinical reviewer's",
    ),
    Row("api:manual-evaluate", "POST", EVERYBODY, body=_words(**FAST)),
    Row("api:manual-runs", "GET", EVERYBODY, note="those that the caller sees"),
    Row("api:manual-runs", "POST", CLINICIANS, OTHERS, body=_words(**FAST)),
    Row("api:manual-run", "GET", "asker", args=lambda w: {"run_id": w.manual_run.pk}),
    Row("api:manual-pathways", "GET", EVERYBODY),
    Row("api:manual-pathway", "GET", EVERYBODY, args=_COUGH),
    Row("api:manual-pathway-versions", "GET", EVERYBODY, args=_COUGH),
    Row("api:manual-search", "GET", EVERYBODY, query="q=cough"),
    Row("api:manual-indication", "GET", EVERYBODY, args=_words(code="RI-cough-1")),
]
