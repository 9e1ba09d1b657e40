"""Belly and groin: PAS, Alvarado, TWIST."""

from decimal import Decimal
from typing import Final

from consortium.clinical.units import KINDS
from decision_manual.calculators.inputs import Flag, Measure
from decision_manual.calculators.scoring import Cut, band, scored
from decision_manual.calculators.sources import cite
from decision_manual.calculators.words import Text, Urgency

D = Decimal
_TEMPERATURE = Measure("temperature", Text("Temperature", "体温"), kind=KINDS["temperature"])
_WBC = Measure("wbc", Text("White cells", "白细胞"), kind=KINDS["wbc"])
_ANC = Measure("anc", Text("Neutrophils", "中性粒细胞"), kind=KINDS["neutrophils"])
_ANOREXIA = Flag("anorexia", Text("No appetite", "食欲不振"))
_NAUSEA = Flag("nausea_vomiting", Text("Nausea or vomiting", "恶心或呕吐"))
_MIGRATION = Flag("migration_of_pain", Text("Pain moved to the right lower quadrant", "疼痛转移至右下腹"))

PAS: Final = scored(
    "pas", Text("Pediatric Appendicitis Score", "儿童阑尾炎评分（PAS）"), "abdomen",
    (
        Flag("cough_hop_percussion_pain", Text("Pain there on coughing, hopping or tapping", "咳嗽、跳跃或叩击时右下腹痛"), points=2),
        Flag("rlq_tenderness", Text("Tender right lower quadrant", "右下腹压痛"), points=2),
        _ANOREXIA, Cut(_TEMPERATURE, D(38)), _NAUSEA, Cut(_WBC, D(10)), Cut(_ANC, D("7.5")), _MIGRATION,
    ),
    (
        band(0, "low", Urgency.HOME, Text("Low", "低"),
             Text("Appendicitis is unlikely: home with advice, look again within 24 hours.", "阑尾炎可能性小：交代后回家，24 小时内复查。")),
        band(4, "equivocal", Urgency.E1, Text("Equivocal", "不确定"),
             Text("Ultrasound, and examine again.", "做超声，并反复查体。")),
        band(7, "high", Urgency.E1, Text("High", "高"), Text("Call the surgeon now; nothing by mouth.", "立即请外科；禁食。")),
    ),
    cite("PAS", "score; bands as in later practice"), synonyms=("appendicitis", "abdominal pain", "阑尾炎", "腹痛"),
)  # fmt: skip
ALVARADO: Final = scored(
    "alvarado", Text("Alvarado score", "Alvarado 阑尾炎评分"), "abdomen",
    (
        Flag("rlq_tenderness", Text("Tender right lower quadrant", "右下腹压痛"), points=2),
        Cut(_WBC, D(10), points=2, above=True),
        Flag("rebound", Text("Rebound tenderness", "反跳痛")), Cut(_TEMPERATURE, D("37.3"), above=True),
        _MIGRATION, _ANOREXIA, _NAUSEA, Flag("left_shift", Text("Left shift of neutrophils", "中性粒细胞核左移")),
    ),
    (
        band(0, "unlikely", Urgency.HOME, Text("Unlikely", "可能性小"),
             Text("Appendicitis is unlikely: home with advice, look again within 24 hours.", "阑尾炎可能性小：交代后回家，24 小时内复查。")),
        band(5, "possible", Urgency.E1, Text("Possible", "可能"), Text("Ultrasound, and examine again.", "做超声，并反复查体。")),
        band(7, "probable", Urgency.E1, Text("Probable", "很可能"), Text("Call the surgeon now; nothing by mouth.", "立即请外科；禁食。")),
    ),
    cite("ALVARADO", "score and bands"), synonyms=("appendicitis", "MANTRELS", "阑尾炎", "腹痛"),
)  # fmt: skip
TWIST: Final = scored(
    "twist", Text("TWIST, testicular torsion", "TWIST 睾丸扭转评分"), "abdomen",
    (
        Flag("testicular_swelling", Text("Swollen testis", "睾丸肿胀"), points=2),
        Flag("hard_testis", Text("Hard testis", "睾丸质硬"), points=2),
        Flag("absent_cremasteric_reflex", Text("No cremasteric reflex", "提睾反射消失")),
        Flag("nausea_vomiting", Text("Nausea or vomiting", "恶心或呕吐")),
        Flag("high_riding_testis", Text("High-riding testis", "睾丸上移")),
    ),
    (
        band(0, "low", Urgency.E1, Text("Low", "低"),
             Text("Torsion is less likely, not excluded: surgical review of the painful testis now.",
                  "扭转可能性较小但未排除：睾丸疼痛仍须立即外科评估。")),
        band(3, "intermediate", Urgency.E1, Text("Intermediate", "中"),
             Text("Surgeon now; ultrasound only where it costs no time.", "立即请外科；超声不得延误。")),
        band(5, "high", Urgency.E0, Text("High", "高"),
             Text("Theatre without waiting for ultrasound: the testis is lost after about 6 hours.",
                  "不等超声直接手术：约 6 小时后睾丸难以存活。")),
    ),
    cite("TWIST", "score", Text("Cut-offs vary between cohorts.", "各研究的界值不同。")),
    synonyms=("testis", "scrotum", "torsion", "睾丸", "阴囊"),
    note=Text("The score never delays the call to the surgeon.", "评分绝不能延误呼叫外科。"),
)  # fmt: skip
