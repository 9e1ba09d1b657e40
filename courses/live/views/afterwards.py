"""After a lecture: what its crew publishes and recommends, and what the doctor answers."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import DomainError, NotVisible
from consortium.kernel.methods import form_page, version_of
from consortium.kernel.policies import require
from courses.live.forms.recommending import DeclineForm, RecommendForm
from courses.live.models import Lecture, Recommendation
from courses.live.operations.afterwards import publish_lesson
from courses.live.operations.recommending import (
    answer_recommendation,
    recommend,
    rewrite_recommendation,
    see_recommendation,
)
from courses.live.policies.lectures import may_change_lecture, may_conduct
from courses.live.policies.recommending import may_answer_recommendation
from courses.live.queries.afterwards import afterwards_page
from courses.live.queries.lectures import lecture_seen
from courses.live.queries.links import links_of
from courses.live.queries.recommending import recommendation_page, recommendation_seen, recommendations_of
from courses.live.states.lectures import LectureStep
from courses.live.states.recommending import RecommendationStep


def _ended(lecture_id: UUID) -> Lecture:
    """A lecture that is over, for who gave or planned it."""
    lecture = lecture_seen(lecture_id)
    require(may_change_lecture(current_actor(), lecture))
    if lecture.step != LectureStep.ENDED:
        raise NotVisible
    return lecture


@form_page
def afterwards(request: HttpRequest, lecture_id: UUID) -> HttpResponse:
    """What came of it. Posted: what is recommended to the doctor who brought the case."""
    actor, lecture = current_actor(), _ended(lecture_id)
    page = afterwards_page(actor, lecture)
    advice: Recommendation | None = page["advice"]
    known = {name: getattr(advice, name) for name in ("text_en", "text_zh", "due_on", "version")} if advice else {}
    form = RecommendForm(request.POST or None, initial=known)
    if form.is_valid() and _recommended(actor, lecture, advice, form):
        messages.success(request, _("Sent to the doctor who brought the case."))
        return redirect("lectures:afterwards", lecture.pk)
    writes = page["case"] is not None and may_conduct(actor, lecture).allowed and (advice is None or advice.is_waiting)
    context = {**page, "form": form if writes else None, "links": links_of(actor, lecture, without="lecture")}
    return render(request, "lectures/afterwards.html", context, status=form.status)


def _recommended(
    actor: Actor, lecture: Lecture, advice: Recommendation | None, form: RecommendForm
) -> bool:  # fmt: skip
    said = {name: form.cleaned_data[name] for name in ("text_en", "text_zh", "due_on")}
    key, version = form.cleaned_data["request_key"], form.cleaned_data["version"]
    if advice is None:
        return form.run(lambda: recommend(actor=actor, lecture_id=lecture.pk, key=key, **said)) is not None
    pk = advice.pk
    done = form.run(lambda: rewrite_recommendation(actor=actor, recommendation_id=pk, version=version, **said))
    return done is not None


@require_POST
def lesson_publish(request: HttpRequest, lecture_id: UUID) -> HttpResponse:
    """Recording, test and questionnaire at one stroke; what is missing is told on the page."""
    try:
        publish_lesson(actor=current_actor(), lecture_id=lecture_id)
    except DomainError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("Published. Whoever was registered is told."))
    return redirect("lectures:afterwards", lecture_id)


# -- the doctor who brought the case ----------------------------------------------------------------------------------


@never_cache
@require_safe
def recommendations(request: HttpRequest) -> HttpResponse:
    """Those that wait for the reader, and the last ones they answered."""
    return render(request, "lectures/recommendations.html", {"rows": recommendations_of(current_actor())})


@form_page
def recommendation(request: HttpRequest, recommendation_id: UUID) -> HttpResponse:
    """One: whose it is has seen it by opening it. Posted: followed, or not and why."""
    actor, row = current_actor(), recommendation_seen(recommendation_id)
    if request.method == "POST":
        require(may_answer_recommendation(actor, row))
    form = DeclineForm(request.POST if request.POST.get("act") == "decline" else None, initial={"version": row.version})
    if request.method == "POST" and _answered(actor, row, form, request):
        messages.success(request, _("Thank you. The lecturers see it."))
        return redirect("lectures:recommendation", row.pk)
    if request.method != "POST" and row.step == RecommendationStep.SENT and row.holder_id == actor.user_id:
        see_recommendation(actor=actor, recommendation_id=row.pk)
        row = recommendation_seen(recommendation_id)
    page = recommendation_page(actor, row)
    if not form.is_bound:
        form.initial["version"] = row.version
    return render(request, "lectures/recommendation.html", {**page, "form": form}, status=form.status)


def _answered(actor: Actor, row: Recommendation, form: DeclineForm, request: HttpRequest) -> bool:
    if not form.is_bound:
        answer_recommendation(
            actor=actor, recommendation_id=row.pk, followed=True, version=version_of(request)
        )  # fmt: skip
        return True
    if not form.is_valid():
        return False
    said = {"reason": form.cleaned_data["reason"], "version": form.cleaned_data["version"]}
    done = form.run(lambda: answer_recommendation(actor=actor, recommendation_id=row.pk, followed=False, **said))
    return done is not None
