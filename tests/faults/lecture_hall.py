"""A lecture in the stack, its people, and what came of it: the parts on the disk and the film that is kept.

All pages live on one event loop of a thread of its own; a test looks at them, and waits for facts.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from consortium.kernel.actors import acting_as, system
from consortium.people.models import User
from consortium.people.states import Role, Tier
from courses.library.ladder.tools import ffmpeg
from courses.live.broadcast.following import folder_of
from courses.live.broadcast.keeping import VIDEO, Run, run_folders
from courses.live.models import Lecture
from courses.live.operations.lectures import end_lecture
from courses.live.states.lectures import Part
from tests.courses.live.planned import given_by, lecture_at
from tests.courses.live.room.rooms import do, opened
from tests.embedded.running import wait_until
from tests.factories.people import make_institution, make_staff, number
from tests.faults.lecture_pages import Dial, Page, Recorder, RoomPage, Viewer, digest
from tests.faults.stack import Stack

Answer = TypeVar("Answer")
AnyPage = TypeVar("AnyPage", bound=Page)


class Hall:
    """People, and the loop on which their pages live."""

    def __init__(self, stack: Stack, audience: int) -> None:
        self.stack, self.loop = stack, asyncio.new_event_loop()
        self.pages: list[Page] = []
        with stack.rows(), acting_as(system("fault tests")):
            place, clinic = make_institution(tier=Tier.TERTIARY), make_institution(tier=Tier.COMMUNITY)
            self.lecturer = make_staff(f"lecturer{number()}", place, Role.LECTURER)
            self.cohost = make_staff(f"cohost{number()}", place, Role.LECTURER)
            self.people = [make_staff(f"listener{number()}", clinic, Role.ASKER) for _ in range(audience)]
            self.place = place
            self.browsers = {user.pk: stack.browser(user) for user in (self.lecturer, self.cohost, *self.people)}
        self._thread = threading.Thread(target=self.loop.run_forever, name="lecture hall")
        self._thread.start()

    def end(self) -> None:
        for page in self.pages:
            self.call(page.end())
        for page in self.pages:
            if page.task is not None:
                page.task.result(60)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(20)
        self.loop.close()

    def begin(self, work: Coroutine[Any, Any, Answer]) -> Future[Answer]:
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def call(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return self.begin(work).result(90)

    def lecture(self) -> Lecture:
        """One that is live."""
        with self.stack.rows(), acting_as(system("fault tests")):
            made = lecture_at(self.place, hours=0, step="live")
            given_by(made, self.lecturer)
            return given_by(made, self.cohost, Part.COHOST)

    def recorder(self, lecture: Lecture, user: User | None = None) -> Recorder:
        return self._open(Recorder(self, user or self.lecturer, lecture))

    def room(self, lecture: Lecture, user: User) -> RoomPage:
        return self._open(RoomPage(self, user, lecture))

    def viewers(self, lecture: Lecture, users: list[User]) -> list[Viewer]:
        return [self._open(Viewer(self, user, lecture)) for user in users]

    def viewer(self, lecture: Lecture, user: User, dial: Dial, *, sound: bool = False) -> Viewer:
        return self._open(Viewer(self, user, lecture, dial, sound=sound))

    def _open(self, page: AnyPage) -> AnyPage:
        self.pages.append(page)
        page.task = self.begin(page.live())
        return page

    def poll(self, lecture: Lecture) -> str:
        """One that is open; who comes into the room now finds it."""
        with self.stack.rows():
            return str(opened(self.lecturer, lecture).pk)

    def stopped(self, lecture: Lecture, recorder: Recorder) -> None:
        """The recorder has stopped, and all that came of it is on the disk."""
        self.call(recorder.stop())
        held = "SELECT count(*) FROM lectures_broadcast WHERE lecture_id = %s AND holder IS NOT NULL"
        wait_until(lambda: self.stack.count(held, str(lecture.pk)) == 0, "the stage is given back", 60)

    def over(self, lecture: Lecture) -> None:
        with self.stack.rows():
            do(self.lecturer, end_lecture, lecture_id=lecture.pk)

    def kept(self, lecture: Lecture) -> Recording:
        """Its film, once it is there."""
        return Recording(wait_until(lambda: self.film_of(lecture), "the recording is kept", 90))

    def ended(self, lecture: Lecture, recorder: Recorder) -> Recording:
        self.stopped(lecture, recorder)
        self.over(lecture)
        return self.kept(lecture)

    def film_of(self, lecture: Lecture) -> Path | None:
        """Where the lecture's film lies."""
        rows = self.stack.sql(
            "SELECT v.current_id::text FROM lectures_lecture l JOIN library_video v ON v.id = l.recording_id"
            " WHERE l.id = %s AND v.current_id IS NOT NULL", str(lecture.pk),
        )  # fmt: skip
        films = self.stack.place.state / "media" / "videos" / "films"
        return films / rows[0][0][:2] / rows[0][0] if rows else None

    def runs(self, lecture: Lecture) -> list[Run]:
        """What the packager has written so far."""
        folder = folder_of(self.stack.place.state / "media" / "lectures" / "broadcasts", lecture.pk)
        found = [Run.at(each) for each in run_folders(folder)]
        for run in found:
            run.more()
        return found

    def goes_on(self, lecture: Lecture, viewers: list[Viewer], more: int = 4) -> None:
        """Until everybody has heard so many parts that were written from now on."""
        runs = self.runs(lecture)
        run = runs[-1].number if runs else 1
        there = len(kept_parts(self, lecture, run))

        def heard() -> bool:
            late = set(kept_parts(self, lecture, run)[there + more :])
            return all(late & set(viewer.parts(run)[-40:]) for viewer in viewers)

        wait_until(heard, "all hear how it goes on", 90)

    def packagers(self) -> list[int]:
        """The programs that pack in the web process's keeping."""
        web = self.stack.children["web"].pid
        return [pid for pid, line in _programs(web) if b"frag_discont" in line]


