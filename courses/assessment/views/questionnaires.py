"""Questionnaires: answered by learners, written by trainers, and what came of them."""

from typing import Any, Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import DomainError, InvalidInput, NotVisible
from consortium.kernel.methods import key_of, version_of
from consortium.kernel.pagination import keyset
from consortium.kernel.policies import require
from consortium.people.states import Role
from courses.assessment.forms.questionnaires import (
    FillForm,
    QuestionnaireForm,
    SurveyQuestionForm,
    initial_of,
    initial_of_question,
)
from courses.assessment.models import Questionnaire
from courses.assessment.operations.filling import answer_questionnaire
from courses.assessment.operations.questionnaires import (
    OF_QUESTION,
    change_questionnaire,
    close_questionnaire,
    copy_questionnaire,
    create_questionnaire,
    export_answers,
    publish_questionnaire,
    reopen_questionnaire,
    set_survey_questions,
)
from courses.assessment.policies.exams import may_build_exams
from courses.assessment.policies.questionnaires import (
    may_read_results,
    may_run_questionnaire,
    may_see_questionnaires,
)
from courses.assessment.queries.questionnaires import (
    has_answered,
    questionnaire_for,
    questionnaires_listed,
    questions_of,
    results_of,
)
from courses.assessment.states.questionnaires import QUESTIONNAIRE, Asks, QuestionnaireStep
from courses.assessment.views.training import XLSX, read_or_write

_FOLDER: Final = "assessment/questionnaires"


def _led(actor: Actor, questionnaire_id: UUID) -> Questionnaire:
    row = questionnaire_for(questionnaire_id)
    require(may_run_questionnaire(actor, row))
    return row


# -- for learners -----------------------------------------------------------------------------------------------------


@never_cache
@read_or_write
def fill(request: HttpRequest, questionnaire_id: UUID) -> HttpResponse:
    """The questions; thanks to who has answered."""
    actor, row = current_actor(), questionnaire_for(questionnaire_id)
    context: dict[str, Any] = {
        "questionnaire": row, "leads": may_run_questionnaire(actor, row).allowed,
        "reads": may_read_results(actor, row).allowed,
    }  # fmt: skip
    done = has_answered(actor.user_id, row.pk)
    if done or (row.step != QuestionnaireStep.OPEN and request.method != "POST"):  # what was typed comes back
        return render(request, f"{_FOLDER}/thanks.html", {**context, "done": done})
    form = FillForm(request.POST or None, questions=questions_of(row))
    if form.is_valid():
        taken = form.run(lambda: answer_questionnaire(actor=actor, questionnaire_id=row.pk, given=form.given()))
        if taken is not None:
            return redirect("assessment:questionnaire", row.pk)
    return render(request, f"{_FOLDER}/fill.html", {**context, "form": form}, status=form.status)


# -- for trainers -----------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def questionnaires(request: HttpRequest) -> HttpResponse:
    """Those of one's institutions, the newest first; of all, for who oversees."""
    actor = current_actor()
    require(may_see_questionnaires(actor))
    page = keyset(questionnaires_listed(actor), order=("-created_at", "id"), after=request.GET.get("after", ""))
    following = f"{request.path}?{urlencode({'after': page.next_cursor})}" if page.next_cursor else ""
    context = {"rows": page.items, "next_url": following, "builds": may_build_exams(actor).allowed}
    return render(request, f"{_FOLDER}/list.html", context)


@never_cache
@read_or_write
def new(request: HttpRequest) -> HttpResponse:
    """A questionnaire begins with its title."""
    actor = current_actor()
    require(may_build_exams(actor))
    form = QuestionnaireForm(request.POST or None)
    if form.is_valid():
        place = min(actor.institution_ids(Role.TRAINING_ADMIN))
        key = form.cleaned_data["request_key"]
        made = form.run(lambda: create_questionnaire(actor=actor, institution_id=place, fields=form.said(), key=key))
        if made:
            return redirect("assessment:questionnaire_build", made[0].pk)
    return render(request, f"{_FOLDER}/titles.html", {"form": form}, status=form.status)


@never_cache
@read_or_write
def titles(request: HttpRequest, questionnaire_id: UUID) -> HttpResponse:
    """Other words for a draft."""
    actor = current_actor()
    row = _led(actor, questionnaire_id)
    form = QuestionnaireForm(request.POST or None, initial=initial_of(row))
    if form.is_valid():
        words = {"fields": form.said(), "version": form.cleaned_data["version"]}
        if form.run(lambda: change_questionnaire(actor=actor, questionnaire_id=row.pk, **words)):
            return redirect("assessment:questionnaire_build", row.pk)
    context = {"form": form, "questionnaire": row}
    return render(request, f"{_FOLDER}/titles.html", context, status=form.status)


