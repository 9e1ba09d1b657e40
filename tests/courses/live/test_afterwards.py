"""A lecture leaves a course, credit for who was there, and nothing at all once its case may be taught no more."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import override_settings
from django.urls import reverse

from consortium.casework.models import Case, Service
from consortium.kernel import clock
from consortium.kernel.errors import NotPermitted, WrongStep
from consortium.notices.models import Notice
from consortium.patients.models import Patient
from consortium.patients.states import ConsentStatus
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.assessment.models import CreditEntry, Exam, ExamQuestion, HasAnswered, ItemVersion, Questionnaire
from courses.assessment.states import ItemStep
from courses.assessment.states.credits import Activity, EntryKind
from courses.assessment.states.exams import ExamStep
from courses.assessment.states.questionnaires import QuestionnaireStep
from courses.library.models import CourseVersion, Lesson
from courses.library.operations import discard_draft
from courses.library.states import LessonKind, Step
from courses.live.models import (
    ChatLine,
    CheckIn,
    LateVote,
    Lecture,
    Question,
    RoomEvent,
    Seat,
    TeachingCase,
)
from courses.live.models.staging import CaseVote
from courses.live.operations import polls
from courses.live.operations.afterwards import prepare_lesson, publish_lesson, take_down_lesson
from courses.live.operations.crediting import credit_again, credit_lectures
from courses.live.operations.forgetting import forget_room
from courses.live.operations.lectures import reopen_lecture
from courses.live.queries.afterwards import covered, seconds_there
from courses.live.states.lectures import SeatKind
from courses.live.states.staging import Asks
from tests.cast import client_for
from tests.courses.library.films import as_, as_worker
from tests.courses.live.planned import given_by, lecture_at
from tests.courses.live.recorded import anew, course_of, delivered, ended, left, lesson_of, sent, took, was_there
from tests.courses.live.room.rooms import do, line, opened, question
from tests.courses.live.teaching import agreed, approved, refused
from tests.factories.cases import make_asked
from tests.factories.credits import make_rule
from tests.factories.items import approved_item, make_author, written_item
from tests.factories.patients import make_guardian
from tests.factories.people import make_staff


@pytest.fixture
def viewer(community: Institution) -> User:
    return make_staff("viewer", community, Role.ASKER)


@pytest.fixture
def live(hospital: Institution, lecturer: User) -> Lecture:
    return sent(given_by(lecture_at(hospital, hours=0, step="live", summary_en="What we saw."), lecturer), parts=8)


@pytest.fixture
def taught(
    live: Lecture, patient: Patient, asker: User, colleague: User, community: Institution, service: Service
) -> Lecture:
    """Of a child's case."""
    make_guardian(patient, "Chen Mei")
    agreed(patient, asker)
    case: Case = make_asked(patient, asker, community, service).case
    row = approved(asker, colleague, case)
    TeachingCase.unscoped.filter(pk=row.pk).update(lecture=live)
    return live


def seat(lecture: Lecture, user: User, kind: str = SeatKind.PERSON, **more: Any) -> Seat:
    made: Seat = Seat.unscoped.create(lecture=lecture, user=user, kind=kind, taken_at=clock.now(), **more)
    return made


# -- the course -------------------------------------------------------------------------------------------------------


def test_a_lecture_leaves_a_draft_with_recording_and_questionnaire(live: Lecture, lecturer: User) -> None:
    ended(lecturer, live)
    delivered()
    version = CourseVersion.unscoped.get(course=course_of(live))
    lessons = Lesson.unscoped.filter(version=version).order_by("position")
    assert version.step == Step.DRAFT
    assert [lesson.kind for lesson in lessons] == [LessonKind.RECORDING, LessonKind.QUESTIONNAIRE]
    assert lessons[0].video_id == anew(live).recording_id
    assert Notice.unscoped.filter(kind="lecture.ready", recipient=lecturer).count() == 1


def test_it_is_drafted_once(live: Lecture, lecturer: User) -> None:
    ended(lecturer, live)
    assert as_worker(prepare_lesson, lecture_id=live.pk) is not None
    assert as_worker(prepare_lesson, lecture_id=live.pk) is None


