"""What was measured on a child: the list, adding several at once, taking a value back, and the growth charts."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consortium.clinical.growth import Index
from consortium.clinical.growth.chart import TITLES, Lines
from consortium.clinical.pews.scoring import NOT_VALIDATED
from consortium.journal.operations import note_read
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import DomainError
from consortium.kernel.policies import require
from consortium.patients.forms import CorrectForm, MeasureForm, show_error
from consortium.patients.models import Patient
from consortium.patients.operations import NotConfirmed, correct_measurement, record_measurements
from consortium.patients.policies import may_measure
from consortium.patients.queries.growing import first_index, growth_now, growth_page
from consortium.patients.queries.measuring import latest_pews, latest_values, measured_page, measurement_for
from consortium.patients.queries.record import patient_for
from consortium.patients.views.registry import FORM_METHODS


def _note(patient: Patient, what: str) -> None:
    note_read(actor=current_actor(), subject=patient, patient_id=patient.pk, what=what, once_per_look=True)


@never_cache
@require_safe
def listing(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The newest values with their age, the score of vital signs, and everything ever measured, newest first."""
    patient = patient_for(patient_id)
    _note(patient, "measurements")
    page = measured_page(patient, request.GET.get("after", ""))
    context = {
        "patient": patient,
        "page": page,
        "latest": latest_values(patient),
        "pews": latest_pews(patient),
        "growth": growth_now(patient),
        "not_validated": NOT_VALIDATED,
        "next_url": f"?{urlencode({'after': page.next_cursor})}" if page.next_cursor else "",
        "may_measure": may_measure(current_actor(), patient).allowed,
    }
    return render(request, "patients/measurements.html", context)


@never_cache
@require_http_methods(FORM_METHODS)
def add(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Several values at once; impossible ones are refused, unlikely ones asked back."""
    actor, patient = current_actor(), patient_for(patient_id)
    require(may_measure(actor, patient))
    form = MeasureForm(request.POST if request.method == "POST" else None, patient=patient)
    if request.method == "POST" and form.is_valid() and _kept(form, patient):
        messages.success(request, _("Measurements kept."))
        return redirect(_back(request, patient))
    if request.method != "POST":
        _note(patient, "measurements")
    context = {"form": form, "patient": patient, "next": _back(request, patient), "not_validated": NOT_VALIDATED}
    return render(request, "patients/measure.html", context, status=422 if form.is_bound else 200)


def _kept(form: MeasureForm, patient: Patient) -> bool:
    """Whether it was kept; what stood in the way is shown in the form."""
    try:
        record_measurements(
            actor=current_actor(), patient_id=patient.pk, entries=form.entries(),
            taken_at=form.cleaned_data["taken_at"], confirmed=form.confirmed, key=form.key,
        )  # fmt: skip
    except DomainError as error:
        _show(form, error)
        return False
    return True


def _show(form: Any, error: DomainError) -> None:
    show_error(form, error)
    if isinstance(error, NotConfirmed):
        form.ask_to_confirm(error.detail["confirm"])


def _back(request: HttpRequest, patient: Patient) -> str:
    """Where the reader came from, when that is a page of this site."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(asked, None) and asked.startswith("/")
    return asked if safe else reverse("patients:measurements", args=[patient.pk])


@never_cache
@require_http_methods(FORM_METHODS)
def correct(request: HttpRequest, measurement_id: UUID) -> HttpResponse:
    """Take a value back with a reason, and write down the right one."""
    actor, row = current_actor(), measurement_for(measurement_id)
    require(may_measure(actor, row.patient))
    form = CorrectForm(request.POST if request.method == "POST" else None, row=row)
    if request.method == "POST" and form.is_valid():
        try:
            correct_measurement(
                actor=actor, measurement_id=row.pk, reason=form.cleaned_data["reason"],
                replacement=form.replacement(), confirmed=form.confirmed,
            )  # fmt: skip
        except DomainError as error:
            _show(form, error)
        else:
            messages.success(request, _("Corrected."))
            return redirect("patients:measurements", row.patient_id)
    if request.method != "POST":
        _note(row.patient, "measurements")
    context = {"form": form, "row": row, "patient": row.patient}
    return render(request, "patients/measure_correct.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_safe
def growth(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """One growth chart and its table; prints on one sheet."""
    patient = patient_for(patient_id)
    _note(patient, "growth")
    index = _choice(Index, request.GET.get("index"), first_index(patient))
    lines = _choice(Lines, request.GET.get("lines"), Lines.Z)
    page = growth_page(patient, index, lines)
    other = Lines.PERCENTILE if lines == Lines.Z else Lines.Z
    context = {
        "patient": patient,
        "page": page,
        "chart": page.chart,
        "title": TITLES[index],
        "tabs": [_tab(each, index, lines) for each in Index],
        "other_lines": f"?{urlencode({'index': index, 'lines': other})}",
        "may_measure": may_measure(current_actor(), patient).allowed,
    }
    return render(request, "patients/measure_growth.html", context)


def _choice(kind: Any, text: str | None, otherwise: Any) -> Any:
    return kind(text) if text in set(kind) else otherwise


def _tab(index: Index, here: Index, lines: Lines) -> dict[str, Any]:
    return {
        "label": SHORT[index], "url": f"?{urlencode({'index': index, 'lines': lines})}", "here": index == here,
        "count": None,
    }  # fmt: skip


SHORT = {
    Index.WEIGHT: gettext_lazy("Weight"),
    Index.LENGTH: gettext_lazy("Height"),
    Index.WEIGHT_FOR_LENGTH: gettext_lazy("Weight/height"),
    Index.BMI: gettext_lazy("BMI"),
    Index.HEAD: gettext_lazy("Head"),
    Index.MUAC: gettext_lazy("Arm"),
}
