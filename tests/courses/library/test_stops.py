"""Questions in a video: who puts them in, what becomes of answers, and when the lesson is done."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, NotVisible, WrongStep
from consortium.people.models import Institution, User
from courses.assessment.models import ItemVersion, Response
from courses.assessment.operations.responses import Use, record_response
from courses.assessment.queries.figures import figures_of
from courses.assessment.states import UseKind
from courses.library.models import Course, Film, Lesson, LessonProgress, Stop, Video
from courses.library.operations import (
    complete_lesson,
    copy_course,
    draft_again,
    drop_lesson,
    edit_lesson,
    publish_course,
)
from courses.library.operations.asking import MOST_STOPS, add_stop, answer_stop, drop_stop
from courses.library.operations.watching import open_watch
from courses.library.queries.stops import awaits_answers
from tests.cast import client_for
from tests.courses.library.films import as_, playing, shown_in_course
from tests.courses.library.making import chapter, draft, lessons_of, reading
from tests.courses.library.watching import Clock, Player, stopped_clock
from tests.factories.exams import RIGHT, WRONG, make_version
from tests.factories.items import CONTENTS
from tests.factories.people import make_staff


@pytest.fixture
def film(trainer: User) -> Film:
    """Six seconds."""
    return playing(trainer)


@pytest.fixture
def question(hospital: Institution) -> ItemVersion:
    return make_version(hospital)


@pytest.fixture
def course(trainer: User, film: Film, question: ItemVersion) -> Course:
    """One lesson that asks after two seconds."""
    return shown_in_course(trainer, film, (2000, question))


@pytest.fixture
def lesson(course: Course) -> Lesson:
    return lessons_of(course)[0]


@pytest.fixture
def stop(lesson: Lesson) -> Stop:
    return Stop.unscoped.get(lesson=lesson)


@pytest.fixture
def drafted(trainer: User, film: Film) -> Lesson:
    """A video lesson of a draft."""
    where = chapter(trainer, draft(trainer, film.video.institution))
    return reading(trainer, where, "Watch this", kind="video", video_id=film.video_id)


@pytest.fixture
def time() -> Iterator[Clock]:
    with stopped_clock() as moving:
        yield moving


def answered(user: User, stop: Stop, given: Any = RIGHT) -> tuple[Response, bool]:
    kept: tuple[Response, bool] = as_(user, answer_stop, stop_id=stop.pk, given=given)
    return kept


def state_of(user: User) -> str:
    return LessonProgress.unscoped.get(user=user).state


# -- who builds it ----------------------------------------------------------------------------------------------------


def added(trainer: User, lesson: Lesson, question: ItemVersion, at: int = 2000) -> Stop:
    made: Stop = as_(trainer, add_stop, lesson_id=lesson.pk, at=at, question_id=question.pk)
    return made


def test_a_question_is_put_into_a_draft(trainer: User, drafted: Lesson, question: ItemVersion) -> None:
    stop = added(trainer, drafted, question)
    assert (stop.at, stop.question) == (2000, question)


def refused(trainer: User, lesson: Lesson, question: ItemVersion, at: int = 2000) -> str:
    with pytest.raises(InvalidInput) as why:
        added(trainer, lesson, question, at)
    return next(iter(why.value.fields))


def test_a_moment_after_the_film_is_refused(trainer: User, drafted: Lesson, question: ItemVersion) -> None:
    assert refused(trainer, drafted, question, 6001) == "at"


def test_a_moment_before_the_film_is_refused(trainer: User, drafted: Lesson, question: ItemVersion) -> None:
    assert refused(trainer, drafted, question, -1) == "at"


def test_while_no_film_plays_any_moment_is_taken(trainer: User, drafted: Lesson, question: ItemVersion) -> None:
    Video.unscoped.update(current=None)
    assert added(trainer, drafted, question, 3_600_000).at == 3_600_000


def test_a_lesson_without_a_video_yet_takes_questions(
    trainer: User, hospital: Institution, question: ItemVersion
) -> None:
    lesson = reading(trainer, chapter(trainer, draft(trainer, hospital)), kind="recording")
    assert added(trainer, lesson, question).lesson == lesson


def test_a_reading_stops_nowhere(trainer: User, hospital: Institution, question: ItemVersion) -> None:
    lesson = reading(trainer, chapter(trainer, draft(trainer, hospital)))
    assert refused(trainer, lesson, question) == "lesson_id"


@pytest.mark.parametrize("kind", ["single", "multiple", "true_false", "numeric"])
def test_kinds_that_fit(trainer: User, hospital: Institution, drafted: Lesson, kind: str) -> None:
    assert added(trainer, drafted, make_version(hospital, kind, CONTENTS[kind])) in Stop.unscoped.all()


def test_an_essay_does_not_fit(trainer: User, hospital: Institution, drafted: Lesson) -> None:
    assert refused(trainer, drafted, make_version(hospital, "essay")) == "question_id"


def test_a_retired_question_is_not_put_in(trainer: User, drafted: Lesson, question: ItemVersion) -> None:
    ItemVersion.unscoped.filter(pk=question.pk).update(step="retired")
    assert refused(trainer, drafted, question) == "question_id"


def test_a_question_of_another_region_is_not_put_in(trainer: User, unrelated: Institution, drafted: Lesson) -> None:
    assert refused(trainer, drafted, make_version(unrelated)) == "question_id"


def test_a_question_is_asked_once(trainer: User, drafted: Lesson, question: ItemVersion) -> None:
    added(trainer, drafted, question)
    with pytest.raises(DomainError, match="asked in the video already"):
        added(trainer, drafted, question, 3000)


def test_one_question_at_a_moment(trainer: User, drafted: Lesson, question: ItemVersion, hospital: Institution) -> None:
    added(trainer, drafted, question)
    with pytest.raises(DomainError, match="stops at this moment already"):
        added(trainer, drafted, make_version(hospital))


def test_there_is_an_end_to_questions(
    trainer: User, drafted: Lesson, question: ItemVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_STOPS == 50
    monkeypatch.setattr("courses.library.operations.asking.MOST_STOPS", 0)
    assert refused(trainer, drafted, question) == "question_id"


def test_a_question_is_taken_out(trainer: User, drafted: Lesson, question: ItemVersion) -> None:
    as_(trainer, drop_stop, stop_id=added(trainer, drafted, question).pk)
    assert not Stop.unscoped.exists()


def test_a_lesson_goes_with_its_questions(trainer: User, drafted: Lesson, question: ItemVersion) -> None:
    added(trainer, drafted, question)
    as_(trainer, drop_lesson, lesson_id=drafted.pk)
    assert not Stop.unscoped.exists()


def test_others_do_not_see_the_questions_of_a_draft(
    trainer: User, learner: User, drafted: Lesson, question: ItemVersion
) -> None:
    stop = added(trainer, drafted, question)
    with pytest.raises(NotVisible):
        as_(learner, drop_stop, stop_id=stop.pk)


def test_a_learner_takes_out_nothing(learner: User, stop: Stop) -> None:
    with pytest.raises((NotPermitted, WrongStep)):
        as_(learner, drop_stop, stop_id=stop.pk)
    assert Stop.unscoped.exists()


def test_published_questions_stay(trainer: User, stop: Stop) -> None:
    with pytest.raises(WrongStep):
        as_(trainer, drop_stop, stop_id=stop.pk)


def test_the_database_keeps_published_questions(stop: Stop) -> None:
    with pytest.raises(InternalError, match="published_fixed"), transaction.atomic():
        Stop.unscoped.filter(pk=stop.pk).update(at=1)


def test_a_new_version_asks_the_same(trainer: User, course: Course, question: ItemVersion) -> None:
    version = as_(trainer, draft_again, course_id=course.pk)
    assert [(one.at, one.question) for one in Stop.unscoped.filter(lesson__version=version)] == [(2000, question)]


def test_a_copied_course_asks_the_same(trainer: User, course: Course, hospital: Institution) -> None:
    version = as_(trainer, copy_course, course_id=course.pk, institution_id=hospital.pk)
    assert Stop.unscoped.filter(lesson__version=version).count() == 1


def test_another_film_keeps_the_questions(trainer: User, film: Film, lesson: Lesson, learner: User) -> None:
    Film.unscoped.filter(pk=film.pk).update(step="ready")
    assert playing(trainer, film.video).number == 2
    assert "Question 1 at 0:02" in page(client_for(learner), lesson)


def test_what_is_asked_no_more_is_not_published_again(trainer: User, course: Course, question: ItemVersion) -> None:
    version = as_(trainer, draft_again, course_id=course.pk)
    ItemVersion.unscoped.filter(pk=question.pk).update(step="retired")
    with pytest.raises(InvalidInput, match=question.item.code):
        as_(trainer, publish_course, version_id=version.pk)


# -- who answers ------------------------------------------------------------------------------------------------------


def test_an_answer_is_kept_and_scored(learner: User, stop: Stop, lesson: Lesson) -> None:
    kept, _done = answered(learner, stop)
    assert (kept.use, kept.form_id, kept.chosen, kept.score) == ("video", lesson.key, ["a"], Decimal(1))


def test_the_first_answer_stands(learner: User, stop: Stop) -> None:
    answered(learner, stop, WRONG)
    kept, _done = answered(learner, stop, RIGHT)
    assert (kept.chosen, kept.score) == (["b"], Decimal(0))
    assert Response.unscoped.count() == 1


def test_nothing_is_no_answer(learner: User, stop: Stop) -> None:
    with pytest.raises(InvalidInput):
        answered(learner, stop, {})
    assert not Response.unscoped.exists()


def test_after_an_answer_nothing_more_is_asked_for(learner: User, stop: Stop) -> None:
    answered(learner, stop)
    assert answered(learner, stop, {})[0].chosen == ["a"]


def test_answering_takes_the_course(learner: User, stop: Stop) -> None:
    answered(learner, stop)
    assert state_of(learner) == "begun"


def test_nothing_is_kept_of_a_preview(trainer: User, drafted: Lesson, question: ItemVersion) -> None:
    with pytest.raises(NotVisible):
        answered(trainer, added(trainer, drafted, question))


def test_answers_count_in_the_figures_of_the_question(hospital: Institution, stop: Stop, question: ItemVersion) -> None:
    from consortium.people.states import Role

    for number in range(4):
        answered(make_staff(f"doctor{number}", hospital, Role.ASKER), stop, WRONG if number else RIGHT)
    figures = figures_of(question)
    assert [(one.use, one.answers, one.facility) for one in figures.uses] == [("video", 4, 0.25)]


def test_an_answer_stays_in_a_new_version(trainer: User, learner: User, course: Course, stop: Stop) -> None:
    answered(learner, stop)
    as_(trainer, publish_course, version_id=as_(trainer, draft_again, course_id=course.pk).pk)
    assert not awaits_answers(learner.pk, lessons_of(course)[0].pk)


# -- when the lesson is done ------------------------------------------------------------------------------------------


@pytest.fixture
def player(learner: User, lesson: Lesson, film: Film, time: Clock) -> Player:
    return Player(learner, lesson, film, time).fetch(0, 6).open()


def test_watching_alone_is_not_enough(player: Player, learner: User) -> None:
    player.play(0, 6)
    assert (player.told.share, player.told.done, state_of(learner)) == (100, False, "begun")


def test_answering_alone_is_not_enough(player: Player, learner: User, stop: Stop) -> None:
    assert answered(learner, stop)[1] is False
    assert state_of(learner) == "begun"


def test_the_last_answer_completes_what_was_watched(player: Player, learner: User, stop: Stop) -> None:
    player.play(0, 6)
    assert answered(learner, stop, WRONG)[1] is True
    assert state_of(learner) == "completed"


def test_the_last_seconds_complete_what_was_answered(player: Player, learner: User, stop: Stop) -> None:
    answered(learner, stop)
    player.play(0, 6)
    assert (player.told.done, state_of(learner)) == (True, "completed")


def test_a_beat_after_the_answer_says_so(player: Player, learner: User, stop: Stop) -> None:
    player.play(0, 6)
    answered(learner, stop)
    assert player.send(player.text()).done


def test_any_later_beat_completes_what_was_watched_and_answered(
    player: Player, learner: User, stop: Stop, lesson: Lesson
) -> None:
    player.play(0, 6)
    row = LessonProgress.unscoped.get(user=learner)
    use = Use(UseKind.VIDEO, row.pk, lesson.key)
    as_(learner, record_response, version=stop.question, answer=RIGHT, use=use)
    player.send(player.text())
    assert state_of(learner) == "completed"


def test_opening_it_again_does_not_go_round_the_questions(player: Player, learner: User) -> None:
    player.play(0, 6)
    assert not player.open().opened.done
    assert state_of(learner) == "begun"


def test_questions_that_may_be_skipped_hold_nobody_back(
    trainer: User, learner: User, film: Film, question: ItemVersion, time: Clock
) -> None:
    lesson = lessons_of(shown_in_course(trainer, film, (2000, question), skippable=True))[0]
    player = Player(learner, lesson, film, time).fetch(0, 6).open()
    player.play(0, 6)
    assert (player.told.done, state_of(learner)) == (True, "completed")


def test_a_completed_lesson_stays_so(learner: User, stop: Stop, lesson: Lesson) -> None:
    as_(learner, complete_lesson, lesson_id=lesson.pk, user_id=learner.pk, how="watched")
    assert answered(learner, stop)[1] is True


def test_a_lesson_that_is_not_done_by_watching_waits_for_its_test(
    trainer: User, learner: User, film: Film, question: ItemVersion, time: Clock
) -> None:
    lesson = lessons_of(shown_in_course(trainer, film, (2000, question), video_rule="tested_out"))[0]
    Player(learner, lesson, film, time).fetch(0, 6).open().play(0, 6)
    assert answered(learner, Stop.unscoped.get(lesson=lesson))[1] is False


def test_while_no_film_plays_nothing_is_watched(learner: User, stop: Stop) -> None:
    as_(learner, open_watch, lesson_id=stop.lesson_id, session="phone")
    Video.unscoped.update(current=None)
    assert answered(learner, stop)[1] is False


def test_whether_it_may_be_skipped_is_the_draft_s(trainer: User, drafted: Lesson) -> None:
    as_(trainer, edit_lesson, lesson_id=drafted.pk, fields={"skippable": True})
    drafted.refresh_from_db()
    assert drafted.skippable


# -- the pages --------------------------------------------------------------------------------------------------------


def page(client: Client, lesson: Lesson) -> str:
    answer = client.get(f"/courses/lessons/{lesson.pk}/watch/")
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.fixture
def viewer(learner: User) -> Client:
    return client_for(learner)


def test_without_script_the_question_stands_beneath_the_video(viewer: Client, lesson: Lesson, stop: Stop) -> None:
    text = page(viewer, lesson)
    assert f'action="/courses/watching/questions/{stop.pk}/#question-{stop.pk}"' in text
    assert "Fast breathing at 7 months begins at" in text


def test_the_key_is_not_on_the_page_before_the_answer(viewer: Client, lesson: Lesson) -> None:
    assert "50 up to 12 months." not in page(viewer, lesson)


def test_after_the_answer_the_page_says_what_is_right(
    viewer: Client, learner: User, lesson: Lesson, stop: Stop
) -> None:
    answered(learner, stop, WRONG)
    text = page(viewer, lesson)
    assert ("50 up to 12 months." in text, "data-answered" in text, f"watching/questions/{stop.pk}" in text) == (
        True,
        True,
        False,
    )


def test_the_script_is_loaded_where_there_are_questions(viewer: Client, lesson: Lesson) -> None:
    assert "js/watch/stops.js" in page(viewer, lesson)


def test_the_script_is_not_loaded_where_there_are_none(viewer: Client, trainer: User, film: Film) -> None:
    text = page(viewer, lessons_of(shown_in_course(trainer, film))[0])
    assert ("js/watch/stops.js" in text, "data-questions" in text) == (False, False)


@pytest.mark.parametrize(("skippable", "word"), [(True, "You may skip them."), (False, "right or wrong.")])
def test_the_page_says_whether_they_may_be_skipped(
    viewer: Client, trainer: User, film: Film, question: ItemVersion, skippable: bool, word: str
) -> None:
    lesson = lessons_of(shown_in_course(trainer, film, (2000, question), skippable=skippable))[0]
    assert word in page(viewer, lesson)


def fields(stop: Stop, **given: str) -> dict[str, str]:
    """As the form names them."""
    return {f"a-{stop.question_id}-{name}": value for name, value in given.items()}


def test_two_questions_of_a_page_have_fields_of_their_own(
    viewer: Client, trainer: User, film: Film, question: ItemVersion, hospital: Institution
) -> None:
    other = make_version(hospital)
    text = page(viewer, lessons_of(shown_in_course(trainer, film, (2000, question), (4000, other)))[0])
    assert [f'name="a-{one.pk}-option"' in text for one in (question, other)] == [True, True]


def test_what_is_done_by_a_test_alone_is_not_said_to_be_done_by_answers(
    viewer: Client, trainer: User, film: Film, question: ItemVersion
) -> None:
    lesson = lessons_of(shown_in_course(trainer, film, (2000, question), video_rule="tested_out"))[0]
    text = page(viewer, lesson)
    assert ("The video stops at each of them." in text, "right or wrong." in text) == (True, False)


def test_an_answer_posted_without_script_leads_back_to_its_question(viewer: Client, lesson: Lesson, stop: Stop) -> None:
    answer = viewer.post(f"/courses/watching/questions/{stop.pk}/", fields(stop, option="a"))
    assert answer["Location"] == f"/courses/lessons/{lesson.pk}/watch/#question-{stop.pk}"
    assert Response.unscoped.get().chosen == ["a"]


def test_no_answer_posted_without_script_says_so(viewer: Client, lesson: Lesson, stop: Stop) -> None:
    answer = viewer.post(f"/courses/watching/questions/{stop.pk}/")
    text = answer.content.decode()
    assert (answer.status_code, "Answer first." in text, text.count("<details open>")) == (422, True, 1)


def by_script(client: Client, stop: Stop, **fields: str) -> str:
    answer = client.post(f"/courses/watching/questions/{stop.pk}/", fields, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_an_answer_by_script_comes_back_with_what_became_of_it(viewer: Client, stop: Stop) -> None:
    text = by_script(viewer, stop, **fields(stop, option="b"))
    assert ("<html" in text, "data-answered" in text, "50 up to 12 months." in text) == (False, True, True)


def test_no_answer_by_script_comes_back_as_it_was(viewer: Client, stop: Stop) -> None:
    text = by_script(viewer, stop)
    assert ("Answer first." in text, "data-answered" in text) == (True, False)


@pytest.fixture
def dose(trainer: User, hospital: Institution, film: Film) -> Stop:
    """A question for a number, with a quantity."""
    course = shown_in_course(trainer, film, (2000, make_version(hospital, "numeric", CONTENTS["numeric"])))
    return Stop.unscoped.get(lesson=lessons_of(course)[0])


def test_a_number_with_its_unit_comes_back_as_it_was_typed(viewer: Client, dose: Stop) -> None:
    text = by_script(viewer, dose, **fields(dose, value="5 mg", unit="mmol/L"))
    assert ("Write a number alone." in text, 'value="5 mg"' in text, "data-answered" in text) == (True, True, False)
    assert not Response.unscoped.exists()


def test_the_page_of_an_earlier_version_answers_what_is_still_asked(
    viewer: Client, trainer: User, course: Course, stop: Stop
) -> None:
    as_(trainer, publish_course, version_id=as_(trainer, draft_again, course_id=course.pk).pk)
    text = by_script(viewer, stop, **fields(stop, option="a"))
    assert ("data-answered" in text, str(Stop.unscoped.get(lesson=lessons_of(course)[0]).pk) in text) == (True, True)


def asked_no_more(trainer: User, course: Course) -> None:
    version = as_(trainer, draft_again, course_id=course.pk)
    as_(trainer, drop_stop, stop_id=Stop.unscoped.get(lesson__version=version).pk)
    as_(trainer, publish_course, version_id=version.pk)


def test_what_is_asked_no_more_says_so_and_keeps_what_was_chosen(
    viewer: Client, trainer: User, course: Course, stop: Stop
) -> None:
    asked_no_more(trainer, course)
    text = by_script(viewer, stop, **fields(stop, option="b"))
    assert ("Load the page again." in text, 'value="b" checked' in text) == (True, True)
    assert not Response.unscoped.exists()


def test_what_was_typed_and_not_taken_stands_there_without_script(viewer: Client, dose: Stop) -> None:
    answer = viewer.post(f"/courses/watching/questions/{dose.pk}/", fields(dose, value="5 mg", unit="mmol/L"))
    text = answer.content.decode()
    assert (answer.status_code, "Write a number alone." in text, 'value="5 mg"' in text) == (422, True, True)
    assert ("<html" in text, Response.unscoped.exists()) == (True, False)


def test_without_script_a_course_that_has_changed_says_so(
    viewer: Client, trainer: User, course: Course, stop: Stop
) -> None:
    asked_no_more(trainer, course)
    answer = viewer.post(f"/courses/watching/questions/{stop.pk}/", fields(stop, option="a"), follow=True)
    assert "Load the page again." in answer.content.decode()


def test_a_question_without_its_answer_has_words_for_a_lost_connection(viewer: Client, lesson: Lesson) -> None:
    assert "data-unsent hidden" in page(viewer, lesson)


def test_the_answer_that_completes_the_lesson_says_so(viewer: Client, player: Player, stop: Stop) -> None:
    player.play(0, 6)
    assert "data-lesson-done" in by_script(viewer, stop, **fields(stop, option="a"))


def test_the_number_of_a_question_is_the_film_s_order(
    viewer: Client, trainer: User, film: Film, question: ItemVersion, hospital: Institution
) -> None:
    later = make_version(hospital)
    lesson = lessons_of(shown_in_course(trainer, film, (4000, later), (2000, question)))[0]
    assert "Question 2 at 0:04" in by_script(viewer, Stop.unscoped.get(lesson=lesson, question=later))


def test_a_preview_shows_the_question_and_takes_no_answer(
    trainer: User, drafted: Lesson, question: ItemVersion
) -> None:
    added(trainer, drafted, question)
    text = page(client_for(trainer), drafted)
    assert ("Fast breathing" in text, "watching/questions" in text) == (True, False)


def test_the_page_takes_the_same_queries_for_one_question_and_three(
    viewer: Client, learner: User, trainer: User, film: Film, hospital: Institution
) -> None:
    def queries(many: int) -> int:
        asked = [(1000 * place, make_version(hospital)) for place in range(1, many + 1)]
        lesson = lessons_of(shown_in_course(trainer, film, *asked))[0]
        for stop in Stop.unscoped.filter(lesson=lesson):
            answered(learner, stop)
        page(viewer, lesson)
        with CaptureQueriesContext(connection) as found:
            page(viewer, lesson)
        return len(found)

    assert queries(1) == queries(3)


# -- the builder's page -----------------------------------------------------------------------------------------------


@pytest.fixture
def builder(trainer: User) -> Client:
    return client_for(trainer)


def building(lesson: Lesson) -> str:
    return f"/courses/build/lessons/{lesson.pk}/questions/"


def test_the_builder_finds_questions_of_the_bank(builder: Client, drafted: Lesson, question: ItemVersion) -> None:
    assert question.item.code in builder.get(building(drafted)).content.decode()


def test_a_search_finds_the_others(builder: Client, drafted: Lesson, question: ItemVersion) -> None:
    assert question.item.code not in builder.get(building(drafted), {"q": "unheard of"}).content.decode()


def test_the_builder_adds_one(builder: Client, drafted: Lesson, question: ItemVersion) -> None:
    answer = builder.post(building(drafted), {"at": "0:03", "question_id": str(question.pk)}, follow=True)
    assert Stop.unscoped.get().at == 3000
    assert "0:03" in answer.content.decode()


@pytest.mark.parametrize("at", ["", "three", "9:99", "0:07"])
def test_a_moment_that_is_none_comes_back(builder: Client, drafted: Lesson, question: ItemVersion, at: str) -> None:
    assert builder.post(building(drafted), {"at": at, "question_id": str(question.pk)}).status_code == 422
    assert not Stop.unscoped.exists()


def test_the_builder_takes_one_out(builder: Client, trainer: User, drafted: Lesson, question: ItemVersion) -> None:
    stop = added(trainer, drafted, question)
    assert builder.post(f"/courses/build/questions/{stop.pk}/drop/")["Location"] == building(drafted)
    assert not Stop.unscoped.exists()


def test_of_a_published_version_nothing_is_offered(builder: Client, lesson: Lesson, stop: Stop) -> None:
    text = builder.get(building(lesson)).content.decode()
    assert ("0:02" in text, "question_id" in text, "/drop/" in text) == (True, False, False)


def test_the_lesson_s_page_leads_to_its_questions(builder: Client, drafted: Lesson) -> None:
    assert building(drafted) in builder.get(f"/courses/build/lessons/{drafted.pk}/").content.decode()


def test_the_list_takes_the_same_queries_for_one_question_and_three(
    builder: Client, trainer: User, drafted: Lesson, hospital: Institution
) -> None:
    def queries() -> int:
        builder.get(building(drafted))
        with CaptureQueriesContext(connection) as found:
            builder.get(building(drafted))
        return len(found)

    added(trainer, drafted, make_version(hospital), 1000)
    one = queries()
    for at in (2000, 3000):
        added(trainer, drafted, make_version(hospital), at)
    assert queries() == one


# -- over the API -----------------------------------------------------------------------------------------------------


def questions(client: Client, lesson: Lesson) -> list[Any]:
    found: list[Any] = client.get(f"/api/v1/lessons/{lesson.pk}/questions/").json()["results"]
    return found


def test_the_api_asks_without_the_key(viewer: Client, lesson: Lesson, stop: Stop) -> None:
    [one] = questions(viewer, lesson)
    assert (one["id"], one["at"], one["kind"], one["given"], one["key"]) == (str(stop.pk), 2000, "single", None, None)
    assert "right" not in str(one["question"])


def put(client: Client, stop: Stop, **given: Any) -> Any:
    return client.put(f"/api/v1/lesson-questions/{stop.pk}/answer/", given, content_type="application/json")


def test_the_api_takes_an_answer_and_then_says_the_key(viewer: Client, lesson: Lesson, stop: Stop) -> None:
    told = put(viewer, stop, option="b").json()
    assert (told["given"], float(told["score"]), told["lesson_done"]) == ({"option": "b"}, 0.0, False)
    assert questions(viewer, lesson)[0]["key"] == told["key"]


def test_the_api_takes_the_first_answer_only(viewer: Client, stop: Stop) -> None:
    put(viewer, stop, option="b")
    assert put(viewer, stop, option="a").json()["given"] == {"option": "b"}


def test_the_api_refuses_no_answer(viewer: Client, stop: Stop) -> None:
    assert put(viewer, stop).status_code == 422


@pytest.mark.parametrize("given", [{"option": "z"}, {"options": ["a"]}, {"value": "50"}, {"option": "a", "value": "1"}])
def test_the_api_refuses_what_is_no_answer_to_the_question(viewer: Client, stop: Stop, given: dict[str, Any]) -> None:
    assert put(viewer, stop, **given).status_code == 422
    assert not Response.unscoped.exists()


def test_the_api_answers_a_question_of_an_earlier_version(
    viewer: Client, trainer: User, course: Course, stop: Stop
) -> None:
    as_(trainer, publish_course, version_id=as_(trainer, draft_again, course_id=course.pk).pk)
    told = put(viewer, stop, option="a").json()
    assert (told["id"], told["given"]) == (str(Stop.unscoped.get(lesson=lessons_of(course)[0]).pk), {"option": "a"})


def test_the_api_says_that_a_question_is_asked_no_more(
    viewer: Client, trainer: User, course: Course, stop: Stop
) -> None:
    asked_no_more(trainer, course)
    answer = put(viewer, stop, option="a")
    assert (answer.status_code, "Load the page again." in answer.content.decode()) == (422, True)


def test_the_api_asks_nothing_of_a_lesson_that_is_closed(
    viewer: Client, trainer: User, film: Film, question: ItemVersion, hospital: Institution
) -> None:
    from courses.library.operations import edit_version

    version = draft(trainer, hospital)
    where = chapter(trainer, version)
    reading(trainer, where, "First")
    lesson = reading(trainer, where, "Then", kind="video", video_id=film.video_id)
    added(trainer, lesson, question)
    as_(trainer, edit_version, version_id=version.pk, fields={"in_order": True}, texts={})
    as_(trainer, publish_course, version_id=version.pk)
    assert questions(viewer, lesson) == []


def test_a_builder_adds_and_takes_out_over_the_api(builder: Client, drafted: Lesson, question: ItemVersion) -> None:
    body = {"at": 2000, "question_id": str(question.pk)}
    made = builder.post(
        f"/api/v1/course-lessons/{drafted.pk}/questions/", body, content_type="application/json"
    )  # fmt: skip
    assert (made.status_code, made.json()["stem"]) == (201, "Fast breathing at 7 months begins at")
    assert builder.delete(f"/api/v1/course-questions/{made.json()['id']}/").status_code == 204
    assert not Stop.unscoped.exists()


def test_what_is_not_there_is_not_answered(viewer: Client) -> None:
    assert viewer.post(f"/courses/watching/questions/{uuid4()}/").status_code == 404
