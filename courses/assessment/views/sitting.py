"""Sitting an exam: what it asks of one, the questions, what stands saved, handing in, and the result."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium.kernel import clock
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import InvalidInput
from consortium.kernel.methods import key_of
from consortium.kernel.pagination import keyset
from consortium.kernel.policies import require
from courses.assessment.items import answer_from
from courses.assessment.models import Attempt, Exam
from courses.assessment.operations.answering import EPOCH, OtherDevice, Saved, Sent, TimeOver, save_answer, stamps_of
from courses.assessment.operations.attending import begin_attempt, take_over
from courses.assessment.operations.handing_in import hand_in
from courses.assessment.policies.exams import may_answer, may_build_exams, may_mark_for, may_run_exam
from courses.assessment.queries.results import review_of
from courses.assessment.queries.sitting import (
    Asked,
    attempt_for,
    exam_for,
    offer_of,
    own_attempts,
    sitting_of,
)
from courses.assessment.states.exams import AttemptStep, ExamStep

STAMP = "Exam-Stamp"


def _device_key(attempt: Attempt) -> str:
    return f"exam-device-{attempt.pk}"


def _is_here(request: HttpRequest, attempt: Attempt) -> bool:
    """Whether this browser is the one that answers now."""
    return request.session.get(_device_key(attempt)) == str(attempt.device)


def _hold(request: HttpRequest, attempt: Attempt) -> None:
    request.session[_device_key(attempt)] = str(attempt.device)


@never_cache
@require_safe
def exams(request: HttpRequest) -> HttpResponse:
    """Exams that are open, and one's own attempts."""
    actor = current_actor()
    page = keyset(own_attempts(actor), order=("-began_at", "id"), after=request.GET.get("after", ""))
    following = f"{request.path}?{urlencode({'after': page.next_cursor})}" if page.next_cursor else ""
    paired = {"pair_before": None, "pair_after": None, "pair_later": None}  # found where they belong
    open_now = Exam.objects.filter(step=ExamStep.OPEN, **paired).order_by("-published_at", "id")[:50]
    context = {
        "open": [exam for exam in open_now if exam.closes_at is None or clock.now() < exam.closes_at],
        "attempts": page.items, "next_url": following, "builds": may_build_exams(actor).allowed,
        "marks": may_mark_for(actor).allowed,
    }  # fmt: skip
    return render(request, "assessment/exams/list.html", context)


