"""Clocks that run out: whom they tell, page and hand on to; reminders and closing without review."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from consortium.casework.models import Case, Clock, ClockRule, Escalation, Service, ServiceMember
from consortium.casework.states import Ball, Leg, Priority, Tell
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import NotPermitted, WrongStep
from consortium.notices.models import Notice, Page, PageCall
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consortium.people.operations import suspend_person
from consultations import operations
from consultations.models import Consultation
from consultations.operations import Advice
from consultations.operations.timing import REMINDERS, auto_close, escalate_due, remind
from consultations.receivers.escalating import tell_of_escalation, tell_of_lapse, tell_of_reminder
from consultations.states import Step
from consultations.tasks import escalate, pass_on
from tests.cast import actor_for
from tests.consultations.cases import answered, by, claimed, submitted

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@contextmanager
def later(by: timedelta) -> Iterator[None]:
    with clock.moved(by):
        yield


def beat_after(by: timedelta) -> int:
    """One beat of the clock so much later: how many steps it took."""
    with later(by):
        return escalate()


def steps(consultation: Consultation) -> list[tuple[str, int, str]]:
    """(leg, percent, tell) of what was taken, in order."""
    rows = Escalation.unscoped.filter(case_id=consultation.pk).order_by("taken_at", "number")
    return list(rows.values_list("clock__leg", "percent", "tell"))


def case_of(consultation: Consultation) -> Case:
    case: Case = Case.unscoped.select_related("service").get(pk=consultation.pk)
    return case


def stored(consultation: Consultation) -> Consultation:
    made: Consultation = Consultation.unscoped.select_related("case").get(pk=consultation.pk)
    return made


def running(consultation: Consultation) -> Clock:
    found: Clock = Clock.unscoped.get(case_id=consultation.pk, stopped_at=None, paused_at=None)
    return found


def hear(receiver: Any, consultation: Consultation, verb: str) -> None:
    """Run what follows after the commit, for the newest act of that verb."""
    from consortium.kernel.events import DomainEvent

    entry = Entry.unscoped.filter(subject_id=str(consultation.pk), verb=verb).order_by("-seq").first()
    assert entry is not None
    event = DomainEvent.registry[entry.event].load(entry.payload)
    with acting_as(system("test")):
        receiver(entry.pk, event)


def kinds_told(user: User) -> list[str]:
    with acting_as(system("test")):
        return list(Notice.objects.filter(recipient=user).order_by("seq").values_list("kind", flat=True))


@pytest.fixture
def asked(asker: User, patient: Patient, service: Service, coordinator: User, lead: User) -> Consultation:
    return submitted(asker, patient, service)


@pytest.fixture
def held(asker: User, specialist: User, patient: Patient, service: Service, coordinator: User, lead: User) -> Any:
    return claimed(asker, specialist, patient, service)


@pytest.fixture
def told(asker: User, specialist: User, patient: Patient, service: Service, coordinator: User, lead: User) -> Any:
    return answered(asker, specialist, patient, service)


# -- when a step is taken ---------------------------------------------------------------------------------------------


def test_before_its_time_nothing_happens(held: Consultation) -> None:
    assert beat_after(59 * MINUTE) == 0
    assert steps(held) == []


def test_at_half_the_time_of_an_urgent_one_its_holder_is_warned(held: Consultation) -> None:
    assert beat_after(61 * MINUTE) == 1
    assert steps(held) == [(Leg.FIRST_ANSWER, 50, Tell.HOLDER)]


def test_when_it_is_over_the_lead_is_told(held: Consultation) -> None:
    beat_after(61 * MINUTE)
    assert beat_after(121 * MINUTE) == 1
    assert steps(held)[-1] == (Leg.FIRST_ANSWER, 100, Tell.LEAD)


def test_at_one_and_a_half_times_the_coordinator_takes_it_on(held: Consultation) -> None:
    for minutes in (61, 121, 181):
        beat_after(minutes * MINUTE)
    assert steps(held)[-1] == (Leg.FIRST_ANSWER, 150, Tell.COORDINATOR)
    assert (case_of(held).ball, case_of(held).ball_user_id) == (Ball.COORDINATOR, None)


def test_until_then_the_holder_keeps_it(held: Consultation, specialist: User) -> None:
    beat_after(61 * MINUTE)
    beat_after(121 * MINUTE)
    assert case_of(held).ball_user_id == specialist.pk


def test_the_step_of_the_case_stays(held: Consultation) -> None:
    beat_after(181 * MINUTE)
    assert stored(held).step == Step.RECEIVED


def test_after_the_last_step_there_is_none(held: Consultation) -> None:
    beat_after(181 * MINUTE)
    assert running(held).escalates_at is None
    assert beat_after(20 * HOUR) == 0


def test_a_beat_that_comes_again_finds_nothing(held: Consultation) -> None:
    with later(61 * MINUTE):
        assert (escalate(), escalate()) == (1, 0)


def test_what_comes_late_comes_in_order_and_warns_no_more(held: Consultation) -> None:
    assert beat_after(9 * HOUR) == 2
    assert steps(held) == [
        (Leg.FIRST_ANSWER, 100, Tell.LEAD),
        (Leg.FIRST_ANSWER, 150, Tell.COORDINATOR),
    ]


def test_each_step_stands_in_the_journal(held: Consultation) -> None:
    beat_after(9 * HOUR)
    acts = Entry.unscoped.filter(subject_id=str(held.pk), verb="escalate").order_by("seq")
    assert [(e.facts["id"], e.facts["percent"], e.facts["last"]) for e in acts] == [
        ("C15", 100, False), ("C15", 150, True),
    ]  # fmt: skip
    assert {e.actor_id for e in acts} == {None}


def test_a_stat_question_is_warned_about_in_minutes(
    asker: User, patient: Patient, service: Service, coordinator: User, specialist: User
) -> None:
    stat = submitted(asker, patient, service, priority=Priority.STAT)
    assert [beat_after(timedelta(seconds=s)) for s in (140, 155, 301, 451)] == [0, 1, 1, 1]
    assert [(p, t) for _leg, p, t in steps(stat)] == [(50, "holder"), (100, "lead"), (150, "coordinator")]


def test_a_routine_one_is_warned_about_at_four_fifths(
    asker: User, patient: Patient, service: Service, specialist: User
) -> None:
    claimed(asker, specialist, patient, service, priority=Priority.ROUTINE)
    assert [beat_after(h * HOUR) for h in (9.5, 9.7, 12.1, 18.1)] == [0, 1, 1, 1]


def test_what_was_answered_in_time_escalates_no_more(held: Consultation, specialist: User) -> None:
    by(specialist, operations.answer, case_id=held.pk, advice=Advice("Croup.", "Wait."))
    assert beat_after(9 * HOUR) == 0


def test_while_information_is_awaited_the_asker_s_clock_escalates(held: Consultation, specialist: User) -> None:
    by(specialist, operations.ask_information, case_id=held.pk, text="Stridor?")
    beat_after(9 * HOUR)
    assert {leg for leg, _percent, _tell in steps(held)} == {Leg.INFORMATION}


def test_once_it_has_come_the_pause_does_not_count(held: Consultation, asker: User, specialist: User) -> None:
    by(specialist, operations.ask_information, case_id=held.pk, text="Stridor?")
    with later(50 * MINUTE):
        by(asker, operations.supply_information, case_id=held.pk, text="Yes.")
    assert [beat_after(m * MINUTE) for m in (105, 111)] == [0, 1]


def test_a_raised_urgency_counts_from_the_first_send(held: Consultation, asker: User) -> None:
    with later(20 * MINUTE):
        by(asker, operations.raise_urgency, case_id=held.pk, priority=Priority.STAT)
        assert escalate() == 1
    assert steps(held) == [(Leg.FIRST_ANSWER, 100, Tell.LEAD)]


def test_a_draft_never_escalates(asker: User, patient: Patient, service: Service) -> None:
    from tests.consultations.cases import drafted

    drafted(asker, patient, service)
    assert beat_after(400 * DAY) == 0


def test_a_withdrawn_question_escalates_no_more(asked: Consultation, asker: User) -> None:
    by(asker, operations.withdraw, case_id=asked.pk, reason="resolved")
    assert beat_after(9 * HOUR) == 0


# -- a service's own rule ---------------------------------------------------------------------------------------------


def test_a_service_s_own_rule_goes_before_the_default(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    for number, (percent, tell) in enumerate([(25, Tell.LEAD), (200, Tell.COORDINATOR)], 1):
        ClockRule.objects.create(
            service=service, leg=Leg.FIRST_ANSWER, priority=Priority.URGENT, number=number, percent=percent, tell=tell
        )
    held = claimed(asker, specialist, patient, service)
    assert [beat_after(m * MINUTE) for m in (29, 31, 121, 241)] == [0, 1, 0, 1]
    assert [percent for _leg, percent, _tell in steps(held)] == [25, 200]


def test_a_chain_that_does_not_end_with_the_coordinator_leaves_the_ball(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    rule = {"service": service, "leg": Leg.FIRST_ANSWER, "priority": Priority.URGENT, "number": 1}
    ClockRule.objects.create(percent=100, tell=Tell.LEAD, **rule)
    held = claimed(asker, specialist, patient, service)
    beat_after(9 * HOUR)
    assert case_of(held).ball_user_id == specialist.pk
    assert not Escalation.unscoped.get(case_id=held.pk).is_last


# -- the coordinator's ball -------------------------------------------------------------------------------------------


def test_what_the_coordinator_took_on_is_not_swept_back(held: Consultation, specialist: User, asker: User) -> None:
    by(specialist, operations.ask_information, case_id=held.pk, text="Stridor?")
    with later(9 * HOUR):
        escalate()
        assert case_of(held).ball == Ball.COORDINATOR
        assert pass_on() == 0
        assert case_of(held).ball == Ball.COORDINATOR


def test_the_asker_s_act_takes_it_from_the_coordinator(held: Consultation, specialist: User, asker: User) -> None:
    by(specialist, operations.ask_information, case_id=held.pk, text="Stridor?")
    with later(9 * HOUR):
        escalate()
        by(asker, operations.supply_information, case_id=held.pk, text="Yes.")
    assert case_of(held).ball_user_id == specialist.pk


def test_the_specialist_s_answer_takes_it_from_the_coordinator(
    held: Consultation, specialist: User, asker: User
) -> None:
    with later(9 * HOUR):
        escalate()
        by(specialist, operations.answer, case_id=held.pk, advice=Advice("Croup.", "Wait."))
    assert case_of(held).ball_user_id == asker.pk


def test_the_coordinator_allocates_it_to_another(
    held: Consultation, specialist: User, other_specialist: User, coordinator: User
) -> None:
    with later(9 * HOUR):
        escalate()
        by(coordinator, operations.allocate, case_id=held.pk, responder_id=other_specialist.pk,
           instead_of=specialist.pk)  # fmt: skip
    assert case_of(held).ball_user_id == other_specialist.pk


# -- who is called and told -------------------------------------------------------------------------------------------


def test_stat_pages_and_others_do_not(held: Consultation, asker: User) -> None:
    beat_after(61 * MINUTE)
    with acting_as(system("test")):
        assert not Page.objects.filter(kind__startswith="consultation.time").exists()


def test_a_stat_step_pages_whom_it_tells_then_the_coordinator(
    asker: User, patient: Patient, service: Service, specialist: User, lead: User, coordinator: User
) -> None:
    claimed(asker, specialist, patient, service, priority=Priority.STAT)
    beat_after(16 * MINUTE)
    with acting_as(system("test")):
        page = Page.objects.get(kind="consultation.overdue")
        called = list(PageCall.objects.filter(page=page).order_by("position").values_list("user_id", flat=True))
    assert list(dict.fromkeys(called)) == [lead.pk, coordinator.pk]


def test_a_stat_step_that_finds_nobody_is_taken_all_the_same(
    asker: User, patient: Patient, service: Service, specialist: User, hospital: Institution, manager: User
) -> None:
    stat = submitted(asker, patient, service, priority=Priority.STAT)
    ServiceMember.objects.update(left_at=clock.now())
    assert beat_after(HOUR) == 2
    assert len(steps(stat)) == 2


def test_the_holder_is_told_that_the_time_runs_out(held: Consultation, specialist: User) -> None:
    beat_after(61 * MINUTE)
    hear(tell_of_escalation, held, "escalate")
    assert kinds_told(specialist)[-1] == "consultation.time_runs"


def test_the_lead_is_told_that_it_is_over(held: Consultation, lead: User) -> None:
    beat_after(61 * MINUTE)
    beat_after(121 * MINUTE)
    hear(tell_of_escalation, held, "escalate")
    assert "consultation.overdue" in kinds_told(lead)


def test_the_coordinator_is_told_that_they_have_it(held: Consultation, coordinator: User) -> None:
    beat_after(9 * HOUR)
    hear(tell_of_escalation, held, "escalate")
    assert "consultation.taken_on" in kinds_told(coordinator)


def test_without_a_lead_the_coordinator_is_told(
    asker: User, patient: Patient, service: Service, specialist: User, coordinator: User
) -> None:
    held = claimed(asker, specialist, patient, service)
    beat_after(61 * MINUTE)
    beat_after(121 * MINUTE)
    hear(tell_of_escalation, held, "escalate")
    assert "consultation.overdue" in kinds_told(coordinator)


def test_without_a_coordinator_the_lead_is_told(
    asker: User, patient: Patient, service: Service, specialist: User, lead: User
) -> None:
    held = claimed(asker, specialist, patient, service)
    beat_after(9 * HOUR)
    hear(tell_of_escalation, held, "escalate")
    assert "consultation.taken_on" in kinds_told(lead)


def test_in_a_queue_those_on_duty_are_told(asked: Consultation, specialist: User) -> None:
    beat_after(6 * MINUTE)
    hear(tell_of_escalation, asked, "escalate")
    assert kinds_told(specialist)[-1] == "consultation.time_runs"


def test_while_the_asker_owes_information_they_are_told(held: Consultation, specialist: User, asker: User) -> None:
    by(specialist, operations.ask_information, case_id=held.pk, text="Stridor?")
    beat_after(61 * MINUTE)
    hear(tell_of_escalation, held, "escalate")
    assert "consultation.time_runs" in kinds_told(asker)
    assert "consultation.time_runs" not in kinds_told(specialist)


def test_when_that_is_late_all_doctors_of_the_clinic_are(
    held: Consultation, specialist: User, asker: User, colleague: User
) -> None:
    by(specialist, operations.ask_information, case_id=held.pk, text="Stridor?")
    for minutes in (61, 121):
        beat_after(minutes * MINUTE)
    hear(tell_of_escalation, held, "escalate")
    assert "consultation.overdue" in kinds_told(colleague)
    assert "consultation.overdue" in kinds_told(asker)


def test_a_stat_question_that_waits_for_the_asker_warns_both(
    asker: User, patient: Patient, service: Service, specialist: User, coordinator: User
) -> None:
    claimed_ = claimed(asker, specialist, patient, service, priority=Priority.STAT)
    by(specialist, operations.ask_information, case_id=claimed_.pk, text="Stridor?")
    beat_after(8 * MINUTE)
    with acting_as(system("test")):
        page = Page.objects.get(kind="consultation.time_runs")
        called = set(PageCall.objects.filter(page=page).values_list("user_id", flat=True))
    assert called == {asker.pk, specialist.pk, coordinator.pk}


def test_stat_leaves_no_second_word_in_the_inbox(
    asker: User, patient: Patient, service: Service, specialist: User, lead: User
) -> None:
    stat = claimed(asker, specialist, patient, service, priority=Priority.STAT)
    beat_after(16 * MINUTE)
    before = len(kinds_told(lead))
    hear(tell_of_escalation, stat, "escalate")
    assert len(kinds_told(lead)) == before


def test_what_is_heard_twice_is_told_once(held: Consultation, specialist: User) -> None:
    beat_after(61 * MINUTE)
    hear(tell_of_escalation, held, "escalate")
    hear(tell_of_escalation, held, "escalate")
    assert kinds_told(specialist).count("consultation.time_runs") == 1


# -- reminders and closing (C14) --------------------------------------------------------------------------------------


def test_an_answer_that_waits_is_reminded_of(told: Consultation) -> None:
    assert [beat_after(d * DAY) for d in (1.9, 2.1)] == [0, 1]
    assert (stored(told).step, stored(told).reminders) == (Step.ANSWERED, 1)


def test_it_is_reminded_of_twice(told: Consultation) -> None:
    assert [beat_after(d * DAY) for d in (2.1, 2.9, 3.2, 4, 13)] == [1, 0, 1, 0, 0]
    assert stored(told).reminders == REMINDERS


def test_then_it_closes_by_itself(told: Consultation) -> None:
    assert [beat_after(d * DAY) for d in (2.1, 3.2, 13.9, 14.1)] == [1, 1, 0, 1]
    assert (stored(told).step, case_of(told).is_open) == (Step.CLOSED_UNREVIEWED, False)
    assert not Clock.unscoped.filter(case_id=told.pk, stopped_at=None).exists()


def test_when_is_a_setting(told: Consultation, settings: Any) -> None:
    settings.REVIEW_CLOSE_DAYS = 5
    assert [beat_after(d * DAY) for d in (2.1, 3.2, 5.1)] == [1, 1, 1]
    assert stored(told).step == Step.CLOSED_UNREVIEWED


def test_after_an_outage_there_is_a_day_between_reminders_and_closing(told: Consultation) -> None:
    assert [beat_after(d * DAY) for d in (20, 20.5, 21.1, 21.9, 22.2)] == [1, 0, 1, 0, 1]


def test_it_is_never_counted_as_managed_locally(told: Consultation) -> None:
    for days in (3, 5, 15):
        beat_after(days * DAY)
    assert (stored(told).change, stored(told).referral_avoided) == ("", None)


def test_its_pathway_closes_with_it(told: Consultation) -> None:
    for days in (3, 5, 15):
        beat_after(days * DAY)
    pathway = Case.unscoped.select_related("pathway").get(pk=told.pk).pathway
    assert pathway is not None
    assert pathway.closed_at is not None


def test_who_reviews_is_reminded_no_more(told: Consultation, asker: User) -> None:
    by(asker, operations.close_out, case_id=told.pk, change="treatment", referral_avoided=True)
    assert beat_after(20 * DAY) == 0


def test_a_second_round_counts_its_reminders_anew(told: Consultation, asker: User, specialist: User) -> None:
    beat_after(2.1 * DAY)
    with later(2.2 * DAY):
        by(asker, operations.ask_clarification, case_id=told.pk, text="Once?")
        by(specialist, operations.answer, case_id=told.pk, advice=Advice("Croup.", "Once."))
    assert [beat_after(d * DAY) for d in (4.4, 5.5, 16.1, 16.3)] == [1, 1, 0, 1]
    assert (stored(told).step, stored(told).reminders) == (Step.CLOSED_UNREVIEWED, 2)


def test_what_closed_by_itself_can_be_opened_again(told: Consultation, asker: User) -> None:
    for days in (3, 5, 15):
        beat_after(days * DAY)
    with later(16 * DAY):
        by(asker, operations.reopen, case_id=told.pk, text="She is worse.")
    assert stored(told).step == Step.CLARIFICATION


def test_the_asking_side_is_reminded(told: Consultation, asker: User) -> None:
    beat_after(2.1 * DAY)
    hear(tell_of_reminder, told, "remind")
    assert kinds_told(asker)[-1] == "consultation.review"


def test_both_sides_are_told_that_it_closed(told: Consultation, asker: User, specialist: User) -> None:
    for days in (3, 5, 15):
        beat_after(days * DAY)
    hear(tell_of_lapse, told, "auto_close")
    assert kinds_told(asker)[-1] == "consultation.lapsed"
    assert kinds_told(specialist)[-1] == "consultation.lapsed"


# -- a correction that nobody reads (C19) -----------------------------------------------------------------------------


@pytest.fixture
def corrected(told: Consultation, specialist: User) -> Consultation:
    advice = Advice("Mild croup.", "Nothing more.")
    made: Consultation = by(specialist, operations.correct_answer, case_id=told.pk, advice=advice, reason="Misread.")
    return made


def test_a_correction_that_is_not_read_goes_to_the_coordinator(corrected: Consultation) -> None:
    assert [beat_after(d * DAY) for d in (2.1, 3.2)] == [1, 1]
    assert [tell for _leg, _percent, tell in steps(corrected)] == [Tell.HOLDER, Tell.COORDINATOR]
    assert case_of(corrected).ball == Ball.COORDINATOR


def test_late_it_goes_there_at_once(corrected: Consultation) -> None:
    assert beat_after(10 * DAY) == 2
    assert case_of(corrected).ball == Ball.COORDINATOR


def test_it_never_closes_by_itself(corrected: Consultation) -> None:
    for days in (3, 5, 15, 40):
        beat_after(days * DAY)
    assert stored(corrected).step == Step.ANSWERED


def test_once_it_is_read_the_review_begins_anew(corrected: Consultation, asker: User) -> None:
    beat_after(10 * DAY)
    with later(11 * DAY):
        by(asker, operations.acknowledge_correction, case_id=corrected.pk)
    assert case_of(corrected).ball_user_id == asker.pk
    assert [beat_after(d * DAY) for d in (12.9, 13.1)] == [0, 1]


def test_read_in_time_the_clock_runs_on(corrected: Consultation, asker: User) -> None:
    started = running(corrected).started_at
    with later(HOUR):
        by(asker, operations.acknowledge_correction, case_id=corrected.pk)
    assert running(corrected).started_at == started


# -- only the system --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["asker", "specialist", "lead", "coordinator"])
def test_nobody_else_reminds_or_closes(told: Consultation, who: str, request: pytest.FixtureRequest) -> None:
    actor = actor_for(request.getfixturevalue(who))
    with acting_as(actor):
        with pytest.raises(NotPermitted):
            remind(actor=actor, case_id=told.pk, number=1)
        with pytest.raises(NotPermitted):
            auto_close(actor=actor, case_id=told.pk)


def test_what_is_not_answered_is_not_closed(held: Consultation) -> None:
    with acting_as(system("test")) as actor, pytest.raises(WrongStep):
        auto_close(actor=actor, case_id=held.pk)


def test_the_asker_who_left_is_reminded_through_a_colleague(
    told: Consultation, asker: User, colleague: User, community: Institution, manager: User
) -> None:
    by(manager, suspend_person, user_id=asker.pk, institution_id=community.pk)
    beat_after(2.1 * DAY)
    hear(tell_of_reminder, told, "remind")
    assert "consultation.review" in kinds_told(colleague)


# -- cost -------------------------------------------------------------------------------------------------------------


def test_a_beat_that_finds_nothing_is_one_query(told: Consultation, django_assert_num_queries: Any) -> None:
    with acting_as(system("test")) as actor, django_assert_num_queries(1):
        assert escalate_due(actor=actor) == 0


def test_due_clocks_are_read_by_their_index(held: Consultation) -> None:
    with connection.cursor() as cursor:
        # of the few rows of a test every index is as good: only this one also has their order
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM casework_clock WHERE stopped_at IS NULL AND paused_at IS NULL"
            " AND escalates_at <= now() ORDER BY escalates_at, id LIMIT 200"
        )
        assert "casework_clock_escalates" in "".join(row[0] for row in cursor.fetchall())
