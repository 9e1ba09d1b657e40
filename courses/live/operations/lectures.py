"""A lecture is planned, announced or cancelled, given, and ended."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, database_rules
from consortium.kernel.events import DomainEvent
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.kernel.versions import check_version
from consortium.people.models import Institution
from consortium.people.states import Role
from courses.library.operations.drafting import author, titles_given
from courses.library.states import Language, Reach
from courses.live.events.lectures import (
    LectureAnnounced,
    LectureCancelled,
    LectureEnded,
    LectureMoved,
    LectureOpened,
)
from courses.live.models import Crew, Lecture, Seat, Series
from courses.live.models.cases import TeachingCase
from courses.live.operations.cases import require_told_nothing
from courses.live.policies.lectures import may_plan_lectures
from courses.live.states.lectures import LECTURE, LectureStep, Part

#: what `edit_lecture` sets as it is given
FIELDS = (
    "title_en", "title_zh", "summary_en", "summary_zh", "language", "starts_at", "minutes", "capacity", "reach",
    "series_id",
)  # fmt: skip


def locked_lecture(lecture_id: UUID) -> Lecture:
    """The lecture, locked; NotVisible when the actor may not see it."""
    found: Lecture | None = Lecture.objects.select_for_update(of=("self",)).filter(pk=lecture_id).first()
    if found is None:
        raise NotVisible
    return found


def begin(actor: Actor, lecture_id: UUID, verb: str, seen: int | None = None) -> Lecture:
    """The lecture, locked, with the step of `verb` taken: 403, 404, 409 or 422 when that can't be."""
    lecture = locked_lecture(lecture_id)
    check_version(lecture, seen)
    LECTURE.take(verb, actor, lecture)
    return lecture


def finish(
    actor: Actor, lecture: Lecture, verb: str, *, event: DomainEvent | None = None,
    facts: Mapping[str, Any] | None = None, text: str = "",
) -> Lecture:  # fmt: skip
    """Save the lecture, one number on, and write its journal."""
    lecture.version += 1
    with database_rules():
        lecture.save()
    note(actor, lecture, verb, event=event, facts={"step": lecture.step, **(facts or {})}, text=text)
    return lecture


def note(actor: Actor, lecture: Lecture, verb: str, **said: Any) -> None:
    """One entry in the lecture's chain."""
    record(actor=actor, verb=verb, subject=lecture, institution_id=lecture.institution_id, **said)


@transaction.atomic
def make_series(
    *, actor: Actor, institution_id: UUID, title_en: str = "", title_zh: str = "", reach: str = Reach.CONSORTIUM,
    key: UUID | None = None,
) -> tuple[Series, bool]:  # fmt: skip
    """Lectures that belong together: (series, whether it is new)."""
    _may_plan(actor, institution_id)
    titles = titles_given(title_en, title_zh)
    _known_reach(reach)

    def make() -> Series:
        series = Series(institution_id=institution_id, reach=reach, made_at=clock.now(), **titles, **author(actor, key))
        series.save(force_insert=True)
        record(actor=actor, verb="make_series", subject=series, institution_id=institution_id)
        return series

    return once(Series, actor=actor, key=key, make=make)


@transaction.atomic
def make_lecture(
    *, actor: Actor, institution_id: UUID, fields: Mapping[str, Any], key: UUID | None = None
) -> tuple[Lecture, bool]:
    """A draft: (lecture, whether it is new). `fields`: of `FIELDS`. A lecturer who plans is its lecturer.

    Raises InvalidInput, NotPermitted, NotVisible (no such institution).
    """
    _may_plan(actor, institution_id)

    def make() -> Lecture:
        lecture = Lecture(institution_id=institution_id, made_at=clock.now(), **author(actor, key))
        _fill(lecture, fields)
        with database_rules():
            lecture.save(force_insert=True)
        if actor.has(Role.LECTURER, institution_id=institution_id):
            Crew.objects.create(lecture=lecture, user_id=actor.user_id, part=Part.LECTURER)
        note(actor, lecture, "plan_lecture")
        return lecture

    return once(Lecture, actor=actor, key=key, make=make)


def _may_plan(actor: Actor, institution_id: UUID) -> None:
    if not Institution.objects.filter(pk=institution_id, closed_at=None).exists():
        raise NotVisible
    require(may_plan_lectures(actor, institution_id))


def _known_reach(reach: str) -> None:
    if reach not in Reach.values:
        raise InvalidInput({"reach": _("Choose who finds it.")})


