"""The rules of credit, kept as data: a change is a new number, and the one before ends the day before."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, database_rules
from consortium.kernel.once import once
from consortium.kernel.policies import require
from courses.assessment.models import CreditRule
from courses.assessment.policies.credits import may_set_credit_rules

#: what a manager says of a rule
RULE_FIELDS = (
    "scheme", "activity", "title_en", "title_zh", "category_en", "category_zh", "hours_per_credit", "period_years",
    "first_year", "goal", "cap_day", "cap_category", "cap_scheme", "pass_percent", "evidence", "valid_from",
    "valid_to", "source", "verified", "counts_known",
)  # fmt: skip


@transaction.atomic
def set_credit_rule(*, actor: Actor, fields: Mapping[str, Any], key: UUID | None = None) -> tuple[CreditRule, bool]:
    """A rule from a day on: (rule, whether it is new). What holds then, ends the day before; entries keep their rule.

    `fields` are some of RULE_FIELDS. Raises InvalidInput when a later rule stands already.
    """
    require(may_set_credit_rules(actor))

    def make() -> CreditRule:
        said = {name: fields[name] for name in RULE_FIELDS if name in fields}
        rule = CreditRule(
            created_at=clock.now(), created_by_id=actor.author_id, number=0, **said,
            **({"request_key": key} if key else {}),
        )  # fmt: skip
        try:
            rule.clean_fields(exclude={"created_by"})
        except ValidationError as error:
            raise InvalidInput({name: lines[0] for name, lines in error.message_dict.items()}) from error
        rule.number = _ends_before(rule) + 1
        with database_rules(), transaction.atomic():
            rule.save(force_insert=True)
        record(actor=actor, verb="set_credit_rule", subject=rule, facts={"scheme": rule.scheme, "number": rule.number})
        return rule

    return once(CreditRule, actor=actor, key=key, make=make)


def _ends_before(rule: CreditRule) -> int:
    """End what holds on the new rule's first day; the highest number of before."""
    others = CreditRule.objects.filter(scheme=rule.scheme, activity=rule.activity)
    if others.filter(valid_from__gte=rule.valid_from).exists():
        raise InvalidInput({"valid_from": _("A rule of this scheme begins on that day or later already.")})
    others.in_force(rule.valid_from).update(valid_to=rule.valid_from - timedelta(days=1))
    return int(others.aggregate(last=Max("number"))["last"] or 0)
