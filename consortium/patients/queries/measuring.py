"""What was measured: the newest values with their age, the score of vital signs, growth over time."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import pgettext

from consortium.clinical.growth import Child
from consortium.clinical.pews import Avpu, Concern, Distress, Level, Pews, Signs, Support, age_band, score_signs
from consortium.kernel import clock
from consortium.kernel.errors import NotVisible
from consortium.kernel.pagination import Page, keyset
from consortium.kernel.scoping import unfiltered
from consortium.patients.models import Measurement, MeasurementSet, Patient
from consortium.patients.states import GROWTH, MeasurementKind

#: how far a phone's clock may run ahead
CLOCK_DRIFT: Final = timedelta(minutes=10)
#: vital signs say nothing about now after this
VITAL_HOURS: Final = timedelta(hours=4)
#: growth is current for so long, under one year and later
INFANT_DAYS: Final = timedelta(days=7)
CHILD_DAYS: Final = timedelta(days=30)
_YEAR: Final = timedelta(days=365)
NEWEST_FIRST: Final = ("-taken_at", "-id")


def child_of(patient: Patient) -> Child:
    """The patient as growth and PEWS see it."""
    return Child(patient.sex, patient.birth_date, patient.gestation_weeks)


def current_for(kind: str, patient: Patient, at: datetime) -> timedelta:
    """For how long a value of `kind` taken `at` may be taken as the present one."""
    if kind not in GROWTH:
        return VITAL_HOURS
    born = timezone.make_aware(datetime.combine(patient.birth_date, datetime.min.time()))
    return INFANT_DAYS if at - born < _YEAR else CHILD_DAYS


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest value of a kind. Unless `is_current` it is shown with its time and taken by a tap, never silently."""

    row: Measurement
    is_current: bool

    @property
    def value(self) -> Decimal | None:
        return self.row.base

    @property
    def plain(self) -> str:
        """The value in the kind's first unit, for a form."""
        return f"{self.row.base.normalize():f}" if self.row.base is not None else ""

    @property
    def taken_at(self) -> datetime:
        taken_at: datetime = self.row.taken_at
        return taken_at


def latest_values(patient: Patient) -> dict[str, Latest]:
    """The newest valid value of each kind that was ever measured. One query."""
    rows = Measurement.objects.valid().filter(patient=patient)
    newest = rows.order_by("kind", "-taken_at", "-id").distinct("kind")
    now = clock.now()
    return {
        row.kind: Latest(row, now - row.taken_at <= current_for(row.kind, patient, row.taken_at))
        for row in sorted(newest, key=lambda row: list(MeasurementKind).index(row.kind))
    }


# -- vital signs ----------------------------------------------------------------------------------------------------


def signs_of(rows: Iterable[Measurement]) -> Signs | None:
    """The signs of one act of measuring; None when none of them counts for PEWS."""
    numbers = {row.kind: Decimal(row.base) for row in rows if row.base is not None}
    codes: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        codes[row.kind].add(row.code)
    if not _SCORED & (numbers.keys() | codes.keys()):
        return None
    word = {kind: next(iter(found)) for kind, found in codes.items()}
    return Signs(
        resp_rate=numbers.get(MeasurementKind.RESP_RATE),
        heart_rate=numbers.get(MeasurementKind.HEART_RATE),
        sbp=numbers.get(MeasurementKind.SBP),
        spo2=numbers.get(MeasurementKind.SPO2),
        crt=numbers.get(MeasurementKind.CRT),
        flow=numbers.get(MeasurementKind.OXYGEN_FLOW),
        percent=numbers.get(MeasurementKind.OXYGEN_PERCENT),
        distress=Distress(word["distress"]) if "distress" in word else None,
        support=Support(word["support"]) if "support" in word else Support.NONE,
        avpu=Avpu(word["avpu"]) if "avpu" in word else None,
        concerns=frozenset(Concern(code) for code in codes.get("concern", ())),
    )


_SCORED: Final = {
    *(MeasurementKind.RESP_RATE, MeasurementKind.HEART_RATE, MeasurementKind.SBP, MeasurementKind.SPO2),
    *(MeasurementKind.CRT, MeasurementKind.OXYGEN_FLOW, MeasurementKind.OXYGEN_PERCENT, MeasurementKind.DISTRESS),
    *(MeasurementKind.SUPPORT, MeasurementKind.AVPU, MeasurementKind.CONCERN),
}


def pews_of(patient: Patient, taken_at: datetime, rows: Sequence[Measurement]) -> Pews | None:
    """The score of one act of measuring, on the chart of the age that the child had then."""
    signs = signs_of(rows)
    return score_signs(signs, age_band(patient.birth_date, timezone.localdate(taken_at))) if signs else None


