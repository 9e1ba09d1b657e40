"""The whole machine as one table: every step x every verb x every role, the system included (R1-R22).

What is expected stands here by hand, from the design page "care pathway" 1.5, and is compared with what the machine's
check answers: yes, 403 (may not), 404 (may not know), 422 (not at this step). And no verb is without an address of the
API, nor, where a person does it, without a button.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from consortium.casework.models import Service
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import NotPermitted, NotVisible, WrongStep
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consortium.people.states import Role
from referrals.api.acts import DEEDS
from referrals.api.shapes import REFERRAL
from referrals.models import Referral
from referrals.states import MACHINE, Step
from tests.cast import actor_for
from tests.factories.people import make_staff
from tests.referrals.stages import STEPS, Stage

pytestmark = pytest.mark.django_db

PEOPLE = (
    "asker", "colleague", "nurse", "specialist", "other_specialist", "lead", "ward_nurse", "coordinator", "admin",
    "manager", "auditor", "stranger",
)  # fmt: skip
ASKING, CLINIC = {"asker", "colleague"}, {"asker", "colleague", "nurse"}
SERVICE = {"specialist", "other_specialist", "lead"}
WARD = SERVICE | {"ward_nurse"}
OFFICE, SYSTEM = {"coordinator"}, {"system"}


@dataclass(frozen=True)
class Sides:
    """Who stands where: on the way up the clinic sends and the hospital receives, on the way down the other way."""

    author: set[str]
    senders: set[str]
    sending: set[str]
    doctors: set[str]
    there: set[str]
    office_there: set[str]
    leads: set[str]


UP = Sides({"asker"}, ASKING, CLINIC, SERVICE, WARD, OFFICE, {"lead"})
DOWN = Sides({"specialist"}, SERVICE, WARD, ASKING, CLINIC, set(), set())

WAITING = ("requested", "seen")
VISITS = ("scheduled", "unattended", "visit_cancelled")
EXPECTED = ("accepted", *VISITS, "transport", "en_route")
PRESENT = ("arrived", "under_care")
OPEN = (*WAITING, "declined", *EXPECTED, *PRESENT, "outcome_sent", "following")
RECEIVED = ("seen", *EXPECTED, *PRESENT)
OVER = ("closed", "followed", "cancelled", "ended")

#: at which steps a verb does something
AT: dict[str, tuple[str, ...]] = {
    "save": ("draft",), "send": ("draft",), "discard": ("draft",), "also_ask": WAITING, "open": ("requested",),
    "accept": (*WAITING, "transport", "en_route", "arrived"),
    "decline": (*WAITING, "accepted", *VISITS, "transport"), "redirect": ("declined", *WAITING),
    "dispute": ("declined",), "book_visit": ("accepted", "transport"), "rebook_visit": VISITS,
    "miss_visit": ("scheduled",), "cancel_visit": ("scheduled",),
    "arrange_transport": ("accepted", *VISITS, "transport", "en_route"),
    "sign_handover": (*EXPECTED, *PRESENT), "depart": (*WAITING, "declined", "accepted", *VISITS, "transport"),
    "report_incident": ("transport", "en_route", *PRESENT), "arrive": (*WAITING, "declined", *EXPECTED),
    "read_back": PRESENT, "admit": ("arrived", "scheduled"), "see_child": ("arrived", "scheduled"),
    "note_interim": PRESENT, "discharge": ("under_care",), "ask_cancel": RECEIVED, "confirm_cancel": RECEIVED,
    "keep": RECEIVED, "withdraw": ("requested", "declined"), "stop_sharing": (*WAITING, "declined", *EXPECTED),
    "send_outcome": PRESENT, "correct_outcome": ("outcome_sent", "closed"), "acknowledge": ("outcome_sent",),
    "back_refer": ("under_care", "outcome_sent", "closed"), "take_over": (*WAITING, "accepted"),
    "visit_done": ("following",), "visit_missed": ("following",), "worsened": ("following",),
    "end_follow_up": ("following",), "end": OPEN, "enter_in_error": (*OPEN, *OVER), "raise_urgency": OPEN,
    "lower_urgency": OPEN, "escalate": OPEN, "ask_information": RECEIVED, "supply_information": RECEIVED,
    "hand_on": OPEN, "link_sender": (*PRESENT, "outcome_sent"),
}  # fmt: skip
#: only of a stat child, of a wish, a question or a hand-over that stands open, or of a child that came by itself
_OF_ANOTHER = ("also_ask", "supply_information", "link_sender")


def who_may(verb: str, step: str) -> set[str]:
    """Whom the care pathway lets do it with an urgent referral, whatever the step."""
    s = DOWN if step in ("following", "followed") else UP
    asked = s.doctors if step in WAITING else set()
    booking = s.there | OFFICE | s.senders | SYSTEM
    sides = s.sending | OFFICE | s.there
    told: dict[str, set[str]] = {
        **dict.fromkeys(("save", "send", "discard"), s.author),
        **{each: set() for each in _OF_ANOTHER},
        **dict.fromkeys(("open", "accept"), asked),
        "decline": s.doctors if step in (*WAITING, *EXPECTED) else set(),
        "redirect": s.senders | OFFICE | (s.doctors if step == "declined" else set()),
        **dict.fromkeys(("dispute", "withdraw", "acknowledge"), s.senders),
        # here a referral is cancelled because its sender had asked for it
        "ask_cancel": s.senders if step != "cancelled" else set(),
        **dict.fromkeys(("confirm_cancel", "keep"), s.doctors if step == "cancelled" else set()),
        **dict.fromkeys(("book_visit", "rebook_visit", "cancel_visit"), booking),
        **dict.fromkeys(("miss_visit", "arrive", "admit", "see_child"), s.there | s.office_there),
        **dict.fromkeys(("arrange_transport", "report_incident", "end"), sides),
        "depart": set() if step in (*WAITING, "declined") else sides,
        "sign_handover": s.sending,
        "read_back": s.there if step == "en_route" else set(),
        **dict.fromkeys(("note_interim", "send_outcome", "back_refer"), s.doctors),
        "discharge": s.doctors if step == "under_care" else set(),
        "correct_outcome": s.leads | ({"specialist"} if step in ("outcome_sent", "closed") else set()),
        "take_over": s.doctors if s is DOWN else set(),
        **dict.fromkeys(("visit_done", "visit_missed", "worsened", "end_follow_up"), s.there | OFFICE),
        "enter_in_error": s.author | s.leads,
        "raise_urgency": s.senders | s.there | OFFICE | SYSTEM,
        # the plan back is routine already
        "lower_urgency": OFFICE if s is UP else set(),
        "ask_information": s.doctors,
        **dict.fromkeys(("stop_sharing", "escalate", "hand_on"), SYSTEM),
    }
    return told[verb]


def who_sees(step: str) -> set[str]:
    if step == "draft":
        return {"asker"} | SYSTEM
    return CLINIC | WARD | SYSTEM | (OFFICE if step in OPEN else set())


def expected(verb: str, step: str, role: str) -> str:
    if role not in who_sees(step):
        return "404"
    if role not in who_may(verb, step):
        return "403"
    return "yes" if step in AT[verb] else "422"


# -- the table --------------------------------------------------------------------------------------------------------


@pytest.fixture
def stage(
    request: pytest.FixtureRequest, patient: Patient, service: Service, community: Institution, hospital: Institution
) -> Stage:
    ward_nurse = make_staff("ward_nurse", hospital, Role.NURSE)
    cast: dict[str, User] = {
        each: ward_nurse if each == "ward_nurse" else request.getfixturevalue(each) for each in PEOPLE
    }
    return Stage(cast, patient, service, community)


def _seen(case_id: Any) -> Referral | None:
    rows = Referral.objects.select_related("case__service__institution", "case__responder")
    found: Referral | None = rows.filter(pk=case_id).first()
    return found


def answered_by_the_machine(verb: str, actor: Actor, referral: Referral | None) -> str:
    if referral is None:
        return "404"
    try:
        MACHINE.check(verb, actor, referral)
    except NotPermitted:
        return "403"
    except NotVisible:
        return "404"
    except WrongStep:
        return "422"
    return "yes"


@pytest.mark.parametrize("step", STEPS)
def test_every_verb_for_every_role(stage: Stage, step: str) -> None:
    stage.bring_to(step)
    assert stage.referral().step == step
    actors = {name: actor_for(user) for name, user in stage.cast.items()} | {"system": system("the table")}
    wrong = []
    for role, actor in actors.items():
        with acting_as(actor):
            referral = _seen(stage.case_id)
            told = {verb: answered_by_the_machine(verb, actor, referral) for verb in MACHINE.verbs()}
            buttons = {t.verb for t in MACHINE.available(actor, referral)} if referral else set()
        wrong += [
            f"{role} {verb}: {what}, not {expected(verb, step, role)}"
            for verb, what in told.items()
            if what != expected(verb, step, role)
        ]
        if buttons != {verb for verb, what in told.items() if what == "yes"}:
            wrong.append(f"{role}: other buttons than acts: {sorted(buttons)}")
    assert wrong == []


def test_every_step_is_brought_about() -> None:
    assert set(STEPS) == set(Step.values)


def test_the_table_knows_every_verb_and_no_other() -> None:
    assert set(AT) == set(MACHINE.verbs())


def test_its_steps_are_the_machine_s() -> None:
    """From another hand than the machine's own table: R1-R22 of the design page."""
    sources: dict[str, set[str]] = {}
    for row in MACHINE.transitions:
        sources.setdefault(row.verb, set()).update(row.sources)
    assert {verb: set(steps) for verb, steps in AT.items()} == sources