def test_of_what_is_live_again_nothing_is_drafted(live: Lecture, lecturer: User) -> None:
    ended(lecturer, live)
    as_(lecturer, reopen_lecture, lecture_id=live.pk)
    assert as_worker(prepare_lesson, lecture_id=live.pk) is None


def test_only_the_system_drafts_and_takes_away(live: Lecture, lecturer: User) -> None:
    ended(lecturer, live)
    for operation in (prepare_lesson, take_down_lesson, forget_room):
        with pytest.raises(NotPermitted):
            as_(lecturer, operation, lecture_id=live.pk)


def test_the_crew_publishes_all_of_it_with_one_act(live: Lecture, lecturer: User, viewer: User) -> None:
    seat(live, viewer)
    ended(lecturer, live)
    delivered()
    answer = client_for(lecturer).post(reverse("lectures:lesson_publish", args=[live.pk]))
    assert answer["Location"] == reverse("lectures:afterwards", args=[live.pk])
    assert course_of(live).current is not None
    assert Questionnaire.unscoped.get().step == QuestionnaireStep.OPEN
    delivered()
    told = Notice.unscoped.get(kind="lecture.recording")
    assert (told.recipient_id, told.url) == (viewer.pk, reverse("library:course", args=[course_of(live).pk]))
    assert client_for(viewer).get(reverse("library:watch", args=[lesson_of(live).pk])).status_code == 200


def test_published_twice_is_published_once(live: Lecture, lecturer: User) -> None:
    ended(lecturer, live)
    left(lecturer, live)
    as_(lecturer, publish_lesson, lecture_id=live.pk)
    assert CourseVersion.unscoped.filter(course=course_of(live)).count() == 1


def test_nothing_is_published_before_it_is_drafted(live: Lecture, lecturer: User) -> None:
    ended(lecturer, live)
    with pytest.raises(WrongStep):
        as_(lecturer, publish_lesson, lecture_id=live.pk)


def test_of_a_draft_that_was_thrown_away_nothing_is_published(live: Lecture, lecturer: User) -> None:
    ended(lecturer, live)
    as_worker(prepare_lesson, lecture_id=live.pk)
    as_worker(discard_draft, version_id=CourseVersion.unscoped.get(course=course_of(live)).pk)
    with pytest.raises(WrongStep):
        as_(lecturer, publish_lesson, lecture_id=live.pk)


def test_who_did_not_give_it_does_not_publish_it(live: Lecture, lecturer: User, viewer: User) -> None:
    ended(lecturer, live)
    as_worker(prepare_lesson, lecture_id=live.pk)
    with pytest.raises(NotPermitted):
        as_(viewer, publish_lesson, lecture_id=live.pk)


def in_bank(lecture: Lecture, lecturer: User, version: ItemVersion) -> None:
    """A vote about its case that has become this question of the bank."""
    poll = opened(lecturer, lecture)
    do(lecturer, polls.close_poll, lecture_id=lecture.pk, poll_id=poll.pk)
    CaseVote.unscoped.create(
        poll=poll, teaching_case=TeachingCase.unscoped.get(lecture=lecture), number=1, asks=Asks.DIFFERENTIAL, right=0,
        question=version, made_at=clock.now(),
    )  # fmt: skip


def test_what_was_voted_on_and_approved_becomes_its_test(taught: Lecture, lecturer: User) -> None:
    author, reviewer = make_author(taught.institution), make_author(taught.institution, "reviewer")
    version = approved_item(author, reviewer)
    in_bank(taught, lecturer, version)
    ended(lecturer, taught)
    lesson = left(lecturer, taught)
    exam = Exam.unscoped.get()
    assert (exam.step, exam.self_check) == (ExamStep.OPEN, False)
    assert Lesson.unscoped.get(version=lesson.version, kind=LessonKind.EXAM).exam_id == exam.pk
    assert ExamQuestion.unscoped.get(exam=exam).version_id == version.pk


