"""The bed board of a service: read by all staff, kept by who works for it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from consortium.casework.models import Service
from consortium.casework.queries.duty import service_for
from consortium.kernel.actors import current_actor
from consortium.kernel.methods import form_page
from consortium.kernel.policies import require
from referrals.forms.beds import BedsForm
from referrals.models import BedBoard
from referrals.models.beds import BED_PLACES
from referrals.operations.beds import publish_beds
from referrals.policies import may_keep_beds
from referrals.queries.beds import beds_of


@form_page
def beds(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """What is free, and since when that is known; each kind of bed is saved by itself."""
    actor, service = current_actor(), service_for(service_id)
    keeps = may_keep_beds(actor, service)
    if request.method != "POST":
        return render(request, "referrals/beds.html", _context(service, keeps=keeps.allowed))
    require(keeps)
    form = BedsForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        if form.run(lambda: publish_beds(actor=actor, service_id=service.pk, **said)):
            messages.success(request, _("Saved. Everybody sees it with the time."))
            return redirect("referrals:beds", service_id)
    return render(request, "referrals/beds.html", _context(service, keeps=True, wrong=form), status=form.status)


def _context(service: Service, *, keeps: bool, wrong: BedsForm | None = None) -> dict[str, Any]:
    known = {board.place: board for board in beds_of([service.pk])}
    rows = [
        {"label": label, "board": known.get(code), "form": _form(code, known.get(code), wrong)}
        for code, label in BED_PLACES
    ]
    return {"service": service, "rows": rows, "keeps": keeps}


def _form(place: str, board: BedBoard | None, wrong: BedsForm | None) -> BedsForm:
    """The row's own form; what was refused keeps what was typed."""
    if wrong is not None and wrong.data.get("place") == place:
        return wrong
    initial = {"place": place}
    if board is not None:
        initial |= {"free": str(board.free), "note": board.note, "version": str(board.version)}
    return BedsForm(initial=initial, auto_id=f"{place}-%s")
