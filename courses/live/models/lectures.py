"""Series and lectures, and who gives them."""

import uuid
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.prepared import prepared
from consortium.kernel.scoping import Present, Scoped, ScopedManager, ScopedQuerySet, unfiltered
from consortium.kernel.versions import Versioned
from consortium.people.models import Institution
from consortium.people.states import Role
from courses.library.models.bases import Titled, in_reader_s
from courses.library.models.courses import READERS, within_reach
from courses.library.states import Language, Reach
from courses.live.states.lectures import LECTURE, ROOM_OPENS, LectureStep, Part

#: who plans the lectures of their institution
PLANNERS = (Role.TRAINING_ADMIN, Role.LECTURER)
SHORTEST, LONGEST = 5, 480
SUMMARY_LENGTH = 4000


def planned_by(actor: Actor) -> frozenset[uuid.UUID]:
    """The institutions whose lectures the actor plans."""
    return actor.institution_ids(*PLANNERS)


class SeriesQuerySet(ScopedQuerySet["Series"]):
    def visible_to(self, actor: Actor) -> Self:
        """Who plans at its institution, and whoever it is for; managers and auditors."""
        if not actor.is_person or not actor.seats:
            return self.none()
        own = Q(institution_id__in=planned_by(actor))
        return self if actor.has(*READERS) else self.filter(own | within_reach(actor))


