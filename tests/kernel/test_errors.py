"""The one family of errors, and what becomes of a rule that the database holds."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, InternalError, transaction
from django.utils import translation

from consortium.casework.models import Case
from consortium.kernel import clock, errors
from consortium.kernel.errors import (
    Busy,
    DomainError,
    InvalidInput,
    NotPermitted,
    NotVisible,
    StaleVersion,
    StorageFull,
    Taken,
    TooLarge,
    TooMany,
    WrongStep,
    database_rules,
    explain_constraint,
)
from consortium.patients.models import Patient
from consortium.people.models import Region, User
from tests.factories.cases import make_draft
from tests.factories.patients import make_pathway

FAMILY = {
    DomainError: (422, "error"),
    NotPermitted: (403, "not-permitted"),
    NotVisible: (404, "not-found"),
    StaleVersion: (409, "stale-version"),
    Taken: (409, "taken"),
    TooLarge: (413, "too-large"),
    WrongStep: (422, "wrong-step"),
    InvalidInput: (422, "invalid-input"),
    Busy: (423, "busy"),
    TooMany: (429, "too-many"),
    StorageFull: (507, "storage-full"),
}


@pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)
def test_each_error_has_its_status_and_its_word(kind: type[DomainError]) -> None:
    assert (kind().status, kind().code) == FAMILY[kind]


@pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)
def test_each_error_says_something_by_itself(kind: type[DomainError]) -> None:
    assert str(kind()).endswith(".")


@pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)
def test_each_error_says_it_in_chinese(kind: type[DomainError]) -> None:
    with translation.override("zh-hans"):
        assert str(kind().message).endswith("。")


def test_a_sentence_of_its_own_is_kept() -> None:
    assert NotPermitted("Only the lead may do this.").message == "Only the lead may do this."


def test_a_code_of_its_own_is_kept() -> None:
    assert DomainError(code="own").code == "own"


def test_a_code_of_its_own_is_not_given_to_others() -> None:
    DomainError(code="own")
    assert DomainError().code == "error"


def test_the_detail_is_a_copy() -> None:
    given = {"winner": "Dr Li"}
    DomainError(detail=given).detail["winner"] = "Dr Wang"
    assert given == {"winner": "Dr Li"}


def test_wrong_input_says_the_first_field_s_fault() -> None:
    assert InvalidInput({"name": "Write a name.", "sex": "Choose."}).message == "Write a name."


def test_wrong_input_may_say_something_else() -> None:
    assert InvalidInput({"name": "Write a name."}, "Two things are wrong.").message == "Two things are wrong."


def test_wrong_input_without_a_field_says_the_plain_sentence() -> None:
    assert str(InvalidInput().message) == "Please check what you entered."


def test_wrong_input_tells_its_fields_in_plain_text() -> None:
    assert InvalidInput({"age": 7}).detail == {"fields": {"age": "7"}}


# -- rules of the database


def broken(error: Exception) -> Any:
    """What the person hears of `error`."""
    with pytest.raises(DomainError) as told, database_rules():
        raise error
    return told.value


@pytest.fixture
def explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errors, "_constraint_messages", {})
    explain_constraint("one_winner", "Only one can win.")


def violated(name: str | None) -> IntegrityError:
    """As psycopg2 tells it: the name of the rule stands in the diagnosis of the cause."""
    error = IntegrityError("duplicate key")
    cause: Any = Exception()
    cause.diag = SimpleNamespace(constraint_name=name)
    error.__cause__ = cause
    return error


@pytest.mark.usefixtures("explained")
def test_a_rule_with_a_sentence_is_told_in_it() -> None:
    assert broken(violated("one_winner")).message == "Only one can win."


@pytest.mark.usefixtures("explained")
def test_a_broken_rule_says_that_the_database_refused() -> None:
    assert broken(violated("one_winner")).code == "refused-by-database"


@pytest.mark.usefixtures("explained")
def test_a_broken_rule_is_a_422() -> None:
    assert broken(violated("one_winner")).status == 422


@pytest.mark.usefixtures("explained")
def test_a_rule_without_a_sentence_passes_on() -> None:
    with pytest.raises(IntegrityError), database_rules():
        raise violated("another")


@pytest.mark.usefixtures("explained")
def test_an_error_without_a_rule_passes_on() -> None:
    with pytest.raises(IntegrityError), database_rules():
        raise IntegrityError("no diagnosis at all")


def test_an_illegal_move_is_a_wrong_step() -> None:
    error = broken(InternalError('Invalid transition of field "step"'))
    assert (type(error), error.code) == (WrongStep, "refused-by-database")


def test_an_illegal_first_step_is_a_wrong_step() -> None:
    assert isinstance(broken(InternalError("May not begin at x [rule:door_first_step]")), WrongStep)


@pytest.mark.usefixtures("explained")
def test_a_trigger_s_rule_is_told_in_its_own_sentence() -> None:
    assert broken(InternalError("no [rule:one_winner]")).message == "Only one can win."


def test_another_failure_inside_the_database_passes_on() -> None:
    with pytest.raises(InternalError), database_rules():
        raise InternalError("cache lookup failed")


def test_what_is_no_error_of_the_database_passes_on() -> None:
    with pytest.raises(ZeroDivisionError), database_rules():
        raise ZeroDivisionError


def test_without_an_error_nothing_happens() -> None:
    with database_rules():
        pass


@pytest.mark.django_db
def test_a_real_check_of_postgresql_is_told_in_plain_words(asker: User, patient: Patient) -> None:
    """The sentence of each constraint is registered by its app, so nobody reads a constraint's name."""
    case = make_draft(patient, asker, patient.registered_at).case
    rows = Case.unscoped.filter(pk=case.pk)
    with pytest.raises(DomainError, match="closing time"), database_rules(), transaction.atomic():
        rows.update(is_open=False)


