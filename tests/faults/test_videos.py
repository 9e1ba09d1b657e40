"""Videos while their worker dies, their disk fills up and what was sent is none: right, clear, nothing left, not twice.

A film goes the whole way of a trainer's: made and sent over the API, looked at and prepared by the stack's own worker.
What is compared in the end is the disk with the rows, byte for byte, and how often each piece was worked on.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from celery import Celery

from consortium import environment
from consortium.kernel.actors import acting_as, system
from consortium.people.states import Role
from courses.library.operations.video_making import RECEIPT
from tests.courses.library.films import clip
from tests.courses.library.test_ladder_films import BAD
from tests.embedded.running import wait_until
from tests.factories.people import make_institution, make_staff, number
from tests.faults.stack import PREFIX, Stack, rounds, seconds_until
from tests.faults.table import Figure, Outcome, server_errors, show
from tests.faults.test_exam import insist_put
from tests.faults.test_uploads import Upload, small_disk
from tests.faults.ward import Caller

#: Where the worker dies, one after the other over one film, and what is worked on twice for it.
DEATHS = {
    "film:looking": "",
    "film:ordered": "",
    "film:sound": "sound-0",  # ffmpeg is at it
    "film:received": "",  # committed, the next piece is not asked for
    "film:cut": "copy-0",  # half of its segments lie there
    "film:made": "",  # all of them, under their name, and no row says so
    "film:all": "all-0",
    "film:stills": "stills-0",
}
PIECES = ("sound-0", "copy-0", "all-0", "stills-0")
#: a new round costs eight deaths
TURNS = max(1, rounds() // 2)
#: the films' worker gives way to everything else: on a busy machine it takes its time
LONG = 240.0


def wide() -> bytes:
    """480 lines: taken over as it is, made anew in 240, with sound."""
    return clip("-vf", "scale=854:480,setsar=1")


class Studio:
    """A hospital's trainer, and the films they send."""

    def __init__(self, stack: Stack) -> None:
        self.stack, self.films = stack, stack.place.state / "media" / "videos"
        with stack.rows(), acting_as(system("fault tests")):
            self.place = make_institution()
            user = make_staff(f"trainer{number()}", self.place, Role.TRAINING_ADMIN)
        self.caller = Caller(stack, user)
        sender = Celery("sender", broker=environment.celery_broker(stack.place.redis_url), fixups=[])
        sender.conf.broker_transport_options = {"global_keyprefix": PREFIX}
        self.sender = sender

    def video(self) -> str:
        body = {"institution_id": str(self.place.pk), "title_en": "Fever"}
        answer = self.caller.insist("videos/", body, key=uuid4())
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def sent(self, data: bytes) -> str:
        """The film's id."""
        upload = Upload(self.caller, "", "video-uploads/", video=self.video())
        begun = upload.begin(len(data))
        assert begun.status_code == 201, begun.text
        assert not data or upload.send(data, 0).status_code == 204
        return upload.url.rstrip("/").rpartition("/")[2]

    def told(self, film: str) -> dict[str, Any]:
        """What its trainer's program is told of it."""
        ((video,),) = self.stack.sql("SELECT video_id FROM library_film WHERE id = %s", film)
        shown: dict[str, Any] = self.caller.get(f"videos/{video}/").json()["film"]
        return shown

    def is_(self, film: str, *steps: str) -> bool:
        return self.told(film)["step"] in steps

    def goes_on(self, film: str) -> None:
        """The worker is there again; as much later as a lost piece is given to another, the sweeper comes by."""
        self.stack.start(*self.stack.dead())
        later = "UPDATE library_{} SET alive_at = alive_at - interval '5 minutes' WHERE {} = %s AND {} IS NULL"
        self.stack.sql(later.format("film", "id", "decided_at"), film)
        self.stack.sql(later.format("filmpiece", "film_id", "done_at"), film)
        self.swept()

    def swept(self) -> None:
        self.sender.send_task("video.sweep", queue="media", ignore_result=True)

    def folder(self, film: str) -> Path:
        return self.films / "films" / film[:2] / film

    def bytes_sent(self, film: str) -> list[Path]:
        return list((self.films / "uploads").glob(f"*/{film}.part"))

    def wrong(self, film: str) -> list[str]:
        """What lies on the disk of a film that is ready and in no row, and the other way round."""
        expected = {"stills-0/made.json", "stills-0/poster.jpg", "stills-0/board-001.jpg"}
        query = "SELECT profile || '-' || number, made FROM library_filmpiece WHERE film_id = %s"
        for name, made in self.stack.sql(query, film):
            for rung, about in made.items():
                expected |= {f"{name}/{RECEIPT}", f"{name}/{rung}/init.mp4"}
                expected |= {f"{name}/{rung}/{begin}-{end}.m4s" for begin, end, _size in about["segments"]}
        folder = self.folder(film)
        there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        wait_until(lambda: not self.bytes_sent(film), "the bytes that were sent go", LONG)
        return sorted(there ^ expected)

    def worked(self, film: str) -> Counter[str]:
        """How often each piece was begun."""
        runs = [run.split() for run in self.stack.runs() if run.startswith(f"film {film} ")]
        return Counter(name for _film, _id, name in runs)

    def entries(self, film: str) -> Counter[str]:
        query = "SELECT verb FROM journal_entry WHERE facts->>'film' = %s"
        return Counter(verb for (verb,) in self.stack.sql(query, film))

    def programs(self, film: str) -> list[str]:
        """Those that are still at the film."""
        return [line.decode("utf-8", "replace") for line in _commands() if film.encode() in line]


