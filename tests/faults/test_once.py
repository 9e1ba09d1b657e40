"""R8 and R9 over HTTP: the same request twenty times at once is one, and of two who want the same one wins."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import requests

from tests.faults.stack import Stack, rounds
from tests.faults.table import Figure, Outcome, server_errors, show
from tests.faults.ward import ADVICE, Caller, Ward, at_once

TIMES = 20
Answers = list[requests.Response]


def twenty_times(caller: Caller, path: str, body: dict[str, Any] | None = None) -> Answers:
    """One request and its nineteen repetitions, all at once, with one key."""
    key = uuid4()
    return at_once([lambda: caller.post(path, body, key)] * TIMES)


def replies(answers: Answers) -> set[str]:
    """The different replies, status and body together."""
    return {f"{answer.status_code} {json.dumps(answer.json(), sort_keys=True)}" for answer in answers}


class Tally:
    """What the rounds of one verb came to."""

    def __init__(self) -> None:
        self.asked = self.rows = self.different = 0
        self.statuses: list[int] = []

    def add(self, answers: Answers, status: int, rows: int) -> dict[str, Any]:
        self.asked += 1
        self.rows += rows
        self.different += len(replies(answers)) - 1
        self.statuses += [answer.status_code for answer in answers]
        assert {answer.status_code for answer in answers} == {status}, replies(answers)
        told: dict[str, Any] = answers[0].json()
        return told

    def outcome(self) -> Outcome:
        extra = self.rows - self.asked
        note = f"{TIMES} at once, {self.different} differing replies"
        errors = server_errors(self.statuses)
        return Outcome(self.asked, self.asked, lost=max(0, -extra), doubled=max(0, extra), errors=errors, note=note)


def test_the_same_request_twenty_times_at_once_is_one(stack: Stack, ward: Ward, figure: Figure) -> None:
    """R8 for beginning, sending, writing, taking and answering."""
    verbs = ("create", "submit", "message", "claim", "answer")
    tallies = {verb: Tally() for verb in verbs}
    specialist = ward.caller(ward.specialists[0])
    for turn in range(rounds()):
        if turn % 8 == 7:  # nobody calls more often than one person may
            specialist = ward.caller(ward.specialist())
        asker = ward.caller()
        case_id = _begun(stack, ward, asker, tallies["create"])
        _sent(stack, asker, case_id, tallies["submit"])
        _written(stack, asker, case_id, tallies["message"])
        _taken(stack, specialist, case_id, tallies["claim"])
        _answered(stack, specialist, case_id, tallies["answer"])
    for verb in verbs:
        outcome = show(figure, f"R8 {verb}", tallies[verb].outcome())
        assert (outcome.lost, outcome.doubled, outcome.errors, tallies[verb].different) == (0, 0, 0, 0)


def _begun(stack: Stack, ward: Ward, asker: Caller, tally: Tally) -> str:
    answers = twenty_times(asker, "consultations/", ward.question())
    rows = stack.count("SELECT count(*) FROM casework_case WHERE created_by_id = %s", str(asker.user.pk))
    return str(tally.add(answers, 201, rows)["id"])


def _sent(stack: Stack, asker: Caller, case_id: str, tally: Tally) -> None:
    tally.add(twenty_times(asker, f"consultations/{case_id}/submit/"), 200, _acts(stack, case_id, "submit"))


def _written(stack: Stack, asker: Caller, case_id: str, tally: Tally) -> None:
    answers = twenty_times(asker, f"cases/{case_id}/messages/", {"text": "She drinks a little."})
    told = tally.add(answers, 201, stack.count("SELECT count(*) FROM casework_message WHERE case_id = %s", case_id))
    assert told["seq"] == 1
    assert _acts(stack, case_id, "message") == 1


def _taken(stack: Stack, specialist: Caller, case_id: str, tally: Tally) -> None:
    told = tally.add(twenty_times(specialist, f"consultations/{case_id}/claim/"), 200, _acts(stack, case_id, "claim"))
    assert told["responder"]["id"] == str(specialist.user.pk)


def _answered(stack: Stack, specialist: Caller, case_id: str, tally: Tally) -> None:
    answers = twenty_times(specialist, f"consultations/{case_id}/answer/", ADVICE)
    tally.add(answers, 200, stack.count("SELECT count(*) FROM consultations_answer WHERE case_id = %s", case_id))
    assert _acts(stack, case_id, "answer") == 1


def _acts(stack: Stack, case_id: str, verb: str) -> int:
    """How often the journal tells of it."""
    query = "SELECT count(*) FROM journal_entry WHERE subject_id = %s AND verb = %s"
    return stack.count(query, case_id, verb)


# -- R9 ---------------------------------------------------------------------------------------------------------------


def test_of_two_specialists_who_take_a_case_one_wins(stack: Stack, ward: Ward, figure: Figure) -> None:
    rivals = [ward.caller(user) for user in ward.specialists]

    def calls(case_id: UUID) -> list[Callable[[], requests.Response]]:
        return [lambda rival=rival: rival.post(f"consultations/{case_id}/claim/") for rival in rivals]  # type: ignore[misc]

    _one_wins(stack, ward, figure, "R9 two claim", calls)


def test_of_two_coordinators_who_give_a_case_away_one_wins(stack: Stack, ward: Ward, figure: Figure) -> None:
    pairs = list(zip([ward.caller(user) for user in ward.coordinators], ward.specialists, strict=True))

    def calls(case_id: UUID) -> list[Callable[[], requests.Response]]:
        path = f"consultations/{case_id}/allocate/"
        return [lambda by=by, to=to: by.post(path, {"responder_id": str(to.pk)}) for by, to in pairs]  # type: ignore[misc]

    _one_wins(stack, ward, figure, "R9 two allocate", calls)


def _one_wins(
    stack: Stack, ward: Ward, figure: Figure, name: str, calls: Callable[[UUID], list[Callable[[], requests.Response]]]
) -> None:
    """Each round a race for a fresh case. The loser gets a 409 with the name of who has it now."""
    wins, statuses, asker = 0, [], ward.asker()
    for _ in range(rounds()):
        case_id = ward.asked(asker)
        answers = at_once(calls(case_id))
        lost = [answer for answer in answers if answer.status_code == 409]
        rows = stack.sql(
            "SELECT u.id::text, u.full_name FROM casework_case c JOIN people_user u ON u.id = c.responder_id"
            " WHERE c.id = %s", str(case_id),
        )  # fmt: skip
        assert sorted(answer.status_code for answer in answers) == [200, 409], replies(answers)
        assert lost[0].json()["winner"] == rows[0][1], "the loser is told who has the case"
        given = "SELECT count(*) FROM journal_entry WHERE subject_id = %s AND facts->>'responder' IS NOT NULL"
        assert stack.count(given, str(case_id)) == 1
        wins += 1
        statuses += [answer.status_code for answer in answers]
    note = f"{statuses.count(409)} told who won"
    show(figure, name, Outcome(rounds(), wins, doubled=0, errors=server_errors(statuses), note=note))
    assert statuses.count(200) == statuses.count(409) == rounds()
