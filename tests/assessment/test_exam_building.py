"""Building and publishing an exam: fixed lists and blueprints, forms that are drawn once, exceptions."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from consortium.kernel import clock
from consortium.kernel.actors import ANONYMOUS, acting_as, system
from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, NotVisible, StaleVersion, WrongStep
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.assessment.models import Accommodation, Attempt, Exam, Form, FormQuestion
from courses.assessment.operations.building import change_exam, copy_exam, create_exam, set_blueprint, set_questions
from courses.assessment.operations.handing_in import hand_in
from courses.assessment.operations.publishing import accommodate, close_exam, publish_exam, reopen_exam
from courses.assessment.queries.building import building_of, pickable
from courses.assessment.queries.forms import covered, question_count, row_words
from courses.assessment.states.exams import ATTEMPT, EXAM
from tests.cast import actor_for
from tests.factories.exams import begin, make_exam, make_trainer, make_version
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def trainer(hospital: Institution) -> User:
    return make_trainer(hospital)


@pytest.fixture
def draft(trainer: User, hospital: Institution) -> Exam:
    return make_exam(trainer, hospital, [make_version(hospital)], draft=True)


def does(user: User, operation: Any, **words: Any) -> Any:
    actor = actor_for(user)
    with acting_as(actor):
        return operation(actor=actor, **words)


def asked(form_id: UUID) -> list[UUID]:
    rows = FormQuestion.unscoped.filter(form_id=form_id).order_by("position")
    return list(rows.values_list("version_id", flat=True))


def row(count: int = 1, *tags: str, kinds: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"tags": list(tags), "kinds": list(kinds), "count": count, "points": Decimal(1)}


# -- who --------------------------------------------------------------------------------------------------------------


def test_a_learner_builds_nothing(asker: User, community: Institution) -> None:
    with pytest.raises(NotPermitted):
        does(asker, create_exam, institution_id=community.pk, fields={"title_en": "x"})


def test_a_trainer_builds_for_no_other_institution(trainer: User, district: Institution) -> None:
    with pytest.raises(NotPermitted):
        does(trainer, create_exam, institution_id=district.pk, fields={"title_en": "x"})


def test_the_draft_of_another_institution_is_hidden(draft: Exam, district: Institution) -> None:
    with pytest.raises(NotVisible):
        does(make_trainer(district), change_exam, exam_id=draft.pk, fields={"minutes": 5})


def test_anonymous_sees_no_exam(trainer: User, hospital: Institution) -> None:
    make_exam(trainer, hospital, [make_version(hospital)])

    with acting_as(ANONYMOUS):
        assert not Exam.objects.exists()


STEPS = {"draft": {"publish"}, "open": {"close"}, "closed": {"reopen"}}


@pytest.mark.parametrize("step", STEPS)
def test_each_step_offers_its_verbs_to_its_trainer_alone(
    step: str, draft: Exam, trainer: User, asker: User, manager: User, lead: User
) -> None:
    draft.step = step

    for user in (trainer, asker, manager, lead):
        offered = {t.verb for t in EXAM.available(actor_for(user), draft)}
        assert offered == (STEPS[step] if user == trainer else set()), user


def test_an_attempt_offers_handing_in_to_its_learner_and_ending_to_the_clock(
    trainer: User, hospital: Institution, asker: User, colleague: User
) -> None:
    attempt = begin(make_exam(trainer, hospital, [make_version(hospital)]), asker)

    told = [[t.verb for t in ATTEMPT.available(actor_for(user), attempt)] for user in (asker, colleague, trainer)]
    assert told == [["hand_in"], [], []]
    assert [t.verb for t in ATTEMPT.available(system("the clock"), attempt)] == ["time_up"]


@pytest.mark.parametrize(("step", "verbs"), [("handed_in", ["finish"]), ("finished", [])])
def test_what_was_handed_in_is_finished_by_the_system_alone(
    step: str, verbs: list[str], trainer: User, hospital: Institution, asker: User
) -> None:
    attempt = begin(make_exam(trainer, hospital, [make_version(hospital)]), asker)
    attempt.step = step

    assert ATTEMPT.available(actor_for(asker), attempt) == []
    assert [t.verb for t in ATTEMPT.available(system("marks"), attempt)] == verbs


def test_the_database_takes_no_finished_attempt_back(trainer: User, hospital: Institution, asker: User) -> None:
    attempt = begin(make_exam(trainer, hospital, [make_version(hospital)]), asker)
    does(asker, hand_in, attempt_id=attempt.pk)

    with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
        Attempt.unscoped.filter(pk=attempt.pk).update(step="running")


def test_the_database_publishes_no_closed_exam_as_a_draft(draft: Exam) -> None:
    with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
        Exam.unscoped.filter(pk=draft.pk).update(step="closed")


# -- rules ------------------------------------------------------------------------------------------------------------


def test_the_same_key_makes_one_exam(trainer: User, hospital: Institution) -> None:
    words = {"institution_id": hospital.pk, "fields": {"title_en": "x"}, "key": uuid4()}
    first, fresh = does(trainer, create_exam, **words)
    again, second = does(trainer, create_exam, **words)

    assert (first.pk, fresh, second) == (again.pk, True, False)


@pytest.mark.parametrize(("name", "value"), [
    ("title_en", ""), ("minutes", 0), ("minutes", 601), ("pass_percent", 101), ("attempts_allowed", 0),
    ("layout", "three"), ("show_key", "soon"), ("forms", 21), ("dispute_percent", 101),
])  # fmt: skip
def test_a_rule_that_makes_no_sense_is_told_at_its_field(draft: Exam, trainer: User, name: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as told:
        does(trainer, change_exam, exam_id=draft.pk, fields={name: value})

    assert list(told.value.fields) == [name]


def test_an_exam_closes_after_it_opens(draft: Exam, trainer: User) -> None:
    now = clock.now()
    with pytest.raises(InvalidInput, match="closes after"):
        does(trainer, change_exam, exam_id=draft.pk, fields={"opens_at": now, "closes_at": now - timedelta(hours=1)})


@pytest.mark.parametrize(("change", "rule"), [
    ({"minutes": 0}, "assessment_exam_minutes"), ({"attempts_allowed": 0}, "assessment_exam_attempts"),
    ({"pass_percent": 101}, "assessment_exam_percent"), ({"step": "open"}, "assessment_exam_published"),
])  # fmt: skip
def test_the_database_holds_the_rules_too(draft: Exam, change: dict[str, Any], rule: str) -> None:
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Exam.unscoped.filter(pk=draft.pk).update(**change)


def test_the_database_holds_the_window(draft: Exam) -> None:
    now = clock.now()
    with pytest.raises(IntegrityError, match="assessment_exam_window"), transaction.atomic():
        Exam.unscoped.filter(pk=draft.pk).update(opens_at=now, closes_at=now)


def test_a_change_on_top_of_another_is_refused(draft: Exam, trainer: User) -> None:
    seen = draft.version
    does(trainer, change_exam, exam_id=draft.pk, fields={"minutes": 5}, version=seen)

    with pytest.raises(StaleVersion):
        does(trainer, change_exam, exam_id=draft.pk, fields={"minutes": 6}, version=seen)


def test_a_published_exam_is_not_changed(draft: Exam, trainer: User) -> None:
    does(trainer, publish_exam, exam_id=draft.pk)

    for operation, words in ((change_exam, {"fields": {}}), (set_questions, {"questions": []}),
                             (set_blueprint, {"rows": []})):  # fmt: skip
        with pytest.raises(WrongStep, match="Copy it"):
            does(trainer, operation, exam_id=draft.pk, **words)


def test_a_copy_is_a_draft_with_the_same_questions_and_rules(draft: Exam, trainer: User) -> None:
    does(trainer, change_exam, exam_id=draft.pk, fields={"minutes": 17})
    does(trainer, publish_exam, exam_id=draft.pk)
    copy, fresh = does(trainer, copy_exam, exam_id=draft.pk)

    assert (fresh, copy.step, copy.minutes) == (True, "draft", 17)
    with acting_as(actor_for(trainer)):
        assert building_of(copy).count == 1


# -- a fixed list -----------------------------------------------------------------------------------------------------


def test_a_fixed_list_is_asked_in_its_order(trainer: User, hospital: Institution) -> None:
    versions = [make_version(hospital) for _ in range(3)]
    exam = make_exam(trainer, hospital, versions)

    assert asked(Form.unscoped.get(exam=exam).pk) == [version.pk for version in versions]


def test_a_question_stands_once(draft: Exam, trainer: User, hospital: Institution) -> None:
    version = make_version(hospital)
    with pytest.raises(DomainError, match="already"):
        does(trainer, set_questions, exam_id=draft.pk, questions=[(version.pk, Decimal(1))] * 2)


def test_a_question_is_worth_more_than_nothing(draft: Exam, trainer: User, hospital: Institution) -> None:
    with pytest.raises(DomainError, match="worth more"):
        does(trainer, set_questions, exam_id=draft.pk, questions=[(make_version(hospital).pk, Decimal(0))])


def test_what_is_not_approved_is_not_asked(draft: Exam, trainer: User, hospital: Institution) -> None:
    version = make_version(hospital)
    type(version).unscoped.filter(pk=version.pk).update(step="retired")

    with pytest.raises(InvalidInput, match="no approved"):
        does(trainer, set_questions, exam_id=draft.pk, questions=[(version.pk, Decimal(1))])


def test_questions_of_another_region_are_not_asked(draft: Exam, trainer: User, unrelated: Institution) -> None:
    with pytest.raises(InvalidInput, match="no approved"):
        does(trainer, set_questions, exam_id=draft.pk, questions=[(make_version(unrelated).pk, Decimal(1))])


def test_an_exam_without_a_question_is_not_published(trainer: User, hospital: Institution) -> None:
    empty = make_exam(trainer, hospital, draft=True)

    with pytest.raises(InvalidInput, match="at least one"):
        does(trainer, publish_exam, exam_id=empty.pk)


def test_more_questions_than_an_exam_may_have_are_refused(draft: Exam, trainer: User) -> None:
    with pytest.raises(InvalidInput, match="at most 200"):
        does(trainer, set_questions, exam_id=draft.pk, questions=[(uuid4(), Decimal(1))] * 201)
    with pytest.raises(InvalidInput, match="at most 200"):
        does(trainer, set_blueprint, exam_id=draft.pk, rows=[row(150), row(51)])


def test_what_stands_in_the_list_is_not_offered_again(draft: Exam, trainer: User, hospital: Institution) -> None:
    other = make_version(hospital)

    with acting_as(actor_for(trainer)):
        assert [one.version_id for one in pickable(draft, "")] == [other.pk]


def test_a_search_offers_what_holds_its_words(draft: Exam, trainer: User, hospital: Institution) -> None:
    found, _other = make_version(hospital), make_version(hospital)
    type(found).unscoped.filter(pk=found.pk).update(words="croup")

    with acting_as(actor_for(trainer)):
        assert [one.version_id for one in pickable(draft, " CROUP ")] == [found.pk]


# -- a blueprint ------------------------------------------------------------------------------------------------------


@pytest.fixture
def bank(hospital: Institution) -> None:
    """Three about infants, two about danger signs."""
    for _ in range(3):
        make_version(hospital, age_band="infant")
    for _ in range(2):
        make_version(hospital, danger="pink")


@pytest.mark.usefixtures("bank")
def test_each_attempt_draws_its_own_form_once(trainer: User, hospital: Institution, asker: User) -> None:
    exam = make_exam(trainer, hospital, rows=[row(2, "age_band:infant")], attempts_allowed=2)
    first = begin(exam, asker)

    assert begin(exam, asker).form_id == first.form_id
    does(asker, hand_in, attempt_id=first.pk)
    assert begin(exam, asker).form_id != first.form_id


@pytest.mark.usefixtures("bank")
def test_the_next_form_has_what_the_first_had_not(trainer: User, hospital: Institution, asker: User) -> None:
    exam = make_exam(trainer, hospital, rows=[row(1, "age_band:infant")], attempts_allowed=3)
    seen = set()
    for _ in range(3):
        attempt = begin(exam, asker)
        seen |= set(asked(attempt.form_id))
        does(asker, hand_in, attempt_id=attempt.pk)

    assert len(seen) == 3


@pytest.mark.usefixtures("bank")
def test_parallel_forms_are_drawn_when_it_is_published(trainer: User, hospital: Institution, asker: User) -> None:
    exam = make_exam(trainer, hospital, rows=[row(1, "age_band:infant")], forms=2, attempts_allowed=2)
    forms = {form.pk for form in Form.unscoped.filter(exam=exam)}
    first = begin(exam, asker)
    does(asker, hand_in, attempt_id=first.pk)

    assert len(forms) == 2
    assert {first.form_id, begin(exam, asker).form_id} == forms


@pytest.mark.usefixtures("bank")
def test_too_few_questions_are_told_with_their_row(trainer: User, hospital: Institution) -> None:
    exam = make_exam(trainer, hospital, rows=[row(3, "age_band:infant"), row(5, "danger:pink")], draft=True)

    with pytest.raises(InvalidInput, match=r"3 more for row 2 \(Emergency\)") as told:
        does(trainer, publish_exam, exam_id=exam.pk)
    assert told.value.code == "not-enough"


@pytest.mark.usefixtures("bank")
def test_the_matrix_tells_what_the_bank_has(trainer: User, hospital: Institution) -> None:
    exam = make_exam(trainer, hospital, rows=[row(2, "age_band:infant"), row(3, "danger:pink")], draft=True)

    with acting_as(actor_for(trainer)):
        assert [(one.has.fitting, one.has.short) for one in covered(exam)] == [(3, 0), (2, 1)]
        assert (building_of(exam).short, building_of(exam).is_ready) == (1, False)


def test_a_blueprint_has_a_row(trainer: User, hospital: Institution) -> None:
    exam = make_exam(trainer, hospital, rows=[], draft=True)

    with pytest.raises(InvalidInput, match="at least one row"):
        does(trainer, publish_exam, exam_id=exam.pk)


@pytest.mark.parametrize("wrong", [row(1, "colour:red"), row(1, "danger:purple"), row(1, kinds=("riddle",))])
def test_a_row_speaks_of_what_the_bank_knows(draft: Exam, trainer: User, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        does(trainer, set_blueprint, exam_id=draft.pk, rows=[wrong])


def test_a_row_asks_for_something(draft: Exam, trainer: User) -> None:
    with pytest.raises(DomainError, match="1 to 200"):
        does(trainer, set_blueprint, exam_id=draft.pk, rows=[row(0)])


def test_a_row_may_name_a_branch_of_the_manual(trainer: User, hospital: Institution, asker: User) -> None:
    version = make_version(hospital, manual_branch="cough-2-59m")
    make_version(hospital)
    exam = make_exam(trainer, hospital, rows=[row(1, "manual:cough-2-59m")])

    assert asked(begin(exam, asker).form_id) == [version.pk]


def test_a_row_in_words(trainer: User, hospital: Institution) -> None:
    rows = [row(1, "age_band:infant", "manual:cough-2-59m", kinds=("single",)), row(1)]
    exam = make_exam(trainer, hospital, rows=rows, draft=True)

    with acting_as(actor_for(trainer)):
        words = [row_words(one) for one in exam.blueprint.order_by("position")]
        assert words == ["2 to 11 months, cough-2-59m, One right answer", "any question"]
        assert question_count(exam) == 2


def test_a_form_never_changes(trainer: User, hospital: Institution) -> None:
    exam = make_exam(trainer, hospital, [make_version(hospital)])

    for rows in (Form.unscoped.filter(exam=exam), FormQuestion.unscoped.filter(form__exam=exam)):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            rows.delete()


# -- open and closed --------------------------------------------------------------------------------------------------


def test_publishing_and_closing_twice_do_nothing_more(draft: Exam, trainer: User) -> None:
    for operation, step in ((publish_exam, "open"), (close_exam, "closed")):
        assert [does(trainer, operation, exam_id=draft.pk).step for _ in range(2)] == [step, step]
    assert Form.unscoped.filter(exam=draft).count() == 1


def test_a_closed_exam_opens_again_with_its_forms(draft: Exam, trainer: User, asker: User) -> None:
    for operation in (publish_exam, close_exam, reopen_exam):
        does(trainer, operation, exam_id=draft.pk)

    assert begin(draft, asker).number == 1
    assert Form.unscoped.filter(exam=draft).count() == 1


# -- exceptions -------------------------------------------------------------------------------------------------------


def test_an_exception_has_a_reason(draft: Exam, trainer: User, asker: User) -> None:
    with pytest.raises(InvalidInput, match="Say why"):
        does(trainer, accommodate, exam_id=draft.pk, user_id=asker.pk, reason=" ")


def test_an_exception_is_for_somebody(draft: Exam, trainer: User) -> None:
    with pytest.raises(InvalidInput, match="no such person"):
        does(trainer, accommodate, exam_id=draft.pk, user_id=uuid4(), reason="x")


def test_an_exception_has_its_limits(draft: Exam, trainer: User, asker: User) -> None:
    with pytest.raises(DomainError, match="more than an exam"):
        does(trainer, accommodate, exam_id=draft.pk, user_id=asker.pk, reason="x", extra_minutes=601)


def test_a_second_exception_replaces_the_first(draft: Exam, trainer: User, asker: User) -> None:
    for minutes in (10, 20):
        does(trainer, accommodate, exam_id=draft.pk, user_id=asker.pk, reason="x", extra_minutes=minutes)

    assert Accommodation.unscoped.get(exam=draft).extra_minutes == 20


def test_only_who_leads_the_training_makes_exceptions(trainer: User, hospital: Institution, asker: User) -> None:
    exam = make_exam(trainer, hospital, [make_version(hospital)])
    lecturer = make_staff("lecturer", hospital, Role.LECTURER)

    with pytest.raises(NotPermitted):
        does(lecturer, accommodate, exam_id=exam.pk, user_id=asker.pk, reason="x")
