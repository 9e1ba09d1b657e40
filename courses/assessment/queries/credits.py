"""A person's credits: every line, the sums of a period, and what the year still lacks."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from consortium.kernel.scoping import unfiltered
from courses.assessment.crediting import Limit, Period, period_of
from courses.assessment.models import CreditEntry, CreditRule
from courses.assessment.states.credits import Cap, EntryKind

_WHY = "summing a person's credits"
_ZERO = Decimal(0)


def was_withheld(person_id: UUID, subject_id: UUID) -> bool:
    """Whether credits for this were ever held back: what is missing may come."""
    rows = unfiltered(CreditEntry, why=_WHY).filter(user_id=person_id, subject_id=subject_id)
    return bool(rows.filter(kind=EntryKind.WITHHELD).exists())


def period_by(rule: CreditRule, day: date) -> Period:
    return period_of(day, rule.period_years, rule.first_year)


def limits_of(person_id: UUID, rule: CreditRule, day: date) -> list[Limit]:
    """The caps of the rule with what the person has used of each. One query; the caller holds the person."""
    period = period_by(rule, day)
    rows = unfiltered(CreditEntry, why=_WHY).filter(user_id=person_id, scheme=rule.scheme)
    same = Q(activity=rule.activity)
    used = rows.filter(day__range=(period.since, period.until)).aggregate(
        scheme=Sum("credits"), category=Sum("credits", filter=same), day=Sum("credits", filter=same & Q(day=day))
    )
    caps = ((Cap.DAY, rule.cap_day), (Cap.CATEGORY, rule.cap_category), (Cap.SCHEME, rule.cap_scheme))
    return [Limit(cap, most, used[cap] or _ZERO) for cap, most in caps]


@dataclass(frozen=True, slots=True)
class Standing:
    """One scheme in one period. `left`: what is missing to the goal, None where the scheme asks for nothing."""

    rule: CreditRule
    period: Period
    total: Decimal
    by_activity: tuple[tuple[str, Decimal, Decimal | None], ...]

    @property
    def left(self) -> Decimal | None:
        return None if self.rule.goal is None else max(_ZERO, self.rule.goal - self.total)

    @property
    def percent(self) -> int:
        return min(100, int(100 * self.total / self.rule.goal)) if self.rule.goal else 0


def standings_of(person_id: UUID, day: date) -> list[Standing]:
    """How the person stands in each scheme in force, in the period of `day`. Two queries."""
    rules: list[CreditRule] = list(CreditRule.objects.in_force(day).order_by("scheme", "activity"))
    totals = _totals(person_id, rules, day)
    schemes: dict[str, list[CreditRule]] = {}
    for rule in rules:
        schemes.setdefault(rule.scheme, []).append(rule)
    return [_standing(of_scheme, totals, day) for of_scheme in schemes.values()]


def _standing(rules: list[CreditRule], totals: dict[tuple[str, str], Decimal], day: date) -> Standing:
    lines = tuple((rule.category, totals.get((rule.scheme, rule.activity), _ZERO), rule.cap_category) for rule in rules)
    total = sum((found for (scheme, _activity), found in totals.items() if scheme == rules[0].scheme), _ZERO)
    return Standing(rules[0], period_by(rules[0], day), total, lines)


def _totals(person_id: UUID, rules: list[CreditRule], day: date) -> dict[tuple[str, str], Decimal]:
    """{(scheme, activity): credits in its period}."""
    within = Q(pk__in=[])
    for rule in rules:
        period = period_by(rule, day)
        within |= Q(scheme=rule.scheme, day__range=(period.since, period.until))
    rows: Any = unfiltered(CreditEntry, why=_WHY).filter(within, user_id=person_id)
    summed = rows.values_list("scheme", "activity").annotate(found=Sum("credits")).order_by()
    return {(scheme, activity): found for scheme, activity, found in summed}


def ledger_of(person_id: UUID) -> QuerySet[CreditEntry]:
    """Every line of one's ledger, of one's own or as far as the actor may see it."""
    rows: QuerySet[CreditEntry] = CreditEntry.objects.filter(user_id=person_id).select_related("rule", "reversal")
    return rows
