"""The items of the pre-transfer checklist, in the order in which they are looked at."""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from referrals.checklist.drugs import MONTHS_2, MONTHS_3, MONTHS_6

#: the codes of casework's symptoms, which this package does not import
_FITS = ("convulsion",)
_BREATH = ("cough", "wheeze")
_THROAT = ("stridor",)
_SEPSIS = ("fever", "rash", "unwell_infant", "convulsion", "headache")
_FLUID = ("diarrhoea", "fever", "rash", "abdominal_pain", "head_injury", "unwell_infant")


class Group(TextChoices):
    AIRWAY = "airway", _("Airway")
    BREATHING = "breathing", _("Breathing and oxygen")
    ACCESS = "access", _("Access and circulation")
    GLUCOSE = "glucose", _("Glucose")
    TEMPERATURE = "temperature", _("Temperature")
    DRUGS = "drugs", _("Medicines")
    ROAD = "road", _("For the road")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to see to. `advice` with `source` (of clinical.sources) where it is a clinical rule; `remedies` name
    medicines, of which one is given; `symptoms` narrows it to problems ("" fits all)."""

    code: str
    group: Group
    label: Any
    advice: Any = ""
    source: str = ""
    remedies: tuple[str, ...] = ()
    from_days: int = 0
    below_days: int | None = None
    symptoms: tuple[str, ...] = ()

    def fits(self, age_days: int, symptom: str) -> bool:
        """A problem that is not known leaves nothing out."""
        if self.symptoms and symptom not in ("", "other", *self.symptoms):
            return False
        return self.from_days <= age_days and (self.below_days is None or age_days < self.below_days)


_ADRENALINE = "RCUK21"

ITEMS: Final[tuple[Item, ...]] = (
    Item("airway", Group.AIRWAY, _("Airway open, suction and bag at hand")),
    Item("oxygen", Group.BREATHING, _("Oxygen given"), below_days=MONTHS_2, source="PB13",
         advice=_("Below 90 % saturation (below 94 % with emergency signs): nasal prongs, 0.5–1 l/min.")),
    Item("oxygen", Group.BREATHING, _("Oxygen given"), from_days=MONTHS_2, source="PB13",
         advice=_("Below 90 % saturation (below 94 % with emergency signs): nasal prongs, 1–2 l/min.")),
    Item("oxygen_supply", Group.BREATHING, _("Oxygen for the whole way, with a reserve")),
    Item("monitor", Group.BREATHING, _("Saturation and heart rate watched all the way")),
    Item("salbutamol", Group.BREATHING, _("Salbutamol for wheeze"), symptoms=_BREATH, from_days=MONTHS_6,
         source="SIGN158",
         advice=_("2 to 10 puffs of 100 microgram by spacer, again every 20 minutes in the first hour.")),
    Item("access", Group.ACCESS, _("A line in the vein or the bone, well fixed")),
    Item("bolus", Group.ACCESS, _("Fluid for shock"), remedies=("bolus",), symptoms=_FLUID),
    Item("glucose_measured", Group.GLUCOSE, _("Glucose measured"), source="PB13",
         advice=_("Treat below 2.5 mmol/l, below 3 mmol/l in severe malnutrition.")),
    Item("glucose", Group.GLUCOSE, _("Low glucose treated"), remedies=("glucose",)),
    Item("temperature", Group.TEMPERATURE, _("Warm: skin to skin, hat, dry cloth"), below_days=MONTHS_2,
         source="IMCI14", advice=_("Measure before leaving: below 35.5 °C or from 37.5 °C on is a danger sign.")),
    Item("temperature", Group.TEMPERATURE, _("Covered and warm, temperature measured"), from_days=MONTHS_2,
         source="IMCI14", advice=_("Kept warm before and on the way.")),
    Item("seizure", Group.DRUGS, _("Against a seizure of 5 minutes or more"), symptoms=_FITS, below_days=28,
         remedies=("phenobarbital",)),
    Item("seizure", Group.DRUGS, _("Against a seizure of 5 minutes or more"), symptoms=_FITS, from_days=28,
         remedies=("midazolam", "diazepam"), advice=_("One of these; two doses in all.")),
    Item("antibiotic", Group.DRUGS, _("First antibiotic, where the way is not delayed by it"), symptoms=_SEPSIS,
         below_days=MONTHS_2, remedies=("ampicillin", "gentamicin_infant"), advice=_("Both together.")),
    Item("antibiotic", Group.DRUGS, _("First antibiotic, where the way is not delayed by it"), symptoms=_SEPSIS,
         from_days=MONTHS_2, remedies=("ceftriaxone", "ampicillin", "gentamicin"),
         advice=_("Ceftriaxone, or ampicillin with gentamicin.")),
    Item("adrenaline", Group.DRUGS, _("Adrenaline for anaphylaxis"), symptoms=("rash", *_THROAT), below_days=MONTHS_6,
         source=_ADRENALINE, advice=_("1 mg/ml into the thigh: 0.1–0.15 ml, again every 5 minutes.")),
    Item("adrenaline", Group.DRUGS, _("Adrenaline for anaphylaxis"), symptoms=("rash", *_THROAT), from_days=MONTHS_6,
         below_days=2192, source=_ADRENALINE, advice=_("1 mg/ml into the thigh: 0.15 ml, again every 5 minutes.")),
    Item("adrenaline", Group.DRUGS, _("Adrenaline for anaphylaxis"), symptoms=("rash", *_THROAT), from_days=2192,
         below_days=4749, source=_ADRENALINE, advice=_("1 mg/ml into the thigh: 0.3 ml, again every 5 minutes.")),
    Item("adrenaline", Group.DRUGS, _("Adrenaline for anaphylaxis"), symptoms=("rash", *_THROAT), from_days=4749,
         source=_ADRENALINE,
         advice=_("1 mg/ml into the thigh: 0.5 ml (0.3 ml before puberty), again every 5 minutes.")),
    Item("croup", Group.DRUGS, _("Dexamethasone for croup"), symptoms=_THROAT, from_days=MONTHS_3,
         remedies=("dexamethasone",)),
    Item("family", Group.ROAD, _("A parent comes along; their telephone is known")),
    Item("papers", Group.ROAD, _("What was found and given is with the child")),
)  # fmt: skip
