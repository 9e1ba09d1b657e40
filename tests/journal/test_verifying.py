"""The nightly verification: in pieces, kept, shown; and a chain taken out whole is noticed at the second night."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from consortium.journal import queries
from consortium.journal.models import Entry, Verification
from consortium.journal.operations import begin_verification, continue_verification, record
from consortium.journal.queries import chain_faults, last_verification
from consortium.journal.tasks import verify_when_due
from consortium.kernel import clock
from consortium.kernel.actors import system
from consortium.people.models import Region

pytestmark = pytest.mark.django_db

ACTOR = system("test")


@pytest.fixture
def regions() -> list[Region]:
    return [Region.objects.create(name_en=f"Region {n}") for n in range(5)]


def _say(region: Region, *verbs: str) -> None:
    for verb in verbs:
        with transaction.atomic():
            record(actor=ACTOR, verb=verb, subject=region)


def _behind_the_back(*statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")


def _night(after: timedelta = timedelta()) -> Verification:
    with clock.moved(after):
        run = begin_verification(actor=ACTOR)
        return continue_verification(actor=ACTOR, run=run, seconds=60)


def test_a_run_is_kept_and_stands_in_the_journal(regions: list[Region]) -> None:
    for region in regions:
        _say(region, "one", "two")
    run = _night()
    assert (run.chains, run.fault_count, run.finished_at is not None) == (5, 0, True)
    assert last_verification() == run
    assert Entry.unscoped.get(verb="verify").facts == {"chains": 5, "faults": 0}


def test_it_goes_on_in_pieces_over_every_chain(regions: list[Region], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "CHAINS_AT_ONCE", 2)
    for region in regions:
        _say(region, "one", "two")
    _behind_the_back("UPDATE journal_entry SET verb = 'forged' WHERE seq = 2")
    run, pieces = begin_verification(actor=ACTOR), 0
    while run.finished_at is None:
        run = continue_verification(actor=ACTOR, run=Verification.objects.get(pk=run.pk), seconds=-1)
        pieces += 1
    assert (pieces, run.chains, run.fault_count) == (3, 5, 5)
    assert {fault["what"] for fault in run.faults} == {"altered"}
    assert len(list(chain_faults())) == 5


def test_a_chain_taken_out_whole_is_noticed(regions: list[Region]) -> None:
    for region in regions:
        _say(region, "one", "two")
    _night()
    assert _night().fault_count == 0
    victim = f"people.region:{regions[0].pk}"
    _behind_the_back(
        f"DELETE FROM journal_entry WHERE chain = '{victim}'", f"DELETE FROM journal_chain WHERE subject = '{victim}'"
    )
    assert list(chain_faults()) == []  # the chains by themselves tell nothing
    found = _night()
    assert found.fault_count == 1
    assert "missing" in found.faults[0]["what"]


def test_entries_without_a_head_are_found(regions: list[Region]) -> None:
    _say(regions[0], "one")
    _behind_the_back("DELETE FROM journal_chain")
    assert {(f.seq, f.what) for f in chain_faults()} == {(0, "no head")}


def test_new_entries_between_the_nights_are_no_fault(regions: list[Region]) -> None:
    for night in range(4):
        for region in regions[: night + 1]:
            _say(region, "more")
        assert _night().fault_count == 0
    settled = Verification.objects.order_by("id").values_list("settled_from", "settled_id")
    assert [stop for _start, stop in settled][:-1] == [start for start, _stop in settled][1:]


def test_it_is_due_once_a_night(regions: list[Region]) -> None:
    _say(regions[0], "one")
    assert verify_when_due() == 0
    assert verify_when_due() is None
    with clock.moved(timedelta(hours=31)):
        assert verify_when_due() == 0
    assert Verification.objects.count() == 2


def test_an_interrupted_run_is_gone_on_with(regions: list[Region]) -> None:
    _say(regions[0], "one")
    begun = begin_verification(actor=ACTOR)
    assert verify_when_due() == 0
    begun.refresh_from_db()
    assert begun.finished_at is not None


def test_faults_are_told_to_the_log(regions: list[Region], caplog: pytest.LogCaptureFixture) -> None:
    _say(regions[0], "one")
    _behind_the_back("UPDATE journal_entry SET verb = 'forged'")
    assert verify_when_due() == 1
    assert "do not hold" in caplog.text


def test_the_command_tells_and_fails(regions: list[Region], capsys: Any) -> None:
    _say(regions[0], "one", "two")
    call_command("journal", "verify")
    assert "1 chains hold" in capsys.readouterr().out
    _behind_the_back("UPDATE journal_entry SET verb = 'forged' WHERE seq = 1")
    with pytest.raises(CommandError):
        call_command("journal", "verify")
    assert "#1: altered" in capsys.readouterr().out
