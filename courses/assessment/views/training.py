"""A trainer's side of exams: building, publishing, exceptions, results and their export."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import DomainError, InvalidInput, NotVisible
from consortium.kernel.methods import key_of
from consortium.kernel.pagination import keyset
from consortium.kernel.policies import require
from consortium.people.forms.base import Acting
from consortium.people.models import User
from consortium.people.states import Role
from courses.assessment.forms.exams import AccommodationForm, ExamForm, RowForm, initial_of
from courses.assessment.models import Accommodation, Exam
from courses.assessment.operations.building import change_exam, copy_exam, create_exam, set_blueprint, set_questions
from courses.assessment.operations.exporting import export_results
from courses.assessment.operations.publishing import accommodate, close_exam, publish_exam, reopen_exam
from courses.assessment.policies.exams import may_build_exams, may_run_exam
from courses.assessment.queries.building import blueprint_rows, building_of, pickable
from courses.assessment.queries.figures import exam_figures_of
from courses.assessment.queries.results import results_of, totals_of
from courses.assessment.queries.sitting import exam_for
from courses.assessment.states.exams import EXAM, Drawing

read_or_write = require_http_methods(["GET", "HEAD", "POST"])
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _led(actor: Actor, exam_id: UUID) -> Exam:
    exam = exam_for(exam_id)
    require(may_run_exam(actor, exam))
    return exam


def _run(form: Acting, act: Callable[[], Any]) -> bool:
    return form.run(act) is not None


@never_cache
@require_safe
def training(request: HttpRequest) -> HttpResponse:
    """The exams of one's institutions, the newest first."""
    actor = current_actor()
    require(may_build_exams(actor))
    page = keyset(Exam.objects.led_by(actor), order=("-created_at", "id"), after=request.GET.get("after", ""))
    following = f"{request.path}?{urlencode({'after': page.next_cursor})}" if page.next_cursor else ""
    return render(request, "assessment/exams/training.html", {"exams": page.items, "next_url": following})


@never_cache
@read_or_write
def new(request: HttpRequest) -> HttpResponse:
    """The rules of a new exam."""
    actor = current_actor()
    require(may_build_exams(actor))
    form = ExamForm(request.POST or None, initial={**initial_of(Exam()), "request_key": uuid4()})
    if form.is_valid():
        place = min(actor.institution_ids(Role.TRAINING_ADMIN))
        key = form.cleaned_data["request_key"]
        made = form.run(lambda: create_exam(actor=actor, institution_id=place, fields=form.said(), key=key))
        if made:
            return redirect("assessment:exam_build", made[0].pk)
    return render(request, "assessment/exams/rules.html", {"form": form}, status=form.status)


