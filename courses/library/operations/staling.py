"""A page of the manual has a new version: exactly the lessons that teach what changed in it are looked at again."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from courses.library.events import LessonsStale
from courses.library.models import Course, Lesson, ManualLink, StaleMark
from courses.library.operations.moving import note
from courses.library.policies import may_build_course
from courses.library.states import Settled, Step

_WHY = "the lessons that teach a page of the manual"


@transaction.atomic
def mark_stale(
    *, actor: Actor, pathway: str, manual_version_id: UUID, changed: Collection[str] | None = None
) -> list[UUID]:
    """Mark the lessons (published and in drafts) that teach the page; the ids of those newly marked.

    `changed`: the branches that are not as they were; a lesson that names only others stays as it is. None: unknown,
    so any may have changed.
    """
    links = ManualLink.objects.filter(lesson=OuterRef("pk"), pathway=pathway)
    if changed is not None:
        links = links.filter(Q(branch="") | Q(branch__in=list(changed)))
    living = [Step.DRAFT, Step.PUBLISHED]
    lessons = unfiltered(Lesson, why=_WHY).filter(Exists(links), version__step__in=living)
    marked = StaleMark.objects.filter(manual_version_id=manual_version_id, lesson=OuterRef("pk"))
    found = list(lessons.filter(~Exists(marked)).values_list("pk", "version__course_id"))
    StaleMark.objects.bulk_create(
        [StaleMark(lesson_id=pk, pathway=pathway, manual_version_id=manual_version_id, marked_at=clock.now())
         for pk, _course in found],
        ignore_conflicts=True,
    )  # fmt: skip
    for course in Course.objects.filter(pk__in={course_id for _pk, course_id in found}):
        note(actor, course, "stale", facts={"pathway": pathway}, event=LessonsStale(course.pk, pathway))
    return [pk for pk, _course in found]


@transaction.atomic
def settle_stale(*, actor: Actor, lesson_id: UUID, how: str = Settled.CONFIRMED) -> int:
    """The trainer has looked; how many marks that settled.

    Still right: in the draft and the published version alike. Edited: in the draft, for the published one is as it was.
    """
    if how not in (Settled.CONFIRMED, Settled.EDITED):
        raise InvalidInput({"how": _("Say whether it is still right or was edited.")})
    lesson = Lesson.objects.select_related("version__course").filter(pk=lesson_id).first()
    if lesson is None:
        raise NotVisible
    course = lesson.version.course
    require(may_build_course(actor, course))
    marks = StaleMark.objects.open().filter(lesson__version__course=course, lesson__key=lesson.key)
    if how == Settled.EDITED:
        marks = marks.filter(lesson=lesson)
    settled = int(marks.update(settled=how, settled_at=clock.now(), settled_by_id=actor.author_id))
    if settled:
        note(actor, course, "settle-stale", facts={"lesson": str(lesson.pk), "how": how})
    return settled
