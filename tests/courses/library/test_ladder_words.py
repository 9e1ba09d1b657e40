"""Captions, playlists and signed addresses: text in, text out."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.library.ladder import captions, playlists, signing
from courses.library.ladder.captions import Cue, CueFault
from courses.library.ladder.fragments import Segment

KEY = b"k" * 32
SEGMENTS = [Segment(0, 4000, 100_000), Segment(4000, 6000, 25_000)]

# -- captions ---------------------------------------------------------------------------------------------------------

VTT = (
    b"WEBVTT\n\nNOTE by hand\n\n1\n00:00:01.000 --> 00:00:02.500 line:0\n<b>Look</b> &amp; listen\n\n"
    b"00:03.000 --> 00:04.000\nTwo\nlines\n"
)


def test_a_file_of_captions_is_read() -> None:
    assert captions.read(VTT) == [Cue(1.0, 2.5, "Look & listen"), Cue(3.0, 4.0, "Two\nlines")]


def test_so_is_srt() -> None:
    assert captions.read(b"1\r\n00:00:01,000 --> 00:00:02,000\r\nHello\r\n") == [Cue(1.0, 2.0, "Hello")]


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"\xff\xfe\x00", b"WEBVTT\n\nno time\nwords\n", b"\x00\x00\x00\x18ftypmp42"]
)
def test_what_is_no_captions_is_told_apart(data: bytes) -> None:
    with pytest.raises(CueFault) as told:
        captions.read(data)

    assert told.value.code in ("not-captions", "none")


def test_a_file_may_not_be_huge() -> None:
    with pytest.raises(CueFault, match="too-large"):
        captions.read(b" " * (captions.MOST_BYTES + 1))


@pytest.mark.parametrize(
    ("cue", "code"),
    [
        (Cue(0, 1, "  "), "empty"), (Cue(0, 1, "x" * 501), "too-wordy"), (Cue(2, 1, "x"), "backwards"),
        (Cue(1, 1, "x"), "backwards"), (Cue(10, 11, "x"), "outside"),
    ],
)  # fmt: skip
def test_a_bad_line_is_named(cue: Cue, code: str) -> None:
    with pytest.raises(CueFault) as told:
        captions.judged([Cue(0, 1, "fine"), cue], length=10)

    assert (told.value.code, told.value.number) == (code, 2)


def test_there_is_a_limit_of_lines() -> None:
    with pytest.raises(CueFault, match="too-many"):
        captions.judged([Cue(0, 1, "x")] * (captions.MOST_CUES + 1))


def test_lines_are_put_in_order() -> None:
    assert captions.judged([Cue(5, 6, "b"), Cue(0, 1, "a")])[0].text == "a"


@pytest.mark.parametrize(("text", "seconds"), [("1:02.5", 62.5), ("01:00:00.000", 3600), ("00:01,250", 1.25)])
def test_times_are_read(text: str, seconds: float) -> None:
    assert captions.seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "62", "1:70:00.0", "-1:00.0", "one"])
def test_other_times_are_not(text: str) -> None:
    with pytest.raises(CueFault, match="time"):
        captions.seconds_of(text)


_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=30)


@given(st.lists(st.tuples(st.integers(0, 9_000_000), st.integers(1, 60_000), _WORDS), min_size=1, max_size=8))
def test_what_is_written_is_read_again(rows: list[tuple[int, int, str]]) -> None:
    cues = captions.judged([Cue(at / 1000, (at + length) / 1000, text) for at, length, text in rows])

    again = captions.read(captions.written(cues).encode())

    assert [each.text for each in again] == [each.text for each in cues]
    assert [(round(each.begin * 1000), round(each.end * 1000)) for each in again] == [
        (round(each.begin * 1000), round(each.end * 1000)) for each in cues
    ]


def test_words_cannot_end_their_line() -> None:
    text = captions.written([Cue(0, 1, "a\n\n00:00:05.000 --> 00:00:06.000\nb")])

    assert "-->" not in text.partition("\n\n")[2].partition("\n")[2]


# -- playlists --------------------------------------------------------------------------------------------------------


def test_a_rung_tells_its_heaviest_segment() -> None:
    rung = playlists.rung_of("240", "avc1.4d400c", (128, 72), SEGMENTS)

    assert (rung.peak, rung.average) == (200_000, 166_667)


def test_the_master_names_every_rung_the_sound_alone_and_the_captions() -> None:
    sound = playlists.rung_of("sound", "mp4a.40.2", (0, 0), SEGMENTS)
    rungs = [
        playlists.rung_of(name, "avc1.4d401f", (w, h), SEGMENTS)
        for name, w, h in (("480", 854, 480), ("240", 426, 240))
    ]

    text = playlists.master(rungs, sound, [playlists.Words("en", "English", "/en.m3u8")], lambda name: f"/{name}.m3u8")

    assert text.count("#EXT-X-STREAM-INF") == 3
    assert 'CODECS="avc1.4d401f,mp4a.40.2",RESOLUTION=854x480,AUDIO="sound",SUBTITLES="words"\n/480.m3u8' in text
    assert 'CODECS="mp4a.40.2",AUDIO="sound",SUBTITLES="words"\n/sound.m3u8' in text
    assert 'TYPE=SUBTITLES,GROUP-ID="words",NAME="English",LANGUAGE="en"' in text


def test_a_silent_film_has_no_group_of_sound() -> None:
    text = playlists.master([playlists.rung_of("240", "avc1.4d400c", (128, 72), SEGMENTS)], None, [], str)

    assert "AUDIO" not in text


def test_a_rung_s_playlist_goes_through_its_pieces() -> None:
    text = playlists.media([("/a/", SEGMENTS[:1]), ("/b/", SEGMENTS[1:])])

    assert "#EXT-X-TARGETDURATION:4\n" in text
    assert '#EXT-X-MAP:URI="/a/init.mp4"\n#EXTINF:4.000,\n/a/0-4000.m4s' in text
    assert '#EXT-X-MAP:URI="/b/init.mp4"\n#EXTINF:2.000,\n/b/4000-6000.m4s\n#EXT-X-ENDLIST\n' in text


def test_captions_come_in_one_piece() -> None:
    assert "#EXTINF:6.000,\n/en.vtt\n#EXT-X-ENDLIST" in playlists.words("/en.vtt", 6)


def test_a_storyboard_shows_every_second_once() -> None:
    text = playlists.storyboard(55, lambda number: f"/board-{number:03}.jpg")

    assert text.count("-->") == 28
    assert "00:00:00.000 --> 00:00:02.000\n/board-001.jpg#xywh=0,0,160,90" in text
    assert "00:00:54.000 --> 00:00:55.000\n/board-002.jpg#xywh=320,0,160,90" in text


@pytest.mark.parametrize(("seconds", "sheets"), [(1, 1), (50, 1), (51, 2), (3600, 8)])
def test_a_storyboard_has_so_many_sheets(seconds: float, sheets: int) -> None:
    assert playlists.sheets_of(seconds) == sheets


# -- signed addresses -------------------------------------------------------------------------------------------------


def _grant(until: int = 1000) -> signing.Grant:
    return signing.Grant(uuid4(), uuid4(), until)


def test_an_address_is_good_in_its_session() -> None:
    grant = _grant()
    text = signing.token(KEY, grant, "session")

    assert signing.granted(KEY, text, film=grant.film, session="session", now=999) == grant


def test_it_is_worth_nothing_in_another_session() -> None:
    grant = _grant()

    assert signing.granted(KEY, signing.token(KEY, grant, "a"), film=grant.film, session="b", now=1) is None


def test_nor_without_any() -> None:
    grant = _grant()

    assert signing.granted(KEY, signing.token(KEY, grant, ""), film=grant.film, session="", now=1) is None


def test_nor_for_another_film() -> None:
    grant = _grant()

    assert signing.granted(KEY, signing.token(KEY, grant, "a"), film=uuid4(), session="a", now=1) is None


def test_nor_later() -> None:
    grant = _grant(1000)

    assert signing.granted(KEY, signing.token(KEY, grant, "a"), film=grant.film, session="a", now=1000) is None


def test_its_end_cannot_be_moved() -> None:
    grant = _grant(1000)
    _until, rest = signing.token(KEY, grant, "a").split(".", 1)

    assert signing.granted(KEY, f"ffffff.{rest}", film=grant.film, session="a", now=1) is None


@pytest.mark.parametrize("text", ["", "a", "a.b", "x.y.z", "1.2.3.4", "zz.{film}.mark", "1f.{film}.ü"])
def test_anything_else_grants_nothing(text: str) -> None:
    film = uuid4()

    assert signing.granted(KEY, text.format(film=film.hex), film=film, session="a", now=1) is None


def test_the_record_does_not_name_the_session() -> None:
    assert "secret-key" not in signing.binding("secret-key")
    assert signing.binding("a") != signing.binding("b")
