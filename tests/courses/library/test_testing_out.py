"""An exam that stands for a chapter: who passes it knows the chapter, and nobody says that it was watched."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium.journal.models import Entry
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import InvalidInput
from consortium.people.models import Institution, User
from courses.assessment.events import ExamPassed
from courses.assessment.models import Certificate, CreditEntry, CreditRule, Exam
from courses.assessment.operations.awarding import reverse_credit
from courses.assessment.operations.publishing import close_exam
from courses.assessment.queries.results import has_passed
from courses.library.models import Chapter, Course, CourseVersion, Enrolment, LessonProgress, Watched
from courses.library.operations import (
    add_chapter,
    begin_lesson,
    complete_lesson,
    confirm_lesson,
    copy_course,
    draft_again,
    edit_chapter,
    enrol_oneself,
    know_chapter,
    publish_course,
)
from courses.library.queries.page import course_page, course_seen
from courses.library.queries.progress import known_share
from courses.library.receivers.passing import know_by_exam
from tests.cast import actor_for, client_for
from tests.courses.library.films import playing
from tests.courses.library.making import as_, chapter, draft, lessons_of, publish, reading
from tests.factories.credits import make_rule
from tests.factories.exams import WRONG, make_exam, make_version, sit

pytestmark = pytest.mark.django_db


@pytest.fixture
def exam(trainer: User, hospital: Institution) -> Exam:
    return make_exam(trainer, hospital, [make_version(hospital)], attempts_allowed=3)


def with_test(trainer: User, place: Institution, exam: Exam, **fields: Any) -> CourseVersion:
    """A draft of two chapters: "Known" of 60 and 30 minutes with the exam, "Last" of 30."""
    version = draft(trainer, place, **fields)
    with as_(trainer) as actor:
        where = add_chapter(actor=actor, version_id=version.pk, title_en="Known", exam_id=exam.pk)
    reading(trainer, where, "One", minutes=60)
    reading(trainer, where, "Two", minutes=30)
    reading(trainer, chapter(trainer, version, "Last"), "Three", minutes=30)
    return version


@pytest.fixture
def course(trainer: User, hospital: Institution, exam: Exam) -> Course:
    version = with_test(trainer, hospital, exam)
    CourseVersion.unscoped.filter(pk=version.pk).update(hours=4, credit=2)
    return publish(trainer, version).course


@pytest.fixture
def taker(learner: User, course: Course) -> User:
    """Takes the course."""
    with as_(learner) as actor:
        enrol_oneself(actor=actor, course_id=course.pk)
    return learner


def hear(exam: Exam, user: User) -> None:
    with acting_as(system("an event was heard")):
        know_by_exam(1, ExamPassed(exam.pk, uuid4(), user.pk))


def passes(exam: Exam, user: User) -> None:
    sit(exam, user)
    hear(exam, user)


def reads(user: User, course: Course, *places: int) -> None:
    for place in places:
        with as_(user) as actor:
            confirm_lesson(actor=actor, lesson_id=lessons_of(course)[place].pk)


def hows(user: User) -> dict[str, str]:
    return {row.lesson.title_en: row.how for row in LessonProgress.unscoped.filter(user=user).select_related("lesson")}


def is_done(user: User) -> bool:
    return Enrolment.unscoped.get(user=user).completed_at is not None


# -- what it completes ------------------------------------------------------------------------------------------------


def test_who_passes_knows_the_chapter_and_no_other(exam: Exam, taker: User) -> None:
    passes(exam, taker)
    assert hows(taker) == {"One": "tested_out", "Two": "tested_out"}
    assert not is_done(taker)


def test_heard_twice_it_is_known_once(exam: Exam, taker: User) -> None:
    for _time in range(2):
        hear(exam, taker)
    assert Entry.unscoped.filter(verb="complete-lesson").count() == 2


def test_with_the_rest_the_course_is_done(exam: Exam, taker: User, course: Course) -> None:
    reads(taker, course, 2)
    passes(exam, taker)
    assert is_done(taker)


def test_what_was_read_before_stays_read(exam: Exam, taker: User, course: Course) -> None:
    reads(taker, course, 0)
    passes(exam, taker)
    assert hows(taker) == {"One": "read", "Two": "tested_out"}


def test_who_does_not_take_the_course_knows_it_when_they_begin(exam: Exam, learner: User, course: Course) -> None:
    passes(exam, learner)
    assert hows(learner) == {}
    with as_(learner) as actor:
        row = begin_lesson(actor=actor, lesson_id=lessons_of(course)[0].pk)
    assert (row.state, hows(learner)) == ("completed", {"One": "tested_out", "Two": "tested_out"})


def test_beginning_a_lesson_of_another_chapter_says_nothing_of_it(exam: Exam, learner: User, course: Course) -> None:
    sit(exam, learner)
    with as_(learner) as actor:
        begin_lesson(actor=actor, lesson_id=lessons_of(course)[2].pk)
    assert hows(learner) == {"Three": ""}


def test_who_fails_knows_nothing(exam: Exam, taker: User, course: Course) -> None:
    sit(exam, taker, WRONG)
    with as_(taker) as actor:
        row = begin_lesson(actor=actor, lesson_id=lessons_of(course)[0].pk)
    assert (row.state, has_passed(taker.pk, exam.pk)) == ("begun", False)


def test_exams_and_questionnaires_of_the_chapter_are_done_by_themselves(
    trainer: User, learner: User, hospital: Institution, exam: Exam
) -> None:
    version = with_test(trainer, hospital, exam)
    where = Chapter.unscoped.get(version=version, position=1)
    reading(
        trainer, where, "Another exam", kind="exam", exam_id=make_exam(trainer, hospital, [make_version(hospital)]).pk
    )
    course = publish(trainer, version).course
    with as_(learner) as actor:
        enrol_oneself(actor=actor, course_id=course.pk)
    hear(exam, learner)
    assert hows(learner) == {"One": "tested_out", "Two": "tested_out"}


def test_an_empty_chapter_is_known_and_nothing_is_done(
    trainer: User, hospital: Institution, exam: Exam, learner: User
) -> None:
    with as_(trainer) as actor:
        empty = add_chapter(actor=actor, version_id=draft(trainer, hospital).pk, title_en="Empty", exam_id=exam.pk)
        assert know_chapter(actor=actor, chapter_id=empty.pk, user_id=learner.pk) == 0


def test_a_video_is_not_said_to_be_watched(trainer: User, learner: User, exam: Exam) -> None:
    film = playing(trainer)
    version = draft(trainer, film.video.institution)
    with as_(trainer) as actor:
        where = add_chapter(actor=actor, version_id=version.pk, title_en="Known", exam_id=exam.pk)
    reading(trainer, where, "Watch this", kind="video", video_id=film.video_id, video_rule="watched")
    course = publish(trainer, version).course
    with as_(learner) as actor:
        enrol_oneself(actor=actor, course_id=course.pk)
    hear(exam, learner)
    assert (hows(learner), is_done(learner)) == ({"Watch this": "tested_out"}, True)
    assert not Watched.unscoped.exists()


def test_no_lesson_is_tested_out_where_no_exam_stands_for_it(taker: User, course: Course) -> None:
    with as_(taker) as actor, pytest.raises(InvalidInput):
        complete_lesson(actor=actor, lesson_id=lessons_of(course)[2].pk, user_id=taker.pk, how="tested_out")


# -- what it gives ----------------------------------------------------------------------------------------------------


def finished(exam: Exam, user: User, course: Course) -> CreditEntry:
    """Three quarters of the minutes by test, the rest read."""
    passes(exam, user)
    reads(user, course, 2)
    entry: CreditEntry = CreditEntry.unscoped.get(user=user, kind="awarded")
    return entry


def test_a_rule_of_hours_gives_nothing_for_what_is_known(
    exam: Exam, taker: User, course: Course, hospital: Institution
) -> None:
    make_rule(hospital)
    entry = finished(exam, taker, course)
    assert (entry.hours, entry.known, entry.credits) == (Decimal("0.50"), Decimal("1.50"), Decimal("0.50"))


def test_a_rule_of_competence_gives_all(exam: Exam, taker: User, course: Course, hospital: Institution) -> None:
    make_rule(hospital, counts_known=True)
    entry = finished(exam, taker, course)
    assert (entry.hours, entry.known, entry.credits) == (Decimal("2.00"), Decimal("1.50"), Decimal("2.00"))


def test_the_certificate_says_the_hours_that_were_learnt(exam: Exam, taker: User, course: Course) -> None:
    passes(exam, taker)
    reads(taker, course, 2)
    assert Certificate.unscoped.get(user=taker).hours == Decimal("1.00")


def test_who_was_tested_out_of_nothing_has_all_hours(taker: User, course: Course, hospital: Institution) -> None:
    make_rule(hospital)
    reads(taker, course, 0, 1, 2)
    entry = CreditEntry.unscoped.get(user=taker)
    found = [entry.known, entry.credits, Certificate.unscoped.get(user=taker).hours]
    assert found == [Decimal(0), Decimal(2), Decimal(4)]


def test_a_version_without_lessons_has_no_share_that_is_known(begun: CourseVersion, learner: User) -> None:
    assert known_share(learner.pk, begun) == 0


def test_what_is_taken_back_says_its_hours_again(
    exam: Exam, taker: User, course: Course, hospital: Institution, trainer: User
) -> None:
    make_rule(hospital)
    entry = finished(exam, taker, course)
    with as_(trainer) as actor:
        back = reverse_credit(actor=actor, entry_id=entry.pk, reason="A mistake")
    assert (back.hours, back.known, back.credits) == (entry.hours, entry.known, -entry.credits)


def test_the_database_keeps_no_fewer_hours_than_none(
    exam: Exam, taker: User, course: Course, hospital: Institution
) -> None:
    make_rule(hospital)
    entry = finished(exam, taker, course)
    entry.pk, entry.known, entry.subject_id = uuid4(), Decimal(-1), uuid4()
    with pytest.raises(DatabaseError, match="assessment_creditentry_known"), transaction.atomic():
        entry.save(force_insert=True)


@pytest.mark.parametrize(
    ("counts", "words"), [(False, "1.50 h more are known by test"), (True, "1.50 h of it are known by test")]
)
def test_the_ledger_says_what_is_known(
    exam: Exam, taker: User, course: Course, hospital: Institution, counts: bool, words: str
) -> None:
    make_rule(hospital, counts_known=counts)
    finished(exam, taker, course)
    assert words in client_for(taker).get(reverse("assessment:credits")).content.decode()


@pytest.mark.parametrize(("counts", "words"), [(False, "give no credit"), (True, "give credit too")])
def test_the_rules_say_whether_what_is_known_counts(
    taker: User, hospital: Institution, counts: bool, words: str
) -> None:
    make_rule(hospital, counts_known=counts)
    assert words in client_for(taker).get(reverse("assessment:credit_rules")).content.decode()


def test_a_manager_ticks_it(manager: User) -> None:
    words = {
        "scheme": "demo", "activity": "course", "title_en": "S", "category_en": "C", "hours_per_credit": "1",
        "period_years": "1", "first_year": "2024", "valid_from": "2026-01-01", "source": "A test",
        "counts_known": "on", "request_key": str(uuid4()),
    }  # fmt: skip
    client_for(manager).post(reverse("assessment:credit_rule_new"), words)
    assert CreditRule.unscoped.get().counts_known


# -- as its builder writes it -----------------------------------------------------------------------------------------


def test_an_exam_that_the_builder_can_t_see_is_refused(
    trainer: User, other_trainer: User, unrelated: Institution, begun: CourseVersion
) -> None:
    hidden = make_exam(other_trainer, unrelated, [make_version(unrelated)], draft=True)
    with as_(trainer) as actor, pytest.raises(InvalidInput):
        add_chapter(actor=actor, version_id=begun.pk, title_en="C", exam_id=hidden.pk)


def test_the_builder_chooses_it_and_takes_it_away(trainer: User, begun: CourseVersion, exam: Exam) -> None:
    client, where = client_for(trainer), chapter(trainer, begun)
    address = reverse("library:chapter_edit", args=[where.pk])
    client.post(address, {"title_en": "C", "exam_id": str(exam.pk)})
    where.refresh_from_db()
    assert where.exam_id == exam.pk
    assert f'value="{exam.pk}" selected' in client.get(address).content.decode()
    assert "Can be tested out" in client.get(reverse("library:build", args=[begun.pk])).content.decode()
    client.post(address, {"title_en": "C", "exam_id": ""})
    where.refresh_from_db()
    assert where.exam_id is None


def test_a_draft_exam_is_told_before_publishing(trainer: User, hospital: Institution) -> None:
    unready = make_exam(trainer, hospital, [make_version(hospital)], draft=True)
    version = with_test(trainer, hospital, unready)
    with as_(trainer) as actor, pytest.raises(InvalidInput, match="The exam of “Known” is not published yet"):
        publish_course(actor=actor, version_id=version.pk)


def test_a_self_check_stands_for_no_chapter(trainer: User, hospital: Institution) -> None:
    check = make_exam(trainer, hospital, [make_version(hospital)], self_check=True)
    version = with_test(trainer, hospital, check)
    with as_(trainer) as actor, pytest.raises(InvalidInput, match="proves nothing"):
        publish_course(actor=actor, version_id=version.pk)


def test_a_video_that_only_a_test_completes_is_not_published_without_one(trainer: User) -> None:
    film = playing(trainer)
    version = draft(trainer, film.video.institution)
    reading(
        trainer, chapter(trainer, version), "Watch", kind="video", video_id=film.video_id, video_rule="tested_out"
    )  # fmt: skip
    with as_(trainer) as actor, pytest.raises(InvalidInput, match="no exam stands for that"):
        publish_course(actor=actor, version_id=version.pk)


def test_a_published_chapter_keeps_its_exam(course: Course) -> None:
    with pytest.raises(DatabaseError, match="library_published_fixed"), transaction.atomic():
        Chapter.unscoped.filter(version=course.current_id).update(exam=None)


def test_a_new_version_and_a_copy_keep_it(trainer: User, course: Course, exam: Exam) -> None:
    with as_(trainer) as actor:
        draft_again(actor=actor, course_id=course.pk)
        copy_course(actor=actor, course_id=course.pk, institution_id=course.institution_id)
    rows = Chapter.unscoped.filter(title_en="Known").values_list("exam_id", flat=True)
    assert list(rows) == [exam.pk] * 3


def test_an_edit_without_it_takes_it_away(trainer: User, begun: CourseVersion, exam: Exam) -> None:
    with as_(trainer) as actor:
        where = add_chapter(actor=actor, version_id=begun.pk, title_en="C", exam_id=exam.pk)
        assert edit_chapter(actor=actor, chapter_id=where.pk, title_en="D").exam_id is None


# -- as its learner sees it -------------------------------------------------------------------------------------------


def state_of(user: User, course: Course) -> str | None:
    with as_(user) as actor:
        first, second = course_page(actor, course_seen(course.pk))["chapters"]
    assert second.get("test") is None
    return first["test"].state if first.get("test") else None


def test_the_page_offers_the_test(exam: Exam, taker: User, course: Course) -> None:
    shown = client_for(taker).get(reverse("library:course", args=[course.pk])).content.decode()
    assert ("Take the test instead" in shown, reverse("assessment:exam", args=[exam.pk]) in shown) == (True, True)
    assert state_of(taker, course) == "offered"


def test_it_says_that_a_test_was_not_passed_yet(exam: Exam, taker: User, course: Course) -> None:
    sit(exam, taker, WRONG)
    shown = client_for(taker).get(reverse("library:course", args=[course.pk])).content.decode()
    assert ("Not passed yet" in shown, "Take the test instead" in shown) == (True, True)


def test_it_says_what_is_known_by_test(exam: Exam, taker: User, course: Course) -> None:
    passes(exam, taker)
    shown = client_for(taker).get(reverse("library:course", args=[course.pk])).content.decode()
    assert ("Known by test" in shown, "Take the test instead" in shown, "Tested out" in shown) == (True, False, True)


def test_nobody_who_does_not_take_the_course_is_offered_it(learner: User, course: Course) -> None:
    assert state_of(learner, course) is None


def test_who_has_done_the_chapter_is_not_offered_it(taker: User, course: Course) -> None:
    reads(taker, course, 0, 1)
    assert state_of(taker, course) is None


def test_a_closed_exam_is_not_offered(trainer: User, exam: Exam, taker: User, course: Course) -> None:
    with as_(trainer) as actor:
        close_exam(actor=actor, exam_id=exam.pk)
    assert state_of(taker, course) is None


def test_the_page_takes_as_many_queries_for_three_tests_as_for_one(
    trainer: User, learner: User, hospital: Institution
) -> None:
    def queries(many: int) -> int:
        version = draft(trainer, hospital)
        for _each in range(many):
            exam = make_exam(trainer, hospital, [make_version(hospital)])
            with as_(trainer) as actor:
                where = add_chapter(actor=actor, version_id=version.pk, title_en="C", exam_id=exam.pk)
            reading(trainer, where)
        course = publish(trainer, version).course
        with as_(learner) as actor:
            enrol_oneself(actor=actor, course_id=course.pk)
        with acting_as(actor_for(learner)) as actor, CaptureQueriesContext(connection) as seen:
            course_page(actor, course_seen(course.pk))
        return len(seen)

    assert queries(3) == queries(1)


def test_the_api_says_the_tests(exam: Exam, taker: User, course: Course) -> None:
    said = client_for(taker).get(reverse("api:course", args=[course.pk])).json()
    assert said["tests"] == [{"chapter": "Known", "exam_id": str(exam.pk), "standing": "offered"}]


def test_a_chapter_is_made_with_its_exam_over_the_api(trainer: User, begun: CourseVersion, exam: Exam) -> None:
    client = client_for(trainer)
    words = {"title_en": "C", "exam_id": str(exam.pk)}
    made = client.post(reverse("api:course-chapters", args=[begun.pk]), words, content_type="application/json")
    outline = client.get(reverse("api:course-version", args=[begun.pk])).json()
    assert (made.status_code, outline["chapters"][0]["exam_id"]) == (201, str(exam.pk))
