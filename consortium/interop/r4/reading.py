"""Reads resources of anybody's: what is asked, who is doing it and how far, what is said.

Strict where FHIR R4 is (required elements and the codes of required bindings), indifferent to all it does not know.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

REQUEST_STATUS: Final = frozenset(
    {"draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"}
)  # fmt: skip
REQUEST_INTENT: Final = frozenset({
    "proposal", "plan", "directive", "order", "original-order", "reflex-order", "filler-order", "instance-order",
    "option",
})  # fmt: skip
TASK_INTENT: Final = (REQUEST_INTENT - {"directive"}) | {"unknown"}
TASK_STATUS: Final = frozenset({
    "draft", "requested", "received", "accepted", "rejected", "ready", "cancelled", "in-progress", "on-hold", "failed",
    "completed", "entered-in-error",
})  # fmt: skip
EVENT_STATUS: Final = frozenset({
    "preparation", "in-progress", "not-done", "on-hold", "stopped", "completed", "entered-in-error", "unknown",
})  # fmt: skip
PRIORITY: Final = frozenset({"routine", "urgent", "asap", "stat"})


class Unreadable(ValueError):
    """This is no such resource of FHIR R4; the words say where and why."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A ServiceRequest. References are `Kind/id`, or the words that stand for one; "" where there is none."""

    id: str
    status: str
    intent: str
    priority: str
    what: str
    subject: str
    requester: str
    performers: tuple[str, ...]
    authored_on: str


@dataclass(frozen=True, slots=True)
class Doing:
    """A Task: who has it, how far, and why it stopped."""

    id: str
    status: str
    business_status: str
    reason: str
    intent: str
    focus: str
    subject: str
    owner: str
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Said:
    """A Communication: what was said, by whom, about what."""

    id: str
    status: str
    about: tuple[str, ...]
    subject: str
    sender: str
    sent: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Other:
    """Any other resource, by its name."""

    kind: str
    id: str


Read = Asked | Doing | Said | Other


def read(given: Any) -> Read:
    """One resource; raises Unreadable."""
    if not isinstance(given, Mapping) or not isinstance(given.get("resourceType"), str):
        raise Unreadable("this is no resource: it has no resourceType")
    reader = _READERS.get(given["resourceType"])
    return reader(given) if reader else Other(given["resourceType"], _text(given, "id"))


def read_all(given: Any) -> list[Read]:
    """The resources of a Bundle, in its order; of anything else that one alone."""
    if not isinstance(given, Mapping) or given.get("resourceType") != "Bundle":
        return [read(given)]
    return [read(entry["resource"]) for entry in _listed(given, "entry") if isinstance(entry.get("resource"), Mapping)]


def _asked(given: Mapping[str, Any]) -> Asked:
    return Asked(
        _text(given, "id"), _code(given, "status", REQUEST_STATUS), _code(given, "intent", REQUEST_INTENT),
        _code(given, "priority", PRIORITY, needed=False), _words(given, "code"), _named(given, "subject", needed=True),
        _named(given, "requester"), tuple(filter(None, (_target(each) for each in _listed(given, "performer")))),
        _text(given, "authoredOn"),
    )  # fmt: skip


def _doing(given: Mapping[str, Any]) -> Doing:
    lasted = given.get("executionPeriod")
    period = lasted if isinstance(lasted, Mapping) else {}
    _code(given, "priority", PRIORITY, needed=False)
    return Doing(
        _text(given, "id"), _code(given, "status", TASK_STATUS), _words(given, "businessStatus"),
        _words(given, "statusReason"), _code(given, "intent", TASK_INTENT), _named(given, "focus"),
        _named(given, "for"), _named(given, "owner"), _text(period, "start"), _text(period, "end"),
    )  # fmt: skip


def _said(given: Mapping[str, Any]) -> Said:
    _code(given, "priority", PRIORITY, needed=False)
    payload = _listed(given, "payload")
    about = [_target(each) for name in ("basedOn", "partOf", "about") for each in _listed(given, name)]
    return Said(
        _text(given, "id"), _code(given, "status", EVENT_STATUS), tuple(filter(None, about)), _named(given, "subject"),
        _named(given, "sender"), _text(given, "sent"),
        tuple(text for each in payload if (text := _text(each, "contentString"))),
    )  # fmt: skip


_READERS: Final[dict[str, Callable[[Mapping[str, Any]], Read]]] = {
    "ServiceRequest": _asked, "Task": _doing, "Communication": _said,
}  # fmt: skip


# -- elements -------------------------------------------------------------------------------------------------------


def _fail(given: Mapping[str, Any], name: str, why: str) -> Unreadable:
    return Unreadable(f"{given.get('resourceType', 'element')}.{name} {why}")


def _text(given: Mapping[str, Any], name: str) -> str:
    """A string element; "" where there is none."""
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise _fail(given, name, "is not text")
    return value or ""


def _code(given: Mapping[str, Any], name: str, known: frozenset[str], *, needed: bool = True) -> str:
    value = _text(given, name)
    if not value and needed:
        raise _fail(given, name, "is missing")
    if value and value not in known:
        raise _fail(given, name, f"is not one of R4's codes: {value[:40]}")
    return value


def _listed(given: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = given.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        raise _fail(given, name, "is not a list of elements")
    return value


def _named(given: Mapping[str, Any], name: str, *, needed: bool = False) -> str:
    """A reference, by what it names."""
    value = given.get(name)
    if value is None and not needed:
        return ""
    if not isinstance(value, Mapping):
        raise _fail(given, name, "is missing" if value is None else "is not a reference")
    return _target(value)


def _target(reference: Mapping[str, Any]) -> str:
    return _text(reference, "reference") or _text(reference, "display")


def _words(given: Mapping[str, Any], name: str) -> str:
    """A CodeableConcept in words: its text, else the first display or code."""
    value = given.get(name, {})
    if not isinstance(value, Mapping):
        raise _fail(given, name, "is not a concept")
    told = [
        _text(value, "text"),
        *(_text(each, key) for each in _listed(value, "coding") for key in ("display", "code")),
    ]
    return next(filter(None, told), "")