def _commands() -> Iterator[bytes]:
    """Of every program; it may end while it is looked at."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield path.read_bytes()


@pytest.fixture
def studio(stack: Stack) -> Studio:
    return Studio(stack)


def test_a_worker_that_dies_in_every_phase_makes_each_film_once(stack: Stack, studio: Studio, figure: Figure) -> None:
    doubled, lost, slowest = 0, 0, 0.0
    for _ in range(TURNS):
        stack.arm(next(iter(DEATHS)))
        film = studio.sent(wide())
        for place, following in zip(DEATHS, [*list(DEATHS)[1:], ""], strict=True):
            wait_until(lambda p=place: not stack.is_armed(p), f"it dies at {place}", LONG)  # type: ignore[misc]
            wait_until(stack.dead, "the worker is dead", LONG)
            wait_until(lambda f=film: not studio.programs(f), "its programs died with it", LONG)  # type: ignore[misc]
            if following:
                stack.arm(following)
            studio.goes_on(film)
        slowest = max(slowest, seconds_until(lambda f=film: studio.is_(f, "ready"), "the film is ready", LONG))  # type: ignore[misc]
        lost += len(studio.wrong(film))
        wanted = Counter(PIECES) + Counter(filter(None, DEATHS.values()))
        doubled += (studio.worked(film) - wanted).total()
        entries = studio.entries(film)
        doubled += sum(entries[verb] - 1 for verb in ("land_film", "play_film", "finish_film"))
        assert studio.worked(film) == wanted
    note = f"killed in {len(DEATHS)} phases of each film, disk and rows agree"
    show(figure, "video, worker killed", Outcome(TURNS, TURNS * len(DEATHS), lost, doubled, 0, slowest, note))
    assert (lost, doubled) == (0, 0)


def test_what_is_no_film_is_told_so_and_leaves_nothing(stack: Stack, studio: Studio, figure: Figure) -> None:
    """The bytes stay for another try as long as is said, then they go as well."""
    films = {studio.sent(make()): fault for make, fault in BAD.values()}
    for film, fault in films.items():
        wait_until(lambda f=film: studio.is_(f, "failed"), f"it is refused as {fault}", LONG)  # type: ignore[misc]
        told = studio.told(film)
        assert (told["fault"], len(told["reason"]) > 20) == (fault.value, True)
        assert [action["verb"] for action in told["available_actions"]] == ["retry"]
        assert not studio.folder(film).exists()
    stack.sql(
        "UPDATE library_film SET expires_at = now() - interval '1 minute' WHERE id = ANY(%s::uuid[])", list(films)
    )
    for path in [path for film in films for path in studio.bytes_sent(film)]:
        os.utime(path, (time.time() - 7200,) * 2)
    studio.swept()
    wait_until(lambda: not [film for film in films if studio.bytes_sent(film)], "nothing is left of them", LONG)
    show(
        figure,
        "video, no film",
        Outcome(1, len(films), note=f"{len(BAD)} kinds refused with their cause, no file left"),
    )


def test_a_film_waits_for_room_and_says_so(stack: Stack, studio: Studio, figure: Figure) -> None:
    lost, slowest, doubled = 0, 0.0, 0
    for leave in [8 << 10, 48 << 10, 96 << 10][: max(2, rounds())]:
        with small_disk(stack) as disk:
            stack.kill("media")
            film = studio.sent(wide())
            ballast = disk.fill(leave)
            stack.start("media")
            wait_until(lambda f=film: studio.told(f)["waits_for_room"], "it waits for room", LONG)  # type: ignore[misc]
            assert studio.is_(film, "transcoding", "playable")
            wait_until(lambda f=film: not list(studio.folder(f).glob("*.part")), "nothing half made is left", LONG)  # type: ignore[misc]
            ballast.unlink()
            studio.swept()
            slowest = max(slowest, seconds_until(lambda f=film: studio.is_(f, "ready"), "the film is ready", LONG))  # type: ignore[misc]
            lost += len(studio.wrong(film))
            doubled += studio.entries(film)["play_film"] - 1
            assert not studio.told(film)["waits_for_room"]
    turns = max(2, rounds())
    show(figure, "video, disk full", Outcome(turns, turns, lost, doubled, 0, slowest, "waits, then goes on by itself"))
    assert (lost, doubled) == (0, 0)


def test_captions_are_whole_whenever_the_web_process_dies(stack: Stack, studio: Studio, figure: Figure) -> None:
    """The newest that was told saved stands, or one that was sent after it; never a part of one."""
    video, saved, enough = studio.video(), [0], threading.Event()

    def write() -> None:
        while not enough.is_set():
            said = saved[-1] + 1
            answer = insist_put(studio.caller, f"videos/{video}/captions/en/", {"text": _captions(said)})
            assert answer.status_code == 200, answer.text
            saved.append(said)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(TURNS):
            before = len(saved)
            wait_until(lambda n=before: len(saved) > n + 2, "captions are written")  # type: ignore[misc]
            stack.restart("web")
    finally:
        enough.set()
        writer.join(120)
    ((text,),) = stack.sql("SELECT text FROM library_caption WHERE video_id = %s", video)
    told = len(saved) - 1
    show(figure, "video, captions", Outcome(TURNS, told, errors=server_errors(studio.caller.statuses)))
    assert text.split() == _captions(saved[-1]).split()


def _captions(said: int) -> str:
    lines = [f"00:00:{at:02}.000 --> 00:00:{at + 1:02}.000\nline {at} of {said}\n" for at in range(50)]
    return "\n".join(["WEBVTT\n", *lines])
