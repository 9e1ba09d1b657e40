"""Fluids: maintenance, the newborn's, a deficit, WHO rehydration by plan."""

from decimal import Decimal
from typing import Final

from decision_manual.calculators.frame import Calculator, Category, Given, Output, Result, listing
from decision_manual.calculators.inputs import Choice, Measure, Option
from decision_manual.calculators.kinds import AGE_DAYS, AGE_MONTHS, DEFICIT, WEIGHT
from decision_manual.calculators.sources import cite
from decision_manual.calculators.words import Text, Urgency, step

D = Decimal
_TEN, _TWENTY = D(10), D(20)
_USUAL_MOST: Final = {"male": D(2500), "female": D(2000)}
_WEIGHT: Final = Measure("weight", Text("Weight", "体重"), kind=WEIGHT)
_A_DAY: Final = Output("ml_per_day", Text("A day", "每日"), "ml", 0)
_AN_HOUR: Final = Output("ml_per_hour", Text("An hour", "每小时"), "ml", 1)

# -- maintenance --------------------------------------------------------------------------------------------------


def by_segments(weight: Decimal, first: int, second: int, rest: int) -> Decimal:
    """Holliday and Segar: so much for each of the first 10 kg, the next 10 kg, and every further kg."""
    upper = min(max(weight - _TEN, D(0)), _TEN)
    return min(weight, _TEN) * first + upper * second + max(weight - _TWENTY, D(0)) * rest


_MAINTENANCE_DONE = Category(
    "maintenance",
    Urgency.NONE,
    Text("Full maintenance", "全量维持液"),
    Text(
        "Isotonic fluid with glucose, if it must go into a vein. Less in most ill children: measure sodium and glucose "
        "daily, weigh daily.",
        "须静脉补液时用含糖等张液。多数患病儿童需减量：每日查血钠、血糖并称重。",
    ),
)
_ABOVE_USUAL = Category(
    "above_usual",
    Urgency.NONE,
    Text("Above the usual most", "超过通常上限"),
    Text(
        "More than boys (2500 ml) or girls (2000 ml) usually need in a day: give no more than that without a reason.",
        "超过男孩（2500 ml）或女孩（2000 ml）通常每日需要量：无特殊理由不应超过。",
    ),
)


def _maintenance(given: Given) -> Result:
    weight, sex = given.number("weight"), given.code("sex")
    day, hour = by_segments(weight, 100, 50, 20), by_segments(weight, 4, 2, 1)
    trace = listing(given, MAINTENANCE.inputs)
    en = "100 ml/kg for the first 10 kg, 50 for the next 10, 20 above: {day} ml a day"
    trace = step(trace, en, "首 10 kg 100 ml/kg，次 10 kg 50，其余 20：每日 {day} ml", "HS57", day=day)
    en = "The hourly rule 4-2-1 ml/kg gives {hour} ml an hour"
    trace = step(trace, en, "4-2-1 ml/kg 法则：每小时 {hour} ml", "HS57", hour=hour)
    above = day > _USUAL_MOST.get(sex, _USUAL_MOST["male"])
    values = {"ml_per_day": day, "ml_per_hour": hour}
    return Result(values, _ABOVE_USUAL if above else _MAINTENANCE_DONE, trace)


MAINTENANCE: Final = Calculator(
    id="maintenance_fluid",
    title=Text("Maintenance fluid", "维持液量"),
    group="fluids",
    inputs=(
        _WEIGHT,
        Choice(
            "sex", Text("Sex", "性别"), options=(Option("male", Text("Boy", "男")), Option("female", Text("Girl", "女"))),
            required=False, hint=Text("For the usual most in a day.", "用于每日通常上限。"),
        ),
    ),
    outputs=(_A_DAY, _AN_HOUR),
    categories=(_MAINTENANCE_DONE, _ABOVE_USUAL),
    source=cite("HS57", "with NG29 on isotonic fluid and the usual most"),
    calculate=_maintenance,
    synonyms=("Holliday Segar", "4-2-1", "IV fluid", "维持液", "静脉补液"),
    note=Text("Not for newborns: they have a calculator by day of life.", "不适用于新生儿：请用按日龄的新生儿液量。"),
)  # fmt: skip

# -- the newborn --------------------------------------------------------------------------------------------------

#: (first day of life to which it applies, least, most) in ml/kg a day
NEONATAL: Final = ((1, 50, 60), (2, 70, 80), (3, 80, 100), (4, 100, 120), (5, 120, 150))
_NEONATAL_DONE = Category(
    "maintenance",
    Urgency.NONE,
    Text("A day's fluid", "每日液量"),
    Text(
        "All fluids by mouth and vein together. Adjust to weight, sodium and urine.",
        "经口与静脉合计。按体重、血钠、尿量调整。",
    ),
)


