"""The rows of a referral's page, its acts and visits, and of the bed board."""

from __future__ import annotations

from typing import Any

from tests.access.green_rows import _CASE, _HOUSE, SIDES, _others, _words
from tests.access.rows import EVERYBODY, Row

_CENTRE = "asker colleague nurse"
_BOOK = f"asker colleague {_HOUSE} coordinator"
_KEEP_BEDS = f"{_HOUSE} coordinator admin manager"
_SERVICE = _words(service_id=lambda w: w.service.pk)
_BEDS = _words(place="ward", free="2")


def _act(verb: str) -> Any:
    return _words(case_id=lambda w: w.alarm.pk, verb=verb)


ROWS = [
    Row("referrals:show", "GET", SIDES, args=_CASE),
    Row("referrals:live", "GET", SIDES, args=_CASE),
    Row("referrals:message", "POST", f"{_CENTRE} {_HOUSE}", "coordinator", args=_CASE, body=_words(text="How is she?")),
    Row("referrals:thread", "GET", f"{_CENTRE} {_HOUSE}", "coordinator", args=_CASE,
        query="before=2", note="earlier messages"),
    Row("referrals:act", "GET", _HOUSE, f"{_CENTRE} coordinator", args=_act("accept"), note="accept"),
    Row("referrals:act", "POST", _HOUSE, f"{_CENTRE} coordinator", args=_act("decline"),
        body=_words(reason="no_bed"), note="decline"),
    Row("referrals:act", "POST", "asker colleague", f"nurse {_HOUSE} coordinator", args=_act("withdraw"),
        body=_words(reason="better"), note="withdraw"),
    Row("referrals:visit", "GET", _BOOK, "nurse", args=_CASE),
    Row("referrals:visit", "POST", _BOOK, "nurse", args=_CASE, note="without a time: the page says so"),
    Row("referrals:wait", "POST", _BOOK, "nurse", args=_CASE, note="without a clinic: the page says so"),
    Row("referrals:beds", "GET", EVERYBODY, args=_SERVICE),
    Row("referrals:beds", "POST", _KEEP_BEDS, _others(_KEEP_BEDS), args=_SERVICE, body=_BEDS),
]  # fmt: skip
