"""Chapters and lessons of a draft: added, changed, put in order, taken out."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, database_rules
from courses.assessment.models import Exam, Questionnaire
from courses.library.models import Chapter, CourseVersion, Lesson, LessonText, ManualLink, Material, Video
from courses.library.operations.drafting import titles_given
from courses.library.operations.moving import begin, begin_edit, finish, row_seen
from courses.library.states import Language, LessonKind, MaterialKind

#: what is set as it is given
_PLAIN = ("title_en", "title_zh", "required", "minutes", "video_rule", "watch_share", "skippable")
#: what a lesson shows of others
_SHOWN: tuple[tuple[str, Any], ...] = (("video_id", Video), ("exam_id", Exam), ("questionnaire_id", Questionnaire))
#: the order of a version: each chapter with its lessons
Order = Sequence[tuple[UUID, Sequence[UUID]]]


@transaction.atomic
def add_chapter(
    *, actor: Actor, version_id: UUID, title_en: str = "", title_zh: str = "", exam_id: UUID | None = None,
    version: int | None = None,
) -> Chapter:  # fmt: skip
    """One more heading, at the end; who passes the exam knows what stands under it."""
    draft = begin(actor, version_id, "edit", version)
    titles = titles_given(title_en, title_zh)
    last = draft.chapters.aggregate(last=Max("position"))["last"] or 0
    chapter = Chapter.objects.create(
        version=draft, position=last + 1, exam_id=_seen(Exam, "exam_id", exam_id), **titles
    )
    finish(actor, draft, "add-chapter", facts={"position": chapter.position})
    return chapter


@transaction.atomic
def edit_chapter(
    *, actor: Actor, chapter_id: UUID, title_en: str = "", title_zh: str = "", exam_id: UUID | None = None,
    version: int | None = None,
) -> Chapter:  # fmt: skip
    """Call it something else, and name the exam by which it is tested out, or none."""
    chapter: Chapter = row_seen(Chapter, chapter_id)
    draft = begin_edit(actor, chapter, version)
    for name, text in titles_given(title_en, title_zh).items():
        setattr(chapter, name, text)
    chapter.exam_id = _seen(Exam, "exam_id", exam_id)
    chapter.save()
    finish(actor, draft, "edit-chapter", facts={"position": chapter.position})
    return chapter


@transaction.atomic
def drop_chapter(*, actor: Actor, chapter_id: UUID, version: int | None = None) -> CourseVersion:
    """Take it out with its lessons; those behind it move up."""
    chapter: Chapter = row_seen(Chapter, chapter_id)
    draft = begin_edit(actor, chapter, version)
    chapter.lessons.all().delete()
    chapter.delete()
    _number(Chapter, list(draft.chapters.order_by("position")))
    return finish(actor, draft, "drop-chapter", facts={"position": chapter.position})


@transaction.atomic
def add_lesson(
    *, actor: Actor, chapter_id: UUID, kind: str, fields: Mapping[str, Any],
    texts: Mapping[str, str] | None = None, version: int | None = None,
) -> Lesson:  # fmt: skip
    """One more lesson at the end of a chapter; `fields` and `texts` as `edit_lesson`."""
    chapter: Chapter = row_seen(Chapter, chapter_id)
    draft = begin_edit(actor, chapter, version)
    if kind not in LessonKind.values:
        raise InvalidInput({"kind": _("Choose what kind of lesson it is.")})
    last = chapter.lessons.aggregate(last=Max("position"))["last"] or 0
    lesson = Lesson(version=draft, chapter=chapter, position=last + 1, kind=kind)
    _write(draft, lesson, fields, texts)
    finish(actor, draft, "add-lesson", facts={"kind": kind, "lesson": str(lesson.pk)})
    return lesson


@transaction.atomic
def edit_lesson(
    *, actor: Actor, lesson_id: UUID, fields: Mapping[str, Any], texts: Mapping[str, str] | None = None,
    version: int | None = None,
) -> Lesson:  # fmt: skip
    """Change a lesson of a draft.

    `fields`: title_en, title_zh, required, minutes, video_rule, watch_share, skippable, material_id, video_id, exam_id,
    questionnaire_id, manual ([(pathway, branch)]); `texts`: language -> body.
    """
    lesson: Lesson = row_seen(Lesson, lesson_id)
    draft = begin_edit(actor, lesson, version)
    _write(draft, lesson, fields, texts)
    finish(actor, draft, "edit-lesson", facts={"lesson": str(lesson.pk), "fields": sorted(fields)})
    return lesson


def _write(draft: CourseVersion, lesson: Lesson, fields: Mapping[str, Any], texts: Mapping[str, str] | None) -> None:
    for name in _PLAIN:
        setattr(lesson, name, fields.get(name, getattr(lesson, name)))
    for name, text in titles_given(lesson.title_en, lesson.title_zh).items():
        setattr(lesson, name, text)
    if "material_id" in fields:
        lesson.material_id = _file_of(draft, fields["material_id"])
    for name, model in _SHOWN:
        if name in fields:
            setattr(lesson, name, _seen(model, name, fields[name]))
    with database_rules():
        lesson.save()
    for language, body in (texts or {}).items():
        _say(lesson, language, body)
    if "manual" in fields:
        _cite(lesson, fields["manual"])


def _seen(model: Any, name: str, pk: UUID | None) -> UUID | None:
    """The id of a row that the actor sees, and so may show to learners."""
    if pk is None or model.objects.filter(pk=pk).exists():
        return pk
    raise InvalidInput({name: _("There is no such thing that you can see.")})


def _file_of(draft: CourseVersion, material_id: UUID | None) -> UUID | None:
    files = Material.objects.filter(course_id=draft.course_id, kind=MaterialKind.PDF)
    if material_id is None or files.filter(pk=material_id).exists():
        return material_id
    raise InvalidInput({"material_id": _("Choose a file of this course.")})


def _say(lesson: Lesson, language: str, body: str) -> None:
    if language not in Language.values:
        raise InvalidInput({"language": _("Write English or Chinese.")})
    if body.strip():
        LessonText.objects.update_or_create(lesson=lesson, language=language, defaults={"body": body.strip()})
    else:
        LessonText.objects.filter(lesson=lesson, language=language).delete()


def _cite(lesson: Lesson, places: Sequence[tuple[str, str]]) -> None:
    lesson.manual_links.all().delete()
    rows = [ManualLink(lesson=lesson, pathway=pathway, branch=branch) for pathway, branch in dict.fromkeys(places)]
    ManualLink.objects.bulk_create(rows)


@transaction.atomic
def drop_lesson(*, actor: Actor, lesson_id: UUID, version: int | None = None) -> CourseVersion:
    """Take a lesson out of the draft; published versions keep it, and so does who has done it."""
    lesson: Lesson = row_seen(Lesson, lesson_id)
    draft = begin_edit(actor, lesson, version)
    chapter = lesson.chapter
    lesson.delete()
    _number(Lesson, list(chapter.lessons.order_by("position")))
    return finish(actor, draft, "drop-lesson", facts={"kind": lesson.kind})


@transaction.atomic
def put_in_order(*, actor: Actor, version_id: UUID, order: Order, version: int | None = None) -> CourseVersion:
    """Chapters and their lessons as in `order`, which names each of the draft's once; else InvalidInput."""
    draft = begin(actor, version_id, "edit", version)
    chapters = {chapter.pk: chapter for chapter in draft.chapters.all()}
    lessons = {lesson.pk: lesson for lesson in draft.lessons.all()}
    named = [lesson_id for _chapter, ids in order for lesson_id in ids]
    all_once = sorted(named) == sorted(lessons) and sorted(pk for pk, _ids in order) == sorted(chapters)
    if not all_once:
        raise InvalidInput({"order": _("Somebody else added or took out something: look again.")})
    _number(Chapter, [chapters[pk] for pk, _ids in order])
    for chapter_id, ids in order:
        for place, lesson_id in enumerate(ids, 1):
            lessons[lesson_id].chapter_id, lessons[lesson_id].position = chapter_id, place
    Lesson.objects.bulk_update(lessons.values(), ["chapter", "position"])
    return finish(actor, draft, "order")


