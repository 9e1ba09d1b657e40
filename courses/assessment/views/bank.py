"""The bank of questions: its list, one question with its review, what its answers say, and the queue of reviews."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consortium.kernel.actors import current_actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.pagination import Page
from consortium.kernel.policies import require
from courses.assessment.forms.items import FilterForm, RemarkForm
from courses.assessment.items import answer_from, flaws, read
from courses.assessment.models import ItemVersion, Picture
from courses.assessment.operations.items import (
    approve_item,
    retire_item,
    return_item,
    revise_item,
    submit_item,
)
from courses.assessment.operations.responses import rescore as rescore_answers
from courses.assessment.operations.responses import rescoring_preview
from courses.assessment.policies.items import may_see_bank, may_write
from courses.assessment.queries.bank import approved_version, bank_page, review_queue, version_shown, versions_of
from courses.assessment.queries.figures import Figures, figures_of
from courses.assessment.queries.showing import show_question
from courses.assessment.states import MACHINE, ItemStep, Kind, UseKind

_PLAIN = {"submit": submit_item, "approve": approve_item, "revise": revise_item}
_SAYING = {"send_back": return_item, "retire": retire_item}
#: how a step looks: tone and sign of its tag
STEP_LOOKS = {
    ItemStep.DRAFT: ("", "pencil"), ItemStep.IN_REVIEW: ("yellow", "hourglass"),
    ItemStep.APPROVED: ("green", "check"), ItemStep.RETIRED: ("", "archive"),
}  # fmt: skip


def _row(version: ItemVersion) -> dict[str, Any]:
    """A line of a list."""
    tone, sign = STEP_LOOKS[ItemStep(version.step)]
    stem = read(version.item.kind, version.content).stem
    return {"version": version, "item": version.item, "stem": stem.said(get_language() or "en"), "tone": tone,
            "sign": sign}  # fmt: skip


def _listed(request: HttpRequest, page: Page) -> dict[str, Any]:
    asked = request.GET.copy()
    asked["after"] = page.next_cursor
    return {
        "rows": [_row(version) for version in page.items],
        "next_url": f"?{asked.urlencode()}" if page.next_cursor else "",
    }


@never_cache
@require_safe
def bank(request: HttpRequest) -> HttpResponse:
    """The questions of the region, newest first; htmx gets the list alone."""
    actor = current_actor()
    require(may_see_bank(actor))
    form = FilterForm(request.GET)
    page = bank_page(form.asked(), after=request.GET.get("after", ""))
    context = _listed(request, page) | {
        "form": form, "may_write": bool(may_write(actor)), "query": request.GET.urlencode(), "kinds": Kind.choices,
    }  # fmt: skip
    alone = bool(request.headers.get("HX-Request")) and not request.GET.get("after")
    return render(request, "assessment/bank/list.html" if alone else "assessment/bank/bank.html", context)


@never_cache
@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """What waits for a review, the longest waiting first."""
    require(may_see_bank(current_actor()))
    page = review_queue(after=request.GET.get("after", ""))
    return render(request, "assessment/bank/reviews.html", _listed(request, page))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def version(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """One version as a learner is asked it; a post tries an answer, which is not kept."""
    actor = current_actor()
    require(may_see_bank(actor))
    row = version_shown(version_id)
    question = read(row.item.kind, row.content)
    answer = answer_from(question, request.POST, "a") if request.method == "POST" else {}
    tried = request.method == "POST"
    tone, sign = STEP_LOOKS[ItemStep(row.step)]
    context = {
        "version": row, "item": row.item, "tried": tried, "tone": tone, "sign": sign,
        "asked": show_question(row, answer=answer, key=tried, feedback=tried), "flaws": flaws(question),
        "versions": versions_of(row.item_id),
        "actions": [one for one in MACHINE.available(actor, row) if one.verb != "edit"],
        "may_edit": any(one.verb == "edit" for one in MACHINE.available(actor, row)),
    }  # fmt: skip
    return render(request, "assessment/bank/version.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, version_id: UUID, verb: str) -> HttpResponse:
    """An act of the machine; one that needs a word asks for it first."""
    row = version_shown(version_id)
    if verb in _SAYING:
        return _said(request, row, verb)
    if verb not in _PLAIN or request.method != "POST":
        raise NotVisible
    made = _PLAIN[verb](actor=current_actor(), version_id=version_id)
    return redirect("assessment:item_edit" if verb == "revise" else "assessment:item", made.pk)


def _said(request: HttpRequest, row: ItemVersion, verb: str) -> HttpResponse:
    transition = MACHINE.check(verb, current_actor(), row)
    form = RemarkForm(request.POST or None)
    if form.is_valid():
        remark = form.cleaned_data["remark"]
        if form.run(lambda: _SAYING[verb](actor=current_actor(), version_id=row.pk, remark=remark)):
            return redirect("assessment:item", row.pk)
    context = {"form": form, "version": row, "item": row.item, "transition": transition}
    return render(request, "assessment/bank/remark.html", context, status=form.status)


def _chosen(found: Figures, row: ItemVersion) -> list[dict[str, Any]]:
    """The table of what was chosen, with the options' own words."""
    shown = show_question(row)
    words = {one.id: one.text for one in shown.rows}
    words |= {"true": _("True"), "false": _("False")} if row.item.kind == Kind.TRUE_FALSE else {}
    return [
        {"one": one, "text": words.get(one.word, one.word), "right": found.right.get(one.word),
         "idle": one.word in found.idle, "percent": round(one.share * 100)}
        for one in found.chosen[:30]
    ]  # fmt: skip


@never_cache
@require_safe
def figures(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """What all answers to a version say of it."""
    require(may_see_bank(current_actor()))
    row = version_shown(version_id)
    found = figures_of(row)
    approved = approved_version(row.item_id)
    context = {
        "version": row, "item": row.item, "figures": found, "chosen": _chosen(found, row) if found.enough else [],
        "uses": [(UseKind(one.use).label, one) for one in found.uses],
        "may_rescore": bool(may_write(current_actor())) and approved is not None and approved.pk != row.pk,
    }  # fmt: skip
    return render(request, "assessment/bank/figures.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rescore(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Answers to a version, scored anew by the key that is approved now: first what would change, then so."""
    actor = current_actor()
    require(may_write(actor))
    row = version_shown(version_id)
    right = approved_version(row.item_id)
    if right is None or right.pk == row.pk:
        raise NotVisible
    if request.method == "POST":
        changed = len(rescore_answers(actor=actor, version_id=row.pk, by_version_id=right.pk))
        told = ngettext("%(n)d answer has other points now.", "%(n)d answers have other points now.", changed)
        messages.success(request, told % {"n": changed})
        return redirect("assessment:item_figures", row.pk)
    changes = rescoring_preview(actor=actor, version_id=row.pk, by_version_id=right.pk)
    better = sum((change.after or 0) > (change.before or 0) for change in changes)
    context = {"version": row, "item": row.item, "right": right, "changes": changes[:100], "count": len(changes),
               "better": better, "worse": len(changes) - better}  # fmt: skip
    return render(request, "assessment/bank/rescore.html", context)


@require_safe
def picture(request: HttpRequest, picture_id: UUID) -> HttpResponse:
    """A picture of a question, for whoever is signed in. It never changes, so a browser may keep it for itself."""
    found = Picture.objects.filter(pk=picture_id).first()
    if found is None:
        raise NotVisible
    headers = {"Cache-Control": "private, max-age=604800, immutable", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(found.content), content_type="image/webp", headers=headers)
