"""What every case shares while it is written and as it is sent, whatever its kind: the child, its weight, the urgency,
the line for lists, and the guardian's consent."""

import contextlib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from consortium.casework.models import Case, Service
from consortium.casework.states import Ball, Priority, Symptom
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.patients.models import Patient
from consortium.patients.operations import Decision, Entry, NotConfirmed, record_consent, record_measurements
from consortium.patients.policies import may_measure
from consortium.patients.queries.measuring import latest_values
from consortium.patients.queries.record import has_consent
from consortium.patients.states import ConsentKind, ConsentStatus

#: Hard limits of a child's weight in grams; outside them it is a slip of the pen.
WEIGHT_GRAMS = range(300, 200_001)
TEXT_LENGTH = 10_000


def seen_patient(patient_id: Any) -> Patient:
    """The child as it stands now; NotVisible when the actor may not know it."""
    patient: Patient | None = Patient.objects.current().filter(pk=patient_id).first()
    if patient is None:
        raise NotVisible()
    return patient


def headline_of(text: str, patient: Patient) -> str:
    """A text's first line for lists, without the child's name."""
    line = next((part.strip() for part in text.splitlines() if part.strip()), "")
    for name in filter(None, (patient.name, patient.baby_of)):
        line = line.replace(name, "…")
    return line[:197] + "…" if len(line) > 198 else line


def wrong_fields(fields: Mapping[str, Any], texts: Iterable[str]) -> dict[str, Any]:
    """What cannot be kept of a draft's `weight_grams`, `priority`, `symptom`, `service_id` and `texts`, by field."""
    wrong: dict[str, Any] = {}
    weight = fields.get("weight_grams")
    if weight is not None and weight not in WEIGHT_GRAMS:
        wrong["weight_grams"] = _("A child weighs between 0.3 and 200 kg.")
    if fields.get("priority") not in (None, *Priority.values):
        wrong["priority"] = _("Choose stat, urgent or routine.")
    for name in texts:
        if len(fields.get(name) or "") > TEXT_LENGTH:
            wrong[name] = _("This is longer than %(most)d characters.") % {"most": TEXT_LENGTH}
    if fields.get("symptom") and fields["symptom"] not in Symptom.values:
        wrong["symptom"] = _("Choose a symptom of the list.")
    if fields.get("service_id") and not Service.objects.filter(pk=fields["service_id"], is_open=True).exists():
        wrong["service_id"] = _("This service takes no questions now. Choose another.")
    return wrong


def new_case(
    actor: Actor, kind: str, patient: Patient, institution_id: UUID, *, key: UUID | None, asker_id: UUID | None = None
) -> Case:
    """The header of a draft, not yet saved: its asker (`actor` unless told) has the ball."""
    now, asker = clock.now(), asker_id or actor.user_id
    return Case(
        kind=kind, patient=patient, asker_id=asker, created_by_id=actor.user_id, asking_institution_id=institution_id,
        ball=Ball.ASKER, ball_user_id=asker, created_at=now, due_at=now, **({"request_key": key} if key else {}),
    )  # fmt: skip


def fill_case(case: Case, fields: Mapping[str, Any], patient: Patient, text: str) -> None:
    """Set what is named of service, urgency, weight and symptom, and what follows from the child and from `text`."""
    for name in ("service_id", "priority", "weight_grams"):
        if name in fields:
            setattr(case, name, fields[name] or (Priority.ROUTINE if name == "priority" else None))
    if "symptom" in fields:
        case.symptom = fields["symptom"] or ""
    case.patient, case.sex = patient, patient.sex
    case.age_days = max(0, (clock.today() - patient.birth_date).days)
    case.headline = headline_of(text, patient)


def keep_consent(actor: Actor, patient_id: UUID) -> None:
    """The tick is the guardian's consent: it stands in the child's record, where it can be withdrawn."""
    if has_consent(patient_id, ConsentKind.SHARE):
        return
    given = Decision(ConsentKind.SHARE, ConsentStatus.ACTIVE, how="spoken")
    record_consent(actor=actor, patient_id=patient_id, decision=given)


def keep_weight(actor: Actor, case: Case, *, sure: bool = False) -> None:
    """The weight of a case is a measurement of the child, unless it was taken from one.

    An unlikely one is kept only when somebody has looked at it again (`sure`): a slip of the point, which stat lets
    pass, must never stand in the record as confirmed, for doses are reckoned by what is. It stays with the case.
    """
    patient, grams = seen_patient(case.patient_id), case.weight_grams
    if grams is None or not may_measure(actor, patient):
        return
    entry, known = Entry("weight", Decimal(grams) / 1000, "kg"), latest_values(patient).get("weight")
    if known is None or not known.is_current or known.value != entry.value:
        with contextlib.suppress(NotConfirmed):
            confirmed = [entry.token] if sure else []
            record_measurements(actor=actor, patient_id=patient.pk, entries=[entry], confirmed=confirmed)
