"""How a run lies on disk, and how it is read along."""

from __future__ import annotations

from pathlib import Path

import pytest

from courses.live.broadcast.boxes import Fragment, Head
from courses.live.broadcast.keeping import SOUND, VIDEO, Part, Run, Rung, Writer, listed, run_folders
from tests.courses.live.broadcast.streams import BEGAN, kept


def test_what_was_written_is_read(tmp_path: Path) -> None:
    rung = kept(tmp_path, parts=2).rungs[SOUND]
    assert rung.parts == [Part(13, 9, 0, 250_000, True), Part(22, 9, 250_000, 250_000, True)]


def test_the_head_is_what_lies_before_the_first_part(tmp_path: Path) -> None:
    rung = kept(tmp_path).rungs[SOUND]
    assert rung.bytes_of(0, rung.head_length) == b"sound head 1 "


def test_a_part_is_its_span_of_the_file(tmp_path: Path) -> None:
    rung = kept(tmp_path).rungs[VIDEO]
    assert rung.bytes_of(rung.parts[3].offset, rung.parts[3].length) == b"video1.3 "


def test_when_it_began_is_known(tmp_path: Path) -> None:
    assert kept(tmp_path).rungs[VIDEO].began == BEGAN


def test_its_length_is_where_the_last_part_ends(tmp_path: Path) -> None:
    assert kept(tmp_path, parts=8).rungs[VIDEO].length == 2_000_000


def test_before_anything_is_written_there_is_nothing(tmp_path: Path) -> None:
    rung = Rung(tmp_path, VIDEO)
    assert (rung.more(), rung.head_length, rung.length) == (False, 0, 0)


def test_only_what_is_new_is_read_on(tmp_path: Path) -> None:
    writer, rung = Writer(tmp_path, VIDEO, BEGAN), Rung(tmp_path, VIDEO)
    writer.add(Head(b"head"))
    assert rung.more()
    assert not rung.more()
    writer.add(Fragment(0, 5, True, b"one"))
    writer.close()
    assert rung.more()
    assert [each.length for each in rung.parts] == [3]


def test_half_a_line_waits_for_its_end(tmp_path: Path) -> None:
    rung = Rung(tmp_path, VIDEO)
    listed(tmp_path, VIDEO).write_bytes(b"7\n4 3 0 25")
    rung.more()
    assert rung.parts == []
    listed(tmp_path, VIDEO).write_bytes(b"7\n4 3 0 250 1\n")
    rung.more()
    assert rung.parts == [Part(4, 3, 0, 250, True)]


def test_a_run_is_never_written_twice(tmp_path: Path) -> None:
    kept(tmp_path)
    with pytest.raises(FileExistsError):
        Writer(tmp_path / "1", VIDEO, BEGAN)


def test_a_run_is_whole_with_pictures_and_sound(tmp_path: Path) -> None:
    assert kept(tmp_path).whole


def test_without_sound_it_is_not_whole_yet(tmp_path: Path) -> None:
    kept(tmp_path)
    listed(tmp_path / "1", SOUND).write_bytes(b"7\n")
    run = Run.at(tmp_path / "1")
    assert run.more()
    assert not run.whole


def test_runs_follow_by_number(tmp_path: Path) -> None:
    for number in (10, 9):
        kept(tmp_path, number, parts=1)
    (tmp_path / "ended").touch()
    assert [each.name for each in run_folders(tmp_path)] == ["9", "10"]


def test_of_nothing_there_are_no_runs(tmp_path: Path) -> None:
    assert run_folders(tmp_path / "none") == []
