"""The head: Glasgow Coma Scale of the child, PECARN at both ages, NICE's rule for a CT."""

from decimal import Decimal
from typing import Final

from consortium.clinical.trace import Trace
from decision_manual.calculators.frame import Calculator, Category, Given, Result
from decision_manual.calculators.inputs import Choice, Flag, Input, Measure, Option
from decision_manual.calculators.kinds import AGE_MONTHS, POINTS
from decision_manual.calculators.rules import CRITERIA, Tier, met_line, tiered
from decision_manual.calculators.scoring import band, present, scored
from decision_manual.calculators.sources import cite
from decision_manual.calculators.words import Text, Urgency, step

D = Decimal
_AGE: Final = Text("Age", "年龄")

# -- Glasgow ------------------------------------------------------------------------------------------------------


def _rated(code: str, label: Text, *answers: tuple[str, str, str, int]) -> Choice:
    return Choice(code, label, options=tuple(Option(c, Text(en, zh), points) for c, en, zh, points in answers))


GCS: Final = scored(
    "gcs", Text("Glasgow Coma Scale, child", "儿童格拉斯哥昏迷评分（GCS）"), "head",
    (
        _rated("eye", Text("Eyes open", "睁眼"), ("spontaneous", "Spontaneously", "自发", 4), ("voice", "To voice", "呼唤时", 3),
               ("pain", "To pain", "疼痛时", 2), ("none", "Not at all", "不睁眼", 1)),
        _rated("verbal", Text("Best voice (words in brackets: from 5 years)", "最佳语言（括号内：5 岁及以上）"),
               ("usual", "Coos, usual words (oriented)", "咿呀、平常语言（定向正常）", 5),
               ("irritable", "Less than usual, irritable cry (confused)", "少于平常、易激惹哭（答非所问）", 4),
               ("cries", "Cries to pain (single words)", "疼痛时哭（单词）", 3),
               ("moans", "Moans to pain (sounds)", "疼痛时呻吟（发声）", 2), ("none", "None", "无", 1)),
        _rated("motor", Text("Best movement", "最佳运动"),
               ("obeys", "Obeys, or moves normally by itself", "遵嘱或自主正常活动", 6),
               ("localises", "Localises, or withdraws to touch", "定位，或触之回缩", 5),
               ("withdraws", "Withdraws to pain", "疼痛时回缩", 4), ("flexion", "Bends abnormally", "异常屈曲", 3),
               ("extension", "Stretches", "伸直", 2), ("none", "None", "无", 1)),
    ),
    (
        band(3, "severe", Urgency.E0, Text("Coma: 8 or less", "昏迷：8 分及以下"),
             Text("The airway is not safe: help with the airway now, emergency transfer.", "气道不安全：立即开放气道，紧急转运。")),
        band(9, "moderate", Urgency.E0, Text("Reduced: 9 to 12", "意识下降：9 至 12 分"),
             Text("Emergency: oxygen, glucose, neurological observation, transfer.", "急症：吸氧、查血糖、神经观察、转运。")),
        band(13, "mild", Urgency.E1, Text("Slightly reduced: 13 or 14", "轻度下降：13 或 14 分"),
             Text("Not normal: emergency department, score again every 30 minutes.", "不正常：送急诊，每 30 分钟复评。")),
        band(15, "normal", Urgency.HOME, Text("Normal: 15", "正常：15 分"),
             Text("Fully awake. The rest of the examination decides.", "完全清醒。由其余检查决定。")),
    ),
    cite("GCS", "child's descriptors under 5 years"), synonyms=("Glasgow", "coma", "昏迷", "意识"),
)  # fmt: skip

# -- PECARN -------------------------------------------------------------------------------------------------------

_ALTERED = Flag("altered_mental_status", Text("GCS 14, or altered mental status", "GCS 14 分或意识状态改变"), hint=Text(
    "Agitated, sleepy, slow to answer, asks the same again.", "烦躁、嗜睡、反应迟钝、反复问同样问题。"))  # fmt: skip
