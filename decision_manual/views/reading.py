"""The reader: find a pathway, tell what is so, see what follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consortium.kernel import clock
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import InvalidInput
from consortium.kernel.policies import require
from consortium.patients.models import Patient
from decision_manual import operations
from decision_manual.library import Pathway
from decision_manual.models import PathwayVersion
from decision_manual.policies import may_read_manual, may_run
from decision_manual.queries import (
    Listed,
    answer_to,
    content_of,
    found,
    pathways_shown,
    version_shown,
)
from decision_manual.queries.offering import offers_of
from decision_manual.queries.sheets import Result, asked, questions, reading_language, result_of
from decision_manual.views.facts import facts_of
from decision_manual.views.framing import frame, patient_of

_AGE_UNITS = (
    ("age_days", gettext_lazy("days")),
    ("age_months", gettext_lazy("months")),
    ("years", gettext_lazy("years")),
)
REGIONS = ("head", "ear", "eye", "mouth", "throat", "chest", "belly", "back", "groin", "arm", "leg", "skin", "whole")
_LONGEST_QUERY = 60


@require_safe
def manual(request: HttpRequest) -> HttpResponse:
    """The manual's first page: search, regions of the body, every pathway. htmx gets the list alone."""
    require(may_read_manual(current_actor()))
    query, region = request.GET.get("q", "")[:_LONGEST_QUERY].strip(), request.GET.get("region", "")
    language = reading_language()
    rows = pathways_shown()
    if query:
        order = {hit.pathway: number for number, hit in enumerate(found(query))}
        rows = sorted((row for row in rows if row.pathway in order), key=lambda row: order[row.pathway])
    elif region in REGIONS:
        rows = [row for row in rows if region in content_of(row.id).body]
    context = {
        "query": query,
        "region": region,
        "rows": [_row(row, language) for row in rows],
        "regions": REGIONS,
        "patient_id": request.GET.get("patient", ""),
    }
    template = "manual_list.html" if request.headers.get("HX-Request") else "manual.html"
    return render(request, f"decision_manual/{template}", context)


def _row(row: Listed, language: str) -> dict[str, Any]:
    summary = content_of(row.id).summary
    return {"row": row, "title": row.title(language), "summary": summary.said(language) if summary else ""}


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What was sent, the checked answer or what is wrong with it."""

    sent: Mapping[str, str]
    patient: Patient | None
    asked: dict[str, Any]
    wrong: Mapping[str, Any]
    result: Result | None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pathway(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet of a pathway. A POST answers: the whole page, or for htmx the result alone; `keep` keeps the run."""
    actor = current_actor()
    require(may_read_manual(actor))
    version = version_shown(code)
    patient = patient_of(request)
    offers = offers_of(patient, version.content) if patient else {}
    sheet = _sheet(request, version.content, patient, offers)
    if request.POST.get("keep") and sheet.result and not sheet.wrong:
        return _kept(request, version, sheet)
    context = frame(version, "decide", patient) | {
        "sheet": sheet,
        "result": sheet.result,
        "wrong": [(label, text) for label, text in _wrong(version.content, sheet.wrong)],
        "groups": questions(version.content, sheet.sent, sheet.wrong, offers),
        "weight_offer": offers.get("weight_kg"),
        "age_units": _AGE_UNITS,
        "age_unit": sheet.sent.get("age.unit", "age_months"),
        "may_run": bool(may_run(actor)),
        "request_key": request.POST.get("request_key") or uuid4(),
    }
    template = "result.html" if request.headers.get("HX-Request") else "pathway.html"
    return render(request, f"decision_manual/{template}", context)


def _sheet(request: HttpRequest, content: Pathway, patient: Patient | None, offers: Mapping[str, Any]) -> _Sheet:
    sent: dict[str, str] = {key: value.strip() for key, value in request.POST.items() if isinstance(value, str)}
    if patient and not sent.get("age"):
        sent |= {"age": str((clock.today() - patient.birth_date).days), "age.unit": "age_days"}
    taken = offers.get(request.POST.get("take", ""))
    if taken is not None:
        sent |= {request.POST["take"]: taken.plain, f"{request.POST['take']}.unit": taken.unit}
    facts, wrong = facts_of(content, sent)
    asked_now: dict[str, Any] = {"facts": facts, "pathway": content.id}
    if wrong or ("age_days" not in facts and "age_months" not in facts):
        return _Sheet(sent, patient, asked_now, wrong, None)
    try:
        return _Sheet(sent, patient, asked_now, {}, result_of(answer_to(asked_now)))
    except InvalidInput as error:
        return _Sheet(sent, patient, asked_now, error.fields, None)


def _wrong(content: Pathway, wrong: Mapping[str, Any]) -> list[tuple[str, str]]:
    language = reading_language()
    labels = {one.code: one.label.said(language) for one in asked(content)}
    return [(labels.get(code, _("Age") if code.startswith("age") else code), str(text)) for code, text in wrong.items()]


def _kept(request: HttpRequest, version: PathwayVersion, sheet: _Sheet) -> HttpResponse:
    try:
        key = UUID(request.POST.get("request_key", ""))
    except ValueError:
        key = uuid4()
    patient_id = sheet.patient.pk if sheet.patient else None
    told = request.POST.get("safety_net_given") == "yes"
    run, _fresh = operations.keep_run(
        actor=current_actor(), asked=sheet.asked, patient_id=patient_id, safety_net_given=told, key=key
    )
    return redirect("manual:run", run.pk)
