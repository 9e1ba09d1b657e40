"""Who takes a course: by their own word, by an institution's, by a rule."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.library.models import Course, Enrolment, EnrolmentRule
from courses.library.operations import (
    apply_rules,
    archive_course,
    end_rule,
    enrol_oneself,
    enrol_people,
    leave_course,
    make_rule,
)
from tests.courses.library.making import as_
from tests.factories.people import make_staff


def rows() -> list[tuple[str, str, bool]]:
    return sorted(Enrolment.unscoped.values_list("user__username", "by", "required"))


def newcomer(actor_for: User) -> int:
    with acting_as(system("a newcomer")) as actor:
        return apply_rules(actor=actor, user_id=actor_for.pk)


def test_one_takes_a_course_once(learner: User, course: Course) -> None:
    with as_(learner) as actor:
        assert [enrol_oneself(actor=actor, course_id=course.pk)[1] for _time in range(2)] == [True, False]
    assert rows() == [("learner", "self", False)]


def test_an_archived_course_takes_nobody(learner: User, trainer: User, course: Course) -> None:
    with as_(trainer) as actor:
        archive_course(actor=actor, course_id=course.pk)
        with pytest.raises(InvalidInput, match="not offered"):
            enrol_people(actor=actor, course_id=course.pk)
    with as_(learner) as actor, pytest.raises(NotVisible):
        enrol_oneself(actor=actor, course_id=course.pk)


def test_a_builder_enrols_everybody_of_a_role(trainer: User, learner: User, nurse: User, course: Course) -> None:
    with as_(trainer) as actor:
        assert enrol_people(actor=actor, course_id=course.pk, roles=[Role.ASKER]) == 1
        assert enrol_people(actor=actor, course_id=course.pk, roles=[Role.ASKER]) == 0
    assert rows() == [("learner", "institution", False)]


def test_a_builder_enrols_some_people(trainer: User, learner: User, nurse: User, course: Course) -> None:
    with as_(trainer) as actor:
        assert enrol_people(actor=actor, course_id=course.pk, user_ids=[nurse.pk]) == 1
    assert Enrolment.unscoped.get().user_id == nurse.pk


def test_an_admin_enrols_their_own_people(community: Institution, learner: User, course: Course) -> None:
    admin = make_staff("own-admin", community, Role.INSTITUTION_ADMIN)
    with as_(admin) as actor:
        assert enrol_people(actor=actor, course_id=course.pk, institution_id=community.pk, roles=[Role.ASKER]) == 1
        with pytest.raises(NotPermitted, match="your own institution"):
            enrol_people(actor=actor, course_id=course.pk)
        assert Enrolment.objects.count() == 1
        leave_course(actor=actor, course_id=course.pk, user_id=learner.pk)


def test_what_one_takes_may_become_required(trainer: User, learner: User, course: Course) -> None:
    late, soon = (clock.today() + timedelta(days=days) for days in (30, 10))
    with as_(learner) as actor:
        enrol_oneself(actor=actor, course_id=course.pk)
    with as_(trainer) as actor:
        for day in (late, soon, late):
            enrol_people(actor=actor, course_id=course.pk, roles=[Role.ASKER], required=True, due_on=day)
    row = Enrolment.unscoped.get()
    assert (row.required, row.due_on, row.by) == (True, soon, "self")


@pytest.mark.parametrize(("required", "days"), [(False, 3), (True, -1)])
def test_a_day_is_ahead_and_of_a_required_course(trainer: User, course: Course, required: bool, days: int) -> None:
    day = clock.today() + timedelta(days=days)
    with as_(trainer) as actor, pytest.raises(InvalidInput):
        enrol_people(actor=actor, course_id=course.pk, required=required, due_on=day)


def test_a_required_course_is_not_left(trainer: User, learner: User, course: Course) -> None:
    with as_(trainer) as actor:
        enrol_people(actor=actor, course_id=course.pk, roles=[Role.ASKER], required=True)
    with as_(learner) as actor, pytest.raises(NotPermitted, match="required of you"):
        leave_course(actor=actor, course_id=course.pk)
    with as_(trainer) as actor:
        leave_course(actor=actor, course_id=course.pk, user_id=learner.pk)
        leave_course(actor=actor, course_id=course.pk, user_id=learner.pk)
    assert Enrolment.unscoped.get().withdrawn_at is not None


def test_nobody_takes_a_stranger_out(other_trainer: User, learner: User, course: Course) -> None:
    with as_(learner) as actor:
        enrol_oneself(actor=actor, course_id=course.pk)
    with as_(other_trainer) as actor, pytest.raises(NotVisible):
        leave_course(actor=actor, course_id=course.pk, user_id=learner.pk)


# -- rules


def test_a_rule_counts_now_and_later(trainer: User, learner: User, community: Institution, course: Course) -> None:
    with as_(trainer) as actor:
        rule, count = make_rule(actor=actor, course_id=course.pk, roles=[Role.ASKER], tiers=[1], required=True, days=30)
    assert count == 1
    later = make_staff("later", community, Role.ASKER)
    assert newcomer(later) == 1
    assert newcomer(later) == 0
    row = Enrolment.unscoped.get(user=later)
    assert (row.rule_id, row.required, row.due_on) == (rule.pk, True, clock.today() + timedelta(days=30))


@pytest.mark.parametrize("role", [Role.NURSE, Role.SPECIALIST])
def test_a_rule_means_its_roles_only(trainer: User, community: Institution, course: Course, role: Role) -> None:
    with as_(trainer) as actor:
        make_rule(actor=actor, course_id=course.pk, roles=[Role.ASKER])
    assert newcomer(make_staff("later", community, role)) == 0


def test_a_rule_means_its_tiers_only(trainer: User, hospital: Institution, course: Course) -> None:
    with as_(trainer) as actor:
        make_rule(actor=actor, course_id=course.pk, tiers=[1])
    assert newcomer(make_staff("later", hospital, Role.ASKER)) == 0


def test_a_rule_means_its_institution_only(
    trainer: User, hospital: Institution, community: Institution, course: Course
) -> None:
    with as_(trainer) as actor:
        make_rule(actor=actor, course_id=course.pk, institution_id=community.pk)
    assert newcomer(make_staff("there", hospital, Role.ASKER)) == 0
    assert newcomer(make_staff("here", community, Role.ASKER)) == 1


def test_an_ended_rule_counts_no_more(trainer: User, community: Institution, course: Course) -> None:
    with as_(trainer) as actor:
        rule, _count = make_rule(actor=actor, course_id=course.pk, roles=[Role.ASKER])
        for _time in range(2):
            end_rule(actor=actor, rule_id=rule.pk)
    assert newcomer(make_staff("later", community, Role.ASKER)) == 0


def test_a_rule_is_made_once(trainer: User, course: Course) -> None:
    key = uuid4()
    with as_(trainer) as actor:
        for _time in range(2):
            make_rule(actor=actor, course_id=course.pk, roles=[Role.ASKER], key=key)
    assert EnrolmentRule.unscoped.count() == 1


def test_days_of_a_rule_go_with_what_is_required(trainer: User, course: Course) -> None:
    with as_(trainer) as actor, pytest.raises(Exception, match="goes with a required course"):
        make_rule(actor=actor, course_id=course.pk, days=3)


def test_there_must_be_such_a_rule(trainer: User) -> None:
    with as_(trainer) as actor, pytest.raises(NotVisible):
        end_rule(actor=actor, rule_id=uuid4())


@pytest.mark.parametrize("operation", [enrol_oneself, enrol_people, make_rule])
def test_there_must_be_such_a_course(trainer: User, operation: object) -> None:
    with as_(trainer) as actor, pytest.raises(NotVisible):
        operation(actor=actor, course_id=uuid4())  # type: ignore[operator]


# -- the database


def test_one_enrolment_a_person(learner: User, course: Course) -> None:
    with as_(learner) as actor:
        row, _fresh = enrol_oneself(actor=actor, course_id=course.pk)
    with pytest.raises(IntegrityError, match="library_enrolment_once"), transaction.atomic():
        Enrolment.unscoped.create(course=course, user=learner, by="self", enrolled_at=row.enrolled_at)


def test_a_day_belongs_to_what_is_required(learner: User, course: Course) -> None:
    with as_(learner) as actor:
        enrol_oneself(actor=actor, course_id=course.pk)
    with pytest.raises(IntegrityError, match="library_enrolment_due"), transaction.atomic():
        Enrolment.unscoped.update(due_on=clock.today())
