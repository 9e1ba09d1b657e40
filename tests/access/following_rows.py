"""The rows of outcomes, blind ratings, one's own answers, voice notes and the pages of a thread."""

from __future__ import annotations

from tests.access.api_rows import _words
from tests.access.page_rows import KNOW, QUEUE, _at, _both, _form, _others
from tests.access.rows import Row

CLINIC = "asker colleague nurse"
SERVICE = "specialist other_specialist lead"
ASKED = f"{CLINIC} coordinator district stranger"
MEETS = f"asker colleague district stranger {SERVICE}"
_TOLD = _form(outcome="resolved", advice_fit="yes")
_RATED = _form(information="4", quality="5")
_NOTE = _at(attachment_id=lambda w: w.attachment["sound"].pk)

PAGES = [
    Row("consultations:thread", "GET", KNOW, QUEUE, query="before=5"),
    Row("consultations:outcomes", "GET", ASKED, _others(ASKED), note="each their own"),
    Row("consultations:calls", "GET", MEETS, _others(MEETS), note="each their own"),
    *_both("consultations:outcome", CLINIC, "specialist", at="closed", body=_TOLD),
    Row("consultations:mine", "GET", SERVICE, _others(SERVICE), note="each their own"),
    Row("consultations:reviews", "GET", SERVICE, _others(SERVICE), note="each their own"),
    *_both("consultations:review", "other_specialist", body=_RATED, note="its rater"),
    *_both("consultations:rater", "lead", "other_specialist"),
    *_both("consultations:service_reviews", "lead", _others("lead"), body=_form(percent="20")),
    Row("files:sound", "GET", KNOW, QUEUE, args=_NOTE),
    *_both("files:transcript", KNOW, QUEUE, args=_NOTE, body=_form(text="She sleeps.")),
]
API = [
    Row("api:messages-readers", "GET", KNOW, QUEUE),
    Row("api:transcript", "PUT", KNOW, QUEUE, args=_NOTE, body=_words(text="She sleeps.")),
    Row("api:outcomes", "GET", ASKED, _others(ASKED), note="each their own"),
    Row("api:consultation-outcome", "GET", KNOW, at="closed"),
    Row("api:consultation-outcome", "PUT", CLINIC, "specialist", at="closed",
        body=_words(outcome="resolved", advice_fit="yes")),
    Row("api:consultation-outcome-missed", "POST", "", "specialist", at="closed", body=_words(reason="moved"),
        else_=dict.fromkeys(CLINIC.split(), "422"), note="nobody was asked yet"),
    Row("api:reviews", "GET", SERVICE, _others(SERVICE), note="each their own"),
    Row("api:review", "GET", "other_specialist", note="its rater"),
    Row("api:review", "POST", "other_specialist", body=_words(information=4, quality=5), note="its rater"),
    Row("api:review-rater", "POST", "", "other_specialist", body=lambda w: {"rater_id": str(w.people["asker"].pk)},
        else_={"lead": "422"}, note="somebody who may not rate"),
    Row("api:service-reviews", "GET", "lead", _others("lead")),
    Row("api:review-share", "GET", "lead", _others("lead")),
    Row("api:review-share", "PUT", "lead", _others("lead"), body=_words(percent=20)),
    Row("api:own-answers", "GET", SERVICE, _others(SERVICE), note="each their own"),
    Row("api:own-scores", "GET", SERVICE, _others(SERVICE), note="each their own"),
]  # fmt: skip
ROWS: list[Row] = [*PAGES, *API]