def test_every_row_of_the_care_pathway_is_there() -> None:
    ids = {row.id.rstrip("abcdehiklmnosw") for row in MACHINE.transitions}
    assert ids == {f"R{n}" for n in range(23)}


def test_only_the_system_does_what_is_marked_so() -> None:
    marked = {row.verb for row in MACHINE.transitions if row.system}
    assert marked == {verb for verb in AT if who_may(verb, "accepted") == SYSTEM}


def test_how_many_cells(figure: Callable[[str, str], None]) -> None:
    cells = len(STEPS) * len(AT) * (len(PEOPLE) + 1)
    figure("referrals: state x verb x role", f"{len(STEPS)} x {len(AT)} x {len(PEOPLE) + 1} = {cells} cells")
    assert cells > 10_000


# -- no verb without a way to it --------------------------------------------------------------------------------------

#: what a person does, save apart: that is a PATCH of the draft
BY_HAND = {row.verb for row in MACHINE.transitions if not row.system} - {"save"}


def test_every_verb_has_an_address_of_the_api() -> None:
    assert {deed.verb for deed in DEEDS} == BY_HAND


def test_no_address_of_the_api_stands_twice() -> None:
    assert len(DEEDS) == len(BY_HAND)


def test_every_address_is_found_by_its_verb() -> None:
    from uuid import UUID

    for verb in (*BY_HAND, "save"):
        assert REFERRAL.address(verb, UUID(int=1)).startswith("/api/v1/referrals/")


#: acts whose buttons are elsewhere than in the dock: a page of their own, or looking at the referral is the act
ELSEWHERE = {
    "open", "send", "discard", "send_outcome", "correct_outcome", "back_refer", "book_visit", "rebook_visit",
    "worsened",
}  # fmt: skip


def test_every_verb_has_a_form_on_the_page_or_a_page_of_its_own() -> None:
    from referrals.views.acts import ACTS

    assert set(ACTS) | ELSEWHERE >= BY_HAND, sorted(BY_HAND - set(ACTS) - ELSEWHERE)
    assert set(ACTS) <= BY_HAND