def test_what_waits_for_its_review_is_a_self_check_when_it_is_published(taught: Lecture, lecturer: User) -> None:
    version = written_item(make_author(taught.institution))
    in_bank(taught, lecturer, version)
    ended(lecturer, taught)
    as_worker(prepare_lesson, lecture_id=taught.pk)
    assert not Exam.unscoped.exists()
    ItemVersion.unscoped.filter(pk=version.pk).update(step=ItemStep.IN_REVIEW)
    as_(lecturer, publish_lesson, lecture_id=taught.pk)
    exam = Exam.unscoped.get()
    assert (exam.step, exam.self_check) == (ExamStep.OPEN, True)


# -- credit -----------------------------------------------------------------------------------------------------------


def entries(user: User) -> list[tuple[str, str, Decimal]]:
    rows = CreditEntry.unscoped.filter(user=user).order_by("at")
    return [(row.kind, row.activity, row.hours) for row in rows]


def test_who_was_there_is_given_what_the_server_saw_once(live: Lecture, lecturer: User, viewer: User) -> None:
    make_rule(live.institution, activity=Activity.LECTURE)
    ended(lecturer, live)
    took(live, 60)
    was_there(live, viewer, 0, 30)
    was_there(live, viewer, 15, 45)  # on a second device
    assert as_worker(credit_lectures) == 1
    assert as_worker(credit_lectures) == 0
    assert entries(viewer) == [(EntryKind.AWARDED, Activity.LECTURE, Decimal("0.75"))]


def test_while_it_may_be_gone_on_with_nobody_is_given_any(live: Lecture, lecturer: User, viewer: User) -> None:
    make_rule(live.institution, activity=Activity.LECTURE)
    ended(lecturer, live)
    was_there(live, viewer, 0, 60)
    assert as_worker(credit_lectures) == 0
    assert anew(live).credited_at is None


@pytest.mark.parametrize(("percent", "people"), [(50, 0), (40, 1)])
def test_who_only_looked_in_is_given_none(
    live: Lecture, lecturer: User, viewer: User, percent: int, people: int
) -> None:
    make_rule(live.institution, activity=Activity.LECTURE)
    ended(lecturer, live)
    took(live, 60)
    was_there(live, viewer, 0, 25)
    with override_settings(LECTURE_PRESENCE_PERCENT=percent):
        assert as_worker(credit_lectures) == people


def test_who_checked_in_to_a_classroom_was_there_as_long_as_its_screen(
    live: Lecture, lecturer: User, viewer: User, community: Institution
) -> None:
    ended(lecturer, live)
    lecture = took(live, 60)
    host = make_staff("host", community, Role.ASKER)
    room = seat(live, host, SeatKind.CLASSROOM, place="Room 2", institution=community)
    opened_at: Any = lecture.opened_at
    CheckIn.unscoped.create(seat=room, user=viewer, at=opened_at + timedelta(minutes=10))
    was_there(live, host, -5, 40)
    assert seconds_there(anew(live)) == {host.pk: 40 * 60, viewer.pk: 30 * 60}


def test_what_a_rule_asks_for_beside_presence_is_given_later(live: Lecture, lecturer: User, viewer: User) -> None:
    make_rule(live.institution, activity=Activity.LECTURE, evidence=["feedback"])
    ended(lecturer, live)
    lesson = left(lecturer, live)
    took(live, 60)
    was_there(live, viewer, 0, 60)
    as_worker(credit_lectures)
    assert [kind for kind, *_rest in entries(viewer)] == [EntryKind.WITHHELD]
    asked_id: Any = Lesson.unscoped.get(version=lesson.version, kind=LessonKind.QUESTIONNAIRE).questionnaire_id
    HasAnswered.unscoped.create(questionnaire_id=asked_id, user=viewer, day=clock.today())
    for _told in range(2):
        assert as_worker(credit_again, user_id=viewer.pk, asked_id=asked_id) == 1
    assert [kind for kind, *_rest in entries(viewer)] == [EntryKind.WITHHELD, EntryKind.AWARDED]


