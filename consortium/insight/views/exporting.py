"""Asking for a file, watching it grow, taking it."""

from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consortium.files.views.bytes_out import released, saved
from consortium.insight.forms import AskForm, ExportForm
from consortium.insight.models import Export
from consortium.insight.operations.exporting import begin_export, cancel_export, note_download
from consortium.insight.policies import may_see_measures
from consortium.insight.queries import columns_of, rows_of
from consortium.insight.states import GOING, About, ExportStep
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import DomainError, NotVisible
from consortium.kernel.policies import require
from consortium.kernel.proof import prove_again, proven

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_OVERVIEWS = {About.CONSULTATIONS.value: "insight:overview", About.REFERRALS.value: "insight:referrals"}
_NAMES = {
    About.CONSULTATIONS.value: gettext_lazy("consultations-%(day)s"),
    About.REFERRALS.value: gettext_lazy("referrals-%(day)s"),
}
_SHOWN = 10


def _exports() -> list[Export]:
    return list(Export.objects.order_by("-created_at", "id")[:_SHOWN])


@never_cache
@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    """What one would get of the questions that one looks at, and one's files."""
    form = AskForm(current_actor(), request.GET)
    return _page(request, form, ExportForm(initial={"request_key": uuid4()}))


def _page(request: HttpRequest, form: AskForm, choice: ExportForm, status: int = 200) -> HttpResponse:
    found = _exports()
    context = {
        "form": form,
        "kept": form.kept,
        "query": urlencode(form.kept),
        "choice": choice,
        "rows": rows_of(form.asked()),
        "columns": columns_of(form.subject),
        "back_url": f"{reverse(_OVERVIEWS[form.subject.key])}?{urlencode(form.kept)}",
        "exports": found,
        "going": any(each.step in GOING for each in found),
    }
    return render(request, "insight/exports.html", context, status=status)


@never_cache
@require_safe
def export_list(request: HttpRequest) -> HttpResponse:
    """How far one's files are: the list alone, which asks for itself again while something is written."""
    require(may_see_measures(current_actor()))
    found = _exports()
    context = {"exports": found, "going": any(each.step in GOING for each in found)}
    return render(request, "insight/export_list.html", context)


@never_cache
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Ask for a file, after showing who one is."""
    actor = current_actor()
    form = AskForm(actor, request.POST)
    back = f"{reverse('insight:exports')}?{urlencode(form.kept)}"
    if not proven(request):
        return prove_again(request, back)
    choice = ExportForm(request.POST)
    if not choice.is_valid():
        return _page(request, form, choice, 422)
    given = choice.cleaned_data
    try:
        begin_export(
            actor=actor, asked=form.asked(), kind=given["kind"], proven=True, key=given["request_key"],
            language=get_language() or "",
        )  # fmt: skip
    except DomainError as error:
        choice.add_error(None, str(error.message))
        return _page(request, form, choice, error.status)
    return redirect(back)


@require_POST
def cancel(request: HttpRequest, export_id: UUID) -> HttpResponse:
    cancel_export(actor=current_actor(), export_id=export_id)
    return redirect("insight:exports")


@never_cache
@require_safe
def file(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """The file, to be saved; the taking stands in the journal. Sent beside the thread pool."""
    actor = current_actor()
    require(may_see_measures(actor))
    export = Export.objects.filter(pk=export_id, step=ExportStep.READY).first()
    if export is None or not export.file.exists():
        raise NotVisible
    if not proven(request):
        return prove_again(request)
    note_download(actor=actor, export=export)
    about = export.asked.get("subject", About.CONSULTATIONS.value)
    name = f"{_NAMES[about] % {'day': f'{export.created_at:%Y%m%d}'}}.{export.kind}"
    return saved(released(export.file, _TYPES[export.kind]), name, str(export.pk))
