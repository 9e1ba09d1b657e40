"""The rows of /api/v1/referrals/: every verb on a referral that was just sent, urgent, and everything that hangs on it.

Whom the table lets do a verb that this step does not know is told 422; `tests/referrals/test_machine.py` has the table
of every step.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from consortium.casework.models import Case
from consortium.kernel import clock
from tests.access.rows import EVERYBODY, Row
from tests.access.world import World

ASKING, CLINIC = "asker colleague", "asker colleague nurse"
SERVICE = "specialist other_specialist lead"
HOSPITAL = f"{SERVICE} coordinator"
INSIDE = f"{CLINIC} {HOSPITAL}"


def _words(**fixed: Any) -> Any:
    return lambda world: {name: value(world) if callable(value) else value for name, value in fixed.items()}


def _id(name: str) -> Any:
    return lambda world: str(getattr(world, name).pk)


def _others(*allowed: str) -> str:
    gone = " ".join(allowed).split()
    return " ".join(role for role in INSIDE.split() if role not in gone)


def _version(world: World) -> int:
    return int(Case.unscoped.get(pk=world.family_referral.pk).version)


_CASE = _words(case_id=lambda world: world.family_referral.pk)
_TODAY = clock.today().isoformat()
_OUTCOME: dict[str, Any] = {
    "admitted_on": _TODAY, "left_on": _TODAY, "diagnoses": ["J05.0 Croup"], "course": "Short.", "medicines": "None.",
    "immunisations": "None.", "pending": "None.", "follow_up": "None.", "destination": "home", "special_care": True,
}  # fmt: skip
_NOWHERE = str(UUID(int=1))


def _act(verb: str, may: str = "", late: str = "", **body: Any) -> Row:
    """`may`: who does it now; `late`: who could at another step."""
    return Row(
        f"api:referral-{verb}", "POST", may, _others(may, late), args=_CASE, body=_words(**body),
        else_=dict.fromkeys(late.split(), "422"),
    )  # fmt: skip


ACTS = [
    _act("send", "asker"),
    _act("discard", late="asker"),
    _act("open", SERVICE),
    _act("accept", SERVICE),
    _act("decline", SERVICE, reason="no_bed"),
    _act("also-ask", service_id=_id("other_service")),
    _act("redirect", f"{ASKING} coordinator", service_id=_id("other_service")),
    _act("dispute", late=ASKING, reason="She needs a bed."),
    _act("book-visit", late=f"{ASKING} {HOSPITAL}", slot_id=_NOWHERE),
    _act("rebook-visit", late=f"{ASKING} {HOSPITAL}", slot_id=_NOWHERE),
    _act("miss-visit", late=HOSPITAL),
    _act("cancel-visit", late=f"{ASKING} {HOSPITAL}", reason="Snow."),
    _act("arrange-transport", late=INSIDE, mode="sender_ambulance"),
    _act("sign-handover", late=CLINIC, summary="Croup."),
    _act("depart"),
    _act("report-incident", late=INSIDE, kind="oxygen"),
    _act("arrive", HOSPITAL),
    _act("read-back", text="Croup."),
    _act("admit", late=HOSPITAL, place="ward"),
    _act("see-child", late=HOSPITAL),
    _act("note-interim", late=SERVICE, text="Better."),
    _act("discharge"),
    _act("ask-cancel", late=ASKING, reason="better"),
    _act("confirm-cancel"),
    _act("keep", reason="She needs it."),
    _act("withdraw", ASKING, reason="better"),
    _act("end", INSIDE, reason="refused"),
    _act("enter-in-error", "asker lead", reason="duplicate"),
    _act("send-outcome", late=SERVICE, **_OUTCOME),
    _act("correct-outcome", late="lead", reason="Typed.", **_OUTCOME),
    _act("acknowledge", late=ASKING, usefulness=4, concordance="same"),
    _act(
        "back-refer", late=SERVICE, service_id=_id("service"), plan="Weigh her.", medicines="None.",
        visits=[{"on": _TODAY, "task": "Weigh her."}], guardian_agreed=True,
    ),
    _act("take-over"),
    _act("visit-done", late=HOSPITAL, text="Well."),
    _act("visit-missed", late=HOSPITAL, recall_on=_TODAY),
    _act("worsened", late=HOSPITAL, question="Worse."),
    _act("end-follow-up", late=HOSPITAL),
    _act("raise-urgency", f"{ASKING} {HOSPITAL}", priority="stat"),
    _act("lower-urgency", "coordinator", priority="routine", reason="Stable."),
    _act("ask-information", late=SERVICE, text="Stridor?"),
    _act("supply-information", text="Yes."),
    _act("link-sender", institution_id=_id("centre")),
]  # fmt: skip

#: clinicians of both sides; the office reads the words only while it is its turn
_KNOW = f"{CLINIC} {SERVICE}"
_CHECK = _words(item="airway", state="done")
ROWS = [
    Row("api:referrals", "GET", EVERYBODY, note="each their own list"),
    Row("api:referrals", "POST", f"{ASKING} specialist", "nurse", body=_words(patient_id=_id("patient"))),
    Row("api:referral-alarms", "POST", ASKING, " ".join(role for role in EVERYBODY.split() if role not in ASKING),
        body=_words(patient_id=_id("family_child"), institution_id=_id("centre"), problem="breathing",
                    service_id=_id("service"))),
    Row("api:referrals-unannounced", "POST", SERVICE, " ".join(r for r in EVERYBODY.split() if r not in SERVICE),
        body=_words(patient_id=_id("family_child"), service_id=_id("service"), problem="Fits.")),
    Row("api:referral", "GET", INSIDE, args=_CASE),
    Row("api:referral", "PATCH", "", _others("asker"), args=_CASE, body=_words(question="Now?", version=_version),
        else_={"asker": "422"}, note="sent already"),
    Row("api:referral-offers", "GET", INSIDE, args=_CASE),
    Row("api:referral-transport", "GET", "", "coordinator", args=_CASE, note="none was arranged"),
    Row("api:referral-checks", "GET", _KNOW, "coordinator", args=_CASE),
    Row("api:referral-checks", "POST", INSIDE, args=_CASE, body=_CHECK),
    *(Row(f"api:referral-{name}", "GET", _KNOW, "coordinator", args=_CASE)
      for name in ("visits", "encounters", "outcomes", "acknowledgements", "follow-ups")),
    Row("api:referrals-radar", "GET", "coordinator", " ".join(r for r in EVERYBODY.split() if r != "coordinator")),
    Row("api:referral-waiting", "GET", else_=dict.fromkeys(INSIDE.split(), "404"), args=_CASE, note="waits for none"),
    Row("api:referral-waiting", "POST", "", "nurse", args=_CASE, body=_words(calendar_id=_NOWHERE),
        else_=dict.fromkeys(f"{ASKING} {HOSPITAL}".split(), "422"), note="not accepted yet"),
    Row("api:referral-family-link", "GET", INSIDE, args=_CASE),
    Row("api:referral-family-link", "POST", INSIDE, args=_CASE, body=_words(language="zh-hans")),
    Row("api:referral-family-link", "DELETE", INSIDE, args=_CASE),
    *ACTS,
    Row("referrals:fhir", "GET", _KNOW, "", args=_CASE, note="the pathway over all tiers as a file"),
]  # fmt: skip
