"""The builder's pages: the desk, a draft and its outline, what it says, publishing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted
from consortium.kernel.methods import form_page, version_of
from consortium.kernel.policies import require
from consortium.people.views.institutions import more_url
from courses.library.forms.courses import AboutForm, FromFileForm, NewCourseForm, ReasonForm
from courses.library.models import CourseVersion
from courses.library.models.courses import led_by
from courses.library.operations import (
    archive_course,
    copy_course,
    discard_draft,
    draft_again,
    drop_need,
    edit_version,
    need_course,
    publish_course,
    settle_stale,
    start_course,
    start_from_file,
    withdraw_course,
)
from courses.library.policies import may_build
from courses.library.queries.building import (
    courses_built,
    films_on_their_way,
    needs_offered,
    outline_of,
    stale_lessons,
    version_built,
    video_awaited,
)
from courses.library.queries.page import about, by_chapter, how_far, lines_of
from courses.library.states import MACHINE
from courses.library.views.video_standing import standing


def home_of(actor: Actor) -> UUID:
    """The institution for which the actor builds: the first of them."""
    places = sorted(led_by(actor), key=str)
    if not places:
        raise NotPermitted(_("Only a training admin may do this."))
    return places[0]


def draft_here(version_id: UUID) -> CourseVersion:
    """A version that the actor builds."""
    version = version_built(version_id)
    require(may_build(current_actor(), version))
    return version


@never_cache
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Where a training admin begins: what waits, and one's courses."""
    actor = current_actor()
    home_of(actor)
    page = courses_built(actor, after=request.GET.get("after", ""))
    context = {
        "page": page, "stale": stale_lessons(actor), "films": films_on_their_way(actor),
        "more_url": more_url(request, page.next_cursor),
    }  # fmt: skip
    return render(request, "library/desk.html", context)


@form_page
def new(request: HttpRequest) -> HttpResponse:
    """A course begins with its title; `?video=` and `?exam=` are chosen already."""
    actor = current_actor()
    place = home_of(actor)
    chosen = {"video_id": request.GET.get("video", ""), "exam_id": request.GET.get("exam", "")}
    form = NewCourseForm(request.POST or None, initial=chosen)
    if form.is_valid():
        said = form.cleaned_data
        given = {name: said[name] for name in ("title_en", "title_zh", "video_id", "exam_id")}
        key = said["request_key"]
        made = form.run(lambda: start_course(actor=actor, institution_id=place, key=key, **given))
        if made:
            return redirect("library:build", made[0].pk)
    return render(request, "library/build_new.html", {"form": form}, status=form.status)


@form_page
def new_from_file(request: HttpRequest) -> HttpResponse:
    """A title and a spreadsheet of questions: the course is there, and waits for its video."""
    actor = current_actor()
    place = home_of(actor)
    form = FromFileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        said, file = form.cleaned_data, form.cleaned_data["questions"]
        given = {name: said[name] for name in ("title_en", "title_zh", "shows_patient")}
        key = said["request_key"]
        made = form.run(
            lambda: start_from_file(
                actor=actor, institution_id=place, questions=file.read(), name=file.name, key=key, **given
            )
        )
        if made:
            return redirect("library:build", made[0].pk)
    return render(request, "library/build_from_file.html", {"form": form}, status=form.status)


