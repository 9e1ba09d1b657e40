"""One row of numbers out of a case's clocks and its ledger."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from consortium.casework.models import Case
from consortium.casework.operations import open_working_calendar
from consortium.casework.states import Priority
from consortium.insight.models import Measured
from consortium.insight.operations import gather
from consortium.kernel.actors import acting_as, system
from consultations import operations as do
from consultations.models import Opinion
from tests.insight.conftest import ADVICE, NOW, Consortium, ago

pytestmark = pytest.mark.django_db


def row(world: Consortium, number: int) -> Measured:
    found: Measured = Measured.unscoped.get(case=world.cases[number])
    return found


def minutes(seconds: int | None) -> int | None:
    return None if seconds is None else seconds // 60


def counted(case_id: Any) -> Measured:
    """One more question, counted."""
    with acting_as(system("test")):
        gather([case_id])
    return Measured.unscoped.get(pk=case_id)


def test_the_way_to_an_answer_in_minutes(told: Consortium) -> None:
    first = row(told, 0)
    assert (minutes(first.to_allocation), minutes(first.to_answer)) == (6, 70)


def test_the_time_to_the_close(told: Consortium) -> None:
    assert minutes(row(told, 0).to_close) in (1439, 1440)


def test_what_is_open_has_no_time_to_the_close(told: Consortium) -> None:
    assert row(told, 2).to_close is None


def test_the_parts_before_the_answer_add_up_to_the_way_to_it(told: Consortium) -> None:
    for number in (0, 1, 2, 3, 4, 5):
        each = row(told, number)
        parts = (each.allocating or 0) + (each.answering or 0) + (each.informing or 0)
        assert abs(parts - (each.to_answer or 0)) <= 3


def test_time_with_the_asker_for_information_is_apart(told: Consortium) -> None:
    asked = row(told, 3)
    assert minutes(asked.informing) in (29, 30)
    assert row(told, 0).informing is None


def test_a_decline_makes_the_coordinator_s_part_longer_not_the_first_allocation(told: Consortium) -> None:
    declined = row(told, 4)
    assert minutes(declined.to_allocation) in (2, 3)
    assert minutes(declined.allocating) in (14, 15)


def test_it_counts_for_the_service_that_holds_it_and_names_who_declined(told: Consortium) -> None:
    declined = row(told, 4)
    assert declined.service_id == told.services["lungs"].pk
    assert declined.declined_by_id == told.services["heart"].pk


def test_a_second_round_is_one(told: Consortium) -> None:
    assert [row(told, n).second_round for n in (0, 2)] == [False, True]


def test_a_correction_is_one_and_no_second_round(told: Consortium) -> None:
    corrected = row(told, 3)
    assert (corrected.corrected, corrected.second_round) == (True, False)


def test_an_answer_within_its_clock_is_on_time(told: Consortium) -> None:
    assert row(told, 0).answered_on_time is True


def test_an_answer_behind_its_clock_is_late(told: Consortium) -> None:
    assert row(told, 1).answered_on_time is False


def test_information_pauses_the_clock_of_the_answer(told: Consortium) -> None:
    assert row(told, 3).answered_on_time is True


def test_taken_behind_the_allocation_s_clock_is_late(told: Consortium) -> None:
    assert [row(told, n).allocated_on_time for n in (0, 1)] == [True, False]


def test_who_was_never_taken_has_no_allocation(told: Consortium) -> None:
    waiting = row(told, 6)
    assert (waiting.to_allocation, waiting.allocated_on_time, waiting.to_answer) == (None, None, None)


def test_the_outcome_that_the_asker_gave(told: Consortium) -> None:
    assert [(row(told, n).referral_avoided, row(told, n).usefulness) for n in (0, 1)] == [(True, 5), (False, 3)]


def test_the_month_is_that_of_the_sending(told: Consortium) -> None:
    assert row(told, 0).month == ago(65).date().replace(day=1)


def test_the_last_night_of_a_month_counts_in_the_consortium_s_zone(told: Consortium) -> None:
    midnight = NOW.replace(month=10, day=1, hour=0, minute=5)
    assert counted(told.ask(midnight)).month == midnight.date()


def test_the_region_is_that_of_the_asking_institution(told: Consortium) -> None:
    assert row(told, 5).region_id == told.places["plum"].region_id


def test_what_was_entered_in_error_does_not_count(told: Consortium) -> None:
    assert not Measured.unscoped.filter(case=told.cases[7]).exists()


def test_a_foundgoes_when_its_case_turns_out_an_error(told: Consortium) -> None:
    told.at(NOW, "willow", do.enter_in_error, case_id=told.cases[0].pk, reason="wrong_child")
    with acting_as(system("test")):
        months = gather([told.cases[0].pk])
    assert not Measured.unscoped.filter(case=told.cases[0]).exists()
    assert months == {ago(65).date().replace(day=1)}


def test_a_draft_does_not_count(told: Consortium) -> None:
    fields = {"patient_id": told.children["willow"].pk, "service_id": told.services["lungs"].pk}
    draft = told.at(NOW, "willow", do.save_draft, fields=fields)
    with acting_as(system("test")):
        assert gather([draft.pk]) == set()


def test_twice_gives_the_same_row(told: Consortium) -> None:
    before = list(Measured.unscoped.order_by("pk").values())
    told.roll()
    assert list(Measured.unscoped.order_by("pk").values()) == before


def test_no_case_no_month(told: Consortium) -> None:
    with acting_as(system("test")):
        assert gather([]) == set()


def test_a_second_opinion_that_was_given_makes_several(told: Consortium) -> None:
    case, people = told.cases[2], told.people
    plain = {
        "case": case, "asked_by": people["shen"], "question": "?", "asked_at": NOW, "service": told.services["heart"],
    }  # fmt: skip
    Opinion.unscoped.create(specialist=people["qian"], **plain)
    told.roll()
    assert row(told, 2).several is False
    said = {"given_at": NOW, "agrees": False, "text": "No.", "signer_name": "Qian"}
    Opinion.unscoped.create(specialist=people["lead"], **plain, **said)
    told.roll()
    assert row(told, 2).several is True


def test_raised_while_it_waits_the_new_clock_decides(told: Consortium) -> None:
    sent = ago(3)
    case_id = told.ask(sent)
    told.at(sent + timedelta(minutes=2), "willow", do.raise_urgency, case_id=case_id, priority=Priority.STAT)
    told.at(sent + timedelta(minutes=7), "shen", do.claim, case_id=case_id)
    assert counted(case_id).allocated_on_time is False


def test_routine_clocks_count_by_the_working_calendar(told: Consortium) -> None:
    """Asked on Friday evening, taken on Monday at opening: a quarter of an hour of working time."""
    with acting_as(system("test")) as actor:
        hours = dict.fromkeys(range(5), ((time(8), time(17)),))
        open_working_calendar(actor=actor, institution_id=told.places["hospital"].pk, hours=hours)
    friday = NOW.replace(day=16, hour=18)
    case_id = told.ask(friday, priority=Priority.ROUTINE)
    monday = NOW.replace(day=19, hour=8, minute=15)
    told.at(monday, "shen", do.claim, case_id=case_id)
    told.at(NOW, "shen", do.answer, case_id=case_id, advice=ADVICE)
    found = counted(case_id)
    assert (found.allocated_on_time, found.answered_on_time) == (True, True)


def test_routine_clocks_strike_by_the_working_calendar(told: Consortium) -> None:
    with acting_as(system("test")) as actor:
        hours = dict.fromkeys(range(5), ((time(8), time(17)),))
        open_working_calendar(actor=actor, institution_id=told.places["hospital"].pk, hours=hours)
    case_id = told.ask(NOW.replace(day=16, hour=18), priority=Priority.ROUTINE)
    told.at(NOW.replace(day=19, hour=8, minute=45), "shen", do.claim, case_id=case_id)
    assert counted(case_id).allocated_on_time is False


def test_without_a_calendar_routine_clocks_run_day_and_night(told: Consortium) -> None:
    case_id = told.ask(NOW.replace(day=16, hour=18), priority=Priority.ROUTINE)
    told.at(NOW.replace(day=19, hour=8, minute=15), "shen", do.claim, case_id=case_id)
    assert counted(case_id).allocated_on_time is False


def test_a_question_sent_again_counts_from_its_last_sending(told: Consortium) -> None:
    """Its first answer lies before that: it is not answered any more, and no time is below nothing."""
    case_id = told.ask(ago(20))
    told.answer(case_id, ago(20), taken=5, answered=50)
    Case.unscoped.filter(pk=case_id).update(submitted_at=ago(2))
    again = counted(case_id)
    assert (again.to_answer, again.to_allocation) == (None, None)
