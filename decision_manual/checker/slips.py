"""The kinds of slips, each one place changed. More than forty; `mutants.SLIPS` holds them by name."""

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from decision_manual.checker.mutants import (
    Bundle,
    choices,
    comparisons,
    forms,
    number,
    pick,
    rows,
    shelf,
    slip,
    spots,
)

TWIN = {"ge": "gt", "gt": "ge", "le": "lt", "lt": "le"}
TURNED = {"ge": "lt", "lt": "ge", "gt": "le", "le": "gt"}


# -- comparisons --------------------------------------------------------------------------------------------------


def _operator(table: dict[str, str]) -> Callable[[Bundle, random.Random], bool]:
    def change(bundle: Bundle, chance: random.Random) -> bool:
        found = pick([(inner, op) for inner, op in comparisons(bundle) if op in table], chance)
        if found:
            inner, op = found
            inner[table[op]] = inner.pop(op)
        return bool(found)

    return change


def _threshold(move: Callable[[Decimal], Decimal]) -> Callable[[Bundle, random.Random], bool]:
    def change(bundle: Bundle, chance: random.Random) -> bool:
        found = pick(comparisons(bundle), chance)
        if found:
            inner, op = found
            value, unit = number(inner[op])
            inner[op] = f"{move(value)}{unit}"
        return bool(found)

    return change


def _tenfold(value: Decimal) -> Decimal:
    return value * 10 if value else Decimal(1000)


slip("threshold taken in or out")(_operator(TWIN))
slip("comparison turned round")(_operator(TURNED))
slip("threshold one higher")(_threshold(lambda value: value + 1))
slip("threshold one lower")(_threshold(lambda value: value - 1))
slip("threshold ten higher")(_threshold(lambda value: value + 10))
slip("threshold tenfold")(_threshold(_tenfold))
slip("threshold in Fahrenheit")(_threshold(lambda value: value * 9 / 5 + 32))
slip("threshold's sign lost")(_threshold(lambda value: -value))


@slip("threshold in another unit")
def _unit(bundle: Bundle, chance: random.Random) -> bool:
    found = pick(comparisons(bundle), chance)
    if found:
        found[0][found[1]] = f"{number(found[0][found[1]])[0]} [lb_av]"
    return bool(found)


# -- logic --------------------------------------------------------------------------------------------------------


def _swap(form: str, other: str) -> Callable[[Bundle, random.Random], bool]:
    def change(bundle: Bundle, chance: random.Random) -> bool:
        found = pick([node for node in forms(bundle, form) if len(node[form]) > 1], chance)
        if found:
            found[other] = found.pop(form)
        return bool(found)

    return change


slip("or for and")(_swap("all", "any"))
slip("and for or")(_swap("any", "all"))


def _dropped(form: str) -> Callable[[Bundle, random.Random], bool]:
    def change(bundle: Bundle, chance: random.Random) -> bool:
        found = pick([node for node in forms(bundle, form) if len(node[form]) > 1], chance)
        if found:
            found[form].pop(chance.randrange(len(found[form])))
        return bool(found)

    return change


slip("alternative dropped")(_dropped("any"))
slip("condition dropped")(_dropped("all"))


def _replaced(make: Callable[[Any], Any]) -> Callable[[Bundle, random.Random], bool]:
    def change(bundle: Bundle, chance: random.Random) -> bool:
        found = pick(spots(bundle), chance)
        if found:
            container, key = found
            container[key] = make(container[key])
        return bool(found)

    return change


slip("negated")(_replaced(lambda node: {"not": node}))
slip("always true")(_replaced(lambda node: True))
slip("never true")(_replaced(lambda node: False))
slip("name misspelt")(_replaced(lambda node: "no_such_name" if isinstance(node, str) else {"no_such_name": node}))


@slip("negation lost")
def _negation(bundle: Bundle, chance: random.Random) -> bool:
    found = pick([(c, k) for c, k in spots(bundle) if isinstance(c[k], dict) and "not" in c[k]], chance)
    if found:
        found[0][found[1]] = found[0][found[1]]["not"]
    return bool(found)


