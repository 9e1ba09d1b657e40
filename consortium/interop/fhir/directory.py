"""Organization, HealthcareService, PractitionerRole, Practitioner: known to all staff, as in the directory."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from consortium.casework.models import Service, ServiceMember
from consortium.interop.fhir.rows import changed_at, seats
from consortium.interop.r4.blocks import (
    Resource,
    coding,
    concept,
    human_name,
    identifier,
    named,
    period,
    reference,
    resource,
    said,
    telecom,
    translated,
)
from consortium.interop.r4.kinds import Kind, Param, Reader, Source
from consortium.interop.r4.searching import COMMON, coded, refers, token
from consortium.kernel import clock
from consortium.people.models import Institution, Specialty, User
from consortium.people.states import Role, Tier


def specialty_of(specialty: Specialty | None) -> list[dict[str, Any]]:
    """The field of paediatrics, by our own code."""
    if specialty is None:
        return []
    own = coding("", f"specialty/{specialty.code}")
    return [concept({**own, **said(display=specialty.name_en, _display=translated(specialty.name_zh))})]


# -- institutions and services ----------------------------------------------------------------------------------------


def _institutions() -> Any:
    return Institution.objects.annotate(touched_at=changed_at("people.institution"))


def _organizations(reader: Reader, rows: Sequence[Institution]) -> list[Resource]:
    return [_organization(row) for row in rows]


def _organization(row: Any) -> Resource:
    tier = Tier(row.tier)
    return resource(
        "Organization", row.pk, updated=row.touched_at, version=row.version,
        identifier=[identifier("institution", str(row.pk))], active=row.closed_at is None,
        type=[concept(coding("", f"tier/{tier.name.lower()}", tier.label))],
        **named(row.name_en, row.name_zh), telecom=telecom(row.phone),
        address=[said(text=row.address)] if row.address else [],
    )  # fmt: skip


def _services() -> Any:
    rows = Service.objects.select_related("specialty", "institution")
    return rows.annotate(touched_at=changed_at("casework.service"))


def _healthcare_services(reader: Reader, rows: Sequence[Service]) -> list[Resource]:
    return [_healthcare_service(row) for row in rows]


def _healthcare_service(row: Any) -> Resource:
    return resource(
        "HealthcareService", row.pk, updated=row.touched_at, version=row.version, active=row.is_open,
        identifier=[identifier("service", str(row.pk))],
        providedBy=reference("Organization", row.institution_id, row.institution.name_en),
        specialty=specialty_of(row.specialty), **named(row.name_en, row.name_zh),
        comment=row.intake_note_en or row.intake_note_zh,
        _comment=translated(row.intake_note_zh if row.intake_note_en else ""), telecom=telecom(row.duty_phone),
    )  # fmt: skip


# -- people and their seats -------------------------------------------------------------------------------------------


def _people() -> Any:
    """Whoever holds or held a seat."""
    return User.objects.filter(Exists(seats().filter(user=OuterRef("pk")))).annotate(
        touched_at=changed_at("people.user")
    )


def _practitioners(reader: Reader, rows: Sequence[User]) -> list[Resource]:
    return [_practitioner(row) for row in rows]


def _practitioner(row: Any) -> Resource:
    return resource(
        "Practitioner", row.pk, updated=row.touched_at, active=row.is_active,
        identifier=[identifier("licence", row.licence_number)] if row.licence_number else [],
        name=human_name(row.full_name, row.full_name_zh), telecom=telecom(row.phone if row.is_active else ""),
        qualification=[{"code": concept(text=row.title)}] if row.title else [],
    )  # fmt: skip


def _held_seats() -> Any:
    rows = seats().select_related("user", "institution", "specialty")
    return rows.annotate(touched_at=changed_at("people.membership"))


def _practitioner_roles(reader: Reader, rows: Sequence[Any]) -> list[Resource]:
    people = {row.user_id for row in rows}
    served: dict[tuple[UUID, UUID], list[ServiceMember]] = {}
    members = ServiceMember.objects.filter(user_id__in=people, left_at=None).select_related("service")
    for member in members.order_by("service__name_en", "pk"):
        served.setdefault((member.user_id, member.service.institution_id), []).append(member)
    return [_practitioner_role(row, served.get((row.user_id, row.institution_id), [])) for row in rows]


def _practitioner_role(row: Any, served: Sequence[ServiceMember]) -> Resource:
    """Whether somebody still works there is told; why they no longer do is their institution's business."""
    role, today = Role(row.role), clock.today()
    running = row.starts_on <= today and (row.ends_on is None or row.ends_on > today)
    answers = role in (Role.SPECIALIST, Role.SERVICE_LEAD)
    return resource(
        "PractitionerRole", row.pk, updated=row.touched_at, version=row.version,
        active=bool(running and row.suspended_at is None and row.user.is_active),
        period=period(row.starts_on, row.ends_on),
        practitioner=reference("Practitioner", row.user_id, row.user.full_name),
        organization=reference("Organization", row.institution_id, row.institution.name_en),
        code=[concept(coding("", f"role/{role.value}", role.label))], specialty=specialty_of(row.specialty),
        healthcareService=[reference("HealthcareService", each.service_id, each.service.name_en) for each in served]
        if answers else [],
    )  # fmt: skip


# -- what the router serves -------------------------------------------------------------------------------------------


def _yes(column: str, value: Any) -> Param:
    return coded({"true": Q(**{column: value}), "false": ~Q(**{column: value})})


_ORGANIZATION = {**COMMON, "active": _yes("closed_at", None)}
_SERVICE = {
    **COMMON, "active": _yes("is_open", True), "organization": refers("Organization", "institution_id"),
    "specialty": token(lambda system, code: Q(specialty__code=code)),
}  # fmt: skip
_SEAT = {
    **COMMON, "practitioner": refers("Practitioner", "user_id"),
    "organization": refers("Organization", "institution_id"), "role": token(lambda system, code: Q(role=code)),
}  # fmt: skip
_PERSON = {
    **COMMON, "active": _yes("is_active", True),
    "identifier": token(lambda system, code: Q(licence_number=code)),
}  # fmt: skip

KINDS = (
    Kind("Organization", (Source(_institutions, _organizations, _ORGANIZATION),)),
    Kind("HealthcareService", (Source(_services, _healthcare_services, _SERVICE),)),
    Kind("PractitionerRole", (Source(_held_seats, _practitioner_roles, _SEAT),)),
    Kind("Practitioner", (Source(_people, _practitioners, _PERSON),)),
)
