"""A referral's rows as they begin: checked, filled, and made once for each key. Whoever calls has checked the right."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from consortium.casework.models import Case
from consortium.casework.operations.drafting import fill_case, new_case, wrong_fields
from consortium.casework.states import CaseKind, Priority, Symptom
from consortium.clinical.diagnoses import CODE
from consortium.journal.operations import record
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, database_rules
from consortium.kernel.once import once
from consortium.kernel.scoping import unfiltered
from consortium.patients.models import Patient
from referrals.models import Referral
from referrals.policies import may_refer
from referrals.states import Kind, Reason, Step

#: what a referral holds in text; all else is typed
TEXT_FIELDS = (
    "question", "situation", "background", "assessment", "recommendation", "working_diagnosis", "diagnosis_code",
    "whereabouts", "plan", "plan_medicines",
)  # fmt: skip
_SHORT = {"working_diagnosis": 200, "whereabouts": 200}
_FLAGS = ("consent_given", "may_be_redirected", "guardian_agreed")


def check(fields: Mapping[str, Any]) -> None:
    """InvalidInput that names what cannot be kept even in a draft."""
    wrong = wrong_fields(fields, TEXT_FIELDS)
    for name, most in _SHORT.items():
        if len(fields.get(name) or "") > most:
            wrong[name] = _("This is longer than %(most)d characters.") % {"most": most}
    if fields.get("reason") and fields["reason"] not in Reason.values:
        wrong["reason"] = _("Choose a reason.")
    code = _code(fields.get("diagnosis_code"))
    if code and not CODE.fullmatch(code):
        wrong["diagnosis_code"] = _("Write a code of ICD-10, such as J21.9.")
    if wrong:
        raise InvalidInput(wrong)


def _code(said: Any) -> str:
    return str(said or "").strip().upper()


def fill(referral: Referral, fields: Mapping[str, Any], patient: Patient) -> None:
    """Set what is named, and what follows from it: `fields` as in `drafting.save_draft`."""
    for name in TEXT_FIELDS:
        if name in fields:
            setattr(referral, name, (fields[name] or "").strip())
    referral.diagnosis_code = _code(referral.diagnosis_code)
    if "reason" in fields:
        referral.reason = fields["reason"] or ""
    for name in _FLAGS:
        if name in fields:
            setattr(referral, name, fields[name] if fields[name] is None else bool(fields[name]))
    if "needs_capabilities" in fields:
        referral.needs_capabilities = list(fields["needs_capabilities"])
    if "indication" in fields:
        _cite(referral, fields["indication"] or {})
    fill_case(referral.case, fields, patient, referral.question)
    mirror(referral)


def _cite(referral: Referral, said: Mapping[str, Any]) -> None:
    """The manual's indication, by its page, version and row; an empty one takes it away."""
    whole = said.get("pathway") and said.get("version") and said.get("id")
    referral.indication_pathway = said["pathway"] if whole else ""
    referral.indication_version = int(said["version"]) if whole else None
    referral.indication_id = said["id"] if whole else ""
    referral.indication_urgency = (said.get("urgency") or "")[:2] if whole else ""


def mirror(referral: Referral) -> None:
    """What the row repeats of its case: child, urgency, and the problem that it is for; and which way it goes, unless
    it goes back with a plan."""
    case = referral.case
    if case.service and referral.kind != Kind.BACK:
        higher = case.service.institution.tier > case.asking_institution.tier
        referral.kind = Kind.UP if higher else Kind.LATERAL
    referral.patient, referral.is_stat = case.patient, case.priority == Priority.STAT
    named = case.symptom if case.symptom != Symptom.OTHER else ""
    referral.problem = named or (case.service.specialty.code if case.service else "")


def begin_referral(
    *,
    actor: Actor,
    patient: Patient,
    institution_id: UUID,
    fields: Mapping[str, Any],
    kind: Kind = Kind.UP,
    asker_id: UUID | None = None,
    parent_id: UUID | None = None,
    again: bool = False,
    key: UUID | None = None,
) -> Referral:
    """A draft of `institution_id`, made once for each `key`.

    The caller has checked the right to it and has seen the child. `asker_id`: for whom it is written down, when that
    is not `actor`. `parent_id`: the case it comes out of, whose pathway it goes on. InvalidInput for what cannot be
    kept.
    """
    check(fields)

    def make() -> Case:
        case = new_case(actor, CaseKind.REFERRAL, patient, institution_id, key=key, asker_id=asker_id)
        recorder = _recorder(actor, asker_id, institution_id)
        referral = Referral(case=case, kind=kind, parent_id=parent_id, again=again, recorded_by_id=recorder)
        fill(referral, fields, patient)
        with database_rules():
            case.save(force_insert=True)
            referral.case = case
            referral.save(force_insert=True)
        record(
            actor=actor, verb="save", subject=case, patient_id=patient.pk, institution_id=institution_id,
            facts={"id": "R0", "to": Step.DRAFT, "kind": kind},
        )  # fmt: skip
        return case

    case, fresh = once(Case, actor=actor, key=key, make=make)
    made: Referral = case.referral if fresh else _made_before(case.pk)
    return made


def _recorder(actor: Actor, asker_id: UUID | None, institution_id: UUID) -> UUID | None:
    """Who writes it down for somebody else, or for a clinic where they do not refer themselves."""
    theirs = asker_id is None or (asker_id == actor.user_id and may_refer(actor, institution_id).allowed)
    return None if theirs else actor.user_id


def _made_before(case_id: UUID) -> Referral:
    rows = unfiltered(Referral, why="made with this key by the same person").select_related("case__service__specialty")
    found: Referral = rows.get(pk=case_id)
    return found
