"""The catalogue, a course and its lessons, as learners use them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consortium.kernel.actors import current_actor
from consortium.kernel.errors import DomainError, InvalidInput, NotVisible
from consortium.people.views.institutions import more_url
from courses.assessment.policies.items import may_see_bank
from courses.library.models import Course, Lesson, Programme
from courses.library.models.courses import led_by
from courses.library.operations import begin_lesson, confirm_lesson, enrol_oneself, leave_course, open_stage
from courses.library.operations.learning import BY_ONE_S_WORD
from courses.library.policies import may_build_course, may_list_figures, may_make_courses, may_see_figures
from courses.library.queries.catalogue import SHELVES, cards_of, catalogue, programmes_shown
from courses.library.queries.page import SIGNS, course_page, course_seen, lesson_seen, neighbours, shown
from courses.library.queries.progress import closed_because, progress_of
from courses.library.queries.texts import one_each
from courses.library.states import LessonKind, Progress
from courses.library.views.words import SHELF_WORDS


@never_cache
@require_safe
def courses(request: HttpRequest) -> HttpResponse:
    """What is offered; `?q=`, `?shelf=`, `?after=`."""
    actor, asked = current_actor(), request.GET
    shelf = asked.get("shelf", "all")
    if shelf not in SHELVES:
        raise InvalidInput({"shelf": _("There is no such shelf.")})
    search = asked.get("q", "").strip()[:100]
    page = catalogue(actor, search=search, shelf=shelf, after=asked.get("after", ""))
    first = shelf == "all" and not search and "after" not in asked
    context = {
        "page": page, "shelf": shelf, "search": search, "more_url": more_url(request, page.next_cursor),
        "tabs": [{"label": SHELF_WORDS[one], "url": f"?shelf={one}", "here": one == shelf} for one in SHELVES],
        "programmes": programmes_shown() if first else [], "builds_courses": bool(led_by(actor)),
        "sees_bank": may_see_bank(actor).allowed, "sees_figures": may_list_figures(actor).allowed,
    }  # fmt: skip
    return render(request, "library/catalogue.html", context)


@never_cache
@require_safe
def course(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """One course: what it is about, its lessons, how far one is, what comes next."""
    actor, found = current_actor(), _course_or_draft(course_id)
    if isinstance(found, HttpResponse):
        return found
    context = course_page(actor, found)
    context["builds"] = may_build_course(actor, found).allowed
    context["sees_figures"] = may_see_figures(actor, found).allowed
    return render(request, "library/course.html", context)


def _course_or_draft(course_id: UUID) -> Course | HttpResponse:
    """The course as published; its builder, where it is not, is led to the draft."""
    try:
        return course_seen(course_id)
    except NotVisible:
        unpublished: Course | None = Course.objects.filter(pk=course_id).first()
        if unpublished is None or not may_build_course(current_actor(), unpublished):
            raise
        return redirect("library:build_again", course_id)


@require_POST
def enrol(request: HttpRequest, course_id: UUID) -> HttpResponse:
    _row, fresh = enrol_oneself(actor=current_actor(), course_id=course_id)
    if fresh:
        messages.success(request, _("You take this course. Begin when you like."))
    return redirect("library:course", course_id)


@require_POST
def leave(request: HttpRequest, course_id: UUID) -> HttpResponse:
    leave_course(actor=current_actor(), course_id=course_id)
    messages.success(request, _("You no longer take this course. What you have done is kept."))
    return redirect("library:course", course_id)


@never_cache
@require_safe
def lesson(request: HttpRequest, lesson_id: UUID) -> HttpResponse:
    """One lesson: the reading, the case as far as it was opened, or the way to what it shows."""
    actor, found = current_actor(), lesson_seen(lesson_id)
    course_of = found.version.course
    learning = course_of.current_id == found.version_id
    if not learning and not may_build_course(actor, course_of):
        return redirect("library:course", course_of.pk)
    closed = closed_because(actor.user_id, found) if learning else ""
    row = progress_of(actor.user_id, course_of.pk).get(found.key) if learning else None
    opened = (row.stage if row else 1) if learning else None
    said = {} if closed else shown(found, opened=opened if found.kind == LessonKind.CASE else None)
    if learning and not closed and _is_film_alone(found, said):
        return redirect("library:watch", found.pk)
    before, after = neighbours(found)
    context: dict[str, Any] = {
        "lesson": found, "course": course_of, "preview": not learning, "closed": closed, "progress": row,
        "done": row is not None and row.state == Progress.COMPLETED, "before": before, "after": after,
        "sign": SIGNS[LessonKind(found.kind)], "by_word": found.kind in BY_ONE_S_WORD, **said,
    }  # fmt: skip
    return render(request, "library/lesson.html", context)


def _is_film_alone(found: Lesson, said: dict[str, Any]) -> bool:
    """Whether the lesson is nothing but a film that can be watched: then its page is the player."""
    ready = found.video is not None and found.video.current_id is not None
    return ready and not any(stage.blocks for stage in said["stages"])


@require_POST
def open_lesson(request: HttpRequest, lesson_id: UUID) -> HttpResponse:
    """Begin it: taken from the list of lessons."""
    try:
        begin_lesson(actor=current_actor(), lesson_id=lesson_id)
    except DomainError as error:
        if error.status != 422:
            raise
        messages.error(request, str(error.message))
    return redirect("library:lesson", lesson_id)


@require_POST
def next_stage(request: HttpRequest, lesson_id: UUID) -> HttpResponse:
    """Show the next stage of a case."""
    stage = request.POST.get("stage", "")
    if not stage.isdecimal() or len(stage) > 4:
        raise InvalidInput({"stage": _("Say which stage.")})
    open_stage(actor=current_actor(), lesson_id=lesson_id, stage=int(stage))
    return redirect(f"{reverse('library:lesson', args=[lesson_id])}#stage-{stage}")


@require_POST
def confirm(request: HttpRequest, lesson_id: UUID) -> HttpResponse:
    """Read, or gone through: on to the next lesson, or back to the course."""
    actor = current_actor()
    confirm_lesson(actor=actor, lesson_id=lesson_id)
    found = lesson_seen(lesson_id)
    _before, after = neighbours(found)
    messages.success(request, _("Done: “%(title)s”.") % {"title": found.title})
    return redirect("library:lesson", after.pk) if after else redirect("library:course", found.version.course_id)


@never_cache
@require_safe
def programme(request: HttpRequest, programme_id: UUID) -> HttpResponse:
    """A programme with its courses in order."""
    found = Programme.objects.prefetch_related("texts").filter(pk=programme_id).first()
    if found is None:
        raise NotVisible
    places = found.places.order_by("position").select_related("course__current__cover", "course__institution")
    seen = set(Course.objects.filter(places__programme=found, current__isnull=False).values_list("pk", flat=True))
    cards = cards_of(current_actor(), [place.course for place in places if place.course_id in seen])
    done = sum(card.enrolment is not None and card.enrolment.completed_at is not None for card in cards)
    text = one_each(found.texts.all(), "programme_id").get(found.pk)
    builds = may_make_courses(current_actor(), found.institution_id).allowed
    context = {
        "programme": found, "cards": cards, "done": done, "summary": text.summary if text else "", "builds": builds,
    }  # fmt: skip
    return render(request, "library/programme.html", context)
