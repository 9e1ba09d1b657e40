"""The report: one A4 page in the language that is asked for, and the same as plain text."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consortium.journal.operations import note_read
from consortium.kernel.actors import current_actor
from consultations.queries.report import report_for


@never_cache
@require_safe
def report(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """`?language=` prints it in that language, whatever the reader's own is."""
    actor = current_actor()
    wanted = request.GET.get("language", "")
    known = dict(settings.LANGUAGES)
    with translation.override(wanted if wanted in known else translation.get_language()):
        found = report_for(actor, case_id)
        note_read(actor=actor, subject=found.patient, patient_id=found.patient.pk, what="report", once_per_look=True)
        return render(request, "consultations/report.html", {"report": found, "case": found.consultation.case})