def _fill(lecture: Lecture, fields: Mapping[str, Any]) -> None:
    """Set what was given, as far as it is right; the database holds the numbers."""
    for name in FIELDS:
        setattr(lecture, name, fields.get(name, getattr(lecture, name)))
    for name, text in titles_given(lecture.title_en, lecture.title_zh).items():
        setattr(lecture, name, text)
    _known_reach(lecture.reach)
    if lecture.language not in Language.values:
        raise InvalidInput({"language": _("Write English or Chinese.")})
    if lecture.starts_at is None:
        raise InvalidInput({"starts_at": _("Say when it begins.")})
    own = Series.objects.filter(institution_id=lecture.institution_id)
    if lecture.series_id is not None and not own.filter(pk=lecture.series_id).exists():
        raise InvalidInput({"series_id": _("Choose a series of this institution.")})


@transaction.atomic
def edit_lecture(*, actor: Actor, lecture_id: UUID, fields: Mapping[str, Any], version: int | None = None) -> Lecture:
    """Change what a lecture says of itself. Once it is announced whoever is registered hears of another time."""
    lecture = begin(actor, lecture_id, "edit", version)
    before = lecture.starts_at
    _fill(lecture, fields)
    _enough_seats(lecture)
    _tells_nothing(lecture)
    if lecture.starts_at == before.replace(second=0, microsecond=0):
        lecture.starts_at = before  # a form shows no seconds
    moved = lecture.step == LectureStep.ANNOUNCED and lecture.starts_at != before
    if moved:
        _ahead(lecture)
        lecture.day_told_at = lecture.soon_told_at = None
    event = LectureMoved(lecture.pk) if moved else None
    return finish(actor, lecture, "edit_lecture", facts={"fields": sorted(fields)}, event=event)


def _tells_nothing(lecture: Lecture) -> None:
    taught = unfiltered(TeachingCase, why="what a lecture may not say").select_related("case").filter(lecture=lecture)
    for row in taught.standing():
        require_told_nothing(row.case, lecture)


def _enough_seats(lecture: Lecture) -> None:
    taken = unfiltered(Seat, why="how many seats are taken").running().filter(lecture=lecture).count()
    if lecture.capacity is not None and lecture.capacity < taken:
        raise InvalidInput({"capacity": _("%(count)s seats are taken already.") % {"count": taken}})


def _ahead(lecture: Lecture) -> None:
    if lecture.starts_at <= clock.now():
        raise InvalidInput({"starts_at": _("Choose a time to come.")})


@transaction.atomic
def announce_lecture(*, actor: Actor, lecture_id: UUID, version: int | None = None) -> Lecture:
    """Whoever it is for finds it from now on. It has a lecturer, and lies ahead."""
    lecture = begin(actor, lecture_id, "announce", version)
    _ahead(lecture)
    if not lecture.crew.filter(part=Part.LECTURER).exists():
        raise InvalidInput(message=_("Say first who gives the lecture."), code="no-lecturer")
    lecture.announced_at = clock.now()
    return finish(actor, lecture, "announce_lecture", event=LectureAnnounced(lecture.pk))


@transaction.atomic
def cancel_lecture(*, actor: Actor, lecture_id: UUID, reason: str, version: int | None = None) -> Lecture:
    """It does not take place; whoever is registered is told why."""
    lecture = begin(actor, lecture_id, "cancel", version)
    lecture.reason = reason.strip()[:300]
    if not lecture.reason:
        raise InvalidInput({"reason": _("Say why the lecture is cancelled.")})
    return finish(actor, lecture, "cancel_lecture", text=lecture.reason, event=LectureCancelled(lecture.pk))


@transaction.atomic
def open_lecture(*, actor: Actor, lecture_id: UUID, version: int | None = None) -> Lecture:
    """It is live."""
    lecture = begin(actor, lecture_id, "open", version)
    lecture.opened_at = clock.now()
    return finish(actor, lecture, "open_lecture", event=LectureOpened(lecture.pk))


@transaction.atomic
def end_lecture(*, actor: Actor, lecture_id: UUID, version: int | None = None) -> Lecture:
    """It is over; for half an hour its crew may go on with it."""
    lecture = begin(actor, lecture_id, "end", version)
    lecture.ended_at = clock.now()
    return finish(actor, lecture, "end_lecture", event=LectureEnded(lecture.pk))


@transaction.atomic
def reopen_lecture(*, actor: Actor, lecture_id: UUID, version: int | None = None) -> Lecture:
    """It was ended too early: it is live again."""
    lecture = begin(actor, lecture_id, "reopen", version)
    lecture.ended_at = None
    return finish(actor, lecture, "reopen_lecture", event=LectureOpened(lecture.pk))
