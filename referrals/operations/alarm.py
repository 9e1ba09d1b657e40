"""The green channel: one act, and whoever is on duty at the children's hospital is called.

Child, problem, and the age that the record knows are enough. The problem is one tap: what else there is to say follows
while the telephone rings.
"""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.operations.drafting import WEIGHT_GRAMS, seen_patient
from consortium.casework.states import Priority, Symptom
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.patients.models import Patient
from consortium.patients.operations import Details, register_for_caller
from consortium.patients.queries.measuring import latest_values
from consortium.people.models import Institution
from referrals.models import Referral
from referrals.operations.sending import send_now
from referrals.policies import may_record_for, may_refer
from referrals.queries.alarming import alarm_services
from referrals.queries.concerned import callers_at
from referrals.states import AlarmProblem, Reason

#: what a tile of the alarm means in casework's symptoms, which choose the medicines of the checklist
_SYMPTOMS: dict[str, str] = {
    AlarmProblem.BREATHING: Symptom.COUGH,
    AlarmProblem.SEIZURE: Symptom.CONVULSION,
    AlarmProblem.NEWBORN: Symptom.UNWELL_INFANT,
}


@transaction.atomic
def raise_alarm(
    *,
    actor: Actor,
    patient_id: UUID,
    institution_id: UUID,
    problem: str,
    words: str = "",
    weight_grams: int | None = None,
    service_id: UUID | None = None,
    key: UUID | None = None,
) -> Referral:
    """A stat referral, sent: the duty officers are paged in this transaction. The same `key` twice is one alarm.

    `problem`: of AlarmProblem; `words`: what else is known of it, needed only where the problem is another one.
    `weight_grams`: the record's newest current weight unless given. `service_id`: the children's hospital's emergency
    service with somebody on duty unless given. Raises InvalidInput, NotPermitted, NotVisible, AlreadyReferred.
    """
    require(may_refer(actor, institution_id))
    patient = seen_patient(patient_id)
    fields = _fields(patient, _institution(institution_id), problem, words, weight_grams, service_id)
    return send_now(
        actor=actor, patient=patient, institution_id=institution_id, fields=fields, by_alarm=True, key=key
    )  # fmt: skip


@transaction.atomic
def record_alarm_call(
    *,
    actor: Actor,
    institution_id: UUID,
    asker_id: UUID,
    problem: str,
    record_number: str = "",
    birth_date: Any = None,
    new_child: Details | None = None,
    words: str = "",
    weight_grams: int | None = None,
    service_id: UUID | None = None,
    key: UUID | None = None,
) -> Referral:
    """A coordinator writes an alarm down for a clinic that calls by telephone: `asker_id` of `institution_id` asks (see
    `callers_at`; the coordinator themself, for a caller who has no account), the coordinator is `recorded_by`.

    The child is found by the clinic's record number together with the birth date (`date`), or, where the clinic has
    none, registered there as `new_child`; either way it stays hidden from who writes. Raises as `raise_alarm`.
    """
    require(may_record_for(actor))
    institution = _institution(institution_id)
    if asker_id != actor.user_id and asker_id not in callers_at(institution_id):
        raise InvalidInput({"asker_id": _("Choose somebody of the clinic that calls.")})
    if new_child is not None:
        patient = register_for_caller(actor=actor, institution_id=institution_id, details=new_child, key=key)
    else:
        patient = _called_about(institution_id, record_number.strip(), birth_date)
    own = [] if service_id else alarm_services(institution, age_in_days(patient), at=actor.institution_ids())
    chosen = service_id or (own[0].pk if own else None)
    fields = _fields(patient, institution, problem, words, weight_grams, chosen)
    return send_now(
        actor=actor, patient=patient, institution_id=institution_id, fields=fields, asker_id=asker_id, by_alarm=True,
        key=key,
    )  # fmt: skip


def _institution(institution_id: UUID) -> Institution:
    found: Institution | None = Institution.objects.filter(pk=institution_id, closed_at=None).first()
    if found is None:
        raise NotVisible
    return found


def _called_about(institution_id: UUID, number: str, birth_date: Any) -> Patient:
    """One answer whatever is wrong, so that numbers cannot be tried."""
    rows = unfiltered(Patient, why="a clinic calls about its own child").filter(merged_into=None)
    known = rows.filter(record_numbers__institution_id=institution_id, record_numbers__number=number)
    found: Patient | None = known.filter(birth_date=birth_date).first() if number else None
    if found is None:
        raise InvalidInput({"record_number": _("The clinic has no child with this record number and birth date.")})
    return found


def age_in_days(patient: Patient) -> int:
    return max(0, (clock.today() - patient.birth_date).days)


def _fields(
    patient: Patient, institution: Institution, problem: str, words: str, grams: int | None, service_id: UUID | None
) -> dict[str, Any]:
    if problem not in AlarmProblem.values:
        raise InvalidInput({"problem": _("Choose the problem.")})
    said = words.strip()
    if problem == AlarmProblem.OTHER and not said:
        raise InvalidInput({"words": _("Say in a word what the problem is.")})
    if service_id is None:
        services = alarm_services(institution, age_in_days(patient))
        if not services:
            raise InvalidInput({"service_id": _("No children's hospital takes alarms now: call the emergency number.")})
        service_id = services[0].pk
    label = str(AlarmProblem(problem).label)
    return {
        "service_id": service_id, "priority": Priority.STAT, "reason": Reason.DANGER, "weight_grams":
        grams or _known_weight(patient), "symptom": _SYMPTOMS.get(problem, Symptom.OTHER),
        "question": said if problem == AlarmProblem.OTHER else f"{label}. {said}".strip(),
    }  # fmt: skip


def _known_weight(patient: Patient) -> int | None:
    """The record's newest weight in grams, while it may be taken as the present one."""
    latest = latest_values(patient).get("weight")
    if latest is None or not latest.is_current or latest.value is None:
        return None
    grams = int(latest.value * 1000)
    return grams if grams in WEIGHT_GRAMS else None
