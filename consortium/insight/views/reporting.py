"""Monthly reports: which there are, one in full, signing it, correcting it, taking it along."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consortium.insight.forms import ReviseForm
from consortium.insight.models import MonthlyReport
from consortium.insight.operations.reporting import note_report_taken, revise_report, sign_report
from consortium.insight.policies import may_see_reports
from consortium.insight.queries.reports import has_changed, report_for, reports_seen, sides_of, versions_of
from consortium.insight.states import REPORT
from consortium.insight.views.files import TYPES, file_of
from consortium.insight.views.pages import tabs
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import DomainError, NotVisible
from consortium.kernel.policies import require
from consortium.kernel.proof import prove_again, proven


@never_cache
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """The newest version of each month, the newest month first."""
    require(may_see_reports(current_actor()))
    page = reports_seen(request.GET.get("after", ""))
    context = {
        "tabs": tabs("reports"),
        "reports": page.items,
        "chinese": (get_language() or "").startswith("zh"),
        "next_url": f"?{urlencode({'after': page.next_cursor})}" if page.next_cursor else "",
    }
    return render(request, "insight/reports.html", context)


@never_cache
@require_safe
def report(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """One version: both sides, what each figure means, and what may be done with it."""
    require(may_see_reports(current_actor()))
    return _page(request, report_for(report_id), ReviseForm(initial={"request_key": uuid4()}))


def _page(request: HttpRequest, found: MonthlyReport, form: ReviseForm, status: int = 200) -> HttpResponse:
    versions = versions_of(found)
    is_newest = versions[0]["id"] == found.pk
    verbs = {each.verb for each in REPORT.available(current_actor(), found)} if is_newest else set()
    context: dict[str, Any] = {
        "report": found,
        "sides": sides_of(found),
        "versions": versions,
        "is_newest": is_newest,
        "changed": is_newest and has_changed(found),
        "may_sign": "sign" in verbs,
        "may_revise": "revise" in verbs,
        "form": form,
    }
    return render(request, "insight/report.html", context, status=status)


@require_POST
def sign(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Sign it, after showing who one is."""
    found = report_for(report_id)
    if not proven(request):
        return prove_again(request, _address(found))
    sign_report(actor=current_actor(), report_id=report_id, proven=True)
    return redirect(_address(found))


def _address(found: MonthlyReport) -> str:
    return redirect("insight:report", found.pk).url


@require_POST
def revise(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """The month as it stands today, as a next version."""
    found, form = report_for(report_id), ReviseForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, 422)
    given = form.cleaned_data
    try:
        fresh = revise_report(
            actor=current_actor(), report_id=report_id, reason=given["reason"], key=given["request_key"]
        )
    except DomainError as error:
        if error.status in (403, 404):
            raise
        form.add_error(None, str(error.message))
        return _page(request, found, form, error.status)
    return redirect("insight:report", fresh.pk)


@never_cache
@require_safe
def report_file(request: HttpRequest, report_id: UUID, kind: str, language: str) -> HttpResponse:
    """The frozen report as PDF or XLSX in the language asked for; the taking stands in the journal."""
    actor = current_actor()
    require(may_see_reports(actor))
    found = report_for(report_id)
    if kind not in TYPES or language not in ("en", "zh"):
        raise NotVisible
    if not proven(request):
        return prove_again(request)
    note_report_taken(actor=actor, report=found, kind=kind)
    name = f"referrals-{found.month:%Y-%m}-v{found.version}-{language}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(file_of(found, kind, language), content_type=TYPES[kind], headers=headers)
