"""Bilirubin of the newborn by AAP 2022: thresholds by hour, gestation and risk, and what follows from a measurement.

Exact at the published hours; between them a straight line, rounded down to 0.1 mg/dl, so never above the published
line. The tables begin at hour 1 and end at hour 335: nothing is said before or after.
"""

import csv
from bisect import bisect_right
from decimal import ROUND_DOWN, ROUND_FLOOR, Decimal
from functools import cache
from importlib.resources import files
from typing import Final

from consortium.clinical.trace import Trace
from decision_manual.calculators.frame import Calculator, Category, Given, Output, Result, listing
from decision_manual.calculators.inputs import Flag, Input, Measure
from decision_manual.calculators.kinds import AGE_HOURS, BILIRUBIN, GESTATION, HOURS
from decision_manual.calculators.sources import cite
from decision_manual.calculators.words import Text, Urgency, step

D = Decimal
FIRST_HOUR, LAST_HOUR = D(1), D(335)
TERM: Final = 40
_KEY: Final = "AAP-BILI22"
_ESCALATION: Final = D(2)
_TCB_NEAR, _TCB_HIGH = D(3), D(15)
_FAST_EARLY, _FAST_LATER, _ONE_DAY = D("0.3"), D("0.2"), D(24)

#: (hour, phototherapy, exchange) in mg/dl, in the order of the hours
Line = tuple[tuple[Decimal, Decimal, Decimal], ...]


@cache
def tables() -> dict[tuple[bool, int], Line]:
    """The published points by (a neurotoxicity risk factor is there, weeks of gestation, 40 = 40 or more)."""
    text = files(__package__).joinpath("data/bilirubin_aap_2022.csv").read_text("utf-8")
    found: dict[tuple[bool, int], list[tuple[Decimal, Decimal, Decimal]]] = {}
    for row in csv.DictReader(text.splitlines()):
        key = (row["neurotoxicity_risk_factor"] != "none", int(row["gestational_age_weeks"]))
        point = (D(row["age_hours"]), D(row["phototherapy_mg_dl"]), D(row["exchange_mg_dl"]))
        found.setdefault(key, []).append(point)
    return {key: tuple(sorted(points)) for key, points in found.items()}


def thresholds(weeks: int, hours: Decimal, *, risk: bool) -> tuple[Decimal, Decimal]:
    """(phototherapy, exchange) in mg/dl at `hours` from 1 to 335; `weeks` completed, 35 or more."""
    line = tables()[risk, min(weeks, TERM)]
    after = bisect_right([hour for hour, _photo, _exchange in line], hours)
    low, high = line[after - 1], line[min(after, len(line) - 1)]
    if low[0] == hours:
        return low[1], low[2]
    share = (hours - low[0]) / (high[0] - low[0])
    photo, exchange = (_rounded_down(low[i] + (high[i] - low[i]) * share) for i in (1, 2))
    return photo, exchange


def _rounded_down(value: Decimal) -> Decimal:
    return value.quantize(D("0.1"), ROUND_DOWN)


# -- what is asked ------------------------------------------------------------------------------------------------


def _bilirubin(code: str, en: str, zh: str, hint: Text | None = None) -> Measure:
    return Measure(code, Text(en, zh), kind=BILIRUBIN, unit="mg/dL", plausible=("0.5", "35"), required=False, hint=hint)


RISK_HINT: Final = Text(
    "Albumin under 3.0 g/dl, isoimmune haemolysis, G6PD deficiency, other haemolysis, sepsis, or clinical "
    "instability in the last 24 hours.",
    "白蛋白低于 3.0 g/dl、同族免疫性溶血、G6PD 缺乏、其他溶血、败血症，或近 24 小时临床不稳定。",
)
INPUTS: Final[tuple[Input, ...]] = (
    Measure(
        "gestation_weeks", Text("Gestation in completed weeks", "出生孕周（满周）"), kind=GESTATION, whole=True,
        hard=("35", "44"), plausible=("35", "42"),
        hint=Text("From 35 weeks; 40 and more are read on one line.", "35 周及以上；40 周及以上同一曲线。"),
    ),
    Measure(
        "age_hours", Text("Age in hours", "日龄（小时）"), kind=AGE_HOURS, hard=("1", "335"),
        hint=Text("The tables begin at hour 1 and end at hour 335.", "表格自第 1 小时起，至第 335 小时止。"),
    ),
    Flag("neurotoxicity_risk", Text("Neurotoxicity risk factor", "神经毒性危险因素"), hint=RISK_HINT),
    _bilirubin("tsb", "Total serum bilirubin", "血清总胆红素"),
    _bilirubin("tcb", "Transcutaneous bilirubin", "经皮胆红素"),
    _bilirubin("previous_tsb", "Earlier serum bilirubin", "上次血清总胆红素", Text("For the rate of rise.", "用于计算上升速度。")),
    Measure(
        "hours_between", Text("Hours between the two", "两次间隔（小时）"), required=False, kind=HOURS,
        hard=("0.5", "336"), plausible=("2", "72"),
    ),
)  # fmt: skip

