"""From a film's last byte to its last rung. Each step may run twice, be killed anywhere, and meet a full disk."""

import errno
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import F

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from courses.library.events import VideoFailed, VideoPlayable, VideoReady
from courses.library.ladder import fragments, planning
from courses.library.ladder.commands import commands
from courses.library.ladder.faults import Refused, Stopped, VideoFault
from courses.library.ladder.probing import Probed, probe
from courses.library.ladder.running import run
from courses.library.models import Film, FilmPiece
from courses.library.operations.video_beats import ask_on_commit, locked_film, note, ring, save, staging
from courses.library.states import FILM, FilmStep

#: a look has no heartbeat and ends within the time limit of a task; a piece gives a sign of life each second
PROBE_LOST_AFTER, PIECE_LOST_AFTER = timedelta(seconds=90), timedelta(seconds=20)
MOST_ATTEMPTS: Final = 3
RECEIPT: Final = "made.json"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_WORKED_ON = (FilmStep.TRANSCODING, FilmStep.PLAYABLE)


# -- looking ----------------------------------------------------------------------------------------------------------


def probe_film(*, actor: Actor, film_id: UUID) -> str:
    """Look at one film that is waiting: the step it ends in, "" when there is nothing to do or to be tried again."""
    film = _claimed(actor, film_id)
    if film is None:
        return ""
    if film.attempts > MOST_ATTEMPTS:
        return _refuse(actor, film_id, Refused(VideoFault.TOO_SLOW, "the look was lost again and again"))
    try:
        found = probe(staging().path(str(film.pk)))
    except FileNotFoundError:
        return _refuse(actor, film_id, Refused(VideoFault.BYTES_GONE))
    except Refused as refused:
        return _refuse(actor, film_id, refused)
    return _order(actor, film_id, found)


@transaction.atomic
def _claimed(actor: Actor, film_id: UUID) -> Film | None:
    """Take the film for this worker; none when another is at it."""
    waiting = Film.objects.awaiting_probe(clock.now() - PROBE_LOST_AFTER).filter(pk=film_id)
    film: Film | None = waiting.select_for_update(of=("self",), skip_locked=True).select_related("video").first()
    if film is None:
        return None
    if film.step == FilmStep.UPLOADED:
        FILM.take("probe", actor, film)
    film.alive_at, film.attempts = clock.now(), film.attempts + 1
    save(film)
    ring(film.video_id)
    return film


@transaction.atomic
def _refuse(actor: Actor, film_id: UUID, refused: Refused) -> str:
    film = locked_film(film_id)
    if FILM.find("fail", film.step) is None:  # cancelled meanwhile
        return ""
    FILM.take("fail", actor, film)
    film.fault, film.note, film.decided_at = refused.fault.value, refused.note, clock.now()
    film.waits_for_room = False
    save(film)
    event = VideoFailed(film.video_id, film.pk, film.fault)
    note(actor, film.video, "fail_film", {"film": str(film.pk), "fault": film.fault}, event)
    ring(film.video_id)
    return str(film.step)


@transaction.atomic
def _order(actor: Actor, film_id: UUID, found: Probed) -> str:
    """Write down what is to be made. What an earlier try has made already stays."""
    film = locked_film(film_id)
    if film.step != FilmStep.PROBING:
        return ""
    FILM.take("transcode", actor, film)
    film.about, film.length, film.begun_at, film.attempts = found.as_json(), round(found.seconds * 1000), clock.now(), 0
    save(film)
    ordered = planning.plan(found, copy=settings.VIDEO_COPY)
    FilmPiece.objects.bulk_create((_piece(film, place, each) for place, each in enumerate(ordered)),
                                  ignore_conflicts=True)  # fmt: skip
    ring(film.video_id)
    ask_on_commit("video.make", film.pk, settings.VIDEO_PARALLEL)
    return str(film.step)


def _piece(film: Film, place: int, each: planning.Piece) -> FilmPiece:
    return FilmPiece(
        film=film, place=place, profile=each.profile, number=each.number, begin=each.begin, end=each.end,
        rungs=list(each.rungs), weight=each.weight,
    )  # fmt: skip


# -- making -----------------------------------------------------------------------------------------------------------


def make_next(*, actor: Actor, film_id: UUID) -> bool:
    """Make the next piece of a film that nobody is at; whether to ask for the one after it."""
    piece = _taken(film_id)
    if piece is None:
        return False
    if piece.attempts > MOST_ATTEMPTS:
        return _give_up(actor, piece, Refused(VideoFault.TOO_SLOW, f"{piece.name} was lost again and again"))
    try:
        made = _made(piece)
    except Stopped:
        return False
    except FileNotFoundError:
        return _give_up(actor, piece, Refused(VideoFault.BYTES_GONE))
    except Refused as refused:
        return _give_up(actor, piece, refused) if piece.attempts >= MOST_ATTEMPTS else _put_back(piece)
    except OSError as error:
        if error.errno not in _FULL:
            raise
        return _wait_for_room(piece)
    return _received(actor, piece, made)


@transaction.atomic
def _taken(film_id: UUID) -> FilmPiece | None:
    """The first piece that waits; none while as many are being made as may be at once."""
    silent = clock.now() - PIECE_LOST_AFTER
    pieces = FilmPiece.objects.filter(film_id=film_id, film__step__in=_WORKED_ON)
    if pieces.filter(done_at=None, alive_at__gte=silent).count() >= settings.VIDEO_PARALLEL:
        return None
    waiting = pieces.waiting(silent).select_related("film__video").order_by("place")
    piece: FilmPiece | None = waiting.select_for_update(of=("self",), skip_locked=True).first()
    if piece is None:
        return None
    piece.claim, piece.alive_at, piece.attempts, piece.share = uuid4(), clock.now(), piece.attempts + 1, 0.0
    piece.save(update_fields=["claim", "alive_at", "attempts", "share"])
    return piece


