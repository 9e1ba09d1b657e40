"""What the pages of a pathway share: their frame, the child they are about, the code that leads back to a version."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consortium.journal.operations import note_read
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import NotVisible
from consortium.patients.models import Patient
from consortium.patients.queries.record import patient_for
from decision_manual.models import PathwayVersion
from decision_manual.queries import listed
from decision_manual.queries.sheets import reading_language


def patient_of(request: HttpRequest) -> Patient | None:
    """The child whom the sheet is about, when it is about one that the reader may see."""
    named = request.POST.get("patient") or request.GET.get("patient")
    if not named:
        return None
    try:
        patient = patient_for(UUID(named))
    except ValueError:
        raise NotVisible from None
    note_read(actor=current_actor(), subject=patient, patient_id=patient.pk, what="manual", once_per_look=True)
    return patient


def frame(version: PathwayVersion, here: str, patient: Patient | None = None) -> dict[str, Any]:
    """What each page of a pathway shows around its own: title, tabs, the version and how far it has come.

    `patient`: the child the page is about; the other tabs then are about it too.
    """
    code, about = version.pathway, f"?patient={patient.pk}" if patient else ""
    tabs = [
        (_("Decide"), reverse("manual:pathway", args=[code]) + about, "decide"),
        (pgettext("view of a page", "Read"), reverse("manual:chapter", args=[code]) + about, "read"),
        (_("Chart"), reverse("manual:chart", args=[code]) + about, "chart"),
        (_("Proof"), reverse("manual:proof", args=[code]) + about, "proof"),
    ]
    content, language = version.content, reading_language()
    return {
        "version": version,
        "patient": patient,
        "listed": listed(version),
        "title": content.title.said(language),
        "summary": content.summary.said(language) if content.summary else "",
        "tabs": [{"label": label, "url": url, "here": name == here} for label, url, name in tabs],
    }