def _count(step: int) -> Callable[[Bundle, random.Random], bool]:
    def change(bundle: Bundle, chance: random.Random) -> bool:
        found = pick(forms(bundle, "count_ge"), chance)
        if found:
            found["count_ge"]["at_least"] += step
        return bool(found)

    return change


slip("one sign more asked for")(_count(1))
slip("one sign fewer asked for")(_count(-1))


@slip("choice left out")
def _choice_out(bundle: Bundle, chance: random.Random) -> bool:
    found = pick([(n, k) for n, k in choices(bundle) if isinstance(n[k], list) and len(n[k]) > 1], chance)
    if found:
        found[0][found[1]].pop()
    return bool(found)


@slip("choice misspelt")
def _choice_wrong(bundle: Bundle, chance: random.Random) -> bool:
    found = pick(choices(bundle), chance)
    if found:
        found[0][found[1]] = "no_such_choice"
    return bool(found)


# -- rows and tables ----------------------------------------------------------------------------------------------


def _on_row(change: Callable[[dict[str, Any], Bundle, random.Random], bool]) -> Callable[[Bundle, random.Random], bool]:
    def on(bundle: Bundle, chance: random.Random) -> bool:
        found = list(rows(bundle))
        chance.shuffle(found)
        return any(change(row, bundle, chance) for row in found)

    return on


@slip("row dropped")
def _row_out(bundle: Bundle, chance: random.Random) -> bool:
    table = pick([t for t in bundle["pathway"]["tables"] if len(t["rows"]) > 1], chance)
    if table:
        table["rows"].pop(chance.randrange(len(table["rows"])))
    return bool(table)


@slip("rows turned round")
def _rows_turned(bundle: Bundle, chance: random.Random) -> bool:
    tables = [t for t in bundle["pathway"]["tables"] if t["hit"] == "first" and len(t["rows"]) > 1]
    table = pick(tables, chance)
    if table:
        table["rows"].reverse()
    return bool(table)


@slip("row twice under another id")
def _row_twice(bundle: Bundle, chance: random.Random) -> bool:
    table = pick(bundle["pathway"]["tables"], chance)
    row = pick([row for row in table["rows"] if row["when"] != "otherwise"], chance)
    if row:
        table["rows"].insert(table["rows"].index(row) + 1, {**row, "id": f"{row['id']}-again"})
    return bool(row)


@slip("row's id twice")
def _id_twice(bundle: Bundle, chance: random.Random) -> bool:
    found = rows(bundle)
    if len(found) > 1:
        found[1]["id"] = found[0]["id"]
    return len(found) > 1


@slip("unreachable row")
@_on_row
def _unreachable(row: dict[str, Any], bundle: Bundle, chance: random.Random) -> bool:
    if row["when"] == "otherwise":
        return False
    row["when"] = {"all": [row["when"], {"not": row["when"]}]}
    return True


@slip("otherwise written as always")
@_on_row
def _otherwise(row: dict[str, Any], bundle: Bundle, chance: random.Random) -> bool:
    if row["when"] == "otherwise":
        row["when"] = True
        return True
    return False


@slip("entry forgotten")
def _entry(bundle: Bundle, chance: random.Random) -> bool:
    holders = [holder for holder in (bundle["pathway"], *bundle["pathway"]["tables"]) if "entry" in holder]
    holder = pick(holders, chance)
    if holder:
        del holder["entry"]
    return bool(holder)


@slip("first hit declared unique")
def _unique(bundle: Bundle, chance: random.Random) -> bool:
    table = pick([t for t in bundle["pathway"]["tables"] if t["hit"] == "first" and len(t["rows"]) > 2], chance)
    if table:
        table["hit"] = "unique"
    return bool(table)


@slip("first hit declared multiple")
def _multi(bundle: Bundle, chance: random.Random) -> bool:
    table = pick([t for t in bundle["pathway"]["tables"] if t["hit"] == "first" and len(t["rows"]) > 2], chance)
    if table:
        table["hit"] = "multi"
    return bool(table)


