"""A pathway to read: its chapter, its chart, its proof and the review of its versions."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consortium.kernel.actors import current_actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.policies import require
from consortium.kernel.templatetags.look import qr
from decision_manual import operations
from decision_manual.chart import outline
from decision_manual.models import PathwayVersion, Run
from decision_manual.policies import may_read_manual
from decision_manual.queries import proof_of, version_shown, versions_of
from decision_manual.queries.sheets import reading_language
from decision_manual.states import MACHINE
from decision_manual.views.framing import frame, patient_of


@never_cache
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
    return render(request, "decision_manual/chapter.html", frame(version, "read", patient_of(request)) | context)


@never_cache
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
        "qr": qr(request.build_absolute_uri(reverse("manual:version", args=[code, version.number]))),
    }
    return render(request, "decision_manual/chart.html", frame(version, "chart", patient_of(request)) | context)


def _walked(run_id: str, version: PathwayVersion) -> list[str]:
    try:
        run = Run.objects.filter(pk=UUID(run_id)).first()
    except ValueError:
        return []
    part = run.parts.filter(version=version).first() if run else None
    return list(part.nodes) if part else []


@never_cache
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
    return render(request, "decision_manual/proof.html", frame(version, "proof", patient_of(request)) | context)


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
        "qr": qr(request.build_absolute_uri()),
    }
    return render(request, "decision_manual/chart.html", frame(row, "chart") | context)
