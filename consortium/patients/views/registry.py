"""The list, the search, registering, the record and its changes."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium.journal.operations import note_list_read, note_read
from consortium.journal.queries import edits_since, last_seq
from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import DomainError, StaleVersion
from consortium.kernel.limits import spend, spender
from consortium.kernel.methods import key_of
from consortium.kernel.policies import require
from consortium.patients.forms import DetailsForm, EditForm, LinkForm, RegisterForm, SearchForm, show_error
from consortium.patients.identity.numbers import Doubt, doubts, masked
from consortium.patients.models import READING_ROLES, Patient, name_words
from consortium.patients.operations import (
    RecordExists,
    close_pathway,
    edit_patient,
    note_unseen,
    register_patient,
    register_twin,
    reopen_pathway,
)
from consortium.patients.policies import known_at, may_audit, may_edit, may_erase, may_list_grants, may_register
from consortium.patients.queries import search
from consortium.patients.queries.growing import glance
from consortium.patients.queries.record import RecordView, identity_of, patient_for, record_view
from consortium.patients.states import Sex

FORM_METHODS = ["GET", "HEAD", "POST"]
_DOUBTS = {
    Doubt.CHECK_DIGIT: gettext_lazy("The identity number looks mistyped: its last character does not fit."),
    Doubt.BIRTH_DATE: gettext_lazy("The identity number names another date of birth."),
    Doubt.SEX: gettext_lazy("The identity number names another sex."),
}


@never_cache
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The children whom the reader sees, newest on record first, and the search box."""
    actor = current_actor()
    if not may_register(actor) and may_list_grants(actor):
        return redirect("patients:watch")
    require(may_register(actor))
    page = search.patients_page(actor, request.GET.get("after", ""))
    note_list_read(actor=actor, what="patients", patient_ids=[row["id"] for row in page.items])
    next_url = f"?{urlencode({'after': page.next_cursor})}" if page.next_cursor else ""
    context = {"rows": named(page.items), "next_url": next_url, "form": SearchForm()}
    return render(request, "patients/list.html", context)


