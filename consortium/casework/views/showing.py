"""What the page of every case does around its own parts."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from consortium.casework.models import Case
from consortium.casework.operations import mark_read
from consortium.casework.queries.page import CasePage
from consortium.casework.queries.thread import Place, quoted
from consortium.casework.views.talking import Files, fresh_form, uuid_of
from consortium.journal.operations import note_read
from consortium.kernel.actors import Actor


def place_of(request: HttpRequest) -> Place:
    """Where a page that listens stands in the thread (`?since=`, `?read=`)."""
    return Place(_number(request, "since"), _number(request, "read") or 0)


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def is_known_anew(request: HttpRequest, page: CasePage[Any]) -> bool:
    """Whether the reader has come to know the child, or may no longer, since they opened the page (`?known=`)."""
    return request.GET.get("known", "") not in ("", str(int(page.identified)))


def note_look(page: CasePage[Any], *, seen: bool = True) -> None:
    """One read in the journal for one look, and the thread is read to its end when somebody sees it."""
    if page.patient is not None:
        note_read(
            actor=page.actor, subject=page.patient, patient_id=page.patient.pk, what=page.case.kind, once_per_look=True
        )
    if page.thread_shown and seen:
        mark_read(actor=page.actor, case=page.case)


def shared_parts(page: CasePage[Any], place: Place) -> dict[str, Any]:
    """The context of what every case's page has that changes by itself."""
    return {
        "page": page,
        "case": page.case,
        "clock": page.running(),
        "thread": page.thread(place),
        "dock": page.dock(),
        "glance": page.glance(),
        "duty": page.duty,
    }


def composer(
    request: HttpRequest, page: CasePage[Any], files: Callable[[Actor, Case], Files]
) -> dict[str, Any]:  # fmt: skip
    """The context of the composer (`?reply=`: what it answers); empty for who does not write here."""
    if not (page.may_write and page.case.is_open):
        return {}
    reply_to = uuid_of(request.GET.get("reply", ""))
    return {"message_form": fresh_form(files(page.actor, page.case), reply_to), "quote": quoted(page.case, reply_to)}
