"""What somebody said about the child, checked: every fact has a known code, a possible value and the right unit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext_lazy as _

from consortium.clinical.units import KINDS, Quantity, UnitError
from decision_manual.evaluator.ages import OLDEST_DAYS, first_day, months
from decision_manual.expressions import Value
from decision_manual.library import Finding, Pathway, Shared
from decision_manual.library.shapes import ProfileKey

UNLISTED = ("unknown", "negative")
AGES = ("age_days", "age_months")
#: more decimals than any instrument has would differ between the evaluators
MOST_DECIMALS = 6
MOST = Decimal(10) ** 12


class BadFacts(ValueError):
    """Facts that can't be used. `fields`: the field (a code, or `profile.key`) and what is wrong with it."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        super().__init__("; ".join(f"{name}: {message}" for name, message in fields.items()))
        self.fields = dict(fields)


@dataclass(frozen=True)
class Catalogue:
    """Every finding, repeated examination and site choice that facts may speak of."""

    findings: Mapping[str, Finding]
    again: Mapping[str, tuple[str, ...]]
    profile: Mapping[str, ProfileKey]

    @classmethod
    def of(cls, pathways: Iterable[Pathway], shared: Shared) -> "Catalogue":
        """The shared entries, and what the pathways have beyond them."""
        findings, profile = dict(shared.findings), dict(shared.profile)
        again: dict[str, tuple[str, ...]] = {}
        for pathway in pathways:
            findings |= pathway.findings
            profile |= pathway.profile
            again |= {item.code: item.replaces for item in pathway.reassess}
        return cls(findings, again, profile)


@dataclass(frozen=True)
class Given:
    """Checked facts. `listed`: as given, with age and the site's choices; `facts`: with what `unlisted` adds to them.

    `lenient`: findings that may be left out; `again`: what a repeated examination found; `unusual`: fields outside the
    plausible limits, to be confirmed.
    """

    facts: Mapping[str, Value]
    listed: Mapping[str, Value]
    lenient: frozenset[str]
    profile: Mapping[str, str]
    again: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    unusual: tuple[str, ...] = ()

    @property
    def age_days(self) -> int:
        return int(self.listed["age_days"])


@dataclass
class _Checking:
    """One reading of facts; `wrong` collects every field at once."""

    catalogue: Catalogue
    wrong: dict[str, Any] = field(default_factory=dict)
    unusual: list[str] = field(default_factory=list)

    def facts(self, raw: Mapping[str, Any], prefix: str = "") -> dict[str, Value]:
        read: dict[str, Value] = {}
        for code, value in raw.items():
            if code in AGES or code in self.catalogue.again or value is None:
                continue
            finding = self.catalogue.findings.get(code)
            if finding is None:
                self.wrong[prefix + code] = self._unheard(code)
                continue
            try:
                read[code] = self._value(finding, value, prefix + code)
            except _Wrong as error:
                self.wrong[prefix + code] = error.message
        return read

    def _unheard(self, code: str) -> Any:
        near = get_close_matches(code, [*self.catalogue.findings, *AGES], 1)
        if near:
            return _("This code is unknown. Is %(near)s meant?") % {"near": near[0]}
        return _("This code is unknown.")

    def _value(self, finding: Finding, value: Any, name: str) -> Value:
        if finding.type == "bool":
            if not isinstance(value, bool):
                raise _Wrong(_("Must be true or false."))
            return value
        if finding.type == "choice":
            return _choice(value, [choice.code for choice in finding.choices])
        number = _number(finding, value)
        if finding.plausible and not finding.plausible[0] <= number <= finding.plausible[1]:
            self.unusual.append(name)
        return number

    def again(self, raw: Mapping[str, Any]) -> dict[str, dict[str, Value]]:
        """Repeated examinations: {code: {finding: value}}, only of the findings that they replace."""
        read: dict[str, dict[str, Value]] = {}
        for code, replaces in self.catalogue.again.items():
            value = raw.get(code)
            if value is None:
                continue
            if not isinstance(value, dict):
                self.wrong[code] = _("Must be an object with what was found.")
            elif odd := [key for key in value if key not in replaces]:
                self.wrong[f"{code}.{odd[0]}"] = _("This is not examined again here.")
            else:
                read[code] = self.facts(value, f"{code}.")
        return read

    def profile(self, raw: Any) -> dict[str, str]:
        if not isinstance(raw, Mapping):
            self.wrong["profile"] = _("Must be an object.")
            return {}
        for key in raw:
            if key not in self.catalogue.profile:
                self.wrong[f"profile.{key}"] = _("This choice of a site is unknown.")
        return {key: self._site(key, one, raw.get(key)) for key, one in self.catalogue.profile.items()}

    def _site(self, key: str, one: ProfileKey, value: Any) -> str:
        if value is None:
            return one.default
        said = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
        try:
            return _choice(said, [choice.code for choice in one.choices])
        except _Wrong as error:
            self.wrong[f"profile.{key}"] = error.message
            return one.default

    def age(self, raw: Mapping[str, Any]) -> dict[str, Value]:
        """Age in days and completed months, from whichever was given."""
        given = {name: raw[name] for name in AGES if raw.get(name) is not None}
        if not given:
            self.wrong["age_days"] = _("Give the age: age_days or age_months.")
        for name, value in given.items():
            most = OLDEST_DAYS if name == "age_days" else months(OLDEST_DAYS)
            if type(value) is not int or not 0 <= value <= most:
                self.wrong[name] = _("Must be a whole number from 0 to %(most)s.") % {"most": most}
        if self.wrong.keys() & set(AGES):
            return {"age_days": Decimal(0), "age_months": Decimal(0)}
        days = given.get("age_days", first_day(given.get("age_months", 0)))
        if abs(months(days) - given.get("age_months", months(days))) > 1:
            self.wrong["age_months"] = _("Does not agree with age_days.")
        return {"age_days": Decimal(days), "age_months": Decimal(given.get("age_months", months(days)))}


