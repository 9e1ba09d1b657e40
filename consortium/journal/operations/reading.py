"""Noting that somebody looked: one entry for each read of identified data."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import models, transaction

from consortium.journal.models import Entry
from consortium.journal.operations.writing import only_institution, record, role_for
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.scoping import unfiltered

#: A page that refreshes itself is one read of the same record by the same eyes.
SAME_LOOK = timedelta(minutes=15)


def note_read(
    *,
    actor: Actor,
    subject: models.Model,
    patient_id: UUID | None,
    what: str = "",
    verb: str = "read",
    institution_id: UUID | None = None,
    once_per_look: bool = False,
) -> None:
    """One entry for one read of identified data. `once_per_look`: not again within 15 minutes by the same reader."""
    if once_per_look and _looking_already(actor, subject, what):
        return
    with transaction.atomic():
        record(
            actor=actor, verb=verb, subject=subject, patient_id=patient_id, institution_id=institution_id,
            facts={"what": what} if what else None,
        )  # fmt: skip


def _looking_already(actor: Actor, subject: models.Model, what: str) -> bool:
    mine = (
        unfiltered(Entry, why="one look, one read")
        .of_subject(subject)
        .filter(actor_id=actor.user_id, at__gte=clock.now() - SAME_LOOK)
    )
    return bool(mine.reads().filter(**({"facts__what": what} if what else {})).exists())


def note_list_read(*, actor: Actor, what: str, patient_ids: Sequence[UUID]) -> None:
    """One entry for one list or search that showed identified patients, naming their ids."""
    if not patient_ids:
        return
    day = clock.today().isoformat()
    entry = Entry(
        chain=f"reader:{actor.user_id}:{day}", at=clock.now(), actor_kind=actor.kind, actor_id=actor.author_id,
        actor_name=actor.name, actor_role=role_for(actor, None), institution_id=only_institution(actor),
        verb="list-read", subject_type="list", subject_id=what[:40],
        facts={"patients": [str(i) for i in patient_ids]}, seq=0, previous_hash=b"", hash=b"",
    )  # fmt: skip
    entry.save(force_insert=True)  # one statement: a transaction around it would only cost its own two
