"""The page of a video lesson, what its player posts, and notes."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import DomainError, InvalidInput, NotVisible
from consortium.people.models import User
from courses.library.intervals import mark_of
from courses.library.ladder.captions import Cue
from courses.library.ladder.signing import binding
from courses.library.models import Film, FilmPiece, Lesson, Video, WatchNote
from courses.library.operations import add_lesson
from courses.library.operations.video_changing import change_video, set_captions, set_chapters
from courses.library.operations.video_fetching import record_fetches
from courses.library.operations.watch_notes import MOST_NOTES, drop_note, write_note
from courses.library.streaming.endpoint import Served
from tests.cast import actor_for, client_for
from tests.courses.library.films import as_, as_worker, playing, shown_in_course
from tests.courses.library.making import chapter, draft, lessons_of, publish, reading


@pytest.fixture
def film(trainer: User) -> Film:
    return playing(trainer)


@pytest.fixture
def lesson(trainer: User, film: Film) -> Lesson:
    return lessons_of(shown_in_course(trainer, film))[0]


@pytest.fixture
def viewer(learner: User) -> Client:
    return client_for(learner)


def at(lesson: Lesson, rest: str = "") -> str:
    return f"/courses/lessons/{lesson.pk}/watch/{rest}"


def shown(client: Client, lesson: Lesson) -> str:
    answer = client.get(at(lesson))
    assert answer.status_code == 200
    return answer.content.decode()


# -- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_leads_to_the_film_and_to_the_player_s_session(viewer: Client, lesson: Lesson, film: Film) -> None:
    page = shown(viewer, lesson)
    assert f'data-film="/courses/videos/{film.video_id}/master.m3u8"' in page
    assert f'data-session="{at(lesson, "open/")}"' in page
    assert f'data-sound="/courses/videos/{film.video_id}/1/sound.m3u8"' in page


def test_captions_come_with_the_reader_s_language_first(
    viewer: Client, trainer: User, lesson: Lesson, film: Film
) -> None:
    for language in ("zh", "en"):
        as_(trainer, set_captions, video_id=film.video_id, language=language, cues=[Cue(0, 1, "Look")])
    assert re.findall(r'srclang="([^"]+)"', shown(viewer, lesson)) == ["en", "zh-Hans"]


def test_chapters_lead_to_their_moments(viewer: Client, trainer: User, lesson: Lesson, film: Film) -> None:
    as_(trainer, set_chapters, video_id=film.video_id, chapters=[{"at": 2.5, "en": "Signs of danger"}])
    page = shown(viewer, lesson)
    assert 'data-at="2.500"' in page
    assert "Signs of danger" in page


def test_over_a_patient_s_film_stands_the_viewer_s_name(
    viewer: Client, trainer: User, learner: User, lesson: Lesson, film: Film
) -> None:
    assert "data-watermark" not in shown(viewer, lesson)
    as_(trainer, change_video, video_id=film.video_id, title_en="Fever", title_zh="", shows_patient=True)
    assert re.search(rf"data-watermark=.*{learner.full_name}", shown(viewer, lesson))


def test_what_else_a_lesson_says_stands_before_the_player(viewer: Client, lesson: Lesson) -> None:
    page = viewer.get(f"/courses/lessons/{lesson.pk}/").content.decode()
    assert "Watch this, in words." in page
    assert at(lesson) in page


def test_a_lesson_that_is_a_film_alone_opens_with_the_player(viewer: Client, trainer: User, film: Film) -> None:
    version = draft(trainer, film.video.institution)
    where, said = chapter(trainer, version), {"title_en": "See it", "video_id": film.video_id}
    as_(trainer, add_lesson, chapter_id=where.pk, kind="video", fields=said)
    (lesson,) = lessons_of(publish(trainer, version).course)
    answer = viewer.get(f"/courses/lessons/{lesson.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, at(lesson))


def test_before_the_film_is_ready_the_lesson_s_page_says_so(viewer: Client, lesson: Lesson, film: Film) -> None:
    Video.unscoped.filter(pk=film.video_id).update(current=None)
    page = viewer.get(f"/courses/lessons/{lesson.pk}/").content.decode()
    assert "The video is being prepared." in page
    assert at(lesson) not in page


def test_sound_alone_is_offered_once_it_is_made(viewer: Client, lesson: Lesson, film: Film) -> None:
    FilmPiece.unscoped.filter(film=film, rungs__contains=["sound"]).update(made={})
    assert "data-sound" not in shown(viewer, lesson)


def test_no_other_window_shows_a_patient_s_film(viewer: Client, trainer: User, lesson: Lesson, film: Film) -> None:
    as_(trainer, change_video, video_id=film.video_id, title_en="Fever", title_zh="", shows_patient=True)
    page = shown(viewer, lesson)
    assert "disablepictureinpicture" in page
    assert "data-patient" in page


def test_a_reading_has_no_player(viewer: Client, course: Any) -> None:
    assert viewer.get(at(lessons_of(course)[0])).status_code == 404


def test_a_builder_looks_at_a_draft_and_nothing_is_counted(trainer: User, film: Film, learner: User) -> None:
    lesson = reading(trainer, chapter(trainer, draft(trainer, film.video.institution)), kind="video",
                     video_id=film.video_id)  # fmt: skip
    page = shown(client_for(trainer), lesson)
    assert "data-session" not in page
    assert "Preview" in page
    assert client_for(learner).get(at(lesson)).status_code == 404


def test_who_has_seen_it_all_begins_at_the_beginning(viewer: Client, learner: User, lesson: Lesson) -> None:
    opened = viewer.post(at(lesson, "open/")).json()
    text = "1|5990|100|"
    viewer.post(opened["beat_url"], {"text": text, "mark": mark_of(opened["nonce"], text)})
    assert 'data-position="0"' in shown(viewer, lesson)


def test_the_page_takes_the_same_queries_for_one_note_and_three(viewer: Client, learner: User, lesson: Lesson) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            shown(viewer, lesson)
        return len(found)

    noted(learner, lesson)
    one = queries()
    noted(learner, lesson), noted(learner, lesson)
    assert queries() == one


# -- the player's word ------------------------------------------------------------------------------------------------


def fetched(client: Client, learner: User, film: Film) -> None:
    sign_in = client.session.session_key or ""
    as_worker(record_fetches, fetched=[Served(film.pk, learner.pk, binding(sign_in), "240", 0, 6000, 1.0)])


def test_a_player_opens_tells_and_is_answered(viewer: Client, learner: User, lesson: Lesson, film: Film) -> None:
    from datetime import timedelta

    fetched(viewer, learner, film)
    opened = viewer.post(at(lesson, "open/")).json()
    text = "1|3000|100|0-3000"
    with clock.moved(timedelta(seconds=3)):
        told = viewer.post(opened["beat_url"], {"text": text, "mark": mark_of(opened["nonce"], text)}).json()
    assert told == {
        "seq": 1,
        "watched": 3000,
        "share": 50,
        "again": [],
        "closed": False,
        "refused": False,
        "done": False,
    }


def test_a_beat_without_its_mark_is_refused(viewer: Client, lesson: Lesson) -> None:
    opened = viewer.post(at(lesson, "open/")).json()
    assert viewer.post(opened["beat_url"], {"text": "1|0|100|"}).status_code == 422


def test_the_api_says_the_same(viewer: Client, learner: User, lesson: Lesson, film: Film) -> None:
    fetched(viewer, learner, film)
    opened = viewer.post(f"/api/v1/lessons/{lesson.pk}/players/").json()
    text = "1|1500|100|"
    said = {"text": text, "mark": mark_of(opened["nonce"], text)}
    told = viewer.post(f"/api/v1/players/{opened['id']}/beats/", said, content_type="application/json").json()
    assert (told["seq"], told["watched"], told["closed"]) == (1, 0, False)
    assert viewer.post(f"/api/v1/lessons/{lesson.pk}/players/").json()["position"] == 1500


# -- notes ------------------------------------------------------------------------------------------------------------


def noted(user: User, lesson: Lesson, text: str = "Count for a minute", ms: int = 2000, **words: Any) -> WatchNote:
    video: Any = lesson.video
    with acting_as(actor_for(user)) as actor:
        return write_note(actor=actor, video_id=video.pk, at=ms, text=text, **words)[0]


def test_a_note_is_kept_at_its_moment(viewer: Client, lesson: Lesson) -> None:
    said = {"request_key": str(uuid4()), "at": "2500", "text": " Chest indrawing "}
    assert viewer.post(at(lesson, "notes/"), said).status_code == 302
    row = WatchNote.unscoped.get()
    assert (row.at, row.text) == (2500, "Chest indrawing")
    assert "Chest indrawing" in shown(viewer, lesson)


def test_a_note_posted_by_the_page_comes_back_in_the_list(viewer: Client, lesson: Lesson) -> None:
    said = {"request_key": str(uuid4()), "at": "", "text": "Look"}
    answer = viewer.post(at(lesson, "notes/"), said, headers={"HX-Request": "true"})
    assert (answer.status_code, "Look" in answer.content.decode()) == (200, True)


def test_a_note_sent_twice_is_one(learner: User, lesson: Lesson) -> None:
    key = uuid4()
    assert noted(learner, lesson, key=key) == noted(learner, lesson, key=key)


def test_an_empty_note_says_so(viewer: Client, lesson: Lesson) -> None:
    answer = viewer.post(at(lesson, "notes/"), {"request_key": str(uuid4()), "at": "0", "text": ""})
    assert answer.status_code == 422
    assert "<html" in answer.content.decode()  # without script: the whole page


def test_an_empty_note_posted_by_the_page_comes_back_with_its_fault(viewer: Client, lesson: Lesson) -> None:
    said = {"request_key": str(uuid4()), "at": "0", "text": ""}
    answer = viewer.post(at(lesson, "notes/"), said, headers={"HX-Request": "true"})
    assert (answer.status_code, "<html" in answer.content.decode()) == (200, False)
    assert "error" in answer.content.decode()


@pytest.mark.parametrize(("text", "match"), [(" ", "says something"), ("x" * 2001, "too long")])
def test_a_note_says_something_and_not_too_much(learner: User, lesson: Lesson, text: str, match: str) -> None:
    with pytest.raises(DomainError) as refused:
        noted(learner, lesson, text)
    assert match in str(refused.value.detail) + str(refused.value)


def test_the_database_keeps_no_empty_note(learner: User, lesson: Lesson) -> None:
    row = noted(learner, lesson)
    with pytest.raises(IntegrityError, match="library_note_says"), transaction.atomic():
        WatchNote.unscoped.filter(pk=row.pk).update(text="")


def test_a_note_after_the_end_stands_at_the_end(learner: User, lesson: Lesson) -> None:
    assert noted(learner, lesson, ms=99_000).at == 6000


def test_there_is_an_end_to_notes(learner: User, lesson: Lesson) -> None:
    one = noted(learner, lesson)
    many = [
        WatchNote(user=learner, video_id=one.video_id, at=0, text="x", made_at=one.made_at)
        for _each in range(MOST_NOTES - 1)
    ]
    WatchNote.unscoped.bulk_create(many)
    with pytest.raises(InvalidInput, match="too many"):
        noted(learner, lesson)


def test_nobody_else_sees_or_removes_a_note(trainer: User, learner: User, lesson: Lesson) -> None:
    row = noted(learner, lesson, "Mine alone")
    assert "Mine alone" not in shown(client_for(trainer), lesson)
    with acting_as(actor_for(trainer)) as actor, pytest.raises(NotVisible):
        drop_note(actor=actor, note_id=row.pk)


def test_a_note_is_removed_on_its_page(viewer: Client, learner: User, lesson: Lesson) -> None:
    gone = f"/courses/watching/notes/{noted(learner, lesson).pk}/drop/"
    assert viewer.post(gone, {"lesson": str(lesson.pk)})["Location"].startswith(at(lesson))
    assert not WatchNote.unscoped.exists()


@pytest.mark.parametrize("lesson_id", ["", "no id", str(UUID(int=7))])
def test_a_note_removed_from_nowhere_leads_to_the_courses(
    viewer: Client, learner: User, lesson: Lesson, lesson_id: str
) -> None:
    gone = f"/courses/watching/notes/{noted(learner, lesson).pk}/drop/"
    assert viewer.post(gone, {"lesson": lesson_id})["Location"] == "/courses/"


def test_notes_as_text(viewer: Client, learner: User, lesson: Lesson) -> None:
    noted(learner, lesson, "Second & last", 5000)
    noted(learner, lesson, "First <60", 1000)
    answer = viewer.get(at(lesson, "notes.txt"))
    assert answer["Content-Type"].startswith("text/plain")
    assert answer.content.decode().split("\n") == [lesson.title, "", "0:01  First <60", "0:05  Second & last", ""]


def test_notes_over_the_api(viewer: Client, lesson: Lesson) -> None:
    address = f"/api/v1/lessons/{lesson.pk}/notes/"
    made = viewer.post(address, {"at": 1000, "text": "Look"}, content_type="application/json")
    assert made.status_code == 201
    assert [row["text"] for row in viewer.get(address).json()["results"]] == ["Look"]
    assert viewer.delete(f"/api/v1/watch-notes/{made.json()['id']}/").status_code == 204
    assert viewer.get(address).json()["results"] == []