def _number(model: Any, rows: list[Any]) -> None:
    """Number rows from 1 as they stand; one statement, for two may not share a place in between."""
    for place, row in enumerate(rows, 1):
        row.position = place
    model.objects.bulk_update(rows, ["position"])


@transaction.atomic
def move_row(*, actor: Actor, version_id: UUID, row_id: UUID, up: bool, version: int | None = None) -> CourseVersion:
    """One place up or down: a chapter among chapters; a lesson in its chapter, and over its edge into the next one."""
    order = _order_of(version_id)
    moved = _chapter_moved(order, row_id, up) or _lesson_moved(order, row_id, up)
    return put_in_order(actor=actor, version_id=version_id, order=moved or order, version=version)


def _order_of(version_id: UUID) -> list[tuple[UUID, list[UUID]]]:
    chapters = Chapter.objects.filter(version_id=version_id).order_by("position").values_list("pk", flat=True)
    order: dict[UUID, list[UUID]] = {pk: [] for pk in chapters}
    lessons = Lesson.objects.filter(version_id=version_id).order_by("position").values_list("chapter_id", "pk")
    for chapter_id, pk in lessons:
        order[chapter_id].append(pk)
    return list(order.items())


def _chapter_moved(order: list[tuple[UUID, list[UUID]]], row_id: UUID, up: bool) -> list[tuple[UUID, list[UUID]]]:
    places = [pk for pk, _ids in order]
    if row_id not in places:
        return []
    here = places.index(row_id)
    there = max(0, min(len(order) - 1, here + (-1 if up else 1)))
    order.insert(there, order.pop(here))
    return order


def _lesson_moved(order: list[tuple[UUID, list[UUID]]], row_id: UUID, up: bool) -> list[tuple[UUID, list[UUID]]]:
    at = next((place for place, (_pk, ids) in enumerate(order) if row_id in ids), None)
    if at is None:
        return []
    ids = order[at][1]
    here = ids.index(row_id)
    there = here + (-1 if up else 1)
    if 0 <= there < len(ids):
        ids.insert(there, ids.pop(here))
    elif 0 <= (beside := at + (-1 if up else 1)) < len(order):
        neighbours = order[beside][1]
        neighbours.insert(len(neighbours) if up else 0, ids.pop(here))
    return order
