"""The rule of sight is compiled once for each actor, and says word for word what `visible_to` says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, OuterRef
from django.test.utils import CaptureQueriesContext

from consortium.casework.models import Case, Message
from consortium.kernel import clock
from consortium.kernel.actors import ANONYMOUS, Actor, Seat, acting_as
from consortium.kernel.scoping import Present, Scoped, ScopedQuerySet, Sight, _sight
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consortium.people.states import Role
from tests.cast import actor_for
from tests.factories.cases import make_case, make_message
from tests.factories.patients import make_grant, make_patient
from tests.factories.people import make_seat

SCOPED = [model for model in apps.get_models() if issubclass(model, Scoped)]
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def said(rows: Any) -> str:
    try:
        return str(rows.query)
    except EmptyResultSet:
        return "nothing"


def rows_of(model: Any) -> Any:
    """The class of the model's rows."""
    return model.objects._queryset_class


def plainly(model: Any, actor: Actor) -> Any:
    """The rule as the model's QuerySet tells it, without anything remembered."""
    return rows_of(model)(model).visible_to(actor)


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


def one_with(*roles: str) -> Actor:
    """Somebody who holds these roles at some institution."""
    return Actor("person", uuid4(), "Dr Somebody", frozenset(Seat(role, uuid4()) for role in roles))


SOME = (Role.ASKER, Role.SPECIALIST, Role.COORDINATOR, Role.PRIVACY_OFFICER, Role.AUDITOR, Role.CONSORTIUM_MANAGER)
EVERYBODY = [ANONYMOUS, one_with(), *map(one_with, SOME), one_with(*Role)]


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model._meta.label)
def test_the_remembered_rule_is_the_rule(model: Any, noon: None) -> None:
    for actor in EVERYBODY:
        with acting_as(actor):
            plain = said(plainly(model, actor))
            assert [said(model.objects.all()) for _ in range(2)] == [plain, plain]


def inside(model: Any, rows: Any) -> Any:
    """A statement about the same table with `rows` twice inside it, once within each other."""
    beside = model.unscoped.filter(Exists(rows.filter(pk=OuterRef("pk"))))
    return beside.filter(pk__in=model.unscoped.filter(pk__in=rows.values("pk")).values("pk"))


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model._meta.label)
def test_the_remembered_rule_is_the_rule_inside_another_statement(model: Any, noon: None) -> None:
    brackets = str.maketrans("", "", "()")  # those around a conjunction stay where Django would leave them out
    for actor in (ANONYMOUS, one_with(Role.ASKER), one_with(*Role)):
        with acting_as(actor):
            remembered, plain = model.objects.all(), plainly(model, actor)
            assert said(inside(model, remembered)).translate(brackets) == said(inside(model, plain)).translate(brackets)


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model._meta.label)
def test_no_rule_asks_the_database_when_it_is_made(model: Any, db: None) -> None:
    actor = one_with(*Role)
    with acting_as(actor), CaptureQueriesContext(connection) as asked:
        plainly(model, actor)
    assert len(asked) == 0


@pytest.mark.parametrize("model", [Case, Message, Patient], ids=lambda model: model._meta.label)
@pytest.mark.parametrize("role", [Role.ASKER, Role.SPECIALIST, Role.COORDINATOR, Role.NURSE])
def test_the_rules_of_the_day_are_remembered(model: Any, role: str) -> None:
    assert _sight(model, rows_of(model), one_with(role)) is not None


def test_two_people_have_a_rule_each(asker: User, stranger: User, patient: Patient) -> None:
    with acting_as(actor_for(asker)):
        assert Patient.objects.exists()
    with acting_as(actor_for(stranger)):
        assert not Patient.objects.exists()


def test_a_seat_more_is_another_rule(stranger: User, patient: Patient, community: Institution) -> None:
    with acting_as(actor_for(stranger)):
        assert not Patient.objects.exists()
    make_seat(stranger, community, Role.ASKER)
    with acting_as(actor_for(stranger)):
        assert Patient.objects.exists()


