"""A question on its way from its author to whoever is asked: written, reviewed by somebody else, corrected, retired."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, WrongStep, database_rules
from consortium.kernel.events import DomainEvent
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.kernel.versions import check_version
from courses.assessment.events import ItemApproved, ItemRetired, ItemReturned, ItemSubmitted
from courses.assessment.items import Question, Unreadable, flaws, read, texts, written
from courses.assessment.models import FormQuestion, Item, ItemVersion, Picture, Response
from courses.assessment.policies.items import may_write
from courses.assessment.queries.figures import offered_in
from courses.assessment.states import MACHINE, WRITING_ROLES, AgeBand, Danger, ItemStep, System, Task

TAGS: Final = {"age_band": AgeBand, "system": System, "task": Task, "danger": Danger}
_MOST_POINTS = Decimal(1000)


@dataclass(frozen=True, slots=True)
class Written:
    """What an author says of a question. `content` is read by the engine; `tags` are TAGS and `manual_branch`."""

    content: Any
    tags: Mapping[str, str] = field(default_factory=dict)
    points: Decimal = Decimal(1)
    source: str = ""


@transaction.atomic
def create_item(
    *, actor: Actor, kind: str, said: Written, code: str = "", institution_id: UUID | None = None,
    key: UUID | None = None,
) -> ItemVersion:  # fmt: skip
    """A new question with its first version, a draft. Raises InvalidInput, the content's faults by their field."""
    require(may_write(actor))
    place = place_of(actor, institution_id)
    question = question_of(kind, said.content)
    item, fresh = once(
        Item, actor=actor, key=key, make=lambda: _item(actor, place, kind, code, known_tags(said.tags), key)
    )
    if not fresh:
        return ItemVersion.objects.select_related("item").get(item=item, number=1)
    version = new_version(actor.author_id, item, 1, question, said)
    record(actor=actor, verb="create_item", subject=item, facts={"kind": kind, "version": 1})
    return version


def place_of(actor: Actor, institution_id: UUID | None) -> UUID:
    """Where it belongs: where the actor teaches."""
    places = actor.institution_ids(*WRITING_ROLES)
    if institution_id is not None and institution_id not in places:
        raise NotVisible
    return institution_id or min(places)


def question_of(kind: str, content: Any) -> Question:
    """The question that `content` says; its faults as InvalidInput, and a picture that is not there is one."""
    try:
        question = read(kind, content)
    except Unreadable as error:
        raise InvalidInput(error.faults) from error
    pictures = {named for named in pictures_in(question) if named}
    if Picture.objects.filter(pk__in=pictures).count() < len(pictures):
        raise InvalidInput({"picture": _("Choose a picture.")})
    return question


def pictures_in(question: Question) -> list[str]:
    """Ids of the pictures that it asks about."""
    own = [getattr(question, "picture", "")]
    return own + [one for part in getattr(question, "parts", ()) for one in pictures_in(part.question)]


def known_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """The tags that were given; raises InvalidInput for one that nobody knows."""
    for name, known in TAGS.items():
        if name in tags and tags[name] not in known.values:
            raise InvalidInput({name: _("This is not one of the possible values.")})
    return {name: value for name, value in tags.items() if name in {*TAGS, "manual_branch"}}


def _item(actor: Actor, place: UUID, kind: str, code: str, tags: dict[str, str], key: UUID | None) -> Item:
    item = Item(
        institution_id=place, kind=kind, code=code.strip() or f"Q-{uuid4().hex[:8]}", created_by_id=actor.author_id,
        created_at=clock.now(), **tags, **({"request_key": key} if key else {}),
    )  # fmt: skip
    with database_rules():
        item.save(force_insert=True)
    return item


def _fill(version: ItemVersion, question: Question, said: Written) -> None:
    if not 0 < said.points <= _MOST_POINTS:
        raise InvalidInput({"points": _("A question is worth more than nothing.")})
    version.content, version.points, version.source = written(question), said.points, said.source.strip()[:300]
    version.words = "\n".join(f"{text.en}\n{text.zh}" for text in texts(question))


def new_version(author_id: UUID | None, item: Item, number: int, question: Question, said: Written) -> ItemVersion:
    """A draft of the item."""
    version = ItemVersion(item=item, number=number, created_by_id=author_id, created_at=clock.now())
    _fill(version, question, said)
    with database_rules():
        version.save(force_insert=True)
    return version


def locked_version(version_id: UUID) -> ItemVersion:
    """The version with its item, when the actor sees it, held until the transaction ends."""
    rows = ItemVersion.objects.select_related("item").select_for_update(of=("self",))
    found: ItemVersion | None = rows.filter(pk=version_id).first()
    if found is None:
        raise NotVisible
    return found


def _save(actor: Actor, version: ItemVersion, verb: str, came_from: str, event: DomainEvent | None = None) -> None:
    version.version += 1
    with database_rules():
        version.save()
    facts = {"from": came_from, "to": version.step, "version": version.number}
    record(actor=actor, verb=verb, subject=version.item, facts=facts, text=version.remark, event=event)


