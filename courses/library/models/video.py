"""Videos of courses. A video stays the same when its film is replaced: progress, captions and lessons hang on it.

Bytes lie on disk under the ids of rows, never under a name that somebody chose.
"""

import uuid
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet, unfiltered
from consortium.kernel.versions import Versioned
from consortium.people.models import Institution
from courses.library.ladder.probing import Probed
from courses.library.models.bases import Titled
from courses.library.models.courses import led_by
from courses.library.models.lessons import Lesson
from courses.library.states import FILM, FILM_GOING, FilmStep, Language


def film_uploads_root() -> Path:
    """Films as they are sent, until all of their rungs are made."""
    return Path(settings.MEDIA_ROOT) / "videos" / "uploads"


def films_root() -> Path:
    """Folders of what was made, one for each film."""
    return Path(settings.MEDIA_ROOT) / "videos" / "films"


class VideoQuerySet(ScopedQuerySet["Video"]):
    def visible_to(self, actor: Actor) -> Self:
        """Who builds courses of its institution, and whoever sees a lesson that shows it."""
        if not actor.is_person:
            return self.none()
        lessons = unfiltered(Lesson, why="the lessons of a video").visible_to(actor).filter(video=OuterRef("pk"))
        return self.filter(Q(institution_id__in=led_by(actor)) | Q(Exists(lessons)))


class Video(Scoped, CreatedOnce, Versioned, Titled):
    """One video, whatever its film. `current` is the film that plays; `seq` counts what a live page has to show."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="videos")
    current = models.OneToOneField(
        "library.Film", models.PROTECT, null=True, blank=True, editable=False, related_name="current_of"
    )
    #: of a patient's case: the player writes the viewer's name over the picture
    shows_patient = models.BooleanField(_("shows a patient: write the viewer's name over it"), default=False)
    #: [{"at": seconds, "en": "...", "zh": "..."}], in order
    chapters: Any = models.JSONField(default=list, blank=True)
    made_at = models.DateTimeField(editable=False)
    seq = models.PositiveIntegerField(default=0, editable=False)

    objects = ScopedManager.from_queryset(VideoQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta, Titled.Meta):
        constraints = [*CreatedOnce.Meta.constraints, *Titled.Meta.constraints]
        indexes = [models.Index(fields=["institution", "-made_at", "-id"], name="library_video_of")]

    def __str__(self) -> str:
        return f"video {self.pk}"


class OfVisibleVideo(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the video."""
        seen = unfiltered(Video, why="the video of a row").visible_to(actor)
        return self.filter(Exists(seen.filter(pk=OuterRef("video_id"))))


class FilmQuerySet(OfVisibleVideo):
    def unfinished(self) -> Self:
        return self.filter(step=FilmStep.UPLOADING)

    def expired(self) -> Self:
        """Unfinished uploads that nobody went on with."""
        return self.unfinished().filter(expires_at__lt=clock.now())

    def awaiting_probe(self, idle_since: Any) -> Self:
        """Come, or given up by a worker that died over it."""
        lost = Q(step=FilmStep.PROBING, alive_at__lt=idle_since)
        return self.filter(Q(step=FilmStep.UPLOADED) & (Q(alive_at=None) | Q(alive_at__lt=idle_since)) | lost)

    def going(self) -> Self:
        return self.filter(step__in=FILM_GOING)


