"""What became of the child: asked on day 21, reminded, then the coordinator's; told, changed, or not reachable."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from consortium.casework.events import ItemTakenOver
from consortium.casework.models import Service
from consortium.casework.queries.open_items import open_items
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, NotVisible, WrongStep, database_rules
from consortium.notices.models import Notice
from consortium.patients.models import Patient
from consortium.people.models import Institution, Membership, User
from consortium.people.states import Role
from consultations import events, operations
from consultations.models import Consultation, OutcomeChase
from consultations.models.outcomes import OUTCOMES, OutcomeStep
from consultations.operations.following import (
    begin_chase,
    chase_due,
    miss_outcome,
    pass_outcome_on,
    tell_outcome,
)
from consultations.queries.outcomes import (
    names_in,
    outcome_line,
    outcome_of,
    outcome_shown,
    outcomes_to_tell,
    waiting_outcomes,
    waiting_panel,
    waiting_row,
)
from consultations.queries.timeline import steps_of
from consultations.receivers import following
from consultations.tasks import chase_outcomes
from tests.cast import actor_for
from tests.consultations.cases import answered, by
from tests.factories.people import make_seat

DAY = timedelta(days=1)


@pytest.fixture
def closed(asker: User, specialist: User, patient: Patient, service: Service) -> Consultation:
    made = answered(asker, specialist, patient, service)
    done: Consultation = by(
        asker, operations.close_out, case_id=made.pk, change="treatment", referral_avoided=True, usefulness=4
    )
    return done


def chase(made: Consultation) -> OutcomeChase:
    found: OutcomeChase = OutcomeChase.unscoped.filter(case_id=made.pk).order_by("-opened_at")[0]
    return found


def beat(days: float = 0) -> int:
    with clock.moved(days * DAY):
        return chase_outcomes()


def asked(made: Consultation) -> OutcomeChase:
    beat(21.1)
    return chase(made)


def at_office(made: Consultation) -> OutcomeChase:
    for day in (21.1, 24.2, 27.3, 30.4):
        beat(day)
    return chase(made)


def tell(user: User, made: Consultation, **words: Any) -> OutcomeChase:
    plain = {"outcome": "resolved", "advice_fit": "yes", **words}
    found: OutcomeChase = by(user, tell_outcome, case_id=made.pk, **plain)
    return found


# -- when it is asked


def test_closing_out_begins_it(closed: Consultation) -> None:
    assert chase(closed).step == OutcomeStep.PENDING


def test_it_is_due_in_three_weeks(closed: Consultation) -> None:
    row = chase(closed)
    assert row.due_at - row.opened_at == 21 * DAY


def test_after_how_many_days_is_a_setting(asker: User, specialist: User, patient: Patient, service: Service,
                                          settings: Any) -> None:  # fmt: skip
    settings.OUTCOME_DAYS = 3
    made = answered(asker, specialist, patient, service)
    by(asker, operations.close_out, case_id=made.pk, change="nothing", referral_avoided=False)
    assert chase(made).due_at - chase(made).opened_at == 3 * DAY


def test_a_lapsed_question_is_followed_too(closed: Consultation) -> None:
    OutcomeChase.unscoped.all().delete()
    with acting_as(system("test")):
        following.chase_after_lapse(1, events.ConsultationLapsed(closed.pk))
    assert chase(closed).step == OutcomeStep.PENDING


def test_beginning_twice_is_once(closed: Consultation) -> None:
    with acting_as(system("test")) as actor:
        assert begin_chase(actor=actor, case_id=closed.pk) == chase(closed)
    assert OutcomeChase.unscoped.count() == 1


def test_nobody_is_asked_before_the_day(closed: Consultation) -> None:
    assert beat(20.9) == 0


def test_on_the_day_the_asker_is_asked_by_name(closed: Consultation, asker: User) -> None:
    row = asked(closed)
    assert (row.step, row.holder) == (OutcomeStep.ASKED, asker)


def test_an_asker_who_has_left_is_not_asked_by_name(closed: Consultation, asker: User) -> None:
    Membership.unscoped.filter(user=asker).update(ends_on=clock.today() - DAY)
    assert asked(closed).holder is None


def test_a_second_round_at_once_does_nothing(closed: Consultation) -> None:
    assert (beat(21.1), beat(21.1)) == (1, 0)


def test_a_row_that_another_round_has_moved_is_passed_by(closed: Consultation) -> None:
    from consultations.operations.following import _chase_one

    with acting_as(system("test")) as actor:
        assert _chase_one(actor, chase(closed).pk) is False


def test_two_reminders_then_the_coordinator(closed: Consultation) -> None:
    seen = []
    for day in (21.1, 24.2, 27.3, 30.4):
        beat(day)
        seen.append((chase(closed).step, chase(closed).reminders))
    assert seen == [("asked", 0), ("asked", 1), ("asked", 2), ("office", 2)]


def test_a_reminder_does_not_come_early(closed: Consultation) -> None:
    asked(closed)
    assert beat(23.9) == 0


def test_after_a_long_rest_of_the_worker_one_step_is_taken_at_a_time(closed: Consultation) -> None:
    assert beat(60) == 1
    assert chase(closed).reminders == 0


def test_at_the_office_the_clock_has_nothing_more_to_do(closed: Consultation) -> None:
    at_office(closed)
    assert beat(90) == 0


def test_each_step_is_an_entry(closed: Consultation) -> None:
    at_office(closed)
    verbs = list(Entry.unscoped.filter(verb__endswith="_outcome").order_by("id").values_list("verb", flat=True))
    assert verbs == ["ask_outcome", "remind_outcome", "remind_outcome", "pass_outcome"]


def test_the_timeline_tells_of_it(closed: Consultation, asker: User) -> None:
    asked(closed)
    tell(asker, closed)
    with acting_as(actor_for(asker)):
        labels = [str(step["label"]) for step in steps_of(closed.case)]
    assert labels[-2:] == ["Asked how the child is", "What became of the child was told"]


def test_reopening_stops_it(closed: Consultation, asker: User) -> None:
    by(asker, operations.reopen, case_id=closed.pk, text="Worse again.")
    assert (chase(closed).step, chase(closed).next_at) == (OutcomeStep.STOPPED, None)


def test_closing_again_asks_anew(closed: Consultation, asker: User, specialist: User) -> None:
    from consultations.operations import Advice

    by(asker, operations.reopen, case_id=closed.pk, text="Worse again.")
    by(specialist, operations.answer, case_id=closed.pk, advice=Advice("Croup.", "More."))
    by(asker, operations.close_out, case_id=closed.pk, change="treatment", referral_avoided=True)
    steps = OutcomeChase.unscoped.order_by("opened_at").values_list("step", flat=True)
    assert list(steps) == [OutcomeStep.STOPPED, OutcomeStep.PENDING]


def test_a_correction_that_opens_the_case_stops_it(closed: Consultation, specialist: User) -> None:
    from consultations.operations import Advice

    by(specialist, operations.correct_answer, case_id=closed.pk, advice=Advice("Croup.", "Less."), reason="Dose")
    assert chase(closed).step == OutcomeStep.STOPPED


def test_an_error_stops_it(closed: Consultation, asker: User) -> None:
    by(asker, operations.enter_in_error, case_id=closed.pk, reason="wrong_child")
    assert chase(closed).step == OutcomeStep.STOPPED


# -- telling


@pytest.mark.parametrize("when", [0, 21.1])
def test_the_asker_tells_it_on_the_day_or_before(closed: Consultation, asker: User, when: float) -> None:
    beat(when)
    row = tell(asker, closed, diagnosis=" Croup ", agreement="same", note=" Well after a day. ")
    assert (row.step, row.outcome, row.diagnosis, row.note) == ("known", "resolved", "Croup", "Well after a day.")


def test_who_told_and_when_is_kept(closed: Consultation, nurse: User) -> None:
    row = tell(nurse, closed)
    assert (row.told_by_id, row.told_at is not None, row.next_at) == (nurse.pk, True, None)


def test_nobody_is_reminded_of_what_was_told(closed: Consultation, asker: User) -> None:
    asked(closed)
    tell(asker, closed)
    assert beat(40) == 0


def test_a_colleague_tells_it_too(closed: Consultation, colleague: User) -> None:
    assert tell(colleague, closed).step == OutcomeStep.KNOWN


def test_the_specialist_does_not_tell_it(closed: Consultation, specialist: User) -> None:
    with pytest.raises(NotPermitted, match="asking clinic"):
        tell(specialist, closed)


def test_a_stranger_does_not_see_it(closed: Consultation, stranger: User) -> None:
    with pytest.raises(NotVisible):
        tell(stranger, closed)


def test_the_coordinator_does_not_see_it_before_it_is_theirs(closed: Consultation, coordinator: User) -> None:
    asked(closed)
    with pytest.raises(NotVisible):
        tell(coordinator, closed)


def test_the_coordinator_tells_it_once_it_is_theirs(closed: Consultation, coordinator: User) -> None:
    at_office(closed)
    assert tell(coordinator, closed, outcome="referred").outcome == "referred"


def test_what_was_told_can_be_changed(closed: Consultation, asker: User) -> None:
    tell(asker, closed)
    assert tell(asker, closed, outcome="worse").outcome == "worse"


def test_the_same_again_is_no_second_entry(closed: Consultation, asker: User) -> None:
    for _ in range(2):
        tell(asker, closed)
    assert Entry.unscoped.filter(verb="tell_outcome").count() == 1


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"outcome": "flown"}, "outcome"), ({"outcome": ""}, "outcome"), ({"advice_fit": ""}, "advice_fit"),
        ({"agreement": "maybe"}, "agreement"), ({"diagnosis": "x" * 201}, "diagnosis"), ({"note": "x" * 2001}, "note"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(closed: Consultation, asker: User, words: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        tell(asker, closed, **words)
    assert list(refused.value.fields) == [field]


def test_the_journal_keeps_the_code_open_and_the_words_sealed(closed: Consultation, asker: User) -> None:
    tell(asker, closed, diagnosis="Croup of Xiaoyu")
    entry = Entry.unscoped.get(verb="tell_outcome")
    assert entry.facts["outcome"] == "resolved"
    assert "Xiaoyu" not in str(entry.facts)
    assert entry.sealed


def test_a_question_that_was_not_closed_has_no_outcome(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    made = answered(asker, specialist, patient, service)
    with pytest.raises(NotVisible):
        tell(asker, made)


# -- not reachable


def test_the_family_cannot_be_reached(closed: Consultation, asker: User) -> None:
    asked(closed)
    row = by(asker, miss_outcome, case_id=closed.pk, reason="moved", note="To Hefei.")
    assert (row.step, row.miss_reason, row.note) == ("unreachable", "moved", "To Hefei.")


def test_it_needs_a_reason(closed: Consultation, asker: User) -> None:
    asked(closed)
    with pytest.raises(InvalidInput, match="Choose a reason"):
        by(asker, miss_outcome, case_id=closed.pk, reason="")


def test_its_note_has_an_end(closed: Consultation, asker: User) -> None:
    asked(closed)
    with pytest.raises(InvalidInput, match="2000"):
        by(asker, miss_outcome, case_id=closed.pk, reason="moved", note="x" * 2001)


def test_before_anybody_was_asked_nobody_is_missed(closed: Consultation, asker: User) -> None:
    with pytest.raises(WrongStep):
        by(asker, miss_outcome, case_id=closed.pk, reason="moved")


def test_missed_twice_is_once(closed: Consultation, asker: User) -> None:
    asked(closed)
    for _ in range(2):
        by(asker, miss_outcome, case_id=closed.pk, reason="moved")
    assert Entry.unscoped.filter(verb="miss_outcome").count() == 1


def test_who_is_reached_after_all_is_told_of(closed: Consultation, asker: User) -> None:
    asked(closed)
    by(asker, miss_outcome, case_id=closed.pk, reason="no_answer")
    row = tell(asker, closed)
    assert (row.step, row.miss_reason) == (OutcomeStep.KNOWN, "")


# -- who is told


def heard(user: User) -> list[str]:
    return list(
        Notice.unscoped.filter(recipient=user, kind__contains="outcome").order_by("pk").values_list("kind", flat=True)
    )


def run(made: Consultation, receiver: Any, event: Any) -> None:
    with acting_as(system("test")):
        entry = Entry.unscoped.filter(subject_id=str(made.pk)).order_by("-id")[0]
        receiver(entry.pk, event)


def test_the_asker_hears_of_it(closed: Consultation, asker: User) -> None:
    row = asked(closed)
    run(closed, following.ask_clinic, events.OutcomeAsked(closed.pk, row.pk, 0))
    assert heard(asker) == ["consultation.outcome"]


def test_a_reminder_says_that_it_is_one(closed: Consultation, asker: User) -> None:
    row = asked(closed)
    run(closed, following.ask_clinic, events.OutcomeAsked(closed.pk, row.pk, 1))
    assert heard(asker) == ["consultation.outcome_again"]


def test_the_whole_clinic_hears_when_the_asker_has_left(closed: Consultation, asker: User, colleague: User) -> None:
    Membership.unscoped.filter(user=asker).update(ends_on=clock.today() - DAY)
    row = asked(closed)
    run(closed, following.ask_clinic, events.OutcomeAsked(closed.pk, row.pk, 0))
    assert heard(colleague) == ["consultation.outcome"]


def test_the_coordinators_hear_when_it_is_theirs(closed: Consultation, coordinator: User) -> None:
    row = at_office(closed)
    run(closed, following.ask_office, events.OutcomePassedOn(closed.pk, row.pk))
    assert heard(coordinator) == ["consultation.outcome_office"]


def test_the_specialist_learns_what_became_of_the_child(closed: Consultation, asker: User, specialist: User) -> None:
    row = tell(asker, closed)
    run(closed, following.tell_specialist, events.OutcomeTold(closed.pk, row.pk, "resolved", "yes"))
    assert Notice.unscoped.get(recipient=specialist, kind="consultation.outcome_told").url == "/consultations/mine/"


def test_a_case_without_a_specialist_tells_nobody(closed: Consultation, asker: User) -> None:
    from consortium.casework.models import Case

    Case.unscoped.filter(pk=closed.pk).update(responder=None)
    run(closed, following.tell_specialist, events.OutcomeTold(closed.pk, uuid4(), "resolved", "yes"))
    assert not Notice.unscoped.filter(kind="consultation.outcome_told").exists()


# -- lists


def listed(user: User) -> list[dict[str, Any]]:
    actor = actor_for(user)
    with acting_as(actor):
        page = waiting_outcomes(actor)
        known = names_in(page.items)
        return [waiting_row(each, actor, known) for each in page.items]


def test_what_is_asked_for_stands_on_the_clinics_list(closed: Consultation, asker: User, patient: Patient) -> None:
    asked(closed)
    (row,) = listed(asker)
    assert (row["mine"], patient.name in row["who"], row["phone"]) == (True, True, "")


def test_a_nurse_finds_it_too(closed: Consultation, nurse: User) -> None:
    asked(closed)
    assert [row["mine"] for row in listed(nurse)] == [False]


def test_before_the_day_the_list_is_empty(closed: Consultation, asker: User) -> None:
    assert listed(asker) == []


def test_the_specialist_is_asked_for_nothing(closed: Consultation, specialist: User) -> None:
    asked(closed)
    assert listed(specialist) == []


def test_the_office_sees_whom_to_call_and_no_name(closed: Consultation, coordinator: User, patient: Patient) -> None:
    at_office(closed)
    (row,) = listed(coordinator)
    assert (row["office"], row["phone"], patient.name in row["who"]) == (True, "021 5555 0100", False)


def test_the_card_beside_the_worklist(closed: Consultation, asker: User) -> None:
    asked(closed)
    actor = actor_for(asker)
    with acting_as(actor):
        panel = waiting_panel(actor)
    assert panel is not None
    assert (len(panel["rows"]), panel["more"]) == (1, False)


@pytest.mark.parametrize("who", ["asker", "specialist"])
def test_no_card_where_nothing_waits(closed: Consultation, request: pytest.FixtureRequest, who: str) -> None:
    actor = actor_for(request.getfixturevalue(who))
    with acting_as(actor):
        assert waiting_panel(actor) is None


def shown(user: User, made: Consultation) -> dict[str, Any] | None:
    actor = actor_for(user)
    made.case.refresh_from_db()
    with acting_as(actor):
        return outcome_shown(actor, made.case)


def test_the_case_says_when_it_will_be_asked(closed: Consultation, asker: User) -> None:
    told = shown(asker, closed)
    assert told is not None
    assert (told["known"], told["waiting"], bool(told["url"])) == (False, False, True)


def test_the_case_shows_the_specialist_what_came_of_it(closed: Consultation, asker: User, specialist: User) -> None:
    tell(asker, closed, diagnosis="Croup")
    told = shown(specialist, closed)
    assert told is not None
    assert (str(told["label"]), told["tone"], told["diagnosis"], told["url"]) == ("Well again", "green", "Croup", "")


def test_an_open_case_shows_none(closed: Consultation, asker: User) -> None:
    by(asker, operations.reopen, case_id=closed.pk, text="Worse.")
    assert shown(asker, closed) is None


def test_a_closed_case_without_a_chase_shows_none(closed: Consultation, asker: User) -> None:
    OutcomeChase.unscoped.all().delete()
    assert shown(asker, closed) is None


def test_the_print_has_a_line_of_it(closed: Consultation, asker: User) -> None:
    with acting_as(actor_for(asker)):
        assert outcome_line(closed.pk) == ""
    tell(asker, closed, diagnosis="Croup")
    with acting_as(actor_for(asker)):
        assert outcome_line(closed.pk).startswith("Well again, Croup, 20")


def test_the_newest_is_found(closed: Consultation, asker: User) -> None:
    with acting_as(actor_for(asker)):
        assert outcome_of(closed.pk) == chase(closed)


# -- handing over


def test_what_one_is_asked_for_by_name_is_handed_over(
    closed: Consultation, asker: User, community: Institution, cardiology: Any
) -> None:
    from tests.factories.cases import make_service

    own = make_service(community, cardiology)
    asked(closed)
    with acting_as(system("test")):
        assert [item.kind for item in outcomes_to_tell(asker.pk, own.pk)] == ["outcome"]
        assert [item.kind for item in open_items(asker.pk, own.pk)] == ["outcome"]


def test_a_service_of_another_house_hands_over_nothing(closed: Consultation, asker: User, service: Service) -> None:
    asked(closed)
    with acting_as(system("test")):
        assert outcomes_to_tell(asker.pk, service.pk) == []


def test_who_takes_over_is_asked(closed: Consultation, asker: User, colleague: User, service: Service) -> None:
    row = asked(closed)
    event = ItemTakenOver(uuid4(), "outcome", row.pk, service.pk, asker.pk, colleague.pk)
    run(closed, following.pass_on_outcome, event)
    assert chase(closed).holder == colleague


def test_who_does_not_work_there_leaves_it_to_the_clinic(closed: Consultation, asker: User, specialist: User) -> None:
    row = asked(closed)
    with acting_as(system("test")), transaction.atomic():
        pass_outcome_on(outcome_id=row.pk, from_id=asker.pk, to_id=specialist.pk)
    assert chase(closed).holder is None


def test_what_somebody_else_holds_stays(closed: Consultation, asker: User, colleague: User, nurse: User) -> None:
    row = asked(closed)
    with acting_as(system("test")), transaction.atomic():
        pass_outcome_on(outcome_id=row.pk, from_id=nurse.pk, to_id=colleague.pk)
    assert chase(closed).holder == asker


def test_other_things_that_are_taken_over_are_none_of_ours(closed: Consultation, asker: User, colleague: User,
                                                           service: Service) -> None:  # fmt: skip
    row = asked(closed)
    run(closed, following.pass_on_outcome, ItemTakenOver(uuid4(), "case", row.pk, service.pk, asker.pk, colleague.pk))
    assert chase(closed).holder == asker


# -- what the database holds


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"step": OutcomeStep.KNOWN}, "how the child is"),
        ({"step": OutcomeStep.UNREACHABLE}, "could not be reached"),
    ],
)
def test_the_database_refuses_half_an_outcome(closed: Consultation, fields: Any, words: str) -> None:
    beat(21.1)
    with pytest.raises(DomainError, match=words), database_rules(), transaction.atomic():
        OutcomeChase.unscoped.update(**fields)


def test_the_database_refuses_a_second_open_one(closed: Consultation) -> None:
    row = chase(closed)
    row.pk = uuid4()
    with pytest.raises(DomainError, match="asked already"), database_rules(), transaction.atomic():
        row.save(force_insert=True)


def test_the_database_refuses_a_step_that_is_none(closed: Consultation) -> None:
    with pytest.raises(WrongStep), database_rules(), transaction.atomic():
        OutcomeChase.unscoped.update(step=OutcomeStep.OFFICE)


def test_the_clocks_acts_are_nobody_elses(closed: Consultation, asker: User) -> None:
    actor, row = actor_for(asker), chase(closed)
    with acting_as(actor):
        assert [t.verb for t in OUTCOMES.available(actor, row)] == ["tell"]


def test_erasing_takes_the_words_and_leaves_the_count(closed: Consultation, asker: User, patient: Patient) -> None:
    from consortium.patients.events import PatientErased

    tell(asker, closed, diagnosis="Croup", note="Xiaoyu is well.")
    run(closed, following.erase_outcomes, PatientErased(patient.pk))
    row = chase(closed)
    assert (row.diagnosis, row.note, row.outcome) == ("", "", "resolved")


def test_the_round_takes_the_longest_due_first(closed: Consultation) -> None:
    with acting_as(system("test")) as actor, clock.moved(22 * DAY):
        assert chase_due(actor=actor) == 1


def test_a_clinician_of_two_houses_sees_both(closed: Consultation, specialist: User, community: Institution) -> None:
    make_seat(specialist, community, Role.NURSE)
    asked(closed)
    assert len(listed(specialist)) == 1
