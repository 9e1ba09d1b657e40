"""Which specialty a child's problem belongs to, by what it is about, by the working diagnosis, and by age.

Codes of people's Specialty; where there is no such specialty, general paediatrics comes next. The table follows the
chapters of ICD-10 (WHO 2019) and the symptoms of casework; it suggests, and never decides.
"""

from consortium.casework.states import Priority, Symptom

#: below this age every problem is a newborn's too
NEWBORN_DAYS = 28
#: who looks at any child
GENERAL = ("paediatrics", "child_health")
EMERGENCY = ("emergency",)

BY_SYMPTOM: dict[str, tuple[str, ...]] = {
    Symptom.COUGH: ("respiratory",),
    Symptom.WHEEZE: ("respiratory",),
    Symptom.STRIDOR: ("respiratory", "ent"),
    Symptom.FEVER: ("infectious",),
    Symptom.DIARRHOEA: ("gastroenterology",),
    Symptom.EAR: ("ent",),
    Symptom.RASH: ("dermatology", "infectious"),
    Symptom.CONVULSION: ("neurology",),
    Symptom.HEADACHE: ("neurology",),
    Symptom.HEAD_INJURY: ("neurosurgery", "emergency"),
    Symptom.ABDOMINAL_PAIN: ("surgery", "gastroenterology"),
    Symptom.LIMP: ("orthopaedics", "rheumatology"),
    Symptom.PALLOR: ("haematology",),
    Symptom.POOR_GROWTH: ("endocrinology", "gastroenterology", "child_health"),
    Symptom.JAUNDICE: ("neonatology",),
    Symptom.UNWELL_INFANT: ("neonatology",),
}

#: (first code, last code, whose it is), the narrower before the wider
BY_CODE: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("A00", "B99", ("infectious",)),
    ("C00", "D48", ("haematology", "oncology")),
    ("D50", "D89", ("haematology",)),
    ("E00", "E35", ("endocrinology",)),
    ("E40", "E68", ("gastroenterology", "child_health")),
    ("E70", "E90", ("endocrinology",)),
    ("F80", "F98", ("neurology", "child_health")),
    ("G00", "G99", ("neurology",)),
    ("H00", "H59", ("ophthalmology",)),
    ("H60", "H95", ("ent",)),
    ("I00", "I99", ("cardiology",)),
    ("J35", "J35", ("ent", "respiratory")),
    ("J00", "J99", ("respiratory",)),
    ("K35", "K56", ("surgery", "gastroenterology")),
    ("K00", "K93", ("gastroenterology",)),
    ("L00", "L99", ("dermatology",)),
    ("M00", "M99", ("rheumatology", "orthopaedics")),
    ("N00", "N39", ("nephrology",)),
    ("N40", "N99", ("surgery",)),
    ("P00", "P96", ("neonatology",)),
    ("Q20", "Q28", ("cardiology",)),
    ("Q30", "Q34", ("respiratory", "ent")),
    ("Q38", "Q45", ("surgery",)),
    ("Q53", "Q64", ("surgery",)),
    ("Q65", "Q79", ("orthopaedics",)),
    ("Q90", "Q99", ("child_health",)),
    ("S00", "S09", ("neurosurgery", "emergency")),
    ("S10", "S99", ("orthopaedics", "surgery", "emergency")),
    ("T00", "T98", ("emergency",)),
)


def by_code(code: str) -> tuple[str, ...]:
    """Whose a diagnosis is, by its ICD-10 code; () when nobody's in particular."""
    category = code[:3]
    return next((whose for first, last, whose in BY_CODE if category and first <= category <= last), ())


def wanted(symptom: str, diagnosis_code: str, age_days: int | None, priority: int) -> list[str]:
    """Specialties in the order in which they are sought: a newborn's, the diagnosis's, the symptom's, and for a life at
    risk the emergency's; without an answer the general one's."""
    newborn = ("neonatology",) if age_days is not None and age_days < NEWBORN_DAYS else ()
    urgent = EMERGENCY if priority == Priority.STAT else ()
    found = [*newborn, *by_code(diagnosis_code), *BY_SYMPTOM.get(symptom, ()), *urgent]
    return list(dict.fromkeys(found)) or list(GENERAL)
