"""Tests before and after a course: whose turn it is, who is asked again, and what they say of many."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from consortium.journal.operations import writing
from consortium.journal.tasks import deliver_entry, relay
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import DomainError, NotPermitted, NotVisible, WrongStep
from consortium.notices.models import Notice
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.library.models import Course, CourseTests, LaterTest
from courses.library.operations import confirm_lesson, enrol_oneself
from courses.library.operations.gains import export_gains
from courses.library.operations.testing import end_tests, plan_later, set_tests, tell_of_later
from courses.library.queries import testing
from courses.library.queries.gains import report_of
from courses.library.tasks import later_tests
from tests.cast import client_for
from tests.courses.library.making import as_, lessons_of, published
from tests.factories.exams import RIGHT, WRONG, begin, sit
from tests.factories.pairs import make_drawn_exam
from tests.factories.people import make_staff, number

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(trainer: User, hospital: Institution) -> Course:
    return published(trainer, hospital, "One")


def with_tests(trainer: User, course: Course, **more: Any) -> CourseTests:
    """The course with its tests."""
    exam = make_drawn_exam(trainer, course.institution, bank=4)
    with as_(trainer) as actor:
        set_tests(actor=actor, course_id=course.pk, exam_id=exam.pk, **more)
    found = testing.tests_of(course.pk)
    assert found is not None
    return found


def enrolled(user: User, course: Course) -> User:
    with as_(user) as actor:
        enrol_oneself(actor=actor, course_id=course.pk)
    return user


def learn(user: User, course: Course) -> None:
    for lesson in lessons_of(course):
        with as_(user) as actor:
            confirm_lesson(actor=actor, lesson_id=lesson.pk)


def go_through(tests: CourseTests, place: Institution, before: Any = WRONG, after: Any = RIGHT) -> User:
    """Somebody of this place sits the first, learns, and sits the second."""
    user = enrolled(make_staff(f"learner{number()}", place, Role.ASKER), tests.course)
    sit(tests.pair.before, user, before)
    learn(user, tests.course)
    if after is not None:
        sit(tests.pair.after, user, after)
    return user


# -- whose turn it is -------------------------------------------------------------------------------------------------


def test_first_before_the_lessons_second_when_they_are_done(trainer: User, course: Course, learner: User) -> None:
    tests = with_tests(trainer, course)
    with pytest.raises(WrongStep, match="Take the course first"):
        begin(tests.pair.before, learner)
    enrolled(learner, course)
    with pytest.raises(WrongStep, match="when the lessons are done"):
        begin(tests.pair.after, learner)
    sit(tests.pair.before, learner)
    learn(learner, course)

    assert sit(tests.pair.after, learner).step == "finished"


def test_nothing_waits_for_who_skips_the_first_but_it_is_over(trainer: User, course: Course, learner: User) -> None:
    tests = with_tests(trainer, course)
    learn(enrolled(learner, course), course)

    with pytest.raises(WrongStep, match="before the first lesson"):
        begin(tests.pair.before, learner)
    own = testing.own_tests(learner.pk, Course.objects.get(pk=course.pk))
    assert own is not None
    assert [one.is_offered for one in own.all] == [False, True]


def test_the_first_is_offered_before_any_lesson_is_begun(trainer: User, course: Course, learner: User) -> None:
    """Who takes the course comes to its page, where the test stands beside the first lesson, not into that lesson."""
    tests = with_tests(trainer, course)
    client, url = client_for(learner), reverse("library:course", args=[course.pk])
    page = client.get(url).content.decode()
    assert reverse("library:enrol", args=[course.pk]) in page
    assert "Take the course and begin" not in page

    page = client.post(reverse("library:enrol", args=[course.pk]), follow=True).content.decode()

    assert "First the test" in page
    assert reverse("assessment:exam", args=[tests.pair.before_id]) in page
    assert "Next: One" in page
    sit(tests.pair.before, learner)
    assert "First the test" not in client.get(url).content.decode()


def test_where_the_course_says_so_the_first_opens_the_lessons(trainer: User, course: Course, learner: User) -> None:
    tests = with_tests(trainer, course, gates=True)
    enrolled(learner, course)
    with pytest.raises(WrongStep, match="First take the test"):
        learn(learner, course)
    page = client_for(learner).get(reverse("library:course", args=[course.pk])).content.decode()
    assert "It opens the lessons, whatever its result." in page
    assert "First the test" in page

    sit(tests.pair.before, learner, WRONG)

    learn(learner, course)


def test_the_learner_sees_before_and_after(trainer: User, course: Course, hospital: Institution) -> None:
    tests = with_tests(trainer, course)
    user = go_through(tests, hospital)

    page = client_for(user).get(reverse("library:course", args=[course.pk])).content.decode()

    assert "You: 0 % before, 100 % after." in page


# -- some weeks later -------------------------------------------------------------------------------------------------


def test_weeks_later_one_is_asked_again_by_itself_and_told_once(
    trainer: User, course: Course, hospital: Institution
) -> None:
    tests = with_tests(trainer, course, later_weeks=6)
    user = go_through(tests, hospital, after=None)
    attempt: Any = sit(tests.pair.after, user)
    row = plan_later(attempt_id=attempt.pk)
    assert row is not None
    assert row == plan_later(attempt_id=attempt.pk)
    assert row.due_at == attempt.handed_in_at + timedelta(weeks=6)
    later: Any = tests.pair.later
    with pytest.raises(WrongStep, match="opens on"):
        begin(later, user)

    with acting_as(system("a beat")) as actor:
        assert tell_of_later(actor=actor) == 0
        with clock.moved(timedelta(weeks=6, minutes=1)):
            assert [tell_of_later(actor=actor) for _beat in range(2)] == [1, 0]
    with clock.moved(timedelta(weeks=6, minutes=1)):
        assert sit(later, user).step == "finished"


def test_from_handing_in_to_the_first_screen(
    trainer: User, course: Course, hospital: Institution, monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    """The whole way: what is committed asks a worker, the worker plans, the beat tells when it is due, and the test
    stands on its learner's first screen until it is handed in."""
    asked: list[Any] = []
    monkeypatch.setattr(writing, "ask_worker", lambda *given: asked.append(given))
    tests = with_tests(trainer, course, later_weeks=6)
    user = go_through(tests, hospital, after=None)
    with django_capture_on_commit_callbacks(execute=True):
        sit(tests.pair.after, user)
    for name, entry_id in asked:
        assert name == "journal.deliver_entry"
        deliver_entry(entry_id)
    assert LaterTest.objects.filter(user=user, told_at=None).count() == 1
    later: Any = tests.pair.later
    url, client = reverse("assessment:exam", args=[later.pk]), client_for(user)
    assert url not in client.get("/").content.decode()

    with clock.moved(timedelta(weeks=6, minutes=1)):
        assert later_tests() == 1
        relay()
        assert list(Notice.objects.filter(kind="course.later_test").values_list("recipient", "url")) == [(user.pk, url)]
        assert url in client_for(user).get("/").content.decode()
        sit(later, user)
        assert url not in client_for(user).get("/").content.decode()


