"""The ball and its ledger: who holds a case, since when, and which lists hear that it moved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consortium.casework.models import BallSpell, Case, Service
from consortium.casework.operations import Turn, acting_institution, locked_case, pass_ball, ring_lists
from consortium.casework.states import Ball
from consortium.kernel import bells, clock
from consortium.kernel.actors import Actor, Seat, acting_as, system
from consortium.kernel.errors import NotVisible
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from tests.cast import actor_for
from tests.factories.cases import make_asked, make_case


@pytest.fixture
def case(patient: Patient, asker: User, community: Institution) -> Case:
    return make_case(patient, asker, community)


@pytest.fixture
def asked(patient: Patient, asker: User, community: Institution, service: Service) -> Case:
    case: Case = make_asked(patient, asker, community, service).case
    return case


def spells(case: Case) -> list[tuple[str, UUID | None]]:
    return list(BallSpell.unscoped.filter(case=case).order_by("since").values_list("party", "user_id"))


# -- the lock


def test_who_sees_the_case_gets_its_row(case: Case, asker: User) -> None:
    with acting_as(actor_for(asker)):
        assert locked_case(case.pk) == case


def test_who_does_not_see_it_is_told_that_it_is_not_there(case: Case, stranger: User) -> None:
    with acting_as(actor_for(stranger)), pytest.raises(NotVisible):
        locked_case(case.pk)


def test_a_case_that_is_none_is_not_there(asker: User) -> None:
    with acting_as(actor_for(asker)), pytest.raises(NotVisible):
        locked_case(uuid4())


def test_the_row_is_locked_and_no_joined_one(case: Case, asker: User) -> None:
    with acting_as(actor_for(asker)), CaptureQueriesContext(connection) as captured:
        locked_case(case.pk)
    assert 'FOR UPDATE OF "casework_case"' in captured.captured_queries[-1]["sql"]


# -- the ball


def test_the_new_holder_holds_it(case: Case, specialist: User) -> None:
    pass_ball(case, Turn(Ball.RESPONDER, specialist.pk))
    assert (case.ball, case.ball_user_id) == (Ball.RESPONDER, specialist.pk)


def test_the_ledger_goes_on(case: Case, asker: User, specialist: User) -> None:
    pass_ball(case, Turn(Ball.RESPONDER, specialist.pk))
    assert spells(case) == [(Ball.ASKER, asker.pk), (Ball.RESPONDER, specialist.pk)]


def test_the_ledger_has_no_gap(case: Case, specialist: User) -> None:
    with clock.moved(timedelta(minutes=5)):
        pass_ball(case, Turn(Ball.RESPONDER, specialist.pk))
    first, second = BallSpell.unscoped.filter(case=case).order_by("since")
    assert first.until == second.since


def test_only_the_newest_spell_runs(case: Case, specialist: User) -> None:
    pass_ball(case, Turn(Ball.RESPONDER, specialist.pk))
    assert BallSpell.unscoped.get(case=case, until=None).party == Ball.RESPONDER


def test_passing_tells_whose_turn_it_is(case: Case, specialist: User) -> None:
    event = pass_ball(case, Turn(Ball.RESPONDER, specialist.pk))
    assert event is not None
    assert (event.case_id, event.party, event.user_id) == (case.pk, Ball.RESPONDER, specialist.pk)


def test_to_who_holds_it_already_nothing_is_passed(case: Case, asker: User) -> None:
    assert pass_ball(case, Turn(Ball.ASKER, asker.pk)) is None


def test_to_who_holds_it_already_no_spell_begins(case: Case, asker: User) -> None:
    pass_ball(case, Turn(Ball.ASKER, asker.pk))
    assert len(spells(case)) == 1


def test_another_person_of_the_same_party_is_another_turn(case: Case, colleague: User) -> None:
    assert pass_ball(case, Turn(Ball.ASKER, colleague.pk)) is not None


def test_a_whole_queue_may_hold_it(case: Case) -> None:
    pass_ball(case, Turn(Ball.COORDINATOR))
    assert spells(case)[-1] == (Ball.COORDINATOR, None)


def test_when_nobody_has_to_act_no_spell_runs(case: Case) -> None:
    pass_ball(case, Turn(Ball.NONE))
    assert not BallSpell.unscoped.filter(case=case, until=None).exists()


def test_a_closed_case_may_be_held_again(case: Case, specialist: User) -> None:
    pass_ball(case, Turn(Ball.NONE))
    pass_ball(case, Turn(Ball.RESPONDER, specialist.pk))
    assert BallSpell.unscoped.get(case=case, until=None).user_id == specialist.pk


def test_the_parties_minutes_add_up(case: Case, specialist: User, asker: User) -> None:
    for minutes, turn in (
        (5, Turn(Ball.RESPONDER, specialist.pk)),
        (12, Turn(Ball.ASKER, asker.pk)),
        (30, Turn(Ball.NONE)),
    ):
        with clock.moved(timedelta(minutes=minutes)):
            pass_ball(case, turn)
    ledger = list(BallSpell.unscoped.filter(case=case).order_by("since"))
    assert (
        sum((s.until - s.since for s in ledger if s.until), timedelta())
        == (ledger[-1].until or clock.now()) - ledger[0].since
    )


# -- who hears of it


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch, valkey: Any) -> Iterator[set[str]]:
    topics: set[str] = set()
    monkeypatch.setattr(bells, "_ringers", [lambda rings: topics.update(topic for topic, _seq in rings)])
    return topics  # type: ignore[return-value]


def rung(case: Case, capture: Any) -> None:
    with capture(execute=True):
        ring_lists(case)


def test_the_asker_s_desk_hears(
    case: Case, asker: User, heard: set[str], django_capture_on_commit_callbacks: Any
) -> None:
    rung(case, django_capture_on_commit_callbacks)
    assert f"desk:{asker.pk}" in heard


def test_the_asking_house_hears(case: Case, heard: set[str], django_capture_on_commit_callbacks: Any) -> None:
    rung(case, django_capture_on_commit_callbacks)
    assert f"asked:{case.asking_institution_id}" in heard


def test_a_draft_without_a_service_rings_no_queue(
    case: Case, heard: set[str], django_capture_on_commit_callbacks: Any
) -> None:
    rung(case, django_capture_on_commit_callbacks)
    assert not [topic for topic in heard if topic.startswith("queue:")]


def test_the_queue_of_its_service_hears(asked: Case, heard: set[str], django_capture_on_commit_callbacks: Any) -> None:
    rung(asked, django_capture_on_commit_callbacks)
    assert f"queue:{asked.service_id}" in heard


def test_the_responder_s_desk_hears(
    asked: Case, specialist: User, heard: set[str], django_capture_on_commit_callbacks: Any
) -> None:
    asked.responder = specialist
    rung(asked, django_capture_on_commit_callbacks)
    assert f"desk:{specialist.pk}" in heard


def test_nobody_s_desk_is_not_rung(asked: Case, heard: set[str], django_capture_on_commit_callbacks: Any) -> None:
    rung(asked, django_capture_on_commit_callbacks)
    assert "desk:None" not in heard


def test_before_the_commit_nobody_hears(case: Case, heard: set[str], django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks():
        ring_lists(case)
    assert heard == set()


# -- for whom one acts


def person(*institutions: UUID) -> Actor:
    return Actor("person", user_id=uuid4(), seats=frozenset(Seat("asker", i) for i in institutions))


def test_one_acts_for_the_asking_house_first(asked: Case, hospital: Institution) -> None:
    actor = person(hospital.pk, asked.asking_institution_id)
    assert acting_institution(actor, asked) == asked.asking_institution_id


def test_then_for_the_service_s(asked: Case, hospital: Institution) -> None:
    assert acting_institution(person(hospital.pk), asked) == hospital.pk


def test_then_for_one_s_own(asked: Case, district: Institution) -> None:
    assert acting_institution(person(district.pk), asked) == district.pk


def test_who_has_none_acts_for_the_asking_house(asked: Case) -> None:
    assert acting_institution(system("a timer"), asked) == asked.asking_institution_id


def test_without_a_service_there_is_no_second_choice(case: Case, district: Institution) -> None:
    assert acting_institution(person(district.pk), case) == district.pk
