"""Row access that cannot be forgotten (design: Row access), each known trap with its test."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import models

from consortium.casework.models import Case, Message
from consortium.kernel.actors import ANONYMOUS, acting_as, current_actor, system
from consortium.kernel.errors import NobodyActing
from consortium.kernel.scoping import Scoped, ScopedQuerySet, unfiltered
from consortium.patients.models import Patient
from consortium.people.models import User
from tests.cast import actor_for
from tests.factories.cases import make_case, make_message
from tests.factories.patients import make_patient


def test_while_nobody_acts_rows_are_refused() -> None:
    with pytest.raises(NobodyActing):
        Patient.objects.all()


def test_while_nobody_acts_a_single_row_is_refused_too(patient: Patient) -> None:
    with pytest.raises(NobodyActing):
        Patient.objects.get(pk=patient.pk)


def test_while_nobody_acts_nothing_is_created_through_the_manager(db: None) -> None:
    with pytest.raises(NobodyActing):
        Patient.objects.create(name="x")


def test_the_refusal_says_what_to_do() -> None:
    with pytest.raises(NobodyActing, match=r"acting_as\(\.\.\.\)"):
        Patient.objects.count()


def test_the_system_sees_every_row(patient: Patient) -> None:
    with acting_as(system("a count")):
        assert Patient.objects.count() == 1


def test_the_visitor_sees_none(patient: Patient) -> None:
    with acting_as(ANONYMOUS):
        assert not Patient.objects.exists()


def test_a_person_sees_their_own(asker: User, patient: Patient) -> None:
    with acting_as(actor_for(asker)):
        assert list(Patient.objects.all()) == [patient]


def test_a_person_does_not_see_others(stranger: User, patient: Patient) -> None:
    with acting_as(actor_for(stranger)):
        assert not Patient.objects.exists()


def test_a_model_that_says_nothing_shows_nothing(patient: Patient, asker: User) -> None:
    assert not ScopedQuerySet(Patient).visible_to(actor_for(asker)).exists()


def test_unscoped_asks_nobody(patient: Patient) -> None:
    assert Patient.unscoped.count() == 1


def test_the_rows_are_those_of_who_asked_not_of_who_reads(asker: User, stranger: User, patient: Patient) -> None:
    """A queryset keeps its filter: made as one person it is not read as another."""
    with acting_as(actor_for(stranger)):
        theirs = Patient.objects.all()
    with acting_as(actor_for(asker)):
        assert not theirs.exists()


def test_a_related_manager_is_filtered(asker: User, stranger: User, patient: Patient) -> None:
    make_case(patient, asker, patient.registered_at)
    with acting_as(actor_for(stranger)):
        assert not patient.cases.exists()


def test_a_related_manager_is_refused_while_nobody_acts(asker: User, patient: Patient) -> None:
    with pytest.raises(NobodyActing):
        patient.cases.exists()


def test_a_forward_key_is_not_filtered(asker: User, stranger: User, patient: Patient) -> None:
    """The known trap: lists of fields guard what a join would show."""
    case = make_case(patient, asker, patient.registered_at)
    with acting_as(actor_for(stranger)):
        assert Case.unscoped.get(pk=case.pk).patient == patient


def test_a_row_at_hand_is_read_anew_without_a_scope(patient: Patient) -> None:
    Patient.unscoped.filter(pk=patient.pk).update(name="Lin Xiaoyu Junior")
    patient.refresh_from_db()
    assert patient.name == "Lin Xiaoyu Junior"


def test_rows_of_a_case_follow_their_case(asker: User, colleague: User, patient: Patient) -> None:
    """A draft is its author's alone, and so is what hangs on it."""
    make_message(make_case(patient, asker, patient.registered_at), asker, patient.registered_at)
    seen = {}
    for user in (asker, colleague):
        with acting_as(actor_for(user)):
            seen[user.username] = Message.objects.count()
    assert seen == {"asker": 1, "colleague": 0}


def test_what_is_unfiltered_is_read_by_the_system_with_a_reason(patient: Patient) -> None:
    assert unfiltered(Patient, why="does the number exist?").count() == 1


def test_after_an_unfiltered_read_the_actor_acts_again(stranger: User, patient: Patient) -> None:
    actor = actor_for(stranger)
    with acting_as(actor):
        unfiltered(Patient, why="does the number exist?").exists()
        assert current_actor() is actor


def test_after_an_unfiltered_read_the_next_one_is_filtered(stranger: User, patient: Patient) -> None:
    with acting_as(actor_for(stranger)):
        unfiltered(Patient, why="does the number exist?").exists()
        assert not Patient.objects.exists()


def test_a_model_that_is_not_scoped_is_read_unfiltered_all_the_same(asker: User) -> None:
    assert unfiltered(User, why="whose seat?").filter(pk=asker.pk).exists()


def test_a_worker_thread_of_the_pool_begins_with_nobody(asker: User, patient: Patient) -> None:
    with acting_as(actor_for(asker)), ThreadPoolExecutor(1) as pool, pytest.raises(NobodyActing):
        pool.submit(Patient.objects.all).result()


def every_scoped() -> list[Any]:
    from django.apps import apps

    return [model for model in apps.get_models() if issubclass(model, Scoped)]


@pytest.mark.parametrize("model", every_scoped(), ids=lambda m: m._meta.label)
def test_forward_keys_go_through_the_plain_manager(model: Any) -> None:
    assert model._meta.base_manager_name == "unscoped"


@pytest.mark.parametrize("model", every_scoped(), ids=lambda m: m._meta.label)
def test_the_filtered_manager_is_declared_first(model: Any) -> None:
    """Django takes the first manager for everything that is not told otherwise."""
    assert model._default_manager.name == "objects"


def test_uniqueness_sees_hidden_rows_through_the_database_only(district: Any, stranger: User) -> None:
    """`validate_unique` would say that a hidden number is free; the constraint says that it is not."""
    from django.db import IntegrityError, transaction

    from consortium.patients.models import RecordNumber
    from tests.factories.patients import make_record_number

    make_patient(district, record="A1")
    other = make_patient(district)
    with acting_as(actor_for(stranger)):
        assert not RecordNumber.objects.filter(number="A1").exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_record_number(other, district, "A1")


def test_the_base_of_scoped_models_makes_no_table() -> None:
    assert Scoped._meta.abstract


def test_the_plain_manager_is_a_plain_one() -> None:
    assert type(Patient.unscoped) is models.Manager
