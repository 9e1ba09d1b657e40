"""Medicines before a transfer: how each is dosed, in a usual strength, by which way, and where that stands."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from consortium.clinical.doses import DoseRule, Strength

D = Decimal
MONTHS_2, MONTHS_3, MONTHS_6 = 61, 92, 183


@dataclass(frozen=True, slots=True)
class Remedy:
    """One medicine. `verified` False: the source has to be opened again before approval."""

    code: str
    rule: DoseRule
    strength: Strength
    route: Any
    verified: bool = True
    #: another source says otherwise: shown beside it, with its name
    alternative: Any = ""
    below_days: int | None = None


def _mg(drug: Any, per_kg: str, source: str, **bounds: Any) -> DoseRule:
    return DoseRule(drug, D(per_kg), 1, source, **bounds)


def _ml(drug: Any, per_kg: str, source: str, **bounds: Any) -> DoseRule:
    return DoseRule(drug, D(per_kg), 1, source, unit="ml", **bounds)


_AS_IT_IS = D(1)

REMEDIES: Final[dict[str, Remedy]] = {
    remedy.code: remedy
    for remedy in (
        Remedy(
            "glucose", _ml(_("Glucose 10 %"), "5", "PB13"), Strength(_("glucose 10 %"), _AS_IT_IS, _AS_IT_IS),
            _("slowly into the vein, or by stomach tube"),
            alternative=_("APLS (unverified): 2 ml/kg. Measure again after 15 minutes."),
        ),
        Remedy(
            "bolus", _ml(_("Sodium chloride 0.9 %"), "10", "NG29"),
            Strength(_("sodium chloride 0.9 %"), _AS_IT_IS, _AS_IT_IS),
            _("into the vein or the bone; look again after each"), verified=False,
            alternative=_("Older texts: 20 ml/kg."),
        ),
        Remedy(
            "diazepam", _mg(_("Diazepam"), "0.5", "IMCI14", min_age_days=MONTHS_2, dose_cap=D(10)),
            Strength(_("diazepam 10 mg / 2 ml"), D(10), D(2)), _("into the rectum"),
        ),
        Remedy(
            "midazolam", _mg(_("Midazolam"), "0.3", "NG217", min_age_days=MONTHS_3, dose_cap=D(10)),
            Strength(_("midazolam 10 mg / 2 ml"), D(10), D(2)), _("into the cheek; once more after 10 minutes"),
        ),
        Remedy(
            "phenobarbital", _mg(_("Phenobarbital"), "20", "NG217"),
            Strength(_("phenobarbital 100 mg / 1 ml"), D(100), D(1)), _("slowly into the vein"), below_days=28,
        ),
        Remedy(
            "ampicillin", _mg(_("Ampicillin"), "50", "IMCI14"),
            Strength(_("ampicillin 500 mg / 2.5 ml"), D(500), D("2.5")), _("into the muscle"),
        ),
        Remedy(
            "gentamicin", _mg(_("Gentamicin"), "7.5", "IMCI14", min_age_days=MONTHS_2),
            Strength(_("gentamicin 80 mg / 2 ml"), D(80), D(2)), _("into the muscle"),
        ),
        Remedy(
            "gentamicin_infant", _mg(_("Gentamicin"), "5", "IMCI-YI19"),
            Strength(_("gentamicin 20 mg / 2 ml"), D(20), D(2)), _("into the muscle"), verified=False,
            alternative=_("The same source: up to 7.5 mg/kg by age and weight."), below_days=MONTHS_2,
        ),
        Remedy(
            "ceftriaxone", _mg(_("Ceftriaxone"), "80", "NG240", min_age_days=28, dose_cap=D(4000)),
            Strength(_("ceftriaxone 1 g / 10 ml"), D(1000), D(10)), _("into the vein or the muscle"),
        ),
        Remedy(
            "dexamethasone", _mg(_("Dexamethasone"), "0.15", "BNFC", dose_cap=D(10)),
            Strength(_("dexamethasone 2 mg / 5 ml"), D(2), D(5)), _("by mouth"), verified=False,
            alternative=_("Other sources: up to 0.6 mg/kg."),
        ),
    )
}  # fmt: skip
