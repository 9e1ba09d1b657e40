"""The beats of every act on a version of a course: lock, compare, check, save, journal, event."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from consortium.journal.operations import record
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible, database_rules
from consortium.kernel.events import DomainEvent
from consortium.kernel.versions import check_version
from courses.library.models import Chapter, Course, CourseVersion, Lesson
from courses.library.states import MACHINE


def locked_course(course_id: UUID) -> Course:
    """The course, locked; NotVisible when the actor may not see it."""
    found: Course | None = Course.objects.select_for_update(of=("self",)).filter(pk=course_id).first()
    if found is None:
        raise NotVisible
    return found


def begin(actor: Actor, version_id: UUID, verb: str, seen: int | None = None) -> CourseVersion:
    """The version and its course, locked, with the step of `verb` taken: 403, 404, 409 or 422 when that can't be."""
    known = CourseVersion.objects.filter(pk=version_id).values_list("course_id", flat=True).first()
    if known is None:
        raise NotVisible
    course = locked_course(known)
    version: CourseVersion = CourseVersion.objects.select_for_update(of=("self",)).get(pk=version_id)
    version.course = course
    check_version(version, seen)
    MACHINE.take(verb, actor, version)
    return version


def begin_edit(actor: Actor, row: Chapter | Lesson, seen: int | None = None) -> CourseVersion:
    """As `begin`, to change a draft that `row` belongs to."""
    return begin(actor, row.version_id, "edit", seen)


def finish(
    actor: Actor,
    version: CourseVersion,
    verb: str,
    *,
    facts: Mapping[str, Any] | None = None,
    text: str = "",
    event: DomainEvent | None = None,
    also: Sequence[DomainEvent] = (),
) -> CourseVersion:
    """Save the version, one number on, and write the course's journal."""
    version.version += 1
    with database_rules():
        version.save()
    note(
        actor, version.course, verb, facts={"number": version.number, "step": version.step, **(facts or {})},
        text=text, event=event, also=also,
    )  # fmt: skip
    return version


def note(actor: Actor, course: Course, verb: str, **said: Any) -> None:
    """One entry in the course's chain."""
    record(actor=actor, verb=verb, subject=course, institution_id=course.institution_id, **said)


def row_seen(model: Any, pk: UUID) -> Any:
    """A chapter or lesson that the actor sees; NotVisible when not."""
    found = model.objects.filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found
