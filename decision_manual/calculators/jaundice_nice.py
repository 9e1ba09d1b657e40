"""Bilirubin of the newborn by NICE CG98, in micromol/l: thresholds by hour, or by week in the preterm."""

from bisect import bisect_right
from decimal import ROUND_DOWN, ROUND_FLOOR, Decimal
from typing import Final

from decision_manual.calculators.frame import Calculator, Category, Given, Output, Result, listing
from decision_manual.calculators.inputs import Input, Measure
from decision_manual.calculators.kinds import AGE_HOURS, BILIRUBIN, GESTATION
from decision_manual.calculators.sources import cite
from decision_manual.calculators.words import Text, Urgency, step

D = Decimal
_KEY: Final = "CG98"
TERM: Final = 38
#: every 6 hours from birth; the last value holds on
PHOTO: Final = tuple(map(D, (100, 125, 150, 175, 200, 212, 225, 237, 250, 262, 275, 287, 300, 312, 325, 337, 350)))
EXCHANGE: Final = tuple(map(D, (100, 150, 200, 250, 300, 350, 400, 450)))
_STEP, _FULL = D(6), D(72)
_BIRTH_PHOTO, _BIRTH_EXCHANGE = D(40), D(80)
_ONE_DAY, _CONJUGATED = D(24), D(25)
_PROLONGED_TERM, _PROLONGED_PRETERM, _PRETERM_BELOW = D(14 * 24), D(21 * 24), 37


def _on_line(points: tuple[Decimal, ...], hours: Decimal) -> Decimal:
    """The value at `hours` between two published points, rounded down to whole micromol/l."""
    hour_of = [_STEP * i for i in range(len(points))]
    after = bisect_right(hour_of, hours)
    if after == len(points):
        return points[-1]
    low, high = points[after - 1], points[after]
    return _whole(low + (high - low) * (hours - hour_of[after - 1]) / _STEP)


def _whole(value: Decimal) -> Decimal:
    return value.quantize(D(1), ROUND_DOWN)


def thresholds(weeks: int, hours: Decimal) -> tuple[Decimal, Decimal]:
    """(phototherapy, exchange) in micromol/l; `weeks` completed, from 23."""
    if weeks >= TERM:
        return _on_line(PHOTO, hours), _on_line(EXCHANGE, hours)
    photo, exchange = D(weeks * 10 - 100), D(weeks * 10)
    share = min(hours, _FULL) / _FULL
    return (
        _whole(_BIRTH_PHOTO + (photo - _BIRTH_PHOTO) * share),
        _whole(_BIRTH_EXCHANGE + (exchange - _BIRTH_EXCHANGE) * share),
    )


def is_prolonged(weeks: int, hours: Decimal) -> bool:
    """More than 14 days at term, more than 21 days before 37 weeks."""
    return hours > (_PROLONGED_PRETERM if weeks < _PRETERM_BELOW else _PROLONGED_TERM)


INPUTS: Final[tuple[Input, ...]] = (
    Measure(
        "gestation_weeks", Text("Gestation in completed weeks", "出生孕周（满周）"), kind=GESTATION, whole=True,
        hard=("23", "44"), plausible=("23", "42"),
    ),
    Measure("age_hours", Text("Age in hours", "日龄（小时）"), kind=AGE_HOURS, hard=("0", "2160"), plausible=("0", "1008")),
    Measure("tsb", Text("Total serum bilirubin", "血清总胆红素"), kind=BILIRUBIN, required=False),
    Measure("conjugated", Text("Conjugated bilirubin", "结合胆红素"), kind=BILIRUBIN, required=False,
            plausible=("0", "200")),
)  # fmt: skip

