"""Services and who answers for them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.models import Service, ServiceMember
from consortium.casework.policies import may_edit_service, may_run_service
from consortium.journal.operations import record
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, database_rules
from consortium.kernel.policies import require
from consortium.kernel.versions import check_version
from consortium.people.queries import actor_by_id
from consortium.people.states import Role


def the_service(service_id: UUID) -> Service:
    """The service, locked; NotVisible when there is none."""
    service = Service.objects.select_for_update(of=("self",)).filter(pk=service_id).first()
    if service is None:
        raise NotVisible
    return service


def the_seat(service: Service, user_id: UUID) -> ServiceMember:
    """The person's seat in the service; NotVisible when they do not answer for it."""
    member = service.members.filter(user_id=user_id, left_at=None).first()
    if member is None:
        raise NotVisible
    return member


@transaction.atomic
def open_service(
    *, actor: Actor, institution_id: UUID, specialty_id: UUID, name_en: str, name_zh: str = "", duty_phone: str = ""
) -> Service:
    """A new specialty queue of an institution; one per specialty."""
    require(may_run_service(actor, institution_id))
    service = Service(
        institution_id=institution_id,
        specialty_id=specialty_id,
        name_en=name_en,
        name_zh=name_zh,
        duty_phone=duty_phone,
    )
    with database_rules():
        service.save(force_insert=True)
    record(actor=actor, verb="open", subject=service, institution_id=institution_id)
    return service


#: what `edit_service` sets, with the most characters of each
EDITED = {"duty_phone": 40, "intake_note_en": 2000, "intake_note_zh": 2000}


@transaction.atomic
def edit_service(*, actor: Actor, service_id: UUID, fields: Mapping[str, str], version: int | None = None) -> Service:
    """Its duty telephone and what it wants to be sent with a question; StaleVersion (409) when somebody else changed
    it since `version`. What stays as it was leaves no entry."""
    service = the_service(service_id)
    require(may_edit_service(actor, service))
    check_version(service, version)
    given = {name: fields[name].strip() for name in EDITED if name in fields}
    _check_edit(given)
    changes = {name: [getattr(service, name), new] for name, new in given.items() if getattr(service, name) != new}
    if changes:
        for name, (_old, new) in changes.items():
            setattr(service, name, new)
        service.version += 1
        service.save(update_fields=[*changes, "version"])
        record(
            actor=actor, verb="edit", subject=service, institution_id=service.institution_id, changes=changes,
            facts={"fields": sorted(changes), "version": service.version},
        )  # fmt: skip
    return service


def _check_edit(given: Mapping[str, str]) -> None:
    wrong: dict[str, Any] = {
        name: _("This is longer than %(most)d characters.") % {"most": EDITED[name]}
        for name, text in given.items()
        if len(text) > EDITED[name]
    }
    phone = given.get("duty_phone", "")
    if phone and not any(character.isdigit() for character in phone):
        wrong["duty_phone"] = _("Write a telephone number that can be dialled.")
    if wrong:
        raise InvalidInput(wrong)


@transaction.atomic
def join_service(*, actor: Actor, service_id: UUID, user_id: UUID, is_lead: bool = False) -> ServiceMember:
    """Let a specialist (or, as lead, a service lead) of the service's institution answer for it. Idempotent."""
    service = the_service(service_id)
    require(may_run_service(actor, service.institution_id))
    role = Role.SERVICE_LEAD if is_lead else Role.SPECIALIST
    if not actor_by_id(user_id).has(role, Role.SERVICE_LEAD, institution_id=service.institution_id):
        raise InvalidInput({"user_id": _("Choose a specialist of this institution.")})
    member, fresh = ServiceMember.objects.update_or_create(
        service=service, user_id=user_id, left_at=None, defaults={"is_lead": is_lead}
    )
    facts = {"user": str(user_id), "lead": is_lead, "new": fresh}
    record(actor=actor, verb="join", subject=service, institution_id=service.institution_id, facts=facts)
    return member
