"""The child's way over all tiers: every case of a pathway, who had the ball how long, what happened and by whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from consortium.casework.models import Case, Service
from consortium.casework.queries.journey import THINNEST, WIDTH, Journey, journey_of, pieces_of
from consortium.casework.queries.ledger import Stretch, lines_of, spent, stretches
from consortium.casework.states import Ball, CaseKind
from consortium.journal.models import Entry
from consortium.journal.queries import timelines
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import NotVisible
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations import operations
from consultations.models import Consultation
from referrals.models import Referral
from referrals.states import Step
from tests.cast import actor_for, client_for
from tests.consultations.cases import by
from tests.referrals.cases import sent
from tests.referrals.rows import referral_at

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def way(asker: User, specialist: User, patient: Patient, service: Service, given: Consultation) -> Case:
    """A question that was answered and closed, then a referral of the same pathway, two hours later."""
    with clock.moved(2 * HOUR):
        made = sent(asker, patient, service, parent_id=given.pk)
    return case_of(made)


def case_of(referral: Referral) -> Case:
    found: Case = Case.unscoped.select_related("pathway").get(pk=referral.pk)
    return found


def seen_by(user: User, case: Case, ahead: timedelta = 3 * HOUR) -> Journey:
    with clock.moved(ahead), acting_as(actor_for(user)):
        return journey_of(case.pathway_id)  # type: ignore[arg-type]


def test_it_tells_questions_and_referrals_in_their_order(way: Case, asker: User) -> None:
    journey = seen_by(asker, way)
    assert [leg.case.kind for leg in journey.legs] == [CaseKind.CONSULTATION, CaseKind.REFERRAL]
    assert [leg.kind for leg in journey.legs] == ["Consultation", "Referral"]
    assert journey.legs[1].url == f"/referrals/{way.pk}/"


def test_it_begins_with_the_first_question_and_goes_on_while_something_is_open(way: Case, asker: User) -> None:
    journey = seen_by(asker, way)
    assert journey.since == journey.legs[0].case.submitted_at
    assert round(journey.time / HOUR) == 3


def test_each_kind_tells_its_acts_in_its_own_words_with_who_and_when(way: Case, asker: User) -> None:
    question, referral = seen_by(asker, way).legs
    assert [step["label"] for step in question.steps][:2] == ["Question sent", "Taken"]
    assert referral.steps[0]["label"] == "Referral sent"
    assert asker.get_full_name() in referral.steps[0]["who"]
    assert referral.steps[-1]["state"] == "now"


def test_the_parties_times_add_up_to_each_case_s_own(way: Case, asker: User) -> None:
    journey = seen_by(asker, way)
    with acting_as(actor_for(asker)), clock.moved(3 * HOUR):
        ledger = stretches([leg.case for leg in journey.legs])
    whole = sum(spent(ledger[way.pk]).values(), timedelta())
    assert round(whole / HOUR) == 1
    assert {line["party"] for line in journey.lines} >= {Ball.ASKER, Ball.RESPONDER}


def test_the_bar_of_a_case_begins_where_it_was_sent(way: Case, asker: User) -> None:
    referral = seen_by(asker, way).legs[1]
    assert referral.pieces[0].x == pytest.approx(WIDTH * 2 / 3, abs=5)
    assert referral.pieces[0].width == pytest.approx(WIDTH / 3, abs=5)


def test_what_took_no_time_is_still_drawn_on_the_bar() -> None:
    now = clock.now()
    (piece,) = pieces_of([Stretch(Ball.ASKER, now, now)], now - HOUR, now)
    assert (piece.width, piece.x + piece.width) == (THINNEST, WIDTH)


def test_a_way_that_took_no_time_has_a_bar() -> None:
    now = clock.now()
    (piece,) = pieces_of([Stretch(Ball.ASKER, now, now)], now, now)
    assert (piece.x, piece.width) == (0, THINNEST)


def test_a_draft_stands_in_no_ledger(asker: User, patient: Patient, way: Case) -> None:
    way.submitted_at = None
    assert stretches([way]) == {}


def test_of_nothing_there_are_no_lines_and_no_acts() -> None:
    assert lines_of({}) == []
    assert timelines([]) == {}


def test_its_queries_do_not_grow_with_the_cases(
    way: Case, asker: User, specialist: User, patient: Patient, service: Service, django_assert_num_queries: Any
) -> None:
    actor = actor_for(asker)
    with acting_as(actor), django_assert_num_queries(5):
        assert len(journey_of(way.pathway_id).legs) == 2  # type: ignore[arg-type]
    for step in (Step.ACCEPTED, Step.FOLLOWING):
        Case.unscoped.filter(pk=referral_at(step, patient, asker, service).pk).update(pathway=way.pathway)
    with acting_as(actor), django_assert_num_queries(5):
        assert len(journey_of(way.pathway_id).legs) == 4  # type: ignore[arg-type]


def test_what_was_entered_in_error_is_not_told(way: Case, asker: User) -> None:
    Case.unscoped.filter(pk=way.pk).update(entered_in_error_at=clock.now())
    assert [leg.case.kind for leg in seen_by(asker, way).legs] == [CaseKind.CONSULTATION]


def test_reads_are_not_told(way: Case, asker: User) -> None:
    client_for(asker).get(f"/referrals/{way.pk}/")
    assert all(step["label"] != "Read" for leg in seen_by(asker, way).legs for step in leg.steps)


@pytest.mark.parametrize("who", ["stranger", "coordinator"])
def test_who_may_not_know_the_child_finds_no_way(who: str, way: Case, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotVisible):
        seen_by(request.getfixturevalue(who), way)


def test_a_closed_case_ends_its_line(asker: User, given: Consultation, specialist: User) -> None:
    by(asker, operations.close_out, case_id=given.pk, change="treatment", referral_avoided=True)
    case = Case.unscoped.select_related("pathway").get(pk=given.pk)
    journey = seen_by(asker, case)
    assert journey.until == case.closed_at
    assert journey.legs[0].steps[-1]["state"] == "done"


def test_the_page_draws_and_tells_it_and_is_a_read(way: Case, asker: User) -> None:
    page = f"/cases/pathways/{way.pathway_id}/"
    client = client_for(asker)
    text = client.get(page).content.decode()
    assert text.count("<rect") >= 3
    assert "style=" not in text
    assert "Who had it how long" in text
    client.get(page)
    assert Entry.unscoped.filter(verb="read", facts__what="journey", actor_id=asker.pk).count() == 1


def test_it_is_linked_from_the_case_and_from_the_child(way: Case, asker: User) -> None:
    client = client_for(asker)
    address = f"pathways/{way.pathway_id}/"
    assert address in client.get(f"/referrals/{way.pk}/").content.decode()
    assert address in client.get(f"/patients/{way.patient_id}/").content.decode()


def test_a_pathway_that_is_not_there_is_hidden(asker: User) -> None:
    assert client_for(asker).get(f"/cases/pathways/{uuid4()}/").status_code == 404
