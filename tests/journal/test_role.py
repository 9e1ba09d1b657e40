"""The application's own database role: it appends to the journal, and does nothing else there."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from consortium.journal.management.commands.journal import grants_for
from consortium.journal.models import Entry
from consortium.journal.operations import record
from consortium.journal.queries import chain_faults, timeline
from consortium.kernel.actors import acting_as
from consortium.patients.operations import Details, break_glass, erase_patient, open_pathway, register_patient
from consortium.people.models import Institution, User
from tests.cast import actor_for

pytestmark = pytest.mark.django_db

ROLE = "consortium_app_test"


@pytest.fixture
def as_application(db: None) -> Iterator[None]:
    """Every statement runs as the application's role; the role is gone with the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE}")
        call_command("journal", "grant", ROLE, verbosity=0)
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        yield
        cursor.execute("RESET ROLE")


def _say(asker: User) -> Entry:
    with transaction.atomic():
        return record(actor=actor_for(asker), verb="note", subject=asker, text="a word")


def test_it_appends_and_reads(asker: User, as_application: None) -> None:
    first, second = _say(asker), _say(asker)
    assert (first.seq, second.seq) == (1, 2)
    assert [step.text for step in timeline(asker)] == ["a word", "a word"]
    assert list(chain_faults()) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET verb = 'forged'",
        "DELETE FROM journal_entry",
        "TRUNCATE journal_entry CASCADE",
        "UPDATE journal_chain SET last_seq = 0",
        "INSERT INTO journal_chain (subject, last_seq, last_hash) VALUES ('x', 1, '')",
        "DELETE FROM journal_chain",
        "DELETE FROM journal_verification",
        "ALTER TABLE journal_entry DISABLE TRIGGER ALL",
        "DROP TRIGGER journal_refuse ON journal_entry",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE sql AS ''",
    ],
)
def test_it_can_do_nothing_else_there(asker: User, as_application: None, statement: str) -> None:
    _say(asker)
    denied = pytest.raises(DatabaseError, match=r"permission denied|must be owner")
    with denied, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_table_of_its_own_does_not_deceive_the_trigger(asker: User, as_application: None) -> None:
    """A temporary journal_chain would be found first if the trigger's search path let it."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(f'GRANT TEMPORARY ON DATABASE "{connection.settings_dict["NAME"]}" TO {ROLE}')
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        cursor.execute("CREATE TEMPORARY TABLE journal_chain (subject text, last_seq bigint, last_hash bytea)")
    _say(asker)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM public.journal_chain")
        assert cursor.fetchone() == (1,)
        cursor.execute("DROP TABLE pg_temp.journal_chain")


def test_the_rest_works(
    asker: User, stranger: User, privacy: User, community: Institution, unrelated: Institution, as_application: None
) -> None:
    with acting_as(actor_for(asker)) as actor:
        details = Details(birth_date=date(2026, 5, 2), sex="male", name="X")
        child, _ = register_patient(actor=actor, institution_id=community.pk, details=details)
        open_pathway(actor=actor, patient_id=child.pk, institution_id=community.pk)
    with acting_as(actor_for(stranger)) as actor:
        break_glass(
            actor=actor, patient_id=child.pk, institution_id=unrelated.pk, reason="other", explanation="To treat it now"
        )
    with acting_as(actor_for(privacy)) as actor:
        erase_patient(actor=actor, patient_id=child.pk, reason="asked for", proven=True)
    assert list(chain_faults()) == []


@pytest.mark.parametrize("name", ["", "Robert'); DROP TABLE", "Upper", "a-b"])
def test_a_role_is_named_plainly(name: Any) -> None:
    with pytest.raises(CommandError):
        grants_for(name)
