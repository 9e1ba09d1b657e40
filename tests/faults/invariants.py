"""R17: what must be true of the rows and files after every fault, whatever was killed when.

Each rule is a question to PostgreSQL whose answer must be empty. tests/faults/test_invariants.py breaks each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from django.db import connection

from consortium.journal.queries import chain_faults
from consortium.people.queries import able_to_act
from consultations.states import MACHINE, Step
from tests.faults.stack import Stack, seconds_until

_OPEN = "c.is_open AND c.submitted_at IS NOT NULL"

#: what is wrong -> the rows that are
RULES: dict[str, str] = {
    "an open case whose turn is nobody's": f"SELECT c.id FROM casework_case c WHERE {_OPEN} AND c.ball = 'none'",
    "an open case that one person should hold, and nobody does": f"""
        SELECT c.id FROM casework_case c
        WHERE {_OPEN} AND c.ball IN ('asker', 'responder') AND c.ball_user_id IS NULL""",
    "a case and the ledger of its turns differ": f"""
        SELECT c.id FROM casework_case c LEFT JOIN casework_ballspell b ON b.case_id = c.id AND b.until IS NULL
        WHERE {_OPEN} AND (b.party, b.user_id) IS DISTINCT FROM (c.ball, c.ball_user_id)
           OR NOT c.is_open AND b.id IS NOT NULL""",
    "a gap between two turns": """
        SELECT case_id FROM (
          SELECT case_id, since, lag(until) OVER (PARTITION BY case_id ORDER BY since, until) AS before
          FROM casework_ballspell) spells
        WHERE before <> since""",
    "an open case without just one running clock": f"""
        SELECT c.id FROM casework_case c WHERE {_OPEN} AND 1 <> (
          SELECT count(*) FROM casework_clock k
          WHERE k.case_id = c.id AND k.stopped_at IS NULL AND k.paused_at IS NULL)""",
    "a closed case whose clock runs": """
        SELECT c.id FROM casework_case c JOIN casework_clock k ON k.case_id = c.id AND k.stopped_at IS NULL
        WHERE NOT c.is_open""",
    "a case due at another time than its clock strikes": f"""
        SELECT c.id FROM casework_case c
        JOIN casework_clock k ON k.case_id = c.id AND k.stopped_at IS NULL AND k.paused_at IS NULL
        WHERE {_OPEN} AND c.due_at <> k.started_at + make_interval(secs => k.target_seconds + k.paused_seconds)""",
    "a case that does not say whether its clock is paused": f"""
        SELECT c.id FROM casework_case c WHERE {_OPEN} AND c.clock_paused <> EXISTS (
          SELECT FROM casework_clock k WHERE k.case_id = c.id AND k.stopped_at IS NULL AND k.paused_at IS NOT NULL)""",
    "half of a consultation": """
        SELECT c.id FROM casework_case c LEFT JOIN consultations_consultation q ON q.case_id = c.id
        WHERE c.kind = 'consultation' AND q.case_id IS NULL""",
    "a step and its case that contradict each other": """
        SELECT c.id FROM casework_case c JOIN consultations_consultation q ON q.case_id = c.id
        WHERE (q.step = 'draft') <> (c.is_open AND c.submitted_at IS NULL)
           OR (q.step IN ('closed', 'closed_unreviewed', 'withdrawn', 'entered_in_error')) <> (NOT c.is_open)
           OR (q.step = 'requested') <> (c.is_open AND c.submitted_at IS NOT NULL AND c.responder_id IS NULL)""",
    "an answered step without an answer": """
        SELECT q.case_id FROM consultations_consultation q WHERE q.step = 'answered'
        AND NOT EXISTS (SELECT FROM consultations_answer a WHERE a.case_id = q.case_id)""",
    "a thread with a missing number": """
        SELECT c.id FROM casework_case c WHERE c.last_message_seq <> (
          SELECT count(*) FROM casework_message m WHERE m.case_id = c.id AND m.seq BETWEEN 1 AND c.last_message_seq)""",
    "a message that the journal does not know": """
        SELECT m.id FROM casework_message m WHERE NOT EXISTS (
          SELECT FROM journal_entry e WHERE e.subject_id = m.case_id::text AND e.subject_type = 'casework.case'
          AND (e.verb = 'message' AND e.facts->>'seq' = m.seq::text OR e.facts->>'message' = m.seq::text))""",
    "an urgent question that nobody was paged for": """
        SELECT e.subject_id FROM journal_entry e WHERE e.verb = 'submit' AND e.facts->>'priority' IN ('stat', 'urgent')
        AND NOT EXISTS (SELECT FROM notices_page p WHERE p.once_key = 'consultation-page:' || e.id)""",
    "a page that rings for a case that is over": """
        SELECT p.id FROM notices_page p JOIN casework_case c ON c.id::text = p.subject_id
        WHERE p.step = 'calling' AND p.kind LIKE 'consultation.%' AND NOT c.is_open""",
    "a delivery still in the outbox": "SELECT id FROM journal_delivery WHERE done_at IS NULL",
    "a notice told twice": """
        SELECT min(id::text) FROM notices_notice WHERE kind = 'consultation.new'
        GROUP BY recipient_id, subject_id HAVING count(*) > 1""",
    "a notice beyond its inbox": """
        SELECT n.id FROM notices_notice n LEFT JOIN notices_inbox i ON i.user_id = n.recipient_id
        WHERE i.user_id IS NULL OR n.seq > i.last_seq""",
    "two rows of one request": """
        SELECT min(id::text) FROM casework_message GROUP BY created_by_id, request_key HAVING count(*) > 1
        UNION ALL SELECT min(id::text) FROM casework_case GROUP BY created_by_id, request_key HAVING count(*) > 1""",
}


def hold(stack: Stack) -> float:
    """Fails the test with all that is broken; returns the seconds until the outbox was empty. Everything must be up."""
    try:
        took = seconds_until(lambda: _waiting(stack) == 0, "the outbox is empty")
    except AssertionError as error:
        raise AssertionError(f"{error}\n{why_waiting(stack)}") from None
    with stack.rows():
        broken = [*broken_rules(), *broken_chains(), *broken_walks(), *helpless_holders()]
        broken += stray_files(stack.place.state / "media")
    assert not broken, "\n".join(broken)
    return took


def why_waiting(stack: Stack) -> str:
    """What waits, how often it was tried, when it is due again; and what whoever should have done it said last."""
    told = [
        f"{row[0]} x {row[1]}, tried {row[2]} times ({row[3]}), due in {row[4]} s"
        for row in stack.sql(
            "SELECT count(*), receiver, attempts, error, round(max(extract(epoch FROM next_at - now())))"
            " FROM journal_delivery WHERE done_at IS NULL AND abandoned_at IS NULL GROUP BY 2, 3, 4 ORDER BY 1 DESC"
        )
    ]
    for name in ("worker", "beat"):
        told += [f"{name}: {line}" for line in stack.children[name].last_lines(15)]
    return "\n".join(told)


def count() -> int:
    """How many invariants there are: the rules, the chains, the walks, the holders, the files."""
    return len(RULES) + 4


def _waiting(stack: Stack) -> int:
    return stack.count("SELECT count(*) FROM journal_delivery WHERE done_at IS NULL AND abandoned_at IS NULL")


def _ask(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def broken_rules() -> list[str]:
    return [f"{wrong}: {row[0]}" for wrong, query in RULES.items() for row in _ask(query)]


def broken_chains() -> list[str]:
    return [f"the journal does not hold: {fault}" for fault in chain_faults()]


def helpless_holders() -> list[str]:
    """Open cases in the hands of somebody who cannot act."""
    rows = _ask(f"SELECT DISTINCT c.ball_user_id FROM casework_case c WHERE {_OPEN} AND c.ball_user_id IS NOT NULL")
    return [f"held by somebody who cannot act: {row[0]}" for row in rows if not able_to_act(row[0])]


def broken_walks() -> list[str]:
    """Each consultation came to its step by transitions of the table alone, and the journal tells every one of them."""
    rows = _ask(
        "SELECT q.case_id::text, q.step, e.verb, e.facts->>'id', e.facts->>'from', e.facts->>'to'"
        " FROM consultations_consultation q"
        " LEFT JOIN journal_entry e ON e.subject_type = 'casework.case' AND e.subject_id = q.case_id::text"
        " AND e.facts->>'id' LIKE 'C%' ORDER BY q.case_id, e.seq"
    )
    walks = groupby(rows, key=lambda row: row[:2])
    return [f"{case_id}: {wrong}" for (case_id, step), acts in walks for wrong in _broken_walk(step, acts)]


def _broken_walk(step: str, acts: Iterable[Any]) -> Iterator[str]:
    at: str | None = None
    for _case, _step, verb, number, before, after in acts:
        if before != at or not _known(verb, number, before, after):
            yield f"from {at} by {verb} ({before} to {after})"
        at = after
    if at != step:
        yield f"is {step}, and the journal left it at {at}"


def _known(verb: str | None, number: str | None, before: str | None, after: str | None) -> bool:
    if before is None:
        return verb == "save" and after == Step.DRAFT
    return any(
        (t.id, t.verb) == (number, verb) and before in t.sources and (t.target or before) == after
        for t in MACHINE.transitions
    )


def stray_files(media: Path) -> list[str]:
    """Bytes without a row, and rows without their bytes."""
    rows = dict(
        _ask("SELECT id::text, CASE WHEN received_at IS NULL THEN 'coming' ELSE step END FROM files_attachment")
    )
    shelved = {path.name for path in (media / "attachments").glob("*/*") if path.suffix != ".part"}
    quarantined = {path.stem for path in (media / "uploads").glob("*/*.part")}
    wrong = [f"a file without a row: {name}" for name in sorted((shelved | quarantined) - set(rows))]
    for attachment_id, step in rows.items():
        if attachment_id not in (shelved if step == "available" else quarantined):
            wrong.append(f"a row without its file: {attachment_id} ({step})")
        if step == "available" and attachment_id in quarantined:
            wrong.append(f"an available file still in quarantine: {attachment_id}")
    return wrong
