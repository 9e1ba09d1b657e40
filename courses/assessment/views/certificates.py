"""Certificates: one's own and those one looks after, the signed paper, revoking, issuing again, the spreadsheet."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consortium.kernel.actors import current_actor
from consortium.kernel.errors import DomainError, NotVisible
from consortium.kernel.pagination import keyset
from consortium.kernel.policies import require
from courses.assessment.crediting import read_code
from courses.assessment.forms.credits import ReasonForm
from courses.assessment.models import Certificate, CreditEntry
from courses.assessment.operations.certificates import reissue_certificate, revoke_certificate
from courses.assessment.operations.exporting import export_certificates
from courses.assessment.policies.credits import may_reverse, may_see_issued
from courses.assessment.queries.certificates import (
    LANGUAGES,
    certificate_for,
    certificates_seen,
    pairs_of,
    paper,
    public_address,
)
from courses.assessment.states.credits import CERTIFICATE, CertificateStep, EntryKind

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@never_cache
@require_safe
def issued(request: HttpRequest) -> HttpResponse:
    """The certificates of one's institutions, the newest first; `?q=` a name or a number."""
    require(may_see_issued(current_actor()))
    said = request.GET.get("q", "").strip()[:60]
    page = keyset(_searched(said), order=("-issued_at", "id"), after=request.GET.get("after", ""))
    following = f"{request.path}?{urlencode({'q': said, 'after': page.next_cursor})}" if page.next_cursor else ""
    context = {"certificates": page.items, "next_url": following, "q": said}
    return render(request, "assessment/certificates/issued.html", context)


def _searched(said: str) -> QuerySet[Certificate]:
    rows = certificates_seen()
    if code := read_code(said):
        return rows.filter(code=code)
    return rows.filter(Q(name__icontains=said) | Q(name_zh__icontains=said)) if said else rows


@require_POST
def spreadsheet(request: HttpRequest) -> HttpResponse:
    """All that one sees, as a spreadsheet."""
    content = export_certificates(actor=current_actor())
    headers = {"Content-Disposition": 'attachment; filename="certificates.xlsx"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=_XLSX, headers=headers)


@never_cache
@require_safe
def certificate(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """One certificate: what it says, its paper, its standing, and the credits it stands for."""
    return _shown(request, certificate_for(certificate_id), ReasonForm())


def _shown(request: HttpRequest, found: Certificate, form: ReasonForm) -> HttpResponse:
    actor = current_actor()
    lines = CreditEntry.objects.filter(
        user_id=found.user_id, subject_id=found.subject_id, kind=EntryKind.AWARDED, reversal=None
    ).select_related("rule")
    context = {
        "certificate": found, "pairs": pairs_of(found), "form": form, "address": public_address(found),
        "verbs": {t.verb for t in CERTIFICATE.available(actor, found)}, "mine": found.user_id == actor.user_id,
        "reversible": [line for line in lines if may_reverse(actor, line)],
    }  # fmt: skip
    return render(request, "assessment/certificates/certificate.html", context, status=form.status)


@never_cache
@require_safe
def paper_file(request: HttpRequest, certificate_id: UUID, language: str) -> HttpResponse:
    """The signed PDF, in en or zh; none of a certificate that holds no more."""
    found = certificate_for(certificate_id)
    if language not in LANGUAGES or found.step != CertificateStep.VALID:
        raise NotVisible
    headers = {"Content-Disposition": f'attachment; filename="certificate-{found.number}-{language}.pdf"'}
    return HttpResponse(paper(found, language), content_type="application/pdf", headers=headers)


@require_POST
def revoke(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """End it, with a reason."""
    found, form = certificate_for(certificate_id), ReasonForm(request.POST)
    actor = current_actor()
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    if form.run(lambda: revoke_certificate(actor=actor, certificate_id=certificate_id, reason=reason)) is None:
        return _shown(request, found, form)
    messages.success(request, _("Revoked. Its public page says so from now on."))
    return redirect("assessment:certificate", certificate_id)


@require_POST
def reissue(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """A new one under the name of now."""
    try:
        fresh = reissue_certificate(actor=current_actor(), certificate_id=certificate_id)
    except DomainError as error:
        if error.status != 422:
            raise
        messages.error(request, str(error.message))
        return redirect("assessment:certificate", certificate_id)
    messages.success(request, _("Issued again. The old one says that it was replaced."))
    return redirect("assessment:certificate", fresh.pk)
