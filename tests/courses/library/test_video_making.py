"""From a film's last byte to its last rung, whatever dies or is full on the way."""

from __future__ import annotations

import errno
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.utils import timezone

from consortium.kernel import clock
from consortium.kernel.errors import NotPermitted, NotVisible, WrongStep
from consortium.people.models import User
from courses.library.ladder.faults import Refused, VideoFault
from courses.library.ladder.probing import Probed
from courses.library.models import Film, FilmPiece, Video
from courses.library.operations import video_making, video_sweeping
from courses.library.operations.video_beats import staging
from courses.library.operations.video_changing import cancel_film, retry_film
from courses.library.operations.video_making import MOST_ATTEMPTS, make_next, probe_film
from courses.library.operations.video_sweeping import sweep_videos
from courses.library.operations.video_uploading import begin_film
from courses.library.states import FilmStep
from tests.courses.library.films import as_, as_worker, clip, fresh, looked_at, made, new_video, sent

#: what a probe would have found of a film of 20 s that has to be made anew
FOUND = Probed("mov", 20.0, 854, 480, "hevc", "yuv420p", 25.0, 800, True, (0.0, 10.0), True)


def piece_of(film: Film, profile: str = "all") -> FilmPiece:
    row: FilmPiece = FilmPiece.unscoped.get(film=film, profile=profile)
    return row


@pytest.fixture
def video(trainer: User) -> Video:
    return new_video(trainer)


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """ffmpeg is spared: each piece is a receipt of one segment a rung. The names of pieces that were worked on."""
    done: list[str] = []

    def work(piece: FilmPiece, folder: Path) -> None:
        done.append(piece.name)
        spans = [[round(piece.begin * 1000), round(piece.end * 1000), 9]]
        rungs = {r: {"codec": "avc1.4d400c", "width": 1, "height": 1, "segments": spans} for r in piece.rungs}
        (folder / video_making.RECEIPT).write_bytes(orjson.dumps(rungs))

    monkeypatch.setattr(video_making, "probe", lambda path: FOUND)
    monkeypatch.setattr(video_making, "_work", work)
    return done


@pytest.fixture
def ordered(trainer: User, video: Video, worked: list[str]) -> Film:
    """Looked at, nothing made yet."""
    return looked_at(sent(trainer, video, b"film"))


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def work(piece: FilmPiece, folder: Path) -> None:
        (folder / "240.mp4").write_bytes(b"half")
        raise error

    monkeypatch.setattr(video_making, "_work", work)


def parts(film: Film) -> list[str]:
    return [path.name for path in film.folder.glob("*.part")] if film.folder.exists() else []


# -- the way through --------------------------------------------------------------------------------------------------


def test_a_real_film_is_made_to_its_end(trainer: User, video: Video) -> None:
    film = made(sent(trainer, video, clip()))

    assert (film.step, film.fault, film.note) == (FilmStep.READY, "", "")
    assert film.video.current == film
    assert sorted(path.name for path in film.folder.iterdir()) == ["copy-0", "sound-0", "stills-0"]
    assert not staging().path(str(film.pk)).exists() or film.step == FilmStep.READY


@pytest.mark.parametrize(("data", "fault"), [(b"", VideoFault.EMPTY), (b"no film", VideoFault.NOT_VIDEO)])
def test_a_bad_film_fails_with_its_cause(trainer: User, video: Video, data: bytes, fault: VideoFault) -> None:
    film = looked_at(sent(trainer, video, data))

    assert (film.step, film.fault) == (FilmStep.FAILED, fault.value)
    assert not film.folder.exists()


def test_it_can_be_watched_before_it_is_finished(trainer: User, ordered: Film) -> None:
    steps = []
    while as_worker(make_next, film_id=ordered.pk):
        steps.append(fresh(ordered).step)

    assert steps == [FilmStep.TRANSCODING, FilmStep.PLAYABLE, FilmStep.READY]


