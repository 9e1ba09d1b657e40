"""The reader: find a pathway, tell what is so, see what follows; read its chapter, its chart and its proof."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium.journal.operations import note_read
from consortium.kernel import clock
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import InvalidInput, NotVisible
from consortium.kernel.policies import require
from consortium.patients.models import Patient
from consortium.patients.queries.record import patient_for
from decision_manual import operations
from decision_manual.chart import outline
from decision_manual.library import Pathway
from decision_manual.models import PathwayVersion, Run
from decision_manual.policies import may_read_manual, may_run
from decision_manual.queries import (
    Listed,
    answer_of_run,
    answer_to,
    content_of,
    found,
    listed,
    pathways_shown,
    proof_of,
    version_shown,
    versions_of,
)
from decision_manual.queries.offering import offers_of
from decision_manual.queries.sheets import Result, asked, questions, reading_language, result_of
from decision_manual.states import MACHINE
from decision_manual.views.facts import facts_of

_BESIDE = {
    "age_days": gettext_lazy("Age in days"),
    "age_months": gettext_lazy("Age in months"),
    "weight_kg": gettext_lazy("Weight (kg)"),
}
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
    empty: bool


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pathway(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet of a pathway. A POST answers: the whole page, or for htmx the result alone; `keep` keeps the run."""
    actor = current_actor()
    require(may_read_manual(actor))
    version = version_shown(code)
    patient = _patient(request)
    offers = offers_of(patient, version.content) if patient else {}
    sheet = _sheet(request, version.content, patient, offers)
    if request.POST.get("keep") and sheet.result and not sheet.wrong:
        return _kept(request, version, sheet)
    context = _frame(version, "decide") | {
        "sheet": sheet,
        "result": sheet.result,
        "wrong": [(label, text) for label, text in _wrong(version.content, sheet.wrong)],
        "groups": questions(version.content, sheet.sent, sheet.wrong, offers),
        "weight_offer": offers.get("weight_kg"),
        "age_units": _AGE_UNITS,
        "age_unit": sheet.sent.get("age.unit", "age_months"),
        "patient": patient,
        "may_run": bool(may_run(actor)),
        "request_key": request.POST.get("request_key") or uuid4(),
    }
    template = "result.html" if request.headers.get("HX-Request") else "pathway.html"
    return render(request, f"decision_manual/{template}", context)


def _patient(request: HttpRequest) -> Patient | None:
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
        return _Sheet(sent, patient, asked_now, wrong, None, empty=request.method != "POST")
    try:
        return _Sheet(sent, patient, asked_now, {}, result_of(answer_to(asked_now)), empty=len(facts) == 1)
    except InvalidInput as error:
        return _Sheet(sent, patient, asked_now, error.fields, None, empty=False)


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


def _frame(version: PathwayVersion, here: str) -> dict[str, Any]:
    """What each page of a pathway shows around its own: title, tabs, the version and how far it has come."""
    code = version.pathway
    tabs = [
        (_("Decide"), reverse("manual:pathway", args=[code]), "decide"),
        (pgettext("view of a page", "Read"), reverse("manual:chapter", args=[code]), "read"),
        (_("Chart"), reverse("manual:chart", args=[code]), "chart"),
        (_("Proof"), reverse("manual:proof", args=[code]), "proof"),
    ]
    content, language = version.content, reading_language()
    return {
        "version": version,
        "listed": listed(version),
        "title": content.title.said(language),
        "summary": content.summary.said(language) if content.summary else "",
        "tabs": [{"label": label, "url": url, "here": name == here} for label, url, name in tabs],
    }


@require_safe
def chapter(request: HttpRequest, code: str) -> HttpResponse:
    """The textbook page, then where the sources differ."""
    require(may_read_manual(current_actor()))
    version, language = version_shown(code), reading_language()
    content = version.content
    conflicts = [
        {
            "topic": one.topic.said(language),
            "positions": [(source, words.said(language), source == one.chosen) for source, words in one.positions],
            "why": one.why.said(language),
        }
        for one in content.conflicts
    ]
    used = {cite.source for row in content.rows for cite in row.cite}
    context = {
        "sections": [(section.id, section.text.said(language)) for section in content.chapter],
        "conflicts": conflicts,
        "sources": [source for key, source in content.sources.items() if key in used],
        "unverified": content.verify,
    }
    return render(request, "decision_manual/chapter.html", _frame(version, "read") | context)


@require_safe
def chart(request: HttpRequest, code: str) -> HttpResponse:
    """The flow chart and the same as a nested list; `?run=` marks the way that a kept run walked."""
    require(may_read_manual(current_actor()))
    version, language = version_shown(code), reading_language()
    context = {
        # drawn and sanitised when the version was made, from our own data
        "svg": mark_safe(version.charts[language]),  # noqa: S308
        "outline": outline(version.content, language),
        "walked": _walked(request.GET.get("run", ""), version),
        "qr": _qr(request.build_absolute_uri(reverse("manual:version", args=[code, version.number]))),
    }
    return render(request, "decision_manual/chart.html", _frame(version, "chart") | context)


