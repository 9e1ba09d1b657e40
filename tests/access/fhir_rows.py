"""The rows of /fhir/R4/: whoever sees something on the pages reads it here, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from consortium.journal.models import Entry
from consortium.patients.models import Consent
from consultations.models import Answer
from tests.access.rows import ANYBODY, EVERYBODY, Row
from tests.access.world import World

INSIDE = "asker colleague nurse specialist other_specialist lead coordinator"
KNOW = "asker colleague nurse specialist"
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _named(kind: str, id_: Callable[[World], Any]) -> Any:
    return lambda world: {"kind": kind, "resource_id": str(id_(world))}


def _read(kind: str, may: str, id_: Callable[[World], Any]) -> Row:
    return Row("fhir:read", "GET", may, args=_named(kind, id_), note=kind)


def _search(kind: str, query: str = "") -> Row:
    return Row(
        "fhir:search", "GET", EVERYBODY, args=lambda world: {"kind": kind}, query=query, note=f"{kind}, their own"
    )


def _case(world: World) -> Any:
    return world.case["received"].pk


def _answer(world: World) -> Any:
    return Answer.unscoped.get(case=world.case["answered"]).pk


def _consent(world: World) -> Any:
    return Consent.unscoped.filter(patient=world.patient).latest("recorded_at").pk


def _entry(world: World) -> Any:
    acts = Entry.unscoped.filter(subject_type="casework.case", subject_id=str(_case(world)), verb="claim")
    return acts.get().pk


ROWS = [
    Row("fhir:metadata", "GET", ANYBODY),
    *(Row("fhir:root", method, else_={"anonymous": "404"}) for method in ("GET", "POST", "PUT", "PATCH", "DELETE")),
    *(Row("fhir:unknown", method, args=lambda world: {"rest": "Patient/1/_history"}, else_={"anonymous": "404"})
      for method in ("GET", "POST", "PUT", "PATCH", "DELETE")),
    _read("ServiceRequest", INSIDE, _case),
    _read("Task", INSIDE, lambda world: f"{_case(world)}.1"),
    _read("AuditEvent", INSIDE, _entry),
    _read("Patient", KNOW, lambda world: world.patient.pk),
    _read("RelatedPerson", KNOW, lambda world: world.guardian.pk),
    _read("Consent", KNOW, _consent),
    _read("EpisodeOfCare", KNOW, lambda world: world.pathway.pk),
    Row("fhir:everything", "GET", KNOW, args=_named("EpisodeOfCare", lambda world: world.pathway.pk),
        note="a pathway over all tiers"),
    _read("Observation", KNOW, lambda world: world.measurement.pk),
    _read("Communication", KNOW, _answer),
    _read("Provenance", KNOW, _answer),
    _read("DocumentReference", KNOW, lambda world: world.attachment["received"].pk),
    _read("Organization", EVERYBODY, lambda world: world.hospital.pk),
    _read("HealthcareService", EVERYBODY, lambda world: world.service.pk),
    _read("Practitioner", EVERYBODY, lambda world: world.people["specialist"].pk),
    _read("PractitionerRole", EVERYBODY, lambda world: world.seat.pk),
    _search("Organization"),
    _search("Task", "patient={patient.pk}&status=received"),
    _search("Observation", "patient={patient.pk}"),
    Row("fhir:search-by-post", "POST", EVERYBODY, args=lambda world: {"kind": "Organization"},
        headers=lambda world: _FORM, note="Patient by number; each their own"),
    Row("consultations:fhir", "GET", KNOW, note="the whole case as a file"),
]  # fmt: skip
