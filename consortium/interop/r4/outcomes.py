"""OperationOutcome: an error in FHIR's words (http://hl7.org/fhir/R4/valueset-issue-type.html)."""

from collections.abc import Mapping
from typing import Any

from consortium.interop.r4.blocks import Resource, said

_TYPES = {
    400: "invalid", 401: "login", 403: "forbidden", 404: "not-found", 405: "not-supported", 406: "not-supported",
    409: "conflict", 410: "deleted", 413: "too-long", 415: "not-supported", 423: "lock-error", 429: "throttled",
    503: "transient",
}  # fmt: skip


def outcome(status: int, code: str, detail: str, fields: Mapping[str, Any] | None = None) -> Resource:
    """One issue for each field that is wrong, else one for the whole. `code` is our own stable one."""
    wrong: list[tuple[str, str]] = [(name, str(text)) for name, text in (fields or {}).items()] or [("", detail)]
    return {"resourceType": "OperationOutcome", "issue": [_issue(status, code, *each) for each in wrong]}


def _issue(status: int, code: str, field: str, text: str) -> dict[str, Any]:
    kind = _TYPES.get(status, "processing" if status < 500 else "exception")
    return {
        "severity": "error", "code": kind, "diagnostics": f"{field}: {text}" if field else text,
        "details": said(coding=[{"system": "urn:consortium:problem", "code": code}]),
    }  # fmt: skip
