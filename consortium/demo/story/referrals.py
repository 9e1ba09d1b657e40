"""Children on their way: what was asked, of whom, and what became of it. Nobody in it exists."""

from typing import NamedTuple

from consortium.casework.states import Priority


class Sent(NamedTuple):
    """One referral. `hours` ago it was sent; `until` names how far it has come (Told in operations/referring.py)."""

    child: int
    service: str
    holder: str
    priority: Priority
    hours: float
    until: str
    question: str
    situation: str
    assessment: str
    reason: str
    symptom: str = ""
    diagnosis: str = ""
    final: tuple[str, ...] = ()
    course: str = ""
    lesson: str = ""
    special_care: bool = True


_U, _R = Priority.URGENT, Priority.ROUTINE

#: who travels now by the green channel: child, weight in grams, what is told
ALARM = (32, 6500, "呼吸暂停两次，呻吟，血氧88%。", "Bay 2 of the resuscitation room")

REFERRALS = (
    Sent(20, "neonatology", "fengmei", _U, 0.4, "sent", "Prolonged jaundice, pale stools: please see this week.",
         "Day 45, still yellow to the knees, stools like clay since five days.", "Cholestasis until proven otherwise.",
         "investigation", "jaundice"),
    Sent(31, "respiratory", "specialist", _R, 76, "scheduled", "反复喘息一年六次，请评估长期控制治疗。",
         "目前无喘息，生长正常。", "哮喘可能，需肺功能检查。", "examination", "wheeze"),
    Sent(23, "cardiology", "qianwen", _U, 52, "under_care", "Fever for six days, red eyes, cracked lips: echo today?",
         "39.4 °C, rash gone since yesterday, both hands swollen.", "Incomplete Kawasaki disease.", "admission", "fever",
         "M30.3 Mucocutaneous lymph node syndrome [Kawasaki]"),
    Sent(26, "respiratory", "gulan", _U, 96, "outcome_sent", "Croup at night for the second time, stridor at rest.",
         "Stridor at rest, 95 % in air, drinks.", "Moderate croup.", "treatment", "stridor",
         "J05.0 Acute obstructive laryngitis [croup]", ("J05.0 Acute obstructive laryngitis [croup]",),
         "One dose of dexamethasone on arrival, four hours of observation, no stridor since.",
         "One dose of dexamethasone by mouth would have been enough with you: see the page on croup.", False),
    Sent(21, "neurology", "qianwen", _U, 260, "following", "Second seizure without fever within a week.",
         "Three minutes, both sides, sleepy for an hour.", "First epilepsy?", "investigation", "convulsion",
         "G40.9 Epilepsy, unspecified", ("G40.3 Generalized idiopathic epilepsy and epileptic syndromes",),
         "EEG and MRI; treatment begun, no seizure in hospital.",
         "You were right to send her after the second one: one alone would have been an outpatient visit."),
    Sent(29, "dermatology", "fengmei", _R, 30, "declined", "Warts on both hands for a year: please freeze them.",
         "Twelve small warts, no pain.", "Common warts.", "treatment", "rash"),
    Sent(30, "neurology", "qianwen", _R, 480, "forgotten", "Does not walk at 13 months: please examine.",
         "Pulls to stand, normal tone, good hands.", "Late walker?", "examination"),
    # of a month that is over: its reports are there to be signed
    Sent(22, "respiratory", "gulan", _U, 1130, "acknowledged", "Wheeze, 91 % in air after three nebulisers: please take him over.",
         "Breathes 52 a minute, speaks in single words, oxygen by nasal prongs.", "Asthma attack, severe.", "admission",
         "wheeze", "J45.9 Asthma", ("J45.9 Asthma",), "Salbutamol and prednisolone, oxygen for a day; slept without it.",
         "You gave prednisolone before he travelled: that was a day less in hospital."),
    Sent(24, "neurology", "qianwen", _R, 1110, "acknowledged", "头痛三个月，近一周晨起呕吐两次，请评估并做影像检查。",
         "清晨头痛加重，步态及眼底正常。", "需排除颅内占位。", "investigation", "headache", "R51 Headache", ("G43.9 Migraine",),
         "磁共振正常，确诊偏头痛，已开始头痛日记。", "晨起呕吐时转诊是对的；今后先记头痛日记。"),
)  # fmt: skip