@transaction.atomic
def save_draft(*, actor: Actor, version_id: UUID, said: Written, version: int | None = None) -> ItemVersion:
    """Write the draft anew. What has left its author is not edited: `revise_item` makes a new version."""
    row = locked_version(version_id)
    check_version(row, version)
    MACHINE.check("edit", actor, row)
    question = question_of(row.item.kind, said.content)
    _keeps_its_key(row, question)
    _fill(row, question, said)
    for name, value in known_tags(said.tags).items():
        setattr(row.item, name, value)
    with database_rules():
        row.item.save()
    _save(actor, row, "edit_item", row.step)
    return row


def _keeps_its_key(row: ItemVersion, question: Question) -> None:
    """What a room was asked before it was reviewed may be worded better; its answers were held against its key."""
    answered = unfiltered(Response, why="whether it was answered").filter(version=row).exists()
    if answered and offered_in(question) != offered_in(read(row.item.kind, row.content)):
        raise WrongStep(_("This was asked already: its answers and which is right stay. Write another question."))


@transaction.atomic
def submit_item(*, actor: Actor, version_id: UUID) -> ItemVersion:
    """To review. What would stop any reviewer (a missing translation, two equal options) stops it here."""
    row = locked_version(version_id)
    if row.step == ItemStep.IN_REVIEW:
        return row
    came_from = row.step
    MACHINE.take("submit", actor, row)
    blocking = [flaw for flaw in flaws(question_of(row.item.kind, row.content)) if flaw.blocks]
    if blocking:
        raise InvalidInput({"content": blocking[0].advice})
    row.submitted_at, row.remark, row.reviewer_id, row.reviewed_at = clock.now(), "", None, None
    _save(actor, row, "submit_item", came_from, ItemSubmitted(row.item_id, row.pk))
    return row


@transaction.atomic
def approve_item(*, actor: Actor, version_id: UUID) -> ItemVersion:
    """May be asked; the version that was asked until now is retired, and stays where it was used."""
    row = locked_version(version_id)
    if row.step == ItemStep.APPROVED:
        return row
    came_from = row.step
    MACHINE.take("approve", actor, row)
    for earlier in ItemVersion.objects.filter(item_id=row.item_id, step=ItemStep.APPROVED).select_for_update():
        earlier.step, earlier.version = ItemStep.RETIRED, earlier.version + 1
        earlier.save(update_fields=["step", "version"])
    row.reviewer_id, row.reviewed_at = actor.author_id, clock.now()
    _save(actor, row, "approve_item", came_from, ItemApproved(row.item_id, row.pk))
    return row


@transaction.atomic
def return_item(*, actor: Actor, version_id: UUID, remark: str) -> ItemVersion:
    """Back to its author, with what should change; the draft that they go on with.

    What a self-check has asked already stays as it was, and is asked no more: its author goes on with a copy.
    """
    row = locked_version(version_id)
    came_from, author_id = row.step, row.created_by_id
    MACHINE.take("send_back", actor, row)
    asked = unfiltered(FormQuestion, why="whether it was asked").filter(version=row).exists()
    row.step = ItemStep.RETIRED if asked else row.step
    row.remark, row.reviewer_id, row.reviewed_at = _said(remark), actor.author_id, clock.now()
    _save(actor, row, "return_item", came_from, ItemReturned(row.item_id, row.pk))
    if not asked:
        return row
    copy = _copied(row, row.number + 1, author_id)
    copy.remark = row.remark
    copy.save(update_fields=["remark"])
    return copy


def _copied(row: ItemVersion, number: int, author_id: UUID | None) -> ItemVersion:
    said = Written(row.content, points=row.points, source=row.source)
    return new_version(author_id, row.item, number, question_of(row.item.kind, row.content), said)


@transaction.atomic
def retire_item(*, actor: Actor, version_id: UUID, remark: str) -> ItemVersion:
    """Asked no more; where it was asked it stays, with its answers."""
    row = locked_version(version_id)
    if row.step == ItemStep.RETIRED:
        return row
    came_from = row.step
    MACHINE.take("retire", actor, row)
    row.remark = _said(remark)
    _save(actor, row, "retire_item", came_from, ItemRetired(row.item_id, row.pk))
    return row


def _said(remark: str) -> str:
    if not remark.strip():
        raise InvalidInput({"remark": _("Say why.")})
    return remark.strip()[:500]


@transaction.atomic
def revise_item(*, actor: Actor, version_id: UUID) -> ItemVersion:
    """A new version, begun as a copy of this one; the one that is worked on already, when there is one."""
    row = locked_version(version_id)
    MACHINE.check("revise", actor, row)
    Item.objects.select_for_update().get(pk=row.item_id)
    newest = ItemVersion.objects.select_related("item").filter(item_id=row.item_id).order_by("-number")[0]
    if newest.step == ItemStep.DRAFT:
        return newest
    if newest.step == ItemStep.IN_REVIEW:
        raise WrongStep(_("A new version of this question is being worked on already."))
    made = _copied(row, newest.number + 1, actor.author_id)
    record(actor=actor, verb="revise_item", subject=row.item, facts={"from": row.number, "version": made.number})
    return made
