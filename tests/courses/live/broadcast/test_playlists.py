"""Playlists while a lecture runs and afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from courses.live.broadcast import playlists
from courses.live.broadcast.keeping import SOUND, VIDEO, Run
from courses.live.broadcast.playlists import PART_TARGET, WINDOW, Segment, segments, stands
from tests.courses.live.broadcast.streams import kept


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Five seconds with a keyframe each second."""
    return kept(tmp_path, parts=20)


def video(*runs: Run, ended: bool = False) -> list[Segment]:
    return segments(runs, VIDEO, ended=ended)


def test_a_segment_ends_with_the_first_keyframe_after_two_seconds(run: Run) -> None:
    assert [len(each.parts) for each in video(run)] == [8, 8, 4]


def test_all_but_the_last_are_done(run: Run) -> None:
    assert [each.done for each in video(run)] == [True, True, False]


def test_when_it_has_ended_all_are_done(run: Run) -> None:
    assert all(each.done for each in video(run, ended=True))


def test_a_run_that_another_follows_is_done(run: Run, tmp_path: Path) -> None:
    again = kept(tmp_path, 2, parts=2)
    assert [each.done for each in video(run, again)] == [True, True, True, False]


def test_a_keyframe_that_comes_late_makes_a_long_segment(tmp_path: Path) -> None:
    assert [len(each.parts) for each in video(kept(tmp_path, parts=20, keys=16))] == [16, 4]


def test_the_target_is_never_shorter_than_a_segment(tmp_path: Path) -> None:
    every = video(kept(tmp_path, parts=20, keys=16))
    assert "#EXT-X-TARGETDURATION:4" in playlists.live(every, ended=False)


def test_sound_is_cut_as_pictures_are(run: Run) -> None:
    assert [len(each.parts) for each in segments([run], SOUND, ended=False)] == [8, 8, 4]


def test_a_live_list_shows_its_end_in_parts(run: Run) -> None:
    text = playlists.live(video(run), ended=False)
    assert text.count("#EXT-X-PART:") == 20
    assert text.count("#EXTINF:2.00000,") == 2
    assert text.count("INDEPENDENT=YES") == 5
    assert "#EXT-X-ENDLIST" not in text


def test_no_part_is_longer_than_what_a_player_is_told(run: Run) -> None:
    assert max(part.duration for each in video(run) for part in each.parts) <= PART_TARGET * 1e6


def test_a_live_list_goes_back_half_a_minute(tmp_path: Path) -> None:
    every = video(kept(tmp_path, parts=160))
    text = playlists.live(every, ended=False)
    assert f"#EXT-X-MEDIA-SEQUENCE:{20 - WINDOW}\n" in text
    assert text.count("#EXTINF") == WINDOW - 1


def test_its_first_segment_has_its_head_and_its_time(tmp_path: Path) -> None:
    text = playlists.live(video(kept(tmp_path, parts=160)), ended=False)
    assert text.count("#EXT-X-MAP") == 1
    assert "#EXT-X-PROGRAM-DATE-TIME:2026-05-28T20:26:56.000Z" in text


def test_another_run_is_a_break_with_a_head_of_its_own(run: Run, tmp_path: Path) -> None:
    text = playlists.live(video(run, kept(tmp_path, 2, parts=4)), ended=False)
    assert text.count("#EXT-X-DISCONTINUITY\n") == 1
    assert text.count("#EXT-X-MAP") == 2
    assert "2/video/0-" in text


def test_breaks_that_are_out_of_the_window_are_counted(tmp_path: Path) -> None:
    runs = [kept(tmp_path, 1, parts=8), kept(tmp_path, 2, parts=8 * (WINDOW + 2))]
    text = playlists.live(video(*runs), ended=False)
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:1\n" in text
    assert "#EXT-X-DISCONTINUITY\n" not in text


def test_a_break_at_the_edge_of_the_window_is_counted(tmp_path: Path) -> None:
    runs = [kept(tmp_path, 1, parts=8), kept(tmp_path, 2, parts=8 * WINDOW)]
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:1\n" in playlists.live(video(*runs), ended=False)


def test_an_ended_list_says_so(run: Run) -> None:
    assert playlists.live(video(run, ended=True), ended=True).endswith("#EXT-X-ENDLIST\n")


def test_the_whole_lecture_from_its_beginning(tmp_path: Path) -> None:
    text = playlists.whole(video(kept(tmp_path, parts=160)), ended=False)
    assert "#EXT-X-PLAYLIST-TYPE:EVENT" in text
    assert text.count("#EXTINF") == 19
    assert "#EXT-X-PART:" not in text


def test_afterwards_it_is_a_film(run: Run) -> None:
    text = playlists.whole(video(run, ended=True), ended=True)
    assert "#EXT-X-PLAYLIST-TYPE:VOD" in text
    assert text.endswith("#EXT-X-ENDLIST\n")
    assert text.count("#EXTINF") == 3


def test_the_master_offers_pictures_and_the_sound_alone(run: Run) -> None:
    text = playlists.master(run, form="live")
    assert 'CODECS="avc1.42c01e,mp4a.40.2",RESOLUTION=640x360' in text
    assert text.splitlines()[-1] == "live-sound.m3u8"


def test_an_address_is_a_span_of_the_file(run: Run) -> None:
    first = video(run)[0]
    begin, _, length = first.address.removeprefix("1/video/").removesuffix(".mp4").partition("-")
    assert run.rungs[VIDEO].bytes_of(int(begin), int(length)).startswith(b"video1.0 video1.1 ")


@pytest.mark.parametrize(
    ("msn", "part", "there"),
    [(0, None, True), (2, None, False), (2, 3, True), (2, 4, False), (3, 0, False), (3, None, False)],
)
def test_what_a_player_waits_for(run: Run, msn: int, part: int | None, there: bool) -> None:
    assert stands(video(run), msn, part) is there
