"""What the form of any draft does around its fields: the version that it edits, a measured weight, autosave."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse, JsonResponse, QueryDict

from consortium.casework.models import Case
from consortium.casework.queries.rows import kilograms
from consortium.kernel import clock
from consortium.kernel.errors import DomainError
from consortium.patients.queries.measuring import latest_values
from consortium.patients.queries.record import patient_for


def number_in(text: Any) -> int | None:
    """A number that a form sent, None for anything else."""
    return int(text) if str(text or "").isdecimal() else None


def take_weight(form: forms.Form) -> None:
    """One tap takes the weight that was measured; it is never taken in silence when it is old."""
    if "use_weight" in form.data and isinstance(form.data, QueryDict):
        form.data = {**form.data.dict(), "weight": form.data["use_weight"]}


def show_version(form: forms.Form, version: Any) -> None:
    """What the form shows again is an edit of this version."""
    form.data = {**form.data.dict(), "version": str(version)} if isinstance(form.data, QueryDict) else form.data


def weight_shown(case: Case) -> str:
    """The draft's weight in kilograms; else the one that was measured lately enough: it stands in the form already."""
    if case.weight_grams:
        return kilograms(case.weight_grams)
    known = latest_values(patient_for(case.patient_id)).get("weight")
    return known.plain if known and known.is_current and not known.row.estimated else ""


def kept(save: Callable[[], Case]) -> HttpResponse:
    """Keeps a draft while it is typed: JSON with the new version, or why it was not kept."""
    try:
        case = save()
    except DomainError as error:
        return JsonResponse({"detail": str(error.message), **error.detail}, status=error.status)
    return JsonResponse({"version": case.version, "saved_at": clock.now().isoformat()})
