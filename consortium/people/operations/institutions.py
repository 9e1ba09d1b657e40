"""Institutions and their departments."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible, WrongStep, database_rules
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.kernel.versions import check_version
from consortium.people.models import Department, Institution, Membership
from consortium.people.operations.seats import lose
from consortium.people.policies import may_edit_institution, may_manage_institutions

#: what `edit_institution` sets; the others only a consortium manager does
CONTACT_FIELDS = ("phone", "duty_phone", "address", "letterhead", "capabilities")
MANAGER_FIELDS = ("name_en", "name_zh", "region_id", "tier")


def _assign(row: models.Model, fields: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, list[Any]]:
    """Set the named fields that differ; returns {name: [old, new]}."""
    changed = {n: [getattr(row, n), fields[n]] for n in names if n in fields and getattr(row, n) != fields[n]}
    for name, (_old, new) in changed.items():
        setattr(row, name, new)
    return changed


def locked_institution(institution_id: UUID) -> Institution:
    found = Institution.objects.select_for_update(of=("self",)).filter(pk=institution_id).first()
    if found is None:
        raise NotVisible()
    return found


@transaction.atomic
def add_institution(*, actor: Actor, fields: Mapping[str, Any], key: UUID | None = None) -> Institution:
    """A new member of the consortium. The same `key` twice is one institution; `key` becomes its id."""
    require(may_manage_institutions(actor))
    if key and (found := Institution.objects.filter(pk=key).first()):
        return found
    institution = Institution(**({"id": key} if key else {}))
    _assign(institution, fields, MANAGER_FIELDS + CONTACT_FIELDS)
    with database_rules(), transaction.atomic():
        institution.save(force_insert=True)
    record(
        actor=actor, verb="add", subject=institution, institution_id=institution.pk, facts={"tier": institution.tier}
    )
    return institution


@transaction.atomic
def edit_institution(
    *, actor: Actor, institution_id: UUID, fields: Mapping[str, Any], version: int | None = None
) -> Institution:
    """Contact and capabilities by its admin; name, region and tier by a consortium manager."""
    require(may_edit_institution(actor, institution_id))
    institution = locked_institution(institution_id)
    check_version(institution, version)
    names = CONTACT_FIELDS + (MANAGER_FIELDS if may_manage_institutions(actor) else ())
    changed = _assign(institution, fields, names)
    if changed:
        institution.version += 1
        with database_rules(), transaction.atomic():
            institution.save()
        record(
            actor=actor, verb="edit", subject=institution, institution_id=institution.pk, changes=changed,
            facts={"fields": sorted(changed)},
        )  # fmt: skip
    return institution


@transaction.atomic
def close_institution(*, actor: Actor, institution_id: UUID, version: int | None = None) -> Institution:
    """Close it and end every seat there; its people's open work goes back to the queues."""
    require(may_manage_institutions(actor))
    institution = locked_institution(institution_id)
    if institution.closed_at is not None:
        return institution
    check_version(institution, version)
    if institution_id in actor.institution_ids():
        raise WrongStep(_("You work here yourself: somebody from another institution must close it."), code="own")
    seats = unfiltered(Membership, why="closing an institution").filter(institution_id=institution_id, ends_on=None)
    institution.closed_at = clock.now()
    institution.version += 1
    institution.save()
    record(actor=actor, verb="close", subject=institution, institution_id=institution.pk)
    for seat in seats.select_for_update(of=("self",)).order_by("pk"):
        lose(actor=actor, seat=seat, verb="end", ends_on=clock.today())
    return institution


@transaction.atomic
def reopen_institution(*, actor: Actor, institution_id: UUID) -> Institution:
    """Open it again; nobody holds a seat until invited."""
    require(may_manage_institutions(actor))
    institution = locked_institution(institution_id)
    if institution.closed_at is not None:
        institution.closed_at = None
        institution.version += 1
        institution.save()
        record(actor=actor, verb="reopen", subject=institution, institution_id=institution.pk)
    return institution


@transaction.atomic
def add_department(
    *, actor: Actor, institution_id: UUID, fields: Mapping[str, Any], key: UUID | None = None
) -> Department:
    """The same `key` twice is one department; `key` becomes its id."""
    require(may_edit_institution(actor, institution_id))
    if key and (found := Department.objects.filter(pk=key, institution_id=institution_id).first()):
        return found
    department = Department(institution_id=institution_id, **({"id": key} if key else {}))
    _assign(department, fields, ("name_en", "name_zh", "specialty_id"))
    with database_rules(), transaction.atomic():
        department.save(force_insert=True)
    record(actor=actor, verb="add", subject=department, institution_id=institution_id)
    return department


@transaction.atomic
def edit_department(
    *, actor: Actor, department_id: UUID, fields: Mapping[str, Any], version: int | None = None
) -> Department:
    """Change its names or specialty; StaleVersion when somebody else did since `version`."""
    department = Department.objects.select_for_update().filter(pk=department_id).first()
    if department is None:
        raise NotVisible()
    require(may_edit_institution(actor, department.institution_id))
    check_version(department, version)
    changed = _assign(department, fields, ("name_en", "name_zh", "specialty_id"))
    if changed:
        department.version += 1
        with database_rules(), transaction.atomic():
            department.save()
        record(actor=actor, verb="edit", subject=department, institution_id=department.institution_id, changes=changed)
    return department
