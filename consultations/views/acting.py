"""Every act on a consultation: a small form in a dialog, or a page of its own where there is no JavaScript."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from consortium.casework.forms import MessageForm
from consortium.casework.models import Case
from consortium.casework.operations import post_message
from consortium.casework.queries.duty import colleagues
from consortium.casework.states import Priority
from consortium.journal.queries import changes_since
from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import DomainError, InvalidInput, NotVisible
from consortium.kernel.machine import Transition
from consultations import forms as asked
from consultations import operations
from consultations.models import Consultation
from consultations.queries import consultation_for
from consultations.states import MACHINE

Run = Callable[[Actor, UUID, dict[str, Any]], Consultation]


@dataclass(frozen=True, slots=True)
class Act:
    """How one verb is asked for and done. `form` None: a confirmation is enough."""

    run: Run
    done: str | Promise
    form: type[forms.Form] | None = None
    hint: str | Promise = ""


def _text(operation: Callable[..., Consultation]) -> Run:
    return lambda actor, case_id, said: operation(
        actor=actor, case_id=case_id, text=said["text"], key=said["request_key"]
    )


def _plain(operation: Callable[..., Consultation], **names: str) -> Run:
    """Hands the form's fields over, under other names where `names` says so."""

    def run(actor: Actor, case_id: UUID, said: dict[str, Any]) -> Consultation:
        return operation(actor=actor, case_id=case_id, **{names.get(k, k): v for k, v in said.items()})

    return run


ACTS: dict[str, Act] = {
    "claim": Act(_plain(operations.claim), gettext_lazy("The case is yours.")),
    "start": Act(_plain(operations.start), gettext_lazy("You have begun.")),
    "discard": Act(
        _plain(operations.discard),
        gettext_lazy("The draft was thrown away."),
        hint=gettext_lazy("What you typed will be gone from your lists."),
    ),
    "acknowledge_correction": Act(
        _plain(operations.acknowledge_correction), gettext_lazy("The specialist sees that you have read it.")
    ),
    "allocate": Act(
        _plain(operations.allocate, responder="responder_id"), gettext_lazy("Allocated."), asked.AllocateForm
    ),
    "decline": Act(
        _plain(operations.decline),
        gettext_lazy("Passed on. The question keeps its place in line."),
        asked.DeclineForm,
        gettext_lazy("The question goes to the service you name and keeps its place in line. The asker is told."),
    ),
    "ask_information": Act(
        _text(operations.ask_information),
        gettext_lazy("The asker was asked."),
        asked.TextForm,
        gettext_lazy("Your clock waits while the asker answers, unless the question is stat."),
    ),
    "supply_information": Act(
        _text(operations.supply_information),
        gettext_lazy("Sent to the specialist."),
        asked.TextForm,
        gettext_lazy("Files are added on the page of the consultation, before or after this."),
    ),
    "ask_clarification": Act(
        _text(operations.ask_clarification), gettext_lazy("Sent back to the specialist."), asked.TextForm
    ),
    "reopen": Act(
        _text(operations.reopen),
        gettext_lazy("Open again, with the specialist."),
        asked.TextForm,
        gettext_lazy("Say what has happened since, and what you need to know now."),
    ),
    "close_out": Act(_plain(operations.close_out), gettext_lazy("Closed. Thank you."), asked.CloseOutForm),
    "withdraw": Act(
        _plain(operations.withdraw),
        gettext_lazy("Withdrawn. The specialist is told."),
        asked.WithdrawForm,
    ),
    "send_again": Act(
        _plain(operations.send_again),
        gettext_lazy("Sent again."),
        hint=gettext_lazy("The same question, with all that was written and attached, goes back into the queue."),
    ),
    "raise_urgency": Act(_plain(operations.raise_urgency), gettext_lazy("Urgency raised."), asked.UrgencyForm),
    "lower_urgency": Act(_plain(operations.lower_urgency), gettext_lazy("Urgency lowered."), asked.LowerUrgencyForm),
    "enter_in_error": Act(
        _plain(operations.enter_in_error),
        gettext_lazy("Marked as entered in error."),
        asked.ErrorForm,
        gettext_lazy("It is kept but leaves all lists, and everybody who read it is told."),
    ),
}


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
    """Where the person goes on: begun leads to the answer, thrown away to the worklist, all else to the page."""
    url = reverse("consultations:show", args=[consultation.pk])
    if verb == "start":
        url = reverse("consultations:answer", args=[consultation.pk])
    if verb == "discard":
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
    initial = {"request_key": uuid4(), "instead_of": consultation.case.responder_id}
    form = kind(request.POST if request.method == "POST" else None, initial=initial)
    choices = _choices(verb, consultation.case)
    for name, values in choices.items():
        field: Any = form.fields[name]
        field.choices = values
    return form


def _choices(verb: str, case: Case) -> dict[str, list[tuple[Any, Any]]]:
    """The choices that depend on the case."""
    if verb == "allocate" and case.service_id:
        people = colleagues(case.service_id)
        return {"responder": [(str(p.user_id), _person(p)) for p in people if p.user_id != case.responder_id]}
    if verb == "decline":
        return {"service_id": asked.service_choices(but=case.service_id)}
    if verb == "raise_urgency":
        return {"priority": [c for c in Priority.choices if c[0] < case.priority]}
    if verb == "lower_urgency":
        return {"priority": [c for c in Priority.choices if c[0] > case.priority]}
    return {}


def _person(person: Any) -> str:
    words = [person.name, _("on duty") if person.on_duty else _("off duty"), _("%(n)d in hand") % {"n": person.load}]
    return " · ".join(words)


def _act_page(
    request: HttpRequest,
    consultation: Consultation,
    transition: Transition,
    form: forms.Form | None,
    conflict: DomainError | None,
) -> HttpResponse:
    asks_alone = bool(request.headers.get("HX-Request"))
    context = {
        "form": form,
        "transition": transition,
        "hint": ACTS[transition.verb].hint,
        "case": consultation.case,
        "url": reverse("consultations:act", args=[consultation.pk, transition.verb]),
        "conflict": conflict,
        "changed": changes_since(consultation.case) if conflict else {},
    }
    template = "consultations/act_form.html" if asks_alone else "consultations/act.html"
    # htmx shows only what comes with 200: the dialog stays, with what was typed and what is wrong.
    wrong = conflict.status if conflict else 422 if form and form.is_bound else 200
    return render(request, template, context, status=200 if asks_alone else wrong)


@require_POST
def message(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Write into the thread. htmx gets an empty composer back; the thread itself comes by the live part."""
    actor, consultation = current_actor(), consultation_for(case_id)
    form = MessageForm(request.POST)
    if form.is_valid():
        try:
            post_message(
                actor=actor, case_id=case_id, text=form.cleaned_data["text"], key=form.cleaned_data["request_key"]
            )
        except InvalidInput as error:
            _add_errors(form, error)
        else:
            if not request.headers.get("HX-Request"):
                return redirect(reverse("consultations:show", args=[case_id]) + "#thread")
            form = MessageForm(initial={"request_key": uuid4()})
    context = {"message_form": form, "case": consultation.case}
    if request.headers.get("HX-Request"):
        return render(request, "consultations/composer.html", context)
    return render(request, "consultations/message_page.html", context, status=422)
