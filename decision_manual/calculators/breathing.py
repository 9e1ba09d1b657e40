"""Croup and asthma: Westley, PRAM."""

from decimal import Decimal
from typing import Final

from consortium.clinical.trace import Trace
from consortium.clinical.units import KINDS
from decision_manual.calculators.frame import SCORE, Calculator, Given, Result
from decision_manual.calculators.inputs import Choice, Measure, Option
from decision_manual.calculators.scoring import add_up, band, band_of, scored
from decision_manual.calculators.sources import cite
from decision_manual.calculators.words import Text, Urgency, step

D = Decimal


def _graded(code: str, en: str, zh: str, *answers: tuple[str, str, str, int]) -> Choice:
    options = tuple(Option(c, Text(answer_en, answer_zh), points) for c, answer_en, answer_zh, points in answers)
    return Choice(code, Text(en, zh), options=options)


WESTLEY: Final = scored(
    "westley", Text("Westley croup score", "Westley 喉炎评分"), "breathing",
    (
        _graded("stridor", "Stridor", "喉鸣", ("none", "None", "无", 0), ("agitated", "When agitated", "激惹时", 1),
                ("rest", "At rest", "安静时", 2)),
        _graded("retractions", "Retractions", "吸气性凹陷", ("none", "None", "无", 0), ("mild", "Mild", "轻度", 1),
                ("moderate", "Moderate", "中度", 2), ("severe", "Severe", "重度", 3)),
        _graded("air_entry", "Air entry", "进气", ("normal", "Normal", "正常", 0), ("decreased", "Decreased", "减弱", 1),
                ("markedly_decreased", "Markedly decreased", "明显减弱", 2)),
        _graded("cyanosis", "Cyanosis", "发绀", ("none", "None", "无", 0), ("agitated", "When agitated", "激惹时", 4),
                ("rest", "At rest", "安静时", 5)),
        _graded("consciousness", "Consciousness", "意识", ("normal", "Normal, or asleep", "正常或入睡", 0),
                ("disoriented", "Disoriented", "定向障碍", 5)),
    ),
    (
        band(0, "mild", Urgency.HOME, Text("Mild croup", "轻度喉炎"),
             Text("Dexamethasone 0.15 mg/kg once, home with advice.", "地塞米松 0.15 mg/kg 一次，交代后回家。")),
        band(3, "moderate", Urgency.E1, Text("Moderate croup", "中度喉炎"),
             Text("Dexamethasone 0.15 to 0.6 mg/kg and observe; stridor at rest belongs in an emergency department.",
                  "地塞米松 0.15 至 0.6 mg/kg 并观察；安静时喉鸣应在急诊。")),
        band(8, "severe", Urgency.E0, Text("Severe croup", "重度喉炎"),
             Text("Oxygen, nebulised adrenaline, dexamethasone, emergency transfer. Do not upset the child.",
                  "吸氧、雾化肾上腺素、地塞米松，紧急转运。勿激惹患儿。")),
        band(12, "impending_failure", Urgency.E0, Text("Impending respiratory failure", "即将呼吸衰竭"),
             Text("Call the airway team now: oxygen, nebulised adrenaline, prepare to intubate.",
                  "立即呼叫气道团队：吸氧、雾化肾上腺素，准备插管。")),
    ),
    cite("WEST", "score; bands as in later practice"), synonyms=("croup", "stridor", "喉炎", "喉鸣"),
    note=Text("Drooling, toxic, or no cough: think of epiglottitis, leave the throat alone.",
              "流涎、中毒貌或无咳嗽：考虑会厌炎，勿检查咽喉。"),
)  # fmt: skip

# -- PRAM ---------------------------------------------------------------------------------------------------------

_SPO2: Final = Measure("spo2", Text("Oxygen saturation in air", "血氧饱和度（空气）"), kind=KINDS["spo2"])
_PRAM_ITEMS: Final = (
    _graded("suprasternal", "Suprasternal retractions", "胸骨上凹陷", ("absent", "Absent", "无", 0),
            ("present", "Present", "有", 2)),
    _graded("scalene", "Scalene contraction", "斜角肌收缩", ("absent", "Absent", "无", 0), ("present", "Present", "有", 2)),
    _graded("air_entry", "Air entry", "进气", ("normal", "Normal", "正常", 0),
            ("decreased_bases", "Decreased at the bases", "双肺底减弱", 1),
            ("decreased_widespread", "Decreased at apex and base", "上下肺均减弱", 2),
            ("absent", "Absent or minimal", "极弱或消失", 3)),
    _graded("wheeze", "Wheeze", "喘鸣", ("absent", "Absent", "无", 0), ("expiratory", "On breathing out", "呼气相", 1),
            ("inspiratory", "On breathing in as well", "吸呼均有", 2),
            ("audible", "Audible without stethoscope, or silent chest", "不用听诊器即可闻及，或寂静肺", 3)),
)  # fmt: skip
_PRAM_BANDS: Final = (
    band(0, "mild", Urgency.U1, Text("Mild asthma attack", "轻度哮喘发作"),
         Text("Salbutamol by spacer, look again within the hour.", "储雾罐吸入沙丁胺醇，1 小时内复评。")),
    band(4, "moderate", Urgency.E1, Text("Moderate asthma attack", "中度哮喘发作"),
         Text("Salbutamol every 20 minutes, steroid by mouth, emergency department.",
              "沙丁胺醇每 20 分钟一次，口服激素，送急诊。")),
    band(8, "severe", Urgency.E0, Text("Severe asthma attack", "重度哮喘发作"),
         Text("Oxygen, salbutamol with ipratropium, steroid, call emergency transfer.",
              "吸氧，沙丁胺醇加异丙托溴铵，激素，呼叫急救转运。")),
)  # fmt: skip


def spo2_points(value: Decimal) -> int:
    """95% and more 0, 92 to 94% 1, less 2; what lies between 94 and 95 scores as 94."""
    return 0 if value >= 95 else 1 if value >= 92 else 2


def _pram(given: Given) -> Result:
    total, trace = add_up(_PRAM_ITEMS, given)
    points = spo2_points(given.number("spo2"))
    trace = Trace((*step(Trace(), "{label}: {value} = {points}", "{label}：{value} = {points}", label=_SPO2.label,
                         value=given.shown("spo2"), points=points), *trace))  # fmt: skip
    total += points
    trace = step(trace, "Sum: {total}", "合计：{total}", "PRAM", total=total)
    return Result({SCORE.id: D(total)}, band_of(_PRAM_BANDS, total), trace)


PRAM: Final = Calculator(
    id="pram",
    title=Text("PRAM asthma score", "PRAM 哮喘评分"),
    group="breathing",
    inputs=(_SPO2, *_PRAM_ITEMS),
    outputs=(SCORE,),
    categories=tuple(each.category for each in _PRAM_BANDS),
    source=cite("PRAM", "score and bands"),
    calculate=_pram,
    synonyms=("asthma", "wheeze", "哮喘", "喘息"),
)
