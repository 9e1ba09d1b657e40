"""A course begins, its draft says what it is about, and a published one is written anew from what it is."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, WrongStep, database_rules
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.people.models import Institution
from courses.library.models import Course, CourseVersion, Material, VersionText
from courses.library.operations.copying import copy_content
from courses.library.operations.moving import begin, finish, locked_course, note
from courses.library.policies import may_build_course, may_make_courses
from courses.library.states import Language, Reach

#: what `edit_version` sets as it is given
PLAIN = ("title_en", "title_zh", "hours", "credit", "in_order")


@transaction.atomic
def make_course(
    *, actor: Actor, institution_id: UUID, title_en: str = "", title_zh: str = "", reach: str = Reach.CONSORTIUM,
    key: UUID | None = None,
) -> tuple[CourseVersion, bool]:  # fmt: skip
    """A course with its first draft: (draft, whether it is new).

    Raises InvalidInput (no title), NotPermitted, NotVisible (no such institution).
    """
    if not Institution.objects.filter(pk=institution_id, closed_at=None).exists():
        raise NotVisible
    require(may_make_courses(actor, institution_id))
    titles = titles_given(title_en, title_zh)
    if reach not in Reach.values:
        raise InvalidInput({"reach": _("Choose who finds it.")})

    def make() -> Course:
        course = Course(institution_id=institution_id, reach=reach, made_at=clock.now(), **author(actor, key))
        course.save(force_insert=True)
        draft = CourseVersion(course=course, number=1, made_at=clock.now(), created_by_id=actor.author_id, **titles)
        with database_rules():
            draft.save(force_insert=True)
        note(actor, course, "begin", facts={"number": 1})
        return course

    course, fresh = once(Course, actor=actor, key=key, make=make)
    return CourseVersion.objects.select_related("course").filter(course=course).order_by("number")[0], fresh


def author(actor: Actor, key: UUID | None) -> dict[str, Any]:
    """The columns of a row that is created once."""
    return {"created_by_id": actor.author_id, **({"request_key": key} if key else {})}


def titles_given(title_en: str, title_zh: str) -> dict[str, str]:
    """Both titles, trimmed; InvalidInput when there is none."""
    titles = {"title_en": title_en.strip(), "title_zh": title_zh.strip()}
    if not any(titles.values()):
        raise InvalidInput({"title_en": _("Give a title in one of the two languages.")})
    return titles


@transaction.atomic
def edit_version(
    *, actor: Actor, version_id: UUID, fields: Mapping[str, Any], texts: Mapping[str, Mapping[str, str]] | None = None,
    version: int | None = None,
) -> CourseVersion:  # fmt: skip
    """Change what a draft says of itself.

    `fields`: title_en, title_zh, hours, credit, tiers, roles, in_order, cover_id, reach. `texts`: language -> {summary,
    aims}. `version`: the one the actor saw.
    """
    draft = begin(actor, version_id, "edit", version)
    for name in PLAIN:
        setattr(draft, name, fields.get(name, getattr(draft, name)))
    for name in ("tiers", "roles"):
        setattr(draft, name, sorted(fields.get(name, getattr(draft, name))))
    draft.hours, draft.credit = Decimal(draft.hours), Decimal(draft.credit)
    for name, text in titles_given(draft.title_en, draft.title_zh).items():
        setattr(draft, name, text)
    _cover(draft, fields)
    _reach(draft.course, fields)
    for language, said in (texts or {}).items():
        write_text(draft, language, said)
    return finish(actor, draft, "edit", facts={"fields": sorted([*fields, *(texts or {})])})


def _cover(draft: CourseVersion, fields: Mapping[str, Any]) -> None:
    if "cover_id" not in fields:
        return
    cover = fields["cover_id"]
    if cover is not None and not Material.objects.filter(pk=cover, course_id=draft.course_id, kind="picture").exists():
        raise InvalidInput({"cover_id": _("Choose a picture of this course.")})
    draft.cover_id = cover


def _reach(course: Course, fields: Mapping[str, Any]) -> None:
    reach = fields.get("reach", course.reach)
    if reach not in Reach.values:
        raise InvalidInput({"reach": _("Choose who finds it.")})
    if reach != course.reach:
        course.reach = reach
        course.save(update_fields=["reach"])


def write_text(draft: CourseVersion, language: str, said: Mapping[str, str]) -> None:
    """Keep what the draft says in one language; nothing said leaves no row."""
    if language not in Language.values:
        raise InvalidInput({"language": _("Write English or Chinese.")})
    kept = {name: said.get(name, "").strip() for name in ("summary", "aims")}
    if any(kept.values()):
        VersionText.objects.update_or_create(version=draft, language=language, defaults=kept)
    else:
        VersionText.objects.filter(version=draft, language=language).delete()


@transaction.atomic
def draft_again(*, actor: Actor, course_id: UUID) -> CourseVersion:
    """The course's draft: the one there is, else a new one with all that its latest version holds.

    Lessons keep their keys, so that learners keep their place.
    """
    course = locked_course(course_id)
    require(may_build_course(actor, course))
    versions = CourseVersion.objects.filter(course=course).order_by("-number")
    draft: CourseVersion | None = versions.drafts().first()
    if draft is not None:
        return draft
    source = course.current or versions[0]
    return new_draft(actor, course, source, number=versions[0].number + 1, keep_keys=True)


@transaction.atomic
def copy_course(*, actor: Actor, course_id: UUID, institution_id: UUID, key: UUID | None = None) -> CourseVersion:
    """Another course with the same content, as a draft; to be taken by itself, so with keys of its own."""
    source_course = Course.objects.filter(pk=course_id).first()
    if source_course is None:
        raise NotVisible
    require(may_make_courses(actor, institution_id))
    source = source_course.current or _own_draft(actor, source_course)

    def make() -> Course:
        course = Course(institution_id=institution_id, reach=source_course.reach, made_at=clock.now(),
                        **author(actor, key))  # fmt: skip
        course.save(force_insert=True)
        new_draft(actor, course, source, number=1, keep_keys=False)
        return course

    course, _fresh = once(Course, actor=actor, key=key, make=make)
    return CourseVersion.objects.select_related("course").get(course=course, number=1)


def _own_draft(actor: Actor, course: Course) -> CourseVersion:
    require(may_build_course(actor, course))
    return CourseVersion.objects.filter(course=course).order_by("-number")[0]


def new_draft(actor: Actor, course: Course, source: CourseVersion, *, number: int, keep_keys: bool) -> CourseVersion:
    """A draft of `course` with all that `source` holds."""
    plain = {name: getattr(source, name) for name in (*PLAIN, "tiers", "roles")}
    draft = CourseVersion(course=course, number=number, made_at=clock.now(), created_by_id=actor.author_id, **plain)
    draft.cover_id = source.cover_id if keep_keys else None
    with database_rules():
        draft.save(force_insert=True)
    copy_content(source, draft, keep_keys=keep_keys)
    note(actor, course, "draft" if keep_keys else "copy", facts={"number": number, "of": str(source.pk)})
    return draft


@transaction.atomic
def discard_draft(*, actor: Actor, version_id: UUID, version: int | None = None) -> CourseVersion:
    """Throw a draft away; the published version, when there is one, stays."""
    draft = begin(actor, version_id, "discard", version)
    return finish(actor, draft, "discard")


@transaction.atomic
def archive_course(*, actor: Actor, course_id: UUID, archived: bool = True) -> Course:
    """Take a course out of the catalogue, or put it back; who takes it already goes on."""
    course = locked_course(course_id)
    require(may_build_course(actor, course))
    if (course.archived_at is not None) == archived:
        raise WrongStep
    course.archived_at = clock.now() if archived else None
    course.version += 1
    course.save(update_fields=["archived_at", "version"])
    note(actor, course, "archive" if archived else "restore")
    return course
