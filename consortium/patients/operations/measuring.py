"""Keeping what was measured, and taking back what was wrong. Nothing is ever overwritten."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium.clinical.growth import Body, Index, assess, lies
from consortium.clinical.units import KINDS, Quantity, Verdict, objection, verdict
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, WrongStep, database_rules
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.patients.events import VitalSignsRecorded
from consortium.patients.models import READING_ROLES, Measurement, MeasurementSet, Patient
from consortium.patients.operations.registry import locked_patient
from consortium.patients.policies import known_at, may_measure
from consortium.patients.queries.measuring import CLOCK_DRIFT, child_of, pews_of, said_in_lists
from consortium.patients.states import SIGNS, BodyPosition, MeasurementError, MeasurementKind

_INDEX_OF = {
    MeasurementKind.WEIGHT: Index.WEIGHT,
    MeasurementKind.LENGTH: Index.LENGTH,
    MeasurementKind.HEAD: Index.HEAD,
    MeasurementKind.MUAC: Index.MUAC,
}


class NotConfirmed(InvalidInput):
    """Unlikely values that somebody must look at again; `fields` names them, `tokens` confirms them."""

    code = "confirm"
    default = gettext_lazy("Some values are unusual. Look at them again, then confirm.")

    def __init__(self, fields: dict[str, Any], tokens: Sequence[str]) -> None:
        super().__init__(fields, self.default, code=self.code)
        self.detail["confirm"] = list(tokens)


@dataclass(frozen=True, slots=True)
class Entry:
    """One value as it was entered: a number with its unit, or the `code` of a sign."""

    kind: str
    value: Decimal | None = None
    unit: str = ""
    code: str = ""
    position: str = ""
    site: str = ""
    estimated: bool = False

    @property
    def quantity(self) -> Quantity:
        return Quantity(self.kind, self.value or Decimal(0), self.unit)

    @property
    def token(self) -> str:
        """What confirms exactly this value and no other."""
        return f"{self.kind}={self.value} {self.unit}"


def _wrong(entry: Entry) -> Any:
    """Why an entry cannot be kept whatever anybody confirms; "" when it can."""
    if entry.kind in SIGNS:
        return "" if entry.code in SIGNS[entry.kind] else _("Choose one of the list.")
    if entry.kind not in KINDS or entry.kind not in MeasurementKind.values:
        return _("This is not measured here.")
    if entry.value is None or not entry.value.is_finite():
        return _("Enter a number.")
    if entry.unit not in {unit.code for unit in KINDS[entry.kind].units}:
        return _("Choose a unit of the list.")
    return objection(entry.quantity) if verdict(entry.quantity) == Verdict.REFUSED else ""


def _check(entries: Sequence[Entry]) -> None:
    if not entries:
        raise InvalidInput({"entries": _("Enter at least one value.")})
    wrong = {entry.kind: words for entry in entries if (words := _wrong(entry))}
    keys = [(e.kind, e.code if e.kind == MeasurementKind.CONCERN else "") for e in entries]
    wrong |= {kind: _("Each is measured once at a time.") for kind, code in keys if keys.count((kind, code)) > 1}
    numbers = {e.kind: e.quantity.base for e in entries if e.value is not None and e.kind not in wrong}
    if "sbp" in numbers and numbers["sbp"] <= numbers.get("dbp", Decimal(-1)):
        wrong["dbp"] = _("The diastolic pressure is below the systolic one.")
    if wrong:
        raise InvalidInput(wrong)


def _unlikely(patient: Patient, taken_at: datetime, entries: Sequence[Entry]) -> dict[str, Any]:
    """Values outside what is plausible for a child, or for a child of this age by the WHO's limits."""
    numbers = [entry for entry in entries if entry.value is not None]
    found = {e.kind: objection(e.quantity) for e in numbers if verdict(e.quantity) == Verdict.CONFIRM}
    base = {entry.kind: entry.quantity.base for entry in numbers}
    body = Body(base.get("weight"), base.get("length"), head=base.get("head"), muac=base.get("muac"))
    scores = assess(child_of(patient), body, timezone.localdate(taken_at)).scores
    for kind, index in _INDEX_OF.items():
        score = scores.get(index)
        if score is not None and not score.believed:
            words = {"what": KINDS[kind].label, "z": score.z}
            found.setdefault(kind, _("%(what)s lies %(z)s standard deviations from this age. Please check it.") % words)
    return found


def _moment(patient: Patient, taken_at: datetime | None) -> datetime:
    """When it was measured: now unless told, not ahead of the clock and not before birth."""
    now = clock.now()
    if taken_at is None:
        return now
    if taken_at > now + CLOCK_DRIFT:
        raise InvalidInput({"taken_at": _("This time lies ahead.")})
    if timezone.localdate(taken_at) < patient.birth_date:
        raise InvalidInput({"taken_at": _("This is before the child was born.")})
    return min(taken_at, now)


def _row(measured: MeasurementSet, entry: Entry, patient: Patient, **more: Any) -> Measurement:
    is_length = entry.kind == MeasurementKind.LENGTH
    usual = BodyPosition.LYING if lies(child_of(patient).age_days(_day(measured))) else BodyPosition.STANDING
    is_number = entry.value is not None
    return Measurement(
        measured=measured, patient=patient, kind=entry.kind, taken_at=measured.taken_at, value=entry.value,
        unit=entry.unit if is_number else "", base=entry.quantity.base if is_number else None,
        code="" if is_number else entry.code, position=(entry.position or usual) if is_length else "",
        site=entry.site if entry.kind == MeasurementKind.TEMPERATURE else "", estimated=entry.estimated, **more,
    )  # fmt: skip


