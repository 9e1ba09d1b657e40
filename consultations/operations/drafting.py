"""From an empty form to a question sent (C1, C2)."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.models import Case
from consortium.casework.operations import start_clock
from consortium.casework.operations.drafting import (
    fill_case,
    keep_consent,
    keep_weight,
    new_case,
    seen_patient,
    wrong_fields,
)
from consortium.casework.queries.intake import named, refusal
from consortium.casework.queries.urgency import urgency_of_signs
from consortium.casework.states import CaseKind, Datum, Leg, Priority
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.patients.models import Patient
from consortium.patients.operations import join_pathway, open_pathway
from consortium.people.states import Role
from consultations.events import ConsultationSubmitted
from consultations.models import Consultation
from consultations.operations.citing import checked_use, keep_use, shortfall, use_kept
from consultations.operations.moving import Move, begin, close, finish, hold_patient, locked, take
from consultations.policies import may_ask
from consultations.queries import queue_turn
from consultations.queries.intake import missing_words
from consultations.states import ErrorReason, Step

#: What a draft holds in text; the rest (`service_id`, `priority`, `weight_grams`, `consent_given` ...) is typed.
TEXT_FIELDS = (
    "question",
    "situation",
    "background",
    "assessment",
    "recommendation",
    "working_diagnosis",
)
TOLD_LENGTH = 500


def _asking_institution(actor: Actor, wanted: UUID | None) -> UUID:
    require(may_ask(actor, wanted))
    return wanted or min(actor.institution_ids(Role.ASKER))


def _check(fields: dict[str, Any]) -> None:
    wrong = wrong_fields(fields, TEXT_FIELDS)
    told = fields.get("told") or {}
    if set(told) - set(Datum.values) or any(len(text) > TOLD_LENGTH for text in told.values()):
        wrong["told"] = _("Each is told in at most %(most)d characters.") % {"most": TOLD_LENGTH}
    if wrong:
        raise InvalidInput(wrong)


def _fill(consultation: Consultation, fields: dict[str, Any], patient: Patient) -> None:
    for name in TEXT_FIELDS:
        if name in fields:
            setattr(consultation, name, (fields[name] or "").strip())
    for name in ("consent_given", "may_be_converted", "data_unavailable"):
        setattr(consultation, name, bool(fields.get(name, getattr(consultation, name))))
    _fill_told(consultation, fields)
    fill_case(consultation.case, fields, patient, consultation.question)


def _fill_told(consultation: Consultation, fields: dict[str, Any]) -> None:
    """What is told of the symptom: what is not named stays, what is emptied goes."""
    told = {**consultation.told, **{code: text.strip() for code, text in (fields.get("told") or {}).items()}}
    consultation.told = {code: text for code, text in told.items() if text}


@transaction.atomic
def save_draft(
    *,
    actor: Actor,
    fields: dict[str, Any],
    case_id: UUID | None = None,
    key: UUID | None = None,
    version: int | None = None,
) -> Consultation:
    """Keep what has been typed so far; the first time (no `case_id`) makes the draft, once per `key`.

    `fields`: `patient_id` (needed the first time), `institution_id`, `service_id`, `priority` (1-3), `weight_grams`,
    `symptom`, `told` (code of Datum -> text), `data_unavailable`, `consent_given`, `may_be_converted`, `manual` (see
    `citing.checked_use`) and the texts of TEXT_FIELDS, any of them.
    Raises InvalidInput, NotVisible, StaleVersion.
    """
    _check(fields)
    if "manual" in fields:
        fields = {**fields, "manual": checked_use(fields["manual"])}
    if case_id is not None:
        return _save_again(actor, fields, case_id, version)
    patient = seen_patient(fields.get("patient_id"))
    institution_id = _asking_institution(actor, fields.get("institution_id"))

    def make() -> Case:
        case = new_case(actor, CaseKind.CONSULTATION, patient, institution_id, key=key)
        consultation = Consultation(case=case)
        _fill(consultation, fields, patient)
        case.save(force_insert=True)
        consultation.case = case
        consultation.save(force_insert=True)
        _keep_manual(consultation, fields)
        record(
            actor=actor, verb="save", subject=case, patient_id=patient.pk, institution_id=institution_id,
            facts={"id": "C1", "to": Step.DRAFT},
        )  # fmt: skip
        return case

    case, _fresh = once(Case, actor=actor, key=key, make=make)
    return locked(case.pk)


def _save_again(actor: Actor, fields: dict[str, Any], case_id: UUID, version: int | None) -> Consultation:
    """A later save. Autosaves every few seconds, so it leaves no journal entry: only the author sees a draft."""
    move = begin(actor, case_id, "save", version)
    patient = seen_patient(fields.get("patient_id") or move.case.patient_id)
    _fill(move.consultation, fields, patient)
    move.case.version += 1
    move.case.save()
    move.consultation.save()
    _keep_manual(move.consultation, fields)
    return move.consultation


def _keep_manual(consultation: Consultation, fields: dict[str, Any]) -> None:
    if "manual" in fields:
        keep_use(consultation.pk, fields["manual"])


def _missing(consultation: Consultation) -> dict[str, Any]:
    """What still lacks. Stat needs only the child, the age or weight, and the problem; the rest is chased later."""
    case: Case = consultation.case
    missing: dict[str, Any] = {}
    if case.service is None:
        missing["service_id"] = _("Choose whom to ask.")
    elif why := named(*refusal(case.service, case.age_days, case.priority)):
        missing["service_id"] = why
    if not consultation.question:
        missing["question"] = _("Write your question: what do you need to know?")
    if case.priority != Priority.STAT:
        if case.weight_grams is None:
            missing["weight_grams"] = _("Enter the child's weight.")
        if not consultation.consent_given:
            missing["consent_given"] = _("Ask the guardian whether the record may be shared, and tick the box.")
        lacks = [] if consultation.data_unavailable else missing_words(consultation)
        if lacks:
            missing["data_unavailable"] = _(
                "Needed to answer this: %(what)s. Tell or measure it, or say that it cannot be had."
            ) % {"what": "; ".join(lacks)}
        use = use_kept(case.pk)
        if use is not None and use.node and not use.why:
            missing["manual_why"] = _("Choose why the manual did not suffice.")
    return missing


@transaction.atomic
def submit(*, actor: Actor, case_id: UUID, version: int | None = None, weight_sure: bool = False) -> Consultation:
    """Send the question (C2): the allocation clock starts. Sent already by the same clinic: the same consultation.

    `weight_sure`: an unusual weight has been looked at again.
    """
    hold_patient(case_id)
    consultation = locked(case_id)
    if consultation.step != Step.DRAFT and consultation.case.asker_id == actor.user_id:
        return consultation
    move = take(actor, consultation, "submit", version)
    move.case.priority = min(move.case.priority, urgency_of_signs(move.case.patient_id))
    if missing := _missing(consultation):
        raise InvalidInput(missing, message=_("Some things are still missing."))
    _send(move)
    keep_weight(move.actor, move.case, sure=weight_sure)
    move.also.append(shortfall(consultation))
    service = move.case.service_id
    return finish(
        move,
        ConsultationSubmitted(move.case.pk, service, move.case.priority),  # type: ignore[arg-type]
        facts={"priority": Priority(move.case.priority).code},
        text=consultation.question,
    )


def _send(move: Move) -> None:
    case = move.case
    if case.pathway_id is None:
        case.pathway = open_pathway(
            actor=move.actor, patient_id=case.patient_id, institution_id=case.asking_institution_id
        )
    else:
        join_pathway(actor=move.actor, pathway_id=case.pathway_id, institution_id=case.asking_institution_id)
    if move.consultation.consent_given:
        keep_consent(move.actor, case.patient_id)
    case.submitted_at = clock.now()
    case.save(update_fields=["pathway", "submitted_at", "service"])
    start_clock(case, Leg.ALLOCATION)
    turn = queue_turn()
    move.give_to(turn.party, turn.user_id)


@transaction.atomic
def discard(*, actor: Actor, case_id: UUID) -> Consultation:
    """Throw a draft away; it is kept as entered in error, and nobody but its author ever saw it."""
    move = begin(actor, case_id, "discard")
    move.consultation.error_reason = ErrorReason.OTHER
    move.case.entered_in_error_at = clock.now()
    close(move)
    return finish(move)
