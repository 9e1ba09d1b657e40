"""The pre-transfer checklist of a referral: the child it is for, what was said, and what is open."""

from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse

from consortium.casework.queries.page import CasePage
from consortium.casework.queries.rows import case_url
from consortium.clinical.growth import Index, NoStandard
from consortium.clinical.growth import score as growth_score
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.scoping import unfiltered
from consortium.patients.policies import may_measure
from consortium.patients.queries.measuring import Latest, current_for, latest_values
from referrals.checklist import Line, Traveller, lines_for
from referrals.models import Check, Referral


def traveller_of(referral: Referral) -> Traveller:
    """The child as the checklist needs it: the weight that was told with the referral, unless a better one is in the
    record (see `_measured_better`); without one, the newest of the record. One told by telephone is an estimate."""
    case, patient = referral.case, referral.patient
    latest = latest_values(patient).get("weight")
    told = Decimal(case.weight_grams) / 1000 if case.weight_grams else None
    measured = latest if latest is not None and (told is None or _measured_better(referral, latest)) else None
    kilograms = measured.value if measured else told
    from_record = latest is not None and latest.value == kilograms
    return Traveller(
        age_days=case.age_days or 0,
        weight=kilograms,
        weight_z=_weight_z(referral, kilograms),
        confirmed=bool(from_record and latest and latest.row.confirmed),
        estimated=bool(latest.row.estimated) if from_record and latest else _is_telephoned(referral),
        symptom=case.symptom,
    )


def _is_telephoned(referral: Referral) -> bool:
    """Whether somebody else wrote down what a caller said, who may not have had a scale."""
    return referral.recorded_by_id is not None and not referral.unannounced


def _measured_better(referral: Referral, latest: Latest) -> bool:
    """Whether the record's weight is nearer the truth than the one told: measured since, or told by telephone only."""
    sent = referral.case.submitted_at
    return (sent is not None and latest.taken_at > sent) or (_is_telephoned(referral) and latest.is_current)


def is_weighed(referral: Referral) -> bool:
    """Whether a weight of now is known: told with the referral lately enough, or measured so. One query at most."""
    sent = referral.case.submitted_at or clock.now()
    if referral.case.weight_grams is not None and clock.now() - sent <= current_for("weight", referral.patient, sent):
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
