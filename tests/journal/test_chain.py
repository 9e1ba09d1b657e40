"""The journal is append-only, its chains hold, and an erased patient leaves them holding."""

import pytest
from django.db import InternalError, connection, transaction

from consortium.journal.models import Chain, Entry
from consortium.journal.operations import record
from consortium.journal.queries import chain_faults, timeline
from consortium.kernel.actors import system
from consortium.people.models import Region

pytestmark = pytest.mark.django_db


@pytest.fixture
def region() -> Region:
    return Region.objects.create(name_en="East")


def _say(region: Region, verb: str, text: str = "") -> Entry:
    with transaction.atomic():
        return record(actor=system("test"), verb=verb, subject=region, text=text)


def test_numbers_are_gap_free_and_link_up(region: Region) -> None:
    entries = [_say(region, verb) for verb in ("one", "two", "three")]
    assert [e.seq for e in entries] == [1, 2, 3]
    assert list(chain_faults()) == []


def test_free_text_is_sealed_and_read_again(region: Region) -> None:
    entry = _say(region, "note", "the mother is worried")
    assert b"worried" not in bytes(entry.sealed or b"")
    assert timeline(region)[0].text == "the mother is worried"


@pytest.mark.parametrize("act", [{"verb": "forged"}, None])
def test_the_database_refuses_update_and_delete(region: Region, act: dict[str, str] | None) -> None:
    entry = _say(region, "one")
    rows = Entry.unscoped.filter(pk=entry.pk)
    with pytest.raises(InternalError, match="append-only"), transaction.atomic():
        rows.update(**act) if act else rows.delete()


def _behind_the_back(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE journal_entry SET verb = 'forged' WHERE seq = 2", {(2, "altered")}),
        ("DELETE FROM journal_entry WHERE seq = 2", {(3, "broken link")}),
        ("DELETE FROM journal_entry WHERE seq = 3", {(3, "head differs from the last entry")}),
    ],
)
def test_a_row_changed_behind_its_back_is_found(region: Region, statement: str, found: set[tuple[int, str]]) -> None:
    for verb in ("one", "two", "three"):
        _say(region, verb)
    _behind_the_back(statement)
    assert {(f.seq, f.what) for f in chain_faults()} == found


def test_two_chains_do_not_mix(region: Region) -> None:
    other = Region.objects.create(name_en="West")
    _say(region, "one"), _say(other, "one"), _say(region, "two")
    assert dict(Chain.objects.values_list("subject", "last_seq")) == {
        f"people.region:{region.pk}": 2,
        f"people.region:{other.pk}": 1,
    }
