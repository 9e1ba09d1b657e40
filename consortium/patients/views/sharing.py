"""Guardians, what they agreed to, and linking a record of another institution."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from consortium.journal.operations import note_read
from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import DomainError, NotVisible
from consortium.kernel.limits import spend, spender
from consortium.kernel.policies import require
from consortium.patients.forms import ConsentForm, GuardianForm, LinkForm, show_error
from consortium.patients.models import Guardian, Patient
from consortium.patients.operations import add_guardian, edit_guardian, link_record, record_consent
from consortium.patients.policies import may_edit, may_register
from consortium.patients.queries.record import ConsentState, consent_states, patient_for
from consortium.patients.views.registry import FORM_METHODS


@never_cache
@require_POST
def link(request: HttpRequest) -> HttpResponse:
    """Link a record found by its identity number. `ask` opens the form; the number travels in the body only."""
    actor = current_actor()
    require(may_register(actor))
    spend("search", spender(request))
    if "ask" in request.POST:
        asked = {name: request.POST.get(name, "")[:120] for name in ("identity_number", "record_number")}
        return render(request, "patients/link.html", {"form": LinkForm(actor=actor, initial=asked)})
    form = LinkForm(request.POST, actor=actor)
    return _link(request, actor, form) if form.is_valid() else render(request, "patients/link.html", {"form": form})


def _link(request: HttpRequest, actor: Actor, form: LinkForm) -> HttpResponse:
    try:
        patient = link_record(actor=actor, link=form.link(), guardian=form.guardian(), key=form.key)
    except NotVisible:
        raise
    except DomainError as error:
        show_error(form, error)
        return render(request, "patients/link.html", {"form": form})
    messages.success(request, _("The record is linked, and the guardian's consent is kept."))
    return redirect("patients:show", patient.pk)


# -- guardians ----------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(FORM_METHODS)
def new_guardian(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    actor, patient = current_actor(), patient_for(patient_id)
    require(may_edit(actor, patient))
    form = GuardianForm(request.POST or None)
    if request.method != "POST":
        note_read(actor=actor, subject=patient, patient_id=patient.pk, what="guardian")
    elif form.is_valid():
        try:
            add_guardian(actor=actor, patient_id=patient.pk, person=form.person(), key=form.key)
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("patients:show", patient.pk)
    return render(request, "patients/guardian.html", {"form": form, "patient": patient})


@never_cache
@require_http_methods(FORM_METHODS)
def guardian(request: HttpRequest, guardian_id: UUID) -> HttpResponse:
    actor = current_actor()
    known: Guardian | None = Guardian.objects.select_related("patient").filter(pk=guardian_id).first()
    if known is None:
        raise NotVisible
    require(may_edit(actor, known.patient))
    form = GuardianForm(request.POST) if request.method == "POST" else GuardianForm.of(known)
    if request.method != "POST":
        note_read(actor=actor, subject=known.patient, patient_id=known.patient_id, what="guardian")
    elif form.is_valid():
        try:
            edit_guardian(
                actor=actor, guardian_id=known.pk, person=form.person(), version=form.cleaned_data["version"]
            )  # fmt: skip
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("patients:show", known.patient_id)
    return render(request, "patients/guardian.html", {"form": form, "patient": known.patient, "guardian": known})


# -- consents -----------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(FORM_METHODS)
def consent(request: HttpRequest, patient_id: UUID, kind: str) -> HttpResponse:
    """One kind of consent: what was decided so far, and a new decision."""
    actor, patient = current_actor(), patient_for(patient_id)
    require(may_edit(actor, patient))
    state = _state(patient, kind)
    form = ConsentForm(request.POST or None, patient=patient, given=state.given, initial={"kind": kind})
    if request.method != "POST":
        note_read(actor=actor, subject=patient, patient_id=patient.pk, what="consent")
    elif form.is_valid():
        try:
            record_consent(actor=actor, patient_id=patient.pk, decision=form.decision(), key=form.key)
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("The decision is kept."))
            return redirect("patients:show", patient.pk)
    return render(request, "patients/consent.html", {"form": form, "patient": patient, "state": state})


def _state(patient: Patient, kind: str) -> ConsentState:
    found = next((state for state in consent_states(patient) if state.kind == kind), None)
    if found is None:
        raise NotVisible
    return found
