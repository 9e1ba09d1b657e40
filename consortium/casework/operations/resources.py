"""What can be booked: people (made when first needed), rooms and vehicles."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.models import Resource
from consortium.casework.policies import may_add_resource
from consortium.casework.states import ResourceKind
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, database_rules
from consortium.kernel.policies import require
from consortium.people.models import User


def person_resource(user_id: UUID) -> Resource:
    """The person as something that can be booked; made on first use. NotVisible when there is no such person."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise NotVisible
    found, _fresh = Resource.objects.get_or_create(
        user=user, defaults={"kind": ResourceKind.PERSON, "name_en": user.full_name, "name_zh": user.full_name_zh}
    )
    return found


def resources_by_id(ids: Sequence[UUID]) -> list[Resource]:
    """Standing resources, in one order; NotVisible when one of them is not there."""
    wanted = set(ids)
    rows = Resource.objects.filter(pk__in=wanted, retired_at=None).select_related("user", "institution")
    found = list(rows.order_by("pk"))
    if len(found) != len(wanted):
        raise NotVisible
    return found


@transaction.atomic
def add_resource(
    *, actor: Actor, institution_id: UUID, kind: str, name_en: str, name_zh: str = "", key: UUID | None = None
) -> Resource:
    """A room or vehicle of an institution. The same `key` twice is one; `key` becomes its id."""
    require(may_add_resource(actor, institution_id))
    if key and (found := Resource.objects.filter(pk=key, institution_id=institution_id).first()):
        return found
    if kind not in (ResourceKind.ROOM, ResourceKind.VEHICLE):
        raise InvalidInput({"kind": _("Choose a room or a vehicle.")})
    resource = Resource(
        kind=kind, institution_id=institution_id, name_en=name_en, name_zh=name_zh, **({"id": key} if key else {})
    )
    with database_rules(), transaction.atomic():
        resource.save(force_insert=True)
    record(actor=actor, verb="add", subject=resource, institution_id=institution_id, facts={"kind": kind})
    return resource


@transaction.atomic
def retire_resource(*, actor: Actor, resource_id: UUID) -> Resource:
    """No longer to be booked; what is booked stays. Twice is no error."""
    resource = Resource.objects.select_for_update(of=("self",)).filter(pk=resource_id, user=None).first()
    if resource is None or resource.institution_id is None:
        raise NotVisible
    require(may_add_resource(actor, resource.institution_id))
    if resource.retired_at is None:
        resource.retired_at = clock.now()
        resource.save(update_fields=["retired_at"])
        record(actor=actor, verb="retire", subject=resource, institution_id=resource.institution_id)
    return resource