@pytest.mark.django_db
def test_a_real_unique_name_that_nobody_explained_passes_on() -> None:
    region = Region.objects.create(name_en="East", name_zh="东")
    with pytest.raises(IntegrityError), database_rules(), transaction.atomic():
        Region.objects.create(pk=region.pk, name_en="West", name_zh="西")


@pytest.mark.django_db
def test_a_real_trigger_refuses_a_jump(asker: User, patient: Patient) -> None:
    from consultations.models import Consultation

    made = make_draft(patient, asker, patient.registered_at)
    with pytest.raises(WrongStep), database_rules(), transaction.atomic():
        Consultation.unscoped.filter(pk=made.pk).update(step="answered")


@pytest.mark.django_db
def test_a_real_trigger_refuses_to_be_born_in_the_middle(asker: User, patient: Patient) -> None:
    from consultations.models import Consultation

    case = make_draft(patient, asker, patient.registered_at).case
    make_pathway(patient)
    with clock.moved(timedelta(minutes=1)), pytest.raises(WrongStep), database_rules(), transaction.atomic():
        Consultation.unscoped.filter(pk=case.pk).delete()
        Consultation.unscoped.create(case=case, step="answered")


def test_every_constraint_with_a_sentence_is_told_in_it() -> None:
    """Otherwise the sentence would wait for a validation that nobody asks for."""
    untold = [
        rule.name
        for model in apps.get_models()
        for rule in model._meta.constraints
        if rule.violation_error_message != rule.default_violation_error_message
        and rule.name not in errors._constraint_messages
    ]
    assert untold == []


def test_an_app_says_it_for_rules_that_do_not() -> None:
    assert str(errors._constraint_messages["casework_case_kind"]).startswith("A case is")


def test_what_is_sent_twice_is_told_so() -> None:
    assert str(errors._constraint_messages["casework_message_created_once"]) == "This was sent already."
