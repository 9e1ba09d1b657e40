"""Chapters and lessons of a draft, on pages."""

from uuid import UUID

import orjson
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consortium.kernel.actors import current_actor
from consortium.kernel.errors import DomainError, InvalidInput
from consortium.kernel.methods import form_page
from courses.library.forms.courses import ChapterForm, LessonForm, MaterialForm
from courses.library.models import Chapter, Lesson
from courses.library.operations import (
    add_chapter,
    add_lesson,
    drop_chapter,
    drop_lesson,
    edit_chapter,
    edit_lesson,
    move_row,
    put_in_order,
)
from courses.library.operations.materials import add_material
from courses.library.operations.moving import row_seen
from courses.library.queries.building import materials_of
from courses.library.states import LessonKind, MaterialKind
from courses.library.views.building import draft_here


@form_page
def chapter_new(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """One more heading."""
    draft = draft_here(version_id)
    form = ChapterForm(request.POST or None, initial={"version": draft.version})
    if form.is_valid():
        made = form.run(lambda: add_chapter(actor=current_actor(), version_id=version_id, **form.cleaned_data))
        if made:
            return redirect("library:build", version_id)
    return render(request, "library/build_chapter.html", {"form": form, "version": draft}, status=form.status)


@form_page
def chapter_edit(request: HttpRequest, chapter_id: UUID) -> HttpResponse:
    """Its titles, and the exam by which it is tested out."""
    chapter: Chapter = row_seen(Chapter, chapter_id)
    draft = draft_here(chapter.version_id)
    known = {name: getattr(chapter, name) for name in ("title_en", "title_zh", "exam_id")} | {"version": draft.version}
    form = ChapterForm(request.POST or None, initial=known)
    if form.is_valid():
        done = form.run(lambda: edit_chapter(actor=current_actor(), chapter_id=chapter_id, **form.cleaned_data))
        if done:
            return redirect("library:build", draft.pk)
    context = {"form": form, "version": draft, "chapter": chapter}
    return render(request, "library/build_chapter.html", context, status=form.status)


@require_POST
def chapter_drop(request: HttpRequest, chapter_id: UUID) -> HttpResponse:
    draft = drop_chapter(actor=current_actor(), chapter_id=chapter_id)
    return redirect("library:build", draft.pk)


@form_page
def lesson_new(request: HttpRequest, chapter_id: UUID, kind: str) -> HttpResponse:
    """One more lesson of a kind."""
    chapter: Chapter = row_seen(Chapter, chapter_id)
    draft = draft_here(chapter.version_id)
    if kind not in LessonKind.values:
        raise InvalidInput({"kind": _("Choose what kind of lesson it is.")})
    form = LessonForm(request.POST or None, draft=draft, kind=kind)
    if form.is_valid():
        fields, texts = form.given()
        seen = form.cleaned_data["version"]
        made = form.run(
            lambda: add_lesson(
                actor=current_actor(), chapter_id=chapter_id, kind=kind, fields=fields, texts=texts, version=seen
            )
        )
        if made:
            return redirect("library:build", draft.pk)
    context = {"form": form, "version": draft, "kind": LessonKind(kind), "pictures": _pictures(draft.course)}
    return render(request, "library/build_lesson.html", context, status=form.status)


def _pictures(course: object) -> list[object]:
    return list(materials_of(course, MaterialKind.PICTURE))  # type: ignore[arg-type]


@form_page
def lesson_edit(request: HttpRequest, lesson_id: UUID) -> HttpResponse:
    """Change a lesson of a draft."""
    lesson: Lesson = row_seen(Lesson, lesson_id)
    draft = draft_here(lesson.version_id)
    form = LessonForm(request.POST or None, draft=draft, kind=lesson.kind, lesson=lesson)
    if form.is_valid():
        fields, texts = form.given()
        seen = form.cleaned_data["version"]
        done = form.run(
            lambda: edit_lesson(actor=current_actor(), lesson_id=lesson_id, fields=fields, texts=texts, version=seen)
        )
        if done:
            messages.success(request, _("Saved."))
            return redirect("library:build", draft.pk)
    context = {
        "form": form, "version": draft, "kind": LessonKind(lesson.kind), "lesson": lesson,
        "pictures": _pictures(draft.course), "stale": lesson.stale_marks.filter(settled_at=None).exists(),
    }  # fmt: skip
    return render(request, "library/build_lesson.html", context, status=form.status)


@require_POST
def lesson_drop(request: HttpRequest, lesson_id: UUID) -> HttpResponse:
    draft = drop_lesson(actor=current_actor(), lesson_id=lesson_id)
    return redirect("library:build", draft.pk)


@require_POST
def move(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """One row up or down (`up`, `down`: its id), without a script; the list is shown where the row is now."""
    up = "up" in request.POST
    row_id = _id(request.POST.get("up" if up else "down", ""))
    move_row(actor=current_actor(), version_id=version_id, row_id=row_id, up=up)
    return redirect("library:build", version_id)


@require_POST
def order(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """The whole order at once, as the page has it: JSON {"order": [[chapter, [lesson, ...]], ...], "version": n}."""
    wanted, seen = _order(request.body)
    try:
        draft = put_in_order(actor=current_actor(), version_id=version_id, order=wanted, version=seen)
    except DomainError as error:
        if error.status in (403, 404):
            raise
        body = orjson.dumps({"detail": str(error.message)})
        return HttpResponse(body, status=error.status, content_type="application/json")
    return HttpResponse(orjson.dumps({"version": draft.version}), content_type="application/json")


def _order(body: bytes) -> tuple[list[tuple[UUID, list[UUID]]], int]:
    try:
        given = orjson.loads(body)
        return [(UUID(pk), [UUID(one) for one in ids]) for pk, ids in given["order"]], int(given["version"])
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidInput({"order": _("This order cannot be read.")}) from error


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidInput({"row": _("This row cannot be found.")}) from error


@form_page
def materials(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """The pictures and files of a course, and one more."""
    draft = draft_here(version_id)
    form = MaterialForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        said = form.cleaned_data
        made = form.run(
            lambda: add_material(
                actor=current_actor(), course_id=draft.course_id, name=said["file"].name, data=said["file"].read(),
                key=said["request_key"],
            )
        )  # fmt: skip
        if made:
            messages.success(request, _("Added."))
            return redirect("library:materials", version_id)
    context = {
        "form": form, "version": draft, "pictures": _pictures(draft.course),
        "files": materials_of(draft.course, MaterialKind.PDF),
    }  # fmt: skip
    return render(request, "library/materials.html", context, status=form.status)
