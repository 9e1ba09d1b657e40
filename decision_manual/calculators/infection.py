"""Throat, meninges, hip, Kawasaki."""

from decimal import Decimal
from typing import Final

from consortium.clinical.units import KINDS
from decision_manual.calculators.frame import SCORE, Calculator, Given, Output, Result
from decision_manual.calculators.inputs import Flag, Measure
from decision_manual.calculators.kinds import AGE_MONTHS, CSF_CELLS, CSF_PROTEIN
from decision_manual.calculators.scoring import Cut, Item, add_up, band, band_of, input_of, scored
from decision_manual.calculators.sources import cite
from decision_manual.calculators.words import Text, Urgency, step

D = Decimal
_AGE: Final = Text("Age", "年龄")

# -- throat -------------------------------------------------------------------------------------------------------

_CENTOR_ITEMS: Final[tuple[Item, ...]] = (
    Cut(Measure("temperature", Text("Highest temperature", "最高体温"), kind=KINDS["temperature"]), D(38), above=True),
    Flag("no_cough", Text("No cough", "无咳嗽")),
    Flag("tender_neck_nodes", Text("Tender nodes at the front of the neck", "颈前淋巴结压痛")),
    Flag("tonsils_swollen_or_exudate", Text("Tonsils swollen or with exudate", "扁桃体肿大或渗出")),
)
_CENTOR_AGE: Final = Measure("age", _AGE, kind=AGE_MONTHS, unit="a", hard=("3", "18.99"))
_CENTOR_BANDS: Final = (
    band(0, "low", Urgency.HOME, Text("Low: 0 or 1", "低：0 或 1 分"),
         Text("Streptococci in under 10%: no test, no antibiotic.", "链球菌少于 10%：无需检测，无需抗生素。")),
    band(2, "moderate", Urgency.HOME, Text("Moderate: 2 or 3", "中：2 或 3 分"),
         Text("Streptococci in about 11 to 35%: test, and treat when positive.", "链球菌约 11% 至 35%：检测，阳性再治疗。")),
    band(4, "high", Urgency.HOME, Text("High: 4 or more", "高：4 分及以上"),
         Text("Streptococci in about half: test, or treat at once by local policy.", "链球菌约一半：检测，或按当地规定直接治疗。")),
)  # fmt: skip


def _centor(given: Given) -> Result:
    """McIsaac's form: under 15 years one point more."""
    total, trace = add_up(_CENTOR_ITEMS, given)
    young = 1 if given.number("age") < 15 else 0
    trace = step(trace, "Age 3 to 14 years = {young}", "3 至 14 岁 = {young}", "CENTOR", young=young)
    total += young
    trace = step(trace, "Sum: {total}", "合计：{total}", "CENTOR", total=total)
    return Result({SCORE.id: D(total)}, band_of(_CENTOR_BANDS, total), trace)


CENTOR: Final = Calculator(
    id="centor",
    title=Text("Sore throat, Centor and McIsaac", "咽痛 Centor／McIsaac 评分"),
    group="infection",
    inputs=(_CENTOR_AGE, *map(input_of, _CENTOR_ITEMS)),
    outputs=(SCORE,),
    categories=tuple(each.category for each in _CENTOR_BANDS),
    source=cite("CENTOR", "score with McIsaac's points for age", Text("Shares of streptococci by score.", "各分值的链球菌比例。")),
    calculate=_centor,
    synonyms=("McIsaac", "tonsillitis", "pharyngitis", "strep", "扁桃体炎", "咽炎", "链球菌"),
    note=Text("Stridor, drooling, a stiff jaw or a swollen neck: emergency, do not score.",
              "喉鸣、流涎、张口困难或颈部肿胀：急症，不作评分。"),
)  # fmt: skip
FEVERPAIN: Final = scored(
    "feverpain", Text("Sore throat, FeverPAIN", "咽痛 FeverPAIN 评分"), "infection",
    (
        Flag("fever_24h", Text("Fever in the last 24 hours", "近 24 小时发热")),
        Flag("purulence", Text("Pus on the tonsils", "扁桃体脓性分泌物")),
        Flag("attended_within_3_days", Text("Came within 3 days of the start", "起病 3 天内就诊")),
        Flag("inflamed_tonsils", Text("Severely inflamed tonsils", "扁桃体重度充血")),
        Flag("no_cough_or_coryza", Text("No cough, no cold", "无咳嗽、流涕")),
    ),
    (
        band(0, "low", Urgency.HOME, Text("0 or 1", "0 或 1 分"), Text("No antibiotic.", "无需抗生素。")),
        band(2, "moderate", Urgency.HOME, Text("2 or 3", "2 或 3 分"),
             Text("No antibiotic, or one kept back for 3 to 5 days.", "不用抗生素，或 3 至 5 天备用处方。")),
        band(4, "high", Urgency.HOME, Text("4 or 5", "4 或 5 分"),
             Text("Consider an antibiotic now, or one kept back.", "考虑立即用抗生素或备用处方。")),
    ),
    cite("FEVERPAIN", "score and NG84's advice"), synonyms=("tonsillitis", "pharyngitis", "strep", "扁桃体炎", "咽炎"),
)  # fmt: skip

# -- meninges -----------------------------------------------------------------------------------------------------