def test_a_grant_ends_under_a_remembered_rule(stranger: User, patient: Patient, unrelated: Institution) -> None:
    make_grant(patient, stranger, unrelated)
    actor = actor_for(stranger)
    with acting_as(actor):
        assert Patient.objects.exists()
        with clock.moved(timedelta(hours=4)):
            assert not Patient.objects.exists()
        assert Patient.objects.exists()


def test_a_rows_set_made_before_the_end_shows_nothing_after_it(
    stranger: User, patient: Patient, unrelated: Institution
) -> None:
    make_grant(patient, stranger, unrelated)
    with acting_as(actor_for(stranger)):
        seen = Patient.objects.all()
    with clock.moved(timedelta(hours=4)):
        assert not seen.exists()


def test_the_rule_holds_inside_another_statement(asker: User, stranger: User, community: Institution) -> None:
    case = make_case(make_patient(community), asker, community)
    make_message(case, asker, community)
    for user, found in ((asker, 1), (stranger, 0)):
        with acting_as(actor_for(user)):
            assert Message.unscoped.filter(case__in=Case.objects.all()).count() == found


def test_the_rule_holds_inside_a_statement_about_the_same_table(
    asker: User, stranger: User, community: Institution
) -> None:
    make_case(make_patient(community), asker, community)
    for user, found in ((asker, 1), (stranger, 0)):
        with acting_as(actor_for(user)):
            assert Case.unscoped.filter(pk__in=Case.objects.all()).count() == found


def test_the_rule_holds_in_a_union_of_conditions(asker: User, stranger: User, community: Institution) -> None:
    make_case(make_patient(community), asker, community)
    for user, found in ((asker, 1), (stranger, 0)):
        with acting_as(actor_for(user)):
            assert (Case.objects.filter(sex="female") | Case.objects.filter(sex="male")).count() == found


def test_the_rule_holds_for_an_update(asker: User, stranger: User, community: Institution) -> None:
    case = make_case(make_patient(community), asker, community)
    for user, changed in ((stranger, 0), (asker, 1)):
        with acting_as(actor_for(user)):
            assert Case.objects.filter(pk=case.pk).update(headline="Wheeze") == changed


def test_the_rule_holds_beside_a_join(asker: User, stranger: User, community: Institution) -> None:
    make_case(make_patient(community, "Lin"), asker, community)
    for user, found in ((asker, 1), (stranger, 0)):
        with acting_as(actor_for(user)):
            assert Case.objects.filter(patient__name="Lin").select_related("patient").count() == found


def test_the_rule_holds_through_a_related_manager(asker: User, stranger: User, community: Institution) -> None:
    patient = make_patient(community)
    make_case(patient, asker, community)
    for user, found in ((asker, 1), (stranger, 0)):
        with acting_as(actor_for(user)):
            assert patient.cases.count() == found


class OfTheHour(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Any:
        return self.filter(created_at__lt=clock.now())


class OfThisMoment(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Any:
        return self.filter(created_at__lt=Present())


class OfThePlace(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Any:
        return self.filter(registered_at__name_en="Here")


def test_a_rule_that_names_a_time_is_not_remembered() -> None:
    assert _sight(Patient, OfTheHour, one_with(Role.ASKER)) is None


def test_a_rule_that_compares_with_the_present_is_remembered() -> None:
    assert isinstance(_sight(Patient, OfThisMoment, one_with(Role.ASKER)), Sight)


def test_a_rule_with_a_join_is_not_remembered() -> None:
    assert _sight(Patient, OfThePlace, one_with(Role.ASKER)) is None


def test_the_rule_of_nobody_is_not_remembered() -> None:
    assert _sight(Patient, rows_of(Patient), ANONYMOUS) is None


def test_under_another_name_of_the_table_the_rule_is_made_anew() -> None:
    sight = _sight(Case, rows_of(Case), one_with(Role.ASKER))
    assert sight is not None
    assert sight.relabeled_clone({"another_table": "U0"}) is sight
    assert not isinstance(sight.relabeled_clone({"casework_case": "U0"}), Sight)
