"""Questions that were asked of a whole room before the bank had them: drafts with their answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotPermitted
from courses.assessment.items import Question, chosen_in, score
from courses.assessment.models import Item, ItemVersion, Response
from courses.assessment.operations.items import Written, known_tags, new_version, question_of, retire_item
from courses.assessment.states import ItemStep, UseKind

_BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class Polled:
    """One answer; `sitting` is the same for all that this person answered in the lecture."""

    person_id: UUID
    sitting: UUID
    answer: dict[str, Any]
    at: datetime


@transaction.atomic
def keep_polled(
    *, actor: Actor, institution_id: UUID, author_id: UUID | None, key: UUID, kind: str, said: Written, form_id: UUID,
    answers: Sequence[Polled],
) -> ItemVersion:  # fmt: skip
    """A draft of `author_id` with its answers, all counted as those of a live poll. The same `key` twice is one
    question. For the system alone: whether it may be asked and answered was checked where it was."""
    if not actor.is_system:
        raise NotPermitted
    found = ItemVersion.objects.select_related("item").filter(item__request_key=key, number=1).first()
    question = question_of(kind, said.content)
    version = found or _begun(actor, institution_id, author_id, key, kind, said, question)
    rows = _responses(version, question, form_id, answers)
    Response.objects.bulk_create(rows, batch_size=_BATCH, ignore_conflicts=True)
    return version


def _begun(
    actor: Actor, institution_id: UUID, author_id: UUID | None, key: UUID, kind: str, said: Written, question: Question
) -> ItemVersion:
    item = Item.objects.create(
        institution_id=institution_id, kind=kind, code=f"L-{key.hex[:8]}", created_by_id=author_id, request_key=key,
        created_at=clock.now(), **known_tags(said.tags),
    )  # fmt: skip
    version = new_version(author_id, item, 1, question, said)
    record(actor=actor, verb="create_item", subject=item, facts={"kind": kind, "version": 1})
    return version


def _responses(version: ItemVersion, question: Question, form_id: UUID, answers: Sequence[Polled]) -> list[Response]:
    return [
        Response(
            version=version, person_id=each.person_id, use=UseKind.POLL, use_id=each.sitting, form_id=form_id,
            answer=each.answer, chosen=chosen_in(question, each.answer),
            score=score(question, each.answer).points(version.points), most=version.points, scored_by=version,
            answered_at=each.at,
        )
        for each in answers
    ]  # fmt: skip


@transaction.atomic
def retire_polled(*, actor: Actor, version_id: UUID, remark: str) -> None:
    """The question is asked no more, in no version. For the system alone."""
    if not actor.is_system:
        raise NotPermitted
    item_id = ItemVersion.objects.values_list("item_id", flat=True).get(pk=version_id)
    for version in ItemVersion.objects.filter(item_id=item_id).exclude(step=ItemStep.RETIRED):
        retire_item(actor=actor, version_id=version.pk, remark=remark)
