"""A recorder's pieces on their way in: in order, once each, whatever happens to its socket. The packager is ours here:
test_packaging.py has the real one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from courses.live.broadcast import publishing
from courses.live.broadcast.publishing import BROKEN, LEFT, REPLACED, STOPPED, Publication, Publications

LECTURE, USER, RECORDER = UUID(int=1), UUID(int=2), UUID(int=3)


class Packed:
    """Takes what it is given; `over` ends when the test says so."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.over: asyncio.Future[None] | None = None
        self.finished = False

    async def start(self) -> None:
        self.over = asyncio.get_running_loop().create_future()

    async def feed(self, data: bytes) -> bool:
        self.taken.append(data)
        return data != b"refused"

    async def finish(self) -> None:
        self.finished = True


class Stage:
    """One publication, with what it was told and how often it was given back."""

    def __init__(self, recorder: UUID = RECORDER) -> None:
        self.packed, self.mine, self.given_back = Packed(), True, 0
        self.told: list[str] = []
        packed: Any = self.packed
        self.publication = Publication(LECTURE, USER, recorder, 1, packed, self.kept, self.gone)

    async def kept(self) -> bool:
        return self.mine

    async def gone(self) -> None:
        self.given_back += 1


def on(acts: Callable[[Stage], Awaitable[object]]) -> Stage:
    """Do `acts` on a stage that has begun."""

    async def run() -> Stage:
        stage = Stage()
        await stage.publication.start()
        stage.publication.attach(stage.told.append)
        await acts(stage)
        await stage.publication.end(STOPPED)
        return stage

    return asyncio.run(run())


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "BEAT", 0.01)
    monkeypatch.setattr(publishing, "PATIENCE", 0.02)


async def over(stage: Stage) -> None:
    """Until it has ended by itself."""
    while not stage.given_back:
        await asyncio.sleep(0.005)


def test_pieces_are_taken_in_order() -> None:
    async def acts(stage: Stage) -> None:
        assert [await stage.publication.take(n, b"%d" % n) for n in range(3)] == [1, 2, 3]

    assert on(acts).packed.taken == [b"0", b"1", b"2"]


def test_what_was_taken_is_not_taken_again() -> None:
    async def acts(stage: Stage) -> None:
        await stage.publication.take(0, b"a")
        assert await stage.publication.take(0, b"a") == 1

    assert on(acts).packed.taken == [b"a"]


def test_a_piece_that_is_too_early_says_which_is_wanted() -> None:
    async def acts(stage: Stage) -> None:
        assert await stage.publication.take(5, b"f") == 0

    assert on(acts).packed.taken == []


def test_what_ffmpeg_did_not_take_is_still_wanted() -> None:
    async def acts(stage: Stage) -> None:
        assert await stage.publication.take(0, b"refused") == 0

    on(acts)


def test_after_the_end_nothing_is_taken() -> None:
    async def acts(stage: Stage) -> None:
        await stage.publication.end(STOPPED)
        assert await stage.publication.take(0, b"a") == 0

    assert on(acts).packed.taken == []


def test_its_end_is_told_and_the_stage_given_back_once() -> None:
    async def acts(stage: Stage) -> None:
        await stage.publication.end(REPLACED)

    stage = on(acts)
    assert (stage.told, stage.given_back, stage.packed.finished) == ([REPLACED], 1, True)


def test_a_second_socket_replaces_the_first() -> None:
    second: list[str] = []

    async def acts(stage: Stage) -> None:
        stage.publication.attach(second.append)

    assert on(acts).told == [REPLACED]
    assert second == [STOPPED]


def test_who_left_earlier_is_told_nothing() -> None:
    async def acts(stage: Stage) -> None:
        stage.publication.detach(second)
        stage.publication.detach(stage.publication._tell)  # type: ignore[arg-type]

    def second(_why: str) -> None:
        raise AssertionError

    assert on(acts).told == []


def test_a_socket_that_is_gone_is_told_nothing() -> None:
    class Socket:
        def tell(self, why: str) -> None:
            raise AssertionError(why)

    async def acts(stage: Stage) -> None:
        socket = Socket()
        stage.publication.attach(socket.tell)
        stage.publication.detach(socket.tell)

    on(acts)


def test_ffmpegs_end_is_told(hasty: None) -> None:
    async def acts(stage: Stage) -> None:
        assert stage.packed.over is not None
        stage.packed.over.set_result(None)
        await over(stage)

    assert on(acts).told == [BROKEN]


def test_a_stage_that_is_another_s_ends_it(hasty: None) -> None:
    async def acts(stage: Stage) -> None:
        stage.mine = False
        await over(stage)

    assert on(acts).told == [REPLACED]


def test_who_does_not_come_back_is_not_waited_for(hasty: None) -> None:
    async def acts(stage: Stage) -> None:
        stage.publication.attach(stage.told.append)
        tell = stage.publication._tell
        assert tell is not None
        stage.publication.detach(tell)
        await over(stage)

    assert on(acts).publication.over == LEFT


def going(acts: Callable[[Publications, Stage], Awaitable[object]]) -> Stage:
    async def run() -> Stage:
        publications, stage = Publications(), Stage()
        await publications.begin(stage.publication)
        await acts(publications, stage)
        await publications.stop()
        return stage

    return asyncio.run(run())


def test_a_recorder_goes_on_with_its_own() -> None:
    async def acts(publications: Publications, stage: Stage) -> None:
        assert publications.of(LECTURE, USER, RECORDER) is stage.publication

    assert going(acts).publication.over == LEFT


@pytest.mark.parametrize(
    "asked", [(UUID(int=9), USER, RECORDER), (LECTURE, UUID(int=9), RECORDER), (LECTURE, USER, USER)]
)
def test_nobody_goes_on_with_another_s(asked: tuple[UUID, UUID, UUID]) -> None:
    async def acts(publications: Publications, stage: Stage) -> None:
        assert publications.of(*asked) is None

    going(acts)


def test_what_has_ended_is_not_gone_on_with() -> None:
    async def acts(publications: Publications, stage: Stage) -> None:
        await stage.publication.end(BROKEN)
        assert publications.of(LECTURE, USER, RECORDER) is None

    going(acts)


def test_who_cannot_give_it_back_is_told_all_the_same() -> None:
    async def run() -> Stage:
        stage = Stage()
        await stage.publication.start()
        stage.publication.attach(stage.told.append)

        async def gone() -> None:
            raise OSError

        stage.publication.gone = gone
        with pytest.raises(OSError):
            await stage.publication.end(STOPPED)
        return stage

    assert asyncio.run(run()).told == [STOPPED]


def test_what_did_not_start_is_not_going() -> None:
    async def acts(publications: Publications, stage: Stage) -> None:
        failing = Stage(UUID(int=4))

        async def start() -> None:
            raise OSError

        failing.packed.start = start  # type: ignore[method-assign]
        with pytest.raises(OSError):
            await publications.begin(failing.publication)
        assert publications.of(LECTURE, USER, UUID(int=4)) is None

    assert going(acts).publication.over == REPLACED


def test_a_new_start_ends_the_one_before() -> None:
    async def acts(publications: Publications, stage: Stage) -> None:
        await publications.begin(Stage(UUID(int=4)).publication)

    assert going(acts).publication.over == REPLACED
