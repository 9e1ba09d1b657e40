"""Answers of every use in one table: kept once, counted over all, scored anew when a key was wrong."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.assessment.measures import ItemFigures
from courses.assessment.models import ItemVersion, Response
from courses.assessment.operations.items import Written, approve_item, revise_item, save_draft, submit_item
from courses.assessment.operations.responses import Use, record_response, rescore, rescoring_preview
from courses.assessment.queries.figures import LEAST, AskedFigures, exam_figures_of, figures_of, form_figures_of
from tests.cast import actor_for
from tests.factories.items import CASE, RIGHT, SINGLE, approved_item, make_author
from tests.factories.people import make_staff, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(hospital: Institution) -> User:
    return make_author(hospital, "author")


@pytest.fixture
def reviewer(hospital: Institution) -> User:
    return make_staff("reviewer", hospital, Role.CLINICAL_REVIEWER)


@pytest.fixture
def version(author: User, reviewer: User) -> ItemVersion:
    return approved_item(author, reviewer, points=2)


def answer(version: ItemVersion, user: User, given: Any, *, use_id: UUID | None = None, **words: Any) -> None:
    kind = words.pop("kind", "exam")
    use = Use(kind, use_id or uuid4(), words.pop("form_id", None))
    actor = actor_for(user)
    with acting_as(actor):
        record_response(actor=actor, version=version, answer=given, use=use, **words)


def kept() -> list[Any]:
    return list(Response.unscoped.order_by("part").values_list("part", "score", "most"))


def test_an_answer_is_kept_with_its_points(version: ItemVersion, asker: User) -> None:
    answer(version, asker, {"option": "b"})

    assert kept() == [("", 2, 2)]
    assert Response.unscoped.get().chosen == ["b"]


def test_the_points_of_where_it_was_asked(version: ItemVersion, asker: User) -> None:
    answer(version, asker, {"option": "b"}, most=Decimal(5))

    assert kept() == [("", 5, 5)]


def test_the_last_answer_of_one_use_stands(version: ItemVersion, asker: User) -> None:
    use_id = uuid4()
    answer(version, asker, {"option": "b"}, use_id=use_id)
    answer(version, asker, {"option": "a"}, use_id=use_id)

    assert kept() == [("", 0, 2)]


def test_another_use_is_another_answer(version: ItemVersion, asker: User) -> None:
    answer(version, asker, {"option": "b"})
    answer(version, asker, {"option": "b"}, kind="video")

    assert Response.unscoped.count() == 2


def test_one_answer_is_two_statements_at_most(
    version: ItemVersion, asker: User, django_assert_max_num_queries: Any
) -> None:
    actor = actor_for(asker)
    use = Use("exam", uuid4())
    with acting_as(actor), django_assert_max_num_queries(3):  # its savepoint and the row
        record_response(actor=actor, version=version, answer={"option": "b"}, use=use)


def test_the_system_hands_in_for_a_person(version: ItemVersion, asker: User) -> None:
    with acting_as(system("the time is over")) as actor:
        record_response(actor=actor, version=version, answer={}, use=Use("exam", uuid4()), person_id=asker.pk)

    assert Response.unscoped.get().person_id == asker.pk


def test_a_case_keeps_each_of_its_questions(author: User, reviewer: User, asker: User) -> None:
    version = approved_item(author, reviewer, "case_set", points=3)
    answer(version, asker, RIGHT["case_set"])

    assert kept() == [("", 3, 3), ("q1", 2, 2), ("q2", 1, 1)]


def test_an_essay_has_no_points_until_people_gave_them(author: User, reviewer: User, asker: User) -> None:
    version, use_id = approved_item(author, reviewer, "essay", points=4), uuid4()
    answer(version, asker, {"text": "So."}, use_id=use_id)
    waiting = kept()
    answer(version, asker, {"text": "So."}, use_id=use_id, marked={"": Decimal(3)})

    assert (waiting, kept()) == ([("", None, 4)], [("", 3, 4)])


def test_one_sees_one_s_own_answers_and_nobody_else_s(version: ItemVersion, asker: User, author: User) -> None:
    answer(version, asker, {"option": "b"})
    seen = []
    for user in (asker, author):
        with acting_as(actor_for(user)):
            seen.append(Response.objects.count())

    assert seen == [1, 0]


@pytest.mark.parametrize("change", [{"score": 3}, {"score": -1}, {"most": 0}, {"use": "party"}])
def test_the_database_refuses_points_that_cannot_be(version: ItemVersion, asker: User, change: dict[str, Any]) -> None:
    answer(version, asker, {"option": "b"})
    with pytest.raises(IntegrityError), transaction.atomic():
        Response.unscoped.update(**change)


def scores() -> list[Any]:
    return list(Response.unscoped.order_by("id").values_list("score", flat=True))


# -- a corrected key --------------------------------------------------------------------------------------------------


def corrected(version: ItemVersion, author: User, reviewer: User) -> ItemVersion:
    """The next version, whose right option is c."""
    options = [{**one, "right": one["id"] == "c"} for one in SINGLE["options"]]
    words: dict[str, Any] = {"said": Written(SINGLE | {"options": options}, points=version.points)}
    made = version
    for user, operation in (
        (author, revise_item),
        (author, save_draft),
        (author, submit_item),
        (reviewer, approve_item),
    ):
        actor = actor_for(user)
        with acting_as(actor):
            made = operation(actor=actor, version_id=made.pk, **(words if operation is save_draft else {}))
    return made


@pytest.fixture
def answered(version: ItemVersion, asker: User, specialist: User) -> ItemVersion:
    answer(version, asker, {"option": "b"})
    answer(version, specialist, {"option": "c"})
    answer(version, make_user("third"), {"option": "a"})
    return version


def as_author(author: User, operation: Any, **words: Any) -> Any:
    actor = actor_for(author)
    with acting_as(actor):
        return operation(actor=actor, **words)


def test_a_preview_tells_what_would_change_and_changes_nothing(
    answered: ItemVersion, author: User, reviewer: User
) -> None:
    by = corrected(answered, author, reviewer)
    before = scores()
    found = as_author(author, rescoring_preview, version_id=answered.pk, by_version_id=by.pk)

    assert [(change.before, change.after) for change in found] == [(2, 0), (0, 2)]
    assert scores() == before


def test_scoring_anew_changes_what_the_preview_told(answered: ItemVersion, author: User, reviewer: User) -> None:
    by = corrected(answered, author, reviewer)
    told = as_author(author, rescoring_preview, version_id=answered.pk, by_version_id=by.pk)
    done = as_author(author, rescore, version_id=answered.pk, by_version_id=by.pk)
    rows: Any = Response.unscoped.order_by("id").values_list("score", "scored_by_id")

    assert done == told
    assert list(rows) == [(0, by.pk), (2, by.pk), (0, answered.pk)]


def test_scoring_anew_twice_changes_nothing_more(answered: ItemVersion, author: User, reviewer: User) -> None:
    by = corrected(answered, author, reviewer)
    as_author(author, rescore, version_id=answered.pk, by_version_id=by.pk)

    assert as_author(author, rescore, version_id=answered.pk, by_version_id=by.pk) == []


def test_only_an_approved_key_scores(answered: ItemVersion, author: User) -> None:
    made = as_author(author, revise_item, version_id=answered.pk)
    with pytest.raises(InvalidInput):
        as_author(author, rescore, version_id=answered.pk, by_version_id=made.pk)


def test_a_key_of_another_question_does_not_score(answered: ItemVersion, author: User, reviewer: User) -> None:
    with pytest.raises(InvalidInput):
        as_author(author, rescore, version_id=answered.pk, by_version_id=approved_item(author, reviewer).pk)


def test_a_key_that_is_not_there(answered: ItemVersion, author: User) -> None:
    with pytest.raises(NotVisible):
        as_author(author, rescore, version_id=answered.pk, by_version_id=uuid4())


def test_reviewers_do_not_score_anew(answered: ItemVersion, reviewer: User) -> None:
    with pytest.raises(NotPermitted):
        as_author(reviewer, rescore, version_id=answered.pk, by_version_id=answered.pk)


def test_what_people_marked_stays(author: User, reviewer: User, asker: User) -> None:
    version = approved_item(author, reviewer, "essay", points=4)
    answer(version, asker, {"text": "So."}, marked={"": Decimal(3)})
    made = version
    for user, operation in ((author, revise_item), (author, submit_item), (reviewer, approve_item)):
        made = as_author(user, operation, version_id=made.pk)

    assert as_author(author, rescore, version_id=version.pk, by_version_id=made.pk) == []


def test_a_question_that_a_case_no_longer_asks_keeps_its_points(author: User, reviewer: User, asker: User) -> None:
    version = approved_item(author, reviewer, "case_set", points=3)
    answer(version, asker, {"answers": {"q1": {"option": "a"}, "q2": {"option": "true"}}})
    made = as_author(author, revise_item, version_id=version.pk)
    as_author(
        author, save_draft, version_id=made.pk, said=Written(CASE | {"parts": CASE["parts"][:1]}, points=Decimal(3))
    )
    as_author(author, submit_item, version_id=made.pk)
    as_author(reviewer, approve_item, version_id=made.pk)
    as_author(author, rescore, version_id=version.pk, by_version_id=made.pk)

    assert kept() == [("", 0, 3), ("q1", 0, 2), ("q2", 1, 1)]


# -- figures ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def exam(version: ItemVersion, author: User, reviewer: User) -> tuple[ItemVersion, ItemVersion, UUID]:
    """Twelve people answer two questions; the better half is right in both, two of the others in the second."""
    other, form_id = approved_item(author, reviewer, "true_false"), uuid4()
    with acting_as(system("test")) as actor:
        for n in range(12):
            use, person = Use("exam", uuid4(), form_id), make_user()
            first, second = {"option": "b" if n >= 6 else "a"}, {"option": "true" if n >= 4 else "false"}
            record_response(actor=actor, version=version, answer=first, use=use, person_id=person.pk)
            record_response(actor=actor, version=other, answer=second, use=use, person_id=person.pk)
    return version, other, form_id


def test_figures_over_every_use(exam: tuple[ItemVersion, ItemVersion, UUID], asker: User) -> None:
    version = exam[0]
    answer(version, asker, {"option": "b"}, kind="video")
    found: Any = figures_of(version)

    assert (found.whole.answers, found.whole.facility) == (13, pytest.approx(7 / 13))
    assert [(one.use, one.answers, one.facility) for one in found.uses] == [("exam", 12, 0.5), ("video", 1, 1.0)]


def test_discrimination_counts_what_was_asked_beside_it(exam: tuple[ItemVersion, ItemVersion, UUID]) -> None:
    """phi of 2 x 2: right/right 6, right/wrong 0, wrong/right 2, wrong/wrong 4."""
    found = figures_of(exam[0])

    assert found.whole.discrimination == pytest.approx((6 * 4 - 0 * 2) / (6 * 6 * 8 * 4) ** 0.5)


def test_the_table_of_what_was_chosen(exam: tuple[ItemVersion, ItemVersion, UUID]) -> None:
    found = figures_of(exam[0])

    assert [(one.word, one.count) for one in found.chosen] == [("a", 6), ("b", 6), ("c", 0)]
    assert found.right == {"a": False, "b": True, "c": False}
    assert found.idle == ["c"]


def test_true_and_false_are_offered(exam: tuple[ItemVersion, ItemVersion, UUID]) -> None:
    assert figures_of(exam[1]).right == {"true": True, "false": False}


def test_figures_of_a_form(exam: tuple[ItemVersion, ItemVersion, UUID]) -> None:
    found: Any = form_figures_of(exam[2])

    assert (found.people, found.questions, found.mean) == (12, 2, pytest.approx(20 / 12))


def test_who_left_a_question_out_does_not_count_for_the_form(
    exam: tuple[ItemVersion, ItemVersion, UUID], asker: User
) -> None:
    answer(exam[0], asker, {"option": "b"}, form_id=exam[2])

    assert form_figures_of(exam[2]).people == 12


def test_an_exam_s_questions_stand_the_hardest_first(exam: tuple[ItemVersion, ItemVersion, UUID]) -> None:
    found = exam_figures_of(exam[2])

    assert [(one.version, one.figures.facility) for one in found.asked] == [
        (exam[0], 0.5), (exam[1], pytest.approx(8 / 12)),
    ]  # fmt: skip
    assert (found.whole.people, found.whole.questions) == (12, 2)


def test_a_question_of_an_exam_is_told_by_the_rest_of_it_alone(exam: tuple[ItemVersion, ItemVersion, UUID]) -> None:
    told = exam_figures_of(exam[2]).asked[0].figures.discrimination

    assert told == pytest.approx(figures_of(exam[0]).whole.discrimination)


def test_an_exam_counts_each_person_by_their_first_sitting(exam: tuple[ItemVersion, ItemVersion, UUID]) -> None:
    before = exam_figures_of(exam[2])
    wrong = Response.unscoped.filter(version=exam[0], score=0).order_by("pk")[0]
    use = Use("exam", uuid4(), exam[2])
    with acting_as(system("test")) as actor:
        record_response(actor=actor, version=exam[0], answer={"option": "b"}, use=use, person_id=wrong.person_id)

    assert exam_figures_of(exam[2]) == before


def test_one_person_s_many_sittings_are_not_told(exam: tuple[ItemVersion, ItemVersion, UUID], asker: User) -> None:
    Response.unscoped.filter(form_id=exam[2]).update(person_id=asker.pk)
    found = exam_figures_of(exam[2])

    assert (found.whole.people, found.asked) == (1, [])


def test_an_exam_of_few_is_not_told(exam: tuple[ItemVersion, ItemVersion, UUID]) -> None:
    few = Response.unscoped.filter(form_id=exam[2]).values_list("use_id", flat=True).distinct()[: LEAST - 1]
    Response.unscoped.filter(form_id=exam[2]).exclude(use_id__in=list(few)).delete()
    found = exam_figures_of(exam[2])

    assert (found.whole.people, found.asked) == (LEAST - 1, [])


def test_figures_of_an_exam_take_two_queries(
    exam: tuple[ItemVersion, ItemVersion, UUID], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        exam_figures_of(exam[2])


@pytest.mark.parametrize(
    ("facility", "tells", "weak"), [(0.5, 0.4, False), (0.5, 0.1, True), (0.5, None, False), (0.1, 0.4, True)]
)
def test_a_weak_question_is_looked_at_again(facility: float, tells: float | None, weak: bool) -> None:
    assert AskedFigures(ItemVersion(), "", ItemFigures(12, facility, tells)).is_weak is weak


def test_answers_of_few_people_are_not_enough(version: ItemVersion, asker: User) -> None:
    people = [make_user() for _ in range(LEAST - 1)]
    for person in (*people, people[0]):
        answer(version, person, {"option": "b"})
    few = figures_of(version).enough
    answer(version, asker, {"option": "b"})

    assert (few, figures_of(version).enough) == (False, True)


@pytest.mark.parametrize("count", [1, 3])
def test_figures_take_as_many_queries_whatever_the_answers(
    version: ItemVersion, asker: User, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        answer(version, asker, {"option": "b"})
    with django_assert_num_queries(2):
        figures_of(version)
