"""The access matrix: every route and method against every role. A route that is missing here fails the build."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.access import (
    afterwards_rows,
    api_rows,
    bank_rows,
    broadcast_rows,
    call_rows,
    care_rows,
    course_rows,
    credit_rows,
    dialogue_rows,
    duty_rows,
    exam_rows,
    family_rows,
    fhir_rows,
    figures_rows,
    following_rows,
    green_rows,
    insight_rows,
    intake_rows,
    lecture_case_rows,
    lecture_rows,
    manual_rows,
    meeting_rows,
    page_rows,
    questionnaire_rows,
    receiving_rows,
    record_rows,
    referral_api_rows,
    referring_rows,
    room_rows,
    staged_rows,
    stop_rows,
    video_rows,
    watch_rows,
)
from tests.access.rows import Row

ROWS: list[Row] = [
    *page_rows.ROWS,
    *api_rows.ROWS,
    *record_rows.ROWS,
    *receiving_rows.ROWS,
    *referral_api_rows.ROWS,
    *referring_rows.ROWS,
    *duty_rows.ROWS,
    *exam_rows.ROWS,
    *questionnaire_rows.ROWS,
    *family_rows.ROWS,
    *following_rows.ROWS,
    *green_rows.ROWS,
    *care_rows.ROWS,
    *manual_rows.ROWS,
    *course_rows.ROWS,
    *credit_rows.ROWS,
    *video_rows.ROWS,
    *watch_rows.ROWS,
    *room_rows.ROWS,
    *staged_rows.ROWS,
    *stop_rows.ROWS,
    *figures_rows.ROWS,
    *bank_rows.ROWS,
    *meeting_rows.ROWS,
    *call_rows.ROWS,
    *dialogue_rows.ROWS,
    *insight_rows.ROWS,
    *fhir_rows.ROWS,
    *intake_rows.ROWS,
    *lecture_case_rows.ROWS,
    *broadcast_rows.ROWS,
    *lecture_rows.ROWS,
    *afterwards_rows.ROWS,
]


def routes(patterns: Any = None, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    """(name with its namespaces, pattern) of every address of the site; one without a name is named by its path."""
    for each in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, (*spaces, each.namespace) if each.namespace else spaces)
        else:
            yield ":".join((*spaces, each.name or f"<{each.pattern}>")), each


def missing(rows: list[Row] | None = None, patterns: Any = None) -> list[str]:
    """Routes without a row."""
    known = {row.route for row in (ROWS if rows is None else rows)}
    return sorted({name for name, _pattern in routes(patterns)} - known)


def gone(rows: list[Row] | None = None) -> list[str]:
    """Rows whose route is no more."""
    present = {name for name, _pattern in routes()}
    return sorted({row.route for row in (ROWS if rows is None else rows)} - present)
