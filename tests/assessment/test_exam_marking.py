"""Essays: two markers who do not know of each other, a third where they are far apart, results held until then."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, Taken
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.assessment.models import Attempt, EssayMark, Exam, GivenAnswer, ItemVersion, Response
from courses.assessment.operations.answering import Sent, save_answer
from courses.assessment.operations.handing_in import hand_in
from courses.assessment.operations.marking import mark_essay
from courses.assessment.operations.responses import rescore
from courses.assessment.queries.marking import alias_of, essay_for, essays_to_mark
from courses.assessment.queries.results import review_of, totals_of
from tests.cast import actor_for
from tests.factories.exams import ESSAY, RIGHT, SINGLE, WRONG, begin, make_exam, make_trainer, make_version
from tests.factories.people import make_staff, number

pytestmark = pytest.mark.django_db
CASE = {
    "stem": {"en": "A girl of 7 months coughs."},
    "parts": [
        {"id": "one", "kind": "single", "points": "1", "content": SINGLE},
        {"id": "two", "kind": "essay", "points": "3", "content": ESSAY},
    ],
}


@pytest.fixture
def trainer(hospital: Institution) -> User:
    return make_trainer(hospital)


@pytest.fixture
def exam(trainer: User, hospital: Institution) -> Exam:
    """One essay, worth 20 points; 60 % passes; 20 % apart calls for a third marker."""
    return make_exam(trainer, hospital, [make_version(hospital, "essay")], points=Decimal(20))


def does(user: User, operation: Any, **words: Any) -> Any:
    actor = actor_for(user)
    with acting_as(actor):
        return operation(actor=actor, **words)


def handed_in(user: User, exam: Exam, given: Any) -> Attempt:
    attempt = begin(exam, user)
    does(user, save_answer, attempt_id=attempt.pk, sent=Sent(1, 1, given))
    done: Attempt = does(user, hand_in, attempt_id=attempt.pk)
    return done


@pytest.fixture
def essay(exam: Exam, asker: User) -> GivenAnswer:
    attempt = handed_in(asker, exam, {"text": "Airway, then call."})
    found: GivenAnswer = GivenAnswer.unscoped.get(attempt=attempt)
    return found


def lecturer(hospital: Institution) -> User:
    return make_staff(f"lecturer{number()}", hospital, Role.LECTURER)


def marks(user: User, essay: GivenAnswer, safe: str, told: str, comment: str = "") -> EssayMark:
    criteria = {"safe": Decimal(safe), "told": Decimal(told)}
    given: EssayMark = does(user, mark_essay, answer_id=essay.pk, criteria=criteria, comment=comment)
    return given


def attempt_of(essay: GivenAnswer) -> Attempt:
    found: Attempt = Attempt.unscoped.get(pk=essay.attempt_id)
    return found


def test_an_essay_holds_the_result(essay: GivenAnswer) -> None:
    attempt = attempt_of(essay)

    assert (attempt.step, attempt.percent, attempt.passed) == ("handed_in", None, None)


def test_an_essay_that_was_left_empty_holds_nothing(exam: Exam, asker: User) -> None:
    assert handed_in(asker, exam, {"text": "  "}).step == "finished"


def test_one_mark_is_in_points_of_the_exam_and_settles_nothing(essay: GivenAnswer, hospital: Institution) -> None:
    assert marks(lecturer(hospital), essay, "4", "3").points == 14
    assert attempt_of(essay).step == "handed_in"


def test_two_marks_that_agree_finish_the_attempt(essay: GivenAnswer, hospital: Institution) -> None:
    marks(lecturer(hospital), essay, "4", "3")
    marks(lecturer(hospital), essay, "3", "3")

    attempt = attempt_of(essay)
    assert (attempt.step, attempt.passed) == ("finished", True)
    assert [attempt.points, attempt.percent] == [13, 65]


def test_how_an_essay_got_its_points_stands_beside_it(essay: GivenAnswer, hospital: Institution) -> None:
    marks(lecturer(hospital), essay, "4", "3", "Well said.")
    marks(lecturer(hospital), essay, "3", "3")
    essay.refresh_from_db()

    assert [mark["points"] for mark in essay.trace["marks_by"]] == ["14.0000", "12.0000"]
    assert essay.trace["marks_by"][0]["comment"] == "Well said."
    assert essay.trace["disputed"] is False


def test_marks_count_as_a_use_of_the_question(essay: GivenAnswer, hospital: Institution) -> None:
    marks(lecturer(hospital), essay, "4", "3")
    marks(lecturer(hospital), essay, "3", "3")

    assert Response.unscoped.get(use_id=essay.attempt_id).score == 13


def test_far_apart_a_third_marker_decides(essay: GivenAnswer, hospital: Institution) -> None:
    marks(lecturer(hospital), essay, "4", "6")
    marks(lecturer(hospital), essay, "1", "3")
    assert attempt_of(essay).step == "handed_in"
    marks(lecturer(hospital), essay, "1", "4")

    assert attempt_of(essay).points == 9


def test_what_has_all_its_marks_takes_no_more(essay: GivenAnswer, hospital: Institution) -> None:
    for _ in range(2):
        marks(lecturer(hospital), essay, "3", "3")

    with pytest.raises(Taken):
        marks(lecturer(hospital), essay, "0", "0")


def test_a_marker_marks_once(essay: GivenAnswer, hospital: Institution) -> None:
    marker = lecturer(hospital)
    first = marks(marker, essay, "4", "3")

    assert marks(marker, essay, "0", "0").pk == first.pk
    assert EssayMark.unscoped.count() == 1


def test_nobody_marks_their_own(exam: Exam, hospital: Institution) -> None:
    both = make_staff("both", hospital, Role.ASKER, Role.LECTURER)
    attempt = handed_in(both, exam, {"text": "Mine."})
    own = GivenAnswer.unscoped.get(attempt=attempt)

    with pytest.raises(NotPermitted, match="what they wrote"):
        marks(both, own, "4", "6")
    with acting_as(actor_for(both)) as actor:
        assert essays_to_mark(actor) == []


def test_a_lecturer_of_elsewhere_marks_nothing_here(essay: GivenAnswer, district: Institution) -> None:
    with pytest.raises(NotPermitted):
        marks(lecturer(district), essay, "4", "6")


@pytest.mark.parametrize("criteria", [{"safe": "5", "told": "1"}, {"safe": "-1", "told": "1"}, {"safe": "1"}, {}])
def test_points_that_the_rubric_does_not_give_are_refused(
    essay: GivenAnswer, hospital: Institution, criteria: dict[str, str]
) -> None:
    given = {name: Decimal(points) for name, points in criteria.items()}
    with pytest.raises(InvalidInput):
        does(lecturer(hospital), mark_essay, answer_id=essay.pk, criteria=given)


def test_what_is_none_is_not_marked(hospital: Institution) -> None:
    with pytest.raises(NotVisible):
        does(lecturer(hospital), mark_essay, answer_id=uuid4(), criteria={})


def test_what_is_still_being_written_is_not_shown(exam: Exam, asker: User, hospital: Institution) -> None:
    attempt = begin(exam, asker)
    does(asker, save_answer, attempt_id=attempt.pk, sent=Sent(1, 1, {"text": "Begun."}))
    row = GivenAnswer.unscoped.get(attempt=attempt)

    with acting_as(actor_for(lecturer(hospital))) as actor:
        assert essays_to_mark(actor) == []
        with pytest.raises(NotVisible):
            essay_for(actor, row.pk)


def test_a_question_that_needs_no_marker_is_no_essay(trainer: User, hospital: Institution, asker: User) -> None:
    attempt = handed_in(asker, make_exam(trainer, hospital, [make_version(hospital)]), RIGHT)

    with acting_as(actor_for(trainer)) as actor, pytest.raises(NotVisible):
        essay_for(actor, GivenAnswer.unscoped.get(attempt=attempt).pk)


def test_the_desk_shows_what_waits_until_one_has_marked_it(essay: GivenAnswer, hospital: Institution) -> None:
    marker = lecturer(hospital)
    with acting_as(actor_for(marker)) as actor:
        assert [row.pk for row in essays_to_mark(actor)] == [essay.pk]
    marks(marker, essay, "4", "3")
    with acting_as(actor_for(marker)) as actor:
        assert essays_to_mark(actor) == []


def test_a_marker_sees_no_mark_of_another(essay: GivenAnswer, hospital: Institution) -> None:
    marks(lecturer(hospital), essay, "4", "3")

    with acting_as(actor_for(lecturer(hospital))):
        assert not EssayMark.objects.exists()


def test_an_alias_tells_nothing_of_its_author(essay: GivenAnswer, asker: User) -> None:
    assert asker.pk.hex[:4].upper() not in alias_of(essay)
    assert len(alias_of(essay)) == 9


def test_a_mark_never_changes(essay: GivenAnswer, hospital: Institution) -> None:
    mark = marks(lecturer(hospital), essay, "4", "3")

    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        EssayMark.unscoped.filter(pk=mark.pk).update(points=0)


def test_the_database_takes_one_mark_for_a_place(essay: GivenAnswer, hospital: Institution) -> None:
    mark = marks(lecturer(hospital), essay, "4", "3")
    mark.pk, mark.marker = uuid4(), lecturer(hospital)

    with pytest.raises(IntegrityError, match="assessment_mark_place"), transaction.atomic():
        mark.save(force_insert=True)


def test_an_essay_within_a_case_is_marked_beside_what_the_key_scores(
    trainer: User, hospital: Institution, asker: User
) -> None:
    exam = make_exam(trainer, hospital, [make_version(hospital, "case_set", CASE)], points=Decimal(8))
    attempt = handed_in(asker, exam, {"answers": {"one": RIGHT, "two": {"text": "Call."}}})
    row = GivenAnswer.unscoped.get(attempt=attempt)
    criteria = {"two.safe": Decimal(2), "two.told": Decimal(3)}
    for _ in range(2):
        does(lecturer(hospital), mark_essay, answer_id=row.pk, criteria=criteria)

    assert attempt_of(row).points == 5  # a quarter of 8 for the first part, half of the other three


# -- results ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("when", "closed", "shown"), [
    ("never", False, False), ("never", True, False), ("finished", False, True), ("closed", False, False),
    ("closed", True, True),
])  # fmt: skip
def test_a_learner_sees_answers_as_the_exam_says(
    when: str, closed: bool, shown: bool, trainer: User, hospital: Institution, asker: User
) -> None:
    rules: dict[str, Any] = {"show_own": when, "show_key": "never", "show_feedback": "never"}
    attempt = handed_in(asker, make_exam(trainer, hospital, [make_version(hospital)], **rules), RIGHT)
    attempt.exam.step = "closed" if closed else "open"

    with acting_as(actor_for(asker)) as actor:
        assert [line.own for line in review_of(actor, attempt).lines] == ([True] if shown else [])


def test_the_key_and_the_explanation_are_shown_only_where_the_exam_says(
    trainer: User, hospital: Institution, asker: User
) -> None:
    rules: dict[str, Any] = {"show_own": "finished", "show_key": "never", "show_feedback": "finished"}
    attempt = handed_in(asker, make_exam(trainer, hospital, [make_version(hospital)], **rules), RIGHT)

    with acting_as(actor_for(asker)) as actor:
        line = review_of(actor, attempt).lines[0]
    told = line.plain()
    assert (told["key"], told["feedback"], told["points"]) == (None, "50 up to 12 months.", "1.0000")
    assert "right" not in str(told["question"])


def test_nothing_is_shown_while_essays_are_being_marked(essay: GivenAnswer, asker: User) -> None:
    with acting_as(actor_for(asker)) as actor:
        review = review_of(actor, attempt_of(essay))

    assert (review.held, review.lines) == (True, ())


def test_the_trainer_sees_a_finished_attempt_whole(trainer: User, hospital: Institution, asker: User) -> None:
    rules: dict[str, Any] = {"show_own": "never", "show_key": "never", "show_feedback": "never"}
    attempt = handed_in(asker, make_exam(trainer, hospital, [make_version(hospital)], **rules), WRONG)

    with acting_as(actor_for(trainer)) as actor:
        line = review_of(actor, attempt).lines[0]
    assert (line.own, line.key, line.is_wrong, line.is_right) == (True, True, True, False)


def test_the_totals_of_an_exam(trainer: User, hospital: Institution, asker: User, colleague: User) -> None:
    exam = make_exam(trainer, hospital, [make_version(hospital)])
    handed_in(asker, exam, RIGHT)
    begin(exam, colleague)

    with acting_as(actor_for(trainer)):
        totals = totals_of(exam)
    assert (totals.attempts, totals.running, totals.finished, totals.passed) == (2, 1, 1, 1)
    assert totals.mean == 100


# -- a corrected key --------------------------------------------------------------------------------------------------


def corrected(version: ItemVersion, reviewer: User) -> ItemVersion:
    """The next version, in which the other option is right."""
    options = [{**one, "right": not one.get("right", False)} for one in SINGLE["options"]]
    rows = ItemVersion.unscoped
    rows.filter(pk=version.pk).update(step="retired")
    right: ItemVersion = rows.create(
        item=version.item, number=2, content={**SINGLE, "options": options}, words="", created_at=clock.now(),
        created_by=version.created_by,
    )  # fmt: skip
    for step in ({"step": "in_review"}, {"step": "approved", "reviewer": reviewer, "reviewed_at": clock.now()}):
        rows.filter(pk=right.pk).update(**step)
    return right


def test_results_follow_a_corrected_key_and_a_pass_stands(
    trainer: User, hospital: Institution, asker: User, colleague: User
) -> None:
    version = make_version(hospital)
    exam = make_exam(trainer, hospital, [version])
    right, wrong = handed_in(asker, exam, RIGHT), handed_in(colleague, exam, WRONG)
    by = corrected(version, make_staff("reviewer2", hospital, Role.CLINICAL_REVIEWER))
    does(trainer, rescore, version_id=version.pk, by_version_id=by.pk)
    right.refresh_from_db()
    wrong.refresh_from_db()

    assert [right.points, right.percent, right.passed] == [0, 0, True]
    assert [wrong.points, wrong.percent, wrong.passed] == [1, 100, True]
    heard = Entry.unscoped.filter(subject_id=str(wrong.pk), verb="regrade_attempt")
    assert [entry.event for entry in heard] == ["assessment.ExamPassed"]


def test_a_second_correction_by_the_same_key_changes_nothing(trainer: User, hospital: Institution, asker: User) -> None:
    version = make_version(hospital)
    handed_in(asker, make_exam(trainer, hospital, [version]), WRONG)
    by = corrected(version, make_staff("reviewer2", hospital, Role.CLINICAL_REVIEWER))
    for _ in range(2):
        does(trainer, rescore, version_id=version.pk, by_version_id=by.pk)

    assert Entry.unscoped.filter(verb="regrade_attempt").count() == 1