def neonatal_rate(day: int) -> tuple[int, int]:
    """(least, most) ml/kg a day on this day of life, the day of birth being day 1."""
    return next((low, high) for first, low, high in reversed(NEONATAL) if day >= first)


def _neonatal(given: Given) -> Result:
    weight, day = given.number("weight"), int(given.number("day_of_life"))
    low, high = neonatal_rate(day)
    trace = step(
        listing(given, NEONATAL_FLUID.inputs), "Day {day}: {low} to {high} ml/kg a day", "第 {day} 日：每日 {low} 至 {high} ml/kg",
        "NG29", day=day, low=low, high=high,
    )  # fmt: skip
    values = {"ml_per_day_low": weight * low, "ml_per_day_high": weight * high,
              "ml_per_hour_low": weight * low / 24, "ml_per_hour_high": weight * high / 24}  # fmt: skip
    return Result(values, _NEONATAL_DONE, trace)


NEONATAL_FLUID: Final = Calculator(
    id="neonatal_fluid",
    title=Text("Fluid of the newborn", "新生儿液量"),
    group="newborn",
    inputs=(
        Measure("weight", Text("Weight", "体重"), kind=WEIGHT, hard=("0.3", "8"), plausible=("0.5", "6")),
        Measure(
            "day_of_life", Text("Day of life", "生后第几日"), kind=AGE_DAYS, hard=("1", "28"), whole=True,
            hint=Text("The day of birth is day 1.", "出生当日为第 1 日。"),
        ),
    ),
    outputs=(
        Output("ml_per_day_low", Text("A day, at least", "每日至少"), "ml", 0),
        Output("ml_per_day_high", Text("A day, at most", "每日至多"), "ml", 0),
        Output("ml_per_hour_low", Text("An hour, at least", "每小时至少"), "ml", 1),
        Output("ml_per_hour_high", Text("An hour, at most", "每小时至多"), "ml", 1),
    ),
    categories=(_NEONATAL_DONE,),
    source=cite("NG29", "term newborns, by day of life"),
    calculate=_neonatal,
    synonyms=("neonatal maintenance", "newborn fluid", "新生儿补液"),
)  # fmt: skip

# -- deficit ------------------------------------------------------------------------------------------------------

_DEFICIT_DONE = Category(
    "deficit", Urgency.NONE, Text("Fluid deficit", "累积丢失量"),
    Text("To be replaced beside maintenance and running losses; over 48 hours when sodium is above 150.",
         "在维持量与继续丢失之外补充；血钠高于 150 时 48 小时内缓慢补足。"),
)  # fmt: skip


def _deficit(given: Given) -> Result:
    weight, percent = given.number("weight"), given.number("percent")
    lost = percent * weight * 10
    en, zh = "{percent} (%) x {weight} kg x 10 = {lost} ml", "{percent}（%）× {weight} kg × 10 = {lost} ml"
    trace = step(listing(given, DEFICIT_FLUID.inputs), en, zh, "NG29", percent=percent, weight=weight, lost=lost)
    return Result({"deficit_ml": lost}, _DEFICIT_DONE, trace)


DEFICIT_FLUID: Final = Calculator(
    id="fluid_deficit",
    title=Text("Fluid deficit", "累积丢失量"),
    group="fluids",
    inputs=(_WEIGHT, Measure("percent", Text("Dehydration", "脱水程度"), kind=DEFICIT)),
    outputs=(Output("deficit_ml", Text("Deficit", "丢失量"), "ml", 0),),
    categories=(_DEFICIT_DONE,),
    source=cite("NG29", "deficit in ml = per cent x kg x 10"),
    calculate=_deficit,
    synonyms=("dehydration volume", "脱水补液", "丢失量"),
)

# -- WHO plans ----------------------------------------------------------------------------------------------------

