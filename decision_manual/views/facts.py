"""A form's texts as facts, and what can't be one."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from decision_manual.library import Finding, Pathway
from decision_manual.queries.sheets import WEIGHT

AGE_UNITS = ("age_days", "age_months", "years")
_YES_NO = {"yes": True, "no": False}


def facts_of(pathway: Pathway, sent: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(facts, what is wrong by field). What was left empty is unknown and stands in neither."""
    facts, wrong = _age(sent)
    for code, finding in pathway.findings.items():
        if text := sent.get(code, ""):
            _read(finding, text, sent.get(f"{code}.unit", ""), facts, wrong)
    if WEIGHT not in pathway.findings and (text := sent.get(WEIGHT, "")):
        _number(WEIGHT, text, sent.get(f"{WEIGHT}.unit", ""), "kg", facts, wrong)
    return facts, wrong


def _age(sent: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    text, unit = sent.get("age", ""), sent.get("age.unit", "age_months")
    if not text:
        return {}, {}
    number = _decimal(text)
    if number is None or unit not in AGE_UNITS or number < 0:
        return {}, {"age": _("Enter the age as a number.")}
    if unit == "years":
        number, unit = number * 12, "age_months"
    if number != number.to_integral_value():
        return {}, {"age": _("Enter whole days, months or years.")}
    return {unit: int(number)}, {}


def _read(finding: Finding, text: str, unit: str, facts: dict[str, Any], wrong: dict[str, Any]) -> None:
    if finding.type == "bool":
        if text in _YES_NO:
            facts[finding.code] = _YES_NO[text]
    elif finding.type == "choice":
        facts[finding.code] = text
    else:
        _number(finding.code, text, unit, finding.unit, facts, wrong)


def _number(code: str, text: str, unit: str, usual: str, facts: dict[str, Any], wrong: dict[str, Any]) -> None:
    number = _decimal(text)
    if number is None:
        wrong[code] = _("Enter a number.")
        return
    plain: Any = int(number) if number == number.to_integral_value() else float(number)
    facts[code] = {"value": plain, "unit": unit} if unit and unit != usual else plain


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text.replace(",", ".").replace("。", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 10**9 else None