class Series(Scoped, CreatedOnce, Versioned, Titled):
    """Lectures that belong together. `reach` is what a new lecture of it begins with."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="lecture_series")
    reach = models.CharField(_("who finds it"), max_length=20, choices=Reach.choices, default=Reach.CONSORTIUM)
    made_at = models.DateTimeField(editable=False)

    objects = ScopedManager.from_queryset(SeriesQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta, Titled.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            *Titled.Meta.constraints,
            models.CheckConstraint(condition=Q(reach__in=Reach.values), name="lectures_series_reach"),
        ]

    def __str__(self) -> str:
        return f"series {self.pk}"


class LectureQuerySet(ScopedQuerySet["Lecture"]):
    def visible_to(self, actor: Actor) -> Self:
        """Its crew, and who plans at its institution; once it was announced whoever it is for or is registered.

        A lecture whose case may be taught no more is seen by who plans there alone.
        """
        if not actor.is_person:
            return self.none()
        return self._open_to(actor).filter(Q(institution_id__in=planned_by(actor)) | ~Q(Exists(_taught_no_more())))

    def _open_to(self, actor: Actor) -> Self:
        own = Q(institution_id__in=planned_by(actor)) | Q(Exists(_crew(actor)))
        announced = Q(announced_at__isnull=False)
        if actor.has(*READERS):
            return self.filter(own | announced)
        mine = Q(Exists(_seats(actor)))
        return self.filter(own | announced & (within_reach(actor) | mine) if actor.seats else own | announced & mine)

    def planned_by(self, actor: Actor) -> Self:
        """Those that the actor plans or helps to give."""
        return self.filter(Q(institution_id__in=planned_by(actor)) | Q(Exists(_crew(actor))))

    def registered_by(self, user_id: uuid.UUID) -> Self:
        """Those that somebody has a seat in, or helps to give."""
        seats = unfiltered(_model("Seat"), why="one's own seats").running().filter(user_id=user_id)
        crew = unfiltered(Crew, why="one's own part").filter(user_id=user_id)
        return self.filter(Exists(seats.filter(lecture=OuterRef("pk"))) | Exists(crew.filter(lecture=OuterRef("pk"))))

    def teachable(self) -> Self:
        """Without a case, or with one that may still be taught."""
        return self.filter(~Q(Exists(_taught_no_more())))

    def coming(self) -> Self:
        """Announced and not past, or live, the next first."""
        soon = Q(step=LectureStep.ANNOUNCED, starts_at__gt=Present() - timedelta(minutes=LONGEST))
        return self.filter(soon | Q(step=LectureStep.LIVE)).order_by("starts_at", "id")


def _model(name: str) -> Any:
    """A model that is declared in another module."""
    from django.apps import apps

    return apps.get_model("lectures", name)


def _taught_no_more() -> Any:
    """The case of the outer lecture, where it was taken down or its guardian does not agree any more."""
    cases = unfiltered(_model("TeachingCase"), why="whether a lecture's case may be taught")
    return cases.taught_no_more().filter(lecture=OuterRef("pk"))


def _crew(actor: Actor) -> Any:
    return unfiltered(Crew, why="who gives a lecture").filter(user_id=actor.user_id, lecture=OuterRef("pk"))


def _seats(actor: Actor) -> Any:
    return unfiltered(_model("Seat"), why="who is registered").filter(user_id=actor.user_id, lecture=OuterRef("pk"))


class Lecture(Scoped, CreatedOnce, Versioned, Titled):
    """One lecture at one time. `minutes` is what was planned; when it really was: `opened_at`, `ended_at`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="lectures")
    series = models.ForeignKey(Series, models.PROTECT, null=True, blank=True, related_name="lectures")
    reach = models.CharField(_("who finds it"), max_length=20, choices=Reach.choices, default=Reach.CONSORTIUM)
    step = models.CharField(max_length=20, choices=LectureStep.choices, default=LectureStep.DRAFT, editable=False)
    summary_en = models.TextField(_("what it is about, in English"), max_length=SUMMARY_LENGTH, blank=True)
    summary_zh = models.TextField(_("what it is about, in Chinese"), max_length=SUMMARY_LENGTH, blank=True)
    language = models.CharField(
        _("language it is given in"), max_length=2, choices=Language.choices, default=Language.CHINESE
    )
    starts_at = models.DateTimeField(_("begins at"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=60)
    #: screens, whether one person sits before them or a room full; None: no limit
    capacity = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    made_at = models.DateTimeField(editable=False)
    announced_at = models.DateTimeField(null=True, blank=True, editable=False)
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    #: why it was cancelled
    reason = models.CharField(max_length=300, blank=True)
    #: when the registered were reminded, a day before and minutes before; emptied when it is moved
    day_told_at = models.DateTimeField(null=True, blank=True, editable=False)
    soon_told_at = models.DateTimeField(null=True, blank=True, editable=False)
    recording = models.ForeignKey(
        "library.Video", models.PROTECT, null=True, blank=True, editable=False, related_name="lectures"
    )
    #: how the film lies on the wall's clock: of each stretch (begin, end, both ms of the film; begin, µs since 1970)
    recording_line: Any = models.JSONField(default=list, editable=False)
    #: when who was there was given credit
    credited_at = models.DateTimeField(null=True, blank=True, editable=False)
    #: the course that its recording was made a lesson of
    lesson_course = models.ForeignKey(
        "library.Course", models.PROTECT, null=True, blank=True, editable=False, related_name="lectures"
    )

    objects = ScopedManager.from_queryset(LectureQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta, Titled.Meta):
        triggers = LECTURE.triggers()
        constraints = [
            *CreatedOnce.Meta.constraints,
            *Titled.Meta.constraints,
            models.CheckConstraint(condition=LECTURE.known_step(), name="lectures_lecture_step"),
            models.CheckConstraint(condition=Q(reach__in=Reach.values), name="lectures_lecture_reach"),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="lectures_lecture_language"),
            models.CheckConstraint(
                condition=Q(minutes__range=(SHORTEST, LONGEST)), name="lectures_lecture_minutes",
                violation_error_message=_("A lecture takes between five minutes and eight hours."),
            ),
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(capacity__gt=0), name="lectures_lecture_capacity",
                violation_error_message=_("At least one seat, or leave it empty for no limit."),
            ),
            models.CheckConstraint(
                condition=Q(step=LectureStep.DRAFT, announced_at=None)
                | Q(step__in=[LectureStep.ANNOUNCED, LectureStep.LIVE, LectureStep.ENDED], announced_at__isnull=False)
                | Q(step=LectureStep.CANCELLED),
                name="lectures_lecture_announced",
            ),
            models.CheckConstraint(
                condition=Q(step=LectureStep.LIVE, opened_at__isnull=False, ended_at=None)
                | Q(step=LectureStep.ENDED, opened_at__isnull=False, ended_at__isnull=False)
                | Q(opened_at=None, ended_at=None) & ~Q(step__in=[LectureStep.LIVE, LectureStep.ENDED]),
                name="lectures_lecture_times",
            ),
            models.CheckConstraint(
                condition=~Q(step=LectureStep.CANCELLED) | ~Q(reason=""), name="lectures_lecture_reason",
                violation_error_message=_("Say why the lecture is cancelled."),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["starts_at", "id"], name="lectures_lecture_when"),
            models.Index(fields=["institution", "-starts_at", "-id"], name="lectures_lecture_of"),
        ]

    def __str__(self) -> str:
        return f"lecture {self.pk}"

    @property
    def summary(self) -> str:
        return in_reader_s(self.summary_en, self.summary_zh)

    @property
    def ends_at(self) -> datetime:
        """As planned."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def room_is_open(self) -> bool:
        """Whether it is live, or announced and begins in a moment or should have begun."""
        waiting = self.step == LectureStep.ANNOUNCED and self.starts_at - ROOM_OPENS <= clock.now() < self.ends_at
        return waiting or self.step == LectureStep.LIVE

    def parts_of(self, actor: Actor) -> frozenset[str]:
        """What the actor does in it. One query, or none where its `crew` was fetched."""
        if "crew" in getattr(self, "_prefetched_objects_cache", {}):
            return frozenset(row.part for row in self.crew.all() if row.user_id == actor.user_id)
        return frozenset(_parts(self.pk, actor.user_id))


class OfVisibleLecture(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the lecture."""
        return self.filter(Exists(lectures_of(actor).filter(pk=OuterRef("lecture_id"))))


def lectures_of(actor: Actor) -> Any:
    """The lectures the actor sees, for rules of other rows."""
    return unfiltered(Lecture, why="the lecture of a row").visible_to(actor)


class Crew(Scoped):
    """What somebody does in a lecture."""

    lecture = models.ForeignKey(Lecture, models.CASCADE, related_name="crew")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    part = models.CharField(_("part"), max_length=20, choices=Part.choices)

    objects = ScopedManager.from_queryset(OfVisibleLecture)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["lecture", "user"], name="lectures_crew_once",
                violation_error_message=_("This person has a part in the lecture already."),
            ),
            models.CheckConstraint(condition=Q(part__in=Part.values), name="lectures_crew_part"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.part} of {self.lecture_id}"


@prepared
def _parts(lecture_id: uuid.UUID, user_id: uuid.UUID) -> Any:
    rows = unfiltered(Crew, why="what somebody does in a lecture").filter(lecture_id=lecture_id, user_id=user_id)
    return rows.values_list("part", flat=True)
