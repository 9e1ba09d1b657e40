"""Emergency access, from both sides: the clinician who needs it, the privacy officer who reviews it."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium.journal.operations import note_list_read, note_read
from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import DomainError
from consortium.kernel.limits import spend, spender
from consortium.kernel.policies import require
from consortium.kernel.proof import freshly_proven, prove_again, proven
from consortium.patients.forms import EraseForm, GlassForm, ReviewForm, SearchForm, show_error
from consortium.patients.models import Patient
from consortium.patients.operations import break_glass as open_record
from consortium.patients.operations import end_grant, erase_patient, review_grant
from consortium.patients.policies import may_erase, may_list_grants, may_register, may_review_grant
from consortium.patients.queries import audit
from consortium.patients.queries.search import read_unseen_token
from consortium.patients.views.registry import FORM_METHODS, back_to, named

# -- the clinician ------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(FORM_METHODS)
def break_glass(request: HttpRequest, token: str) -> HttpResponse:
    """Open a record that is not one's own to see. The page names no child: the reader does not see it yet."""
    actor = current_actor()
    require(may_register(actor))
    patient_id = read_unseen_token(actor, token)
    if not (actor.second_factor or proven(request)):
        return prove_again(request)
    form = GlassForm(request.POST or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        return _open(request, actor, patient_id, form)
    return render(request, "patients/glass.html", {"form": form, "next": back_to(request)})


def _open(request: HttpRequest, actor: Actor, patient_id: UUID, form: GlassForm) -> HttpResponse:
    given = form.cleaned_data
    try:
        open_record(
            actor=actor, patient_id=patient_id, institution_id=given["institution"].pk, reason=given["reason"],
            explanation=given["explanation"], proven=proven(request), key=form.key,
        )  # fmt: skip
    except DomainError as error:
        show_error(form, error)
        context = {"form": form, "next": back_to(request)}
        return render(request, "patients/glass.html", context, status=error.status)
    return redirect(back_to(request) or reverse("patients:show", args=[patient_id]))


@require_POST
def end_access(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """Closed early, by the holder or a privacy officer."""
    actor = current_actor()
    end_grant(actor=actor, grant_id=grant_id)
    messages.success(request, _("The access has ended."))
    return redirect("patients:grants" if may_list_grants(actor) else "patients:list")


# -- the privacy officer ------------------------------------------------------------------------------------------


@never_cache
@require_safe
def grants(request: HttpRequest) -> HttpResponse:
    """Emergency access to review, the newest first; `?tab=reviewed` for the others."""
    actor, reviewed = current_actor(), request.GET.get("tab") == "reviewed"
    page = audit.grants_page(actor, reviewed=reviewed, after=request.GET.get("after", ""))
    note_list_read(actor=actor, what="grants", patient_ids=[row.grant.patient_id for row in page.items])
    kept = {"tab": "reviewed"} if reviewed else {}
    context = {
        "rows": page.items,
        "next_url": f"?{urlencode({**kept, 'after': page.next_cursor})}" if page.next_cursor else "",
        "tabs": [
            {"label": _("To review"), "url": "?", "here": not reviewed, "count": None},
            {"label": _("Reviewed"), "url": "?tab=reviewed", "here": reviewed, "count": None},
        ],
    }
    return render(request, "patients/grants.html", context)


@never_cache
@require_http_methods(FORM_METHODS)
def grant(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """One emergency access: why, what was done with it, and the officer's finding."""
    actor = current_actor()
    row = audit.grant_for(actor, grant_id)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            review_grant(actor=actor, grant_id=grant_id, **form.cleaned_data)
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Reviewed."))
            return redirect("patients:grants")
    note_read(actor=actor, subject=row.grant, patient_id=row.grant.patient_id, what="grant", verb="read-audit")
    decision = may_review_grant(actor, row.grant)
    context = {"row": row, "form": form, "acts": audit.acts_under(row.grant), "may_review": decision.allowed}
    return render(request, "patients/grant.html", context)


@never_cache
@require_http_methods(FORM_METHODS)
def watch(request: HttpRequest) -> HttpResponse:
    """Find the child whose readers are asked for. By POST: no name stands in an address."""
    actor = current_actor()
    require(may_list_grants(actor))
    form, rows = SearchForm(request.POST or None), list[dict[str, Any]]()
    if request.method == "POST" and form.is_valid():
        spend("search", spender(request))
        rows = audit.find_watched(actor, form.cleaned_data["text"], form.cleaned_data["birth_date"])
        note_list_read(actor=actor, what="audit-search", patient_ids=[row["id"] for row in rows])
    context = {"form": form, "rows": named(rows), "searched": request.method == "POST"}
    return render(request, "patients/watch.html", context)


@never_cache
@require_safe
def readers(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Who read this child's record; `?tab=all` for every act on it."""
    actor, everything = current_actor(), request.GET.get("tab") == "all"
    patient, number = audit.audited_patient(actor, patient_id)
    page = audit.readers_page(actor, patient_id, everything=everything, after=request.GET.get("after", ""))
    note_read(actor=actor, subject=patient, patient_id=patient.pk, what="readers", verb="read-audit")
    kept = {"tab": "all"} if everything else {}
    context = {
        "patient": patient,
        "own_number": number,
        "entries": page.items,
        "next_url": f"?{urlencode({**kept, 'after': page.next_cursor})}" if page.next_cursor else "",
        "may_erase": may_erase(actor, patient.pk, proven=True).allowed and patient.erased_at is None,
        "tabs": [
            {"label": _("Who read it"), "url": "?", "here": not everything, "count": None},
            {"label": _("Everything"), "url": "?tab=all", "here": everything, "count": None},
        ],
    }
    return render(request, "patients/readers.html", context)


@never_cache
@require_http_methods(FORM_METHODS)
@freshly_proven
def erase(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Erase a record for good."""
    actor = current_actor()
    require(may_erase(actor, patient_id, proven=True))
    patient, number = audit.audited_patient(actor, patient_id)
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _erase(request, actor, patient, form)
    note_read(actor=actor, subject=patient, patient_id=patient.pk, what="erase", verb="read-audit")
    return render(request, "patients/erase.html", {"form": form, "patient": patient, "own_number": number})


def _erase(request: HttpRequest, actor: Actor, patient: Patient, form: EraseForm) -> HttpResponse:
    reason = form.cleaned_data["reason"]
    erase_patient(actor=actor, patient_id=patient.pk, reason=reason, proven=proven(request))
    messages.success(request, _("The record is erased. The journal still verifies."))
    return redirect("patients:watch")
