"""A kept run: one A4 sheet, and the same as plain text."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consortium.journal.operations import note_read
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.templatetags.look import qr
from decision_manual.library import Pathway
from decision_manual.models import PathwayVersion, Run
from decision_manual.queries import answer_of_run, listed
from decision_manual.queries.sheets import Result, reading_language, result_of
from decision_manual.views.framing import frame

_BESIDE = {
    "age_days": gettext_lazy("Age in days"),
    "age_months": gettext_lazy("Age in months"),
    "weight_kg": gettext_lazy("Weight (kg)"),
}


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
    context = frame(row, "decide") | {
        "run": kept,
        "made_on": timezone.localdate(kept.made_at),
        "result": result,
        "facts": said,
        "as_text": _as_text(row, result, said),
        "qr": qr(request.build_absolute_uri(reverse("manual:version", args=[row.pathway, row.number]))),
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