def _programs(parent: int) -> Iterator[tuple[int, bytes]]:
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            if int((path / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                yield int(path.name), (path / "cmdline").read_bytes()


def pictures(data: bytes) -> list[str]:
    """What each picture of a stream is, in order; one of which only a part is there is none."""
    words = [ffmpeg(), "-nostdin", "-v", "quiet", "-i", "pipe:0", "-map", "0:v:0", "-c", "copy"]
    told = subprocess.run([*words, "-f", "framemd5", "pipe:1"], input=data, capture_output=True).stdout.decode()
    return [line.rpartition(",")[2].strip() for line in told.splitlines() if line and not line.startswith("#")]


def kept_parts(hall: Hall, lecture: Lecture, run: int, rung: str = VIDEO) -> list[str]:
    """What lies on the disk of a run, part by part."""
    found = next((each.rungs[rung] for each in hall.runs(lecture) if each.number == run), None)
    parts = found.parts if found else []
    return [digest(found.bytes_of(part.offset, part.length)) for part in parts if found]


def skips(hall: Hall, lecture: Lecture, viewer: Viewer) -> int:
    """How often a viewer of the first run went on with another part than the next one."""
    kept = kept_parts(hall, lecture, 1)
    places = [kept.index(part) for part in viewer.parts(1)]
    return sum(after != before + 1 for before, after in pairwise(places))


class Recording:
    """A film that was kept, by the pictures that are in it."""

    def __init__(self, folder: Path) -> None:
        pieces = sorted(folder.glob("copy-*"), key=lambda each: int(each.name.partition("-")[2]))
        self.runs = [self._pictures(piece) for piece in pieces]

    def _pictures(self, piece: Path) -> list[str]:
        (rung,) = [each for each in piece.iterdir() if each.is_dir()]
        segments = sorted(rung.glob("*.m4s"), key=lambda each: int(each.name.partition("-")[0]))
        return pictures((rung / "init.mp4").read_bytes() + b"".join(each.read_bytes() for each in segments))
