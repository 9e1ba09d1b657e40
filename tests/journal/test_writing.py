"""Writing the journal (design: Journal), sentence by sentence."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.db.transaction import TransactionManagementError

from consortium.journal.models import Chain, Delivery, Entry, SealingKey
from consortium.journal.operations import chain_of, record, topic_of
from consortium.journal.queries import chain_faults
from consortium.kernel import bells, clock
from consortium.kernel.actors import Actor, Seat, system
from consortium.patients.models import Patient
from consortium.people.models import Institution, Region, User
from tests.cast import actor_for
from tests.factories.people import make_region, make_seat

pytestmark = pytest.mark.django_db

TIMER = system("a timer")


def say(subject: Any, actor: Actor = TIMER, verb: str = "note", **more: Any) -> Entry:
    with transaction.atomic():
        return record(actor=actor, verb=verb, subject=subject, **more)


# -- which chain


def test_with_a_patient_it_is_the_patient_s_chain(patient: Patient) -> None:
    assert say(patient.registered_at, patient_id=patient.pk).chain == f"patient:{patient.pk}"


def test_without_a_patient_it_is_the_subject_s_own(region: Region) -> None:
    assert say(region).chain == f"people.region:{region.pk}"


def test_the_name_of_a_chain_is_told_without_writing() -> None:
    assert chain_of("people.region", 7, None) == "people.region:7"


def test_each_chain_counts_by_itself(region: Region) -> None:
    say(region)
    assert say(make_region()).seq == 1


def test_a_chain_counts_without_gaps(region: Region) -> None:
    assert [say(region).seq for _ in range(3)] == [1, 2, 3]


def test_what_was_rolled_back_leaves_no_gap(region: Region) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        say(region)
        raise ZeroDivisionError
    assert say(region).seq == 1


def test_the_first_entry_links_to_nothing(region: Region) -> None:
    assert bytes(Entry.unscoped.get(pk=say(region).pk).previous_hash) == b""


def test_each_entry_links_to_the_one_before(region: Region) -> None:
    first, second = (Entry.unscoped.get(pk=say(region).pk) for _ in range(2))
    assert bytes(second.previous_hash) == bytes(first.hash)


def test_the_head_of_the_chain_is_its_last_entry(region: Region) -> None:
    last = Entry.unscoped.get(pk=say(region).pk)
    head = Chain.objects.get(subject=last.chain)
    assert (head.last_seq, bytes(head.last_hash)) == (1, bytes(last.hash))


def test_a_number_that_the_writer_makes_up_is_overruled(region: Region) -> None:
    made = say(region)
    forged = Entry(
        chain=made.chain, seq=99, at=clock.now(), actor_kind="system", verb="forged", subject_type="x", subject_id="y",
        previous_hash=b"x", hash=b"x",
    )  # fmt: skip
    forged.save(force_insert=True)
    assert forged.seq == 2
    assert list(chain_faults()) == []


def test_one_act_is_one_statement(region: Region, django_assert_num_queries: Any) -> None:
    with transaction.atomic(), django_assert_num_queries(1):
        record(actor=TIMER, verb="note", subject=region)


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_get_one_number_each(region: Region) -> None:
    def write(_: int) -> int:
        try:
            return int(say(region).seq)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(write, range(12))) == list(range(1, 13))
    assert list(chain_faults()) == []


@pytest.mark.parametrize("statement", ["UPDATE journal_entry SET verb = 'forged'", "DELETE FROM journal_entry"])
def test_the_database_refuses_to_change_the_past(region: Region, statement: str) -> None:
    say(region)
    with pytest.raises(InternalError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_refuses_to_empty_the_journal(db: None) -> None:
    with pytest.raises(InternalError, match="TRUNCATE refused"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE journal_entry CASCADE")


def test_a_number_stands_once_in_a_chain(region: Region) -> None:
    """Held by the database, even if the trigger were gone."""
    made = say(region)
    with pytest.raises(IntegrityError, match="journal_entry_seq"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "INSERT INTO journal_entry (chain, seq, at, actor_kind, actor_name, actor_role, verb, subject_type,"
            " subject_id, facts, event, payload, previous_hash, hash)"
            " VALUES (%s, 1, now(), 'system', '', '', 'x', 'x', 'x', '{}', '', '{}', '', '')",
            [made.chain],
        )


# -- who


def test_outside_a_transaction_nothing_is_recorded(region: Region) -> None:
    in_atomic = connection.in_atomic_block
    connection.in_atomic_block = False
    try:
        with pytest.raises(TransactionManagementError, match="transaction of its act"):
            record(actor=TIMER, verb="note", subject=region)
    finally:
        connection.in_atomic_block = in_atomic


def test_a_person_is_named(asker: User) -> None:
    entry = say(asker, actor_for(asker))
    assert (entry.actor_kind, entry.actor_id, entry.actor_name) == ("person", asker.pk, asker.full_name)


def test_the_system_says_why(region: Region) -> None:
    entry = say(region)
    assert (entry.actor_kind, entry.actor_id, entry.actor_name) == ("system", None, "a timer")


def test_a_long_reason_is_cut_to_its_column(region: Region) -> None:
    assert len(say(region, system("x" * 300)).actor_name) == 200


def test_the_only_institution_of_a_person_is_theirs(asker: User, community: Institution) -> None:
    assert say(asker, actor_for(asker)).institution_id == community.pk


def test_of_two_institutions_neither_is_guessed(asker: User, district: Institution) -> None:
    make_seat(asker, district)
    assert say(asker, actor_for(asker)).institution_id is None


def test_the_institution_may_be_told(asker: User, district: Institution, community: Institution) -> None:
    make_seat(asker, district)
    assert say(asker, actor_for(asker), institution_id=district.pk).institution_id == district.pk


def test_the_roles_are_those_held_there(asker: User, district: Institution, community: Institution) -> None:
    make_seat(asker, district, "nurse")
    assert say(asker, actor_for(asker), institution_id=district.pk).actor_role == "nurse"


def test_several_roles_stand_in_one_word_list(asker: User, community: Institution) -> None:
    make_seat(asker, community, "nurse")
    assert say(asker, actor_for(asker)).actor_role == "asker,nurse"


def test_many_roles_are_cut_to_their_column(community: Institution) -> None:
    seats = frozenset(Seat(f"role_number_{n}", community.pk) for n in range(9))
    assert len(say(community, Actor("person", user_id=None, seats=seats)).actor_role) == 40  # type: ignore[arg-type]


# -- what


def test_facts_stay_readable(region: Region) -> None:
    assert Entry.unscoped.get(pk=say(region, facts={"to": 3}).pk).facts == {"to": 3}


def test_without_facts_there_is_an_empty_object(region: Region) -> None:
    assert say(region).facts == {}


def test_without_words_nothing_is_sealed(region: Region) -> None:
    assert say(region).sealed is None


def test_without_words_no_key_is_made(region: Region) -> None:
    say(region)
    assert not SealingKey.objects.exists()


def test_words_are_sealed(patient: Patient) -> None:
    entry = say(patient, text="the mother is worried", patient_id=patient.pk)
    assert b"worried" not in bytes(entry.sealed or b"")


def test_old_and_new_values_are_sealed(patient: Patient) -> None:
    entry = say(patient, changes={"name": ["Lin", "Wang"]}, patient_id=patient.pk)
    assert b"Wang" not in bytes(entry.sealed or b"")


def test_the_columns_of_an_entry_hold_no_name_of_the_child(patient: Patient) -> None:
    entry = say(patient, changes={"name": [patient.name, "Wang"]}, text=patient.name, patient_id=patient.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(e)::text FROM journal_entry e WHERE id = %s", [entry.pk])
        row = cursor.fetchone()
    assert row is not None
    assert patient.name not in row[0]


def test_a_patient_s_key_is_made_once(patient: Patient) -> None:
    for _ in range(2):
        say(patient, text="words", patient_id=patient.pk)
    assert SealingKey.objects.count() == 1


def test_the_key_itself_is_wrapped(patient: Patient) -> None:
    """32 bytes of key, and 28 of nonce and tag around them."""
    say(patient, text="words", patient_id=patient.pk)
    assert len(bytes(SealingKey.objects.get().wrapped)) == 60


def test_the_time_is_the_clock_s(region: Region) -> None:
    with clock.moved(timedelta(days=-3)):
        assert clock.now() - say(region).at < timedelta(minutes=1)


# -- the bell


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    heard: list[tuple[str, int]] = []
    monkeypatch.setattr(bells, "_ringers", [heard.extend])
    return heard


def test_an_act_rings_its_subject_s_topic_with_the_number(
    region: Region, rung: list[tuple[str, int]], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        say(region)
    assert rung == [(f"region:{region.pk}", 1)]


@pytest.mark.parametrize("verb", ["read", "list-read", "search-hit", "read-audit"])
def test_a_look_rings_nobody(
    region: Region, rung: list[tuple[str, int]], verb: str, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        say(region, verb=verb)
    assert rung == []


def test_a_topic_is_named_by_model_and_key(region: Region) -> None:
    assert topic_of(region) == f"region:{region.pk}"


def test_an_entry_without_an_event_delivers_nothing(region: Region) -> None:
    say(region)
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (Chain(subject="x", last_seq=3), "x@3"),
        (SealingKey(subject="x"), "x"),
        (Entry(chain="x", seq=3, verb="note"), "x#3 note"),
        (Delivery(entry_id=3, receiver="a.b"), "3 -> a.b"),
    ],
)
def test_a_row_says_what_it_is(row: Any, words: str) -> None:
    assert str(row) == words