def _made(piece: FilmPiece) -> dict[str, Any]:
    """Make it in a folder of this try's own, which then becomes the piece's. Made already: nothing is made twice."""
    receipt = piece.folder / RECEIPT
    if not receipt.exists():
        for left in piece.film.folder.glob(f"{piece.name}.*.part"):
            shutil.rmtree(left, ignore_errors=True)
        folder = piece.folder.with_name(f"{piece.name}.{piece.claim}.part")
        try:
            folder.mkdir(parents=True, mode=0o700)
            _work(piece, folder)
            folder.rename(piece.folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    made: dict[str, Any] = orjson.loads(receipt.read_bytes())
    return made


def _work(piece: FilmPiece, folder: Path) -> None:
    source = staging().path(str(piece.film_id))
    order = planning.Piece(piece.profile, piece.number, piece.begin, piece.end, tuple(piece.rungs))
    if not source.exists():
        raise FileNotFoundError(source)
    for command in commands(order, piece.film.probed, source, folder, hasty=piece.attempts > 1):
        run(command, heard=lambda done: _alive(piece, done))
    made = {rung: _rung(folder, rung, piece) for rung in piece.rungs}
    (folder / RECEIPT).write_bytes(orjson.dumps(made))


def _rung(folder: Path, rung: str, piece: FilmPiece) -> dict[str, Any]:
    whole, own = folder / f"{rung}.mp4", folder / rung
    own.mkdir(mode=0o700)
    cut = fragments.cut(whole, own, begin=piece.begin, end=piece.end)
    whole.unlink()
    width, height = fragments.size_of(own)
    return {"codec": fragments.codec_of(own), "width": width, "height": height,
            "segments": [[each.begin, each.end, each.size] for each in cut]}  # fmt: skip


def _alive(piece: FilmPiece, done: float) -> bool:
    """A sign of life; whether the piece is still this try's and the film still wanted."""
    share = min(1.0, done / (piece.end - piece.begin))
    mine = FilmPiece.objects.filter(pk=piece.pk, claim=piece.claim, done_at=None, film__step__in=_WORKED_ON)
    if not mine.update(alive_at=clock.now(), share=share):
        return False
    with transaction.atomic():
        ring(piece.film.video_id)
    return True


def _put_back(piece: FilmPiece) -> bool:
    FilmPiece.objects.filter(pk=piece.pk, claim=piece.claim).update(alive_at=None, claim=None)
    return True


@transaction.atomic
def _wait_for_room(piece: FilmPiece) -> bool:
    """Nothing is wrong with the film: the try does not count, the sweeper asks again."""
    FilmPiece.objects.filter(pk=piece.pk, claim=piece.claim).update(
        alive_at=None, claim=None, attempts=F("attempts") - 1
    )
    Film.objects.filter(pk=piece.film_id).update(waits_for_room=True)
    ring(piece.film.video_id)
    return False


@transaction.atomic
def _give_up(actor: Actor, piece: FilmPiece, refused: Refused) -> bool:
    """A film that can be watched already does without this piece; any other ends here."""
    film = locked_film(piece.film_id)
    mine = FilmPiece.objects.filter(pk=piece.pk, claim=piece.claim, done_at=None)
    if film.step not in _WORKED_ON or not mine.exists():  # cancelled, or another's by now
        return False
    if film.step == FilmStep.TRANSCODING and piece.profile != planning.STILLS:
        _refuse(actor, film.pk, refused)
        return False
    mine.update(done_at=clock.now())
    _advance(actor, film)
    return True


@transaction.atomic
def _received(actor: Actor, piece: FilmPiece, made: dict[str, Any]) -> bool:
    """Once: the conditional update picks one of several tries."""
    film = locked_film(piece.film_id)
    mine = FilmPiece.objects.filter(pk=piece.pk, claim=piece.claim, done_at=None)
    if not mine.update(done_at=clock.now(), made=made, share=1.0):
        return False
    film.waits_for_room = False
    _advance(actor, film)
    return True


def _advance(actor: Actor, film: Film) -> None:
    pieces = list(FilmPiece.objects.filter(film_id=film.pk).values_list("rungs", "made", "done_at"))
    if film.step == FilmStep.TRANSCODING and _plays([(rungs, bool(made)) for rungs, made, _done in pieces]):
        FILM.take("play", actor, film)
        film.playable_at = clock.now()
        save(film)
        film.video.current = film
        film.video.save(update_fields=["current"])
        _tell(actor, film, "play_film", VideoPlayable(film.video_id, film.pk))
    if film.step == FilmStep.PLAYABLE and all(done for _rungs, _made, done in pieces):
        FILM.take("finish", actor, film)
        film.decided_at = clock.now()
        _tell(actor, film, "finish_film", VideoReady(film.video_id, film.pk))
        transaction.on_commit(lambda: staging().remove(str(film.pk)), robust=True)
    save(film)
    ring(film.video_id)


def _tell(actor: Actor, film: Film, verb: str, event: VideoPlayable | VideoReady) -> None:
    note(actor, film.video, verb, {"film": str(film.pk), "number": film.number}, event)


def _plays(pieces: list[tuple[list[str], bool]]) -> bool:
    """As soon as any rung of pictures is whole, and the sound where there is one."""
    whole = set(planning.complete_rungs(pieces))
    silent = all(planning.SOUND not in rungs for rungs, _done in pieces)
    return bool(whole - {planning.SOUND}) and (silent or planning.SOUND in whole)
