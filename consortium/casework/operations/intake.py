"""What a service takes, how its cases find a specialist, and whom its clocks tell: kept by its lead or its admin."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.models import Case, Clock, ClockRule, Service
from consortium.casework.operations.services import the_service
from consortium.casework.policies import may_edit_service
from consortium.casework.states import (
    ADULT_DAYS,
    MOST_CAPACITY,
    MOST_STEPS,
    PERCENT,
    Allocation,
    EscalationStep,
    Leg,
    Priority,
    Tell,
)
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, database_rules
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.kernel.versions import check_version

#: what `set_intake` sets
INTAKE = ("from_days", "below_days", "urgencies", "allocation", "capacity")


@transaction.atomic
def set_intake(*, actor: Actor, service_id: UUID, fields: Mapping[str, Any], version: int | None = None) -> Service:
    """The ages (days) and urgencies it takes, how its cases are allocated, and how many one specialist is given in a
    shift (None: any number). Holds for what is sent from now on; StaleVersion (409) when somebody else changed it."""
    service = the_service(service_id)
    require(may_edit_service(actor, service))
    check_version(service, version)
    given = {name: fields[name] for name in INTAKE if name in fields}
    if "urgencies" in given:
        given["urgencies"] = sorted(set(given["urgencies"]))
    _check({name: given.get(name, getattr(service, name)) for name in INTAKE})
    changes = {name: [getattr(service, name), new] for name, new in given.items() if getattr(service, name) != new}
    if changes:
        for name, (_old, new) in changes.items():
            setattr(service, name, new)
        service.version += 1
        with database_rules():
            service.save(update_fields=[*changes, "version"])
        record(
            actor=actor, verb="intake", subject=service, institution_id=service.institution_id, changes=changes,
            facts={"fields": sorted(changes), "version": service.version},
        )  # fmt: skip
    return service


def _check(wanted: Mapping[str, Any]) -> None:
    wrong: dict[str, Any] = {}
    if not 0 <= wanted["from_days"] < wanted["below_days"] <= ADULT_DAYS:
        wrong["below_days"] = _("The ages that a service takes end after they begin, and before 18 years.")
    if not wanted["urgencies"] or not set(wanted["urgencies"]) <= set(Priority.values):
        wrong["urgencies"] = _("A service takes at least one urgency.")
    if wanted["allocation"] not in Allocation.values:
        wrong["allocation"] = _("Choose how cases find a specialist.")
    if wanted["capacity"] is not None and not 1 <= wanted["capacity"] <= MOST_CAPACITY:
        wrong["capacity"] = _("Between 1 and %(most)d cases in a shift, or empty for any number.") % {
            "most": MOST_CAPACITY
        }
    if wrong:
        raise InvalidInput(wrong)


@transaction.atomic
def set_clock_rule(
    *, actor: Actor, service_id: UUID, leg: str, priority: int, steps: Sequence[EscalationStep]
) -> list[ClockRule]:
    """The service's own steps for one leg at one urgency; none returns to the default. Clocks that run follow it.

    A review has no rule of its own: its reminders and its closing are settings.
    """
    service = the_service(service_id)
    require(may_edit_service(actor, service))
    _check_rule(leg, priority, steps)
    own = ClockRule.objects.filter(service=service, leg=leg, priority=priority)
    if [(step.percent, step.tell) for step in own.order_by("number")] == [(s.percent, s.tell) for s in steps]:
        return list(own)
    own.delete()
    made = ClockRule.objects.bulk_create(
        ClockRule(service=service, leg=leg, priority=priority, number=n, percent=step.percent, tell=step.tell)
        for n, step in enumerate(steps, 1)
    )
    # the next beat looks at each and plans anew
    running = unfiltered(Clock, why="their rule has changed").filter(case__service=service, leg=leg, priority=priority)
    running = running.filter(stopped_at=None)
    # cases before their clocks, as every act locks them
    cases = unfiltered(Case, why="their rule has changed").filter(pk__in=running.values("case_id")).order_by("pk")
    held = list(cases.select_for_update(no_key=True).values_list("pk", flat=True))
    running.filter(case_id__in=held).update(escalates_at=clock.now())
    record(
        actor=actor, verb="rule", subject=service, institution_id=service.institution_id,
        facts={"leg": leg, "priority": Priority(priority).code, "steps": [[s.percent, s.tell] for s in steps]},
    )  # fmt: skip
    return made


def _check_rule(leg: str, priority: int, steps: Sequence[EscalationStep]) -> None:
    wrong: dict[str, Any] = {}
    if leg not in Leg.values or leg == Leg.REVIEW or priority not in Priority.values:
        wrong["leg"] = _("There is no such rule.")
    if len(steps) > MOST_STEPS:
        wrong["steps"] = _("A rule has %(most)d steps at most.") % {"most": MOST_STEPS}
    elif any(step.percent not in PERCENT or step.tell not in Tell.values for step in steps):
        wrong["steps"] = _("A step lies between 10 and 1000 percent of the target, and tells somebody.")
    elif any(after.percent <= before.percent for before, after in itertools.pairwise(steps)):
        wrong["steps"] = _("Each step comes later than the one before.")
    elif any(step.tell == Tell.COORDINATOR for step in steps[:-1]):
        wrong["steps"] = _("The coordinator comes last: then the case is theirs.")
    if wrong:
        raise InvalidInput(wrong)
