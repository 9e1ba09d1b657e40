"""What the page of every case does around its own parts."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from consortium.casework.models import Case
from consortium.casework.operations import mark_read
from consortium.casework.queries.page import CasePage
from consortium.casework.queries.thread import Place, quoted
from consortium.casework.views.talking import Files, fresh_form, uuid_of
from consortium.journal.operations import note_read
from consortium.kernel.actors import Actor
from consortium.kernel.adapters import adapters
from consortium.kernel.errors import NotVisible

Live = Callable[[HttpRequest, UUID], HttpResponse]


def or_away(live: Live) -> Live:
    """The parts that change; a page that listens and whose case has left its reader's sight, as a coordinator's does
    when it closes, leads to the worklist and says so. The answer is the same for a case that never was."""

    @wraps(live)
    def led(request: HttpRequest, case_id: UUID) -> HttpResponse:
        try:
            return live(request, case_id)
        except NotVisible:
            if not request.headers.get("HX-Request"):
                raise
        messages.info(request, _("The case that stood here is closed, or no longer yours to see."))
        return HttpResponseClientRedirect("/")

    return led


def place_of(request: HttpRequest) -> Place:
    """Where a page that listens stands in the thread (`?since=`, `?read=`)."""
    return Place(_number(request, "since"), _number(request, "read") or 0)


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def is_known_anew(request: HttpRequest, page: CasePage[Any]) -> bool:
    """Whether the reader has come to know the child or to read its thread, or may no longer, since they opened the page
    (`?known=`)."""
    return request.GET.get("known", "") not in ("", page.known)


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
        "case_links": _links(page) if page.identified else [],
    }


def _links(page: CasePage[Any]) -> list[dict[str, str]]:
    """What other features lead to from here: settings.CASE_LINKS. They ask the database nothing."""
    found = (leads_to(page.actor, page.case) for leads_to in adapters("CASE_LINKS").values())
    return [link for link in found if link]


def composer(
    request: HttpRequest, page: CasePage[Any], files: Callable[[Actor, Case], Files]
) -> dict[str, Any]:  # fmt: skip
    """The context of the composer (`?reply=`: what it answers); empty for who does not write here."""
    if not (page.may_write and page.case.is_open):
        return {}
    reply_to = uuid_of(request.GET.get("reply", ""))
    return {"message_form": fresh_form(files(page.actor, page.case), reply_to), "quote": quoted(page.case, reply_to)}
