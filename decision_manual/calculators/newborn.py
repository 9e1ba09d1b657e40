"""The first minutes: Apgar."""

from typing import Final

from decision_manual.calculators.inputs import Choice, Option
from decision_manual.calculators.scoring import band, scored
from decision_manual.calculators.sources import cite
from decision_manual.calculators.words import Text, Urgency


def _sign(code: str, en: str, zh: str, *answers: tuple[str, str, str]) -> Choice:
    """Three answers, scoring 0, 1 and 2."""
    return Choice(code, Text(en, zh), options=tuple(Option(c, Text(e, z), i) for i, (c, e, z) in enumerate(answers)))


APGAR: Final = scored(
    "apgar", Text("Apgar score", "Apgar 评分"), "newborn",
    (
        _sign("appearance", "Colour", "皮肤颜色", ("pale_blue", "Blue or pale", "青紫或苍白"),
              ("blue_extremities", "Body pink, hands and feet blue", "躯干红、四肢紫"), ("pink", "All pink", "全身红")),
        _sign("pulse", "Heart rate", "心率", ("absent", "None", "无"), ("below_100", "Under 100", "低于 100"),
              ("from_100", "100 or more", "100 及以上")),
        _sign("grimace", "Response to a stimulus", "刺激反应", ("none", "None", "无"), ("grimace", "Grimace", "皱眉"),
              ("cry", "Cries, sneezes, coughs", "哭、喷嚏、咳嗽")),
        _sign("activity", "Muscle tone", "肌张力", ("limp", "Limp", "松弛"), ("some_flexion", "Some flexion", "略屈曲"),
              ("active", "Moves actively", "活动好")),
        _sign("respiration", "Breathing", "呼吸", ("absent", "None", "无"), ("weak", "Slow, irregular", "慢、不规则"),
              ("good", "Good, crying", "好、哭声响")),
    ),
    (
        band(0, "low", Urgency.E0, Text("Low: 0 to 3", "低：0 至 3 分"),
             Text("Resuscitate; score again every 5 minutes until 20 minutes.", "复苏；每 5 分钟复评至 20 分钟。")),
        band(4, "moderate", Urgency.E1, Text("Moderately low: 4 to 6", "中：4 至 6 分"),
             Text("Support breathing, keep warm, score again every 5 minutes.", "支持呼吸、保暖，每 5 分钟复评。")),
        band(7, "reassuring", Urgency.HOME, Text("Reassuring: 7 to 10", "良好：7 至 10 分"),
             Text("Skin to skin with the mother; usual care.", "母婴皮肤接触；常规护理。")),
    ),
    cite("APGAR", "five signs; bands of AAP and ACOG 2015"), synonyms=("newborn", "birth", "新生儿", "窒息"),
    note=Text("Resuscitation starts before the first score, and never waits for it.", "复苏先于评分，不得等待评分。"),
)  # fmt: skip
