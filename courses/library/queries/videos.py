"""Videos on their trainers' pages: the list, one with how far its film is, and what a live page listens to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.policies import Decision, Denied, require
from consortium.kernel.topics import TopicKind
from courses.library.models import Caption, Film, FilmPiece, Video
from courses.library.models.courses import led_by
from courses.library.policies import may_change_video
from courses.library.states import FILM, FILM_PLAYS, VIDEO_REASONS, FilmStep

#: below this share a guess of the time left is worth nothing
_TOO_EARLY = 0.03
TOPIC = "video"


@dataclass(frozen=True)
class Standing:
    """How far a film is: whole per cent, and the time left where it can be guessed."""

    film: Film
    percent: int
    left: timedelta | None
    reason: str
    plays: bool

    @property
    def moves(self) -> bool:
        """Whether it changes by itself."""
        return self.film.step in (
            FilmStep.UPLOADED, FilmStep.PROBING, FilmStep.TRANSCODING, FilmStep.PLAYABLE
        )  # fmt: skip


def video_to_change(actor: Actor, video_id: UUID) -> Video:
    """The video with its film that plays: 404 for who does not see it, 403 for who may not change it."""
    video = video_for(video_id)
    require(may_change_video(actor, video))
    return video


def video_for(video_id: UUID) -> Video:
    found: Video | None = Video.objects.select_related("current", "institution").filter(pk=video_id).first()
    if found is None:
        raise NotVisible
    return found


def film_for(film_id: UUID) -> Film:
    found: Film | None = Film.objects.select_related("video").filter(pk=film_id).first()
    if found is None:
        raise NotVisible
    return found


def videos_built_by(actor: Actor) -> Any:
    """Each with the step, fault and number of its newest film."""
    newest = Film.objects.filter(video=OuterRef("pk")).order_by("-number")
    return Video.objects.filter(institution_id__in=led_by(actor)).select_related("institution", "current").annotate(
        newest_step=Subquery(newest.values("step")[:1]),
        newest_fault=Subquery(newest.values("fault")[:1]),
    )  # fmt: skip


def newest_film(video: Video) -> Film | None:
    """The one that was sent last."""
    found: Film | None = Film.objects.filter(video=video).order_by("-number").first()
    if found is not None:
        found.video = video
    return found


def standing_of(film: Film) -> Standing:
    """One query for the pieces of a film that is being made."""
    share = _share(film)
    reason = str(VIDEO_REASONS[film.fault]) if film.fault else ""
    return Standing(film, int(share * 100), _left(film, share), reason, film.step in FILM_PLAYS)


def _share(film: Film) -> float:
    if film.step == FilmStep.READY:
        return 1.0
    if film.step not in (FilmStep.TRANSCODING, FilmStep.PLAYABLE):
        return 0.0
    pieces = FilmPiece.objects.filter(film_id=film.pk).values_list("weight", "share", "done_at")
    done = [(weight, 1.0 if done_at else share) for weight, share, done_at in pieces]
    whole = sum(weight for weight, _share in done)
    return sum(weight * share for weight, share in done) / whole if whole else 0.0


def _left(film: Film, share: float) -> timedelta | None:
    if film.begun_at is None or not _TOO_EARLY < share < 1 or film.waits_for_room:
        return None
    return (clock.now() - film.begun_at) * ((1 - share) / share)


def captions_of(video: Video) -> list[Caption]:
    return list(Caption.objects.filter(video=video).order_by("language"))


def acts_on(actor: Actor, film: Film) -> list[Any]:
    """The buttons."""
    return [each for each in FILM.available(actor, film) if each.verb in ("cancel", "retry")]


# -- live -------------------------------------------------------------------------------------------------------------


def _may_listen(actor: Actor, key: str) -> Decision:
    try:
        video = Video.objects.filter(pk=UUID(key)).first()
    except ValueError:
        video = None
    return may_change_video(actor, video) if video else Denied("", hidden=True)


def _last(keys: Collection[str]) -> Mapping[str, int]:
    known = {str(pk): seq for pk, seq in Video.objects.filter(pk__in=_ids(keys)).values_list("pk", "seq")}
    return {key: known.get(key, 0) for key in keys}


def _ids(keys: Collection[str]) -> list[UUID]:
    return [UUID(key) for key in keys if len(key) == 36]


def _nothing_missed(actor: Actor, key: str, after: int, limit: int) -> list[dict[str, Any]]:
    return []


def kind() -> TopicKind:
    """`video:<id>` moves with its film, captions and chapters."""
    return TopicKind(TOPIC, _may_listen, _last, _nothing_missed)
