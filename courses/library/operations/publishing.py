"""A draft becomes what learners get; what they had before is kept as it was."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import InvalidInput, database_rules
from courses.library.events import CoursePublished, CourseWithdrawn
from courses.library.models import Course, CourseVersion, LessonText, SearchText, StaleMark
from courses.library.operations.moving import begin, finish
from courses.library.queries.missing import missing_of
from courses.library.states import MACHINE, Settled


@transaction.atomic
def publish_course(*, actor: Actor, version_id: UUID, version: int | None = None) -> CourseVersion:
    """Learners get this version from now on, and keep their place in it.

    Raises InvalidInput with all that is missing, StaleVersion, WrongStep.
    """
    draft = begin(actor, version_id, "publish", version)
    if missing := missing_of(draft):
        raise InvalidInput(message=" ".join(str(said) for said in missing), code="not-whole")
    course = draft.course
    if course.current is not None:
        _supersede(course.current)
    draft.published_at, draft.published_by_id = clock.now(), actor.author_id
    event = CoursePublished(course.pk, draft.pk)
    finish(actor, draft, "publish", event=event)
    _make_current(course, draft)
    _write_words(draft)
    return draft


def _supersede(before: CourseVersion) -> None:
    """The version before is replaced by this act, not by a person's choice; what was stale in it is in the past."""
    with acting_as(system("a newer version was published")) as itself:
        MACHINE.take("supersede", itself, before)
    before.version += 1
    before.save(update_fields=["step", "version"])
    marks = StaleMark.objects.open().filter(lesson__version=before)
    marks.update(settled_at=clock.now(), settled=Settled.REPLACED)


def _make_current(course: Course, version: CourseVersion | None) -> None:
    course.current = version
    course.published_at = version.published_at if version else None
    course.version += 1
    with database_rules():
        course.save()


def _write_words(version: CourseVersion) -> None:
    """What the catalogue finds it by; the version before is found no more."""
    SearchText.objects.filter(version__course=version.course_id).delete()
    said: list[tuple[str, str, str]] = [("en", "A", version.title_en), ("zh", "A", version.title_zh)]
    for text in version.texts.all():
        said.append((text.language, "B", f"{text.summary}\n{text.aims}"))
    for lesson in version.lessons.all():
        said += [("en", "C", lesson.title_en), ("zh", "C", lesson.title_zh)]
    bodies = LessonText.objects.filter(lesson__version=version).values_list("language", "body")
    said += [(language, "C", body) for language, body in bodies]
    rows = [SearchText(version=version, language=lang, weight=weight, text=text) for lang, weight, text in said if text]
    SearchText.objects.bulk_create(rows)


@transaction.atomic
def withdraw_course(*, actor: Actor, version_id: UUID, reason: str, version: int | None = None) -> CourseVersion:
    """Nobody gets this version any more; `reason` is told to who takes it."""
    published = begin(actor, version_id, "withdraw", version)
    if not reason.strip():
        raise InvalidInput({"reason": _("Say why.")})
    published.reason = reason.strip()[:300]
    event = CourseWithdrawn(published.course_id, published.pk)
    finish(actor, published, "withdraw", text=published.reason, event=event)
    _make_current(published.course, None)
    return published
