"""Two records of one child: compared side by side, joined, taken apart again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from consortium.journal.operations import note_list_read, note_read
from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.limits import spend, spender
from consortium.kernel.policies import require
from consortium.patients.forms import DetailsForm, SearchForm
from consortium.patients.identity.numbers import masked
from consortium.patients.models import READING_ROLES, Patient
from consortium.patients.operations import CHOICES, merge_patients, undo_merge
from consortium.patients.policies import known_at, may_edit, may_merge
from consortium.patients.queries import search
from consortium.patients.queries.record import identity_of, patient_for
from consortium.patients.states import Sex
from consortium.patients.views.registry import FORM_METHODS, named


@never_cache
@require_http_methods(FORM_METHODS)
def choose(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Which other record is the same child: likely ones first, any other by search."""
    actor, patient = current_actor(), patient_for(patient_id)
    require(may_edit(actor, patient))
    form = SearchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        spend("search", spender(request))
        rows = search.find(actor, form.cleaned_data["text"], form.cleaned_data["birth_date"]).rows
    else:
        rows = _likely(actor, patient)
    rows = [row for row in rows if row["id"] != patient.pk]
    note_list_read(actor=actor, what="merge-choices", patient_ids=[patient.pk, *(row["id"] for row in rows)])
    context = {"patient": patient, "rows": named(rows), "form": form, "searched": request.method == "POST"}
    return render(request, "patients/merge_choose.html", context)


def _likely(actor: Actor, patient: Patient) -> list[dict[str, Any]]:
    places = known_at(actor, patient.pk, *READING_ROLES)
    if not places:
        return []
    return search.similar(
        actor, places[0], name=patient.name, baby_of=patient.baby_of, birth_date=patient.birth_date
    )  # fmt: skip


@never_cache
@require_http_methods(FORM_METHODS)
def compare(request: HttpRequest, patient_id: UUID, other_id: UUID) -> HttpResponse:
    """Side by side; the first is kept. POST joins them with the values chosen."""
    actor, kept, absorbed = current_actor(), patient_for(patient_id), patient_for(other_id)
    require(may_merge(actor, kept, absorbed))
    if request.method == "POST":
        taken = frozenset(name for name in CHOICES if request.POST.get(name) == "absorbed")
        merge = merge_patients(actor=actor, kept_id=kept.pk, absorbed_id=absorbed.pk, taken=taken)
        undo = reverse("patients:undo_merge", args=[merge.pk])
        messages.success(request, _("The two records are one now."), extra_tags=f"undo:{undo}")
        return redirect("patients:show", kept.pk)
    for each in (kept, absorbed):
        note_read(actor=actor, subject=each, patient_id=each.pk, what="compare")
    context = {"patient": kept, "other": absorbed, "lines": _lines(kept, absorbed)}
    return render(request, "patients/merge_compare.html", context)


def _lines(kept: Patient, absorbed: Patient) -> list[dict[str, Any]]:
    ours, theirs = _shown(kept), _shown(absorbed)
    labels = {name: field.label for name, field in DetailsForm.base_fields.items()}
    return [
        {
            "name": name,
            "label": labels.get(name, labels["identity_number"]),
            "kept": ours[name],
            "absorbed": theirs[name],
            "differs": ours[name] != theirs[name],
            "take": not ours[name] and bool(theirs[name]),
        }
        for name in CHOICES
        if ours[name] or theirs[name]
    ]


def _shown(patient: Patient) -> dict[str, Any]:
    values = {name: getattr(patient, name, "") for name in CHOICES}
    number = identity_of(patient)
    sex = "" if patient.sex == Sex.UNKNOWN else Sex(patient.sex).label
    values["birth_date"] = patient.birth_date.isoformat()
    return {**values, "identity": masked(number) if number else "", "sex": sex}


@require_POST
def undo(request: HttpRequest, merge_id: UUID) -> HttpResponse:
    merge = undo_merge(actor=current_actor(), merge_id=merge_id)
    messages.success(request, _("The two records are apart again."))
    return redirect("patients:show", merge.patient_id)
