"""Patient, RelatedPerson, Consent, EpisodeOfCare: a child's record, for those who may know the child.

The identity number is never exported: other systems know the child by the record number of its institution.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q

from consortium.interop.fhir.rows import changed_at
from consortium.interop.r4.blocks import (
    OUR_IDS,
    Resource,
    both,
    coding,
    concept,
    extension,
    human_name,
    identifier,
    instant,
    period,
    reference,
    resource,
    said,
    telecom,
)
from consortium.interop.r4.kinds import Kind, Reader, Source
from consortium.interop.r4.searching import COMMON, coded, dated, refers, token
from consortium.patients.models import Consent, Guardian, Pathway, Patient, RecordNumber
from consortium.patients.states import ConsentKind, ConsentStatus, Relation

_TERMS: Final = "http://terminology.hl7.org/CodeSystem"
#: http://hl7.org/fhir/R4/v3/PersonalRelationshipRoleType
_RELATIONS: Final = {
    Relation.MOTHER: "MTH", Relation.FATHER: "FTH", Relation.GRANDPARENT: "GRPRN", Relation.GUARDIAN: "GUARD",
}  # fmt: skip
#: http://hl7.org/fhir/R4/valueset-consent-scope
_SCOPES: Final = {
    ConsentKind.SHARE: "patient-privacy", ConsentKind.VIDEO: "treatment", ConsentKind.RECORDING: "patient-privacy",
    ConsentKind.TEACHING: "patient-privacy",
}  # fmt: skip


def _children() -> Any:
    numbers = RecordNumber.objects.select_related("institution").order_by("created_at", "pk")
    rows = Patient.objects.select_related("registered_at").prefetch_related(Prefetch("record_numbers", numbers))
    return rows.annotate(touched_at=changed_at("patients.patient", "created_at"))


def _patients(reader: Reader, rows: Sequence[Patient]) -> list[Resource]:
    return [_patient(row) for row in rows if reader.knows(row.pk)]


def _patient(row: Any) -> Resource:
    merged = {"other": reference("Patient", row.merged_into_id), "type": "replaced-by"} if row.merged_into_id else {}
    return resource(
        "Patient", row.pk, updated=row.touched_at, version=row.version,
        active=row.merged_into_id is None and row.erased_at is None,
        identifier=[_record_number(each) for each in row.record_numbers.all() if each.number],
        name=human_name(*both(_Called(row))), gender=row.sex, birthDate=row.birth_date.isoformat(),
        multipleBirthInteger=row.birth_order,
        managingOrganization=reference("Organization", row.registered_at_id, row.registered_at.name_en),
        link=[merged] if merged else [], extension=_birth_facts(row),
    )  # fmt: skip


@dataclass(frozen=True)
class _Called:
    """The name as it is shown, in the language that is spoken: a newborn is "baby of" its mother."""

    row: Any

    def __str__(self) -> str:
        return str(self.row.display_name)


def _record_number(row: Any) -> dict[str, Any]:
    assigner = reference("Organization", row.institution_id, row.institution.name_en)
    return identifier(f"record-number:{row.institution_id}", row.number, use="usual", assigner=assigner)


def _birth_facts(row: Any) -> list[dict[str, Any]]:
    """What matters for every dose and has no element of its own; allergies stand as the words that were written."""
    weeks, allergies = row.gestation_weeks, row.allergies
    return [
        *([extension("gestation-weeks", valueInteger=weeks)] if weeks else []),
        *([extension("allergies", valueString=allergies)] if allergies else []),
    ]


def subject(patient_id: UUID) -> dict[str, Any]:
    """The child whom a resource is about, by id alone: the name stands in one place."""
    return reference("Patient", patient_id)


# -- guardians --------------------------------------------------------------------------------------------------------


def _guardians() -> Any:
    return Guardian.objects.annotate(touched_at=changed_at("patients.guardian", "patient__created_at"))


def _related_persons(reader: Reader, rows: Sequence[Guardian]) -> list[Resource]:
    return [_related_person(row) for row in rows if reader.knows(row.patient_id)]


def _related_person(row: Any) -> Resource:
    relation = Relation(row.relation)
    known = [coding(f"{_TERMS}/v3-RoleCode", _RELATIONS[relation])] if relation in _RELATIONS else []
    own = coding("", f"relation/{relation.value}", relation.label)
    language = said(language=concept(coding("urn:ietf:bcp:47", row.language))) if row.language else {}
    return resource(
        "RelatedPerson", row.pk, updated=row.touched_at, version=row.version, active=True,
        patient=subject(row.patient_id), relationship=[concept(*known, own)], name=human_name(row.name),
        telecom=telecom(row.phone), communication=[language] if language else [],
    )  # fmt: skip


# -- consents ---------------------------------------------------------------------------------------------------------


def _consents() -> Any:
    """`superseded`: a newer decision of that kind counts instead."""
    newer = Consent.objects.filter(
        patient=OuterRef("patient"), kind=OuterRef("kind"), recorded_at__gt=OuterRef("recorded_at")
    )
    rows = Consent.objects.select_related("patient", "guardian", "recorded_by")
    return rows.annotate(superseded=Exists(newer), touched_at=changed_at("patients.consent", "recorded_at"))


def _consent_resources(reader: Reader, rows: Sequence[Consent]) -> list[Resource]:
    return [_consent(row) for row in rows if reader.knows(row.patient_id)]


def _consent(row: Any) -> Resource:
    kind, given = ConsentKind(row.kind), row.status == ConsentStatus.ACTIVE
    status = ConsentStatus.INACTIVE.value if row.superseded and given else row.status
    return resource(
        "Consent", row.pk, updated=row.touched_at, status=status,
        scope=concept(coding(f"{_TERMS}/consentscope", _SCOPES[kind])),
        category=[concept(coding("http://loinc.org", "59284-0"), coding("", f"consent/{kind.value}", kind.label))],
        patient=subject(row.patient_id), dateTime=instant(row.recorded_at),
        performer=[reference("RelatedPerson", row.guardian_id)] if row.guardian_id else [],
        policyRule=concept(coding(f"{_TERMS}/v3-ActCode", "OPTIN" if given else "OPTOUT")),
        provision={"type": "permit" if given else "deny"},
    )  # fmt: skip


# -- pathways ---------------------------------------------------------------------------------------------------------


def _pathways() -> Any:
    return Pathway.objects.annotate(touched_at=changed_at("patients.pathway", "opened_at"))


def _episodes(reader: Reader, rows: Sequence[Pathway]) -> list[Resource]:
    return [_episode(row) for row in rows if reader.knows(row.patient_id)]


def _episode(row: Any) -> Resource:
    return resource(
        "EpisodeOfCare", row.pk, updated=row.touched_at, identifier=[identifier("pathway", row.number)],
        status="finished" if row.closed_at else "active", patient=subject(row.patient_id),
        period=period(row.opened_at, row.closed_at),
    )  # fmt: skip


# -- what the router serves -------------------------------------------------------------------------------------------


def _by_record_number(system: str, code: str) -> Q:
    """A child's record number, at one institution when the system names it. Asked of the index, not of the child."""
    of_place = system.removeprefix(f"{OUR_IDS}:record-number:")
    numbers = RecordNumber.objects.filter(patient=OuterRef("pk"), number=code)
    return Q(Exists(numbers.filter(institution_id=of_place) if len(of_place) == _UUID else numbers))