@never_cache
@require_safe
def exam(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """What the exam asks of one, and the way into it."""
    actor, found = current_actor(), exam_for(exam_id)
    context = {
        "exam": found, "offer": offer_of(actor, found), "leads": may_run_exam(actor, found).allowed,
        "begin_key": uuid4(),
    }  # fmt: skip
    return render(request, "assessment/exams/intro.html", context)


@require_POST
def begin(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Begin, or go on here with what runs."""
    attempt, fresh = begin_attempt(actor=current_actor(), exam_id=exam_id, key=key_of(request))
    if not fresh and attempt.step == AttemptStep.RUNNING and not _is_here(request, attempt):
        return redirect("assessment:attempt", attempt.pk)
    _hold(request, attempt)
    return redirect("assessment:attempt", attempt.pk)


@never_cache
@require_safe
def attempt(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """The questions, while it runs; elsewhere first the question whether to go on here; afterwards the result."""
    actor = current_actor()
    found = attempt_for(actor, attempt_id)
    if found.step != AttemptStep.RUNNING:
        return redirect("assessment:result", found.pk)
    require(may_answer(actor, found))
    if not _is_here(request, found):
        return render(request, "assessment/exams/elsewhere.html", {"attempt": found, "exam": found.exam})
    sitting = sitting_of(found)
    asked = [(one, one.shown(found.pk.hex)) for one in sitting.asked]
    context = {
        "attempt": found, "exam": found.exam, "sitting": sitting, "asked": asked, "base_seq": found.epoch * EPOCH,
        "stamp": stamps_of(found).make(clock.now()), "one_a_page": found.exam.layout == "one",
    }  # fmt: skip
    return render(request, "assessment/exams/sitting.html", context)


@require_POST
def go_on_here(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """This device takes over."""
    _hold(request, take_over(actor=current_actor(), attempt_id=attempt_id))
    return redirect("assessment:attempt", attempt_id)


# -- answers ----------------------------------------------------------------------------------------------------------


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 16:
        raise InvalidInput({"seq": _("This is no number of an answer.")})
    return int(text)


def _device(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("device", ""))
    except ValueError as error:
        raise OtherDevice from error


def _sent(request: HttpRequest, one: Asked, seq: int) -> Sent:
    given = answer_from(one.question, request.POST, one.prefix)
    return Sent(
        one.row.position, seq, given or None, flagged=f"{one.prefix}-flag" in request.POST, device=_device(request),
        stamp=request.POST.get("stamp", "")[:60], held=timedelta(milliseconds=_whole(request.POST.get("held", "0"))),
    )  # fmt: skip


def _body(saved: Saved) -> dict[str, Any]:
    return {
        "seq": saved.seq, "kept": saved.kept, "saved_at": saved.saved_at.isoformat(),
        "ends_at": saved.ends_at.isoformat() if saved.ends_at else None,
    }  # fmt: skip


@require_POST
def answer(request: HttpRequest, attempt_id: UUID, position: int) -> HttpResponse:
    """One answer from the page's outbox: JSON of what stands now."""
    actor = current_actor()
    found = attempt_for(actor, attempt_id)
    one = next((one for one in sitting_of(found).asked if one.row.position == position), None)
    if one is None:
        raise InvalidInput({"position": _("There is no such question.")})
    sent = _sent(request, one, _whole(request.POST.get("seq", "")))
    saved = save_answer(actor=actor, attempt_id=attempt_id, sent=sent)
    return JsonResponse(_body(saved), headers={STAMP: stamps_of(found).make(clock.now())})


@never_cache
@require_safe
def state(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """What the page asks every now and then: whether it still has the attempt, until when, and a fresh stamp."""
    actor = current_actor()
    found = attempt_for(actor, attempt_id)
    require(may_answer(actor, found))
    body = {
        "step": found.step, "here": _is_here(request, found),
        "ends_at": found.ends_at.isoformat() if found.ends_at else None, "now": clock.now().isoformat(),
    }  # fmt: skip
    return JsonResponse(body, headers={STAMP: stamps_of(found).make(clock.now())})


@require_POST
def save_all(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """Without JavaScript: all that changed on the page, each answer the next of its question."""
    actor = current_actor()
    found = attempt_for(actor, attempt_id)
    require(may_answer(actor, found))
    asked = sitting_of(found).asked
    try:
        for one in asked:
            sent = _sent(request, one, max(one.seq, found.epoch * EPOCH) + 1)
            standing = (one.answer.given, one.answer.flagged) if one.answer else (None, False)
            if (sent.given, sent.flagged) != standing:
                save_answer(actor=actor, attempt_id=attempt_id, sent=sent)
    except TimeOver as over:
        messages.error(request, str(over.message))
    if request.POST.get("then") == "hand_in":
        return redirect("assessment:hand_in", attempt_id)
    messages.success(request, _("Saved."))
    return redirect("assessment:attempt", attempt_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def handing_in(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """What is still open or flagged, and then the end."""
    actor = current_actor()
    if request.method == "POST":
        done = hand_in(actor=actor, attempt_id=attempt_id)
        request.session.pop(_device_key(done), None)
        return redirect("assessment:result", attempt_id)
    found = attempt_for(actor, attempt_id)
    require(may_answer(actor, found))
    if found.step != AttemptStep.RUNNING:
        return redirect("assessment:result", attempt_id)
    context = {"attempt": found, "exam": found.exam, "sitting": sitting_of(found)}
    return render(request, "assessment/exams/hand_in.html", context)


@never_cache
@require_safe
def result(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """What came of it, as far as the exam shows it."""
    actor = current_actor()
    found = attempt_for(actor, attempt_id)
    if found.step == AttemptStep.RUNNING:
        return redirect("assessment:attempt", attempt_id)
    review = review_of(actor, found)
    context = {
        "attempt": found, "exam": found.exam, "review": review, "own": found.user_id == actor.user_id,
        "lines": [(line, line.shown()) for line in review.lines], "offer": offer_of(actor, found.exam),
    }  # fmt: skip
    return render(request, "assessment/exams/result.html", context)