@dataclass(frozen=True, slots=True)
class Measured:
    """One act of measuring as a page shows it; what was entered in error stands struck in `wrong`."""

    measured: MeasurementSet
    rows: list[Measurement]
    wrong: list[Measurement] = field(default_factory=list)
    pews: Pews | None = None
    is_current: bool = True

    @property
    def missing(self) -> str:
        """What would make the score whole, in words."""
        labels = [item.label for item in self.pews.missing] if self.pews else []
        return pgettext("between two facts about a child", ", ").join(labels)

    @property
    def scored(self) -> list[tuple[str, int]]:
        return [(item.label, points) for item, points in self.pews.points.items()] if self.pews else []


def _measured(patient: Patient, measured: MeasurementSet, rows: list[Measurement]) -> Measured:
    valid = [row for row in rows if row.entered_in_error_at is None]
    return Measured(
        measured=measured,
        rows=valid,
        wrong=[row for row in rows if row.entered_in_error_at is not None],
        pews=pews_of(patient, measured.taken_at, valid),
        is_current=clock.now() - measured.taken_at <= VITAL_HOURS,
    )


def _with_rows(patient: Patient, sets: Sequence[MeasurementSet]) -> list[Measured]:
    """Each with its rows, in the order of the vocabulary. One query."""
    order = list(MeasurementKind)
    rows: dict[UUID, list[Measurement]] = defaultdict(list)
    for row in Measurement.objects.filter(measured__in=sets):
        rows[row.measured_id].append(row)
    return [
        _measured(patient, one, sorted(rows[one.pk], key=lambda r: (order.index(MeasurementKind(r.kind)), r.code)))
        for one in sets
    ]


def measured_page(patient: Patient, after: str = "", size: int = 25) -> Page:
    """Acts of measuring, the newest first, with their rows. Two queries."""
    sets = MeasurementSet.objects.filter(patient=patient).select_related("created_by", "institution")
    page = keyset(sets, order=NEWEST_FIRST, after=after, size=size)
    return Page(_with_rows(patient, page.items), page.next_cursor)


def latest_pews(patient: Patient) -> Measured | None:
    """The newest act of measuring that has a score. Two queries."""
    scored = Measurement.objects.valid().filter(patient=patient, kind__in=_SCORED)
    newest = scored.order_by("-taken_at", "-measured_id").values_list("measured_id", flat=True).first()
    if newest is None:
        return None
    rows = list(Measurement.objects.filter(measured_id=newest).select_related("measured__created_by"))
    return _measured(patient, rows[0].measured, rows)


def _scored_between(patient_id: UUID, since: datetime, until: datetime) -> list[Pews]:
    """The scores of the acts of measuring from `since` to before `until`, in the order of time. One query."""
    rows = unfiltered(Measurement, why="how urgent the child's signs are").valid().select_related("patient")
    timed = rows.filter(patient_id=patient_id, kind__in=_SCORED, taken_at__gte=since, taken_at__lt=until)
    sets: dict[UUID, list[Measurement]] = defaultdict(list)
    for row in timed.order_by("taken_at", "measured_id"):
        sets[row.measured_id].append(row)
    found = (pews_of(rows[0].patient, rows[0].taken_at, rows) for rows in sets.values())
    return [pews for pews in found if pews]


def level_now(patient_id: UUID) -> Level:
    """The highest PEWS level within the last hours, for rules that no screen shows. One query."""
    recent = _scored_between(patient_id, clock.now() - VITAL_HOURS, clock.now() + CLOCK_DRIFT)
    return max((pews.level for pews in recent), default=Level.NONE)


def level_before(measured_id: UUID) -> Level | None:
    """The level of the signs before those of `measured_id`, within the last hours; None when there are none."""
    act: MeasurementSet = unfiltered(MeasurementSet, why="how the child's signs were before").get(pk=measured_id)
    earlier = _scored_between(act.patient_id, act.taken_at - VITAL_HOURS, act.taken_at)
    return earlier[-1].level if earlier else None


def set_for(measured_id: UUID) -> tuple[Patient, Measured]:
    """One act of measuring with its rows, as the actor sees it."""
    found: MeasurementSet | None = MeasurementSet.objects.filter(pk=measured_id).select_related("patient").first()
    if found is None:
        raise NotVisible
    return found.patient, _with_rows(found.patient, [found])[0]


def measurement_for(measurement_id: UUID) -> Measurement:
    """One value that the actor sees, with its act and child."""
    rows = Measurement.objects.select_related("patient", "measured", "replaces")
    found: Measurement | None = rows.filter(pk=measurement_id).first()
    if found is None:
        raise NotVisible
    return found


def said_in_lists(rows: Iterable[Measurement]) -> dict[str, Any]:
    """What the journal keeps of an act of measuring, sealed: kind -> value in words."""
    return {row.kind: ["", row.words] for row in rows}