@never_cache
@require_safe
def build(request: HttpRequest, questionnaire_id: UUID) -> HttpResponse:
    """As it stands, and what may be done with it."""
    actor = current_actor()
    row = _led(actor, questionnaire_id)
    context = {
        "questionnaire": row, "questions": questions_of(row), "actions": QUESTIONNAIRE.available(actor, row),
        "kinds": Asks.choices, "copy_key": uuid4(),
    }  # fmt: skip
    return render(request, f"{_FOLDER}/build.html", context)


@never_cache
@read_or_write
def new_question(request: HttpRequest, questionnaire_id: UUID, kind: str) -> HttpResponse:
    """One more question, at the end."""
    if kind not in Asks.values:
        raise NotVisible
    return _question(request, questionnaire_id, {"kind": kind, "needed": kind != Asks.TEXT}, None)


@never_cache
@read_or_write
def question(request: HttpRequest, questionnaire_id: UUID, position: int) -> HttpResponse:
    """Other words for a question of a draft."""
    listed = _listed(_led(current_actor(), questionnaire_id))
    if not 0 < position <= len(listed):
        raise NotVisible
    return _question(request, questionnaire_id, listed[position - 1], position - 1)


def _listed(row: Questionnaire) -> list[dict[str, Any]]:
    return list(row.questions.order_by("position").values(*OF_QUESTION))


def _question(request: HttpRequest, pk: UUID, one: dict[str, Any], place: int | None) -> HttpResponse:
    actor = current_actor()
    row = _led(actor, pk)
    initial = {**initial_of_question(one), "version": row.version}
    form = SurveyQuestionForm(request.POST or None, kind=one["kind"], initial=initial)
    if form.is_valid():
        listed = _listed(row)
        end = len(listed) if place is None else place
        words = {"questions": [*listed[:end], form.said(), *listed[end + 1 :]], "version": form.cleaned_data["version"]}
        if form.run(lambda: set_survey_questions(actor=actor, questionnaire_id=pk, **words)):
            return redirect("assessment:questionnaire_build", pk)
    context = {"form": form, "questionnaire": row, "kind": Asks(one["kind"]).label}
    return render(request, f"{_FOLDER}/question.html", context, status=form.status)


@require_POST
def order(request: HttpRequest, questionnaire_id: UUID) -> HttpResponse:
    """Move one question or take it out: `up`, `down`, `drop` name its place, from 1."""
    actor = current_actor()
    listed = _listed(_led(actor, questionnaire_id))
    act = next((act for act in ("up", "down", "drop") if act in request.POST), "")
    named = request.POST.get(act, "")
    if not named.isdecimal() or len(named) > 4 or not 0 < int(named) <= len(listed):
        raise NotVisible
    place = int(named) - 1
    one = listed.pop(place)
    if act != "drop":
        listed.insert(max(0, place + (1 if act == "down" else -1)), one)
    set_survey_questions(actor=actor, questionnaire_id=questionnaire_id, questions=listed, version=version_of(request))
    return redirect("assessment:questionnaire_build", questionnaire_id)


_ACTS: dict[str, Any] = {
    "publish": publish_questionnaire, "close": close_questionnaire, "reopen": reopen_questionnaire,
}  # fmt: skip


@require_POST
def act(request: HttpRequest, questionnaire_id: UUID, verb: str) -> HttpResponse:
    """Publish, close, open again; `copy` makes a draft of it."""
    actor = current_actor()
    _led(actor, questionnaire_id)
    if verb == "copy":
        made, _fresh = copy_questionnaire(actor=actor, questionnaire_id=questionnaire_id, key=key_of(request))
        return redirect("assessment:questionnaire_build", made.pk)
    if verb not in _ACTS:
        raise NotVisible
    try:
        _ACTS[verb](actor=actor, questionnaire_id=questionnaire_id, version=version_of(request))
        messages.success(request, _("Done."))
    except DomainError as error:  # nothing is asked yet: said on the page where questions are added
        if error.status != InvalidInput.status:
            raise
        messages.error(request, str(error.message))
    return redirect("assessment:questionnaire_build", questionnaire_id)


@never_cache
@require_safe
def results(request: HttpRequest, questionnaire_id: UUID) -> HttpResponse:
    """What was answered, by fives."""
    actor, row = current_actor(), questionnaire_for(questionnaire_id)
    require(may_read_results(actor, row))
    context = {
        "questionnaire": row, "results": results_of(row), "leads": may_run_questionnaire(actor, row).allowed,
    }  # fmt: skip
    return render(request, f"{_FOLDER}/results.html", context)


@require_POST
def results_file(request: HttpRequest, questionnaire_id: UUID) -> HttpResponse:
    """The same as a spreadsheet; that somebody took it stands in the journal."""
    content = export_answers(actor=current_actor(), questionnaire_id=questionnaire_id)
    name = f"questionnaire-{str(questionnaire_id)[:8]}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=XLSX, headers=headers)
