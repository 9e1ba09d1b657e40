"""Trainers' pages of videos, captions and chapters; the same over the API."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import InvalidInput, StaleVersion
from consortium.kernel.topics import split
from consortium.people.models import User
from courses.library.ladder.captions import Cue
from courses.library.models import Caption, Film, FilmPiece, Video
from courses.library.operations.video_changing import change_video, remove_captions, set_captions, set_chapters
from courses.library.queries.videos import standing_of
from courses.library.states import FilmStep
from courses.library.templatetags.video import minutes
from tests.cast import actor_for, client_for
from tests.courses.library.films import as_, fresh, new_video, playing, sent

VTT = "WEBVTT\n\n00:01.000 --> 00:02.000\nLook\n"


@pytest.fixture
def browser(trainer: User) -> Client:
    return client_for(trainer)


@pytest.fixture
def film(trainer: User) -> Film:
    return playing(trainer)


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(f"/courses/videos/{path}")
    assert answer.status_code == status
    return answer.content.decode()


# -- pages ------------------------------------------------------------------------------------------------------------


def test_a_video_begins_with_its_title(browser: Client, trainer: User) -> None:
    form = {"title_en": "Fever", "request_key": "8e3f7a52-3b0e-4d3e-9a55-0d9f1c2b3a4d"}

    answer = browser.post("/courses/videos/new/", form)

    assert answer["Location"] == f"/courses/videos/{Video.unscoped.get().pk}/"
    assert "data-uploads" in page(browser, f"{Video.unscoped.get().pk}/")


def test_without_a_title_it_does_not(browser: Client, trainer: User) -> None:
    assert browser.post("/courses/videos/new/", {"title_en": " "}).status_code == 422


def test_the_list_shows_how_far_each_is(browser: Client, film: Film) -> None:
    assert str(FilmStep.PLAYABLE.label) in page(browser, "")


def test_the_list_takes_the_same_queries_for_one_and_three(browser: Client, trainer: User, film: Film) -> None:
    from django.db import connection

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            page(browser, "")
        return len(found)

    one = queries()
    for _each in range(2):
        new_video(trainer)
    assert queries() == one


def test_an_empty_list_says_what_to_do(browser: Client) -> None:
    assert "/courses/videos/new/" in page(browser, "")


@pytest.mark.parametrize("fault", ["not-video", "false-length"])
def test_a_bad_film_says_why_and_what_to_do(browser: Client, trainer: User, fault: str) -> None:
    from courses.library.states import VIDEO_REASONS

    film = sent(trainer, new_video(trainer), b"none")
    Film.unscoped.filter(pk=film.pk).update(step=FilmStep.FAILED, fault=fault)

    assert str(VIDEO_REASONS[fault]) in page(browser, f"{film.video_id}/")


def test_the_part_that_moves_is_fetched_alone(browser: Client, film: Film) -> None:
    assert "<html" not in page(browser, f"{film.video_id}/state/")


def test_a_disk_without_room_is_told(browser: Client, film: Film) -> None:
    Film.unscoped.filter(pk=film.pk).update(waits_for_room=True)

    assert "no room" in page(browser, f"{film.video_id}/state/")


def test_cancel_by_a_button(browser: Client, trainer: User) -> None:
    film = sent(trainer, new_video(trainer), b"film")

    browser.post(f"/courses/videos/films/{film.pk}/cancel/")

    assert fresh(film).step == FilmStep.CANCELLED


def test_there_is_no_other_button(browser: Client, film: Film) -> None:
    assert browser.post(f"/courses/videos/films/{film.pk}/probe/").status_code == 404


def test_titles_are_changed_and_a_stale_page_is_refused(browser: Client, film: Film) -> None:
    form = {"title_en": "Fever again", "title_zh": "", "version": film.video.version, "shows_patient": "on"}

    assert browser.post(f"/courses/videos/{film.video_id}/edit/", form).status_code == 302
    assert browser.post(f"/courses/videos/{film.video_id}/edit/", form).status_code == 409
    assert Video.unscoped.get().shows_patient


def test_the_form_shows_what_stands(browser: Client, film: Film) -> None:
    assert "Fever" in page(browser, f"{film.video_id}/edit/")


# -- captions ---------------------------------------------------------------------------------------------------------


def test_captions_are_written_and_kept(browser: Client, film: Film) -> None:
    address = f"/courses/videos/{film.video_id}/words/en/"

    assert "WEBVTT" in page(browser, f"{film.video_id}/words/en/")
    assert browser.post(address, {"text": VTT}).status_code == 302
    assert "Look" in page(browser, f"{film.video_id}/words/en/")


def test_a_bad_line_is_told_in_the_form(browser: Client, film: Film) -> None:
    bad = VTT.replace("00:02.000", "00:00.500")

    answer = browser.post(f"/courses/videos/{film.video_id}/words/en/", {"text": bad})

    assert (answer.status_code, Caption.unscoped.count()) == (422, 0)


@pytest.mark.parametrize(("data", "kept"), [(VTT.encode(), 1), (b"none", 0)])
def test_a_file_replaces_all_lines(browser: Client, film: Film, data: bytes, kept: int) -> None:
    browser.post(f"/courses/videos/{film.video_id}/words/zh/file/", {"captions": SimpleUploadedFile("a.vtt", data)})

    assert Caption.unscoped.filter(language="zh").count() == kept


def test_a_file_has_to_be_chosen(browser: Client, film: Film) -> None:
    assert browser.post(f"/courses/videos/{film.video_id}/words/zh/file/", {}).status_code == 302


def test_captions_are_taken_away(browser: Client, trainer: User, film: Film) -> None:
    as_(trainer, set_captions, video_id=film.video_id, language="en", cues=[Cue(0, 1, "Look")])

    browser.post(f"/courses/videos/{film.video_id}/words/en/remove/")
    as_(trainer, remove_captions, video_id=film.video_id, language="en")

    assert Caption.unscoped.count() == 0


def test_there_are_two_languages(browser: Client, film: Film, trainer: User) -> None:
    page(browser, f"{film.video_id}/words/fr/", 404)
    with pytest.raises(InvalidInput):
        as_(trainer, set_captions, video_id=film.video_id, language="fr", cues=[Cue(0, 1, "Look")])


def test_two_who_write_captions_do_not_overwrite_each_other(trainer: User, film: Film) -> None:
    write = {"video_id": film.video_id, "language": "en", "cues": [Cue(0, 1, "Look")]}
    as_(trainer, set_captions, **write)
    as_(trainer, set_captions, **write, version=1)

    with pytest.raises(StaleVersion):
        as_(trainer, set_captions, **write, version=1)


def test_a_line_after_the_end_is_refused(trainer: User, film: Film) -> None:
    with pytest.raises(InvalidInput, match="after the video"):
        as_(trainer, set_captions, video_id=film.video_id, language="en", cues=[Cue(7, 8, "Late")])


# -- chapters ---------------------------------------------------------------------------------------------------------


def test_chapters_are_written_a_line_each(browser: Client, film: Film) -> None:
    form = {"chapters": "0:03 Signs | 危险征象\n0:00 Begin\n", "version": film.video.version}

    assert browser.post(f"/courses/videos/{film.video_id}/chapters/", form).status_code == 302
    assert Video.unscoped.get().chapters == [
        {"at": 0.0, "en": "Begin", "zh": ""}, {"at": 3.0, "en": "Signs", "zh": "危险征象"},
    ]  # fmt: skip
    assert "00:03 Signs | 危险征象" in page(browser, f"{film.video_id}/chapters/")


def test_a_line_that_cannot_be_read_is_named(browser: Client, film: Film) -> None:
    answer = browser.post(f"/courses/videos/{film.video_id}/chapters/", {"chapters": "soon Signs"})

    assert (answer.status_code, "soon Signs" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    "rows",
    [
        [{"at": 0, "en": "a"}] * 201, [{"at": 0}], [{"at": 0, "zh": "x" * 121}], [{"at": -1, "en": "a"}],
        [{"at": 6, "en": "a"}], [{"at": 1, "en": "a"}, {"at": 1.0, "en": "b"}],
    ],
)  # fmt: skip
def test_impossible_chapters_are_refused(trainer: User, film: Film, rows: list[dict[str, Any]]) -> None:
    with pytest.raises(InvalidInput):
        as_(trainer, set_chapters, video_id=film.video_id, chapters=rows)


# -- how far it is ----------------------------------------------------------------------------------------------------


def test_the_time_left_is_guessed_from_what_is_done(trainer: User, film: Film) -> None:
    FilmPiece.unscoped.filter(film=film, profile="all").update(done_at=None, share=0.5)
    Film.unscoped.filter(pk=film.pk).update(begun_at=clock.now() - timedelta(seconds=90))

    with acting_as(actor_for(trainer)):
        found = standing_of(fresh(film))

    assert (found.percent, found.moves) == (75, True)
    assert found.left is not None
    assert found.left.total_seconds() == pytest.approx(30, abs=2)


def test_nothing_is_guessed_before_there_is_anything_to_go_by(trainer: User, film: Film) -> None:
    FilmPiece.unscoped.filter(film=film).update(done_at=None, share=0)

    with acting_as(actor_for(trainer)):
        assert standing_of(fresh(film)).left is None


def test_the_page_listens_to_its_own_topic(trainer: User, learner: User, film: Film) -> None:
    kind, key = split(f"video:{film.video_id}")
    assert kind is not None

    def may(user: User, name: str) -> bool:
        actor = actor_for(user)
        with acting_as(actor):
            return bool(kind.may_listen(actor, name))

    assert [may(trainer, key), may(learner, key), may(trainer, "none")] == [True, False, False]
    with acting_as(system("test")):
        before = kind.last_seqs([key])[key]
    as_(trainer, change_video, video_id=film.video_id, title_en="New", title_zh="", shows_patient=False)
    with acting_as(system("test")):
        assert kind.last_seqs([key, "none"]) == {key: before + 1, "none": 0}
    assert kind.entries_after(actor_for(trainer), key, 0, 9) == []


@pytest.mark.parametrize(("length", "shown"), [(62_500, "1:02"), (3_725_000, "1:02:05")])
def test_lengths_are_shown_as_people_write_them(length: int, shown: str) -> None:
    assert minutes(length) == shown


# -- the API ----------------------------------------------------------------------------------------------------------


def asked(client: Client, method: str, path: str, body: Any = None, **headers: str) -> Any:
    answer = client.generic(method, f"/api/v1/{path}", json.dumps(body or {}), "application/json", headers=headers)
    assert answer.status_code < 300, answer.content
    return answer.json() if answer.content else None


def test_a_video_over_the_api(browser: Client, trainer: User, film: Film) -> None:
    shown = asked(browser, "GET", f"videos/{film.video_id}/")

    assert (shown["seconds"], shown["film"]["step"], shown["film"]["available_actions"]) == (6.0, "playable", [])
    assert shown["master"].endswith("/master.m3u8")
    assert [row["step"] for row in asked(browser, "GET", "videos/")["results"]] == ["playable"]


def test_it_is_made_and_changed(browser: Client, trainer: User) -> None:
    place = str(next(iter(actor_for(trainer).institution_ids())))
    made = asked(browser, "POST", "videos/", {"institution_id": place, "title_en": "Fever"})
    changed = {"title_en": "Fever", "title_zh": "发热", "shows_patient": True, "version": made["version"]}

    assert asked(browser, "PATCH", f"videos/{made['id']}/", changed)["title_zh"] == "发热"
    assert made["film"] is None


def test_its_words_and_chapters(browser: Client, film: Film) -> None:
    address = f"videos/{film.video_id}/"

    assert asked(browser, "PUT", f"{address}captions/en/", {"text": VTT})["version"] == 1
    assert asked(browser, "DELETE", f"{address}captions/en/") is None
    rows = {"chapters": [{"at": 1, "en": "Signs"}], "version": film.video.version}
    assert asked(browser, "PUT", f"{address}chapters/", rows)["chapters"] == [{"at": 1.0, "en": "Signs", "zh": ""}]


def test_acts_on_a_film(browser: Client, trainer: User) -> None:
    film = sent(trainer, new_video(trainer), b"film")
    shown = asked(browser, "GET", f"videos/{film.video_id}/")["film"]
    href = next(act["href"] for act in shown["available_actions"] if act["verb"] == "cancel")

    assert asked(browser, "POST", href.removeprefix("/api/v1/"))["step"] == "cancelled"
    assert browser.post(f"/api/v1/films/{film.pk}/probe/", {}, "application/json").status_code == 404
