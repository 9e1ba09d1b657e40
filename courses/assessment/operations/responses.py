"""Every answer to a question comes here, wherever it was asked; and answers are scored anew when a key was wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from courses.assessment.events import ResponsesRescored
from courses.assessment.items import CaseSet, Question, Score, chosen_in, read, score
from courses.assessment.models import ItemVersion, Response
from courses.assessment.policies.items import may_write
from courses.assessment.queries.responses import Change, changes_of_key
from courses.assessment.states import ItemStep

_LATEST: Final = ["answer", "chosen", "score", "most", "scored_by", "answered_at", "form_id"]


@dataclass(frozen=True, slots=True)
class Use:
    """Where it was asked: `kind` of states.UseKind, `id` of the attempt, viewing or poll, `form_id` of the exam, video
    or lecture (figures of a whole form are counted by it)."""

    kind: str
    id: UUID
    form_id: UUID | None = None


@transaction.atomic
def record_response(
    *,
    actor: Actor,
    version: ItemVersion,
    answer: Any,
    use: Use,
    person_id: UUID | None = None,
    most: Decimal | None = None,
    marked: Mapping[str, Decimal] | None = None,
    at: datetime | None = None,
) -> Score:
    """Keep an answer and score it: once for each use and person, the last one stands. One statement, whatever the kind.

    `person_id` when the system hands in for somebody; `most`: the points where it was asked, the version's own unless
    told. `marked`: points that people gave, by part ("" is the whole); without them an essay has no score.
    """
    question = read(version.item.kind, version.content)
    found = score(question, answer)
    person = person_id or actor.user_id
    rows = [
        Response(
            version=version, part=part, person_id=person, use=use.kind, use_id=use.id, form_id=use.form_id,
            answer=given, chosen=chosen_in(asked, given), score=points, most=worth, scored_by=version,
            answered_at=at or clock.now(),
        )
        for part, asked, given, points, worth in _parts(question, found, answer, most or version.points, marked or {})
    ]  # fmt: skip
    Response.objects.bulk_create(
        rows, update_conflicts=True, update_fields=_LATEST, unique_fields=["use_id", "version", "part", "person"]
    )
    return found


_Part = tuple[str, Question, Any, Decimal | None, Decimal]


def _parts(
    question: Question, found: Score, answer: Any, most: Decimal, marked: Mapping[str, Decimal]
) -> Iterator[_Part]:
    """(part, its question, its answer, points, most points): the whole first, then each question of a case set."""
    given = dict(answer) if isinstance(answer, Mapping) else {}
    yield "", question, given, marked.get("", found.points(most)), most
    if not isinstance(question, CaseSet):
        return
    answers = given.get("answers") or {}
    scores = dict(found.parts)
    for part in question.parts:
        points = marked.get(part.id, scores[part.id].points(part.points))
        yield part.id, part.question, answers.get(part.id) or {}, points, part.points


def _pair(version_id: UUID, by_version_id: UUID) -> tuple[ItemVersion, ItemVersion]:
    """The version that was asked and the one with the right key; raises NotVisible, InvalidInput."""
    rows = ItemVersion.objects.select_related("item").in_bulk([version_id, by_version_id])
    if len(rows) < len({version_id, by_version_id}):
        raise NotVisible
    asked, right = rows[version_id], rows[by_version_id]
    if asked.item_id != right.item_id or right.step != ItemStep.APPROVED:
        raise InvalidInput({"by": _("Answers are scored anew by an approved version of the same question.")})
    return asked, right


def rescoring_preview(*, actor: Actor, version_id: UUID, by_version_id: UUID) -> list[Change]:
    """Which answers to a version would have other points by the key of another, and nothing is changed."""
    require(may_write(actor))
    return changes_of_key(*_pair(version_id, by_version_id))


@transaction.atomic
def rescore(*, actor: Actor, version_id: UUID, by_version_id: UUID) -> list[Change]:
    """Give the answers to a version the points of another version's key; those that people marked stay.

    What is made of the points (results of exams) hears ResponsesRescored inside this transaction.
    """
    require(may_write(actor))
    asked, right = _pair(version_id, by_version_id)
    changes = changes_of_key(asked, right, lock=True)
    rows = {change.response_id: change for change in changes}
    everybodys = unfiltered(Response, why="answers are scored anew")
    answers = list(everybodys.filter(pk__in=rows))
    for row in answers:
        row.score, row.scored_by = rows[row.pk].after, right
    everybodys.bulk_update(answers, ["score", "scored_by"], batch_size=500)
    event = ResponsesRescored(asked.pk, right.pk, len(changes))
    facts = {"version": asked.number, "by": right.number, "changed": len(changes)}
    record(actor=actor, verb="rescore", subject=asked.item, facts=facts, event=event)
    return changes
