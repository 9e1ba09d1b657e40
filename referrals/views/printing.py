"""The referral form and the outcome letter: on screen to copy, and as one A4 page of PDF, in either language."""

from collections.abc import Callable
from uuid import UUID

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consortium.journal.operations import note_read
from consortium.kernel.actors import current_actor
from consortium.kernel.paper import pdf
from referrals.queries.sheets import Sheet, outcome_sheet, referral_sheet

Find = Callable[[UUID], Sheet]


@never_cache
@require_safe
def form(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The form that goes with the child. `?language=` writes it in that language, whatever the reader's own is."""
    return _shown(request, case_id, referral_sheet, "form")


@never_cache
@require_safe
def letter(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The letter that says what became of the child."""
    return _shown(request, case_id, outcome_sheet, "letter")


@never_cache
@require_safe
def form_pdf(request: HttpRequest, case_id: UUID) -> HttpResponse:
    return _printed(request, case_id, referral_sheet, "form")


@never_cache
@require_safe
def letter_pdf(request: HttpRequest, case_id: UUID) -> HttpResponse:
    return _printed(request, case_id, outcome_sheet, "letter")


def _language(request: HttpRequest) -> str:
    wanted = request.GET.get("language", "")
    return wanted if wanted in dict(settings.LANGUAGES) else translation.get_language() or settings.LANGUAGE_CODE


def _found(case_id: UUID, find: Find, name: str) -> Sheet:
    sheet = find(case_id)
    note_read(actor=current_actor(), subject=sheet.patient, patient_id=sheet.patient.pk, what=name, once_per_look=True)
    return sheet


def _shown(request: HttpRequest, case_id: UUID, find: Find, name: str) -> HttpResponse:
    language = _language(request)
    with translation.override(language):
        context = {"sheet": _found(case_id, find, name), "case_id": case_id, "pdf": f"referrals:{name}_pdf"}
        return render(request, "referrals/sheet.html", {**context, "language": language})


def _printed(request: HttpRequest, case_id: UUID, find: Find, name: str) -> HttpResponse:
    language = _language(request)
    with translation.override(language):
        sheet = _found(case_id, find, name)
    code = segno.make(sheet.address, error="m", micro=False).svg_inline(border=0)
    made = pdf("referral", {**sheet.data(), "code": code}, language=language[:2])
    headers = {"Content-Disposition": f'inline; filename="{name}-{language}.pdf"'}
    return HttpResponse(made, content_type="application/pdf", headers=headers)