def _day(measured: MeasurementSet) -> Any:
    return timezone.localdate(measured.taken_at)


def _confirmed(patient: Patient, taken_at: datetime, entries: Sequence[Entry], tokens: Collection[str]) -> set[str]:
    """The kinds whose unlikely values were confirmed; raises NotConfirmed for those that were not."""
    doubts = _unlikely(patient, taken_at, entries)
    doubted = {entry.token: entry.kind for entry in entries if entry.kind in doubts}
    if open_ones := [kind for token, kind in doubted.items() if token not in tokens]:
        raise NotConfirmed({kind: doubts[kind] for kind in open_ones}, sorted(doubted))
    return set(doubts)


@transaction.atomic
def record_measurements(
    *,
    actor: Actor,
    patient_id: UUID,
    entries: Sequence[Entry],
    taken_at: datetime | None = None,
    confirmed: Collection[str] = (),
    key: UUID | None = None,
) -> tuple[MeasurementSet, bool]:
    """Keep what was measured at one time: (the act of measuring, whether it is new); the same `key` twice is one.

    Raises InvalidInput for impossible values, NotConfirmed (422, code "confirm") for unlikely ones whose tokens are not
    in `confirmed`. Vital signs publish their PEWS level within the transaction.
    """
    patient = locked_patient(patient_id)
    require(may_measure(actor, patient))
    _check(entries)
    at = _moment(patient, taken_at)
    sure = _confirmed(patient, at, entries, confirmed)
    key = key or uuid4()

    def make() -> MeasurementSet:
        place = next(iter([*known_at(actor, patient.pk, *READING_ROLES), *sorted(actor.institution_ids())]), None)
        measured = MeasurementSet(
            patient=patient, institution_id=place, taken_at=at, recorded_at=clock.now(),
            created_by_id=actor.author_id, request_key=key,
        )  # fmt: skip
        measured.save(force_insert=True)
        _insert(_row(measured, entry, patient, confirmed=entry.kind in sure) for entry in entries)
        return measured

    with database_rules():
        measured, fresh = once(MeasurementSet, actor=actor, key=key, make=make)
    if fresh:
        _tell(actor, measured, "measure")
    return measured, fresh


def _insert(rows: Iterable[Measurement]) -> None:
    Measurement.objects.bulk_create(list(rows))


def _tell(actor: Actor, measured: MeasurementSet, verb: str, **facts: Any) -> None:
    """The journal entry, and the event when there are vital signs."""
    rows = list(Measurement.objects.valid().filter(measured=measured))
    pews = pews_of(measured.patient, measured.taken_at, rows)
    event = VitalSignsRecorded(measured.pk, measured.patient_id, int(pews.level)) if pews else None
    record(
        actor=actor, verb=verb, subject=measured.patient, patient_id=measured.patient_id,
        institution_id=measured.institution_id, changes=said_in_lists(rows), event=event,
        facts={"kinds": sorted({row.kind for row in rows}), **({"pews": int(pews.level)} if pews else {}), **facts},
    )  # fmt: skip


@transaction.atomic
def correct_measurement(
    *,
    actor: Actor,
    measurement_id: UUID,
    reason: str,
    replacement: Entry | None = None,
    confirmed: Collection[str] = (),
) -> Measurement:
    """Mark a value as entered in error, and put `replacement` (of the same kind and time) beside it when there is one.

    Done already with the same outcome: nothing happens. Raises WrongStep when it was corrected otherwise meanwhile.
    """
    row = _locked(measurement_id)
    require(may_measure(actor, row.patient))
    _check_correction(row, reason, replacement)
    if row.entered_in_error_at is not None:
        return _corrected_already(row, replacement)
    row.entered_in_error_at, row.entered_in_error_by_id = clock.now(), actor.author_id
    row.error_reason = reason
    row.save(update_fields=["entered_in_error_at", "entered_in_error_by", "error_reason"])
    if replacement is not None:
        sure = _confirmed(row.patient, row.taken_at, [replacement], confirmed)
        with database_rules():
            _row(row.measured, replacement, row.patient, replaces=row, confirmed=bool(sure)).save(force_insert=True)
    _tell(actor, row.measured, "correct-measurement", corrected=row.kind, reason=reason)
    return row


def _locked(measurement_id: UUID) -> Measurement:
    rows = Measurement.objects.select_related("patient", "measured__patient").select_for_update(of=("self",))
    row: Measurement | None = rows.filter(pk=measurement_id).first()
    if row is None:
        raise NotVisible
    return row


def _check_correction(row: Measurement, reason: str, replacement: Entry | None) -> None:
    if reason not in MeasurementError.values:
        raise InvalidInput({"reason": _("Say why the value is taken back.")})
    if replacement is not None:
        if replacement.kind != row.kind:
            raise InvalidInput({"kind": _("A value is replaced by one of its kind.")})
        _check([replacement])


def _corrected_already(row: Measurement, replacement: Entry | None) -> Measurement:
    other: Measurement | None = Measurement.objects.filter(replaces=row).first()
    same = (other is None) == (replacement is None) and (
        other is None or replacement is None or (other.value, other.unit, other.code) == _said(replacement)
    )
    if not same:
        raise WrongStep(_("This value was corrected already."))
    return row


def _said(entry: Entry) -> tuple[Decimal | None, str, str]:
    return (entry.value, entry.unit, "") if entry.value is not None else (None, "", entry.code)
