"""The auditor's pages."""

import csv
from io import StringIO
from typing import Any
from urllib.parse import urlencode

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consortium.journal.forms import NarrowForm
from consortium.journal.models import Entry
from consortium.journal.operations import note_export
from consortium.journal.policies import may_export_journal, may_read_journal
from consortium.journal.queries import journal_page, last_verification
from consortium.kernel import clock
from consortium.kernel.actors import current_actor
from consortium.kernel.policies import require
from consortium.kernel.proof import prove_again, proven

MOST_EXPORTED = 20_000
_FILTERS = ("person", "verb", "institution", "since", "until")
_COLUMNS = (
    "at", "person", "role", "institution", "verb", "subject_type", "subject_id", "patient", "facts", "chain", "seq",
    "hash",
)  # fmt: skip


@never_cache
@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """The journal, the newest first, narrowed by person, act, period, institution; and whether its chains hold."""
    actor = current_actor()
    require(may_read_journal(actor))
    form = NarrowForm(request.GET)
    page = journal_page(form.narrow(), request.GET.get("after", ""))
    kept = _kept(request.GET)
    context = {
        "form": form,
        "entries": page.items,
        "next_url": f"?{urlencode({**kept, 'after': page.next_cursor})}" if page.next_cursor else "",
        "kept": kept,
        "verification": last_verification(),
        "may_export": may_export_journal(actor, proven=True).allowed,
        "most_exported": MOST_EXPORTED,
    }
    return render(request, "journal/entries.html", context)


def _kept(given: Any) -> dict[str, str]:
    return {name: given[name] for name in _FILTERS if given.get(name)}


@never_cache
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The narrowed journal as CSV, for an auditor who has shown just now who they are; it is noted in the journal."""
    actor = current_actor()
    require(may_export_journal(actor, proven=True))
    kept = _kept(request.POST)
    if not proven(request):
        return prove_again(request, f"{reverse('journal:entries')}?{urlencode(kept)}")
    rows = list(NarrowForm(request.POST).narrow().rows().order_by("-id")[:MOST_EXPORTED])
    note_export(actor=actor, rows=len(rows), filters=kept)
    name = f"journal-{clock.today():%Y%m%d}.csv"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(_csv(rows), content_type="text/csv; charset=utf-8", headers=disposition)


def _csv(rows: list[Entry]) -> str:
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    writer.writerows([_plain(value) for value in _line(entry)] for entry in rows)
    return "\ufeff" + out.getvalue()


def _line(entry: Entry) -> tuple[Any, ...]:
    place: Any = entry.institution
    return (
        entry.at.isoformat(), entry.actor_name, entry.actor_role, place.name if place else "", entry.verb,
        entry.subject_type, entry.subject_id, entry.patient_id or "", orjson.dumps(entry.facts).decode(), entry.chain,
        entry.seq, bytes(entry.hash).hex(),
    )  # fmt: skip


def _plain(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