@never_cache
@require_safe
def build(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """One version: its outline; of a draft, what is missing and what can be done."""
    version = draft_here(version_id)
    awaited = video_awaited(version) if version.is_draft else None
    context = {
        **(standing(awaited) if awaited else {}),
        "version": version, "course": version.course, **outline_of(version),
        "actions": {one.verb for one in MACHINE.available(current_actor(), version)},
    }  # fmt: skip
    return render(request, "library/build.html", context)


@form_page
def edit_about(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """What a draft says of itself, and whom it is for."""
    version = draft_here(version_id)
    form = AboutForm(request.POST or None, draft=version)
    if form.is_valid():
        fields, texts = form.given()
        seen = form.cleaned_data["version"]
        done = form.run(
            lambda: edit_version(actor=current_actor(), version_id=version_id, fields=fields, texts=texts, version=seen)
        )
        if done:
            messages.success(request, _("Saved."))
            return redirect("library:build", version_id)
    asked, offered = needs_offered(version.course)
    context = {"version": version, "course": version.course, "form": form, "asked": asked, "offered": offered}
    return render(request, "library/build_about.html", context, status=form.status)


@never_cache
@require_safe
def preview(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """The course as a learner will see it."""
    version = draft_here(version_id)
    lines = lines_of(version, {})
    context = {
        **about(version), "course": version.course, "chapters": by_chapter(lines), "preview": True, "done": 0,
        "of": how_far(lines)[1], "percent": 0, "builds": True,
    }  # fmt: skip
    return render(request, "library/course.html", context)


@require_POST
def publish(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Learners get it from now on; what is missing is told on the page."""
    try:
        version = publish_course(actor=current_actor(), version_id=version_id, version=version_of(request))
    except InvalidInput as error:
        messages.error(request, str(error.message))
        return redirect("library:build", version_id)
    messages.success(request, _("Published. Learners find it in the catalogue."))
    return redirect("library:course", version.course_id)


@form_page
def withdraw(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Ask why, then take it back."""
    version, form = draft_here(version_id), ReasonForm(request.POST or None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        if form.run(lambda: withdraw_course(actor=current_actor(), version_id=version_id, reason=reason)):
            messages.success(request, _("Withdrawn. Nobody begins with it any more."))
            return redirect("library:desk")
    context = {"form": form, "version": version, "course": version.course}
    return render(request, "library/build_withdraw.html", context, status=form.status)


@require_POST
def discard(request: HttpRequest, version_id: UUID) -> HttpResponse:
    discard_draft(actor=current_actor(), version_id=version_id, version=version_of(request))
    messages.success(request, _("The draft is gone."))
    return redirect("library:desk")


@never_cache
def build_again(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """To the draft, or (by POST) to a new one of what is published."""
    if request.method == "POST":
        return redirect("library:build", draft_again(actor=current_actor(), course_id=course_id).pk)
    found = CourseVersion.objects.filter(course_id=course_id).order_by("-number").first()
    return redirect("library:build", found.pk) if found else redirect("library:desk")


@require_POST
def copy(request: HttpRequest, course_id: UUID) -> HttpResponse:
    actor = current_actor()
    made = copy_course(actor=actor, course_id=course_id, institution_id=home_of(actor))
    messages.success(request, _("Copied. Files were left behind: they belong to their course."))
    return redirect("library:build", made.pk)


@require_POST
def archive(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Out of the catalogue, or back into it (`restore`)."""
    archived = "restore" not in request.POST
    archive_course(actor=current_actor(), course_id=course_id, archived=archived)
    done = _("Out of the catalogue. Who takes it goes on.") if archived else _("In the catalogue again.")
    messages.success(request, done)
    return redirect("library:desk")


@require_POST
def needs(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Ask for another course first (`needs_id`), or no longer (`drop`)."""
    actor, asked = current_actor(), request.POST
    act: Any = drop_need if "drop" in asked else need_course
    try:
        act(actor=actor, course_id=course_id, needs_id=_uuid(asked.get("drop") or asked.get("needs_id")))
    except DomainError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, str(error.message))
    return redirect(request.POST.get("next", "") if _is_ours(request.POST.get("next", "")) else "library:desk")


def _is_ours(address: str) -> bool:
    return address.startswith("/courses/build/") and "//" not in address


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError as error:
        raise InvalidInput({"needs_id": _("Choose a course.")}) from error


@require_POST
def settle(request: HttpRequest, lesson_id: UUID) -> HttpResponse:
    """A lesson whose page of the manual has changed: still right, or edited."""
    settle_stale(actor=current_actor(), lesson_id=lesson_id, how=request.POST.get("how", ""))
    messages.success(request, _("Noted. It no longer waits."))
    return redirect("library:desk")
