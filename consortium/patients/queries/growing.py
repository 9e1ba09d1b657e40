"""A child's growth: every act of measuring with its z-scores, the charts, and the same as a table."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from consortium.clinical.growth import Body, Child, Finding, Growth, Index, Position, Score, assess, lies
from consortium.clinical.growth.chart import TITLES, UNITS, Chart, Dot, Lines, draw
from consortium.clinical.growth.tables import SEXES
from consortium.clinical.pews.scoring import NOT_VALIDATED
from consortium.clinical.units import plain
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.patients.models import Measurement, Patient
from consortium.patients.policies import may_measure
from consortium.patients.queries.measuring import Latest, Measured, child_of, latest_pews, latest_values
from consortium.patients.states import GROWTH, MeasurementKind

#: how many acts of measuring a growth chart draws
MOST_DRAWN: Final = 300
#: what a dot's figure is rounded to
_PLACES: Final = {
    Index.WEIGHT: 2,
    Index.WEIGHT_FOR_LENGTH: 2,
    Index.BMI: 1,
    Index.LENGTH: 1,
    Index.HEAD: 1,
    Index.MUAC: 1,
}


@dataclass(frozen=True, slots=True)
class GrowthPoint:
    """One act of measuring growth, with what the standards say of it."""

    taken_at: datetime
    body: Body
    growth: Growth
    estimated: bool


def body_of(rows: Iterable[Measurement]) -> Body:
    """Growth values out of one act of measuring."""
    found = {row.kind: row for row in rows if row.kind in GROWTH}
    length = found.get(MeasurementKind.LENGTH)

    def value(kind: str) -> Decimal | None:
        return Decimal(found[kind].base).normalize() if kind in found else None  # type: ignore[arg-type]

    return Body(
        weight=value(MeasurementKind.WEIGHT),
        length=value(MeasurementKind.LENGTH),
        position=Position(length.position) if length else Position.UNKNOWN,
        head=value(MeasurementKind.HEAD),
        muac=value(MeasurementKind.MUAC),
    )


def growth_points(patient: Patient) -> list[GrowthPoint]:
    """What the growth charts draw, oldest first. One query."""
    rows = Measurement.objects.valid().filter(patient=patient, kind__in=GROWTH)
    sets: dict[UUID, list[Measurement]] = defaultdict(list)
    for row in rows.order_by("-taken_at", "-measured_id")[: MOST_DRAWN * len(GROWTH)]:
        sets[row.measured_id].append(row)
    child = child_of(patient)
    return [_growth_point(child, rows) for rows in sorted(sets.values(), key=lambda rows: rows[0].taken_at)]


def _growth_point(child: Child, rows: list[Measurement]) -> GrowthPoint:
    taken_at, body = rows[0].taken_at, body_of(rows)
    growth = assess(child, body, timezone.localdate(taken_at))
    return GrowthPoint(taken_at, body, growth, any(row.estimated for row in rows))


@dataclass(frozen=True, slots=True)
class GrowthRow:
    """One line of the table under a chart: the same that the chart shows, in words."""

    taken_at: datetime
    value: str
    score: Score | None
    finding: Finding | None
    notes: tuple[Any, ...]
    estimated: bool


@dataclass(frozen=True, slots=True)
class GrowthPage:
    """One index of growth: its chart (None where there is no standard, and `why`), and its table, newest first."""

    index: Index
    lines: Lines
    chart: Chart | None
    why: str
    rows: list[GrowthRow]
    #: indices for which anything was measured
    measured: frozenset[Index]

    @property
    def newest(self) -> GrowthRow | None:
        return self.rows[0] if self.rows else None


def _value(point: GrowthPoint, index: Index) -> Decimal | None:
    """What was measured for an index, whether or not there is a standard for it."""
    body, length = point.body, point.growth.length
    plainly = {Index.WEIGHT: body.weight, Index.LENGTH: body.length, Index.HEAD: body.head}
    if index in plainly:
        return plainly[index]
    if index == Index.MUAC:
        return body.muac / 10 if body.muac is not None else None
    if body.weight is None or length is None:
        return None
    return body.weight if index == Index.WEIGHT_FOR_LENGTH else body.weight / (length / 100) ** 2


def _words(point: GrowthPoint, index: Index, value: Decimal) -> str:
    words = f"{plain(value, _PLACES[index])} {UNITS[index]}"
    if index == Index.WEIGHT_FOR_LENGTH and point.growth.length is not None:
        words += f" / {plain(point.growth.length, 1)} cm"
    return words


def _row(point: GrowthPoint, index: Index) -> GrowthRow | None:
    value = _value(point, index)
    if value is None:
        return None
    score = point.growth.scores.get(index)
    finding = point.growth.muac if index == Index.MUAC else score.finding if score else None
    return GrowthRow(point.taken_at, _words(point, index, value), score, finding, point.growth.notes, point.estimated)


def _dot(point: GrowthPoint, index: Index, score: Score) -> Dot:
    by_length = index == Index.WEIGHT_FOR_LENGTH
    x = float(point.growth.length or 0) if by_length else float(point.growth.standard_days)
    day = timezone.localdate(point.taken_at).isoformat()
    note = _("%(day)s: %(value)s, z %(z)s") % {
        "day": day,
        "value": _words(point, index, score.value),
        "z": score.z_words,
    }
    return Dot(x, float(score.value), note, score.believed)


def _why(patient: Patient, index: Index, points: Sequence[GrowthPoint]) -> str:
    """Why there is no chart, said openly."""
    if patient.sex not in SEXES:
        return _("The growth standards are for girls and for boys. Enter the sex to see the chart.")
    if not any(_value(point, index) is not None for point in points):
        return _("Nothing was measured for this chart yet.")
    return _("The WHO has no standard for this at the child's age: weight ends at 10 years, head and arm at 5.")


def growth_page(patient: Patient, index: Index, lines: Lines = Lines.Z) -> GrowthPage:
    """One chart with its table. One query."""
    points = growth_points(patient)
    scored = [(p, p.growth.scores[index]) for p in points if index in p.growth.scores]
    dots = [_dot(point, index, score) for point, score in scored]
    lying = lies(scored[-1][0].growth.age_days) if scored else True
    chart = draw(index, patient.sex, dots, lines, lying=lying) if dots else None
    rows = [row for point in reversed(points) if (row := _row(point, index))]
    measured = frozenset(each for each in Index if any(_value(point, each) is not None for point in points))
    return GrowthPage(index, lines, chart, "" if chart else _why(patient, index, points), rows, measured)


@dataclass(frozen=True, slots=True)
class Glance:
    """What was measured, in one card: newest values, the score, and one growth chart."""

    latest: dict[str, Latest]
    pews: Measured | None
    chart: Chart | None
    may_measure: bool
    not_validated: Any = NOT_VALIDATED


#: the newest values that a card shows
_AT_A_GLANCE: Final = (
    *(MeasurementKind.WEIGHT, MeasurementKind.LENGTH, MeasurementKind.TEMPERATURE, MeasurementKind.RESP_RATE),
    *(MeasurementKind.HEART_RATE, MeasurementKind.SPO2),
)


def glance(actor: Actor, patient: Patient) -> Glance:
    """The card of measurements on the record, the question and the case. Four queries, and those of the right."""
    latest = latest_values(patient)
    return Glance(
        latest={kind: item for kind, item in latest.items() if kind in _AT_A_GLANCE},
        pews=latest_pews(patient),
        chart=growth_page(patient, first_index(patient)).chart if "weight" in latest else None,
        may_measure=may_measure(actor, patient).allowed,
    )


def first_index(patient: Patient) -> Index:
    """The chart to begin with: weight for length of a young child, body mass index later."""
    return Index.WEIGHT if child_of(patient).age_days(clock.today()) < 1827 else Index.BMI


def growth_now(patient: Patient) -> list[tuple[str, GrowthRow]]:
    """The newest figure of each index that is judged, for a glance: (title, row). One query."""
    points = list(reversed(growth_points(patient)))
    found = []
    for index in Index:
        newest = next((row for point in points if (row := _row(point, index)) and row.score), None)
        if newest:
            found.append((str(TITLES[index]), newest))
    return found