def test_nothing_is_worked_on_twice(ordered: Film, worked: list[str]) -> None:
    made(ordered)
    as_worker(make_next, film_id=ordered.pk)
    as_worker(probe_film, film_id=ordered.pk)

    assert sorted(worked) == ["all-0", "sound-0", "stills-0"]


def test_bytes_that_are_gone_are_told(trainer: User, video: Video) -> None:
    film = sent(trainer, video, b"film")
    staging().remove(str(film.pk))

    assert looked_at(film).fault == VideoFault.BYTES_GONE


# -- a worker that dies -----------------------------------------------------------------------------------------------


def test_a_look_that_was_lost_is_done_again(trainer: User, video: Video, worked: list[str]) -> None:
    film = sent(trainer, video, b"film")
    assert as_worker(video_making._claimed, film_id=film.pk) is not None

    assert as_worker(probe_film, film_id=film.pk) == ""  # somebody is at it
    with clock.moved(video_making.PROBE_LOST_AFTER + timedelta(seconds=1)):
        assert as_worker(probe_film, film_id=film.pk) == FilmStep.TRANSCODING


def test_a_look_that_is_lost_again_and_again_ends(trainer: User, video: Video, worked: list[str]) -> None:
    film = sent(trainer, video, b"film")
    Film.unscoped.filter(pk=film.pk).update(attempts=MOST_ATTEMPTS)

    assert looked_at(film).fault == VideoFault.TOO_SLOW


def test_a_piece_that_was_lost_is_made_once_more_and_leaves_nothing(ordered: Film, worked: list[str]) -> None:
    lost = as_worker(lambda actor: video_making._taken(ordered.pk))
    half = lost.folder.with_name(f"{lost.name}.{lost.claim}.part")
    half.mkdir(parents=True)

    assert as_worker(make_next, film_id=ordered.pk) is False  # it may still be alive
    with clock.moved(video_making.PIECE_LOST_AFTER + timedelta(seconds=1)):
        film = made(ordered)

    assert film.step == FilmStep.READY
    assert FilmPiece.unscoped.get(pk=lost.pk).attempts == 2
    assert (parts(film), worked.count(lost.name)) == ([], 1)


def test_a_piece_that_was_whole_when_its_worker_died_is_not_made_again(ordered: Film, worked: list[str]) -> None:
    """Killed between the rename and the commit."""
    lost = as_worker(lambda actor: video_making._taken(ordered.pk))
    as_worker(lambda actor: video_making._made(lost))

    with clock.moved(video_making.PIECE_LOST_AFTER + timedelta(seconds=1)):
        made(ordered)

    assert worked.count(lost.name) == 1


def test_who_lost_a_piece_cannot_hand_it_in(ordered: Film, worked: list[str]) -> None:
    slow = as_worker(lambda actor: video_making._taken(ordered.pk))
    with clock.moved(video_making.PIECE_LOST_AFTER + timedelta(seconds=1)):
        quick = as_worker(lambda actor: video_making._taken(ordered.pk))

    assert (slow.pk, slow.claim == quick.claim) == (quick.pk, False)
    assert as_worker(lambda actor: video_making._received(actor, slow, {"240": {}})) is False
    assert as_worker(lambda actor: video_making._alive(slow, 1.0)) is False
    assert as_worker(lambda actor: video_making._alive(quick, 1.0)) is True


def test_a_piece_that_is_lost_again_and_again_ends_the_film(ordered: Film) -> None:
    FilmPiece.unscoped.filter(film=ordered).update(attempts=MOST_ATTEMPTS)

    as_worker(make_next, film_id=ordered.pk)

    assert (fresh(ordered).step, fresh(ordered).fault) == (FilmStep.FAILED, VideoFault.TOO_SLOW)


