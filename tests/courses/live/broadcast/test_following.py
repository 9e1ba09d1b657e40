"""Broadcasts read along while they are written, and what one viewer is sent of them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import UUID

from courses.live.broadcast.boxes import Fragment, Head
from courses.live.broadcast.following import Feed, Feeds, folder_of
from courses.live.broadcast.keeping import ENDED, RUNGS, VIDEO, Writer
from courses.live.broadcast.seat import ANEW, HEAD, NEXT, Seat
from tests.courses.live.broadcast.streams import BEGAN, kept

LECTURE = UUID("0193a000-0000-7000-8000-000000000001")


def looked(folder: Path) -> Feed:
    feed = Feed(folder)
    feed.look()
    return feed


def test_what_is_there_is_shown(tmp_path: Path) -> None:
    kept(tmp_path)
    assert [run.number for run in looked(tmp_path).shown] == [1]


def test_a_run_that_has_begun_without_a_part_is_not_shown(tmp_path: Path) -> None:
    for rung in RUNGS:
        Writer(tmp_path / "1", rung, BEGAN).close()
    assert looked(tmp_path).shown == []


def test_nothing_new_changes_nothing(tmp_path: Path) -> None:
    kept(tmp_path)
    feed = looked(tmp_path)
    feed.look()
    assert feed.changes == 1


def test_the_next_run_is_found(tmp_path: Path) -> None:
    kept(tmp_path)
    feed = looked(tmp_path)
    kept(tmp_path, 2)
    feed.look()
    assert [run.number for run in feed.shown] == [1, 2]


def test_the_last_parts_of_the_run_before_are_found_too(tmp_path: Path) -> None:
    writer, feed = Writer(tmp_path / "1", VIDEO, BEGAN), Feed(tmp_path)
    feed.look()
    kept(tmp_path, 2)
    feed.look()
    writer.add(Head(b"head"))
    writer.add(Fragment(0, 1, True, b"last"))
    writer.close()
    feed.look()
    assert len(feed.runs[0].rungs[VIDEO].parts) == 1


def test_its_end_is_a_change(tmp_path: Path) -> None:
    kept(tmp_path)
    feed = looked(tmp_path)
    (tmp_path / ENDED).touch()
    feed.look()
    assert (feed.ended, feed.changes) == (True, 2)


def test_who_waits_hears_of_what_another_process_wrote(tmp_path: Path) -> None:
    async def wait() -> bool:
        feed = Feed(tmp_path)
        waiting = asyncio.create_task(feed.beyond(0, 20))
        await asyncio.sleep(0)
        kept(tmp_path)
        return await waiting

    assert asyncio.run(wait())


def test_who_waits_for_nothing_is_let_go(tmp_path: Path) -> None:
    assert asyncio.run(Feed(tmp_path).beyond(0, 0.01)) is False


def test_what_is_waited_for_may_be_there_already(tmp_path: Path) -> None:
    assert asyncio.run(Feed(tmp_path).until(lambda: True, 0)) is True


def test_what_never_comes_is_not_waited_for(tmp_path: Path) -> None:
    assert asyncio.run(Feed(tmp_path).until(lambda: False, 0.01)) is False


def test_a_broadcast_is_read_once_for_all(tmp_path: Path) -> None:
    feeds = Feeds(lambda: tmp_path)
    assert feeds.of(LECTURE) is feeds.of(LECTURE)


def test_who_wrote_tells_its_own_readers(tmp_path: Path) -> None:
    feeds = Feeds(lambda: tmp_path)
    feed = feeds.of(LECTURE)
    kept(folder_of(tmp_path, LECTURE))
    feeds.told(LECTURE)
    assert feed.changes == 1


def test_nobody_to_tell(tmp_path: Path) -> None:
    Feeds(lambda: tmp_path).told(LECTURE)


def test_those_asked_for_long_ago_are_forgotten(tmp_path: Path) -> None:
    feeds = Feeds(lambda: tmp_path)
    first = feeds.of(LECTURE)
    for number in range(64):
        feeds.of(UUID(int=number))
    assert feeds.of(LECTURE) is not first


# -- a seat -----------------------------------------------------------------------------------------------------------


def sent(seat: Seat, folder: Path) -> list[tuple[int, int, int, bytes]]:
    """(rung, kind, run, the first word of its bytes)"""
    frames = [bytes(each) for each in seat.frames(looked(folder).shown)]
    return [(each[0], each[1], int.from_bytes(each[2:4], "big"), each[4:].split()[0]) for each in frames]


def test_a_seat_begins_with_the_heads(tmp_path: Path) -> None:
    kept(tmp_path)
    assert sent(Seat(), tmp_path)[:2] == [(0, HEAD, 1, b"video"), (1, HEAD, 1, b"sound")]


def test_it_begins_at_the_newest_keyframe_with_its_sound(tmp_path: Path) -> None:
    kept(tmp_path, parts=7)
    found = sent(Seat(), tmp_path)[2:]
    assert found[0] == (0, ANEW, 1, b"video1.4")
    assert (0, NEXT, 1, b"video1.5") in found
    assert (1, ANEW, 1, b"sound1.4") in found
    assert len(found) == 6


def test_then_it_is_sent_what_is_new(tmp_path: Path) -> None:
    kept(tmp_path)
    seat = Seat()
    sent(seat, tmp_path)
    assert sent(seat, tmp_path) == []


def test_another_run_brings_its_heads(tmp_path: Path) -> None:
    kept(tmp_path)
    seat = Seat()
    sent(seat, tmp_path)
    kept(tmp_path, 2, parts=1)
    assert [each[1:3] for each in sent(seat, tmp_path)] == [(HEAD, 2), (HEAD, 2), (ANEW, 2), (ANEW, 2)]


def test_who_falls_far_behind_goes_on_with_the_newest_keyframe(tmp_path: Path) -> None:
    run = kept(tmp_path, parts=40)
    seat, whole = Seat(), {name: list(rung.parts) for name, rung in run.rungs.items()}
    for name, rung in run.rungs.items():
        rung.parts[:] = whole[name][:4]
    list(seat.frames([run]))
    for name, rung in run.rungs.items():
        rung.parts[:] = whole[name]
    assert next(iter(seat.frames([run])))[4:].split() == [b"video1.36"]
    assert seat.skipped == 1


def test_for_the_weakest_line_there_is_the_sound_alone(tmp_path: Path) -> None:
    kept(tmp_path)
    assert {each[0] for each in sent(Seat(sound_only=True), tmp_path)} == {1}


def test_before_anything_is_there_nothing_is_sent(tmp_path: Path) -> None:
    assert sent(Seat(), tmp_path) == []
