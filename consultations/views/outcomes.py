"""What became of the child: the list of what is asked for, and the page on which it is told."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consortium.casework.models import Case
from consortium.journal.operations import note_list_read, note_read
from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import NotPermitted
from consortium.kernel.policies import require
from consortium.patients.models import Patient
from consortium.people.forms.base import Acting
from consultations.forms.outcomes import MissForm, OutcomeForm
from consultations.models import OutcomeChase
from consultations.operations.following import miss_outcome, tell_outcome
from consultations.policies import may_tell_outcome
from consultations.queries.outcomes import names_in, outcome_of, tells_outcomes, waiting_outcomes, waiting_row


@never_cache
@require_safe
def outcomes(request: HttpRequest) -> HttpResponse:
    """The children about whom the actor's clinic, or the office, is asked."""
    actor = current_actor()
    if not tells_outcomes(actor):
        raise NotPermitted
    page = waiting_outcomes(actor, after=request.GET.get("after", ""))
    known = names_in(page.items)
    note_list_read(actor=actor, what="outcomes", patient_ids=sorted(known))
    rows = [waiting_row(chase, actor, known) for chase in page.items]
    next_url = f"{request.path}?{urlencode({'after': page.next_cursor})}" if page.next_cursor else ""
    return render(request, "consultations/outcomes.html", {"rows": rows, "next_url": next_url})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def outcome(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Tell how the child is, or that the family cannot be reached (`act=miss`)."""
    actor, chase = current_actor(), outcome_of(case_id)
    require(may_tell_outcome(actor, chase))
    missing = request.POST.get("act") == "miss"
    told = OutcomeForm(request.POST if request.method == "POST" and not missing else None, initial=_kept(chase))
    missed = MissForm(request.POST if missing else None, prefix="miss")
    if _done(told, lambda said: tell_outcome(actor=actor, case_id=case_id, **said)):
        messages.success(request, _("Thank you. The specialist learns what became of the child."))
        return redirect(_onward(case_id))
    if _done(missed, lambda said: miss_outcome(actor=actor, case_id=case_id, **said)):
        messages.success(request, _("Noted."))
        return redirect(_onward(case_id))
    child = _child(actor, chase)
    row = waiting_row(chase, actor, {child.pk: child} if child else {})
    context = {"form": told, "miss_form": missed, "chase": chase, "row": row, "case": chase.case}
    return render(request, "consultations/outcome.html", context, status=max(told.status, missed.status))


def _done(form: Acting, act: Callable[[dict[str, Any]], Any]) -> bool:
    return form.is_valid() and form.run(lambda: act(form.cleaned_data)) is not None


def _child(actor: Actor, chase: OutcomeChase) -> Patient | None:
    """The child, for who may know it; the look is a read."""
    child: Patient | None = Patient.objects.filter(pk=chase.case.patient_id).first()
    if child is not None:
        note_read(actor=actor, subject=child, patient_id=child.pk, what="outcome", once_per_look=True)
    return child


def _kept(chase: OutcomeChase) -> dict[str, str]:
    return {name: getattr(chase, name) for name in ("outcome", "diagnosis", "agreement", "advice_fit", "note")}


def _onward(case_id: UUID) -> str:
    """Back to the case, where it is seen; else to the list."""
    seen = Case.objects.filter(pk=case_id).exists()
    return reverse("consultations:show", args=[case_id]) if seen else reverse("consultations:outcomes")
