"""Whether a transfer could have been avoided: home within 24 hours, and nothing that only a hospital has."""

from datetime import datetime, timedelta

from django.conf import settings

from consortium.kernel import clock
from consortium.kernel.adapters import adapter
from referrals.models import Encounter, Outcome, Referral
from referrals.states import AVOIDABLE_WITHIN, Destination, Kind, Place


def was_avoidable(destination: str, *, special_care: bool, stay: timedelta | None) -> bool:
    """The rule of `states.AVOIDABLE_WITHIN`. `stay`: from arrival to leaving; None for what was no transfer."""
    if stay is None or special_care:
        return False
    return destination == Destination.HOME and stay <= AVOIDABLE_WITHIN


def stay_of(referral: Referral) -> timedelta | None:
    """From the arrival until the last stay ended, or, where none was begun, until the outcome was first signed. None
    for a visit to the clinic, and for a child that was sent down: the rule is about children transferred up."""
    stays = list(Encounter.objects.filter(case_id=referral.pk).order_by("begun_at"))
    if referral.kind == Kind.BACK or referral.arrived_at is None or any(s.place == Place.CLINIC for s in stays):
        return None
    stay: timedelta = (_left_at(referral, stays) or clock.now()) - referral.arrived_at
    return stay


def _left_at(referral: Referral, stays: list[Encounter]) -> datetime | None:
    if stays:
        return stays[-1].ended_at
    signed = Outcome.objects.filter(case_id=referral.pk).order_by("number")
    first: datetime | None = signed.values_list("signed_at", flat=True).first()
    return first


def manual_page(referral: Referral) -> dict[str, str] | None:
    """Where the manual speaks of it, `title` and `url`: the page of the indication that was cited, else the nearest
    about the symptom. None where there is no manual, or it has nothing."""
    if not getattr(settings, "MANUAL_CITED", ""):
        return None
    port, case = adapter("MANUAL_CITED")(), referral.case
    if referral.indication_id:
        found = port.cited(referral.indication_pathway, referral.indication_version, "")
        return {"title": found["title"], "url": found["page_url"]} if found else None
    pages = port.pages_about(case.symptom, case.age_days) if case.symptom else []
    return {"title": pages[0][0], "url": pages[0][1]} if pages else None
