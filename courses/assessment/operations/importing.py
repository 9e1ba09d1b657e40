"""A file of questions is read and shown, row by row; what is right is taken over when somebody says so.

Nothing is lost: what was not understood stays in the import, and can be taken home as a spreadsheet with its faults.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium.casework.sheets import SheetUnreadable, lines_of
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import DomainError, InvalidInput, NotVisible
from consortium.kernel.once import once
from consortium.kernel.policies import require
from courses.assessment import gift, tables
from courses.assessment.items.drafted import Drafted
from courses.assessment.models import Item, ItemImport, ItemVersion
from courses.assessment.operations.items import (
    Written,
    create_item,
    known_tags,
    place_of,
    question_of,
    submit_item,
)
from courses.assessment.policies.items import may_write

MOST_BYTES: Final = 1_000_000
#: faults of a file that are told at once
_MOST_TOLD: Final = 5
_UNREADABLE: Final = {
    "size": _("This file is empty or too large: up to 1 MB."),
    "kind": _("This is neither a spreadsheet (XLSX, CSV) nor a GIFT file."),
    "lines": _("A file has between 1 and 2,000 rows."),
    "head": _("The first row has to name the columns kind and stem_en or stem_zh: download the template."),
}


@transaction.atomic
def begin_import(
    *, actor: Actor, data: bytes, name: str = "", institution_id: UUID | None = None, key: UUID | None = None
) -> ItemImport:
    """Read a file and keep what was understood of each row; no question is made yet. `name` tells GIFT by its end."""
    require(may_write(actor))
    place = place_of(actor, institution_id)
    form, drafts = _read(data, name)
    if not drafts:
        raise InvalidInput({"file": _UNREADABLE["lines"]})
    rows = _rows(place, drafts)
    batch, fresh = once(
        ItemImport, actor=actor, key=key,
        make=lambda: ItemImport.objects.create(
            institution_id=place, form=form, rows=rows, created_at=clock.now(), created_by_id=actor.author_id,
            **({"request_key": key} if key else {}),
        ),
    )  # fmt: skip
    if fresh:
        record(actor=actor, verb="begin_import", subject=batch, facts={"form": form, "rows": len(rows)})
    return batch


def _read(data: bytes, name: str) -> tuple[str, list[Drafted]]:
    """(form, its rows): a spreadsheet by its first bytes or its name, else GIFT."""
    if not data or len(data) > MOST_BYTES:
        raise InvalidInput({"file": _UNREADABLE["size"]})
    if data[:2] == b"PK" or name.lower().endswith((".csv", ".xlsx")):
        return ("xlsx" if data[:2] == b"PK" else "csv"), _of_sheet(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
    if "\0" in text:
        raise InvalidInput({"file": _UNREADABLE["kind"]})
    return "gift", gift.parse(text)


def _of_sheet(data: bytes) -> list[Drafted]:
    try:
        return tables.drafted(lines_of(data, tables.COLUMNS, needed=("kind",)))
    except SheetUnreadable as error:
        raise InvalidInput({"file": _UNREADABLE[error.code]}, code=f"sheet-{error.code}") from error


def _rows(place: UUID, drafts: Sequence[Drafted]) -> list[dict[str, Any]]:
    taken = set(Item.objects.filter(institution_id=place).values_list("code", flat=True))
    rows = []
    for draft in drafts:
        faults = {**draft.faults, **_faults(draft, taken)}
        taken.add(draft.code)
        rows.append({
            "row": draft.number, "code": draft.code, "kind": draft.kind, "tags": dict(draft.tags),
            "content": dict(draft.content), "points": draft.points, "source": draft.source,
            "faults": {field: str(fault) for field, fault in faults.items()}, "item": "",
        })  # fmt: skip
    return rows


def _faults(draft: Drafted, taken: set[str]) -> dict[str, Any]:
    """What only the bank knows: a code twice, tags, points and pictures that are none."""
    found: dict[str, Any] = {}
    if draft.code and draft.code in taken:
        found["code"] = _("There is a question with this code already.")
    if not _is_points(draft.points):
        found["points"] = _("This is not a number of points.")
    try:
        known_tags(draft.tags)
        if not draft.faults:
            question_of(draft.kind, draft.content)
    except InvalidInput as error:
        found |= error.fields
    return found


def _is_points(said: str) -> bool:
    try:
        return 0 < Decimal(said) <= 1000
    except InvalidOperation:
        return False


def draft_of(row: Mapping[str, Any]) -> Drafted:
    """A row of an import as the engines know it."""
    return Drafted(
        row["row"], row["code"], row["kind"], row["content"], row["tags"], row["points"], row["source"], row["faults"]
    )


@transaction.atomic
def finish_import(*, actor: Actor, import_id: UUID) -> ItemImport:
    """Make drafts of all rows without faults; those with faults stay as they are. Done once, whoever asks again."""
    require(may_write(actor))
    batch: ItemImport | None = ItemImport.objects.select_for_update().filter(pk=import_id).first()
    if batch is None:
        raise NotVisible
    if batch.done_at is not None:
        return batch
    for row in batch.rows:
        if not row["faults"]:
            _take_over(actor, batch, row)
    batch.done_at = clock.now()
    batch.save(update_fields=["rows", "done_at"])
    made = sum(bool(row["item"]) for row in batch.rows)
    record(actor=actor, verb="finish_import", subject=batch, facts={"made": made, "rows": len(batch.rows)})
    return batch


def _take_over(actor: Actor, batch: ItemImport, row: dict[str, Any]) -> None:
    """What somebody else did in between (took the code) is one more fault of this row alone."""
    said = Written(row["content"], row["tags"], Decimal(row["points"]), row["source"])
    try:
        with transaction.atomic():
            version = create_item(
                actor=actor, kind=row["kind"], said=said, code=row["code"], institution_id=batch.institution_id
            )
    except DomainError as error:
        row["faults"] = {"": str(error.message)}
    else:
        row["item"] = str(version.item_id)


@transaction.atomic
def import_for_review(
    *, actor: Actor, data: bytes, name: str = "", institution_id: UUID | None = None
) -> list[ItemVersion]:
    """Every question of a file, made and sent to review, in its order. One that is wrong: nothing is made, and
    InvalidInput("file") says which rows are wrong, and how."""
    batch = begin_import(actor=actor, data=data, name=name, institution_id=institution_id)
    batch = finish_import(actor=actor, import_id=batch.pk)
    _refuse([(row["row"], fault) for row in batch.rows for fault in row["faults"].values()])
    drafts = dict(
        ItemVersion.objects.filter(item_id__in=[row["item"] for row in batch.rows]).values_list("item_id", "pk")
    )
    sent = [(row["row"], *_sent(actor, drafts[UUID(row["item"])])) for row in batch.rows]
    _refuse([(number, why) for number, version, why in sent if version is None])
    return [version for _number, version, _why in sent if version is not None]


def _sent(actor: Actor, version_id: UUID) -> tuple[ItemVersion | None, Any]:
    """(the version in review, ""), or (None, what stops it in words)."""
    try:
        return submit_item(actor=actor, version_id=version_id), ""
    except InvalidInput as error:
        return None, next(iter(error.fields.values()))


def _refuse(faults: Sequence[tuple[int, Any]]) -> None:
    """Say in one sentence a row what is wrong; of many, the first."""
    if faults:
        lines = [_("Row %(row)d: %(fault)s") % {"row": row, "fault": fault} for row, fault in faults[:_MOST_TOLD]]
        raise InvalidInput({"file": " ".join(lines)})
