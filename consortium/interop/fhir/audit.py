"""AuditEvent: the journal of a case, act by act, with its place in the chain. Reads are for privacy officers, in the
journal itself."""

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Case as Choice
from django.db.models import Exists, F, OuterRef, Q, UUIDField, When
from django.db.models.functions import Cast

from consortium.casework.models import Case
from consortium.interop.fhir.children import subject
from consortium.interop.fhir.rows import of_child
from consortium.interop.r4.blocks import (
    OUR_IDS,
    Resource,
    coding,
    concept,
    identifier,
    instant,
    reference,
    resource,
    said,
)
from consortium.interop.r4.kinds import Kind, Reader, Source
from consortium.interop.r4.searching import COMMON, dated, refers
from consortium.journal.models import READS, Entry
from consortium.kernel.errors import NotVisible
from consortium.kernel.scoping import unfiltered

_CASE: Final = "casework.case"
_TERMS: Final = "http://terminology.hl7.org/CodeSystem"
_DICOM: Final = "http://dicom.nema.org/resources/ontology/DCM"
#: acts that begin a record; all others change it
_BEGINNINGS: Final = ("save",)


def acts_on_cases() -> Any:
    """What was done with the cases that the actor sees, looks left out: their page shows the same."""
    acts = unfiltered(Entry, why="the timeline of a case that the reader sees").filter(subject_type=_CASE)
    # other subjects have ids that are no UUID, and only a CASE keeps PostgreSQL from trying them
    key = Choice(When(subject_type=_CASE, then=Cast("subject_id", UUIDField())))
    seen = Case.objects.filter(pk=OuterRef("case_key"))
    return acts.exclude(verb__in=READS).annotate(case_key=key).filter(Exists(seen))


def _entries() -> Any:
    return acts_on_cases().select_related("actor", "institution").annotate(touched_at=F("at"))


def _audit_events(reader: Reader, rows: Sequence[Entry]) -> list[Resource]:
    return [_audit_event(row, reader.knows(row.patient_id)) for row in rows]


def _audit_event(row: Any, known: bool) -> Resource:
    return resource(
        "AuditEvent", row.pk, updated=row.at, type=coding(_DICOM, "110110"),
        subtype=[coding("", f"act/{row.verb}")], action="C" if row.verb in _BEGINNINGS else "U",
        recorded=instant(row.at), outcome="0", agent=[_agent(row)],
        source={
            **said(site=row.institution.name_en if row.institution else ""),
            "type": [coding(f"{_TERMS}/security-source-type", "4")],
            "observer": {"identifier": identifier("system", "journal"), "display": "Journal"},
        },
        entity=[_entity(row), *([{"what": subject(row.patient_id), "role": _role("1")}] if known else [])],
    )  # fmt: skip


def _agent(row: Any) -> dict[str, Any]:
    """A person, in the roles held then; or the system, with its reason."""
    if row.actor is None:
        return said(name=row.actor_name or "system", requestor=False)
    roles = [concept(coding("", f"role/{name}")) for name in row.actor_role.split(",") if name]
    who = reference("Practitioner", row.actor_id, row.actor.full_name)
    person = concept(coding(f"{_TERMS}/extra-security-role-type", "humanuser"))
    return said(type=person, role=roles, who=who, name=row.actor_name, requestor=True)


def _entity(row: Any) -> dict[str, Any]:
    """The case, and the entry's place in the hash chain, by which a copy can be compared with the journal."""
    details = {
        "chain": row.chain if not row.patient_id else "patient",
        "seq": str(row.seq),
        "hash": bytes(row.hash).hex(),
    }
    return {
        "what": reference("ServiceRequest", row.subject_id), "role": _role("4"),
        "detail": [{"type": f"{OUR_IDS}:journal:{name}", "valueString": value} for name, value in details.items()],
    }  # fmt: skip


def _role(code: str) -> dict[str, Any]:
    return coding(f"{_TERMS}/object-role", code)


def _by_number(resource_id: str) -> Q:
    if not resource_id.isascii() or not resource_id.isdigit() or len(resource_id) > _LONGEST:
        raise NotVisible
    return Q(pk=int(resource_id))


_LONGEST: Final = 18
_PARAMS = {
    "_lastUpdated": COMMON["_lastUpdated"], "date": dated("at"), "patient": of_child("patient_id"),
    "entity": refers("ServiceRequest", "subject_id"), "agent": refers("Practitioner", "actor_id"),
}  # fmt: skip
KINDS = (
    Kind(
        "AuditEvent",
        (Source(_entries, _audit_events, _PARAMS, "patient_id", _by_number, "subject_id"),),
        ("patient", "entity"),
    ),
)
