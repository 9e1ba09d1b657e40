"""The transitions of BSeR and 360X, each brought about by our operations.

HL7's guide (Bidirectional Services eReferral, STU2 ballot: "Workflow Management Resources") numbers them in two
pictures, "Harmonized State Transitions" and "Task State Machine", which exist as images alone, in its repository
(HL7/bser, STU1 and ballot) as well. What it gives as text is TaskBusinessStatusCS, ten codes from 2.0 to 7.0. So:

- NUMBERED are the twelve whose numbers the design page "care pathway" tells (05, 10-13, 17, 18, 21, 23-25, 33). The
  page says what each group is (a late decline, a visit moved or missed, the race of cancel and outcome), not which is
  which: the order within a group is ours, VERIFY against the picture;
- DERIVED are the others that lead from one of the ten codes to another, named by what happens. VERIFY: which number
  each has, and whether the picture has one that is not here. That they are 34 together is our count, not proof.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from consortium.casework.models import Service
from consortium.kernel import clock
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from referrals.fhir.statuses import present_offer, status_of
from referrals.models import Offer
from referrals.operations.answering import accept, decline, open_referral
from referrals.operations.cancelling import ask_cancel, confirm_cancel, keep, withdraw
from referrals.operations.caring import admit, note_interim, see_child
from referrals.operations.outcomes import acknowledge, send_outcome
from referrals.operations.redirecting import redirect
from referrals.operations.transport import arrive
from referrals.operations.visiting import book_visit, cancel_visit, miss_visit
from referrals.states import Place
from tests.casework import rosters
from tests.referrals.stages import Stage, ending

pytestmark = pytest.mark.django_db

#: (Task.status, BSeR's code) of what the ten codes stand for; "" where ours has more steps than BSeR
CREATED, SEEN, ACCEPTED = ("requested", "2.0"), ("received", "2.0"), ("accepted", "3.0")
DECLINED, SCHEDULED, UNATTENDED = ("rejected", "4.0"), ("in-progress", "5.1.1"), ("in-progress", "5.1.2")
VISIT_CANCELLED, ATTENDED, ARRIVED = ("in-progress", "5.1.3"), ("in-progress", "5.1.4"), ("in-progress", "")
CANCEL_ASKED, CANCELLED, COMPLETED = ("in-progress", "5.2"), ("cancelled", "6.0"), ("completed", "7.0")

Deed = Callable[[Stage], Any]


def _does(who: str, operation: Callable[..., Any], **words: Any) -> Deed:
    return lambda stage: stage.does(who, operation, **words)


def _books(stage: Stage) -> Any:
    clinic = rosters.calendar(stage.service, name="Second clinic")
    rosters.rule(clinic)
    return stage.does("specialist", book_visit, slot_id=rosters.first_slot(clinic).pk)


def _misses(stage: Stage) -> Any:
    with clock.moved(timedelta(days=2)):
        return stage.does("specialist", miss_visit)


def _redirects(stage: Stage) -> Any:
    """To the cardiologists of the same hospital."""
    return stage.does("coordinator", redirect, service_id=stage.cast["other_service"].pk)


_ask = _does("asker", ask_cancel, reason="better")
_confirm = _does("specialist", confirm_cancel)
_decline = _does("specialist", decline, reason="no_bed")


@dataclass(frozen=True)
class Case:
    """`start`: a step of the stage, or several acts behind it; then `deed` leads from `before` to `after`."""

    start: str
    before: tuple[str, str]
    deed: Deed
    after: tuple[str, str]
    first: tuple[Deed, ...] = ()


def _outcome(stage: Stage) -> Any:
    return stage.does("specialist", send_outcome, ending=ending())


NUMBERED = {
    "05 declined after the acceptance": Case("accepted", ACCEPTED, _decline, DECLINED),
    "10 declined once a visit was booked": Case("scheduled", SCHEDULED, _decline, DECLINED),
    "11 booked for another time": Case("scheduled", SCHEDULED, _books, SCHEDULED),
    "12 did not come": Case("scheduled", SCHEDULED, _misses, UNATTENDED),
    "13 visit cancelled": Case("scheduled", SCHEDULED, _does("asker", cancel_visit, reason="Snow."), VISIT_CANCELLED),
    "17 declined after a missed visit": Case("unattended", UNATTENDED, _decline, DECLINED),
    "18 booked again after a missed visit": Case("unattended", UNATTENDED, _books, SCHEDULED),
    "21 booked again after a cancelled visit": Case("visit_cancelled", VISIT_CANCELLED, _books, SCHEDULED),
    "23 cancellation confirmed": Case("accepted", CANCEL_ASKED, _confirm, CANCELLED, (_ask,)),
    "24 outcome instead of the cancellation": Case("under_care", CANCEL_ASKED, _outcome, COMPLETED, (_ask,)),
    "25 declined after a cancelled visit": Case("visit_cancelled", VISIT_CANCELLED, _decline, DECLINED),
    "33 declined while a cancellation is asked": Case("accepted", CANCEL_ASKED, _decline, DECLINED, (_ask,)),
}  # fmt: skip

DERIVED = {
    "sent": Case("draft", ("draft", ""), lambda stage: stage.send(), CREATED),
    "opened": Case("requested", CREATED, _does("specialist", open_referral), SEEN),
    "accepted": Case("seen", SEEN, _does("specialist", accept), ACCEPTED),
    "accepted unopened": Case("requested", CREATED, _does("specialist", accept), ACCEPTED),
    "declined": Case("seen", SEEN, _decline, DECLINED),
    "withdrawn by the sender": Case("requested", CREATED, _does("asker", withdraw, reason="better"), CANCELLED),
    "withdrawn after a decline": Case("declined", DECLINED, _does("asker", withdraw, reason="better"), CANCELLED),
    "another hospital asked": Case("declined", DECLINED, _redirects, CREATED),
    "visit booked": Case("accepted", ACCEPTED, _books, SCHEDULED),
    "came to the visit": Case("scheduled", SCHEDULED, _does("specialist", see_child), ATTENDED),
    "admitted from the visit": Case("scheduled", SCHEDULED, _does("specialist", admit, place=Place.WARD), ATTENDED),
    "came without a visit": Case("accepted", ACCEPTED, _does("specialist", arrive), ARRIVED),
    "interim note": Case("under_care", ATTENDED, _does("specialist", note_interim, text="Better."), ATTENDED),
    "outcome": Case("under_care", ATTENDED, _outcome, COMPLETED),
    "cancellation asked once opened": Case("seen", SEEN, _ask, CANCEL_ASKED),
    "cancellation asked after acceptance": Case("accepted", ACCEPTED, _ask, CANCEL_ASKED),
    "cancellation asked with a visit booked": Case("scheduled", SCHEDULED, _ask, CANCEL_ASKED),
    "cancellation asked after a missed visit": Case("unattended", UNATTENDED, _ask, CANCEL_ASKED),
    "cancellation asked after a cancelled visit": Case("visit_cancelled", VISIT_CANCELLED, _ask, CANCEL_ASKED),
    "cancellation asked under care": Case("under_care", ATTENDED, _ask, CANCEL_ASKED),
    "cancellation refused": Case(
        "scheduled", CANCEL_ASKED, _does("specialist", keep, reason="She needs it."), SCHEDULED, (_ask,)
    ),
    "acknowledged": Case(
        "outcome_sent", COMPLETED, _does("asker", acknowledge, usefulness=4, concordance="same"), COMPLETED
    ),
}
ALL = {**NUMBERED, **DERIVED}


@pytest.fixture
def stage(
    asker: User, specialist: User, coordinator: User, patient: Patient, service: Service, other_service: Service,
    community: Institution,
) -> Stage:  # fmt: skip
    people: dict[str, Any] = {
        "asker": asker, "specialist": specialist, "coordinator": coordinator, "other_service": other_service
    }  # fmt: skip
    return Stage(people, patient, service, community)


def told(stage: Stage) -> tuple[str, str]:
    """The present Task's status and BSeR's code: of the one newest asked, before anybody has accepted."""
    referral = stage.referral()
    offers = list(Offer.unscoped.filter(case=stage.case_id).order_by("number"))
    here = present_offer(referral, referral.case.service_id, offers)
    assert here is not None or referral.step in ("draft", "requested", "seen", "declined")
    status = status_of(referral)
    return status.task, status.bser


@pytest.mark.parametrize("name", ALL)
def test_transition(stage: Stage, name: str) -> None:
    case = ALL[name]
    stage.bring_to(case.start)
    for act in case.first:
        act(stage)
    assert told(stage) == case.before
    later = timedelta(days=2) if case.start == "unattended" else timedelta()
    with clock.moved(later):  # a visit is missed once it has begun
        case.deed(stage)
    assert told(stage) == case.after


def test_a_redirection_leaves_the_rejected_task_and_adds_one(stage: Stage) -> None:
    stage.to_declined()
    _redirects(stage)
    steps = list(Offer.unscoped.filter(case=stage.case_id).order_by("number").values_list("number", "step"))
    assert steps == [(1, "declined"), (2, "requested")]


def test_those_whose_numbers_are_known_are_named_by_them() -> None:
    numbers = [name.split()[0] for name in NUMBERED]
    assert numbers == ["05", "10", "11", "12", "13", "17", "18", "21", "23", "24", "25", "33"]


def test_every_code_of_bser_is_reached() -> None:
    codes = {case.after[1] for case in ALL.values()} - {""}
    assert codes == {"2.0", "3.0", "4.0", "5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.2", "6.0", "7.0"}


def test_how_many(figure: Callable[[str, str], None]) -> None:
    figure("BSeR/360X transitions", f"{len(ALL)} named ({len(NUMBERED)} by their number, the others VERIFY)")
    assert len(ALL) == 34