_NO_RISK_UNDER_2 = Category(
    "very_low",
    Urgency.HOME,
    Text("Very low risk", "极低风险"),
    Text(
        "Under 0.02% have an injury that matters: no CT; home with written advice.",
        "重要颅脑损伤少于 0.02%：无需 CT；书面交代后回家。",
    ),
)
_NO_RISK_FROM_2 = Category(
    "very_low",
    Urgency.HOME,
    Text("Very low risk", "极低风险"),
    Text(
        "Under 0.05% have an injury that matters: no CT; home with written advice.",
        "重要颅脑损伤少于 0.05%：无需 CT；书面交代后回家。",
    ),
)
_WATCH = Text(
    "0.9%: observe, or CT by experience, several findings, worsening, age under 3 months, the parents' wish.",
    "0.9%：观察，或据经验、多项异常、加重、不足 3 月龄、家长意愿决定 CT。",
)
_INTERMEDIATE = Category("intermediate", Urgency.E1, Text("Intermediate risk", "中等风险"), _WATCH)
_HIGH_UNDER_2 = Category(
    "high",
    Urgency.E0,
    Text("High risk", "高风险"),
    Text("4.4%: CT now.", "4.4%：立即 CT。"),
)
_HIGH_FROM_2 = Category(
    "high",
    Urgency.E0,
    Text("High risk", "高风险"),
    Text("4.3%: CT now.", "4.3%：立即 CT。"),
)


def _mechanism(height: str) -> Flag:
    return Flag("severe_mechanism", Text("Severe mechanism", "严重致伤机制"), hint=Text(
        "Thrown from a vehicle, death of another passenger, rollover; on foot or on a bicycle without a helmet against "
        f"a vehicle; fall of more than {height} m; head struck by a high-impact object.",
        f"被抛出车外、同乘者死亡、翻车；步行或未戴头盔骑车被撞；坠落高于 {height} 米；高速物体击中头部。"))  # fmt: skip


def _made_for(low: str, high: str, en: str, zh: str) -> tuple[Input, ...]:
    return (Measure("age", _AGE, kind=AGE_MONTHS, hard=(low, high), hint=Text(en, zh)),)


_PECARN_NOTE = Text(
    "For injuries of less than 24 hours with GCS 14 or 15. Sensitive by itself: it never replaces the question "
    "whether the injury was inflicted.",
    "适用于伤后 24 小时内、GCS 14 或 15 分者。不能替代对虐待伤的询问。",
)
PECARN_UNDER_2: Final = tiered(
    "pecarn_head_under_2", Text("PECARN head injury, under 2 years", "PECARN 头部外伤（不足 2 岁）"), "head",
    (
        Tier(_HIGH_UNDER_2, (_ALTERED, Flag("palpable_skull_fracture", Text("Palpable skull fracture", "可触及颅骨骨折")))),
        Tier(_INTERMEDIATE, (
            Flag("scalp_haematoma", Text("Swelling of the scalp, not frontal", "非额部头皮血肿")),
            Flag("loss_of_consciousness_5s", Text("Unconscious for 5 seconds or more", "意识丧失 5 秒及以上")),
            _mechanism("0.9"),
            Flag("not_acting_normally", Text("Not acting normally for the parent", "家长认为行为异常")),
        )),
    ),
    _NO_RISK_UNDER_2, cite("PECARN-H", "rule under 2 years; negative predictive value 100%"),
    first=_made_for("0", "23.99", "Under 2 years.", "不足 2 岁。"), synonyms=("head trauma", "CT", "颅脑外伤", "头部外伤"),
    note=_PECARN_NOTE,
)  # fmt: skip
PECARN_FROM_2: Final = tiered(
    "pecarn_head_2_to_17", Text("PECARN head injury, 2 to 17 years", "PECARN 头部外伤（2 至 17 岁）"), "head",
    (
        Tier(_HIGH_FROM_2, (_ALTERED, Flag("basilar_fracture_signs", Text("Signs of a basal skull fracture", "颅底骨折征象")))),
        Tier(_INTERMEDIATE, (
            Flag("loss_of_consciousness", Text("Any loss of consciousness", "任何意识丧失")),
            Flag("vomiting", Text("Vomiting", "呕吐")),
            Flag("severe_headache", Text("Severe headache", "剧烈头痛")),
            _mechanism("1.5"),
        )),
    ),
    _NO_RISK_FROM_2, cite("PECARN-H", "rule from 2 years; negative predictive value 99.95%"),
    first=_made_for("24", "215.99", "2 to 17 years.", "2 至 17 岁。"), synonyms=("head trauma", "CT", "颅脑外伤", "头部外伤"),
    note=_PECARN_NOTE,
)  # fmt: skip

# -- NICE ---------------------------------------------------------------------------------------------------------

_ONE_YEAR: Final = D(12)
_INFANT_WOUND = Flag("scalp_wound_over_5cm", Text("Bruise, swelling or cut over 5 cm on the head", "头部淤伤、肿胀或裂伤超过 5 cm"),
                     required=False, hint=Text("Under 1 year.", "不足 1 岁。"))  # fmt: skip