def test_who_was_not_there_is_given_none_by_a_questionnaire(live: Lecture, lecturer: User, viewer: User) -> None:
    make_rule(live.institution, activity=Activity.LECTURE)
    ended(lecturer, live)
    lesson = left(lecturer, live)
    took(live, 60)
    as_worker(credit_lectures)
    asked_id: Any = Lesson.unscoped.get(version=lesson.version, kind=LessonKind.QUESTIONNAIRE).questionnaire_id
    assert as_worker(credit_again, user_id=viewer.pk, asked_id=asked_id) == 0
    assert entries(viewer) == []


def test_only_the_system_gives_credit(lecturer: User, live: Lecture) -> None:
    ended(lecturer, live)
    took(live, 60)
    with pytest.raises(NotPermitted):
        as_(lecturer, credit_lectures)
    with pytest.raises(NotPermitted):
        as_(lecturer, credit_again, user_id=lecturer.pk)


def test_stays_are_counted_once_and_within_the_lecture() -> None:
    now = clock.now()

    def minutes(*pairs: tuple[int, int]) -> list[tuple[Any, Any]]:
        return [(now + timedelta(minutes=begin), now + timedelta(minutes=end)) for begin, end in pairs]

    whole = minutes((0, 60))[0]
    assert covered(minutes((-10, 5), (3, 10), (4, 6), (50, 90)), whole) == 20 * 60
    assert covered([], whole) == 0


# -- taken away -------------------------------------------------------------------------------------------------------


def test_when_the_guardian_says_no_nothing_of_it_is_left(
    taught: Lecture, lecturer: User, viewer: User, patient: Patient, asker: User
) -> None:
    made = opened(lecturer, taught)
    do(lecturer, polls.close_poll, lecture_id=taught.pk, poll_id=made.pk)
    line(viewer, taught, "Thank you")
    question(viewer, taught)
    ended(lecturer, taught)
    lesson = left(lecturer, taught)
    LateVote.unscoped.create(poll=made, user=viewer, choice=[0], at=clock.now())
    delivered()
    browser = client_for(viewer)
    assert browser.get(reverse("library:watch", args=[lesson.pk])).status_code == 200
    refused(patient, asker, ConsentStatus.INACTIVE)
    assert "data-replay" not in browser.get(reverse("library:watch", args=[lesson.pk])).content.decode()
    delivered()
    assert browser.get(reverse("library:watch", args=[lesson.pk])).status_code == 404
    assert course_of(taught).current is None
    for model in (RoomEvent, ChatLine, Question, LateVote):
        assert not model.unscoped.exists()


def test_a_draft_goes_too(taught: Lecture, lecturer: User, patient: Patient, asker: User) -> None:
    ended(lecturer, taught)
    delivered()
    refused(patient, asker, ConsentStatus.INACTIVE)
    delivered()
    assert CourseVersion.unscoped.get(course=course_of(taught)).step == Step.WITHDRAWN
    assert not as_worker(take_down_lesson, lecture_id=taught.pk)
    assert not as_worker(forget_room, lecture_id=taught.pk)


# -- pages ------------------------------------------------------------------------------------------------------------


def test_the_crew_s_page_says_how_far_it_is(live: Lecture, lecturer: User, viewer: User) -> None:
    url = reverse("lectures:afterwards", args=[live.pk])
    assert client_for(lecturer).get(url).status_code == 404
    ended(lecturer, live)
    assert "being prepared" in client_for(lecturer).get(url).content.decode()
    as_worker(prepare_lesson, lecture_id=live.pk)
    assert "Publish all of it" in client_for(lecturer).get(url).content.decode()
    assert client_for(viewer).get(url).status_code == 403
    shown = client_for(lecturer).get(reverse("lectures:lecture", args=[live.pk])).content.decode()
    assert url in shown


def test_what_cannot_be_published_is_said(live: Lecture, lecturer: User) -> None:
    ended(lecturer, live)
    url = reverse("lectures:lesson_publish", args=[live.pk])
    shown = client_for(lecturer).post(url, follow=True).content.decode()
    assert "The recording is not ready yet." in shown