# -- what it means ------------------------------------------------------------------------------------------------

_THRESHOLDS = Category(
    "thresholds",
    Urgency.NONE,
    Text("Thresholds only", "仅阈值"),
    Text("Enter the serum bilirubin to learn what follows.", "填入血清总胆红素后给出处理意见。"),
)
_EXCHANGE = Category(
    "exchange",
    Urgency.E0,
    Text("At or above exchange", "达到换血阈值"),
    Text(
        "Emergency: escalate care at once, intensive phototherapy while exchange transfusion is prepared.",
        "急症：立即升级救治，强光疗，同时准备换血。",
    ),
)
_ESCALATE = Category(
    "escalation",
    Urgency.E0,
    Text("Escalation of care", "升级救治"),
    Text(
        "Within 2 mg/dl of exchange: admit to intensive care with exchange at hand, intensive phototherapy, TSB at "
        "least every 2 hours.",
        "距换血阈值不足 2 mg/dl：收入可换血的重症监护，强光疗，至少每 2 小时复查 TSB。",
    ),
)
_PHOTO = Category(
    "phototherapy",
    Urgency.E1,
    Text("At or above phototherapy", "达到光疗阈值"),
    Text("Start phototherapy now; look for haemolysis and feeding problems.", "立即开始光疗；查找溶血与喂养问题。"),
)
_TCB = Category(
    "measure_tsb",
    Urgency.U1,
    Text("Measure the serum bilirubin", "需查血清胆红素"),
    Text(
        "The skin reading is 15 mg/dl or more, or within 3 mg/dl of the phototherapy line, or above it: send a TSB now.",
        "经皮值达到 15 mg/dl，或距光疗阈值不足 3 mg/dl，或已超过：立即送检 TSB。",
    ),
)
_TCB_FINE = Category(
    "tcb_below",
    Urgency.HOME,
    Text("Skin reading well below", "经皮值明显低于阈值"),
    Text(
        "No serum bilirubin is needed for this reading; follow up as planned.", "此读数无需查血清胆红素；按计划随访。"
    ),
)


_ZONE = Text("{zone} mg/dl below phototherapy", "低于光疗阈值 {zone} mg/dl")


def _follow(code: str, urgency: Urgency, zone: Text, en: str, zh: str) -> Category:
    return Category(code, urgency, _ZONE.fill(zone=zone), Text(en, zh))


_DELAY = _follow(
    "follow_up_delay_discharge",
    Urgency.U1,
    Text("0.1 to 1.9", "0.1 至 1.9"),
    "Under 24 hours old: delay discharge, consider phototherapy, TSB again in 4 to 8 hours.",
    "不足 24 小时龄：推迟出院，考虑光疗，4 至 8 小时复查 TSB。",
)
_NEAR = _follow(
    "follow_up_4_to_24_hours",
    Urgency.U1,
    Text("0.1 to 1.9", "0.1 至 1.9"),
    "TSB again in 4 to 24 hours; consider phototherapy.",
    "4 至 24 小时复查 TSB；考虑光疗。",
)
#: (mg/dl below the phototherapy line from which it holds, what follows), farthest first
_FOLLOW: Final = (
    (D(7), _follow("follow_up_3_days", Urgency.HOME, Text("7.0 or more", "7.0 及以上"),
                   "Follow up within 3 days; from 72 hours of age by clinical judgement.",
                   "3 天内随访；72 小时龄后按临床判断。")),
    (D("5.5"), _follow("follow_up_2_days", Urgency.U2, Text("5.5 to 6.9", "5.5 至 6.9"),
                       "Follow up within 2 days; from 72 hours of age by clinical judgement.",
                       "2 天内随访；72 小时龄后按临床判断。")),
    (D("3.5"), _follow("follow_up_1_to_2_days", Urgency.U2, Text("3.5 to 5.4", "3.5 至 5.4"),
                       "TSB or TcB again in 1 to 2 days.", "1 至 2 天复查 TSB 或 TcB。")),
    (D(2), _follow("follow_up_4_to_24_hours_tcb", Urgency.U1, Text("2.0 to 3.4", "2.0 至 3.4"),
                   "TSB or TcB again in 4 to 24 hours.", "4 至 24 小时复查 TSB 或 TcB。")),
)  # fmt: skip
_HAEMOLYSIS = Text(
    "Bilirubin rises by {rate} mg/dl an hour: this suggests haemolysis. Test for it (DAT, G6PD).",
    "胆红素每小时上升 {rate} mg/dl：提示溶血，请检查（直接抗人球蛋白试验、G6PD）。",
)
_OUTPUTS = (
    Output("phototherapy_mg_dl", Text("Phototherapy from", "光疗阈值"), "mg/dl"),
    Output("exchange_mg_dl", Text("Exchange from", "换血阈值"), "mg/dl"),
    Output("escalation_mg_dl", Text("Escalation of care from", "升级救治阈值"), "mg/dl"),
    Output("margin_mg_dl", Text("Below phototherapy by", "低于光疗阈值"), "mg/dl", rounding=ROUND_FLOOR),
    Output("rate_mg_dl_h", Text("Rise in an hour", "每小时上升"), "mg/dl/h", 2),
)
CATEGORIES: Final = (
    _THRESHOLDS, _EXCHANGE, _ESCALATE, _PHOTO, _DELAY, _NEAR, *(found for _margin, found in reversed(_FOLLOW)), _TCB,
    _TCB_FINE,
)  # fmt: skip


