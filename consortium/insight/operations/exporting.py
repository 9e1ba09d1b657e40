"""Exports: asked for once, written in pieces that survive the death of their worker, kept for a day."""

import os
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from consortium.casework.sheets import BOM, csv_lines
from consortium.insight.measures import CONSULTATIONS, SUBJECTS
from consortium.insight.models import Export
from consortium.insight.policies import may_export
from consortium.insight.queries import Asked, columns_of, rows_after, rows_of
from consortium.insight.queries.asking import asked_of
from consortium.insight.queries.rows import lines_of, names_for
from consortium.insight.spreadsheet import pack, sheet_lines
from consortium.insight.states import (
    EXPORT,
    EXPORT_KEPT,
    EXPORT_PIECE,
    EXPORT_SILENCE,
    GOING,
    SHEET_ROWS,
    ExportKind,
    ExportStep,
)
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import DomainError, InvalidInput, NotVisible, database_rules
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.queue import ask_worker
from consortium.kernel.scoping import unfiltered
from consortium.people.queries import actor_of

_WHY = "writing exports"


@transaction.atomic
def begin_export(
    *, actor: Actor, asked: Asked, kind: str, proven: bool, key: UUID | None = None, language: str = ""
) -> Export:
    """Ask for a file of the rows behind the numbers; a worker writes it. One at a time for each person.

    `proven`: the person has shown just now who they are. Raises NotPermitted, InvalidInput, DomainError.
    """
    require(may_export(actor, proven=proven))
    if kind not in ExportKind.values:
        raise InvalidInput({"kind": _("Choose CSV or a spreadsheet.")})

    def make() -> Export:
        fresh = Export(
            kind=kind, asked=asked.kept(), language=language, created_at=clock.now(), created_by_id=actor.user_id,
            rows=rows_of(asked), **({"request_key": key} if key else {}),
        )  # fmt: skip
        with database_rules(), transaction.atomic():
            fresh.save(force_insert=True)
        record(actor=actor, verb="export", subject=fresh, facts={"kind": kind, "rows": fresh.rows, **fresh.asked})
        return fresh

    export, _fresh = once(Export, actor=actor, key=key, make=make)
    transaction.on_commit(lambda: ask_worker("insight.write_export", str(export.pk)), robust=True)
    return export


@transaction.atomic
def cancel_export(*, actor: Actor, export_id: UUID) -> Export:
    """Stop writing; what was written is removed. Cancelled already: nothing happens."""
    export: Export | None = Export.objects.select_for_update().filter(pk=export_id).first()
    if export is None:
        raise NotVisible
    if export.step == ExportStep.CANCELLED:
        return export
    EXPORT.take("cancel", actor, export)
    export.save(update_fields=["step"])
    record(actor=actor, verb="cancel", subject=export)
    transaction.on_commit(lambda: _remove(export))
    return export


def _remove(export: Export) -> None:
    export.part.unlink(missing_ok=True)
    export.file.unlink(missing_ok=True)


def write_piece(export_id: UUID) -> bool:
    """Write one more piece; whether there is more to do. Nothing while another worker is at it.

    What the file holds behind the length that was committed is cut off first, so a piece that was half written when
    its worker died is written again, once.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:  # packing a million rows takes longer than a request may wait
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        rows = unfiltered(Export, why=_WHY).select_for_update(skip_locked=True)
        export: Export | None = rows.filter(pk=export_id, step__in=GOING).first()
        if export is None:
            return False
        with acting_as(_owner(export)) as owner, translation.override(export.language or None):
            return _go_on(export, owner)


def _owner(export: Export) -> Actor:
    """Who asked for it, with the seats held now: a right that has ended since ends the export."""
    owner: Any = export.created_by
    return actor_of(owner, second_factor=True)


def _go_on(export: Export, owner: Actor) -> bool:
    try:
        asked = asked_of(owner, _read(export.asked))
    except DomainError:
        _take(export, "fail")
        return False
    rows = rows_after(asked, export.position, EXPORT_PIECE)
    if not rows:
        _finish(export)
        return False
    _append(export, list(lines_of(asked.subject, rows, names_for(asked))))
    export.position = [rows[-1]["month"].isoformat(), str(rows[-1]["case_id"])]
    export.written += len(rows)
    _take(export, "write")
    return True


def _read(kept: dict[str, str]) -> dict[str, Any]:
    """What `Asked.kept` wrote, as parameters again."""
    given: dict[str, Any] = dict(kept)
    for name in ("since", "until"):
        given[name] = datetime.strptime(kept[name], "%Y-%m").date()  # noqa: DTZ007 - a month, no instant
    for name in ("service", "institution", "region"):
        given[name] = UUID(kept[name]) if name in kept else None
    return given | {"priority": int(kept["priority"]) if "priority" in kept else None}


def _append(export: Export, lines: list[list[Any]]) -> None:
    export.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    data = _head(export) if not export.bytes else b""
    data += csv_lines(lines) if export.kind == ExportKind.CSV else sheet_lines(lines)
    with os.fdopen(os.open(export.part, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        file.truncate(export.bytes)
        file.seek(export.bytes)
        file.write(data)
    export.bytes += len(data)


def _head(export: Export) -> bytes:
    """The heading of a CSV; that of a spreadsheet comes with the packing."""
    return BOM.encode() + csv_lines([_columns(export)]) if export.kind == ExportKind.CSV else b""


def _columns(export: Export) -> tuple[str, ...]:
    return columns_of(SUBJECTS[export.asked.get("subject", CONSULTATIONS.key)])


def _finish(export: Export) -> None:
    if not export.written:
        _append(export, [])
    if export.kind == ExportKind.XLSX:
        pack(export.part, export.file, _columns(export), sheet_rows=SHEET_ROWS)
        export.part.unlink()
    else:
        export.part.rename(export.file)
    export.finished_at = clock.now()
    export.expires_at = export.finished_at + EXPORT_KEPT
    _take(export, "finish")


def _take(export: Export, verb: str) -> None:
    """A step of the system's, saved with what the piece changed."""
    with acting_as(system(_WHY)) as itself:
        EXPORT.take(verb, itself, export)
        export.alive_at = clock.now()
        export.save()
        if verb != "write":
            record(actor=itself, verb=f"export-{verb}", subject=export, facts={"rows": export.written})


def forsaken_exports() -> list[UUID]:
    """Those that wait, or whose worker has given no sign of life: the relay asks for them again."""
    silent = Q(alive_at=None) | Q(alive_at__lte=clock.now() - EXPORT_SILENCE)
    rows = unfiltered(Export, why=_WHY).going().filter(silent).order_by("created_at")
    return list(rows.values_list("pk", flat=True)[:20])


def expire_exports() -> int:
    """Remove the files whose time is over; how many. Twice at once removes each once."""
    with acting_as(system(_WHY)), transaction.atomic():
        rows = unfiltered(Export, why=_WHY).select_for_update(skip_locked=True)
        due = list(rows.filter(step=ExportStep.READY, expires_at__lte=clock.now())[:100])
        for export in due:
            _take(export, "expire")
            _remove(export)
        return len(due)


def note_download(*, actor: Actor, export: Export) -> None:
    """The taking of a file stands in the journal."""
    with transaction.atomic():
        record(actor=actor, verb="download", subject=export, facts={"rows": export.written, "kind": export.kind})
