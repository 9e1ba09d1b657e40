"""The whole machine as one table: every step x every verb x every role, the system included (C1-C19).

What is expected stands here by hand, from the design page "care pathway" 1.4, and is compared with what the machine's
check answers: yes, 403 (may not), 404 (may not know), 422 (not at this step).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from consortium.casework.models import Service
from consortium.kernel import clock
from consortium.kernel import events as kernel_events
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import NotPermitted, NotVisible, WrongStep
from consortium.kernel.events import Receiver
from consortium.patients.models import Patient
from consortium.patients.operations import Decision, record_consent
from consortium.patients.states import ConsentKind, ConsentStatus
from consortium.people.models import Institution, User
from consortium.people.states import Role
from consultations import operations
from consultations.events import ConsultationConverted
from consultations.models import Consultation
from consultations.operations import Advice, Offer
from consultations.operations.timing import auto_close, escalate_due
from consultations.states import MACHINE, Step
from tests.cast import actor_for
from tests.consultations.cases import by, drafted
from tests.factories.cases import make_service_member
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db

PEOPLE = (
    "asker", "colleague", "nurse", "specialist", "other_specialist", "lead", "coordinator", "second", "admin",
    "manager", "auditor", "stranger",
)  # fmt: skip
CLINIC = {"asker", "colleague", "nurse"}
ASKING = {"asker", "colleague"}
SERVICE = {"specialist", "other_specialist", "lead"}
SYSTEM = {"system"}
#: a specialist holds it, a second one is asked, and a call is proposed
TALKING = ("received", "on_hold", "in_progress", "clarification")
OPEN = ("requested", *TALKING, "answered")
OVER = ("closed", "closed_unreviewed", "converted", "withdrawn", "entered_in_error")
ANSWERED = ("answered", "corrected", "clarification", "closed", "closed_unreviewed", "converted")
#: brought to the table beside the twelve steps: an answer that was corrected; an answer long over its time, which the
#: last step of the escalation gave to the coordinator
CORRECTED, OVERDUE = "corrected", "overdue"
SITUATIONS = (*Step.values, CORRECTED, OVERDUE)

#: at which steps a verb does something; `corrected` is at the step of an answer, `overdue` being answered
AT: dict[str, tuple[str, ...]] = {
    "save": ("draft",), "submit": ("draft",), "discard": ("draft",),
    "claim": ("requested",), "allocate": ("requested", "received"), "assign": ("requested",),
    "return_to_queue": TALKING, "take_back": TALKING, "hand_on": TALKING, "decline": ("received",),
    "dispute": ("requested",),
    "ask_information": ("received", "in_progress"), "supply_information": ("on_hold",), "start": ("received",),
    "propose_video": TALKING, "book_video": TALKING, "call_now": TALKING, "cancel_video": OPEN, "hold_video": OPEN,
    "ask_second": (*TALKING, "answered"), "give_opinion": OPEN, "decline_opinion": OPEN,
    "answer": ("received", "in_progress", "clarification"), "ask_clarification": ("answered",),
    "close_out": ("answered",), "convert": OPEN, "withdraw": OPEN, "stop_sharing": OPEN, "send_again": ("withdrawn",),
    "remind": ("answered",), "auto_close": ("answered",), "escalate": OPEN, "reopen": ("closed", "closed_unreviewed"),
    "raise_urgency": OPEN, "lower_urgency": OPEN,
    "enter_in_error": (*OPEN, "closed", "closed_unreviewed", "converted", "withdrawn"),
    "correct_answer": ("answered", "closed", "closed_unreviewed", "converted"),
    "acknowledge_correction": ("answered", "converted"),
}  # fmt: skip


def who_may(verb: str, situation: str) -> set[str]:
    """Whom the care pathway lets do it, whatever the step."""
    held = {"specialist"} if situation not in ("draft", "requested", "withdrawn") else set()
    called = situation in (*TALKING, "answered", CORRECTED, OVERDUE)
    of_system = (
        "assign",
        "return_to_queue",
        "hand_on",
        "hold_video",
        "stop_sharing",
        "remind",
        "auto_close",
        "escalate",
    )
    told: dict[str, set[str]] = {
        **{verb: {"asker"} for verb in ("save", "submit", "discard")},
        **dict.fromkeys(of_system, SYSTEM),
        **dict.fromkeys(("decline", "ask_information", "start", "answer", "ask_second"), held),
        **dict.fromkeys(("supply_information", "ask_clarification", "withdraw", "reopen"), ASKING),
        **dict.fromkeys(("give_opinion", "decline_opinion"), {"second"} if called else set()),
        "claim": SERVICE,
        "allocate": {"lead", "coordinator"},
        "take_back": {"coordinator"} if situation == OVERDUE else set(),
        "dispute": ASKING if situation != "draft" else set(),
        "propose_video": ASKING | held,
        "book_video": ASKING if called else set(),
        "call_now": ASKING | held if held else set(),
        "cancel_video": ASKING | held | SYSTEM if called else set(),
        "close_out": ASKING if situation != CORRECTED else set(),
        "convert": ASKING | held,
        "send_again": ASKING if situation == "withdrawn" else set(),
        "raise_urgency": ASKING | {"coordinator"} | SYSTEM,
        "lower_urgency": {"coordinator"},
        "enter_in_error": {"asker", "lead"},
        "correct_answer": {"specialist"} if situation in ANSWERED else set(),
        "acknowledge_correction": ASKING if situation == CORRECTED else set(),
    }
    return told[verb]


def who_sees(situation: str) -> set[str]:
    if situation == "draft":
        return {"asker"} | SYSTEM
    if situation == "converted":  # the hospital that the child is referred to takes part in the pathway
        return CLINIC | SERVICE | {"second"} | SYSTEM
    if situation in OVER:
        return CLINIC | SYSTEM | ({"specialist"} if situation != "withdrawn" else set())
    return CLINIC | SERVICE | {"coordinator"} | SYSTEM | ({"second"} if situation != "requested" else set())


def expected(verb: str, situation: str, role: str) -> str:
    if role not in who_sees(situation):
        return "404"
    if role not in who_may(verb, situation):
        return "403"
    return "yes" if _step_of(situation) in AT[verb] else "422"


def _step_of(situation: str) -> str:
    return {CORRECTED: "answered", OVERDUE: "in_progress"}.get(situation, situation)


# -- the situations ---------------------------------------------------------------------------------------------------


class Stage:
    """A consultation brought to each step by its own operations."""

    def __init__(self, cast: dict[str, User], patient: Patient, service: Service) -> None:
        self.cast, self.patient, self.service = cast, patient, service
        self.case_id: Any = None

    def does(self, who: str, operation: Callable[..., Any], **words: Any) -> None:
        by(self.cast[who], operation, case_id=self.case_id, **words)

    def bring_to(self, situation: str) -> None:
        getattr(self, f"to_{situation}")()

    def to_draft(self) -> None:
        self.case_id = drafted(self.cast["asker"], self.patient, self.service, may_be_converted=True).pk

    def to_requested(self) -> None:
        """In the queue again after a decline, so that it can be disputed."""
        self.to_draft()
        self.does("asker", operations.submit)
        self.does("other_specialist", operations.claim)
        self.does("other_specialist", operations.decline, reason="capacity", service_id=self.service.pk)

    def to_received(self) -> None:
        self.to_requested()
        self.does("specialist", operations.claim)
        self.does("specialist", operations.ask_second, colleague_id=self.cast["second"].pk, question="The heart?")
        at = clock.now() + timedelta(hours=5)
        self.does("specialist", operations.propose_video, offer=Offer(times=(at,)))

    def to_on_hold(self) -> None:
        self.to_received()
        self.does("specialist", operations.ask_information, text="Stridor?")

    def to_in_progress(self) -> None:
        self.to_received()
        self.does("specialist", operations.start)

    def to_overdue(self) -> None:
        self.to_in_progress()
        with clock.moved(timedelta(hours=9)), acting_as(system("the time is over")) as timer:
            escalate_due(actor=timer)

    def to_answered(self) -> None:
        self.to_received()
        self.does("specialist", operations.answer, advice=Advice("Croup.", "Wait."))

    def to_corrected(self) -> None:
        self.to_answered()
        self.does("specialist", operations.correct_answer, advice=Advice("Mild croup.", "Wait."), reason="Misread.")

    def to_clarification(self) -> None:
        self.to_answered()
        self.does("asker", operations.ask_clarification, text="Once?")

    def to_closed(self) -> None:
        self.to_answered()
        self.does("asker", operations.close_out, change="treatment", referral_avoided=True)

    def to_closed_unreviewed(self) -> None:
        self.to_answered()
        with acting_as(system("nobody reviewed it")) as timer:
            auto_close(actor=timer, case_id=self.case_id)

    def to_converted(self) -> None:
        self.to_answered()
        self.does("asker", operations.convert, reason="treatment", question="Operate?")

    def to_withdrawn(self) -> None:
        """Come back because the consent had ended; there is a new one by now."""
        self.to_received()
        for status in (ConsentStatus.REJECTED, ConsentStatus.ACTIVE):
            decision = Decision(ConsentKind.SHARE, status)
            by(self.cast["asker"], record_consent, patient_id=self.patient.pk, decision=decision)

    def to_entered_in_error(self) -> None:
        self.to_received()
        self.does("asker", operations.enter_in_error, reason="duplicate")


@pytest.fixture
def second(hospital: Institution, other_service: Service) -> User:
    """A specialist of another service, asked for an opinion."""
    user = make_staff("second", hospital, Role.SPECIALIST)
    make_service_member(other_service, user)
    return user


@pytest.fixture
def stage(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, patient: Patient, service: Service) -> Stage:
    """Everybody who may act; somebody who makes referrals."""
    name = ConsultationConverted.event_name()
    rows = [*kernel_events.receivers_of(name), Receiver("referrals.receivers.create", lambda entry, event: None, True)]
    monkeypatch.setitem(kernel_events._receivers, name, rows)
    return Stage({each: request.getfixturevalue(each) for each in PEOPLE}, patient, service)


def _seen(case_id: Any) -> Consultation | None:
    rows = Consultation.objects.select_related("case__service__institution", "case__responder")
    found: Consultation | None = rows.filter(pk=case_id).first()
    return found


def answered_by_the_machine(verb: str, actor: Actor, consultation: Consultation | None) -> str:
    if consultation is None:
        return "404"
    try:
        MACHINE.check(verb, actor, consultation)
    except NotPermitted:
        return "403"
    except NotVisible:
        return "404"
    except WrongStep:
        return "422"
    return "yes"


@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_verb_for_every_role(stage: Stage, situation: str) -> None:
    stage.bring_to(situation)
    actors = {name: actor_for(user) for name, user in stage.cast.items()} | {"system": system("the table")}
    wrong = []
    for role, actor in actors.items():
        with acting_as(actor):
            consultation = _seen(stage.case_id)
            told = {verb: answered_by_the_machine(verb, actor, consultation) for verb in MACHINE.verbs()}
            buttons = {t.verb for t in MACHINE.available(actor, consultation)} if consultation else set()
        wrong += [
            f"{role} {verb}: {what}, not {expected(verb, situation, role)}"
            for verb, what in told.items()
            if what != expected(verb, situation, role)
        ]
        if buttons != {verb for verb, what in told.items() if what == "yes"}:
            wrong.append(f"{role}: other buttons than acts: {sorted(buttons)}")
    assert wrong == []


def test_the_table_knows_every_verb_and_no_other() -> None:
    assert set(AT) == set(MACHINE.verbs())


def test_its_steps_are_the_machine_s() -> None:
    """From another hand than the machine's own table: C1-C19 of the design page."""
    sources: dict[str, set[str]] = {}
    for row in MACHINE.transitions:
        sources.setdefault(row.verb, set()).update(row.sources)
    assert {verb: set(steps) for verb, steps in AT.items()} == sources


def test_every_row_of_the_care_pathway_is_there() -> None:
    ids = {row.id.rstrip("abcdhnors") for row in MACHINE.transitions}
    assert ids == {f"C{n}" for n in range(1, 20)}


def test_only_the_system_does_what_is_marked_so() -> None:
    marked = {row.verb for row in MACHINE.transitions if row.system}
    assert marked == {verb for verb in AT if who_may(verb, "received") == SYSTEM}


def test_how_many_cells(figure: Callable[[str, str], None]) -> None:
    cells = len(SITUATIONS) * len(AT) * (len(PEOPLE) + 1)
    figure("state x verb x role", f"{len(SITUATIONS)} x {len(AT)} x {len(PEOPLE) + 1} = {cells} cells")
    assert cells > 6000


def test_some_situation_lets_every_verb_be_done() -> None:
    for verb in AT:
        assert any(
            expected(verb, situation, role) == "yes" for situation in SITUATIONS for role in (*PEOPLE, "system")
        ), verb
