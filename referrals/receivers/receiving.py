"""A question becomes a referral (C12): it is made and sent in the transaction that closes the question."""

from typing import Any
from uuid import UUID

from consortium.casework.models import Case
from consortium.casework.operations.drafting import TEXT_LENGTH, seen_patient
from consortium.casework.states import datum_label
from consortium.clinical.diagnoses import read
from consortium.journal.models import Entry
from consortium.kernel.actors import Actor, acting_as
from consortium.kernel.events import receives
from consortium.kernel.scoping import unfiltered
from consortium.patients.models import Patient
from consortium.patients.queries.measuring import latest_values
from consortium.people.queries import actor_by_id
from consultations.events import ConsultationConverted
from referrals.operations.sending import send_now
from referrals.policies import may_refer

#: what was said with the question, under the same names
_SAID = ("background", "assessment", "recommendation", "consent_given")


@receives(ConsultationConverted, duty=True)
def refer_from_question(entry_id: int, event: ConsultationConverted) -> None:
    """By whoever sent the child on, and as they would have done it themselves: what stands in the way of the referral
    stands in the way of the act. Thread, files and answers stay with the question, its parent."""
    case = _question(event.consultation_id)
    actor = _who_did_it(entry_id)
    with acting_as(actor):
        patient = seen_patient(case.patient_id)
        send_now(
            actor=actor,
            patient=patient,
            institution_id=case.asking_institution_id,
            fields=_told(case, patient, event),
            asker_id=_asker(actor, case),
            parent_id=case.pk,
            key=case.pk,
        )


def _question(case_id: UUID) -> Case:
    rows = unfiltered(Case, why="a question becomes a referral").select_related("consultation")
    found: Case = rows.get(pk=case_id)
    return found


def _who_did_it(entry_id: int) -> Actor:
    rows = unfiltered(Entry, why="who sends the child on")
    return actor_by_id(rows.values_list("actor_id", flat=True).get(pk=entry_id))


def _asker(actor: Actor, case: Case) -> UUID:
    """A doctor of the asking clinic refers themselves; a specialist whom the asker let do it does it for the asker."""
    return actor.user_id if may_refer(actor, case.asking_institution_id) else case.asker_id


def _told(case: Case, patient: Patient, event: ConsultationConverted) -> dict[str, Any]:
    """The question's words, and what its sending on adds; the codes of the reasons are the same."""
    asked: Any = case.consultation
    code, diagnosis = read(asked.working_diagnosis)
    return {
        **{name: getattr(asked, name) for name in _SAID},
        "situation": _situation(asked),
        "working_diagnosis": diagnosis,
        "diagnosis_code": code,
        "question": asked.refer_question,
        "reason": event.reason,
        "priority": event.priority,
        "service_id": event.service_id or case.service_id,
        "symptom": case.symptom,
        "weight_grams": _weight(case, patient),
    }


def _situation(asked: Any) -> str:
    """What is happening, and what was told of what the symptom needs, each with its name."""
    told = [f"{datum_label(code)}: {text}" for code, text in asked.told.items()]
    return "\n".join(filter(None, [asked.situation, *told]))[:TEXT_LENGTH]


def _weight(case: Case, patient: Patient) -> int | None:
    """The child may have been weighed again since."""
    known = latest_values(patient).get("weight")
    fresh = known.value if known and known.is_current else None
    return int(fresh * 1000) if fresh else case.weight_grams
