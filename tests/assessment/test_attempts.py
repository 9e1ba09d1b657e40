"""Beginning, answering, going on elsewhere and handing in: by the server's clock, and nothing saved is lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, WrongStep
from consortium.people.models import Institution, User
from courses.assessment.models import Attempt, Exam, FormQuestion, GivenAnswer, Response
from courses.assessment.operations.answering import EPOCH, OtherDevice, Saved, Sent, TimeOver, save_answer, stamps_of
from courses.assessment.operations.attending import begin_attempt, take_over
from courses.assessment.operations.handing_in import end_due, hand_in
from courses.assessment.operations.publishing import accommodate, close_exam
from courses.assessment.sitting import GRACE
from tests.cast import actor_for
from tests.factories.exams import RIGHT, WRONG, begin, make_exam, make_trainer, make_version

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def trainer(hospital: Institution) -> User:
    return make_trainer(hospital)


@pytest.fixture
def exam(trainer: User, hospital: Institution) -> Exam:
    """Two questions, thirty minutes, two attempts."""
    versions = [make_version(hospital) for _ in range(2)]
    return make_exam(trainer, hospital, versions, minutes=30, attempts_allowed=2)


@pytest.fixture
def attempt(exam: Exam, asker: User) -> Attempt:
    return begin(exam, asker)


def does(user: User, operation: Any, **words: Any) -> Any:
    actor = actor_for(user)
    with acting_as(actor):
        return operation(actor=actor, **words)


def answers(user: User, attempt: Attempt, position: int = 1, seq: int = 1, given: Any = RIGHT, **words: Any) -> Saved:
    saved: Saved = does(user, save_answer, attempt_id=attempt.pk, sent=Sent(position, seq, given, **words))
    return saved


def standing(attempt: Attempt) -> list[tuple[int, int, Any]]:
    rows = GivenAnswer.unscoped.filter(attempt=attempt).order_by("question__position")
    return [(row.question.position, row.seq, row.given) for row in rows]


def first_question(attempt: Attempt) -> FormQuestion:
    found: FormQuestion = FormQuestion.unscoped.get(form=attempt.form_id, position=1)
    return found


def now(attempt: Attempt) -> Attempt:
    attempt.refresh_from_db()
    return attempt


def ends(attempt: Attempt) -> datetime:
    assert attempt.ends_at is not None
    return attempt.ends_at


# -- beginning --------------------------------------------------------------------------------------------------------


def test_an_attempt_ends_when_its_minutes_are_over(attempt: Attempt) -> None:
    assert ends(attempt) - attempt.began_at == 30 * MINUTE


def test_who_begins_again_goes_on_with_what_runs(attempt: Attempt, exam: Exam, asker: User) -> None:
    again, fresh = does(asker, begin_attempt, exam_id=exam.pk, key=uuid4())

    assert (again.pk, fresh) == (attempt.pk, False)


def test_the_same_key_after_the_end_begins_nothing_new(exam: Exam, asker: User) -> None:
    key = uuid4()
    first, _ = does(asker, begin_attempt, exam_id=exam.pk, key=key)
    does(asker, hand_in, attempt_id=first.pk)

    again, fresh = does(asker, begin_attempt, exam_id=exam.pk, key=key)
    assert (again.pk, fresh) == (first.pk, False)


def test_the_database_holds_one_running_attempt(attempt: Attempt) -> None:
    row = Attempt.unscoped.get(pk=attempt.pk)
    row.pk, row.number, row.request_key = uuid4(), 2, uuid4()

    with pytest.raises(IntegrityError, match="assessment_attempt_one_runs"), transaction.atomic():
        row.save(force_insert=True)


def test_attempts_are_counted(exam: Exam, asker: User) -> None:
    for _ in range(2):
        does(asker, hand_in, attempt_id=begin(exam, asker).pk)

    with pytest.raises(NotPermitted, match="no attempt left"):
        begin(exam, asker)


def test_a_draft_is_hidden_from_learners(trainer: User, hospital: Institution, asker: User) -> None:
    draft = make_exam(trainer, hospital, [make_version(hospital)], draft=True)

    with pytest.raises(NotVisible):
        begin(draft, asker)


def test_a_closed_exam_is_not_begun(exam: Exam, trainer: User, asker: User) -> None:
    does(trainer, close_exam, exam_id=exam.pk)

    with pytest.raises(WrongStep, match="not open"):
        begin(exam, asker)


def test_a_closed_exam_is_gone_on_with(attempt: Attempt, exam: Exam, trainer: User, asker: User) -> None:
    does(trainer, close_exam, exam_id=exam.pk)

    assert answers(asker, attempt).kept


def test_nobody_begins_before_the_window(trainer: User, hospital: Institution, asker: User) -> None:
    opens = clock.now() + MINUTE
    exam = make_exam(trainer, hospital, [make_version(hospital)], opens_at=opens)

    with pytest.raises(WrongStep, match="not begun"):
        begin(exam, asker)
    with clock.moved(2 * MINUTE):
        assert begin(exam, asker).step == "running"


def test_nobody_begins_after_the_window(trainer: User, hospital: Institution, asker: User) -> None:
    exam = make_exam(trainer, hospital, [make_version(hospital)], closes_at=clock.now() + MINUTE)

    with clock.moved(2 * MINUTE), pytest.raises(WrongStep, match="is over"):
        begin(exam, asker)


def test_the_window_cuts_the_time_of_who_begins_late(trainer: User, hospital: Institution, asker: User) -> None:
    closes = clock.now() + 10 * MINUTE
    exam = make_exam(trainer, hospital, [make_version(hospital)], minutes=30, closes_at=closes)

    assert begin(exam, asker).ends_at == closes


# -- answering --------------------------------------------------------------------------------------------------------


def test_an_answer_is_kept(attempt: Attempt, asker: User) -> None:
    saved = answers(asker, attempt)

    assert (saved.kept, saved.seq, saved.ends_at) == (True, 1, attempt.ends_at)
    assert standing(attempt) == [(1, 1, RIGHT)]


def test_the_highest_number_wins(attempt: Attempt, asker: User) -> None:
    answers(asker, attempt, seq=1, given=WRONG)
    answers(asker, attempt, seq=2, given=RIGHT)

    assert standing(attempt) == [(1, 2, RIGHT)]


def test_a_stale_answer_changes_nothing_and_is_told_so(attempt: Attempt, asker: User) -> None:
    answers(asker, attempt, seq=5, given=RIGHT)
    saved = answers(asker, attempt, seq=3, given=WRONG)

    assert (saved.kept, saved.seq) == (False, 5)
    assert standing(attempt) == [(1, 5, RIGHT)]


def test_the_same_again_is_told_the_same(attempt: Attempt, asker: User) -> None:
    assert answers(asker, attempt) == answers(asker, attempt)


def test_the_same_again_is_told_the_same_even_after_handing_in(attempt: Attempt, asker: User) -> None:
    first = answers(asker, attempt)
    does(asker, hand_in, attempt_id=attempt.pk)

    assert answers(asker, attempt) == first


def test_an_answer_may_be_taken_back(attempt: Attempt, asker: User) -> None:
    answers(asker, attempt, seq=1)
    answers(asker, attempt, seq=2, given=None)

    assert standing(attempt) == [(1, 2, None)]


def test_a_question_may_be_flagged_without_an_answer(attempt: Attempt, asker: User) -> None:
    assert answers(asker, attempt, given=None, flagged=True).flagged


def test_there_is_no_question_beyond_the_last(attempt: Attempt, asker: User) -> None:
    with pytest.raises(InvalidInput):
        answers(asker, attempt, position=3)


@pytest.mark.parametrize("seq", [0, -1, 2 * EPOCH])
def test_a_number_that_no_page_counts_to_is_refused(attempt: Attempt, asker: User, seq: int) -> None:
    with pytest.raises(InvalidInput):
        answers(asker, attempt, seq=seq)


def test_nobody_answers_for_another(attempt: Attempt, colleague: User, trainer: User) -> None:
    with pytest.raises(NotVisible):
        answers(colleague, attempt)
    with pytest.raises(NotPermitted, match="somebody else"):
        answers(trainer, attempt)


def test_after_handing_in_nothing_new_is_taken(attempt: Attempt, asker: User) -> None:
    does(asker, hand_in, attempt_id=attempt.pk)

    with pytest.raises(WrongStep, match="handed in"):
        answers(asker, attempt)


# -- time -------------------------------------------------------------------------------------------------------------


def test_after_the_end_nothing_is_taken(attempt: Attempt, asker: User) -> None:
    with clock.moved(30 * MINUTE + timedelta(seconds=1)), pytest.raises(TimeOver):
        answers(asker, attempt)


def test_an_answer_given_before_the_end_is_taken_in_the_grace_and_marked_late(attempt: Attempt, asker: User) -> None:
    with clock.moved(29 * MINUTE):
        stamp = stamps_of(attempt).make(clock.now())
    with clock.moved(30 * MINUTE + timedelta(seconds=20)):
        saved = answers(asker, attempt, stamp=stamp, held=timedelta(seconds=30))

    assert saved.kept
    assert GivenAnswer.unscoped.get(attempt=attempt).late


def test_a_stamp_of_after_the_end_helps_nothing(attempt: Attempt, asker: User) -> None:
    with clock.moved(30 * MINUTE + timedelta(seconds=5)):
        stamp = stamps_of(attempt).make(clock.now())
    with clock.moved(30 * MINUTE + timedelta(seconds=6)), pytest.raises(TimeOver):
        answers(asker, attempt, stamp=stamp)


def test_an_invented_stamp_helps_nothing(attempt: Attempt, asker: User) -> None:
    with clock.moved(30 * MINUTE + timedelta(seconds=5)), pytest.raises(TimeOver):
        answers(asker, attempt, stamp="x" * 27)


def test_after_the_grace_a_good_stamp_helps_nothing(attempt: Attempt, asker: User) -> None:
    stamp = stamps_of(attempt).make(clock.now())

    with clock.moved(30 * MINUTE + GRACE + timedelta(seconds=1)), pytest.raises(TimeOver):
        answers(asker, attempt, stamp=stamp)


def test_the_database_refuses_an_answer_after_the_grace(attempt: Attempt) -> None:
    question = first_question(attempt)
    late = ends(attempt) + GRACE + timedelta(seconds=1)

    with pytest.raises(DatabaseError, match="assessment_answer_in_time"), transaction.atomic():
        GivenAnswer.unscoped.create(attempt=attempt, question=question, seq=1, given=RIGHT, saved_at=late)


def test_the_database_refuses_an_answer_to_what_was_handed_in(attempt: Attempt, asker: User) -> None:
    does(asker, hand_in, attempt_id=attempt.pk)

    with pytest.raises(DatabaseError, match="assessment_answer_in_time"), transaction.atomic():
        question = first_question(attempt)
        GivenAnswer.unscoped.create(attempt=attempt, question=question, seq=1, given=RIGHT, saved_at=clock.now())


def test_the_database_refuses_an_older_answer(attempt: Attempt, asker: User) -> None:
    answers(asker, attempt, seq=5)

    with pytest.raises(DatabaseError, match="assessment_answer_newer"), transaction.atomic():
        GivenAnswer.unscoped.filter(attempt=attempt).update(seq=4)


def test_extra_time_moves_the_end_of_a_running_attempt_at_once(
    attempt: Attempt, exam: Exam, asker: User, trainer: User
) -> None:
    does(trainer, accommodate, exam_id=exam.pk, user_id=asker.pk, reason="Broken wrist", extra_minutes=15)

    assert ends(now(attempt)) - attempt.began_at == 45 * MINUTE
    with clock.moved(44 * MINUTE):
        assert answers(asker, attempt).kept
    with clock.moved(46 * MINUTE), pytest.raises(TimeOver):
        answers(asker, attempt, seq=2)


def test_extra_time_given_before_counts_from_the_beginning(exam: Exam, asker: User, trainer: User) -> None:
    does(trainer, accommodate, exam_id=exam.pk, user_id=asker.pk, reason="Dyslexia", extra_minutes=10)
    attempt = begin(exam, asker)

    assert ends(attempt) - attempt.began_at == 40 * MINUTE


def test_an_extra_attempt_is_one_more(exam: Exam, asker: User, trainer: User) -> None:
    for _ in range(2):
        does(asker, hand_in, attempt_id=begin(exam, asker).pk)
    does(trainer, accommodate, exam_id=exam.pk, user_id=asker.pk, reason="Power failure", extra_attempts=1)

    assert begin(exam, asker).number == 3


def test_extra_time_of_one_person_is_nobody_else_s(exam: Exam, asker: User, colleague: User, trainer: User) -> None:
    does(trainer, accommodate, exam_id=exam.pk, user_id=asker.pk, reason="Dyslexia", extra_minutes=10)
    attempt = begin(exam, colleague)

    assert ends(attempt) - attempt.began_at == 30 * MINUTE


# -- another device ---------------------------------------------------------------------------------------------------


def test_the_newest_device_takes_over_and_the_other_is_told(attempt: Attempt, asker: User) -> None:
    before = attempt.device
    taken = does(asker, take_over, attempt_id=attempt.pk)

    assert taken.device != before
    with pytest.raises(OtherDevice, match="another device"):
        answers(asker, attempt, device=before)
    assert answers(asker, attempt, device=taken.device).kept


def test_numbers_of_the_newer_device_are_the_higher_ones(attempt: Attempt, asker: User) -> None:
    """What the older page had not yet sent stays older, and fills only what the newer one left open."""
    taken = does(asker, take_over, attempt_id=attempt.pk)
    answers(asker, attempt, seq=taken.epoch * EPOCH + 1, given=RIGHT)

    assert answers(asker, attempt, seq=EPOCH + 7, given=WRONG).kept is False
    assert answers(asker, attempt, position=2, seq=EPOCH + 8, given=WRONG).kept


def test_a_stamp_of_the_older_device_is_none_of_the_newer(attempt: Attempt, asker: User) -> None:
    stamp = stamps_of(attempt).make(clock.now())
    taken = does(asker, take_over, attempt_id=attempt.pk)

    assert stamps_of(taken).read(stamp) is None


def test_nobody_takes_over_another_s_attempt(attempt: Attempt, colleague: User) -> None:
    with pytest.raises(NotVisible):
        does(colleague, take_over, attempt_id=attempt.pk)


def test_taking_over_what_was_handed_in_changes_nothing(attempt: Attempt, asker: User) -> None:
    done = does(asker, hand_in, attempt_id=attempt.pk)

    assert does(asker, take_over, attempt_id=attempt.pk).device == done.device


# -- the end ----------------------------------------------------------------------------------------------------------


def test_handing_in_scores_and_finishes(attempt: Attempt, asker: User) -> None:
    answers(asker, attempt, position=1, given=RIGHT)
    answers(asker, attempt, position=2, given=WRONG)
    done = does(asker, hand_in, attempt_id=attempt.pk)

    assert (done.step, done.points, done.percent, done.passed) == ("finished", 1, 50, False)


def test_all_right_passes(attempt: Attempt, asker: User) -> None:
    answers(asker, attempt, position=1)
    answers(asker, attempt, position=2)

    assert does(asker, hand_in, attempt_id=attempt.pk).passed


def test_why_an_answer_got_its_points_stands_beside_it(attempt: Attempt, asker: User) -> None:
    answers(asker, attempt)
    does(asker, hand_in, attempt_id=attempt.pk)

    row = GivenAnswer.unscoped.get(attempt=attempt)
    assert [row.points, row.trace["share"]] == [1, "1"]
    assert ["a", "right"] in row.trace["marks"]


def test_each_question_is_noted_as_a_use_once_also_what_was_left_open(attempt: Attempt, asker: User) -> None:
    answers(asker, attempt)
    does(asker, hand_in, attempt_id=attempt.pk)
    does(asker, hand_in, attempt_id=attempt.pk)

    rows = Response.unscoped.filter(use_id=attempt.pk).order_by("score")
    assert [row.score for row in rows] == [0, 1]
    assert {row.person_id for row in rows} == {asker.pk}


def heard(attempt: Attempt) -> list[str]:
    entries = Entry.unscoped.filter(subject_id=str(attempt.pk)).order_by("id")
    return [entry.verb for entry in entries]


def test_a_second_hand_in_does_nothing(attempt: Attempt, asker: User) -> None:
    does(asker, hand_in, attempt_id=attempt.pk)
    does(asker, hand_in, attempt_id=attempt.pk)

    assert heard(attempt) == ["begin_attempt", "hand_in", "finish_attempt"]


def test_nobody_hands_in_for_another(attempt: Attempt, trainer: User) -> None:
    with pytest.raises(NotPermitted):
        does(trainer, hand_in, attempt_id=attempt.pk)


def by_the_clock() -> int:
    with acting_as(system("the time of exams")) as actor:
        return end_due(actor=actor)


def test_the_clock_hands_in_when_the_grace_is_over(attempt: Attempt, asker: User) -> None:
    answers(asker, attempt)
    with clock.moved(30 * MINUTE + GRACE + timedelta(seconds=1)):
        assert by_the_clock() == 1

    done = now(attempt)
    assert (done.step, done.by_the_clock, done.handed_in_at) == ("finished", True, done.ends_at)
    assert done.points == 1


def test_the_clock_leaves_the_grace_to_answers_on_their_way(attempt: Attempt) -> None:
    with clock.moved(30 * MINUTE + timedelta(seconds=30)):
        assert by_the_clock() == 0

    assert now(attempt).step == "running"


def test_the_clock_does_it_once(attempt: Attempt) -> None:
    with clock.moved(32 * MINUTE):
        assert (by_the_clock(), by_the_clock()) == (1, 0)

    assert heard(attempt).count("hand_in") == 1


def test_what_has_no_limit_is_never_ended(trainer: User, hospital: Institution, asker: User) -> None:
    begin(make_exam(trainer, hospital, [make_version(hospital)]), asker)

    with clock.moved(timedelta(days=300)):
        assert by_the_clock() == 0


def test_handed_in_within_the_grace_counts_as_handed_in_at_the_end(attempt: Attempt, asker: User) -> None:
    with clock.moved(30 * MINUTE + timedelta(seconds=10)):
        done = does(asker, hand_in, attempt_id=attempt.pk)

    assert (done.handed_in_at, done.by_the_clock) == (done.ends_at, True)


def test_a_hidden_attempt_is_not_handed_in(asker: User) -> None:
    with pytest.raises(NotVisible):
        does(asker, hand_in, attempt_id=UUID(int=5))
