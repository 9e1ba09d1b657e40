"""The builder's desk: one's courses, what waits in them, one draft with its outline, and who takes a course."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from consortium.kernel.actors import Actor
from consortium.kernel.adapters import adapter
from consortium.kernel.errors import NotVisible
from consortium.kernel.pagination import Page, keyset
from consortium.kernel.scoping import unfiltered
from consortium.people.states import Role, Tier
from courses.library.models import (
    Course,
    CourseVersion,
    Enrolment,
    EnrolmentRule,
    Film,
    Lesson,
    Material,
    Prerequisite,
    StaleMark,
    Video,
)
from courses.library.models.courses import led_by
from courses.library.queries.missing import missing_of
from courses.library.queries.page import SIGNS, by_chapter, lines_of
from courses.library.states import FILM_GOING, LessonKind, Step

_WHY = "the courses one builds"


def courses_built(actor: Actor, *, after: str = "", size: int = 25) -> Page:
    """The actor's courses, the newest first, each with `draft`, `shown` (its draft, else its current or last version),
    and `stale` (how many of its published lessons). Three queries."""
    stale = Count("current__lessons", filter=Q(Exists(_open_marks("current__lessons"))), distinct=True)
    rows = Course.objects.built_by(actor).select_related("current", "institution").annotate(stale=stale)
    page = keyset(rows, order=("-made_at", "-id"), after=after, size=size)
    versions: dict[UUID, list[CourseVersion]] = {}
    for version in CourseVersion.objects.filter(course__in=page.items).order_by("-number"):
        versions.setdefault(version.course_id, []).append(version)
    for course in page.items:
        of = versions[course.pk]
        course.draft = next((one for one in of if one.step == Step.DRAFT), None)
        course.shown = course.current or course.draft or of[0]
    return page


def _open_marks(lesson: str) -> Any:
    return StaleMark.objects.open().filter(lesson=OuterRef(lesson))


def stale_lessons(actor: Actor) -> list[Lesson]:
    """Lessons of the actor's published courses and drafts that wait to be looked at, each with `marks`. Two queries."""
    marks = StaleMark.objects.open().filter(lesson=OuterRef("pk"))
    rows = Lesson.objects.filter(
        Exists(marks), version__course__institution_id__in=led_by(actor), version__step__in=[Step.DRAFT, Step.PUBLISHED]
    )  # fmt: skip
    found = list(rows.select_related("version__course").order_by("version__made_at", "position", "id")[:50])
    by_lesson: dict[UUID, list[StaleMark]] = {}
    for mark in StaleMark.objects.open().filter(lesson__in=found).order_by("marked_at"):
        by_lesson.setdefault(mark.lesson_id, []).append(mark)
    for lesson in found:
        lesson.marks = by_lesson[lesson.pk]
    return found


def films_on_their_way(actor: Actor) -> list[Film]:
    """Videos of the actor's institutions that are being made. One query."""
    rows = Film.objects.filter(step__in=FILM_GOING, video__institution_id__in=led_by(actor))
    return list(rows.select_related("video").order_by("created_at")[:20])


def desk_panel(actor: Actor) -> dict[str, Any] | None:
    """What waits for a training admin who also works on cases (settings.WORKLIST_PANELS)."""
    if not actor.has(Role.TRAINING_ADMIN):
        return None
    return {"template": "library/desk_panel.html", "stale": len(stale_lessons(actor))}


def version_built(version_id: UUID) -> CourseVersion:
    """A version with its course, for who builds it; NotVisible to others."""
    rows = CourseVersion.objects.select_related("course__institution", "cover")
    found: CourseVersion | None = rows.filter(pk=version_id).first()
    if found is None:
        raise NotVisible
    return found


def outline_of(version: CourseVersion) -> dict[str, Any]:
    """The outline with what is missing: chapters (also empty ones) with their lessons. Seven queries."""
    filled = {one["chapter"].pk: one for one in by_chapter(lines_of(version, {}))}
    chapters = [
        filled.get(chapter.pk, {"chapter": chapter, "lines": []}) for chapter in version.chapters.order_by("position")
    ]
    stale = set(StaleMark.objects.open().filter(lesson__version=version).values_list("lesson_id", flat=True))
    missing = missing_of(version) if version.is_draft else []
    return {"chapters": chapters, "stale": stale, "missing": missing, "kinds": kinds_offered()}


def video_awaited(version: CourseVersion) -> Video | None:
    """The first video of a draft that cannot be played yet, if the actor may send it. One query."""
    rows = Lesson.objects.filter(version=version, video__current=None, video__isnull=False)
    places = ("chapter__position", "position")
    first = rows.filter(video__institution_id=version.course.institution_id).order_by(*places).select_related("video")
    found: Lesson | None = first.first()
    return found.video if found else None


def kinds_offered() -> list[tuple[str, Any, str]]:
    """(code, label, icon) of the lessons that a builder can add."""
    return [(kind.value, kind.label, SIGNS[kind]) for kind in LessonKind]


def needs_offered(course: Course) -> tuple[list[Course], list[Course]]:
    """(what the course needs, what it might need): published courses, with `current`. Two queries."""
    asked = unfiltered(Prerequisite, why=_WHY).filter(course=course, needs=OuterRef("pk"))
    rows = Course.objects.filter(current__isnull=False).exclude(pk=course.pk).select_related("current")
    known: list[Any] = list(rows.annotate(asked=Exists(asked)).order_by("-published_at")[:200])
    return [one for one in known if one.asked], [one for one in known if not one.asked]


def people_of(course: Course, *, after: str = "", size: int = 50) -> Page:
    """Who takes the course, the last enrolled first, with their names. One query."""
    rows = Enrolment.objects.filter(course=course).select_related("user", "institution")
    return keyset(rows, order=("-enrolled_at", "-id"), after=after, size=size)


def rules_of(course: Course) -> list[EnrolmentRule]:
    """Its standing rules, each with `words`. One query."""
    rows = EnrolmentRule.objects.standing().filter(course=course).select_related("institution").order_by("made_at")
    found = list(rows)
    for rule in found:
        rule.words = audience_words(rule.roles, rule.tiers)  # type: ignore[attr-defined]
    return found


def audience_words(roles: list[str], tiers: list[int]) -> str:
    """ "Nurse, Specialist; District hospital"; "" for everybody."""
    said = [", ".join(str(Role(role).label) for role in roles), ", ".join(str(Tier(tier).label) for tier in tiers)]
    return "; ".join(part for part in said if part)


def materials_of(course: Course, kind: str) -> list[Material]:
    """The course's pictures or files, the newest first."""
    return list(Material.objects.filter(course=course, kind=kind).order_by("-made_at", "id")[:100])


def manual_places() -> list[tuple[str, str]]:
    """(id, title) of every page of the manual that a lesson may name, by the port `settings.MANUAL_CITED`."""
    pages: list[tuple[str, str]] = adapter("MANUAL_CITED")().pages(None)
    return pages
