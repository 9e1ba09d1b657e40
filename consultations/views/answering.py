"""Writing an answer or correcting one: kept while it is typed, seen before it is signed, signed by name."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from consortium.casework.views.showing import note_look
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import DomainError, InvalidInput
from consultations import operations
from consultations.forms import AdviceForm, CorrectionForm
from consultations.models import AnswerDraft, Consultation
from consultations.policies import latest_answer
from consultations.queries.page import ConsultationPage, case_page
from consultations.queries.templates import templates_for
from consultations.states import MACHINE
from consultations.views.showing import parts

TEMPLATE_FIELDS = ("red_flags", "when_to_refer", "follow_up")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The form of the answer. `act=preview` shows it as the asker will see it, `act=send` signs it."""
    page = case_page(current_actor(), case_id)
    verb = next((t.verb for t in page.actions if t.verb in ("answer", "correct_answer")), "answer")
    MACHINE.check(verb, page.actor, page.consultation)
    note_look(page)
    kind = CorrectionForm if verb == "correct_answer" else AdviceForm
    form = kind(request.POST if request.method == "POST" else None, initial=_initial(request, page.consultation, verb))
    pressed = request.POST.get("act", "")
    conflict: DomainError | None = None
    if request.method == "POST" and form.is_valid() and pressed == "send":
        try:
            return _sign(request, case_id, form)
        except InvalidInput as error:
            for name, words in error.fields.items():
                form.add_error(name, str(words))
        except DomainError as error:
            conflict = error
    return _page(request, page, form, preview=pressed == "preview" and form.is_valid(), conflict=conflict)


def _sign(request: HttpRequest, case_id: UUID, form: AdviceForm) -> HttpResponse:
    key = form.cleaned_data["request_key"]
    if isinstance(form, CorrectionForm):
        reason = form.cleaned_data["reason"]
        operations.correct_answer(actor=current_actor(), case_id=case_id, advice=form.advice(), reason=reason, key=key)
        messages.success(request, _("Corrected. The asker must acknowledge it."))
    else:
        operations.answer(actor=current_actor(), case_id=case_id, advice=form.advice(), key=key)
        messages.success(request, _("Signed and sent. It is the asker's turn."))
    return redirect("consultations:show", case_id)


def _page(
    request: HttpRequest, page: ConsultationPage, form: AdviceForm, *, preview: bool, conflict: DomainError | None
) -> HttpResponse:
    context = parts(page) | {
        "form": form,
        "signer": request.user,
        "templates": templates_for(page.consultation),
        "correcting": isinstance(form, CorrectionForm),
        "conflict": conflict,
    }
    if preview:
        context["answer"] = {**form.cleaned_data, "draft": True, **_signer_words(request)}
        return render(request, "consultations/preview.html", context)
    wrong = conflict.status if conflict else 422 if form.is_bound and form.errors else 200
    return render(request, "consultations/answer.html", context, status=wrong)


def _signer_words(request: HttpRequest) -> dict[str, Any]:
    user: Any = request.user
    return {"signer": user.full_name, "signer_title": user.title, "licence": user.licence_number}


def _initial(request: HttpRequest, consultation: Consultation, verb: str) -> dict[str, Any]:
    """What was typed before; else, for a correction, what was signed. `?template=` fills what is still empty."""
    draft: Any = AnswerDraft.objects.filter(case_id=consultation.pk).first()
    kept = dict(draft.fields) if draft else {}
    signed = latest_answer(consultation) if verb == "correct_answer" and not kept else None
    if signed is not None:
        kept = {name: getattr(signed, name) for name in AdviceForm.base_fields if hasattr(signed, name)}
    chosen = request.GET.get("template", "")
    for template in templates_for(consultation):
        if str(template.pk) == chosen:
            kept |= {name: getattr(template, name) for name in TEMPLATE_FIELDS if not kept.get(name)}
    return {**kept, "request_key": uuid4()}


@require_POST
def answer_autosave(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Keeps an answer while it is typed; JSON with the time, or why it was not kept."""
    fields = {name: request.POST.get(name, "") for name in AdviceForm.base_fields}
    try:
        draft = operations.save_answer_draft(actor=current_actor(), case_id=case_id, fields=fields)
    except DomainError as error:
        return JsonResponse({"detail": str(error.message), **error.detail}, status=error.status)
    return JsonResponse({"saved_at": draft.saved_at.isoformat()})
