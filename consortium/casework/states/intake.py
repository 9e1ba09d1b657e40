"""What a service takes, how its cases find a specialist, and what must be known about a symptom to answer at once."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from consortium.patients.states import MeasurementKind


class Allocation(TextChoices):
    """How a case of a service finds its specialist. The coordinator and the lead may always allocate."""

    SELF_CLAIM = "self_claim", _("Specialists take cases from the queue")
    COORDINATOR = "coordinator", _("The coordinator allocates; specialists take only stat and urgent cases themselves")
    AUTOMATIC = "automatic", _("By itself, to who is on duty and has least in hand")


#: the age below which every service's patients lie
ADULT_DAYS = 6575
#: borders of age that a service may choose, in days, as the manual counts them
AGE_LIMITS: dict[int, Any] = {
    0: _("birth"),
    28: _("28 days"),
    60: _("2 months"),
    182: _("6 months"),
    365: _("1 year"),
    730: _("2 years"),
    1826: _("5 years"),
    3652: _("10 years"),
    5113: _("14 years"),
    ADULT_DAYS: _("18 years"),
}
MOST_CAPACITY = 200


class Symptom(TextChoices):
    """What the question is about. The codes follow the manual's pathways where it has one."""

    COUGH = "cough", _("Cough or difficult breathing")
    WHEEZE = "wheeze", _("Wheeze")
    STRIDOR = "stridor", _("Stridor")
    FEVER = "fever", _("Fever")
    DIARRHOEA = "diarrhoea", _("Diarrhoea or vomiting")
    EAR = "ear", _("Ear problem")
    RASH = "rash", _("Rash")
    CONVULSION = "convulsion", _("Convulsion")
    HEADACHE = "headache", _("Headache")
    HEAD_INJURY = "head_injury", _("Head injury")
    ABDOMINAL_PAIN = "abdominal_pain", _("Abdominal pain")
    LIMP = "limp", _("Limp")
    PALLOR = "pallor", _("Pallor")
    POOR_GROWTH = "poor_growth", _("Poor growth or malnutrition")
    JAUNDICE = "jaundice", _("Jaundice of the newborn")
    UNWELL_INFANT = "unwell_infant", _("Unwell young infant")
    OTHER = "other", _("Something else")


class Datum(TextChoices):
    """What is told in words; what is measured has the code of its MeasurementKind."""

    DURATION = "duration", _("How long it has lasted")
    DRINKING = "drinking", _("How the child drinks and feeds")
    URINE = "urine", _("When the child last passed urine")
    BREATHING = "breathing", _("Chest indrawing, stridor at rest, grunting")
    STOOLS = "stools", _("How many stools and vomits in a day; blood or bile")
    DEHYDRATION = "dehydration", _("Sunken eyes, and how fast a skin pinch goes back")
    RASH = "rash_fades", _("Where the rash is, and whether it fades under pressure")
    NECK = "neck", _("Stiff neck or bulging fontanelle")
    SEIZURE = "seizure", _("How long the convulsion lasted, which side, how the child is since")
    INJURY = "injury", _("What happened and when; loss of consciousness, vomiting since")
    BELLY = "belly", _("Where the pain is; whether the belly is tense")
    WALKING = "walking", _("Whether the child bears weight")
    EAR = "ear_findings", _("Discharge, and swelling behind the ear")
    PALMS = "palms", _("Colour of the palms; bleeding")
    FEEDING = "feeding", _("What the child eats in a day; vomiting, stools")
    JAUNDICE = "jaundice_onset", _("When the jaundice began, and how far down it reaches")
    FEEDS = "feeds", _("Feeds and wet nappies in 24 hours")
    TAKEN = "taken", _("Medicines given so far, with dose and time")


_M = MeasurementKind
_BREATH = (_M.RESP_RATE, _M.SPO2, _M.TEMPERATURE)

#: What a specialist needs to answer at once, by symptom: those findings by which the named guidelines decide.
#: Never a gate for stat. Sources by key of the clinical fact sheet: IMCI14, IMCI-YI19, PB13, NG9, NG143, CG84, NG232,
#: NG217, AAP-BILI22, WHO-W23.
MINIMUM: dict[str, tuple[str, ...]] = {
    Symptom.COUGH: (*_BREATH, Datum.BREATHING, Datum.DURATION, Datum.DRINKING),  # IMCI14, NG9
    Symptom.WHEEZE: (*_BREATH, _M.HEART_RATE, Datum.BREATHING, Datum.TAKEN),  # PB13, SIGN158
    Symptom.STRIDOR: (_M.SPO2, _M.RESP_RATE, _M.TEMPERATURE, Datum.BREATHING, Datum.DURATION),  # PB13
    Symptom.FEVER: (_M.TEMPERATURE, _M.HEART_RATE, _M.RESP_RATE, _M.CRT, Datum.DURATION, Datum.NECK),  # NG143
    Symptom.DIARRHOEA: (_M.TEMPERATURE, Datum.STOOLS, Datum.DEHYDRATION, Datum.DRINKING, Datum.URINE),  # IMCI14, CG84
    Symptom.EAR: (_M.TEMPERATURE, Datum.DURATION, Datum.EAR),  # IMCI14
    Symptom.RASH: (_M.TEMPERATURE, _M.HEART_RATE, _M.CRT, Datum.RASH, Datum.DURATION),  # NG143
    Symptom.CONVULSION: (_M.TEMPERATURE, _M.AVPU, Datum.SEIZURE, Datum.NECK, Datum.TAKEN),  # NG217
    Symptom.HEADACHE: (_M.TEMPERATURE, _M.SBP, _M.AVPU, Datum.DURATION, Datum.NECK),  # NG240
    Symptom.HEAD_INJURY: (_M.AVPU, _M.HEART_RATE, Datum.INJURY),  # NG232
    Symptom.ABDOMINAL_PAIN: (_M.TEMPERATURE, _M.HEART_RATE, Datum.BELLY, Datum.STOOLS, Datum.DURATION),  # PAS
    Symptom.LIMP: (_M.TEMPERATURE, Datum.WALKING, Datum.DURATION),  # KOCH
    Symptom.PALLOR: (_M.HEART_RATE, _M.RESP_RATE, Datum.PALMS, Datum.FEEDING),  # IMCI14
    Symptom.POOR_GROWTH: (_M.WEIGHT, _M.LENGTH, Datum.FEEDING),  # WHO-W23, NG75
    Symptom.JAUNDICE: (_M.WEIGHT, Datum.JAUNDICE, Datum.FEEDS),  # AAP-BILI22, CG98
    Symptom.UNWELL_INFANT: (_M.TEMPERATURE, _M.RESP_RATE, _M.SPO2, _M.WEIGHT, Datum.FEEDS),  # IMCI-YI19
}


def data_for(symptom: str) -> tuple[str, ...]:
    """The codes of what is needed for a symptom; nothing where no list stands."""
    return MINIMUM.get(symptom, ())


def told_for(symptom: str) -> tuple[str, ...]:
    """Of these, what is told in words."""
    return tuple(code for code in data_for(symptom) if code in Datum.values)


def datum_label(code: str) -> str:
    """In the reader's language; a measured one is named as it is measured."""
    return str(Datum(code).label if code in Datum.values else MeasurementKind(code).label)
