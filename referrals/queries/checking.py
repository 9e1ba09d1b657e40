"""The pre-transfer checklist of a referral: the child it is for, what was said, and what is open."""

from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse

from consortium.casework.queries.page import CasePage
from consortium.casework.queries.rows import case_url
from consortium.clinical.growth import Index, NoStandard
from consortium.clinical.growth import score as growth_score
from consortium.kernel.actors import acting_as, system
from consortium.kernel.scoping import unfiltered
from consortium.patients.policies import may_measure
from consortium.patients.queries.measuring import latest_values
from referrals.checklist import Line, Traveller, lines_for
from referrals.models import Check, Referral


def traveller_of(referral: Referral) -> Traveller:
    """The child as the checklist needs it: the weight of the referral, else the newest one of the record."""
    case, patient = referral.case, referral.patient
    latest = latest_values(patient).get("weight")
    grams = case.weight_grams
    kilograms = Decimal(grams) / 1000 if grams else latest.value if latest else None
    from_record = latest is not None and latest.value == kilograms
    return Traveller(
        age_days=case.age_days or 0,
        weight=kilograms,
        weight_z=_weight_z(referral, kilograms),
        confirmed=bool(from_record and latest and latest.row.confirmed),
        estimated=bool(from_record and latest and latest.row.estimated),
        symptom=case.symptom,
    )


def is_weighed(referral: Referral) -> bool:
    """Whether a weight of now is known: told with the referral, or measured lately enough. One query at most."""
    if referral.case.weight_grams is not None:
        return True
    with acting_as(system("whether a child on its way has been weighed")):
        latest = latest_values(referral.patient).get("weight")
    return latest is not None and latest.is_current


def weigh_url(page: CasePage[Referral]) -> str:
    """Where the child's weight is written down, and back; "" for who may not write into its record."""
    if page.patient is None or not may_measure(page.actor, page.patient):
        return ""
    back = urlencode({"next": case_url(page.case)})
    return f"{reverse('patients:measure', args=[page.patient.pk])}?{back}"


def _weight_z(referral: Referral, kilograms: Decimal | None) -> Decimal | None:
    if kilograms is None:
        return None
    try:
        return growth_score(Index.WEIGHT, kilograms, sex=referral.case.sex, days=referral.case.age_days or 0).z
    except NoStandard:
        return None


def checks_of(referral: Referral) -> dict[str, Check]:
    """What was said, by item. The caller has checked the right to the referral. One query."""
    rows = unfiltered(Check, why="the checklist of a referral that is seen").filter(case_id=referral.pk)
    return {check.item: check for check in rows.select_related("by")}


def open_items(referral: Referral) -> list[Line]:
    """What nobody has said anything of yet. Two queries."""
    said = checks_of(referral)
    return [line for line in lines_for(traveller_of(referral)) if line.item.code not in said]
