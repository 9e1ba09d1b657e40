"""Tests that are a pair: alike, of other questions, and the first keeps its secret until the second is handed in."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from consortium.kernel.actors import acting_as
from consortium.kernel.errors import InvalidInput, NotPermitted
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.assessment.models import Attempt, BlueprintRow, Exam, FormQuestion, TestPair
from courses.assessment.operations.pairing import pair_tests
from courses.assessment.operations.publishing import close_exam
from courses.assessment.queries.pairs import pair_for, repeated_at_least
from courses.assessment.queries.results import review_of
from tests.cast import actor_for, client_for
from tests.factories.exams import RIGHT, begin, make_exam, make_trainer, make_version, sit
from tests.factories.pairs import make_drawn_exam
from tests.factories.people import make_staff, number

pytestmark = pytest.mark.django_db


@pytest.fixture
def trainer(hospital: Institution) -> User:
    return make_trainer(hospital)


@pytest.fixture
def learner(community: Institution) -> User:
    return make_staff("learner", community, Role.ASKER)


def paired(trainer: User, exam: Exam, *, later: bool = False) -> TestPair:
    actor = actor_for(trainer)
    with acting_as(actor):
        made, _fresh = pair_tests(actor=actor, exam_id=exam.pk, later=later)
        return pair_for(made.pk)


def items_of(attempt: Attempt) -> set[Any]:
    return set(FormQuestion.unscoped.filter(form=attempt.form_id).values_list("version__item_id", flat=True))


def seen(attempt: Attempt, user: User) -> Any:
    actor = actor_for(user)
    with acting_as(actor):
        return review_of(actor, Attempt.objects.select_related("exam").get(pk=attempt.pk))


def test_the_second_is_open_and_asks_by_the_same_blueprint(trainer: User, hospital: Institution) -> None:
    exam = make_drawn_exam(trainer, hospital, questions=2, bank=6)

    pair = paired(trainer, exam, later=True)

    assert pair.later is not None
    columns = ("position", "tags", "kinds", "count", "points")
    blueprints = [
        list(BlueprintRow.unscoped.filter(exam=one).values_list(*columns))
        for one in (pair.before, pair.after, pair.later)
    ]
    assert blueprints[0] == blueprints[1] == blueprints[2] != []
    assert {one.step for one in (pair.before, pair.after, pair.later)} == {"open"}
    assert (pair.after.title_en, pair.after.title_zh) == ("Breathing (afterwards)", "呼吸（课后）")
    assert (pair.after.forms, pair.after.attempts_allowed) == (0, 1)


@pytest.mark.parametrize("forms", [0, 2])
def test_nobody_is_asked_the_same_twice(trainer: User, hospital: Institution, forms: int) -> None:
    pair = paired(trainer, make_drawn_exam(trainer, hospital, questions=2, bank=6, forms=forms), later=True)
    for _each in range(6):
        user = make_staff(f"learner{number()}", hospital, Role.ASKER)

        asked = [items_of(sit(exam, user)) for exam in (pair.before, pair.after, pair.later) if exam]

        assert len(set.union(*asked)) == 6


def test_a_bank_that_is_too_small_says_so_and_repeats_as_little_as_it_can(
    trainer: User, hospital: Institution, learner: User
) -> None:
    exam = make_drawn_exam(trainer, hospital, questions=2, bank=3)
    pair = paired(trainer, exam)

    first, second = (items_of(sit(one, learner)) for one in (pair.before, pair.after))

    assert len(first & second) == 1
    with acting_as(actor_for(trainer)):
        assert repeated_at_least(exam, 2) == 1
        assert repeated_at_least(exam, 1) == 0


def test_what_was_right_is_shown_when_the_second_is_handed_in(
    trainer: User, hospital: Institution, learner: User
) -> None:
    pair = paired(trainer, make_drawn_exam(trainer, hospital, bank=4))
    first = sit(pair.before, learner, RIGHT)

    assert (seen(first, learner).sealed, seen(first, learner).lines) == (True, ())
    running = begin(pair.after, learner)
    assert seen(first, learner).sealed
    sit(pair.after, learner)

    assert Attempt.unscoped.get(pk=running.pk).step == "finished"
    review = seen(first, learner)
    assert not review.sealed
    assert review.lines[0].key


def test_of_a_second_that_is_closed_nothing_is_given_away(trainer: User, hospital: Institution, learner: User) -> None:
    pair = paired(trainer, make_drawn_exam(trainer, hospital, bank=4))
    first = sit(pair.before, learner)
    actor = actor_for(trainer)
    with acting_as(actor):
        close_exam(actor=actor, exam_id=pair.after_id)

    assert seen(first, learner).lines


def test_the_trainer_sees_the_first_at_once(trainer: User, hospital: Institution, learner: User) -> None:
    pair = paired(trainer, make_drawn_exam(trainer, hospital, bank=4))

    assert seen(sit(pair.before, learner), trainer).lines[0].key


def test_the_page_of_the_result_says_when(trainer: User, hospital: Institution, learner: User) -> None:
    pair = paired(trainer, make_drawn_exam(trainer, hospital, bank=4))
    first = sit(pair.before, learner)
    client: Client = client_for(learner)

    page = client.get(reverse("assessment:result", args=[first.pk])).content.decode()

    assert "when you have handed in the test at the end" in page
    assert "50 a minute" not in page


def test_tests_of_a_pair_are_found_where_they_belong(trainer: User, hospital: Institution, learner: User) -> None:
    pair = paired(trainer, make_drawn_exam(trainer, hospital, title_en="Of a pair"))
    other = make_exam(trainer, hospital, [make_version(hospital)], title_en="By itself")

    page = client_for(learner).get(reverse("assessment:exams")).content.decode()

    assert other.title_en in page
    assert pair.before.title_en not in page


def test_an_exam_with_a_fixed_list_is_no_half_of_a_pair(trainer: User, hospital: Institution) -> None:
    with pytest.raises(InvalidInput, match="blueprint"):
        paired(trainer, make_exam(trainer, hospital, [make_version(hospital)]))


def test_a_draft_is_no_half_of_a_pair(trainer: User, hospital: Institution) -> None:
    with pytest.raises(InvalidInput, match="open exam"):
        paired(trainer, make_drawn_exam(trainer, hospital, draft=True))


@pytest.mark.parametrize("which", ["before", "after"])
def test_an_exam_is_in_one_pair(trainer: User, hospital: Institution, which: str) -> None:
    pair = paired(trainer, make_drawn_exam(trainer, hospital))

    with pytest.raises(InvalidInput, match="one of a pair already"):
        paired(trainer, getattr(pair, which))


def test_only_who_leads_the_training_pairs_tests(trainer: User, hospital: Institution, learner: User) -> None:
    exam = make_drawn_exam(trainer, hospital)

    with pytest.raises(NotPermitted):
        paired(learner, exam)


def test_a_pair_stays_as_it_is(trainer: User, hospital: Institution) -> None:
    pair = paired(trainer, make_drawn_exam(trainer, hospital))

    with pytest.raises(DatabaseError), transaction.atomic():
        TestPair.unscoped.filter(pk=pair.pk).update(later=None, made_at="2020-01-01T00:00Z")
    with pytest.raises(DatabaseError), transaction.atomic():
        TestPair.unscoped.filter(pk=pair.pk).delete()
