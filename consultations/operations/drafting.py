"""From an empty form to a question sent (C1, C2)."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.models import Case, Service
from consortium.casework.operations import start_clock
from consortium.casework.queries.intake import named, refusal
from consortium.casework.queries.urgency import urgency_of_signs
from consortium.casework.states import Ball, CaseKind, Datum, Leg, Priority, Symptom
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.patients.models import Patient
from consortium.patients.operations import (
    Decision,
    Entry,
    join_pathway,
    open_pathway,
    record_consent,
    record_measurements,
)
from consortium.patients.policies import may_measure
from consortium.patients.queries.measuring import latest_values
from consortium.patients.queries.record import has_consent
from consortium.patients.states import ConsentKind, ConsentStatus
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
#: Hard limits of a child's weight in grams; outside them it is a slip of the pen.
WEIGHT_GRAMS = range(300, 200_001)
TEXT_LENGTH = 10_000
TOLD_LENGTH = 500


def _seen_patient(patient_id: Any) -> Patient:
    patient: Patient | None = Patient.objects.current().filter(pk=patient_id).first()
    if patient is None:
        raise NotVisible()
    return patient


def _asking_institution(actor: Actor, wanted: UUID | None) -> UUID:
    require(may_ask(actor, wanted))
    return wanted or min(actor.institution_ids(Role.ASKER))


def _headline(question: str, patient: Patient) -> str:
    """The question's first line for lists, without the child's name."""
    line = next((part.strip() for part in question.splitlines() if part.strip()), "")
    for name in filter(None, (patient.name, patient.baby_of)):
        line = line.replace(name, "…")
    return line[:197] + "…" if len(line) > 198 else line


def _check(fields: dict[str, Any]) -> None:
    wrong: dict[str, Any] = {}
    weight = fields.get("weight_grams")
    if weight is not None and weight not in WEIGHT_GRAMS:
        wrong["weight_grams"] = _("A child weighs between 0.3 and 200 kg.")
    if fields.get("priority") not in (None, *Priority.values):
        wrong["priority"] = _("Choose stat, urgent or routine.")
    for name in TEXT_FIELDS:
        if len(fields.get(name) or "") > TEXT_LENGTH:
            wrong[name] = _("This is longer than %(most)d characters.") % {"most": TEXT_LENGTH}
    if fields.get("symptom") and fields["symptom"] not in Symptom.values:
        wrong["symptom"] = _("Choose a symptom of the list.")
    told = fields.get("told") or {}
    if set(told) - set(Datum.values) or any(len(text) > TOLD_LENGTH for text in told.values()):
        wrong["told"] = _("Each is told in at most %(most)d characters.") % {"most": TOLD_LENGTH}
    if fields.get("service_id") and not Service.objects.filter(pk=fields["service_id"], is_open=True).exists():
        wrong["service_id"] = _("This service takes no questions now. Choose another.")
    if wrong:
        raise InvalidInput(wrong)


def _fill(consultation: Consultation, fields: dict[str, Any], patient: Patient) -> None:
    case: Case = consultation.case
    for name in ("service_id", "priority", "weight_grams"):
        if name in fields:
            setattr(case, name, fields[name] or (Priority.ROUTINE if name == "priority" else None))
    _fill_symptom(consultation, fields)
    for name in TEXT_FIELDS:
        if name in fields:
            setattr(consultation, name, (fields[name] or "").strip())
    for name in ("consent_given", "may_be_converted", "data_unavailable"):
        setattr(consultation, name, bool(fields.get(name, getattr(consultation, name))))
    case.patient, case.sex = patient, patient.sex
    case.age_days = max(0, (clock.today() - patient.birth_date).days)
    case.headline = _headline(consultation.question, patient)


def _fill_symptom(consultation: Consultation, fields: dict[str, Any]) -> None:
    """The symptom, and what is told of it: what is not named stays, what is emptied goes."""
    if "symptom" in fields:
        consultation.case.symptom = fields["symptom"] or ""
    told = {**consultation.told, **{code: text.strip() for code, text in (fields.get("told") or {}).items()}}
    consultation.told = {code: text for code, text in told.items() if text}


def _new_case(actor: Actor, patient: Patient, institution_id: UUID, key: UUID | None) -> Case:
    now = clock.now()
    return Case(
        kind=CaseKind.CONSULTATION, patient=patient, asker_id=actor.user_id, created_by_id=actor.user_id,
        asking_institution_id=institution_id, ball=Ball.ASKER, ball_user_id=actor.user_id, created_at=now, due_at=now,
        **({"request_key": key} if key else {}),
    )  # fmt: skip


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
    patient = _seen_patient(fields.get("patient_id"))
    institution_id = _asking_institution(actor, fields.get("institution_id"))

    def make() -> Case:
        case = _new_case(actor, patient, institution_id, key)
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
    patient = _seen_patient(fields.get("patient_id") or move.case.patient_id)
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
def submit(*, actor: Actor, case_id: UUID, version: int | None = None) -> Consultation:
    """Send the question (C2): the allocation clock starts. Sent already by the same clinic: the same consultation."""
    hold_patient(case_id)
    consultation = locked(case_id)
    if consultation.step != Step.DRAFT and consultation.case.asker_id == actor.user_id:
        return consultation
    move = take(actor, consultation, "submit", version)
    move.case.priority = min(move.case.priority, urgency_of_signs(move.case.patient_id))
    if missing := _missing(consultation):
        raise InvalidInput(missing, message=_("Some things are still missing."))
    _send(move)
    _keep_weight(move)
    move.also.append(shortfall(consultation))
    service = move.case.service_id
    return finish(
        move,
        ConsultationSubmitted(move.case.pk, service, move.case.priority),  # type: ignore[arg-type]
        facts={"priority": Priority(move.case.priority).code},
        text=consultation.question,
    )


def _keep_consent(move: Move) -> None:
    """The tick is the guardian's consent: it stands in the child's record, where it can be withdrawn."""
    patient_id = move.case.patient_id
    if move.consultation.consent_given and not has_consent(patient_id, ConsentKind.SHARE):
        given = Decision(ConsentKind.SHARE, ConsentStatus.ACTIVE, how="spoken")
        record_consent(actor=move.actor, patient_id=patient_id, decision=given)


def _keep_weight(move: Move) -> None:
    """The weight of a question is a measurement of the child, unless it was taken from one."""
    patient, grams = _seen_patient(move.case.patient_id), move.case.weight_grams
    if grams is None or not may_measure(move.actor, patient):
        return
    entry, known = Entry("weight", Decimal(grams) / 1000, "kg"), latest_values(patient).get("weight")
    if known is None or not known.is_current or known.value != entry.value:
        record_measurements(actor=move.actor, patient_id=patient.pk, entries=[entry], confirmed=[entry.token])


def _send(move: Move) -> None:
    case = move.case
    if case.pathway_id is None:
        case.pathway = open_pathway(
            actor=move.actor, patient_id=case.patient_id, institution_id=case.asking_institution_id
        )
    else:
        join_pathway(actor=move.actor, pathway_id=case.pathway_id, institution_id=case.asking_institution_id)
    _keep_consent(move)
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
