"""What is written at length: the outcome, its correction, the plan to send back with. Kept while it is typed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.forms import MultipleChoiceField
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consortium.casework.views.showing import note_look
from consortium.clinical.diagnoses import diagnoses
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import DomainError
from consortium.kernel.methods import form_page
from consortium.people.states import Capability
from referrals.forms.caring import BackForm, CorrectOutcomeForm, OutcomeForm
from referrals.models import CareDraft
from referrals.operations.letters import save_letter
from referrals.operations.outcomes import correct_outcome, send_outcome
from referrals.operations.returning import back_refer
from referrals.queries.matching import matches
from referrals.queries.outcomes import outcome_typed
from referrals.queries.page import ReferralPage, referral_page
from referrals.states import MACHINE, Letter


@form_page
def outcome(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The form of the outcome, or of its correction when one was signed; posted, it is signed and sent."""
    page = referral_page(current_actor(), case_id)
    verb = "correct_outcome" if MACHINE.find("correct_outcome", page.referral.step) else "send_outcome"
    MACHINE.check(verb, page.actor, page.referral)
    note_look(page)
    kind = CorrectOutcomeForm if verb == "correct_outcome" else OutcomeForm
    initial = {**outcome_typed(page.referral), **_typed(case_id, Letter.OUTCOME), "request_key": uuid4()}
    form = kind(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid() and form.run(lambda: _sign(form, case_id)) is not None:
        messages.success(request, _("Signed and sent. The sender is told at once."))
        return redirect("referrals:show", case_id)
    context = {"listed": [f"{d.code} {d.said(get_language() or '')}" for d in diagnoses().values()]}
    return _page(request, page, form, "referrals/outcome.html", context)


def _sign(form: OutcomeForm, case_id: UUID) -> Any:
    said, key = form.cleaned_data, form.cleaned_data["request_key"]
    told: dict[str, Any] = {"actor": current_actor(), "case_id": case_id, "ending": form.ending(), "key": key}
    if isinstance(form, CorrectOutcomeForm):
        return correct_outcome(**told, reason=said["reason"])
    return send_outcome(**told)


@form_page
def back(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The form of a back-referral. Asked by htmx with other needs, the centres alone, matched anew."""
    page = referral_page(current_actor(), case_id)
    MACHINE.check("back_refer", page.actor, page.referral)
    typed = _typed(case_id, Letter.PLAN)
    needs = _needed(request, typed)
    centres = [(str(match.service.pk), match.words) for match in matches(page.case, needs)]
    initial = {"request_key": uuid4(), **({"service_id": centres[0][0]} if centres else {}), **typed}
    form = BackForm(request.POST if request.method == "POST" else None, centres=centres, initial=initial)
    if request.headers.get("HX-Request"):
        return render(request, "referrals/back_centres.html", {"form": form})
    note_look(page)
    if form.is_valid():
        made = form.run(
            lambda: back_refer(
                actor=page.actor, case_id=case_id, plan=form.made(), key=form.cleaned_data["request_key"]
            )
        )
        if made is not None:
            messages.success(request, _("Sent. The centre is told at once."))
            return redirect("referrals:show", made.pk)
    return _page(request, page, form, "referrals/back.html", {})


def _needed(request: HttpRequest, typed: Mapping[str, Any]) -> list[str]:
    """What the centre must have: of the plan, and of each visit."""
    asked = request.POST or request.GET
    named = sorted(name for name in (asked or typed) if name.startswith("needs"))
    found = [code for name in named for code in (asked.getlist(name) if asked else _many(typed[name]))]
    return [code for code in dict.fromkeys(found) if code in Capability.values]


def _many(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _typed(case_id: UUID, letter: Letter) -> Mapping[str, Any]:
    """What the reader has typed before and not signed."""
    kept = CareDraft.objects.filter(case_id=case_id, letter=letter).first()
    fields: Mapping[str, Any] = kept.fields if kept else {}
    return fields


def _page(
    request: HttpRequest, page: ReferralPage, form: OutcomeForm | BackForm, template: str, context: dict[str, Any]
) -> HttpResponse:
    known = {"page": page, "case": page.case, "referral": page.referral, "form": form, "signer": request.user}
    return render(request, template, {**known, **context}, status=form.status)


@require_POST
def save_outcome(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Keeps an outcome while it is typed; JSON with the time, or why it was not kept."""
    return _keep(request, case_id, Letter.OUTCOME, CorrectOutcomeForm.base_fields)


@require_POST
def save_plan(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Keeps a plan while it is typed."""
    return _keep(request, case_id, Letter.PLAN, BackForm.base_fields)


def _keep(request: HttpRequest, case_id: UUID, letter: Letter, asked: Mapping[str, Any]) -> HttpResponse:
    fields = {name: _said(request, name, field) for name, field in asked.items() if name != "request_key"}
    try:
        draft = save_letter(actor=current_actor(), case_id=case_id, letter=letter, fields=fields)
    except DomainError as error:
        return JsonResponse({"detail": str(error.message), **error.detail}, status=error.status)
    return JsonResponse({"saved_at": draft.saved_at.isoformat()})


def _said(request: HttpRequest, name: str, field: Any) -> Any:
    many = isinstance(field, MultipleChoiceField)
    return request.POST.getlist(name) if many else request.POST.get(name, "")