class Film(Scoped, CreatedOnce):
    """One generation of a video: the file that was sent, and what is made of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    video = models.ForeignKey(Video, models.PROTECT, related_name="films")
    #: counts from 1
    number = models.PositiveIntegerField()
    step = models.CharField(max_length=20, choices=FilmStep.choices, default=FilmStep.UPLOADING)
    #: bytes, as declared
    size = models.BigIntegerField()
    #: what `ladder.probing` found
    about: Any = models.JSONField(default=dict)
    #: whole milliseconds, 0 until it was looked at
    length = models.PositiveIntegerField(default=0)
    fault = models.CharField(max_length=30, blank=True)
    note = models.CharField(max_length=300, blank=True)
    #: nothing is wrong with it, but the server has no room just now
    waits_for_room = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    #: until when the bytes that were sent are kept, if nothing more comes of them
    expires_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True, blank=True)
    alive_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    begun_at = models.DateTimeField(null=True, blank=True)
    playable_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(FilmQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        triggers = FILM.triggers()
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.UniqueConstraint(fields=["video", "number"], name="library_film_number"),
            models.CheckConstraint(condition=FILM.known_step(), name="library_film_step"),
            models.CheckConstraint(condition=Q(size__gte=0), name="library_film_size"),
            models.CheckConstraint(
                condition=Q(step__in=[FilmStep.UPLOADING, FilmStep.CANCELLED]) | Q(received_at__isnull=False),
                name="library_film_received",
                violation_error_message=_("A video is prepared after all of it has come."),
            ),
            models.CheckConstraint(
                condition=~Q(step__in=[FilmStep.PLAYABLE, FilmStep.READY]) | Q(length__gt=0, playable_at__isnull=False),
                name="library_film_plays_whole",
                violation_error_message=_("A video that plays has a length."),
            ),
            models.CheckConstraint(
                condition=Q(step=FilmStep.FAILED) & ~Q(fault="") | ~Q(step=FilmStep.FAILED) & Q(fault=""),
                name="library_film_fault_pair",
                violation_error_message=_("A video that cannot be used has a cause."),
            ),
            models.UniqueConstraint(
                fields=["video"],
                condition=Q(step__in=[FilmStep.UPLOADING, *FILM_GOING]),
                name="library_film_one_at_a_time",
                violation_error_message=_("Another film of this video is on its way: wait for it, or cancel it."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], condition=Q(step=FilmStep.UPLOADING), name="library_film_unfinished"
            ),
            models.Index(fields=["created_at"], condition=Q(step__in=FILM_GOING), name="library_film_going"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"film {self.number} of {self.video_id}"

    @property
    def folder(self) -> Path:
        """Where its pieces lie: `<profile>-<number>/<rung>/<begin>-<end>.m4s`."""
        return films_root() / str(self.pk)[:2] / str(self.pk)

    @property
    def seconds(self) -> float:
        return self.length / 1000

    @property
    def probed(self) -> Probed:
        return Probed.of_json(self.about)


class OfVisibleFilm(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the film."""
        seen = unfiltered(Film, why="the film of a row").visible_to(actor)
        return self.filter(Exists(seen.filter(pk=OuterRef("film_id"))))


class FilmPieceQuerySet(OfVisibleFilm):
    def waiting(self, idle_since: Any) -> Self:
        """Not done, and nobody has been at it since."""
        return self.filter(Q(alive_at=None) | Q(alive_at__lt=idle_since), done_at=None)


class FilmPiece(Scoped):
    """One piece of work on a film: the row is the order, the heartbeat and the receipt."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    film = models.ForeignKey(Film, models.CASCADE, related_name="pieces")
    #: its place in the order of work
    place = models.PositiveIntegerField()
    profile = models.CharField(max_length=10)
    number = models.PositiveIntegerField()
    #: seconds of the film
    begin = models.FloatField()
    end = models.FloatField()
    rungs: Any = models.JSONField(default=list)
    weight = models.FloatField()
    #: who is at it (a new mark for each try), since when, when they last gave a sign of life, and how far they are
    claim = models.UUIDField(null=True, blank=True)
    alive_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    share = models.FloatField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    #: {rung: {"codec", "width", "height", "segments": [[begin, end, bytes], ...]}}, times in milliseconds
    made: Any = models.JSONField(default=dict)

    objects = ScopedManager.from_queryset(FilmPieceQuerySet)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(fields=["film", "profile", "number"], name="library_piece_once"),
            models.CheckConstraint(
                condition=Q(begin__gte=0, end__gt=F("begin")), name="library_piece_span",
                violation_error_message=_("A piece of a film has a length."),
            ),
            models.CheckConstraint(condition=Q(share__gte=0, share__lte=1), name="library_piece_share"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["film", "place"], condition=Q(done_at=None), name="library_piece_waiting")]

    def __str__(self) -> str:
        return f"{self.name} of {self.film_id}"

    @property
    def name(self) -> str:
        """Of its folder."""
        return f"{self.profile}-{self.number}"

    @property
    def folder(self) -> Path:
        return self.film.folder / self.name


class Caption(Scoped, Versioned):
    """Captions of a video in one language, as WebVTT that was read and written anew."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    video = models.ForeignKey(Video, models.PROTECT, related_name="captions")
    language = models.CharField(max_length=2, choices=Language.choices)
    text = models.TextField()
    changed_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(OfVisibleVideo)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(fields=["video", "language"], name="library_caption_once"),
            models.CheckConstraint(
                condition=Q(language__in=Language.values, text__startswith="WEBVTT"), name="library_caption_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.language} of {self.video_id}"


class SegmentServed(Scoped):
    """That a session fetched so much of a film: what watching is measured against. Written in batches."""

    id = models.BigAutoField(primary_key=True)
    film = models.ForeignKey(Film, models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    #: `ladder.signing.binding` of the session
    session = models.CharField(max_length=32)
    rung = models.CharField(max_length=10)
    #: milliseconds of the film
    begin = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    at = models.DateTimeField()

    objects = ScopedManager.from_queryset(OfVisibleFilm)()

    class Meta(Scoped.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("begin")), name="library_segmentserved_span"),
        ]
        indexes = [
            models.Index(fields=["session", "film"], name="library_segment_session"),
            models.Index(fields=["at"], name="library_segment_age"),
        ]

    def __str__(self) -> str:
        return f"{self.begin}-{self.end} of {self.film_id}"
