"""Kidney and body surface: bedside Schwartz, Mosteller."""

from decimal import Decimal
from typing import Final

from consortium.clinical.units import KINDS
from decision_manual.calculators.frame import Calculator, Category, Given, Output, Result, listing
from decision_manual.calculators.inputs import Measure
from decision_manual.calculators.kinds import LENGTH, WEIGHT
from decision_manual.calculators.sources import cite
from decision_manual.calculators.words import Text, Urgency, step

D = Decimal
_HEIGHT: Final = Measure("height", Text("Height or length", "身高（长）"), kind=LENGTH)
_K: Final = D("0.413")


def _stage(code: str, urgency: Urgency, en: str, zh: str, meaning: Text) -> Category:
    return Category(code, urgency, Text(en, zh), meaning)


#: (eGFR from which it holds, stage), lowest first
STAGES: Final = (
    (D(0), _stage("g5", Urgency.E1, "G5: under 15", "G5：低于 15",
                  Text("Kidney failure: potassium and ECG now, nephrologist.", "肾衰竭：立即查血钾与心电图，请肾内科。"))),
    (D(15), _stage("g4", Urgency.U1, "G4: 15 to 29", "G4：15 至 29",
                   Text("Severely reduced: nephrologist today; adjust every medicine.", "重度下降：当日请肾内科；所有药物调整剂量。"))),
    (D(30), _stage("g3", Urgency.R1, "G3: 30 to 59", "G3：30 至 59",
                   Text("Moderately reduced: nephrologist; adjust medicines. Acute and new: today.",
                        "中度下降：请肾内科；调整药物剂量。新发急性者当日就诊。"))),
    (D(60), _stage("g2", Urgency.R2, "G2: 60 to 89", "G2：60 至 89",
                   Text("Slightly reduced, if it lasts: urine, blood pressure, measure again.", "若持续为轻度下降：查尿、血压并复测。"))),
    (D(90), _stage("g1", Urgency.HOME, "G1: 90 or more", "G1：90 及以上", Text("Not reduced.", "未下降。"))),
)  # fmt: skip


def egfr(height_cm: Decimal, creatinine_mg_dl: Decimal) -> Decimal:
    """ml/min per 1.73 m2."""
    return _K * height_cm / creatinine_mg_dl


def stage_of(shown: Decimal) -> Category:
    """The stage of a rate as it is shown, so that 90.0 is never called less than 90."""
    return [category for lowest, category in STAGES if shown >= lowest][-1]


_EGFR: Final = Output("egfr", Text("eGFR", "eGFR"), "ml/min/1.73 m²", 1)


def _schwartz(given: Given) -> Result:
    value = egfr(given.number("height"), given.number("creatinine"))
    found = stage_of(_EGFR.rounded(value))
    en = "0.413 x {height} cm / {creatinine} mg/dl = {value} ml/min/1.73 m²"
    trace = step(listing(given, SCHWARTZ.inputs), en, en.replace(" x ", " × "), "SCHWARTZ",
                 height=given.number("height"), creatinine=given.number("creatinine"), value=value)  # fmt: skip
    return Result({"egfr": value}, found, trace)


SCHWARTZ: Final = Calculator(
    id="egfr_schwartz",
    title=Text("eGFR, bedside Schwartz", "估算肾小球滤过率（床旁 Schwartz）"),
    group="kidney",
    inputs=(_HEIGHT, Measure("creatinine", Text("Creatinine", "肌酐"), kind=KINDS["creatinine"], unit="mg/dL",
                             hard=("0.05", "30"), plausible=("0.1", "6"))),
    outputs=(_EGFR,),
    categories=tuple(category for _lowest, category in STAGES),
    source=cite("SCHWARTZ", "0.413 x cm / mg/dl; stages of KDIGO 2012"),
    calculate=_schwartz,
    synonyms=("creatinine", "GFR", "kidney", "肌酐", "肾功能"),
    note=Text("For 1 to 16 years and an enzymatic creatinine in a steady state; stages hold from 2 years.",
              "适用于 1 至 16 岁、酶法肌酐且稳态者；分期自 2 岁起适用。"),
)  # fmt: skip

_AREA = Category("body_surface", Urgency.NONE, Text("Body surface area", "体表面积"),
                 Text("For doses and fluids given per m².", "用于按体表面积计算的剂量与液量。"))  # fmt: skip


def body_surface(height_cm: Decimal, weight_kg: Decimal) -> Decimal:
    """Mosteller, m2."""
    return (height_cm * weight_kg / 3600).sqrt()


def _mosteller(given: Given) -> Result:
    value = body_surface(given.number("height"), given.number("weight"))
    trace = step(listing(given, MOSTELLER.inputs), "Square root of cm x kg / 3600 = {value} m²",
                 "√（cm × kg ÷ 3600）= {value} m²", "MOSTELLER", value=value)  # fmt: skip
    return Result({"bsa_m2": value}, _AREA, trace)


MOSTELLER: Final = Calculator(
    id="bsa_mosteller",
    title=Text("Body surface area, Mosteller", "体表面积（Mosteller）"),
    group="medicines",
    inputs=(_HEIGHT, Measure("weight", Text("Weight", "体重"), kind=WEIGHT)),
    outputs=(Output("bsa_m2", Text("Body surface", "体表面积"), "m²", 2),),
    categories=(_AREA,),
    source=cite("MOSTELLER", "square root of cm x kg / 3600"),
    calculate=_mosteller,
    synonyms=("BSA", "体表面积"),
)