def named(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a list with the words that a page shows."""
    return [
        {
            **row,
            "display_name": name_words(row["name"], row["baby_of"], row["birth_order"]),
            "sex_label": Sex(row["sex"]).label if row["sex"] != Sex.UNKNOWN else "",
        }
        for row in rows
    ]


@never_cache
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """A search. It comes by POST, so that no name stands in an address."""
    actor = current_actor()
    require(may_register(actor))
    form = SearchForm(request.POST)
    given = form.cleaned_data if form.is_valid() else {}
    if not given.get("text") and not given.get("birth_date"):
        return redirect("patients:list")
    spend("search", spender(request))
    found = search.find(actor, given["text"], given["birth_date"])
    note_list_read(actor=actor, what="search", patient_ids=[row["id"] for row in found.rows])
    context: dict[str, Any] = {"rows": named(found.rows), "form": form, "found": found, "searched": True}
    if found.unseen is not None:
        context |= unseen_record(actor, found.unseen, found.by, given["text"])
    return render(request, "patients/list.html", context)


def unseen_record(actor: Actor, patient_id: UUID, by: str, text: str) -> dict[str, Any]:
    """A record exists that the actor does not see: the ways to it. That it was found stands in the child's journal."""
    note_unseen(actor=actor, patient_id=patient_id, by=by)
    return {
        "unseen": True,
        "identity_number": text if by == "identity" else "",
        "glass_url": reverse("patients:break_glass", args=[search.unseen_token(actor, patient_id)]),
    }


# -- registering --------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(FORM_METHODS)
def register(request: HttpRequest) -> HttpResponse:
    """Begin a record. Children of like name are shown first; a known identity number leads to linking."""
    actor = current_actor()
    require(may_register(actor))
    form = RegisterForm(request.POST or None, actor=actor)
    context: dict[str, Any] = {"form": form, "next": back_to(request)}
    if request.method == "POST" and form.is_valid():
        alike = [] if form.cleaned_data["anyway"] else _alike(actor, form)
        if not alike:
            return _register(request, actor, form, context)
        note_list_read(actor=actor, what="similar", patient_ids=[row["id"] for row in alike])
        form.data = {**request.POST.dict(), "anyway": "on"}
        context["alike"] = named(alike)
    return render(request, "patients/register.html", context)


def _alike(actor: Actor, form: RegisterForm) -> list[dict[str, Any]]:
    given = form.cleaned_data
    return search.similar(
        actor, given["institution"].pk,
        name=given["name"], baby_of=given["baby_of"], birth_date=given["birth_date"],
    )  # fmt: skip


def _register(request: HttpRequest, actor: Actor, form: RegisterForm, context: dict[str, Any]) -> HttpResponse:
    given = form.cleaned_data
    try:
        patient, _fresh = register_patient(
            actor=actor, institution_id=given["institution"].pk, details=form.details(),
            record_number=given["record_number"], identity_number=given["identity_number"], key=form.key,
        )  # fmt: skip
    except RecordExists:
        return _known_already(request, actor, given["identity_number"], given["record_number"])
    except DomainError as error:
        show_error(form, error)
        return render(request, "patients/register.html", context)
    messages.success(request, _("Registered."))
    _warn(request, form)
    return redirect(_onwards(request, patient))


def _known_already(request: HttpRequest, actor: Actor, number: str, record_number: str) -> HttpResponse:
    """The identity number is on record: show the child to who sees it, offer the link to who does not."""
    found = search.patient_with_identity(number)
    if found is not None and Patient.objects.filter(pk=found).exists():
        messages.info(request, _("This child is on record already."))
        return redirect("patients:show", found)
    ways = unseen_record(actor, found, "identity", number) if found else {}
    form = LinkForm(actor=actor, initial={"identity_number": number, "record_number": record_number})
    return render(request, "patients/link.html", {"form": form, **ways})


def _warn(request: HttpRequest, form: DetailsForm) -> None:
    given = form.cleaned_data
    for doubt in doubts(given["identity_number"], birth_date=given["birth_date"], sex=given["sex"]):
        messages.warning(request, _DOUBTS[doubt])


def back_to(request: HttpRequest) -> str:
    """Where the reader came from to do this, when that is a page of this site."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    return asked if url_has_allowed_host_and_scheme(asked, None) and asked.startswith("/") else ""


def _onwards(request: HttpRequest, patient: Patient) -> str:
    """To the record, or on to what the child was registered for: `next` is a page to whose address the child is added
    (`/consultations/new/` goes on at `/consultations/new/<child>/`)."""
    back = back_to(request)
    return f"{back.rstrip('/')}/{patient.pk}/" if back else reverse("patients:show", args=[patient.pk])


# -- the record -----------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def show(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """One child's record."""
    actor, patient = current_actor(), patient_for(patient_id)
    if patient.pk != patient_id:
        return redirect("patients:show", patient.pk)
    stood = last_seq(patient)
    view = record_view(actor, patient)
    note_read(actor=actor, subject=patient, patient_id=patient.pk, what="record", institution_id=_place(actor, view))
    context = {
        "view": view,
        "patient": patient,
        "topic": f"patient:{patient.pk}@{stood}",
        "identity_masked": masked(view.identity) if view.identity else "",
        "glance": glance(actor, patient),
        "here": request.path,
        "may_edit": may_edit(actor, patient).allowed,
        "may_audit": may_audit(actor, patient.pk).allowed,
        "may_erase": may_erase(actor, patient.pk, proven=True).allowed,
        "twin_key": uuid4(),
        "own_number": next((n.number for n in view.numbers if n.institution_id in _places(actor) and n.number), ""),
    }
    return render(request, "patients/show.html", context)


def _places(actor: Actor) -> frozenset[UUID]:
    return actor.institution_ids(*READING_ROLES)


def _place(actor: Actor, view: RecordView) -> UUID | None:
    """For which of the reader's institutions this is read: one that knows the child, when there is one."""
    places = _places(actor)
    known = [n.institution_id for n in view.numbers if n.institution_id in places]
    return next(iter([*known, *sorted(places)]), None)


@never_cache
@require_http_methods(FORM_METHODS)
def edit(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Change what is written down; somebody else's change in between is shown, and nothing typed is lost."""
    actor, patient = current_actor(), patient_for(patient_id)
    require(may_edit(actor, patient))
    places = known_at(actor, patient.pk, *READING_ROLES)
    number = patient.record_numbers.filter(institution_id__in=places[:1]).values_list("number", flat=True).first()
    if request.method != "POST":
        note_read(actor=actor, subject=patient, patient_id=patient.pk, what="edit")
        return _edit_page(request, patient, EditForm.of(patient, number or ""), known=bool(places))
    form = EditForm(request.POST)
    if not form.is_valid():
        return _edit_page(request, patient, form, known=bool(places))
    return _edit(request, actor, patient, form, known=bool(places))


def _edit_page(
    request: HttpRequest, patient: Patient, form: EditForm, *, known: bool, status: int = 200, **more: Any
) -> HttpResponse:
    identity = identity_of(patient)
    context = {
        "form": form,
        "patient": patient,
        "known": known,
        "identity_masked": masked(identity) if identity else "",
    }
    return render(request, "patients/edit.html", context | more, status=status)


def _edit(request: HttpRequest, actor: Actor, patient: Patient, form: EditForm, *, known: bool) -> HttpResponse:
    seen = form.cleaned_data["version"]
    try:
        edit_patient(
            actor=actor, patient_id=patient.pk, details=form.details(), version=seen,
            identity_number=form.identity(), record_number=form.cleaned_data["record_number"] if known else None,
        )  # fmt: skip
    except StaleVersion as error:
        others = edits_since(patient, seen)
        form.data = {**request.POST.dict(), "version": error.detail["version"]}
        return _edit_page(request, patient, form, known=known, status=409, others=others)
    except DomainError as error:
        show_error(form, error)
        return _edit_page(request, patient, form, known=known, status=error.status)
    messages.success(request, _("Saved."))
    _warn(request, form)
    return redirect("patients:show", patient.pk)


@require_POST
def twin(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """A twin by one tap; what is left open is filled in on its own page."""
    born, fresh = register_twin(actor=current_actor(), patient_id=patient_id, key=key_of(request))
    if fresh:
        messages.success(request, _("The twin is registered. Fill in the sex and what differs."))
    return redirect("patients:edit", born.pk)


@require_POST
def pathway(request: HttpRequest, pathway_id: UUID, verb: str) -> HttpResponse:
    """Close or reopen an episode of care."""
    act = {"close": close_pathway, "reopen": reopen_pathway}[verb]
    act(actor=current_actor(), pathway_id=pathway_id)
    patient = Patient.objects.filter(pathways__pk=pathway_id).values_list("pk", flat=True).first()
    return redirect("patients:show", patient) if patient else redirect("patients:list")
