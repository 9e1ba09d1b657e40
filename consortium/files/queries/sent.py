"""What a message carries, for the pages and the API of a thread (settings.MESSAGE_FILES)."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from consortium.casework.models import Case
from consortium.files.models import Attachment, MessageFile
from consortium.files.queries.tiles import names_in, tile
from consortium.files.sniff.kinds import SOUNDS
from consortium.files.states import Step
from consortium.kernel.actors import Actor, acting_as, current_actor
from consortium.kernel.prepared import prepared


def files_of_messages(actor: Actor, case: Case, message_ids: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """The tiles of each message's files, in their order. One query, and the names' key where there are any.

    Who may not know the child is told what was sent, without a way to it.
    """
    rows = MessageFile.objects.filter(message_id__in=message_ids, attachment__withdrawn_at=None)
    sent = [each for each in rows.select_related("attachment").order_by("place") if _concerns(actor, each.attachment)]
    if not sent:
        return {}
    names = names_in(actor, case)
    found: dict[UUID, list[dict[str, Any]]] = {}
    for each in sent:
        each.attachment.case = case
        shown = tile(actor, each.attachment, names) | {"actions": []}
        if not names.identified:
            shown |= {"url": "", "thumbnail_url": "", "sound": None}
        found.setdefault(each.message_id, []).append(shown)
    return found


def _concerns(actor: Actor, row: Attachment) -> bool:
    """What was refused is told to who sent it."""
    return row.step in (Step.AVAILABLE, Step.PENDING) or row.created_by_id == actor.user_id


def files_to_send(actor: Actor, case: Case) -> list[tuple[str, str]]:
    """(id, name) of the pictures and documents of the case that a message may carry. One or two queries."""
    rows = _ready(current_actor(), case.pk)
    names = names_in(actor, case) if rows else None
    return [(str(row.pk), names.of(row)) for row in rows if names]


@prepared
def _ready(actor: Actor, case_id: UUID) -> Any:
    with acting_as(actor):
        rows = Attachment.objects.filter(case_id=case_id).ready().exclude(kind__in=SOUNDS)
        return rows.order_by("created_at", "id")