def _set(key: str, values: dict[str, Any]) -> Callable[[Bundle, random.Random], bool]:
    """Another value of a row's field, by what it is now."""

    @_on_row
    def change(row: dict[str, Any], bundle: Bundle, chance: random.Random) -> bool:
        if row.get(key) in values:
            row[key] = values[row[key]]
            return True
        return False

    return change


slip("severity one lower")(_set("severity", {"pink": "yellow", "yellow": "green"}))
slip("severity one higher")(_set("severity", {"green": "yellow", "yellow": "pink"}))


@slip("class of another row")
@_on_row
def _class(row: dict[str, Any], bundle: Bundle, chance: random.Random) -> bool:
    other = pick([r["class"] for r in rows(bundle) if r.get("class") and r["class"] != row.get("class")], chance)
    if row.get("class") and other:
        row["class"] = other
        return True
    return False


def _gone(key: str) -> Callable[[Bundle, random.Random], bool]:
    @_on_row
    def change(row: dict[str, Any], bundle: Bundle, chance: random.Random) -> bool:
        return row.pop(key, None) is not None

    return change


slip("referral forgotten")(_gone("referral"))
slip("source forgotten")(_gone("cite"))
slip("class forgotten")(_gone("class"))


@slip("actions and referral forgotten")
@_on_row
def _nothing(row: dict[str, Any], bundle: Bundle, chance: random.Random) -> bool:
    had = [row.pop(key, None) for key in ("actions", "referral")]
    return any(had)


@slip("action misspelt")
@_on_row
def _action(row: dict[str, Any], bundle: Bundle, chance: random.Random) -> bool:
    if row.get("actions"):
        row["actions"] = ["no_such_action", *row["actions"][1:]]
        return True
    return False


@slip("source misspelt")
@_on_row
def _source(row: dict[str, Any], bundle: Bundle, chance: random.Random) -> bool:
    row["cite"] = [{"source": "NOWHERE", "locator": "page 1"}]
    return True


# -- urgency, ages, dates, texts ----------------------------------------------------------------------------------


def _urgency(urgent: tuple[str, ...], other: str) -> Callable[[Bundle, random.Random], bool]:
    def change(bundle: Bundle, chance: random.Random) -> bool:
        held = [one for one in (bundle["pathway"].get("indications") or {}).values() if one["urgency"] in urgent]
        one = pick(held, chance)
        if one:
            one["urgency"] = other
        return bool(one)

    return change


slip("emergency sent to outpatients")(_urgency(("E0", "E1"), "R2"))
slip("routine referral made an emergency")(_urgency(("R1", "R2", "U2"), "E0"))


def _ages(change: Callable[[list[Any]], None]) -> Callable[[Bundle, random.Random], bool]:
    def on(bundle: Bundle, chance: random.Random) -> bool:
        change(bundle["pathway"]["applies"]["age_days"])
        return True

    return on


def _overlap(days: list[Any]) -> None:
    days[1] = int(days[1]) + 30


def _gap(days: list[Any]) -> None:
    days[0] = int(days[0]) + 30


slip("ages overlap")(_ages(_overlap))
slip("ages leave a gap")(_ages(_gap))
slip("ages turned round")(_ages(lambda days: days.reverse()))


def _review(key: str, value: str) -> Callable[[Bundle, random.Random], bool]:
    def change(bundle: Bundle, chance: random.Random) -> bool:
        bundle["pathway"]["review"][key] = value
        return True

    return change


slip("review overdue")(_review("next_review", "2025-01-01"))
slip("review too far off")(_review("next_review", "2040-01-01"))
slip("review without a date")(_review("next_review", "soon"))


@slip("Chinese missing")
def _no_chinese(bundle: Bundle, chance: random.Random) -> bool:
    del bundle["pathway"]["title"]["zh"]
    return True


