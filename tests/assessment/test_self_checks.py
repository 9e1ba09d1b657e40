"""Self-checks: what awaits its review may be asked in them, says so, and counts nowhere before it is approved."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import InternalError, transaction
from django.test import Client

from consortium.kernel.actors import acting_as
from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, WrongStep
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.assessment.models import Exam, Form, FormQuestion, GivenAnswer, ItemVersion
from courses.assessment.operations.answering import EPOCH, Sent, save_answer
from courses.assessment.operations.attending import begin_attempt
from courses.assessment.operations.building import change_exam, copy_exam, set_questions
from courses.assessment.operations.handing_in import hand_in
from courses.assessment.operations.importing import import_for_review
from courses.assessment.operations.items import approve_item, retire_item, return_item, submit_item
from courses.assessment.operations.publishing import publish_exam
from courses.assessment.queries.building import building_of, pickable
from tests.cast import actor_for, client_for
from tests.factories.exams import begin, make_exam, make_trainer, make_version
from tests.factories.items import written_item
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db

SHEET = (
    "kind,stem_en,stem_zh,options_en,options_zh,right\n"
    'single,Which is fast?,哪个算快？,"Forty\nFifty","四十\n五十",2\n'
    "true_false,A child who cannot drink is in danger.,不能喝水的孩子有危险。,,,true\n"
)


@pytest.fixture
def trainer(hospital: Institution) -> User:
    return make_trainer(hospital)


@pytest.fixture
def reviewer(hospital: Institution) -> User:
    return make_staff("reviewer", hospital, Role.CLINICAL_REVIEWER)


@pytest.fixture
def waiting(trainer: User) -> ItemVersion:
    return does(trainer, submit_item, version_id=written_item(trainer).pk)  # type: ignore[no-any-return]


@pytest.fixture
def check(trainer: User, hospital: Institution, waiting: ItemVersion) -> Exam:
    """An open self-check of one approved question and one that waits."""
    return make_exam(trainer, hospital, [make_version(hospital), waiting], self_check=True, attempts_allowed=5)


def does(user: User, operation: Any, **words: Any) -> Any:
    actor = actor_for(user)
    with acting_as(actor):
        return operation(actor=actor, **words)


def asked(exam: Exam, user: User) -> list[ItemVersion]:
    """What a new attempt asks."""
    attempt = begin(exam, user)
    rows = FormQuestion.unscoped.filter(form_id=attempt.form_id).order_by("position").select_related("version")
    does(user, hand_in, attempt_id=attempt.pk)
    return [row.version for row in rows]


def listing(exam: Exam, trainer: User) -> Any:
    with acting_as(actor_for(trainer)):
        return building_of(exam)


# -- what may be asked ------------------------------------------------------------------------------------------------


def test_a_self_check_asks_what_awaits_its_review(check: Exam, waiting: ItemVersion, asker: User) -> None:
    assert [version.step for version in asked(check, asker)] == ["approved", "in_review"]


def test_an_exam_that_counts_does_not(trainer: User, hospital: Institution, waiting: ItemVersion) -> None:
    with pytest.raises(InvalidInput, match="no approved"):
        make_exam(trainer, hospital, [waiting])


def test_a_draft_is_asked_nowhere(trainer: User, hospital: Institution) -> None:
    with pytest.raises(InvalidInput, match="no approved"):
        make_exam(trainer, hospital, [written_item(trainer)], self_check=True)


def test_a_trainer_does_not_approve_their_own(check: Exam, trainer: User, waiting: ItemVersion) -> None:
    with pytest.raises(NotPermitted, match="Nobody approves"):
        does(trainer, approve_item, version_id=waiting.pk)


def test_a_self_check_is_a_fixed_list(trainer: User, hospital: Institution) -> None:
    with pytest.raises(DomainError, match="fixed list"):
        make_exam(trainer, hospital, draft=True, self_check=True, drawing="blueprint")


def test_the_database_lets_no_unapproved_question_into_an_exam(
    trainer: User, hospital: Institution, waiting: ItemVersion
) -> None:
    exam = make_exam(trainer, hospital, [make_version(hospital)])
    form = Form.unscoped.get(exam=exam)
    with pytest.raises(InternalError, match="assessment_asked_approved"), transaction.atomic():
        FormQuestion.unscoped.create(form=form, position=2, version=waiting, points=Decimal(1))


def test_the_database_keeps_what_was_asked_from_being_edited(check: Exam, waiting: ItemVersion, asker: User) -> None:
    asked(check, asker)
    with pytest.raises(InternalError, match="item_version_asked"), transaction.atomic():
        ItemVersion.unscoped.filter(pk=waiting.pk).update(step="draft")


def test_what_is_retired_after_it_was_listed_stops_an_exam(trainer: User, hospital: Institution) -> None:
    version = make_version(hospital)
    exam = make_exam(trainer, hospital, [version], draft=True)
    does(trainer, retire_item, version_id=version.pk, remark="The dose has changed.")

    assert [one.out for one in listing(exam, trainer).questions] == [True]
    with pytest.raises(InvalidInput, match=version.item.code):
        does(trainer, publish_exam, exam_id=exam.pk)


# -- and after the review ---------------------------------------------------------------------------------------------


def test_an_approved_question_awaits_nothing_any_more(
    check: Exam, waiting: ItemVersion, trainer: User, reviewer: User
) -> None:
    before = listing(check, trainer).awaiting
    does(reviewer, approve_item, version_id=waiting.pk)

    assert (before, listing(check, trainer).awaiting) == (1, 0)


def test_what_comes_back_from_its_review_is_asked_no_more(
    check: Exam, waiting: ItemVersion, asker: User, reviewer: User
) -> None:
    asked(check, asker)
    does(reviewer, return_item, version_id=waiting.pk, remark="Which age?")

    assert [version.step for version in asked(check, asker)] == ["approved"]


def test_its_author_goes_on_with_a_copy(check: Exam, waiting: ItemVersion, asker: User, reviewer: User) -> None:
    asked(check, asker)
    copy = does(reviewer, return_item, version_id=waiting.pk, remark="Which age?")
    waiting.refresh_from_db()

    assert (waiting.step, waiting.remark) == ("retired", "Which age?")
    assert (copy.step, copy.number, copy.created_by_id) == ("draft", 2, waiting.created_by_id)
    copy.refresh_from_db()
    assert copy.remark == "Which age?"


def test_the_mended_copy_is_asked_once_it_is_sent_again(
    check: Exam, waiting: ItemVersion, trainer: User, asker: User, reviewer: User
) -> None:
    asked(check, asker)
    copy = does(reviewer, return_item, version_id=waiting.pk, remark="Which age?")
    does(trainer, submit_item, version_id=copy.pk)

    assert asked(check, asker)[1].pk == copy.pk


def test_what_nobody_was_asked_goes_back_as_it_is(trainer: User, reviewer: User, waiting: ItemVersion) -> None:
    back = does(reviewer, return_item, version_id=waiting.pk, remark="Which age?")

    assert (back.pk, back.step) == (waiting.pk, "draft")


def test_a_self_check_without_any_question_left_waits(
    trainer: User, hospital: Institution, waiting: ItemVersion, asker: User, reviewer: User
) -> None:
    exam = make_exam(trainer, hospital, [waiting], self_check=True)
    does(reviewer, return_item, version_id=waiting.pk, remark="Which age?")

    with pytest.raises(WrongStep, match="with their authors"):
        does(asker, begin_attempt, exam_id=exam.pk)


def test_a_copy_counts_when_all_is_approved(check: Exam, waiting: ItemVersion, trainer: User, reviewer: User) -> None:
    copy, _fresh = does(trainer, copy_exam, exam_id=check.pk)
    does(trainer, change_exam, exam_id=copy.pk, fields={"self_check": False})
    with pytest.raises(InvalidInput, match="no approved"):
        does(trainer, publish_exam, exam_id=copy.pk)
    does(reviewer, approve_item, version_id=waiting.pk)

    assert does(trainer, publish_exam, exam_id=copy.pk).step == "open"


# -- pages ------------------------------------------------------------------------------------------------------------


def test_a_learner_is_told_what_awaits_its_review(check: Exam, asker: User) -> None:
    client = client_for(asker)
    assert "gives no credit" in client.get(f"/assessment/exams/{check.pk}/").content.decode()
    sat = client.post(f"/assessment/exams/{check.pk}/begin/", follow=True)

    assert sat.content.decode().count("Awaits its review") == 1


def test_a_result_tells_what_was_withdrawn_since(
    check: Exam, waiting: ItemVersion, asker: User, reviewer: User
) -> None:
    attempt = begin(check, asker)
    does(asker, hand_in, attempt_id=attempt.pk)
    does(reviewer, return_item, version_id=waiting.pk, remark="Which age?")
    page = client_for(asker).get(f"/assessment/attempts/{attempt.pk}/result/").content.decode()

    assert ("Changed or withdrawn since" in page, "Awaits its review" in page) == (True, False)


def test_the_trainer_sees_what_waits(check: Exam, trainer: User) -> None:
    page = client_for(trainer).get(f"/assessment/training/{check.pk}/").content.decode()

    assert "1 question awaits its review" in page


def test_what_awaits_its_review_is_offered_to_self_checks_alone(
    trainer: User, hospital: Institution, waiting: ItemVersion
) -> None:
    offered = []
    for self_check in (False, True):
        exam = make_exam(trainer, hospital, draft=True, self_check=self_check)
        with acting_as(actor_for(trainer)):
            offered.append(waiting.pk in [one.version_id for one in pickable(exam, "")])
    assert offered == [False, True]


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_is_read_by_two_queries(
    count: int, trainer: User, hospital: Institution, django_assert_num_queries: Any
) -> None:
    exam = make_exam(trainer, hospital, [make_version(hospital) for _ in range(count)], self_check=True)
    with acting_as(actor_for(trainer)):
        exam = Exam.objects.select_related("institution").get(pk=exam.pk)
        with django_assert_num_queries(2):
            assert building_of(exam).count == count


def pressed_twice(client: Client, address: str) -> set[str]:
    key = "8b1f2f0e-59c1-4f43-8f0b-3d6a2f2f6a11"
    return {client.post(address, {"request_key": key})["Location"] for _time in range(2)}


def test_who_copies_twice_has_one_copy(check: Exam, trainer: User) -> None:
    assert len(pressed_twice(client_for(trainer), f"/assessment/training/{check.pk}/copy/")) == 1


def test_who_begins_twice_has_one_attempt(check: Exam, asker: User) -> None:
    assert len(pressed_twice(client_for(asker), f"/assessment/exams/{check.pk}/begin/")) == 1


def test_an_answer_that_came_late_says_so_to_who_gave_it(check: Exam, asker: User) -> None:
    attempt = begin(check, asker)
    does(asker, save_answer, attempt_id=attempt.pk, sent=Sent(1, EPOCH + 1, {"option": "a"}))
    GivenAnswer.unscoped.filter(attempt=attempt).update(late=True)
    does(asker, hand_in, attempt_id=attempt.pk)
    page = client_for(asker).get(f"/assessment/attempts/{attempt.pk}/result/").content.decode()

    assert "Came after the end; given before it" in page


# -- a file of questions, sent to review at once ----------------------------------------------------------------------


def test_a_file_goes_to_review_in_its_order(trainer: User) -> None:
    made = does(trainer, import_for_review, data=SHEET.encode(), name="q.csv")

    assert [(version.item.kind, version.step) for version in made] == [
        ("single", "in_review"), ("true_false", "in_review"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "told"),
    [("single,Only a stem,题干,,,", "Row 4: "), ("true_false,In English alone.,,,,true", "Row 4: ")],
)
def test_one_wrong_row_and_nothing_is_made(row: str, told: str, trainer: User) -> None:
    with pytest.raises(InvalidInput) as error:
        does(trainer, import_for_review, data=f"{SHEET}{row}\n".encode(), name="q.csv")

    assert str(error.value.fields["file"]).startswith(told)
    assert not ItemVersion.unscoped.exists()


def test_points_of_the_bank_are_those_of_the_list(trainer: User, hospital: Institution, waiting: ItemVersion) -> None:
    exam = make_exam(trainer, hospital, draft=True, self_check=True)
    does(trainer, set_questions, exam_id=exam.pk, questions=[(waiting.pk, Decimal("2.50"))])

    assert listing(exam, trainer).questions[0].points == Decimal("2.50")
