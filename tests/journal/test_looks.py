"""Reads are journalled too: one entry for one look, the list in the reader's own chain of the day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from consortium.journal.models import Entry
from consortium.journal.operations import SAME_LOOK, note_list_read, note_read
from consortium.kernel import clock
from consortium.patients.models import Patient
from consortium.people.models import User
from tests.cast import actor_for
from tests.factories.patients import make_patient

pytestmark = pytest.mark.django_db


def look(user: User, patient: Patient, what: str = "record", **more: Any) -> None:
    note_read(actor=actor_for(user), subject=patient, patient_id=patient.pk, what=what, **more)


def seen() -> int:
    return Entry.unscoped.filter(verb="read").count()


def test_a_look_is_one_entry(asker: User, patient: Patient) -> None:
    look(asker, patient)
    assert seen() == 1


def test_a_look_says_what_was_read(asker: User, patient: Patient) -> None:
    look(asker, patient, "report")
    assert Entry.unscoped.get().facts == {"what": "report"}


def test_a_look_at_the_whole_says_nothing_more(asker: User, patient: Patient) -> None:
    look(asker, patient, "")
    assert Entry.unscoped.get().facts == {}


def test_a_look_stands_in_the_child_s_chain(asker: User, patient: Patient) -> None:
    look(asker, patient)
    assert Entry.unscoped.get().chain == f"patient:{patient.pk}"


def test_two_looks_are_two_entries(asker: User, patient: Patient) -> None:
    look(asker, patient)
    look(asker, patient)
    assert seen() == 2


def test_a_page_that_refreshes_itself_is_one_look(asker: User, patient: Patient) -> None:
    look(asker, patient, once_per_look=True)
    look(asker, patient, once_per_look=True)
    assert seen() == 1


def test_after_a_quarter_of_an_hour_it_is_another_look(asker: User, patient: Patient) -> None:
    assert timedelta(minutes=15) == SAME_LOOK
    look(asker, patient, once_per_look=True)
    with clock.moved(SAME_LOOK + timedelta(seconds=1)):
        look(asker, patient, once_per_look=True)
    assert seen() == 2


def test_another_part_of_the_record_is_another_look(asker: User, patient: Patient) -> None:
    look(asker, patient, "record", once_per_look=True)
    look(asker, patient, "report", once_per_look=True)
    assert seen() == 2


def test_another_reader_s_look_is_theirs(asker: User, colleague: User, patient: Patient) -> None:
    look(asker, patient, once_per_look=True)
    look(colleague, patient, once_per_look=True)
    assert seen() == 2


def test_another_child_is_another_look(asker: User, patient: Patient) -> None:
    look(asker, patient, once_per_look=True)
    look(asker, make_patient(patient.registered_at), once_per_look=True)
    assert seen() == 2


def test_a_look_without_a_word_counts_any_look_as_the_same(asker: User, patient: Patient) -> None:
    look(asker, patient, "report")
    look(asker, patient, "", once_per_look=True)
    assert seen() == 1


def test_an_exact_hit_is_a_look_of_its_own_kind(asker: User, patient: Patient) -> None:
    look(asker, patient, "search", verb="search-hit")
    assert Entry.unscoped.get().verb == "search-hit"


def test_a_look_may_be_for_another_institution(asker: User, patient: Patient, district: Any) -> None:
    look(asker, patient, institution_id=district.pk)
    assert Entry.unscoped.get().institution_id == district.pk


# -- lists


def listed(user: User, *ids: Any, what: str = "patients") -> None:
    note_list_read(actor=actor_for(user), what=what, patient_ids=ids)


def test_a_list_is_one_entry_however_long(asker: User) -> None:
    listed(asker, uuid4(), uuid4(), uuid4())
    assert Entry.unscoped.count() == 1


def test_a_list_names_the_ids_it_showed(asker: User) -> None:
    ids = [uuid4(), uuid4()]
    listed(asker, *ids)
    assert Entry.unscoped.get().facts == {"patients": [str(i) for i in ids]}


def test_a_list_without_a_child_is_no_look(asker: User) -> None:
    listed(asker)
    assert not Entry.unscoped.exists()


def test_a_list_stands_in_the_reader_s_chain_of_the_day(asker: User) -> None:
    listed(asker, uuid4())
    assert Entry.unscoped.get().chain == f"reader:{asker.pk}:{clock.today().isoformat()}"


def test_the_next_day_has_a_chain_of_its_own(asker: User) -> None:
    listed(asker, uuid4())
    with clock.moved(timedelta(days=1)):
        listed(asker, uuid4())
    assert Entry.unscoped.values("chain").distinct().count() == 2


def test_the_lists_of_one_day_are_counted(asker: User) -> None:
    listed(asker, uuid4())
    listed(asker, uuid4())
    assert sorted(Entry.unscoped.values_list("seq", flat=True)) == [1, 2]


def test_a_list_says_which_it_was(asker: User) -> None:
    listed(asker, uuid4(), what="worklist-mine")
    assert Entry.unscoped.get().subject_id == "worklist-mine"


def test_a_list_s_long_name_is_cut_to_its_column(asker: User) -> None:
    listed(asker, uuid4(), what="x" * 60)
    assert Entry.unscoped.get().subject_id == "x" * 40


def test_a_list_is_read_for_the_reader_s_institution(asker: User, community: Any) -> None:
    listed(asker, uuid4())
    assert Entry.unscoped.get().institution_id == community.pk
