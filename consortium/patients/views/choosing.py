"""Which child is it about? The page with which a question or a referral begins."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from consortium.journal.operations import note_list_read
from consortium.kernel.actors import current_actor
from consortium.kernel.limits import spend, spender
from consortium.patients.queries.search import Found, find, patients_page
from consortium.patients.views.registry import unseen_record


def choose_child(request: HttpRequest, *, title: str | Promise, begin: str, what: str) -> HttpResponse:
    """The clinic's newest children, or those a search finds: by POST, no name stands in an address.

    `begin`: the name of the page that each leads to; `what`: what the journal says that the list was read for. The
    caller has checked the right.
    """
    actor, text = current_actor(), request.POST.get("q", "").strip()
    if text:
        spend("search", spender(request))
    found = find(actor, text) if text else Found(patients_page(actor).items)
    note_list_read(actor=actor, what=what, patient_ids=[row["id"] for row in found.rows])
    context: dict[str, Any] = {
        "children": [_child(row) for row in found.rows], "q": text, "title": title, "begin": begin,
        "here": request.path,
    }  # fmt: skip
    if found.unseen is not None:
        context |= unseen_record(actor, found.unseen, found.by, text)
    return render(request, "patients/choose_child.html", context)


def _child(row: dict[str, Any]) -> dict[str, Any]:
    order = f" ({row['birth_order']})" if row["birth_order"] else ""
    name = row["name"] or _("Baby of %(mother)s") % {"mother": row["baby_of"]} + order
    return {**row, "shown": name}