class _Wrong(ValueError):
    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.message = message


def _choice(value: Any, choices: list[str]) -> str:
    if not isinstance(value, str) or value not in choices:
        raise _Wrong(_("Must be one of: %(choices)s.") % {"choices": ", ".join(choices)})
    return value


def _number(finding: Finding, value: Any) -> Decimal:
    unit = finding.unit
    if isinstance(value, Mapping):
        if set(value) != {"value", "unit"}:
            raise _Wrong(_("Must be a number, or an object with value and unit."))
        value, unit = value["value"], value["unit"]
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise _Wrong(_("Must be a number in %(unit)s.") % {"unit": finding.unit})
    number = _in_unit(finding, Decimal(str(value)), unit)
    if finding.type == "int" and number != number.to_integral_value():
        raise _Wrong(_("Must be a whole number in %(unit)s.") % {"unit": finding.unit})
    if finding.hard and not finding.hard[0] <= number <= finding.hard[1]:
        words = {"low": finding.hard[0], "high": finding.hard[1], "unit": finding.unit}
        raise _Wrong(_("Cannot be right: it lies between %(low)s and %(high)s %(unit)s.") % words)
    return number


def _in_unit(finding: Finding, number: Decimal, unit: Any) -> Decimal:
    """The number in the finding's unit, to at most six decimals."""
    if not number.is_finite() or abs(number) >= MOST:
        raise _Wrong(_("Must be a number in %(unit)s.") % {"unit": finding.unit})
    if unit != finding.unit:
        try:
            number = Quantity(finding.quantity, number, str(unit)).to(finding.unit).value
        except UnitError:
            known = [one.code for one in KINDS[finding.quantity].units] if finding.quantity else [finding.unit]
            raise _Wrong(_("Is measured in %(units)s.") % {"units": ", ".join(known)}) from None
    return number.quantize(Decimal(1).scaleb(-MOST_DECIMALS)).normalize()


def read_facts(
    raw: Mapping[str, Any], catalogue: Catalogue, *, unlisted: str = "unknown", profile: Any = None
) -> Given:
    """Checked facts, or BadFacts with every field that is wrong."""
    checking = _Checking(catalogue)
    age = checking.age(raw)
    site = checking.profile(profile or {})
    listed = {**age, **{f"profile.{key}": value for key, value in site.items()}, **checking.facts(raw)}
    again = checking.again(raw)
    if unlisted not in UNLISTED:
        checking.wrong["unlisted"] = _("Must be one of: %(choices)s.") % {"choices": ", ".join(UNLISTED)}
    if checking.wrong:
        raise BadFacts(checking.wrong)
    for code, finding in catalogue.findings.items():
        if finding.profile in site:
            listed.setdefault(code, site[finding.profile])
    facts = listed if unlisted == "unknown" else {**_negative(catalogue), **listed}
    return Given(facts, listed, lenient(catalogue.findings, unlisted), site, again, tuple(checking.unusual))


def lenient(findings: Mapping[str, Finding], unlisted: str) -> frozenset[str]:
    """The findings that may be left out: their comparisons count as not abnormal (and the page says what is open)."""
    kinds = ("always",) if unlisted == "unknown" else ("always", "unlisted")
    return frozenset(code for code, finding in findings.items() if finding.optional in kinds)


def _negative(catalogue: Catalogue) -> dict[str, Value]:
    """What is not listed is no, or normal; numbers were not measured."""
    no: dict[str, Value] = {code: False for code, one in catalogue.findings.items() if one.type == "bool"}
    return no | {code: one.normal for code, one in catalogue.findings.items() if one.normal}
