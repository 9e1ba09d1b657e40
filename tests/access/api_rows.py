"""The API's rows. Every act is tried at a step where its own people can do it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.access.rows import ANYBODY, EVERYBODY, Row

SIDES = "asker colleague nurse specialist"
QUEUE = "other_specialist lead coordinator"
INSIDE = f"{SIDES} {QUEUE}"
CLINIC = "asker colleague"
_ASKING = f"{CLINIC} nurse"
SERVICE = "specialist other_specialist lead"
HOSPITAL = "specialist other_specialist lead coordinator admin auditor"
RUNS = "lead admin manager"
CENTRE = "asker colleague nurse community_admin privacy"


def _without(names: str, *gone: str) -> str:
    return " ".join(name for name in names.split() if name not in gone)


def _words(**fixed: Any) -> Any:
    return lambda world: {name: value(world) if callable(value) else value for name, value in fixed.items()}


def _id(name: str) -> Any:
    return lambda world: str(getattr(world, name).pk)


def _user(name: str) -> Any:
    return lambda world: str(world.people[name].pk)


_ADVICE = _words(impression="Croup.", do_now="Dexamethasone.")
_TEXT = _words(text="Is she better?")
_PLACE = _words(name_en="New Place", tier=1, region_id=_id("region"))
_ACT = "api:consultation-"


def _act(verb: str, at: str, may: str, sees: str = "", body: Any = None) -> Row:
    others = " ".join(name for name in (sees or INSIDE).split() if name not in may.split())
    return Row(f"{_ACT}{verb}", "POST", may, others, at=at, **({"body": body} if body else {}))


ACTS = [
    _act("submit", "draft", "asker", "asker"),
    _act("discard", "draft", "asker", "asker"),
    _act("claim", "requested", SERVICE),
    _act("allocate", "requested", "lead coordinator", body=_words(responder_id=_user("specialist"))),
    _act("decline", "received", "specialist", body=_words(reason="wrong_service", service_id=_id("other_service"))),
    _act("ask-information", "in_progress", "specialist", body=_TEXT),
    _act("supply-information", "on_hold", CLINIC, body=_TEXT),
    _act("start", "received", "specialist"),
    _act("answer", "in_progress", "specialist", body=_ADVICE),
    _act("correct-answer", "answered", "specialist", body=_words(impression="Croup.", do_now="More.", reason="Dose")),
    _act("acknowledge-correction", "corrected", CLINIC),
    _act("ask-clarification", "answered", CLINIC, body=_TEXT),
    _act("close-out", "answered", CLINIC, body=_words(change="treatment", referral_avoided=True)),
    _act("withdraw", "received", CLINIC, body=_words(reason="resolved")),
    _act("reopen", "closed", CLINIC, SIDES, body=_TEXT),
    Row(f"{_ACT}take-back", "POST", "", INSIDE, body=_words(note="Overdue"), note="only what is long overdue"),
    Row(f"{_ACT}send-again", "POST", "", SIDES, at="closed", note="only what came back for want of the consent"),
    _act("raise-urgency", "received", f"{CLINIC} coordinator", body=_words(priority="stat")),
    _act("lower-urgency", "received", "coordinator", body=_words(priority="routine", reason="Stable")),
    _act("enter-in-error", "received", "asker lead", body=_words(reason="wrong_child")),
]

CASES = [
    Row("api:consultations", "GET", EVERYBODY, note="each their own list"),
    Row("api:consultations", "POST", CLINIC, "nurse specialist", body=_words(patient_id=_id("patient"))),
    Row("api:consultation", "GET", INSIDE),
    Row("api:consultation", "GET", "asker", at="draft", note="a draft"),
    Row("api:consultation", "GET", SIDES, at="closed", note="a closed one"),
    Row("api:consultation", "PATCH", "asker", at="draft", body=_words(question="Now?", version=1)),
    Row("api:consultation-answers", "GET", SIDES, QUEUE),
    Row("api:consultation-answer-draft", "GET", "specialist", _without(INSIDE, "specialist")),
    Row("api:consultation-answer-draft", "PUT", "specialist", _without(INSIDE, "specialist"), body=_ADVICE),
    Row("api:answer-templates", "GET", EVERYBODY),
    Row("api:messages", "GET", SIDES, QUEUE),
    Row(
        "api:messages",
        "GET",
        f"{_ASKING} specialist coordinator",
        "other_specialist lead",
        at="requested",
        note="while it is the office's turn; the specialist knows the child",
    ),
    Row("api:messages", "POST", SIDES, QUEUE, body=_TEXT),
    Row("api:messages", "POST", f"{_ASKING} coordinator", SERVICE, at="requested", body=_TEXT, note="its turn"),
    Row("api:messages-read", "POST", SIDES, QUEUE),
    Row("api:timeline", "GET", INSIDE),
    Row("api:services", "GET", EVERYBODY),
    Row("api:service", "GET", EVERYBODY),
    Row("api:service", "PATCH", RUNS, _without(EVERYBODY, *RUNS.split()), body=_words(duty_phone="112", version=1)),
    Row("api:service-members", "GET", f"{SERVICE} coordinator", _without(EVERYBODY, *SERVICE.split(), "coordinator")),
    Row("api:service-duty", "POST", SERVICE, body=_words(until=None)),
]

PEOPLE = [
    Row("api:me", "GET", EVERYBODY),
    Row("api:me", "PATCH", EVERYBODY, body=_words(phone="123")),
    Row("api:token", "POST", ANYBODY, body=_words(username="asker", password="demo"), note="proofs in the body"),
    Row("api:tokens", "GET", EVERYBODY, note="each their own"),
    Row("api:token-revoke", "DELETE", "asker", args=lambda w: {"token_id": w.token.pk}),
    Row("api:regions", "GET", EVERYBODY),
    Row("api:specialties", "GET", EVERYBODY),
    Row("api:institutions", "GET", EVERYBODY),
    Row("api:institutions", "POST", "manager", _without(EVERYBODY, "manager"), body=_PLACE),
    Row("api:institution", "GET", EVERYBODY),
    Row("api:institution", "PATCH", "admin manager", _without(HOSPITAL, "admin"), body=_words(phone="1", version=1)),
    Row("api:institution-close", "POST", "manager", _without(EVERYBODY, "manager"),
        args=lambda w: {"institution_id": w.unrelated.pk}, body=_words(version=1)),
    Row("api:institution-reopen", "POST", "manager", _without(EVERYBODY, "manager")),
    Row("api:departments", "GET", EVERYBODY),
    Row("api:departments", "POST", "admin manager", _without(HOSPITAL, "admin"), body=_words(name_en="Ward 4")),
    Row("api:department", "PATCH", "admin manager", _without(HOSPITAL, "admin"), body=_words(name_en="W", version=1)),
    Row("api:staff", "GET", EVERYBODY, note="the directory"),
    Row("api:staff", "GET", "admin manager", _without(HOSPITAL, "admin"), note="those suspended",
        query="institution={hospital.pk}&standing=suspended"),
    Row("api:person", "GET", EVERYBODY),
    Row("api:invitations", "GET", "admin manager", _without(HOSPITAL, "admin")),
    Row("api:invitations", "POST", "admin manager", _without(HOSPITAL, "admin"),
        body=_words(full_name="New Nurse", role="nurse")),
    Row("api:invitation-revoke", "POST", "admin manager", _without(HOSPITAL, "admin")),
    Row("api:seats", "POST", "admin manager", _without(HOSPITAL, "admin"),
        body=_words(user_id=_user("specialist"), role="lecturer")),
    Row("api:seat-end", "POST", "admin manager other_specialist", _without(HOSPITAL, "admin", "other_specialist"),
        body=_words(version=1)),
    Row("api:seat-role", "POST", "admin manager", _without(HOSPITAL, "admin"), body=_words(role="nurse", version=1)),
    Row("api:seat-move", "POST", "admin manager", _without(HOSPITAL, "admin"),
        body=_words(institution_id=_id("hospital"), version=1)),
    Row("api:person-suspend", "POST", "admin manager", _without(HOSPITAL, "admin")),
    Row("api:person-unsuspend", "POST", "admin manager", _without(HOSPITAL, "admin")),
]  # fmt: skip

FILES = [
    Row("api:uploads", "POST", SIDES, QUEUE,
        headers=lambda w: {"Tus-Resumable": "1.0.0", "Upload-Length": "9", "Upload-Metadata": w.metadata}),
    Row("api:upload", "HEAD", "asker", headers=_words(**{"Tus-Resumable": "1.0.0"})),
    Row("api:upload", "PATCH", "", else_={"asker": "415"}, note="bytes go by the web process itself",
        headers=_words(**{"Tus-Resumable": "1.0.0", "Upload-Offset": "0"})),
    Row("api:upload", "DELETE", "asker", headers=_words(**{"Tus-Resumable": "1.0.0"})),
    Row("api:case-attachments", "GET", INSIDE),
    Row("api:attachment", "GET", SIDES, QUEUE),
    Row("api:clean-copies", "GET", SIDES, QUEUE),
    Row("api:clean-copies", "POST", SIDES, QUEUE, args=lambda w: {"attachment_id": w.attachment["dicom"].pk}),
    Row("api:clean-copy", "GET", SIDES, QUEUE),
    Row("api:clean-copy-confirm", "POST", SIDES, QUEUE, body=lambda w: {"images": [str(w.clean_image.pk)]}),
    Row("api:clean-copy-discard", "POST", SIDES, QUEUE),
    Row("api:attachment-act", "POST", "asker", _without(INSIDE, "asker"), args=_words(verb="withdraw")),
]  # fmt: skip

NOTICES = [
    Row("api:notices", "GET", EVERYBODY, note="each their own"),
    Row("api:notices-read", "POST", EVERYBODY),
    Row("api:notices-unread", "POST", EVERYBODY, args=lambda w: {"batch": uuid4()}),
    Row("api:notice-preferences", "GET", EVERYBODY),
    Row("api:notice-preferences", "PUT", EVERYBODY, body=_words(quiet_from=None, quiet_until=None)),
    Row("api:page", "GET", "specialist lead"),
    Row("api:page-acknowledge", "POST", "specialist lead"),
    Row("api:notice", "GET", "asker"),
    Row("api:notice-read", "POST", "asker"),
]

CALCULATORS = [
    Row("api:manual-calculators", "GET", EVERYBODY),
    Row("api:manual-calculate", "POST", EVERYBODY,
        body=_words(calculator="bsa_mosteller", inputs={"height": 100, "weight": 20})),
]  # fmt: skip

SITE = [
    Row("api:schema", "GET", ANYBODY),
    Row("api:docs", "GET", ANYBODY),
    *(Row("api:unknown", method, args=_words(rest="nothing/"), else_={"anonymous": "404"})
      for method in ("GET", "POST", "PUT", "PATCH", "DELETE")),
]  # fmt: skip

ROWS = [*CASES, *ACTS, *PEOPLE, *FILES, *NOTICES, *CALCULATORS, *SITE]