_THRESHOLDS = Category(
    "thresholds",
    Urgency.NONE,
    Text("Thresholds only", "仅阈值"),
    Text(
        "Measure the bilirubin: within 2 hours when jaundiced under 24 hours old, within 6 hours later.",
        "请测胆红素：不足 24 小时龄出现黄疸者 2 小时内，之后 6 小时内。",
    ),
)
_EXCHANGE = Category(
    "exchange",
    Urgency.E0,
    Text("At or above exchange", "达到换血阈值"),
    Text(
        "Emergency: intensive phototherapy now while exchange transfusion is prepared.",
        "急症：立即强光疗，同时准备换血。",
    ),
)
_PHOTO = Category(
    "phototherapy",
    Urgency.E1,
    Text("At or above phototherapy", "达到光疗阈值"),
    Text("Start phototherapy now; look for the cause.", "立即开始光疗，并查找病因。"),
)
_FIRST_DAY = Category(
    "first_day",
    Urgency.E1,
    Text("Jaundice in the first 24 hours", "出生 24 小时内黄疸"),
    Text(
        "Below the line, but jaundice under 24 hours old is an emergency: serum bilirubin every 6 hours, look for "
        "haemolysis and infection.",
        "虽低于阈值，但不足 24 小时龄的黄疸属急症：每 6 小时复查血清胆红素，查找溶血与感染。",
    ),
)
_CONJUGATED_HIGH = Category(
    "conjugated",
    Urgency.U1,
    Text("Conjugated bilirubin raised", "结合胆红素升高"),
    Text(
        "Conjugated bilirubin above 25 micromol/l: liver disease must be excluded; expert advice today.",
        "结合胆红素高于 25 µmol/l：须排除肝胆疾病；当日请专科会诊。",
    ),
)
_PROLONGED = Category(
    "prolonged",
    Urgency.R1,
    Text("Prolonged jaundice", "黄疸延长"),
    Text(
        "Look for pale stools and dark urine; measure conjugated bilirubin, blood count, group and DAT, urine culture, "
        "and see that the metabolic screening was done.",
        "查看有无白陶土样便与深色尿；查结合胆红素、血常规、血型与直接抗人球蛋白试验、尿培养，并确认已做代谢筛查。",
    ),
)
_BELOW = Category(
    "below",
    Urgency.HOME,
    Text("Below phototherapy", "低于光疗阈值"),
    Text(
        "No phototherapy now. Support feeding; repeat by clinical judgement.",
        "目前无需光疗。支持喂养；按临床判断复查。",
    ),
)
_CONFIRM = Text(
    "A skin reading counts only from 35 weeks and after 24 hours; above 250 micromol/l confirm it in serum.",
    "经皮测定仅适用于 35 周及以上且出生 24 小时后；高于 250 µmol/l 须以血清值确认。",
)


def judged(weeks: int, hours: Decimal, tsb: Decimal | None, conjugated: Decimal | None) -> Category:
    """What follows, the gravest first."""
    photo, exchange = thresholds(weeks, hours)
    if tsb is not None and tsb >= exchange:
        return _EXCHANGE
    if tsb is not None and tsb >= photo:
        return _PHOTO
    if tsb is not None and hours < _ONE_DAY:
        return _FIRST_DAY
    if conjugated is not None and conjugated > _CONJUGATED:
        return _CONJUGATED_HIGH
    if is_prolonged(weeks, hours):
        return _PROLONGED
    return _THRESHOLDS if tsb is None else _BELOW


def _calculate(given: Given) -> Result:
    weeks, hours, tsb = int(given.number("gestation_weeks")), given.number("age_hours"), given.maybe("tsb")
    photo, exchange = thresholds(weeks, hours)
    en = "At hour {hours}, {weeks} weeks: phototherapy {photo}, exchange {exchange} micromol/l"
    zh = "第 {hours} 小时，{weeks} 周：光疗 {photo}，换血 {exchange} µmol/l"
    trace = step(
        listing(given, INPUTS), en, zh, _KEY, hours=hours, weeks=weeks, photo=photo, exchange=exchange
    )  # fmt: skip
    values = {
        "phototherapy_umol_l": photo,
        "exchange_umol_l": exchange,
        "margin_umol_l": None if tsb is None else photo - tsb,
    }
    return Result(values, judged(weeks, hours, tsb, given.maybe("conjugated")), trace, (_CONFIRM,))


NICE: Final = Calculator(
    id="bilirubin_nice",
    title=Text("Newborn jaundice, NICE CG98", "新生儿黄疸（NICE CG98）"),
    group="newborn",
    inputs=INPUTS,
    outputs=(
        Output("phototherapy_umol_l", Text("Phototherapy from", "光疗阈值"), "µmol/l", 0),
        Output("exchange_umol_l", Text("Exchange from", "换血阈值"), "µmol/l", 0),
        Output("margin_umol_l", Text("Below phototherapy by", "低于光疗阈值"), "µmol/l", 0, ROUND_FLOOR),
    ),
    categories=(_THRESHOLDS, _EXCHANGE, _PHOTO, _FIRST_DAY, _CONJUGATED_HIGH, _PROLONGED, _BELOW),
    source=cite(_KEY, "threshold table and treatment charts"),
    calculate=_calculate,
    synonyms=("bilirubin", "jaundice", "CG98", "phototherapy", "胆红素", "黄疸", "光疗", "换血"),
    note=Text("Never mix with the lines of the AAP.", "切勿与 AAP 曲线混用。"),
)
