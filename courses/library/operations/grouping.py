"""Programmes: courses in the order in which they are best taken."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.versions import check_version
from courses.library.models import Course, Programme, ProgrammeCourse, ProgrammeText
from courses.library.operations.drafting import author, titles_given
from courses.library.policies import may_make_courses
from courses.library.states import Language, Reach


@transaction.atomic
def make_programme(
    *, actor: Actor, institution_id: UUID, title_en: str = "", title_zh: str = "", key: UUID | None = None
) -> tuple[Programme, bool]:
    """An empty programme that only its builders see: (programme, whether it is new)."""
    require(may_make_courses(actor, institution_id))
    titles = titles_given(title_en, title_zh)

    def make() -> Programme:
        row = Programme(institution_id=institution_id, made_at=clock.now(), **titles, **author(actor, key))
        row.save(force_insert=True)
        _note(actor, row, "begin")
        return row

    return once(Programme, actor=actor, key=key, make=make)


@transaction.atomic
def edit_programme(
    *, actor: Actor, programme_id: UUID, title_en: str, title_zh: str, course_ids: Sequence[UUID],
    summaries: Mapping[str, str] | None = None, reach: str = Reach.CONSORTIUM, shown: bool = True,
    version: int | None = None,
) -> Programme:  # fmt: skip
    """What it is called, says, and holds, in this order; `shown`: others than its builders see it."""
    found: Programme | None = Programme.objects.select_for_update(of=("self",)).filter(pk=programme_id).first()
    if found is None:
        raise NotVisible
    require(may_make_courses(actor, found.institution_id))
    check_version(found, version)
    for name, text in titles_given(title_en, title_zh).items():
        setattr(found, name, text)
    if reach not in Reach.values:
        raise InvalidInput({"reach": _("Choose who finds it.")})
    found.reach, found.version = reach, found.version + 1
    found.shown_at = (found.shown_at or clock.now()) if shown else None
    found.save()
    _hold(found, list(dict.fromkeys(course_ids)))
    for language, summary in (summaries or {}).items():
        _say(found, language, summary)
    _note(actor, found, "edit")
    return found


def _hold(programme: Programme, course_ids: list[UUID]) -> None:
    known = set(Course.objects.filter(pk__in=course_ids).values_list("pk", flat=True))
    if set(course_ids) - known:
        raise InvalidInput({"course_ids": _("There is no such course that you can see.")})
    programme.places.all().delete()
    ProgrammeCourse.objects.bulk_create(
        ProgrammeCourse(programme=programme, course_id=pk, position=place) for place, pk in enumerate(course_ids, 1)
    )


def _say(programme: Programme, language: str, summary: str) -> None:
    if language not in Language.values:
        raise InvalidInput({"language": _("Write English or Chinese.")})
    if summary.strip():
        said = {"summary": summary.strip()}
        ProgrammeText.objects.update_or_create(programme=programme, language=language, defaults=said)
    else:
        ProgrammeText.objects.filter(programme=programme, language=language).delete()


def _note(actor: Actor, programme: Programme, verb: str) -> None:
    facts = {"courses": programme.places.count()}
    record(actor=actor, verb=verb, subject=programme, institution_id=programme.institution_id, facts=facts)
