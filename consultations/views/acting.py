"""Every act on a consultation: a small form in a dialog, or a page of its own where there is no JavaScript."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from consortium.casework.models import Case
from consortium.journal.queries import changes_since
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import DomainError, InvalidInput, NotVisible
from consortium.kernel.machine import Transition
from consultations import forms as asked
from consultations.models import Consultation
from consultations.queries import consultation_for
from consultations.states import MACHINE
from consultations.views.acts import ACTS


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, case_id: UUID, verb: str) -> HttpResponse:
    """Ask for what `verb` needs; post does it. What was typed stays when it cannot be done."""
    actor, consultation = current_actor(), consultation_for(case_id)
    if verb in ("answer", "correct_answer"):
        return redirect("consultations:answer", case_id)
    if verb not in ACTS:
        raise NotVisible
    form = _form(request, verb, consultation)
    if request.method != "POST":
        transition = MACHINE.check(verb, actor, consultation)
        return _act_page(request, consultation, transition, form, None)
    return _do(request, consultation, verb, form)


def _do(request: HttpRequest, consultation: Consultation, verb: str, form: forms.Form | None) -> HttpResponse:
    actor, conflict = current_actor(), None
    if form is None or form.is_valid():
        try:
            ACTS[verb].run(actor, consultation.pk, form.cleaned_data if form else {})
        except InvalidInput as error:
            _add_errors(form, error)
        except DomainError as error:
            if form is None or error.status == 404:
                raise
            conflict = error
        else:
            messages.success(request, str(ACTS[verb].done))
            return _onward(request, consultation, verb)
    transition = next(t for t in MACHINE.transitions if t.verb == verb)
    return _act_page(request, consultation, transition, form, conflict)


def _onward(request: HttpRequest, consultation: Consultation, verb: str) -> HttpResponse:
    """Where the person goes on: begun leads to the answer, what is out of their sight now to the worklist, all else to
    the page."""
    url = reverse("consultations:show", args=[consultation.pk])
    if verb == "start":
        url = reverse("consultations:answer", args=[consultation.pk])
    if verb == "call_now" and (called := consultation_for(consultation.pk).newest_meeting) and called.room_id:
        url = reverse("calls:room", args=[called.room_id])
    if verb == "discard" or not Case.objects.filter(pk=consultation.pk).exists():
        url = "/"
    return HttpResponseClientRedirect(url) if request.headers.get("HX-Request") else redirect(url)


def _add_errors(form: forms.Form | None, error: InvalidInput) -> None:
    if form is None:
        raise error
    for name, words in error.fields.items():
        field = asked.FIELD_NAMES.get(name, name)
        form.add_error(field if field in form.fields else None, str(words))
    if not error.fields:
        form.add_error(None, str(error.message))


def _form(request: HttpRequest, verb: str, consultation: Consultation) -> forms.Form | None:
    kind = ACTS[verb].form
    if kind is None:
        return None
    case = consultation.case
    initial = {"request_key": uuid4(), "instead_of": case.responder_id, "priority": case.priority}
    form = kind(request.POST if request.method == "POST" else None, initial=initial)
    choices = ACTS[verb].choices
    for name, values in (choices(consultation) if choices else {}).items():
        field: Any = form.fields[name]
        field.choices = values
    return form


def _act_page(
    request: HttpRequest,
    consultation: Consultation,
    transition: Transition,
    form: forms.Form | None,
    conflict: DomainError | None,
) -> HttpResponse:
    asks_alone, act_row = bool(request.headers.get("HX-Request")), ACTS[transition.verb]
    context = {
        "form": form,
        "transition": transition,
        "hint": act_row.told(current_actor(), consultation) if act_row.told else act_row.hint,
        "case": consultation.case,
        "url": reverse("consultations:act", args=[consultation.pk, transition.verb]),
        "conflict": conflict,
        "changed": changes_since(consultation.case) if conflict else {},
    }
    template = "consultations/act_form.html" if asks_alone else "consultations/act.html"
    # htmx shows only what comes with 200: the dialog stays, with what was typed and what is wrong.
    wrong = conflict.status if conflict else 422 if form and form.is_bound else 200
    return render(request, template, context, status=200 if asks_alone else wrong)