def test_without_weeks_nobody_is_asked_again(trainer: User, course: Course, hospital: Institution) -> None:
    tests = with_tests(trainer, course)
    attempt = sit(tests.pair.after, go_through(tests, hospital, after=None))

    assert plan_later(attempt_id=attempt.pk) is None
    assert not LaterTest.objects.exists()


# -- setting and ending -----------------------------------------------------------------------------------------------


def test_a_course_has_one_pair_until_it_ends(trainer: User, course: Course) -> None:
    tests = with_tests(trainer, course, later_weeks=8)
    with pytest.raises(DomainError, match="has its tests already"):
        with_tests(trainer, course)

    with as_(trainer) as actor:
        end_tests(actor=actor, course_id=course.pk)
        end_tests(actor=actor, course_id=course.pk)

    tests.pair.refresh_from_db()
    assert (tests.pair.after.step, testing.tests_of(course.pk)) == ("closed", None)
    with_tests(trainer, course)


def test_five_weeks_are_too_few(trainer: User, course: Course) -> None:
    with pytest.raises(DomainError, match="6 to 8 weeks"):
        with_tests(trainer, course, later_weeks=5)


def test_an_exam_of_another_place_is_not_there(
    trainer: User, other_trainer: User, course: Course, unrelated: Institution
) -> None:
    exam = make_drawn_exam(other_trainer, unrelated)
    with as_(trainer) as actor, pytest.raises(NotVisible):
        set_tests(actor=actor, course_id=course.pk, exam_id=exam.pk)


