"""Questions out of files and into them: the template, the preview row by row, taking over, and the export."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consortium.casework.sheets import BOM, csv_lines, workbook
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.policies import require
from courses.assessment import gift, tables
from courses.assessment.forms.items import FilterForm, ImportForm
from courses.assessment.items.drafted import Drafted
from courses.assessment.models import ItemImport
from courses.assessment.operations.importing import begin_import, draft_of, finish_import
from courses.assessment.policies.items import may_see_bank, may_write
from courses.assessment.queries.bank import exported
from courses.assessment.states import Kind

_TYPES: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "gift": "text/plain; charset=utf-8",
}
_ENDS: Final = {"gift": "gift.txt"}


def _sent(form: str, content: bytes, name: str) -> HttpResponse:
    named = f'attachment; filename="{name}.{_ENDS.get(form, form)}"'
    return HttpResponse(content, content_type=_TYPES[form], headers={"Content-Disposition": named})


def _file(form: str, drafts: list[Drafted]) -> bytes:
    if form == "gift":
        return gift.write(drafts).encode()
    return _table(form, list(tables.rows_of(drafts)))


def _table(form: str, rows: list[tuple[str, ...]]) -> bytes:
    if form == "csv":
        return BOM.encode() + csv_lines([tables.HEADING, *rows])
    return workbook({"questions": (tables.HEADING, rows)})


@never_cache
@require_safe
def export(request: HttpRequest, form: str) -> HttpResponse:
    """The questions of the list as it is filtered."""
    require(may_see_bank(current_actor()))
    if form not in _TYPES:
        raise NotVisible
    return _sent(form, _file(form, exported(FilterForm(request.GET).asked())), "questions")


@never_cache
@require_safe
def template(request: HttpRequest, form: str) -> HttpResponse:
    """An empty spreadsheet with an example of each kind."""
    require(may_write(current_actor()))
    if form not in ("xlsx", "csv"):
        raise NotVisible
    return _sent(form, _table(form, list(tables.template_rows())), "template")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Choose a file; its rows are shown before anything is made."""
    actor = current_actor()
    require(may_write(actor))
    sent = request.POST if request.method == "POST" else None
    form = ImportForm(sent, request.FILES if sent is not None else None, initial={"request_key": uuid4()})
    if form.is_valid():
        file, key = form.cleaned_data["file"], form.cleaned_data["request_key"]
        made = form.run(lambda: begin_import(actor=actor, data=file.read(), name=file.name, key=key))
        if made is not None:
            return redirect("assessment:import", made.pk)
    return render(request, "assessment/bank/imports.html", {"form": form}, status=form.status)


def _batch(import_id: UUID) -> ItemImport:
    found: ItemImport | None = ItemImport.objects.filter(pk=import_id).first()
    if found is None:
        raise NotVisible
    return found


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    stem = row["content"].get("stem") or {}
    said = stem.get("zh") if (get_language() or "").startswith("zh") else stem.get("en")
    faults = [(field, fault) for field, fault in row["faults"].items()]
    return {**row, "stem": said or stem.get("en") or stem.get("zh") or "", "kind_label": Kind(row["kind"]).label,
            "faults": faults}  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """What each row would become, and what is wrong with it; a post takes over what is right."""
    batch = _batch(import_id)
    if request.method == "POST":
        finish_import(actor=current_actor(), import_id=import_id)
        return redirect("assessment:import", import_id)
    rows = [_shown(row) for row in batch.rows]
    good = sum(not row["faults"] for row in batch.rows)
    context = {"batch": batch, "rows": rows, "good": good, "bad": len(rows) - good}
    return render(request, "assessment/bank/import.html", context)


@never_cache
@require_safe
def faults(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """The rows that were not taken over, as a spreadsheet whose last column says why: to be mended and sent again."""
    rows = []
    for row in _batch(import_id).rows:
        if row["faults"]:
            why = "; ".join(str(fault) for fault in row["faults"].values())
            rows += [(*cells, why) for cells in _mended(draft_of(row))]
    return _sent("xlsx", workbook({"questions": ((*tables.HEADING, "faults"), rows)}), "faults")


_BLANK: Final = {"en": "", "zh": ""}
_NOTHING: Final[dict[str, Any]] = {
    "stem": _BLANK, "feedback": _BLANK, "rule": "", "alt": _BLANK, "right": False, "value": "", "tolerance": "0",
    "relative": False, "quantity": "", "unit": "", "picture": "", "most_words": "0",
    **{name: [] for name in ("options", "pairs", "extra", "accepted", "areas", "rubric", "parts")},
}  # fmt: skip
_NO_ROW: Final[dict[str, Any]] = {
    "id": "",
    "text": _BLANK,
    "match": _BLANK,
    "right": False,
    "feedback": _BLANK,
    "points": "1",
    "kind": "single",
}


def _whole(content: Mapping[str, Any]) -> dict[str, Any]:
    """What was understood, in a shape that can be written whatever is missing."""
    filled = _NOTHING | {name: value for name, value in content.items() if value is not None}
    for name in ("options", "pairs", "extra", "rubric", "parts"):
        filled[name] = [_NO_ROW | row | {"feedback": row.get("feedback") or _BLANK} for row in filled[name]]
    filled["parts"] = [row | {"content": _whole(row["content"])} for row in filled["parts"]]
    return filled


def _mended(draft: Drafted) -> list[tuple[str, ...]]:
    """The row as it was understood, whatever is missing of it."""
    whole = Drafted(
        draft.number, draft.code, draft.kind, _whole(draft.content), draft.tags, draft.points, draft.source
    )  # fmt: skip
    return list(tables.rows_of([whole]))
