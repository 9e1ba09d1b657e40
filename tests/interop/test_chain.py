"""The owners of a question, as its journal tells them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from consortium.interop.fhir.cases import Act
from consultations.fhir.tasks import Stint, stints_of
from consultations.states import Step

BEGAN = datetime(2026, 11, 22, 8, tzinfo=UTC)
LUNGS, HEART, ANNA, BEN = "lungs", "heart", "anna", "ben"


def chain(*told: tuple[str, dict[str, Any]]) -> list[Stint]:
    """The owners after these acts, one a minute; the first is the sending, to the lungs."""
    acts = [Act("save", BEGAN, {"to": Step.DRAFT})]
    acts.append(Act("submit", _at(1), {"to": Step.REQUESTED}, {"service_id": LUNGS}))
    acts += [Act(verb, _at(minute), facts) for minute, (verb, facts) in enumerate(told, start=2)]
    return stints_of(acts)


def _at(minute: int) -> datetime:
    return BEGAN + timedelta(minutes=minute)


def claimed(by: str = ANNA) -> tuple[str, dict[str, Any]]:
    return "claim", {"to": Step.RECEIVED, "responder": by}


def test_a_draft_has_no_owner() -> None:
    assert stints_of([Act("save", BEGAN, {"to": Step.DRAFT})]) == []


def test_what_was_sent_waits_in_the_queue_of_its_service() -> None:
    (one,) = chain()
    assert (one.number, one.service_id, one.person_id, one.step) == (1, LUNGS, "", Step.REQUESTED)
    assert (one.began, one.ended) == (_at(1), None)


def test_who_claims_it_is_its_owner_in_the_same_task() -> None:
    (one,) = chain(claimed())
    assert (one.person_id, one.step, one.changed, one.acts) == (ANNA, Step.RECEIVED, _at(2), 2)


def test_a_decline_ends_the_task_and_adds_the_next() -> None:
    first, second = chain(claimed(), ("decline", {"to": Step.REQUESTED, "reason": "wrong_service", "service": HEART}))
    assert (first.status, first.reason, first.ended) == ("rejected", "decline/wrong_service", _at(3))
    assert (first.person_id, first.step) == (ANNA, Step.RECEIVED)
    assert (second.number, second.service_id, second.person_id, second.step) == (2, HEART, "", Step.REQUESTED)
    assert second.began == _at(3)


def test_a_decline_for_a_colleague_of_the_same_service_adds_one_too() -> None:
    _first, second = chain(claimed(), ("decline", {"to": Step.REQUESTED, "reason": "capacity", "service": LUNGS}))
    assert (second.service_id, second.person_id) == (LUNGS, "")


def test_allocating_to_another_passes_it_on() -> None:
    first, second = chain(claimed(), ("allocate", {"to": Step.RECEIVED, "responder": BEN}))
    assert (first.status, first.reason) == ("cancelled", "allocate")
    assert (second.person_id, second.step) == (BEN, Step.RECEIVED)


def test_allocating_to_who_has_it_changes_nothing_of_whose_it_is() -> None:
    assert [each.person_id for each in chain(claimed(), ("allocate", {"to": Step.RECEIVED, "responder": ANNA}))] == [
        ANNA
    ]


def test_a_hand_over_keeps_the_step() -> None:
    first, second = chain(
        claimed(), ("start", {"to": Step.IN_PROGRESS}), ("hand_on", {"to": Step.IN_PROGRESS, "responder": BEN})
    )
    assert (first.person_id, second.person_id, second.step) == (ANNA, BEN, Step.IN_PROGRESS)


def test_back_in_the_queue_is_a_task_of_its_own() -> None:
    first, second = chain(claimed(), ("return_to_queue", {"to": Step.REQUESTED, "why": "left"}))
    assert (first.status, first.reason) == ("cancelled", "return_to_queue")
    assert (second.service_id, second.person_id) == (LUNGS, "")


def test_a_dispute_goes_back_to_the_service_that_declined() -> None:
    declined = ("decline", {"to": Step.REQUESTED, "reason": "not_enough", "service": HEART})
    chained = chain(claimed(), declined, ("dispute", {"to": Step.REQUESTED, "service": LUNGS}))
    assert [(each.service_id, each.status) for each in chained] == [
        (LUNGS, "rejected"),
        (HEART, "cancelled"),
        (LUNGS, ""),
    ]


def test_a_dispute_where_it_lies_stays_one_task() -> None:
    declined = ("decline", {"to": Step.REQUESTED, "reason": "capacity", "service": LUNGS})
    assert len(chain(claimed(), declined, ("dispute", {"to": Step.REQUESTED, "service": LUNGS}))) == 2


def test_closing_ends_the_last_task() -> None:
    (one,) = chain(claimed(), ("answer", {"to": Step.ANSWERED}), ("close_out", {"to": Step.CLOSED}))
    assert (one.step, one.ended, one.status) == (Step.CLOSED, _at(4), "")


def test_reopening_goes_on_with_the_same_owner() -> None:
    (one,) = chain(claimed(), ("close_out", {"to": Step.CLOSED}), ("reopen", {"to": Step.CLARIFICATION}))
    assert (one.person_id, one.step, one.ended) == (ANNA, Step.CLARIFICATION, None)


def test_an_error_found_later_does_not_move_the_end() -> None:
    (one,) = chain(
        ("withdraw", {"to": Step.WITHDRAWN, "reason": "mistake"}), ("enter_in_error", {"to": Step.ENTERED_IN_ERROR})
    )
    assert (one.step, one.ended, one.reason) == (Step.ENTERED_IN_ERROR, _at(2), "withdraw/mistake")


def test_a_withdrawal_tells_its_reason() -> None:
    (one,) = chain(("stop_sharing", {"to": Step.WITHDRAWN, "reason": "consent"}))
    assert one.reason == "withdraw/consent"


def test_what_is_sent_again_is_a_new_task() -> None:
    acts = [
        Act("submit", BEGAN, {}, {"service_id": LUNGS}),
        Act("stop_sharing", _at(1), {"to": Step.WITHDRAWN, "reason": "consent"}),
        Act("send_again", _at(2), {"to": Step.REQUESTED}, {"service_id": HEART}),
    ]
    first, second = stints_of(acts)
    assert (first.step, first.reason) == (Step.WITHDRAWN, "withdraw/consent")
    assert (second.number, second.service_id, second.step, second.reason) == (2, HEART, Step.REQUESTED, "")


def test_what_is_no_step_is_none() -> None:
    """A turn that is passed on within a clinic tells a party, not a step."""
    (one,) = chain(claimed(), ("hand_over", {"to": "asker"}))
    assert (one.step, one.acts) == (Step.RECEIVED, 3)