_BLOOD_ANC: Final = Measure(
    "blood_anc", Text("Neutrophils in blood", "血中性粒细胞"), kind=KINDS["neutrophils"], unit="/mm3",
    hard=("0", "200000"), plausible=("100", "80000"),
)  # fmt: skip
MENINGITIS: Final = scored(
    "bacterial_meningitis_score", Text("Bacterial Meningitis Score", "细菌性脑膜炎评分"), "infection",
    (
        Flag("gram_stain_positive", Text("Bacteria on Gram stain of CSF", "脑脊液革兰染色阳性"), points=2),
        Cut(Measure("csf_protein", Text("Protein in CSF", "脑脊液蛋白"), kind=CSF_PROTEIN), D(80)),
        Cut(Measure("csf_anc", Text("Neutrophils in CSF", "脑脊液中性粒细胞"), kind=CSF_CELLS), D(1000)),
        Cut(_BLOOD_ANC, D(10_000)),
        Flag("seizure", Text("Seizure before or at the illness's presentation", "起病时或之前抽搐")),
    ),
    (
        band(0, "very_low", Urgency.E1, Text("Very low risk", "极低风险"),
             Text("Bacterial meningitis is very unlikely; observe, and decide on antibiotics with a senior.",
                  "细菌性脑膜炎可能性极小；观察，是否用抗生素请上级决定。")),
        band(1, "not_low", Urgency.E0, Text("Not low risk", "非低风险"),
             Text("Treat as bacterial meningitis: ceftriaxone now, admit.", "按细菌性脑膜炎处理：立即头孢曲松，收入院。")),
    ),
    cite("BMS", "score; validated from 2 months"),
    first=(Measure("age", _AGE, kind=AGE_MONTHS, hard=("2", "227.99"), hint=Text("Not under 2 months.", "不足 2 月龄不适用。")),),
    synonyms=("BMS", "CSF", "lumbar puncture", "脑膜炎", "腰穿"),
    note=Text("Not for children who are critically ill, have purpura, a shunt or a weak immune system, or had "
              "antibiotics in the last 72 hours.",
              "危重、紫癜、分流术后、免疫低下或 72 小时内用过抗生素者不适用。"),
)  # fmt: skip

# -- hip ----------------------------------------------------------------------------------------------------------

_HIP_CRP: Final = Measure("crp", Text("CRP", "C 反应蛋白"), kind=KINDS["crp"], required=False,
                          hint=Text("Caird's fifth predictor.", "Caird 第五项指标。"))  # fmt: skip
_KOCHER_ITEMS: Final[tuple[Item, ...]] = (
    Cut(Measure("temperature", Text("Temperature", "体温"), kind=KINDS["temperature"]), D("38.5"), above=True),
    Flag("non_weight_bearing", Text("Cannot bear weight", "不能负重")),
    Cut(Measure("esr", Text("ESR", "血沉"), kind=KINDS["esr"]), D(40)),
    Cut(Measure("wbc", Text("White cells", "白细胞"), kind=KINDS["wbc"]), D(12), above=True),
)
#: per cent by number of predictors, 0 to 4: the cohort of 1999 (0: under 0.2), then of 2004
KOCHER_1999: Final = tuple(map(D, ("0.2", "3", "40", "93", "99.6")))
KOCHER_2004: Final = tuple(map(D, ("2", "9.5", "35", "73", "93")))
_KOCHER_BANDS: Final = (
    band(0, "low", Urgency.U1, Text("Low: no predictor", "低：无指标"),
         Text("Septic arthritis is unlikely; fever or worsening changes that. Review today.",
              "化脓性关节炎可能性小；发热或加重则改变判断。当日复查。")),
    band(1, "possible", Urgency.U1, Text("Possible: one predictor", "可能：1 项指标"),
         Text("Ultrasound of the hip and paediatric review today.", "当日髋关节超声与儿科复核。")),
    band(2, "likely", Urgency.E1, Text("Likely: two or more", "很可能：2 项及以上"),
         Text("Orthopaedic surgeon now: aspiration, cultures, then antibiotics.", "立即请骨科：关节穿刺、培养，然后抗生素。")),
)  # fmt: skip


def _kocher(given: Given) -> Result:
    count, trace = add_up(_KOCHER_ITEMS, given)
    crp = given.maybe("crp")
    caird = None if crp is None else count + (1 if crp > 20 else 0)
    if caird is not None:
        trace = step(
            trace,
            "CRP above 20 mg/l (Caird): {caird} of 5",
            "CRP 高于 20 mg/l（Caird）：{caird}／5",
            "KOCH",
            caird=caird,
        )
    en, zh = "{count} of 4: {first}% (1999), {second}% (2004)", "{count}／4：{first}%（1999），{second}%（2004）"
    trace = step(trace, en, zh, "KOCH", count=count, first=KOCHER_1999[count], second=KOCHER_2004[count])
    values = {
        SCORE.id: D(count), "probability_1999": KOCHER_1999[count], "probability_2004": KOCHER_2004[count],
        "caird_predictors": None if caird is None else D(caird),
    }  # fmt: skip
    return Result(values, band_of(_KOCHER_BANDS, max(count, (caird or 0) - 1)), trace)


KOCHER: Final = Calculator(
    id="kocher",
    title=Text("Septic hip, Kocher", "化脓性髋关节炎（Kocher）"),
    group="infection",
    inputs=(*map(input_of, _KOCHER_ITEMS), _HIP_CRP),
    outputs=(
        SCORE,
        Output("probability_1999", Text("Probability, cohort of 1999 (0 predictors: under 0.2)", "概率（1999 队列；0 项：低于 0.2）"), "%", 1),
        Output("probability_2004", Text("Probability, cohort of 2004", "概率（2004 队列）"), "%", 1),
        Output("caird_predictors", Text("Caird's predictors, of 5", "Caird 指标（共 5 项）"), decimals=0),
    ),
    categories=tuple(each.category for each in _KOCHER_BANDS),
    source=cite("KOCH", "predictors and both cohorts; Caird for CRP"),
    calculate=_kocher,
    synonyms=("limp", "septic arthritis", "hip", "Caird", "跛行", "髋痛", "关节炎"),
)  # fmt: skip