def test_a_film_that_plays_does_without_a_piece_that_cannot_be_made(
    ordered: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_worker(make_next, film_id=ordered.pk)
    as_worker(make_next, film_id=ordered.pk)
    assert fresh(ordered).step == FilmStep.PLAYABLE
    failing(monkeypatch, Refused(VideoFault.BROKEN))

    assert made(ordered).step == FilmStep.READY


def test_a_piece_is_tried_again_before_the_film_is_given_up(ordered: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, Refused(VideoFault.BROKEN, "bad luck"))

    film = made(ordered)

    assert (film.step, film.fault, film.note) == (FilmStep.FAILED, VideoFault.BROKEN, "bad luck")
    assert piece_of(film, "sound").attempts == MOST_ATTEMPTS
    assert parts(film) == []


# -- a full disk ------------------------------------------------------------------------------------------------------


def test_a_full_disk_is_waited_for(ordered: Film, monkeypatch: pytest.MonkeyPatch, worked: list[str]) -> None:
    work = video_making._work
    failing(monkeypatch, OSError(errno.ENOSPC, "full"))

    assert as_worker(make_next, film_id=ordered.pk) is False
    film = fresh(ordered)
    assert (film.step, film.waits_for_room, parts(film)) == (FilmStep.TRANSCODING, True, [])
    assert piece_of(film, "sound").attempts == 0

    monkeypatch.setattr(video_making, "_work", work)
    film = made(ordered)
    assert (film.step, film.waits_for_room) == (FilmStep.READY, False)


def test_another_fault_of_the_disk_is_not_hidden(ordered: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, OSError(errno.EIO, "broken"))

    with pytest.raises(OSError, match="broken"):
        as_worker(make_next, film_id=ordered.pk)


# -- cancelling and trying again --------------------------------------------------------------------------------------


def test_what_was_made_goes_with_a_film_that_is_cancelled(
    trainer: User, ordered: Film, django_capture_on_commit_callbacks: Any
) -> None:
    as_worker(make_next, film_id=ordered.pk)
    assert ordered.folder.exists()

    with django_capture_on_commit_callbacks(execute=True):
        as_(trainer, cancel_film, film_id=ordered.pk)

    assert (fresh(ordered).step, ordered.folder.exists()) == (FilmStep.CANCELLED, False)
    assert staging().path(str(ordered.pk)).exists()
    assert not FilmPiece.unscoped.filter(film=ordered).exists()


def test_cancelling_twice_is_cancelling_once(trainer: User, ordered: Film) -> None:
    as_(trainer, cancel_film, film_id=ordered.pk)

    assert as_(trainer, cancel_film, film_id=ordered.pk).step == FilmStep.CANCELLED


def test_a_worker_stops_when_its_film_is_cancelled(trainer: User, ordered: Film, worked: list[str]) -> None:
    piece = as_worker(lambda actor: video_making._taken(ordered.pk))
    as_(trainer, cancel_film, film_id=ordered.pk)

    assert as_worker(lambda actor: video_making._alive(piece, 1.0)) is False
    assert as_worker(lambda actor: video_making._give_up(actor, piece, Refused(VideoFault.BROKEN))) is False
    assert as_worker(probe_film, film_id=ordered.pk) == ""
    assert fresh(ordered).step == FilmStep.CANCELLED


def test_a_look_at_a_film_that_was_cancelled_meanwhile_changes_nothing(
    trainer: User, video: Video, worked: list[str]
) -> None:
    film = sent(trainer, video, b"film")
    as_worker(video_making._claimed, film_id=film.pk)
    as_(trainer, cancel_film, film_id=film.pk)

    assert as_worker(lambda actor: video_making._order(actor, film.pk, FOUND)) == ""
    assert as_worker(lambda actor: video_making._refuse(actor, film.pk, Refused(VideoFault.BROKEN))) == ""
    assert fresh(film).step == FilmStep.CANCELLED


def test_a_film_that_plays_is_not_cancelled(trainer: User, ordered: Film) -> None:
    film = made(ordered)

    with pytest.raises(WrongStep):
        as_(trainer, cancel_film, film_id=film.pk)


def test_another_try_keeps_what_was_made(
    trainer: User, ordered: Film, monkeypatch: pytest.MonkeyPatch, worked: list[str]
) -> None:
    work = video_making._work
    as_worker(make_next, film_id=ordered.pk)
    failing(monkeypatch, Refused(VideoFault.TOO_SLOW))
    assert made(ordered).step == FilmStep.FAILED
    monkeypatch.setattr(video_making, "_work", work)

    as_(trainer, retry_film, film_id=ordered.pk)

    assert made(ordered).step == FilmStep.READY
    assert worked == ["sound-0", "all-0", "stills-0"]


def test_bytes_that_are_no_longer_kept_are_not_tried_again(trainer: User, ordered: Film) -> None:
    as_(trainer, cancel_film, film_id=ordered.pk)

    with clock.moved(timedelta(days=8)), pytest.raises(NotPermitted):
        as_(trainer, retry_film, film_id=ordered.pk)


@pytest.mark.parametrize("act", [cancel_film, retry_film])
def test_others_find_nothing(other_trainer: User, ordered: Film, act: Callable[..., Any]) -> None:
    with pytest.raises(NotVisible):
        as_(other_trainer, act, film_id=ordered.pk)


# -- replacing --------------------------------------------------------------------------------------------------------


def test_a_new_film_takes_the_place_of_the_old_when_it_can_be_watched(
    trainer: User, video: Video, worked: list[str]
) -> None:
    old = made(sent(trainer, video, b"film"))
    new = looked_at(sent(trainer, video, b"better"))
    assert fresh(new).video.current == old

    assert made(new).video.current == new
    assert (new.number, new.video_id) == (2, old.video_id)


# -- the sweeper ------------------------------------------------------------------------------------------------------


def swept(
    asked: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch, later: timedelta = timedelta()
) -> dict[str, int]:
    monkeypatch.setattr(video_sweeping, "ask", lambda task, film_id: asked.append((task, film_id)))
    monkeypatch.setattr(video_sweeping, "ORPHAN_AGE", -later)
    with clock.moved(later):
        found: dict[str, int] = as_worker(sweep_videos)
    return found


def test_an_upload_whose_last_byte_came_as_the_process_died_is_landed(
    trainer: User, video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = sent(trainer, video, b"film")
    Film.unscoped.filter(pk=film.pk).delete()
    film = as_(trainer, begin_film, video_id=video.pk, size=4)
    staging().path(str(film.pk)).write_bytes(b"film")
    asked: list[tuple[str, Any]] = []

    assert swept(asked, monkeypatch)["landed"] == 1
    assert fresh(film).step == FilmStep.UPLOADED
    assert ("video.probe", film.pk) in asked


def test_a_film_nobody_works_on_is_asked_for(ordered: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, Any]] = []

    swept(asked, monkeypatch)

    assert asked == [("video.make", ordered.pk)]


def test_one_that_is_worked_on_is_left_alone(ordered: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    as_worker(lambda actor: video_making._taken(ordered.pk))
    asked: list[tuple[str, Any]] = []

    swept(asked, monkeypatch)

    assert asked == []


def test_what_no_film_needs_is_cleared_from_the_disk(
    trainer: User, video: Video, worked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old film's folder a day after it was replaced, bytes of films that are made, and of none."""
    old, new = (made(sent(trainer, video, data)) for data in (b"film", b"better"))
    stray = staging().path(str(video.pk))
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"stray")

    swept([], monkeypatch, timedelta(hours=2))
    assert (old.folder.exists(), new.folder.exists(), stray.exists()) == (True, True, False)

    swept([], monkeypatch, timedelta(days=2))
    assert (old.folder.exists(), new.folder.exists()) == (False, True)
    assert not staging().path(str(new.pk)).exists()


def test_uploads_nobody_went_on_with_expire(trainer: User, video: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    film = as_(trainer, begin_film, video_id=video.pk, size=4)

    assert swept([], monkeypatch, timedelta(days=8))["expired"] == 1
    assert not Film.unscoped.filter(pk=film.pk).exists()
    assert not staging().path(str(film.pk)).exists()


def test_the_machine_s_steps_are_the_database_s(ordered: Film) -> None:
    """Who writes around the operations is refused."""
    with pytest.raises(Exception, match="Invalid transition"):
        Film.unscoped.filter(pk=ordered.pk).update(step=FilmStep.READY, playable_at=timezone.now())