def by_tsb(tsb: Decimal, photo: Decimal, exchange: Decimal, hours: Decimal) -> Category:
    """What follows from a serum bilirubin in mg/dl."""
    if tsb >= exchange:
        return _EXCHANGE
    if tsb >= exchange - _ESCALATION:
        return _ESCALATE
    if tsb >= photo:
        return _PHOTO
    for margin, found in _FOLLOW:
        if photo - tsb >= margin:
            return found
    return _DELAY if hours < _ONE_DAY else _NEAR


def by_tcb(tcb: Decimal, photo: Decimal) -> Category:
    """Whether a skin reading in mg/dl must be confirmed in serum."""
    return _TCB if tcb >= _TCB_HIGH or tcb >= photo - _TCB_NEAR else _TCB_FINE


def _rate(given: Given) -> Decimal | None:
    """mg/dl an hour; None without an earlier value. Asked for by halves, it names the missing half."""
    if not given.has("previous_tsb") and not given.has("hours_between"):
        return None
    return (given.number("tsb") - given.number("previous_tsb")) / given.number("hours_between")


def is_fast(rate: Decimal, hours: Decimal) -> bool:
    """Whether a rise suggests haemolysis: 0.3 mg/dl/h in the first 24 hours, 0.2 later."""
    return rate >= (_FAST_EARLY if hours <= _ONE_DAY else _FAST_LATER)


def _judged(given: Given, photo: Decimal, exchange: Decimal) -> Category:
    if given.has("tsb"):
        return by_tsb(given.number("tsb"), photo, exchange, given.number("age_hours"))
    return by_tcb(given.number("tcb"), photo) if given.has("tcb") else _THRESHOLDS


def _trace(given: Given, photo: Decimal, exchange: Decimal) -> Trace:
    trace = listing(given, INPUTS)
    en = "Line for {weeks} weeks, {risk} risk factor, at hour {hours}: phototherapy {photo}, exchange {exchange} mg/dl"
    zh = "{weeks} 周、{risk}危险因素，第 {hours} 小时：光疗 {photo}，换血 {exchange} mg/dl"
    weeks, risk = min(int(given.number("gestation_weeks")), TERM), given.flag("neurotoxicity_risk")
    words = Text("with a", "有") if risk else Text("without a", "无")
    hours = given.number("age_hours")
    trace = step(trace, en, zh, _KEY, weeks=weeks, risk=words, hours=hours, photo=photo, exchange=exchange)
    en, zh = "Escalation of care from exchange - 2 = {line} mg/dl", "升级救治：换血阈值 − 2 = {line} mg/dl"
    return step(trace, en, zh, _KEY, line=exchange - _ESCALATION)


def _calculate(given: Given) -> Result:
    hours = given.number("age_hours")
    weeks, risk = int(given.number("gestation_weeks")), given.flag("neurotoxicity_risk")
    photo, exchange = thresholds(weeks, hours, risk=risk)
    rate, tsb = _rate(given), given.maybe("tsb")
    trace = _trace(given, photo, exchange)
    if rate is not None:
        trace = step(trace, "Rate of rise: {rate} mg/dl an hour", "上升速度：每小时 {rate} mg/dl", _KEY, rate=rate)
    values = {
        "phototherapy_mg_dl": photo,
        "exchange_mg_dl": exchange,
        "escalation_mg_dl": exchange - _ESCALATION,
        "margin_mg_dl": None if tsb is None else photo - tsb,
        "rate_mg_dl_h": rate,
    }
    fast = rate is not None and is_fast(rate, hours)
    notes = (_HAEMOLYSIS.fill(rate=_OUTPUTS[4].rounded(rate)),) if fast and rate is not None else ()
    return Result(values, _judged(given, photo, exchange), trace, notes)


AAP: Final = Calculator(
    id="bilirubin_aap",
    title=Text("Newborn jaundice, AAP 2022", "新生儿黄疸（AAP 2022）"),
    group="newborn",
    inputs=INPUTS,
    outputs=_OUTPUTS,
    categories=CATEGORIES,
    source=cite(_KEY, "Figures 2, 3, 5, 6 and 7; KAS 13-23"),
    calculate=_calculate,
    synonyms=(
        "bilirubin",
        "jaundice",
        "phototherapy",
        "exchange transfusion",
        "TSB",
        "TcB",
        "胆红素",
        "黄疸",
        "光疗",
        "换血",
    ),
    note=Text(
        "From 35 weeks, hours 1 to 335. Jaundice in the first 24 hours is an emergency by itself. Never mix with the "
        "lines of NICE.",
        "适用于 35 周及以上、出生后 1 至 335 小时。出生 24 小时内出现黄疸本身即为急症。切勿与 NICE 曲线混用。",
    ),
)