def _walked(run_id: str, version: PathwayVersion) -> list[str]:
    try:
        run = Run.objects.filter(pk=UUID(run_id)).first()
    except ValueError:
        return []
    part = run.parts.filter(version=version).first() if run else None
    return list(part.nodes) if part else []


def _qr(address: str) -> SafeString:
    code = segno.make(address, error="m", micro=False)
    return mark_safe(code.svg_inline(omitsize=True, border=2, svgclass="qr"))  # noqa: S308


@require_safe
def proof(request: HttpRequest, code: str) -> HttpResponse:
    """What was proven of the newest version, and every version there was."""
    require(may_read_manual(current_actor()))
    version = version_shown(code)
    context = {
        "proof": proof_of(version.pk),
        "versions": versions_of(code),
        "actions": MACHINE.available(current_actor(), version.state),
        "marks": sorted({*version.content.verify, *(row.verify for row in version.content.rows if row.verify)}),
    }
    return render(request, "decision_manual/proof.html", _frame(version, "proof") | context)


_ACTS: dict[str, Any] = {
    "send_to_review": operations.send_to_review,
    "approve_clinically": operations.approve_clinically,
    "approve_doses": operations.approve_doses,
    "send_back": operations.send_back,
    "retire": operations.retire,
}


_WITH_A_REASON = ("send_back", "retire")


@require_POST
def act(request: HttpRequest, code: str, number: int, verb: str) -> HttpResponse:
    """One step of a version's review; those that need a reason take `reason`."""
    if verb not in _ACTS:
        raise NotVisible
    row = version_shown(code, number)
    more = {"reason": request.POST.get("reason", "")} if verb in _WITH_A_REASON else {}
    _ACTS[verb](actor=current_actor(), version_id=row.pk, **more)
    messages.success(request, _("Done."))
    return redirect("manual:proof", code)


@require_safe
def version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The address in a QR code: this version's chart, with a word when a newer one stands."""
    require(may_read_manual(current_actor()))
    row, language = version_shown(code, number), reading_language()
    context = {
        "svg": mark_safe(row.charts[language]),  # noqa: S308
        "outline": outline(row.content, language),
        "walked": [],
        "newer": version_shown(code).number != number,
        "qr": _qr(request.build_absolute_uri()),
    }
    return render(request, "decision_manual/chart.html", _frame(row, "chart") | context)


@never_cache
@require_safe
def run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """A kept run on one A4 sheet: what was said of the child, what followed, doses with their reckoning, and why."""
    actor = current_actor()
    kept = Run.objects.select_related("patient", "created_by").filter(pk=run_id).first()
    if kept is None:
        raise NotVisible
    if kept.patient_id:
        note_read(actor=actor, subject=kept, patient_id=kept.patient_id, what="manual")
    part = kept.parts.select_related("version", "version__state").first()
    if part is None:
        raise NotVisible
    row: PathwayVersion = part.version
    result = result_of(answer_of_run(kept.asked, row))
    said = _said(row.content, kept.asked["facts"])
    context = _frame(row, "decide") | {
        "run": kept,
        "made_on": timezone.localdate(kept.made_at),
        "result": result,
        "facts": said,
        "as_text": _as_text(row, result, said),
        "qr": _qr(request.build_absolute_uri(reverse("manual:version", args=[row.pathway, row.number]))),
    }
    return render(request, "decision_manual/run.html", context)


def _as_text(row: PathwayVersion, result: Result | None, said: list[tuple[str, str]]) -> str:
    """The run as plain text, for a letter or a message. No name stands in it."""
    named = {"title": listed(row).title(reading_language()), "number": row.number}
    lines = [_("Manual: %(title)s, version %(number)s") % named]
    for held in result.held if result else ():
        lines.append(f"{held.title}" + (f" ({held.referral.urgency}: {held.referral.title})" if held.referral else ""))
        lines += [" - ".join(filter(None, (each.title, each.dose.text if each.dose else ""))) for each in held.actions]
    if result and result.not_excluded:
        lines.append(_("Not excluded: %(title)s") % {"title": result.not_excluded_title})
    return "\n".join([*lines, *(f"{label}: {value}" for label, value in said)])


def _said(content: Pathway, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The facts as a reader sees them: (label, value)."""
    language = reading_language()
    said = []
    for code, value in facts.items():
        one = content.findings.get(code)
        label = one.label.said(language) if one else _BESIDE.get(code, code)
        said.append((str(label), _value(one, value, language)))
    return said


def _value(finding: Any, value: Any, language: str) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Mapping):
        return f"{value['value']} {value['unit']}"
    if finding is not None and finding.choices:
        return next((c.label.said(language) for c in finding.choices if c.code == value), str(value))
    unit = finding.unit if finding is not None and finding.unit not in ("1", "") else ""
    return f"{value} {unit}".strip()
