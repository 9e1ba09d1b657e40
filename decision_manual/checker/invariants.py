"""Clinical rules that every pathway keeps, whatever its author had in mind. Each is proved, and names its source."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import z3

from decision_manual.checker.faults import Fault
from decision_manual.checker.proofs import told
from decision_manual.checker.solver import Child, compared, example, number
from decision_manual.library import Pathway, Row, Table, used

EMERGENCY = ("E0", "E1")
ANY_REFERRAL = ("E0", "E1", "U1", "U2", "R1", "R2")
THREE_MONTHS = 90
URGENT_SPO2 = Decimal(90)
YOUNG_FEVER = Decimal(38)


@dataclass(frozen=True, slots=True)
class Invariant:
    """`concerns` tells which pathways it is about; `premise` the children; then some referral of `urgencies` holds."""

    id: str
    says: str
    source: str
    concerns: Callable[[Pathway], bool]
    premise: Callable[[Child], Any]
    urgencies: tuple[str, ...]


def _dangers(pathway: Pathway) -> list[str]:
    return [code for code in used(pathway)[0] if code in pathway.findings and pathway.findings[code].danger]


def _uses(code: str) -> Callable[[Pathway], bool]:
    return lambda pathway: code in used(pathway)[0]


INVARIANTS: Final[tuple[Invariant, ...]] = (
    Invariant(
        "danger-sign-is-an-emergency", "A danger sign leads to the emergency department within the hour",
        "IMCI14, general danger signs",
        lambda pathway: bool(_dangers(pathway)) and not pathway.danger_by,
        lambda child: z3.Or([child.values[code] for code in _dangers(child.pathway)]),
        EMERGENCY,
    ),
    Invariant(
        "young-fever-is-referred", "Under 3 months with 38 C or more is referred", "NG143; AAP-FI21",
        lambda p: _uses("temperature_axillary_c")(p) and p.age_days[0] < THREE_MONTHS,
        lambda child: z3.And(
            child.values["age_days"] < THREE_MONTHS,
            compared(child.values["temperature_axillary_c"], "ge", number(YOUNG_FEVER)),
        ),
        ANY_REFERRAL,
    ),
    Invariant(
        "low-oxygen-is-an-emergency", "Saturation under 90 % leads to the emergency department", "IMCI14; PB13",
        _uses("spo2"), lambda child: compared(child.values["spo2"], "lt", number(URGENT_SPO2)), EMERGENCY,
    ),
    Invariant(
        "convulsing-is-an-emergency", "A convulsing child is an emergency now", "IMCI14; NG217",
        lambda pathway: _uses("convulsing_now")(pathway) and not pathway.danger_by,
        lambda child: child.values["convulsing_now"], EMERGENCY,
    ),
)  # fmt: skip


def invariants(pathway: Pathway, library: Mapping[str, Pathway]) -> Iterator[Fault]:
    child = Child(pathway)
    for rule in INVARIANTS:
        if not rule.concerns(pathway):
            continue
        referred = [_holds(child, table, row, rule.urgencies) for table in pathway.tables for row in table.rows]
        rules = [child.true(pathway.entry), rule.premise(child), z3.Not(z3.Or(referred))]
        if found := example(child, rules):
            yield Fault("invariants", pathway.id, rule.id, f"{rule.says} ({rule.source}); not so for: {told(found)}")
    yield from _gate(pathway, library)


def _holds(child: Child, table: Table, row: Row, urgencies: tuple[str, ...]) -> Any:
    """The row holds, is shown under the table's policy, and refers that urgently."""
    referral = child.pathway.indications.get(row.referral)
    if referral is None or referral.urgency not in urgencies:
        return z3.BoolVal(False)
    before = table.rows[: table.rows.index(row)] if table.hit == "first" else ()
    return z3.And(child.entered(table), child.true(row.when), *(z3.Not(child.true(other.when)) for other in before))


def _gate(pathway: Pathway, library: Mapping[str, Pathway]) -> Iterator[Fault]:
    """`danger_by` names a pathway that is always evaluated beside this one, over all of its ages."""
    if not pathway.danger_by:
        return
    other = library.get(pathway.danger_by)
    message = ""
    if other is None:
        message = f"{pathway.danger_by} is not there"
    elif other.family != pathway.family or other.danger_by:
        message = f"{other.id} does not classify danger signs beside this pathway"
    elif not other.age_days[0] <= pathway.age_days[0] < pathway.age_days[1] <= other.age_days[1]:
        message = f"{other.id} is not for all ages of this pathway"
    if message:
        yield Fault("invariants", pathway.id, "danger_by", message)