_PLAN_A = Category(
    "plan_a", Urgency.HOME, Text("Plan A: at home", "方案 A：家庭补液"),
    Text("ORS after each loose stool, more fluid, zinc, go on feeding, when to return.",
         "每次稀便后补 ORS，多喝水，补锌，继续喂养，告知复诊时机。"),
)  # fmt: skip
_PLAN_B = Category(
    "plan_b",
    Urgency.U1,
    Text("Plan B: 4 hours in the clinic", "方案 B：诊所观察 4 小时"),
    Text("ORS by spoon or cup over 4 hours, then classify again.", "4 小时内小口喂 ORS，然后重新分类。"),
)
_PLAN_C = Category(
    "plan_c",
    Urgency.E0,
    Text("Plan C: at once, into a vein", "方案 C：立即静脉补液"),
    Text(
        "Ringer's lactate, or saline; repeat the first part if the pulse is still very weak. No line: ORS by stomach "
        "tube, and transfer.",
        "乳酸林格液或生理盐水；脉搏仍很弱时重复第一部分。无法静脉输液：鼻胃管给 ORS，并转运。",
    ),
)
_PLANS: Final = {plan.code: plan for plan in (_PLAN_A, _PLAN_B, _PLAN_C)}
_ONE_YEAR, _TWO_YEARS = D(12), D(24)


def _plan_a(weight: Decimal, age: Decimal) -> dict[str, Decimal | None]:
    low, high = (50, 100) if age < _TWO_YEARS else (100, 200)
    return {"each_stool_low_ml": D(low), "each_stool_high_ml": D(high)}


def _plan_b(weight: Decimal, age: Decimal) -> dict[str, Decimal | None]:
    return {"ors_4_hours_ml": weight * 75}


def _plan_c(weight: Decimal, age: Decimal) -> dict[str, Decimal | None]:
    infant = age < _ONE_YEAR
    return {
        "first_ml": weight * 30, "first_minutes": D(60 if infant else 30),
        "then_ml": weight * 70, "then_minutes": D(300 if infant else 150), "tube_ml_per_hour": weight * 20,
    }  # fmt: skip


_VOLUMES: Final = {"plan_a": _plan_a, "plan_b": _plan_b, "plan_c": _plan_c}
_WORDS: Final = {
    "plan_a": Text("ORS after each loose stool: under 2 years 50 to 100 ml, from 2 years 100 to 200 ml",
                   "每次稀便后 ORS：不足 2 岁 50 至 100 ml，2 岁及以上 100 至 200 ml"),
    "plan_b": Text("75 ml/kg of ORS over 4 hours", "4 小时内 ORS 75 ml/kg"),
    "plan_c": Text("100 ml/kg: 30 ml/kg in 1 hour and 70 ml/kg in 5 hours; from 12 months in 30 minutes and 2.5 hours",
                   "100 ml/kg：30 ml/kg 于 1 小时、70 ml/kg 于 5 小时；满 12 个月者 30 分钟与 2.5 小时"),
}  # fmt: skip


def _rehydrate(given: Given) -> Result:
    plan = given.code("plan")
    values = _VOLUMES[plan](given.number("weight"), given.number("age"))
    trace = step(listing(given, REHYDRATION.inputs), "{rule}", "{rule}", "IMCI14", rule=_WORDS[plan])
    return Result(values, _PLANS[plan], trace)


def _millilitres(code: str, en: str, zh: str) -> Output:
    return Output(code, Text(en, zh), "ml", 0)


REHYDRATION: Final = Calculator(
    id="rehydration_plan",
    title=Text("Rehydration, WHO plans A, B, C", "补液：WHO 方案 A、B、C"),
    group="fluids",
    inputs=(
        Choice("plan", Text("Plan", "方案"), options=tuple(Option(p.code, p.title) for p in _PLANS.values())),
        _WEIGHT,
        Measure("age", Text("Age", "年龄"), kind=AGE_MONTHS, hard=("0", "59.99"), plausible=("2", "59.99")),
    ),
    outputs=(
        _millilitres("each_stool_low_ml", "After each stool, at least", "每次稀便后至少"),
        _millilitres("each_stool_high_ml", "After each stool, at most", "每次稀便后至多"),
        _millilitres("ors_4_hours_ml", "ORS in 4 hours", "4 小时 ORS"),
        _millilitres("first_ml", "First into the vein", "首段静脉"),
        Output("first_minutes", Text("within", "时限"), "min", 0),
        _millilitres("then_ml", "Then into the vein", "其后静脉"),
        Output("then_minutes", Text("within", "时限"), "min", 0),
        _millilitres(
            "tube_ml_per_hour",
            "Without a line: ORS by tube an hour, for 6 hours",
            "无静脉通路：鼻胃管 ORS 每小时，共 6 小时",
        ),
    ),
    categories=(_PLAN_A, _PLAN_B, _PLAN_C),
    source=cite("IMCI14", "Treat the child: plans A, B and C"),
    calculate=_rehydrate,
    synonyms=("ORS", "dehydration plan", "diarrhoea", "口服补液盐", "腹泻", "脱水"),
)