_AT_ONCE: Final = (
    Flag("suspected_inflicted_injury", Text("Suspicion of inflicted injury", "疑似虐待伤")),
    Flag("seizure", Text("Seizure after the injury, no epilepsy", "伤后抽搐（无癫痫史）")),
    Flag("gcs_below_15_at_2h", Text("GCS under 15 two hours after", "伤后 2 小时 GCS 低于 15")),
    Flag("open_or_depressed_fracture", Text("Open or depressed fracture, or tense fontanelle", "开放或凹陷骨折，或囟门张力高")),
    Flag("basal_fracture_signs", Text("Signs of a basal skull fracture", "颅底骨折征象")),
    Flag("focal_deficit", Text("Focal neurological deficit", "局灶神经体征")),
)  # fmt: skip
_COUNTED: Final = (
    Flag("unconscious_over_5min", Text("Unconscious for more than 5 minutes", "意识丧失超过 5 分钟")),
    Flag("abnormal_drowsiness", Text("Abnormal drowsiness", "异常嗜睡")),
    Flag("vomits_3_or_more", Text("Vomited 3 times or more", "呕吐 3 次及以上")),
    Flag("dangerous_mechanism", Text("Dangerous mechanism", "危险致伤机制"), hint=Text(
        "High-speed road accident, fall of more than 3 m, fast object.", "高速交通事故、坠落超过 3 米、高速物体击中。")),
    Flag("amnesia_over_5min", Text("Amnesia for more than 5 minutes", "遗忘超过 5 分钟")),
    Flag("bleeding_disorder", Text("Bleeding disorder or anticoagulant", "出血性疾病或抗凝治疗")),
)  # fmt: skip
_CT = Category("ct_within_1_hour", Urgency.E0, Text("CT within 1 hour", "1 小时内 CT"),
               Text("CT of the head within 1 hour of finding this.", "发现后 1 小时内头颅 CT。"))  # fmt: skip
_OBSERVE = Category(
    "observe_4_hours", Urgency.E1, Text("Observe for 4 hours", "观察 4 小时"),
    Text("One finding: observe for at least 4 hours from the injury; CT when anything worsens.",
         "单项异常：自伤后观察至少 4 小时；任何加重即行 CT。"),
)  # fmt: skip
_NO_CT = Category("no_ct", Urgency.HOME, Text("No CT now", "目前无需 CT"),
                  Text("No criterion is met: written advice for 24 hours and a carer at home.", "无符合条目：书面交代 24 小时观察，家中有人照看。"))  # fmt: skip


def gcs_counts(gcs: Decimal, age: Decimal) -> bool:
    """GCS on arrival under 14, under 1 year under 15."""
    return gcs < (15 if age < _ONE_YEAR else 14)


def _nice(given: Given) -> Result:
    age, gcs = given.number("age"), given.number("gcs_on_arrival")
    at_once, counted = present(given, _AT_ONCE), present(given, _COUNTED)
    if gcs_counts(gcs, age):
        at_once.append(Text("GCS on arrival", "到院时 GCS"))
    if age < _ONE_YEAR and given.flag(_INFANT_WOUND.id):
        at_once.append(_INFANT_WOUND.label)
    found = _CT if at_once or len(counted) > 1 else _OBSERVE if counted else _NO_CT
    trace = met_line(Trace(), Text("CT at once for any of", "任一项即行 CT"), at_once, "NG232")
    trace = met_line(trace, Text("Counted together", "合并计数"), counted, "NG232")
    trace = step(trace, "Result: {title}", "结果：{title}", "NG232", title=found.title)
    return Result({CRITERIA.id: D(len(at_once) + len(counted))}, found, trace)


NICE_HEAD: Final = Calculator(
    id="nice_head_ct",
    title=Text("Head injury: CT by NICE NG232", "头部外伤 CT 指征（NICE NG232）"),
    group="head",
    inputs=(
        Measure("age", _AGE, kind=AGE_MONTHS, hard=("0", "191.99"), hint=Text("Under 16 years.", "不足 16 岁。")),
        Measure("gcs_on_arrival", Text("GCS on arrival", "到院时 GCS"), kind=POINTS, hard=("3", "15"), whole=True),
        *_AT_ONCE, _INFANT_WOUND, *_COUNTED,
    ),
    outputs=(CRITERIA,),
    categories=(_CT, _OBSERVE, _NO_CT),
    source=cite("NG232", "criteria for CT, under 16 years",
                Text("How a bleeding disorder or anticoagulant counts.", "出血性疾病或抗凝治疗如何计数。")),
    calculate=_nice,
    synonyms=("head trauma", "CT", "颅脑外伤", "头部外伤"),
    note=Text("Ask in every child under 2 years how it happened, and whether it could have been inflicted.",
              "每个不足 2 岁患儿均须询问受伤经过及有无虐待可能。"),
)  # fmt: skip