@slip("languages swapped")
def _swapped(bundle: Bundle, chance: random.Random) -> bool:
    title = bundle["pathway"]["title"]
    title["en"], title["zh"] = title["zh"], title["en"]
    return True


@slip("not translated")
def _untranslated(bundle: Bundle, chance: random.Random) -> bool:
    table = pick(bundle["pathway"]["tables"], chance)
    table["title"] = {"en": "Some words that stand here", "zh": "Some words that stand here"}
    return True


@slip("derived name unused")
def _idle(bundle: Bundle, chance: random.Random) -> bool:
    label = {"en": "Idle", "zh": "闲置"}
    bundle["pathway"].setdefault("derived", {})["idle_name"] = {"label": label, "when": {"age_days": {"ge": 0}}}
    return True


@slip("derived names in a circle")
def _circle(bundle: Bundle, chance: random.Random) -> bool:
    label = {"en": "Circle", "zh": "循环"}
    derived = bundle["pathway"].setdefault("derived", {})
    derived["one_name"] = {"label": label, "when": "other_name"}
    derived["other_name"] = {"label": label, "when": "one_name"}
    return True


@slip("optional finding under not")
@_on_row
def _optional(row: dict[str, Any], bundle: Bundle, chance: random.Random) -> bool:
    optional = [
        code for code, f in shelf(bundle, "findings").items() if f.get("optional") == "always" and f["type"] == "int"
    ]
    code = pick(sorted(optional), chance)
    if not code or row["when"] == "otherwise":
        return False
    low = shelf(bundle, "findings")[code]["plausible"][0]
    row["when"] = {"any": [row["when"], {"not": {code: {"ge": low}}}]}
    return True


# -- doses --------------------------------------------------------------------------------------------------------


def _doses(bundle: Bundle) -> list[dict[str, Any]]:
    return [one["dose"] for one in shelf(bundle, "actions").values() if one.get("dose")]


def _on_dose(fits: Callable[[dict[str, Any]], Any], change: Callable[[dict[str, Any]], None]) -> Any:
    def on(bundle: Bundle, chance: random.Random) -> bool:
        dose = pick([dose for dose in _doses(bundle) if fits(dose)], chance)
        if dose:
            change(dose)
        return bool(dose)

    return on


def _times_ten(dose: dict[str, Any]) -> None:
    dose["amount"] = str(Decimal(str(dose["amount"])) * 10)


def _falling(dose: dict[str, Any]) -> None:
    amounts = [band["amount"] for band in dose["bands"]]
    for band, amount in zip(dose["bands"], reversed(amounts), strict=True):
        band["amount"] = amount


def _band_gap(dose: dict[str, Any]) -> None:
    dose["bands"][1]["from"] = str(Decimal(str(dose["bands"][1]["from"])) + 1)


slip("dose tenfold")(_on_dose(lambda dose: dose["by"] == "kg", _times_ten))
slip("maximum forgotten")(_on_dose(lambda dose: dose.get("max"), lambda dose: dose.pop("max")))
slip("maximum tenfold")(
    _on_dose(lambda dose: dose.get("max"), lambda dose: dose.update(max=str(Decimal(str(dose["max"])) * 10)))
)
slip("bands give less to the heavier")(_on_dose(lambda dose: len(dose.get("bands") or ()) > 1, _falling))
slip("bands leave a gap")(_on_dose(lambda dose: len(dose.get("bands") or ()) > 1, _band_gap))
slip("unit of a dose forgotten")(_on_dose(lambda dose: True, lambda dose: dose.pop("unit")))


@slip("danger sign forgotten")
def _danger(bundle: Bundle, chance: random.Random) -> bool:
    """One danger sign fewer among those that make an emergency."""
    dangers = {code for code, f in shelf(bundle, "findings").items() if f.get("danger")}
    places = [node["any"] for node in forms(bundle, "any") if len(node["any"]) > 1]
    held = [(items, item) for items in places for item in items if isinstance(item, str) and item in dangers]
    found = pick(held, chance)
    if found:
        found[0].remove(found[1])
    return bool(found)