@never_cache
@read_or_write
def rules(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Other rules for a draft."""
    actor = current_actor()
    exam = _led(actor, exam_id)
    form = ExamForm(request.POST or None, initial={**initial_of(exam), "request_key": uuid4()})
    if form.is_valid() and _run(form, lambda: change_exam(actor=actor, exam_id=exam_id, fields=form.said())):
        messages.success(request, _("Saved."))
        return redirect("assessment:exam_build", exam_id)
    return render(request, "assessment/exams/rules.html", {"form": form, "exam": exam}, status=form.status)


@never_cache
@require_safe
def build(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """The exam as it stands: its rules in words, its questions or blueprint, and what may be done with it."""
    actor = current_actor()
    exam = _led(actor, exam_id)
    context = {
        "exam": exam, "building": building_of(exam), "actions": EXAM.available(actor, exam), "row_form": RowForm(),
        "found": pickable(exam, request.GET.get("q", "")) if exam.drawing == Drawing.FIXED else [],
        "q": request.GET.get("q", ""), "copy_key": uuid4(),
    }  # fmt: skip
    return render(request, "assessment/exams/build.html", context)


@require_POST
def questions(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Add, take out or move one question of the fixed list: `add`, `drop`, `up`, `down` name its version."""
    actor = current_actor()
    exam = _led(actor, exam_id)
    listed = [(row.version_id, row.points) for row in exam.questions.order_by("position")]
    set_questions(actor=actor, exam_id=exam_id, questions=_edited(listed, request.POST))
    return redirect("assessment:exam_build", exam_id)


def _edited(listed: list[tuple[UUID, Decimal]], said: Any) -> list[tuple[UUID, Decimal]]:
    act = next((act for act in ("add", "drop", "up", "down") if act in said), "")
    try:
        named = UUID(said.get(act, ""))
    except ValueError as error:
        raise NotVisible from error
    if act == "add":
        return [*listed, (named, Decimal(1))]
    place = next((place for place, (pk, _points) in enumerate(listed) if pk == named), None)
    if place is None:
        raise NotVisible
    row = listed.pop(place)
    if act != "drop":
        listed.insert(max(0, place + (1 if act == "down" else -1)), row)
    return listed


@require_POST
def blueprint(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Add a row to the blueprint, or take the row at `drop` out."""
    actor = current_actor()
    exam = _led(actor, exam_id)
    rows = blueprint_rows(exam)
    if "drop" in request.POST:
        place = request.POST["drop"]
        rows = [row for number, row in enumerate(rows, 1) if str(number) != place]
    else:
        form = RowForm(request.POST)
        if not form.is_valid():
            raise InvalidInput({name: lines[0] for name, lines in form.errors.items()})
        rows.append(form.row())
    set_blueprint(actor=actor, exam_id=exam_id, rows=rows)
    return redirect("assessment:exam_build", exam_id)


_ACTS: dict[str, Any] = {"publish": publish_exam, "close": close_exam, "reopen": reopen_exam}


@require_POST
def act(request: HttpRequest, exam_id: UUID, verb: str) -> HttpResponse:
    """Publish, close, open again; `copy` makes a draft of it."""
    actor = current_actor()
    _led(actor, exam_id)
    if verb == "copy":
        made, _fresh = copy_exam(actor=actor, exam_id=exam_id, key=key_of(request))
        return redirect("assessment:exam_build", made.pk)
    if verb not in _ACTS:
        raise NotVisible
    try:
        _ACTS[verb](actor=actor, exam_id=exam_id)
        messages.success(request, _("Done."))
    except DomainError as error:  # too few questions: said on the page where they are added
        if error.status != InvalidInput.status:
            raise
        messages.error(request, str(error.message))
    return redirect("assessment:exam_build", exam_id)


@never_cache
@read_or_write
def exceptions(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """More time or attempts for single people."""
    actor = current_actor()
    exam = _led(actor, exam_id)
    form = AccommodationForm(request.POST or None)
    if form.is_valid() and _run(form, lambda: _accommodate(actor, exam, form.cleaned_data)):
        messages.success(request, _("Given. Who is sitting the exam has the time at once."))
        return redirect("assessment:exam_exceptions", exam_id)
    rows = Accommodation.objects.filter(exam=exam).select_related("user").order_by("-given_at", "id")[:200]
    context = {"exam": exam, "form": form, "rows": rows}
    return render(request, "assessment/exams/exceptions.html", context, status=form.status)


def _accommodate(actor: Actor, exam: Exam, said: dict[str, Any]) -> Accommodation:
    user = User.objects.filter(username=said["username"], is_active=True).first()
    if user is None:
        raise InvalidInput({"username": _("There is no such person.")})
    given = {name: said[name] for name in ("extra_minutes", "extra_attempts", "reason")}
    return accommodate(actor=actor, exam_id=exam.pk, user_id=user.pk, **given)


@never_cache
@require_safe
def results(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Attempts by name, and their sum."""
    exam = _led(current_actor(), exam_id)
    rows = results_of(exam).select_related("user")
    page = keyset(rows, order=("-began_at", "id"), after=request.GET.get("after", ""))
    following = f"{request.path}?{urlencode({'after': page.next_cursor})}" if page.next_cursor else ""
    first = "after" not in request.GET
    context = {
        "exam": exam, "rows": page.items, "next_url": following, "totals": totals_of(exam),
        "figures": exam_figures_of(exam.pk) if first else None,
    }  # fmt: skip
    return render(request, "assessment/exams/results.html", context)


@require_POST
def results_file(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """The results as a spreadsheet; that somebody took them stands in the journal."""
    content = export_results(actor=current_actor(), exam_id=exam_id)
    name = f"results-{str(exam_id)[:8]}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=XLSX, headers=headers)
