"""The way on the page of a referral: how, who is with the child, its times, the hand-over, what went wrong, what is
still missing; and the signs that were timed."""

from typing import Any

from django.utils.translation import gettext as _

from consortium.casework.queries.page import CasePage
from consortium.kernel.scoping import unfiltered
from consortium.patients.queries.measuring import Measured, measured_page
from referrals.models import Incident, Referral, Transport
from referrals.queries.alarming import missing_of
from referrals.states import EXPECTED_STEPS, PRESENT_STEPS, WAITING_STEPS, Step

_SIGNS_SHOWN = 6
_TRAVELLING = (*WAITING_STEPS, Step.DECLINED, *EXPECTED_STEPS)


def part_transport(page: CasePage[Referral]) -> dict[str, Any] | None:
    """Once a transport was arranged, or left without one. Three queries."""
    rows = unfiltered(Transport, why="the way of a referral that is seen").select_related(
        "signed_by", "read_back_by", "vehicle"
    )
    way: Transport | None = rows.filter(pk=page.case.pk).first()
    if way is None:
        return None
    incidents = unfiltered(Incident, why="what happened on the way of a referral that is seen").filter(case=page.case)
    words = page.identified
    return {
        "way": way, "handover": _handover(way) if words else [], "read_back": way.read_back if words else "",
        "incidents": list(incidents.order_by("happened_at")), "notes_shown": words,
        "missing": _missing(page, way), "life_threat": page.row.get_life_threat_display(),
    }  # fmt: skip


def _handover(way: Transport) -> list[str]:
    return [part for part in (way.severity, way.summary, way.actions, way.awareness) if part] if way.signed_at else []


def _missing(page: CasePage[Referral], way: Transport) -> list[str]:
    """In words, for both sides to chase: nothing of it holds the child up."""
    there, lacks = page.row.step in PRESENT_STEPS, []
    if way.signed_at is None and page.row.step in (*EXPECTED_STEPS, *PRESENT_STEPS):
        lacks.append(_("The signed hand-over"))
    if there and way.signed_at is not None and way.read_back_at is None:
        lacks.append(_("The read-back"))
    if not way.phone and page.row.step in (Step.TRANSPORT, Step.EN_ROUTE):
        lacks.append(_("The telephone on the way"))
    if page.row.step in _TRAVELLING and page.row.is_stat:
        lacks.extend(words for _code, words in missing_of(page.row))
    return lacks


def part_vitals(page: CasePage[Referral]) -> dict[str, Any] | None:
    """The newest timed signs with their scores, while the child is on its way. Two queries."""
    if page.patient is None or page.row.step not in (*_TRAVELLING, Step.ARRIVED) or page.row.is_back:
        return None
    found: list[Measured] = [each for each in measured_page(page.patient, size=12).items if each.pews]
    return {"sets": found[:_SIGNS_SHOWN]} if found else None
