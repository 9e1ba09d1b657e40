"""What is written at length is kept while it is typed: an outcome, its correction, a plan to send back with."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from consortium.casework.operations.drafting import TEXT_LENGTH
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.policies import require
from referrals.models import CareDraft
from referrals.operations.moving import locked
from referrals.policies import may_treat
from referrals.states import Letter


@transaction.atomic
def save_letter(*, actor: Actor, case_id: UUID, letter: Letter, fields: Mapping[str, Any]) -> CareDraft:
    """Keep `fields` as they were typed; it is nobody else's business and leaves no entry."""
    require(may_treat(actor, locked(case_id)))
    kept = {name: _cut(value) for name, value in fields.items()}
    draft, _fresh = CareDraft.objects.update_or_create(
        case_id=case_id, author_id=actor.user_id, letter=letter, defaults={"fields": kept, "saved_at": clock.now()}
    )
    made: CareDraft = draft
    return made


def _cut(value: Any) -> Any:
    return [_cut(each) for each in value] if isinstance(value, list) else str(value)[:TEXT_LENGTH]
