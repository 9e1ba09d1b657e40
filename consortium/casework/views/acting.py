"""Every act on a case: a small form in a dialog, or a page of its own where there is no JavaScript.

A feature says in one `Acting` how its acts are asked for and done; the beats of the view are the same for all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django_htmx.http import HttpResponseClientRedirect

from consortium.casework.models import Case
from consortium.casework.queries.rows import case_url
from consortium.casework.states import Priority
from consortium.journal.queries import changes_since
from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, NotVisible
from consortium.kernel.machine import Machine, Transition

Row = TypeVar("Row", bound=models.Model)
#: by field; None: it is not asked of this row
Choices = dict[str, list[tuple[Any, Any]] | None]
Run = Callable[[Actor, UUID, dict[str, Any]], Row]


@dataclass(frozen=True, slots=True)
class Act(Generic[Row]):
    """How one verb is asked for and done. `form` None: a confirmation is enough. `choices`: what hangs on the case."""

    run: Run[Row]
    done: str | Promise
    form: type[forms.Form] | None = None
    hint: str | Promise = ""
    choices: Callable[[Row], Choices] | None = None
    #: says in place of `hint` what of this case has to be known for it
    told: Callable[[Actor, Row], str] | None = None


@dataclass(frozen=True)
class Acting(Generic[Row]):
    """The acts of one feature, by verb, and what its pages do around them."""

    machine: Machine
    acts: Mapping[str, Act[Row]]
    #: the row of a case with what the page needs, or NotVisible
    find: Callable[[UUID], Row]
    #: acts with a page of their own: verb -> its name
    pages: Mapping[str, str] = field(default_factory=dict)
    #: what an operation calls a field -> what the form does
    field_names: Mapping[str, str] = field(default_factory=dict)
    #: where the person goes on after `verb`; "" for the case's page
    onward: Callable[[Row, str], str] = lambda _row, _verb: ""


def plain(operation: Callable[..., Row], **names: str) -> Run[Row]:
    """Hands the form's fields over, under other names where `names` says so."""

    def run(actor: Actor, case_id: UUID, said: dict[str, Any]) -> Row:
        return operation(actor=actor, case_id=case_id, **{names.get(k, k): v for k, v in said.items()})

    return run


def text(operation: Callable[..., Row]) -> Run[Row]:
    """For a `TextForm`: one text, said once."""
    return lambda actor, case_id, said: operation(
        actor=actor, case_id=case_id, text=said["text"], key=said["request_key"]
    )


def higher(row: Any) -> Choices:
    """The urgencies to which a case may be raised, for an UrgencyForm."""
    return {"priority": [choice for choice in Priority.choices if choice[0] < _case(row).priority]}


def lower(row: Any) -> Choices:
    return {"priority": [choice for choice in Priority.choices if choice[0] > _case(row).priority]}


def act(request: HttpRequest, acting: Acting[Row], case_id: UUID, verb: str) -> HttpResponse:
    """Ask for what `verb` needs; post does it. What was typed stays when it cannot be done."""
    actor, row = current_actor(), acting.find(case_id)
    if verb in acting.pages:
        return _lead(request, case_url(_case(row), acting.pages[verb]))
    if verb not in acting.acts:
        raise NotVisible
    form = _form(request, acting.acts[verb], row)
    if request.method != "POST":
        return _page(request, acting, row, acting.machine.check(verb, actor, row), form)  # type: ignore[arg-type]
    return _do(request, acting, row, verb, form)


def _case(row: Any) -> Case:
    case: Case = row.case
    return case


def _do(
    request: HttpRequest, acting: Acting[Row], row: Row, verb: str, form: forms.Form | None
) -> HttpResponse:  # fmt: skip
    conflict = None
    if form is not None and not form.is_valid():  # what the page tells is only for who may act
        return _page(request, acting, row, acting.machine.check(verb, current_actor(), row), form)  # type: ignore[arg-type]
    try:
        acting.acts[verb].run(current_actor(), row.pk, form.cleaned_data if form else {})
    except InvalidInput as error:
        _add_errors(form, error, acting.field_names)
    except DomainError as error:
        if form is None or isinstance(error, NotPermitted | NotVisible):
            raise
        conflict = error
    else:
        messages.success(request, str(acting.acts[verb].done))
        return _onward(request, acting, row, verb)
    transition = next(t for t in acting.machine.transitions if t.verb == verb)
    return _page(request, acting, row, transition, form, conflict)


def _onward(request: HttpRequest, acting: Acting[Row], row: Row, verb: str) -> HttpResponse:
    """Where the act leads; what is out of their sight now leads to the worklist."""
    url = acting.onward(row, verb) or case_url(_case(row))
    if not Case.objects.filter(pk=row.pk).exists():
        url = "/"
    return _lead(request, url)


def _lead(request: HttpRequest, url: str) -> HttpResponse:
    """To another page: out of the dialog too, which is none to show a page in."""
    return HttpResponseClientRedirect(url) if request.headers.get("HX-Request") else redirect(url)


def _add_errors(form: forms.Form | None, error: InvalidInput, names: Mapping[str, str]) -> None:
    if form is None:
        raise error
    for name, words in error.fields.items():
        known = names.get(name, name)
        form.add_error(known if known in form.fields else None, str(words))
    if not error.fields:
        form.add_error(None, str(error.message))


def _form(request: HttpRequest, row_of_acts: Act[Row], row: Row) -> forms.Form | None:
    if row_of_acts.form is None:
        return None
    case = _case(row)
    initial = {"request_key": uuid4(), "instead_of": case.responder_id, "priority": case.priority}
    # in a dialog over the case's page, whose own fields (the thread's) keep their ids
    said = request.POST if request.method == "POST" else None
    form = row_of_acts.form(said, initial=initial, auto_id="act_%s")
    for name, values in (row_of_acts.choices(row) if row_of_acts.choices else {}).items():
        known: Any = form.fields[name]
        if values is None:
            del form.fields[name]
        else:
            known.choices = values
    return form


def _page(
    request: HttpRequest, acting: Acting[Row], row: Row, transition: Transition, form: forms.Form | None,
    conflict: DomainError | None = None,
) -> HttpResponse:  # fmt: skip
    asks_alone, found, case = bool(request.headers.get("HX-Request")), acting.acts[transition.verb], _case(row)
    context = {
        "form": form,
        "transition": transition,
        "hint": found.told(current_actor(), row) if found.told else found.hint,
        "case": case,
        "url": case_url(case, "act", transition.verb),
        "conflict": conflict,
        "changed": changes_since(case) if conflict else {},
    }
    template = "casework/act_form.html" if asks_alone else "casework/act.html"
    # htmx shows only what comes with 200: the dialog stays, with what was typed and what is wrong.
    wrong = conflict.status if conflict else 422 if form and form.is_bound else 200
    return render(request, template, context, status=200 if asks_alone else wrong)
