"""Guardians, what they agreed to, and linking a child's record to another institution with their consent."""

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, WrongStep
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.kernel.versions import check_version
from consortium.patients.events import ConsentChanged, RecordLinked
from consortium.patients.models import READING_ROLES, Consent, Guardian, Patient
from consortium.patients.operations.pathways import end_sharing
from consortium.patients.operations.registry import add_record_number, locked_patient
from consortium.patients.operations.rules import told
from consortium.patients.policies import known_at, may_edit, may_register
from consortium.patients.queries.search import patient_with_identity
from consortium.patients.states import ConsentKind, ConsentStatus


@dataclass(frozen=True, slots=True)
class Person:
    """What is written down about a guardian."""

    name: str
    relation: str
    phone: str = ""
    language: str = ""


def _check(person: Person) -> None:
    if not person.name.strip():
        raise InvalidInput({"name": _("Give the guardian's name.")})


@transaction.atomic
def add_guardian(*, actor: Actor, patient_id: UUID, person: Person, key: UUID | None = None) -> tuple[Guardian, bool]:
    """Write down who speaks for the child: (guardian, whether it is new)."""
    patient = locked_patient(patient_id)
    require(may_edit(actor, patient))
    _check(person)
    key = key or uuid4()

    def make() -> Guardian:
        guardian = Guardian(patient=patient, **asdict(person), created_by_id=actor.author_id, request_key=key)
        guardian.save(force_insert=True)
        return guardian

    with told():
        guardian, fresh = once(Guardian, actor=actor, key=key, make=make)
    if fresh:
        changes = {name: ["", value] for name, value in asdict(person).items() if value}
        record(
            actor=actor, verb="add-guardian", subject=guardian, patient_id=patient.pk, changes=changes,
            facts={"relation": person.relation},
        )  # fmt: skip
    return guardian, fresh


@transaction.atomic
def edit_guardian(*, actor: Actor, guardian_id: UUID, person: Person, version: int | None) -> Guardian:
    """Change what is written down about a guardian; StaleVersion (409) when somebody else did since `version`."""
    guardian: Guardian | None = (
        Guardian.objects.select_for_update(of=("self",)).select_related("patient").filter(pk=guardian_id).first()
    )
    if guardian is None:
        raise NotVisible
    require(may_edit(actor, guardian.patient))
    check_version(guardian, version)
    _check(person)
    changes = {n: [getattr(guardian, n), v] for n, v in asdict(person).items() if getattr(guardian, n) != v}
    if not changes:
        return guardian
    for name, (_old, new) in changes.items():
        setattr(guardian, name, new)
    guardian.version += 1
    with told(), transaction.atomic():
        guardian.save()
    record(
        actor=actor, verb="edit-guardian", subject=guardian, patient_id=guardian.patient_id, changes=changes,
        facts={"version": guardian.version, "fields": sorted(changes)},
    )  # fmt: skip
    return guardian


@dataclass(frozen=True, slots=True)
class Decision:
    """What a guardian decided about one kind of consent. `how`: spoken, on paper, by link."""

    kind: str
    status: str
    guardian_id: UUID | None = None
    how: str = ""


@transaction.atomic
def record_consent(
    *, actor: Actor, patient_id: UUID, decision: Decision, key: UUID | None = None
) -> tuple[Consent, bool]:
    """Keep a guardian's decision; earlier ones stay. Only a consent that is given can be withdrawn.

    With the consent to share ends what rests on it, at once: see `end_sharing` and docs/decisions/0010.
    """
    patient = locked_patient(patient_id)
    require(may_edit(actor, patient))
    key = key or uuid4()
    if (made := Consent.objects.filter(created_by_id=actor.author_id, request_key=key).first()) is not None:
        return made, False
    _check_decision(patient, decision)
    if decision.kind == ConsentKind.SHARE and decision.status != ConsentStatus.ACTIVE:
        end_sharing(actor=actor, patient=patient)
    return _add_consent(actor, patient, decision, key), True


def _check_decision(patient: Patient, decision: Decision) -> None:
    wrong: dict[str, Any] = {}
    if decision.kind not in ConsentKind.values:
        wrong["kind"] = _("Choose one of the list.")
    if decision.status not in ConsentStatus.values:
        wrong["status"] = _("Choose one of the list.")
    if decision.guardian_id and not patient.guardians.filter(pk=decision.guardian_id).exists():
        wrong["guardian"] = _("This is not a guardian of this child.")
    if wrong:
        raise InvalidInput(wrong)
    last = patient.consents.filter(kind=decision.kind).order_by("-recorded_at", "-id").first()
    if decision.status == ConsentStatus.INACTIVE and (last is None or last.status != ConsentStatus.ACTIVE):
        raise WrongStep(_("There is no consent to withdraw."))


def _add_consent(actor: Actor, patient: Patient, decision: Decision, key: UUID) -> Consent:
    consent = Consent(
        patient=patient, kind=decision.kind, status=decision.status, guardian_id=decision.guardian_id,
        how=decision.how.strip(), recorded_at=clock.now(), recorded_by_id=actor.user_id,
        created_by_id=actor.author_id, request_key=key,
    )  # fmt: skip
    consent.save(force_insert=True)
    record(
        actor=actor, verb="consent", subject=consent, patient_id=patient.pk, text=consent.how,
        facts={"kind": consent.kind, "status": consent.status},
        event=ConsentChanged(patient.pk, consent.kind, consent.status),
    )  # fmt: skip
    return consent


@dataclass(frozen=True, slots=True)
class Link:
    """What the clinic knows of a child whose record another institution keeps."""

    institution_id: UUID
    identity_number: str
    record_number: str = ""
    how: str = ""


@transaction.atomic
def link_record(*, actor: Actor, link: Link, guardian: Person, key: UUID | None = None) -> Patient:
    """Join one's institution to a record found by its identity number, on the guardian's consent, which is kept.

    Idempotent: where the institution knows the child already, nothing is added but the consent. Raises NotVisible
    when no record has this number.
    """
    require(may_register(actor, link.institution_id))
    found = patient_with_identity(link.identity_number)
    if found is None:
        raise NotVisible
    patient = _unseen_patient(found)
    if not known_at(actor, patient.pk, *READING_ROLES):
        with told(), transaction.atomic():
            add_record_number(patient, link.institution_id, link.record_number)
        record(
            actor=actor, verb="link", subject=patient, patient_id=patient.pk, institution_id=link.institution_id,
            event=RecordLinked(patient.pk, link.institution_id),
        )  # fmt: skip
    giver = _guardian_named(actor, patient, guardian, key)
    given = Decision(ConsentKind.SHARE, ConsentStatus.ACTIVE, giver.pk, link.how)
    record_consent(actor=actor, patient_id=patient.pk, decision=given, key=key)
    return patient


def _unseen_patient(patient_id: UUID) -> Patient:
    """The row, locked, which the actor does not see yet."""
    rows = unfiltered(Patient, why="linking a record on the guardian's consent").select_for_update(of=("self",))
    patient: Patient = rows.get(pk=patient_id)
    return patient


def _guardian_named(actor: Actor, patient: Patient, person: Person, key: UUID | None) -> Guardian:
    """The guardian of that name and relation, written down now when they were not."""
    known = Guardian.objects.filter(patient=patient, name=person.name.strip(), relation=person.relation).first()
    return known or add_guardian(actor=actor, patient_id=patient.pk, person=person, key=key)[0]