def test_only_its_builder_sets_tests_and_reads_them(trainer: User, course: Course, learner: User) -> None:
    with_tests(trainer, course)
    with as_(learner) as actor:
        with pytest.raises(NotPermitted):
            end_tests(actor=actor, course_id=course.pk)
        with pytest.raises(NotPermitted):
            export_gains(actor=actor, course_id=course.pk)


def test_the_trainer_chooses_on_a_page(trainer: User, course: Course, hospital: Institution) -> None:
    exam = make_drawn_exam(trainer, hospital, bank=1)
    client, url = client_for(trainer), reverse("library:tests", args=[course.pk])
    assert exam.title in client.get(url).content.decode()
    assert client.post(url, {"exam_id": "", "gates": "on"}).status_code == 422

    key = "8f7f4ac2-7f39-4d36-9c33-6f9e3ab8f001"
    answer = client.post(url, {"exam_id": str(exam.pk), "later_weeks": "7", "gates": "on", "request_key": key})

    assert answer.status_code == 302
    found = CourseTests.objects.get(course=course)
    assert (found.pair.before_id, found.later_weeks, found.gates) == (exam.pk, 7, True)
    assert "The bank is too small" in client.get(url).content.decode()
    assert client.post(reverse("library:tests_end", args=[course.pk])).status_code == 302


# -- what they say ----------------------------------------------------------------------------------------------------


def test_few_are_not_told(trainer: User, course: Course, hospital: Institution) -> None:
    tests = with_tests(trainer, course)
    for _person in range(2):
        go_through(tests, hospital)
    go_through(tests, hospital, after=None)

    report = report_of(tests)

    assert (report.n, report.before_only, report.after_only, report.whole) == (2, 1, 0, None)
    page = client_for(trainer).get(reverse("library:gains", args=[course.pk])).content.decode()
    assert "Fewer than five pairs" in page


def test_a_tier_of_few_takes_another_with_it(
    trainer: User, course: Course, hospital: Institution, community: Institution, district: Institution
) -> None:
    """One of the community alone is hidden with the five of the hospital: the five of the district stay, and so nobody
    finds the one by subtraction."""
    tests = with_tests(trainer, course)
    for place, people in ((hospital, 5), (district, 6), (community, 1)):
        for person in range(people):
            go_through(tests, place, RIGHT if person == 0 else WRONG)

    report = report_of(tests)

    assert [(group.label, group.n) for group in report.groups] == [
        ("All", 12), ("District hospital", 6), ("All others", 6),
    ]  # fmt: skip
    assert report.whole is not None
    assert report.whole.before == pytest.approx(25)
    assert (report.whole.after, report.repeated) == (100, 0)
    page = client_for(trainer).get(reverse("library:gains", args=[course.pk])).content.decode()
    assert "All others" in page
    assert "Community health centre" not in page
    file = client_for(trainer).post(reverse("library:gains_file", args=[course.pk, "xlsx"]))
    sheet: Any = load_workbook(BytesIO(file.content)).active
    assert [row[:2] for row in sheet.iter_rows(min_row=2, values_only=True)] == [
        ("All", 12), ("District hospital", 6), ("All others", 6),
    ]  # fmt: skip
    csv = client_for(trainer).post(reverse("library:gains_file", args=[course.pk, "csv"])).content.decode("utf-8-sig")
    assert csv.splitlines()[2].startswith("District hospital,6,")
    assert client_for(trainer).post(reverse("library:gains_file", args=[course.pk, "pdf"])).status_code == 404
