"""The invariants of R17 see what is broken: each is broken here, in a transaction that is taken back."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection, transaction

from tests.faults import invariants
from tests.faults.stack import Stack
from tests.faults.ward import ADVICE, Ward

_OF_CASE = "WHERE case_id = %(case)s"
_JOURNAL = "UPDATE journal_entry SET"
_OF_ENTRY = "WHERE subject_id = %(case)s AND verb ="

_CLOSE = (
    "UPDATE casework_case SET is_open = false, closed_at = now(), ball = 'none', ball_user_id = NULL"
    " WHERE id = %(case)s"
)
_MESSAGE = "case_id, seq, kind, author_id, institution_id, text, with_files, created_at, request_key, created_by_id"

#: how a case that was sent, taken, answered and talked about is broken -> what the invariants then say of it
DAMAGE: dict[str, tuple[str, str]] = {
    "no turn": (
        "UPDATE casework_case SET ball = 'none', ball_user_id = NULL WHERE id = %(case)s",
        "whose turn is nobody's",
    ),
    "no holder": ("UPDATE casework_case SET ball_user_id = NULL WHERE id = %(case)s", "should hold"),
    "ledger": (f"UPDATE casework_ballspell SET until = now() {_OF_CASE} AND until IS NULL", "ledger of its turns"),
    "gap": (
        f"UPDATE casework_ballspell SET since = since + interval '1 ms' {_OF_CASE} AND until IS NULL",
        "a gap between",
    ),
    "clock": (f"UPDATE casework_clock SET stopped_at = now() {_OF_CASE}", "just one running clock"),
    "due": ("UPDATE casework_case SET due_at = due_at + interval '1 s' WHERE id = %(case)s", "due at another time"),
    "paused": ("UPDATE casework_case SET clock_paused = true WHERE id = %(case)s", "clock is paused"),
    "closed": (
        _CLOSE,
        "a closed case whose clock runs",
    ),
    "half": (f"DELETE FROM consultations_consultation {_OF_CASE}", "half of a consultation"),
    "step": (f"UPDATE consultations_consultation SET step = 'entered_in_error' {_OF_CASE}", "contradict"),
    "jump": (f"UPDATE consultations_consultation SET step = 'clarification' {_OF_CASE}", "the journal left it at"),
    "answer": (f"DELETE FROM consultations_answer {_OF_CASE}", "without an answer"),
    "thread": (f"DELETE FROM casework_message {_OF_CASE}", "a missing number"),
    "untold": (f"{_JOURNAL} facts = '{{}}' {_OF_ENTRY} 'message'", "the journal does not know"),
    "unpaged": ("DELETE FROM notices_page WHERE subject_id = %(case)s", "nobody was paged"),
    "ringing": (
        f"{_CLOSE}; UPDATE notices_page SET step = 'calling' WHERE subject_id = %(case)s",
        "rings for a case that is over",
    ),
    "outbox": (
        "UPDATE journal_delivery SET done_at = NULL WHERE entry_id IN"
        " (SELECT id FROM journal_entry WHERE subject_id = %(case)s)",
        "still in the outbox",
    ),
    "inbox": ("UPDATE notices_inbox SET last_seq = 0", "beyond its inbox"),
    "twice": (
        "ALTER TABLE casework_message DROP CONSTRAINT casework_message_created_once;"
        "ALTER TABLE casework_message DROP CONSTRAINT casework_message_seq;"
        f"INSERT INTO casework_message (id, {_MESSAGE})"
        f" SELECT gen_random_uuid(), {_MESSAGE} FROM casework_message {_OF_CASE}",
        "two rows of one request",
    ),
    "told twice": (
        "ALTER TABLE notices_notice DROP CONSTRAINT notices_notice_seq;"
        "UPDATE notices_notice SET kind = 'consultation.new', recipient_id = (SELECT asker_id FROM casework_case"
        " WHERE id = %(case)s) WHERE subject_id = %(case)s",
        "told twice",
    ),
    "chain": (f"{_JOURNAL} actor_name = 'Somebody else' {_OF_ENTRY} 'claim'", "the journal does not hold"),
    "walk": (f"{_JOURNAL} facts = facts || '{{\"from\": \"draft\"}}' {_OF_ENTRY} 'claim'", "by claim (draft to"),
    "helpless": (
        "UPDATE people_membership SET ends_on = CURRENT_DATE - 1, starts_on = CURRENT_DATE - 2 WHERE user_id ="
        " (SELECT ball_user_id FROM casework_case WHERE id = %(case)s)",
        "cannot act",
    ),
}


@pytest.fixture(scope="module")
def case_id(stack: Stack) -> str:
    """An urgent question: sent, taken, talked about, answered."""
    ward = Ward(stack)
    asker, specialist = ward.caller(), ward.caller(ward.specialists[0])
    made = str(asker.insist("consultations/", ward.question("urgent"), uuid4()).json()["id"])
    asker.insist(f"consultations/{made}/submit/")
    specialist.insist(f"consultations/{made}/claim/")
    asker.insist(f"cases/{made}/messages/", {"text": "She drinks a little."}, uuid4())
    specialist.insist(f"consultations/{made}/answer/", ADVICE, uuid4())
    invariants.hold(stack)
    return made


@pytest.mark.parametrize("name", DAMAGE)
def test_a_broken_row_is_found(stack: Stack, case_id: str, name: str) -> None:
    statement, told = DAMAGE[name]
    with stack.rows(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(statement, {"case": case_id})
            assert cursor.rowcount > 0, "nothing was broken"
        found = _all_broken()
        transaction.set_rollback(True)
    assert any(told in each for each in found), found


def _all_broken() -> list[str]:
    return [
        *invariants.broken_rules(),
        *invariants.broken_chains(),
        *invariants.broken_walks(),
        *invariants.helpless_holders(),
    ]


def test_every_rule_is_tried() -> None:
    untried = [wrong for wrong in invariants.RULES if not any(told in wrong for _how, told in DAMAGE.values())]
    assert untried == []


def test_a_file_without_a_row_is_found(stack: Stack, tmp_path: Path) -> None:
    name = str(uuid4())
    for folder in ("uploads", "attachments"):
        (tmp_path / folder / name[:2]).mkdir(parents=True)
    (tmp_path / "uploads" / name[:2] / f"{name}.part").touch()
    with stack.rows():
        assert invariants.stray_files(tmp_path) == [f"a file without a row: {name}"]