_UUID: Final = 36
_OF_CHILD: Final = {"patient": refers("Patient", "patient_id")}
_PATIENT = {
    **COMMON, "identifier": token(_by_record_number, private=True), "birthdate": dated("birth_date"),
    "active": coded({"true": Q(merged_into=None, erased_at=None)}),
}  # fmt: skip
_PERSON = {**COMMON, **_OF_CHILD, "active": coded({"true": Q()})}
_CONSENT = {
    **COMMON, **_OF_CHILD, "date": dated("recorded_at"),
    "status": coded({
        "active": Q(status=ConsentStatus.ACTIVE, superseded=False), "rejected": Q(status=ConsentStatus.REJECTED),
        "inactive": Q(status=ConsentStatus.INACTIVE) | Q(status=ConsentStatus.ACTIVE, superseded=True),
    }),
}  # fmt: skip
_EPISODE = {
    **COMMON, **_OF_CHILD, "identifier": token(lambda system, code: Q(number=code)),
    "status": coded({"active": Q(closed_at=None), "finished": Q(closed_at__isnull=False)}),
}  # fmt: skip

KINDS = (
    Kind("Patient", (Source(_children, _patients, _PATIENT, child="pk"),), ("_id", "identifier")),
    Kind("RelatedPerson", (Source(_guardians, _related_persons, _PERSON, child="patient_id"),), ("_id", "patient")),
    Kind("Consent", (Source(_consents, _consent_resources, _CONSENT, child="patient_id"),), ("_id", "patient")),
    Kind(
        "EpisodeOfCare",
        (Source(_pathways, _episodes, _EPISODE, child="patient_id"),),
        ("_id", "patient", "identifier"),
    ),
)
