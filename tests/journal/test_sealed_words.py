"""Sealed words: opened with the patient's key, gone when it is destroyed; the chain verifies all the same."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction

from consortium.journal.models import Entry, SealingKey
from consortium.journal.operations import erase_key, key_for, record, seal_text
from consortium.journal.queries import chain_faults, open_key, open_text, open_texts, timeline
from consortium.kernel.actors import system
from consortium.kernel.sealing import SealBroken
from consortium.patients.models import Patient
from consortium.people.models import User
from tests.cast import actor_for
from tests.factories.patients import make_patient

pytestmark = pytest.mark.django_db

TIMER = system("a timer")


def say(patient: Patient, text: str = "the mother is worried", **more: Any) -> Entry:
    with transaction.atomic():
        return record(actor=TIMER, verb="note", subject=patient, patient_id=patient.pk, text=text, **more)


def erase(patient: Patient) -> None:
    erase_key(actor=TIMER, subject=patient, patient_id=patient.pk, reason="asked for")


def test_words_are_read_again(patient: Patient) -> None:
    say(patient)
    assert timeline(patient)[0].text == "the mother is worried"


def test_changes_are_read_again(patient: Patient) -> None:
    say(patient, "", changes={"name": ["Lin", "Wang"]})
    assert timeline(patient)[0].changes == {"name": ["Lin", "Wang"]}


def test_an_entry_without_words_has_none(patient: Patient) -> None:
    say(patient, "")
    assert (timeline(patient)[0].text, timeline(patient)[0].changes) == ("", {})


def test_one_reading_unwraps_a_key_once(patient: Patient, django_assert_num_queries: Any) -> None:
    for _ in range(3):
        say(patient)
    with django_assert_num_queries(2):
        assert len(timeline(patient)) == 3


def test_erased_words_are_gone(patient: Patient) -> None:
    say(patient)
    erase(patient)
    assert timeline(patient)[0].text == ""


def test_erased_changes_are_gone(patient: Patient) -> None:
    say(patient, "", changes={"name": ["Lin", "Wang"]})
    erase(patient)
    assert timeline(patient)[0].changes == {}


def test_after_erasing_the_acts_still_stand(patient: Patient) -> None:
    say(patient)
    erase(patient)
    assert [step.verb for step in timeline(patient)] == ["note", "erase"]


def test_after_erasing_the_chain_verifies(patient: Patient) -> None:
    say(patient)
    erase(patient)
    assert list(chain_faults()) == []


def test_erasing_says_why(patient: Patient) -> None:
    erase(patient)
    assert timeline(patient)[0].facts == {"reason": "asked for"}


def test_another_child_s_words_stay(patient: Patient) -> None:
    other = make_patient(patient.registered_at)
    say(other)
    erase(patient)
    assert timeline(other)[0].text == "the mother is worried"


def test_a_key_made_after_erasing_does_not_bring_the_words_back(patient: Patient) -> None:
    say(patient)
    erase(patient)
    key_for(f"patient:{patient.pk}")
    assert timeline(patient)[0].text == ""


def test_a_destroyed_key_is_none(patient: Patient) -> None:
    assert open_key(f"patient:{patient.pk}") is None


def test_a_key_is_opened_with_the_master_s(patient: Patient) -> None:
    chain = f"patient:{patient.pk}"
    assert key_for(chain) == open_key(chain)


def test_another_master_opens_no_key(patient: Patient, settings: Any) -> None:
    key_for(f"patient:{patient.pk}")
    settings.SEALING_KEY = "another master, as long as it takes to be one"
    with pytest.raises(SealBroken):
        open_key(f"patient:{patient.pk}")


def test_a_key_moved_to_another_patient_opens_nothing(patient: Patient) -> None:
    other = make_patient(patient.registered_at)
    key_for(f"patient:{patient.pk}")
    SealingKey.objects.update(subject=f"patient:{other.pk}")
    with pytest.raises(SealBroken):
        open_key(f"patient:{other.pk}")


# -- words in columns beside the journal


def test_a_sealed_column_is_opened(patient: Patient) -> None:
    assert open_text(patient.pk, seal_text(patient.pk, "她有点喘")) == "她有点喘"


def test_nothing_is_not_sealed(patient: Patient) -> None:
    assert seal_text(patient.pk, "") is None


def test_nothing_opens_as_nothing(patient: Patient) -> None:
    assert open_text(patient.pk, None) == ""


def test_a_column_as_the_database_gives_it_is_opened(patient: Patient) -> None:
    assert open_text(patient.pk, memoryview(seal_text(patient.pk, "words") or b"")) == "words"


def test_an_erased_column_is_empty(patient: Patient) -> None:
    sealed = seal_text(patient.pk, "words")
    erase(patient)
    assert open_text(patient.pk, sealed) == ""


def test_a_column_of_another_child_does_not_open(patient: Patient) -> None:
    other = make_patient(patient.registered_at)
    seal_text(other.pk, "hers")
    assert open_text(other.pk, seal_text(patient.pk, "words")) == ""


def test_many_columns_take_one_query(patient: Patient, django_assert_num_queries: Any) -> None:
    other = make_patient(patient.registered_at)
    pairs = [(p.pk, seal_text(p.pk, "words")) for p in (patient, other, patient)]
    with django_assert_num_queries(1):
        assert open_texts(pairs) == ["words"] * 3


def test_no_columns_take_no_query(patient: Patient, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert open_texts([(patient.pk, None)]) == [""]


def test_a_bit_turned_in_the_words_is_read_as_erased(patient: Patient) -> None:
    """What was altered is not shown; that it was altered is found by the verification."""
    entry = say(patient)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE journal_entry SET sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1) WHERE id = %s", [entry.pk]
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert timeline(patient)[0].text == ""
    assert [fault.what for fault in chain_faults()] == ["altered"]


def test_a_person_s_own_chain_has_a_key_too(asker: User) -> None:
    with transaction.atomic():
        record(actor=actor_for(asker), verb="edit", subject=asker, changes={"phone": ["1", "2"]})
    assert timeline(asker)[0].changes == {"phone": ["1", "2"]}
