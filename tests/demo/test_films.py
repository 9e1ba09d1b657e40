"""The demonstration's short films: the manual's own words, sent as a trainer sends them, shown in a course."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from PIL import ImageFont

from consortium.demo.operations import film_all, filming, show_films
from consortium.demo.operations.filming import MOST_SLIDES, SLIDE, packed, slides_of
from consortium.demo.operations.settling import World
from consortium.demo.pictures.slides import SIZE, Slide, drawn, wrapped
from consortium.demo.story.courses import FILMS
from consortium.people.models import Institution
from consortium.people.states import Role
from courses.library.ladder.probing import probe
from courses.library.models import Caption, Course, Film, Lesson, Video
from courses.library.states import FilmStep
from tests.courses.library.films import playing
from tests.factories.people import make_staff


@pytest.fixture
def world(hospital: Institution) -> World:
    """A trainer, and nobody else."""
    return World(people={"trainer": make_staff("trainer", hospital, Role.TRAINING_ADMIN)})


@pytest.fixture
def sent(world: World, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The films' ids; their pictures are spared."""
    monkeypatch.setattr(filming, "packed", lambda pages: b"film")
    return film_all(world)


def test_slides_say_the_manual_s_words_in_both_languages() -> None:
    for told in FILMS:
        pages = slides_of(told)
        assert pages[0].slide[1:3] == (told.zh, told.en)
        assert 2 < len(pages) <= MOST_SLIDES + 1
        assert all(page.en and page.zh and page.en != page.zh for page in pages)


def test_a_grave_branch_is_coloured_as_in_the_manual() -> None:
    (edge,) = {drawn(Slide("pink", "重", "Grave")).getpixel((5, 5))}

    assert edge != drawn(Slide("", "轻", "Mild")).getpixel((5, 5))


def test_what_finds_no_room_on_a_slide_is_left_out() -> None:
    full = drawn(Slide("", "长", "Long", ["很长的一行" * 30] * 9, ["many words " * 30] * 9))

    assert full.size == SIZE
    assert full.crop((60, 445, *SIZE)).getcolors() == [((SIZE[0] - 60) * (SIZE[1] - 445), (250, 250, 247))]


def test_lines_are_cut_between_words_and_anywhere_in_chinese() -> None:
    font = ImageFont.truetype(str(settings.PAPER_FONTS / "NotoSansHans-Regular.otf"), 20)

    assert wrapped("two words", font, font.getlength("words")) == ["two", "words"]
    assert wrapped("中文字", font, font.getlength("中文") + 1) == ["中文", "字"]
    assert wrapped("", font, 10) == []


def test_the_film_is_one_that_a_trainer_could_send(tmp_path: Any) -> None:
    path = tmp_path / "film"
    path.write_bytes(packed(slides_of(FILMS[0])[:2]))
    found = probe(path)

    assert (found.width, found.height, found.has_sound, found.codec) == (*SIZE, True, "h264")
    assert found.seconds == pytest.approx(2 * SLIDE, abs=0.3)


def test_the_films_come_whole_with_captions_and_chapters(sent: list[Any]) -> None:
    assert set(Film.unscoped.values_list("step", flat=True)) == {FilmStep.UPLOADED}
    for pk, told in zip(sent, FILMS, strict=True):
        video = Video.unscoped.get(pk=pk)
        assert (video.title_en, video.title_zh) == (told.en, told.zh)
        assert len(video.chapters) == len(slides_of(told))
        assert set(Caption.unscoped.filter(video=video).values_list("language", flat=True)) == {"en", "zh"}


def test_sending_them_again_sends_nothing(sent: list[Any], world: World) -> None:
    assert film_all(world) == sent
    assert Film.unscoped.count() == len(FILMS)


def test_a_film_that_does_not_come_whole_leaves_no_video(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filming, "packed", lambda pages: b"film")
    monkeypatch.setattr(filming, "set_chapters", lambda **given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        film_all(world)

    assert not Video.unscoped.exists()


def test_their_course_waits_until_all_can_be_watched(sent: list[Any], world: World) -> None:
    assert show_films(world, sent) is False
    assert not Course.unscoped.exists()


def test_then_it_is_published_once(world: World) -> None:
    trainer = world.people["trainer"]
    ids = [playing(trainer).video_id for _film in FILMS]

    assert [show_films(world, ids) for _time in range(2)] == [True, True]
    course = Course.unscoped.get()
    shown = Lesson.unscoped.filter(version_id=course.current_id).order_by("position")
    assert list(shown.values_list("video_id", flat=True)) == ids
