"""From one shift to the next: nothing open is left without a holder, whatever happens at once."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from consortium.casework import operations
from consortium.casework.models import BallSpell, Case, Clock, Handover, HandoverItem, Service, ServiceMember, Shift
from consortium.casework.queries.on_duty import is_on_duty
from consortium.casework.queries.open_items import open_items
from consortium.casework.receivers import erase_notes
from consortium.casework.states import HANDOVER_GRACE, Ball, HandoverStep, ItemOutcome, Leg, Priority
from consortium.casework.tasks import end_duties
from consortium.journal.models import Delivery, Entry
from consortium.journal.tasks import relay
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, NotVisible, Taken, WrongStep
from consortium.notices.models import Notice, Page, PageCall
from consortium.notices.operations import start_page
from consortium.patients.events import PatientErased
from consortium.patients.models import PathwayMember, Patient
from consortium.people.models import User
from consultations import operations as consult
from consultations.models import Consultation
from consultations.operations import Advice
from consultations.queries import can_answer
from tests.casework.rosters import shift, soon
from tests.cast import actor_for
from tests.consultations.cases import answered, by, claimed, submitted
from tests.consultations.test_concurrency import as_user, race

pytestmark = pytest.mark.django_db


def offer(user: User, service: Service, to: User, **words: Any) -> Handover:
    done: Handover = by(user, operations.offer_handover, service_id=service.pk, to_user_id=to.pk, **words)
    return done


def take(user: User, made: Handover) -> Handover:
    done: Handover = by(user, operations.take_over, handover_id=made.pk)
    return done


def off(user: User, service: Service) -> None:
    by(user, operations.go_off_duty, service_id=service.pk, user_id=user.pk)


def now_of(consultation: Consultation) -> Case:
    case: Case = Case.unscoped.get(pk=consultation.pk)
    return case


# -- what is open -----------------------------------------------------------------------------------------------------


def test_the_list_names_every_case_in_hand(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    made = {claimed(asker, specialist, patient, service).pk for _ in range(2)}
    assert {item.item_id for item in open_items(specialist.pk, service.pk)} == made


def test_a_case_on_hold_is_still_mine(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    made = claimed(asker, specialist, patient, service)
    by(specialist, consult.ask_information, case_id=made.pk, text="Stridor?")
    assert [item.item_id for item in open_items(specialist.pk, service.pk)] == [made.pk]


def test_an_answered_case_is_the_askers(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    answered(asker, specialist, patient, service)
    assert open_items(specialist.pk, service.pk) == []


def test_the_most_urgent_stands_first(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    slow = claimed(asker, specialist, patient, service, priority=Priority.ROUTINE)
    fast = claimed(asker, specialist, patient, service, priority=Priority.STAT)
    assert [item.item_id for item in open_items(specialist.pk, service.pk)] == [fast.pk, slow.pk]


def test_cases_of_another_service_are_handed_over_there(
    asker: User, specialist: User, patient: Patient, service: Service, other_service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    assert open_items(specialist.pk, other_service.pk) == []


def page_of(case: Case, *people: User) -> Page:
    with acting_as(system("test")) as actor:
        made: Page = start_page(
            actor=actor,
            people=[p.pk for p in people],
            kind="consultation.stat",
            subject=case,
            url="/",
            once=str(uuid4()),
        )
    return made


def test_a_page_that_called_me_is_open_until_somebody_takes_it(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    case = submitted(asker, patient, service, priority=Priority.ROUTINE).case
    made = page_of(case, specialist, other_specialist)
    assert [(i.kind, i.item_id) for i in open_items(specialist.pk, service.pk)] == [("page", made.pk)]
    assert open_items(other_specialist.pk, service.pk) == [], "not called yet"


# -- offering ---------------------------------------------------------------------------------------------------------


def test_an_offer_lists_everything_with_its_notes_and_moves_nothing(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    one, two = (claimed(asker, specialist, patient, service) for _ in range(2))
    made = offer(specialist, service, other_specialist, notes={f"case:{one.pk}": " Recheck at 9 "})
    notes = dict(HandoverItem.unscoped.filter(handover=made).values_list("item_id", "note"))
    assert notes == {one.pk: "Recheck at 9", two.pk: ""}
    assert now_of(one).ball_user_id == specialist.pk


def test_the_same_key_twice_is_one_offer(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    key = uuid4()
    first = offer(specialist, service, other_specialist, key=key)
    assert offer(specialist, service, other_specialist, key=key).pk == first.pk


def test_a_second_offer_is_refused_while_the_first_waits(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    offer(specialist, service, other_specialist)
    with pytest.raises(DomainError, match="already"):
        offer(specialist, service, other_specialist)


def test_nothing_open_is_nothing_to_hand_over(specialist: User, other_specialist: User, service: Service) -> None:
    with pytest.raises(WrongStep, match="nothing open"):
        offer(specialist, service, other_specialist)


@pytest.mark.parametrize("whom", ["specialist", "asker", "coordinator"])
def test_it_is_offered_to_a_colleague_of_the_service(
    whom: str, asker: User, specialist: User, patient: Patient, service: Service, request: pytest.FixtureRequest
) -> None:
    claimed(asker, specialist, patient, service)
    with pytest.raises(InvalidInput) as refused:
        offer(specialist, service, request.getfixturevalue(whom))
    assert "to_user_id" in refused.value.fields


def test_a_note_has_its_limit(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    made = claimed(asker, specialist, patient, service)
    with pytest.raises(InvalidInput):
        offer(specialist, service, other_specialist, notes={f"case:{made.pk}": "x" * 501})


def test_who_does_not_answer_for_the_service_offers_nothing(asker: User, specialist: User, service: Service) -> None:
    with pytest.raises(NotVisible):
        offer(asker, service, specialist)


# -- taking over ------------------------------------------------------------------------------------------------------


def test_taking_over_moves_every_case_by_name(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    one, two = (claimed(asker, specialist, patient, service) for _ in range(2))
    made = take(other_specialist, offer(specialist, service, other_specialist))
    assert (made.step, made.taken_by_id) == (HandoverStep.TAKEN, other_specialist.pk)
    for case in (now_of(one), now_of(two)):
        assert (case.responder_id, case.ball_user_id) == (other_specialist.pk, other_specialist.pk)
    assert set(HandoverItem.unscoped.values_list("outcome", flat=True)) == {ItemOutcome.TAKEN}


def test_the_clocks_go_on_and_the_due_time_stays(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    one = claimed(asker, specialist, patient, service)
    before = now_of(one).due_at
    clocks = list(Clock.unscoped.filter(case_id=one.pk).values_list("pk", "started_at", "stopped_at"))
    take(other_specialist, offer(specialist, service, other_specialist))
    assert now_of(one).due_at == before
    assert list(Clock.unscoped.filter(case_id=one.pk).values_list("pk", "started_at", "stopped_at")) == clocks


def test_the_journal_of_the_case_names_who_took_it_over(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    one = claimed(asker, specialist, patient, service)
    take(other_specialist, offer(specialist, service, other_specialist))
    entry = Entry.unscoped.get(subject_id=str(one.pk), verb="hand_on")
    assert entry.actor_id == other_specialist.pk
    assert entry.facts["before"] == str(specialist.pk)


def test_the_pathway_opens_to_the_next_and_closes_to_the_one_before(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    one = claimed(asker, specialist, patient, service)
    take(other_specialist, offer(specialist, service, other_specialist))
    members = PathwayMember.unscoped.filter(pathway=now_of(one).pathway, ends_at=None, user__isnull=False)
    assert set(members.values_list("user_id", flat=True)) & {specialist.pk, other_specialist.pk} == {
        other_specialist.pk
    }


def test_a_case_on_hold_passes_too_and_stays_with_the_asker(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    one = claimed(asker, specialist, patient, service)
    by(specialist, consult.ask_information, case_id=one.pk, text="Stridor?")
    take(other_specialist, offer(specialist, service, other_specialist))
    case = now_of(one)
    assert (case.responder_id, case.ball) == (other_specialist.pk, Ball.ASKER)


def test_what_was_answered_meanwhile_is_settled(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    one = claimed(asker, specialist, patient, service)
    made = offer(specialist, service, other_specialist)
    by(specialist, consult.answer, case_id=one.pk, advice=Advice("Croup.", "Dexamethasone."))
    take(other_specialist, made)
    assert HandoverItem.unscoped.get().outcome == ItemOutcome.SETTLED
    assert now_of(one).responder_id == specialist.pk


def test_a_page_passes_with_the_shift(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    case = submitted(asker, patient, service, priority=Priority.ROUTINE).case
    made = page_of(case, specialist)
    take(other_specialist, offer(specialist, service, other_specialist))
    made.refresh_from_db()
    assert made.acknowledged_by_id == other_specialist.pk


def test_a_page_of_those_called_too_passes_once(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    case = submitted(asker, patient, service, priority=Priority.ROUTINE).case
    made = page_of(case, specialist, other_specialist)
    calls = PageCall.unscoped.filter(page=made).count()
    take(other_specialist, offer(specialist, service, other_specialist))
    made.refresh_from_db()
    assert made.acknowledged_by_id == other_specialist.pk
    assert PageCall.unscoped.filter(page=made).count() == calls


def test_another_colleague_may_take_over_when_the_named_one_does_not_come(
    asker: User, specialist: User, other_specialist: User, lead: User, patient: Patient, service: Service
) -> None:
    one = claimed(asker, specialist, patient, service)
    take(lead, offer(specialist, service, other_specialist))
    assert now_of(one).responder_id == lead.pk


def test_the_giver_does_not_take_over(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    with pytest.raises(NotPermitted):
        take(specialist, offer(specialist, service, other_specialist))


@pytest.mark.parametrize(
    ("who", "error"), [("coordinator", NotPermitted), ("asker", NotVisible), ("stranger", NotVisible)]
)
def test_others_do_not_take_over(
    who: str, error: type[DomainError], asker: User, specialist: User, other_specialist: User, patient: Patient,
    service: Service, request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    claimed(asker, specialist, patient, service)
    made = offer(specialist, service, other_specialist)
    with pytest.raises(error):
        take(request.getfixturevalue(who), made)


def test_taking_over_twice_is_no_error_and_the_second_colleague_is_told(
    asker: User, specialist: User, other_specialist: User, lead: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    made = take(other_specialist, offer(specialist, service, other_specialist))
    assert take(other_specialist, made).pk == made.pk
    with pytest.raises(Taken) as refused:
        take(lead, made)
    assert refused.value.detail["winner"] == other_specialist.full_name


def test_the_giver_withdraws(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    made = offer(specialist, service, other_specialist)
    for _ in range(2):
        assert by(specialist, operations.withdraw_handover, handover_id=made.pk).step == HandoverStep.LAPSED
    with pytest.raises(WrongStep):
        take(other_specialist, made)


def test_only_the_giver_withdraws(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    made = offer(specialist, service, other_specialist)
    with pytest.raises(NotPermitted):
        by(other_specialist, operations.withdraw_handover, handover_id=made.pk)


def test_the_database_wants_a_name_on_what_was_taken_over(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    made = offer(specialist, service, other_specialist)
    with pytest.raises(IntegrityError, match="casework_handover_taken_by_name"), transaction.atomic():
        Handover.unscoped.filter(pk=made.pk).update(step=HandoverStep.TAKEN)


# -- going off duty ---------------------------------------------------------------------------------------------------


def test_going_off_duty_returns_what_was_not_handed_over(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    one = claimed(asker, specialist, patient, service)
    off(specialist, service)
    case = now_of(one)
    assert (case.responder_id, case.ball, case.ball_user_id) == (None, Ball.COORDINATOR, None)
    assert Clock.unscoped.get(case=case, stopped_at=None).leg == Leg.ALLOCATION
    assert Entry.unscoped.filter(subject_id=str(one.pk), verb="return_to_queue").count() == 1


def test_a_hand_over_that_nobody_took_lapses(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    made = offer(specialist, service, other_specialist)
    off(specialist, service)
    made.refresh_from_db()
    assert made.step == HandoverStep.LAPSED
    assert HandoverItem.unscoped.get().outcome == ItemOutcome.RETURNED


def test_what_was_taken_over_does_not_go_back(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    one = claimed(asker, specialist, patient, service)
    take(other_specialist, offer(specialist, service, other_specialist))
    off(specialist, service)
    assert now_of(one).responder_id == other_specialist.pk


def test_off_duty_ends_the_running_shift(specialist: User, service: Service) -> None:
    made = shift(service, specialist, -1)
    off(specialist, service)
    made.refresh_from_db()
    assert made.ends <= clock.now()
    assert not is_on_duty(service.pk, specialist.pk)


def test_off_duty_when_off_duty_returns_nothing(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    ServiceMember.objects.update(on_duty_until=None)
    one = claimed(asker, specialist, patient, service)
    off(specialist, service)
    assert now_of(one).responder_id == specialist.pk


def test_set_duty_without_a_time_is_going_off_duty(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    one = claimed(asker, specialist, patient, service)
    by(specialist, operations.set_duty, service_id=service.pk, user_id=specialist.pk, until=None)
    assert now_of(one).responder_id is None


def test_a_stranger_ends_nobodys_duty(asker: User, specialist: User, service: Service) -> None:
    with pytest.raises(NotPermitted):
        by(asker, operations.go_off_duty, service_id=service.pk, user_id=specialist.pk)


# -- the clock ends duties --------------------------------------------------------------------------------------------


def test_at_the_end_of_the_shift_there_is_a_grace_then_the_work_goes_back(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    ServiceMember.objects.update(on_duty_until=None)
    shift(service, specialist, -1, 2)
    one = claimed(asker, specialist, patient, service)
    with clock.moved(timedelta(hours=1) + HANDOVER_GRACE / 2):
        assert end_duties() == 0
        assert now_of(one).responder_id == specialist.pk
    with clock.moved(timedelta(hours=1) + HANDOVER_GRACE):
        assert end_duties() == 1
        assert end_duties() == 0, "once"
    assert now_of(one).responder_id is None


def test_who_stays_on_duty_keeps_the_work(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    ServiceMember.objects.update(on_duty_until=None)
    first = shift(service, specialist, -1, 2)
    Shift.objects.create(service=service, user=specialist, period=(first.ends, first.ends + timedelta(hours=8)))
    one = claimed(asker, specialist, patient, service)
    with clock.moved(timedelta(hours=2)):
        assert end_duties() == 0
    assert now_of(one).responder_id == specialist.pk


def test_a_duty_by_ones_own_word_ends_too(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    one = claimed(asker, specialist, patient, service)
    with clock.moved(timedelta(hours=12) + HANDOVER_GRACE):
        assert end_duties() == 1
    assert now_of(one).responder_id is None
    assert ServiceMember.objects.get(user=specialist).on_duty_until is None


def test_a_word_that_ran_out_during_a_shift_ends_nothing(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    shift(service, specialist, -1, 30)
    one = claimed(asker, specialist, patient, service)
    with clock.moved(timedelta(hours=13)):
        assert end_duties() == 0
    assert now_of(one).responder_id == specialist.pk


def test_the_end_of_a_shift_of_who_left_is_only_noted(specialist: User, service: Service) -> None:
    made = shift(service, specialist, -1, 2)
    ServiceMember.objects.filter(user=specialist).update(left_at=clock.now())
    with clock.moved(timedelta(hours=3)):
        assert end_duties() == 0
    made.refresh_from_db()
    assert made.closed_at is not None


def test_who_has_work_is_reminded_once_before_the_end(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    shift(service, specialist, -1, 1.25)
    shift(service, other_specialist, -1, 1.25)
    claimed(asker, specialist, patient, service)
    for _ in range(2):
        end_duties()
        relay()
    assert list(Notice.unscoped.filter(kind="duty.ending").values_list("recipient_id", flat=True)) == [specialist.pk]


# -- notices ----------------------------------------------------------------------------------------------------------


def told(kind: str) -> list[Any]:
    relay()
    return list(Notice.unscoped.filter(kind=kind).values_list("recipient_id", flat=True))


def test_both_sides_are_told_of_a_hand_over(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    made = offer(specialist, service, other_specialist)
    assert told("duty.handover") == [other_specialist.pk]
    take(other_specialist, made)
    assert told("duty.taken") == [specialist.pk]


def test_a_notice_of_a_hand_over_names_no_child(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    offer(specialist, service, other_specialist)
    relay()
    notice = Notice.unscoped.get(kind="duty.handover")
    assert patient.name not in f"{notice.text} {notice.facts}"
    assert specialist.full_name in notice.text


@pytest.mark.parametrize(
    ("verb", "who", "kind", "hears"),
    [
        ("accept", "other_specialist", "duty.swap_accepted", ["specialist"]),
        ("decline", "other_specialist", "duty.swap_declined", ["specialist"]),
        ("overrule", "lead", "duty.swap_overruled", ["other_specialist", "specialist"]),
    ],
)
def test_both_sides_are_told_of_a_swap(
    verb: str, who: str, kind: str, hears: list[str], service: Service, specialist: User, other_specialist: User,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    made = shift(service, specialist)
    swap = by(specialist, operations.offer_swap, shift_id=made.pk, to_user_id=other_specialist.pk)
    assert told("duty.swap_offered") == [other_specialist.pk]
    actor = request.getfixturevalue(who)
    by(actor, operations.answer_swap, swap_id=swap.pk, verb=verb, reason="Nights")
    assert sorted(told(kind)) == sorted(request.getfixturevalue(name).pk for name in hears)


def test_a_booking_tells_whose_time_it_takes(specialist: User, other_specialist: User) -> None:
    from tests.casework.rosters import booked, person

    made = booked(specialist, person(specialist), person(other_specialist))
    assert told("duty.booking") == [other_specialist.pk]
    by(specialist, operations.move_booking, booking_id=made.pk, period=(soon(30), soon(31)))
    by(specialist, operations.settle_booking, booking_id=made.pk, verb="cancel", reason="Ill")
    assert told("duty.booking") == [other_specialist.pk] * 3
    assert not Delivery.objects.outstanding().exists()


def test_an_admin_reads_no_notes(
    asker: User, specialist: User, other_specialist: User, admin: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    made = offer(specialist, service, other_specialist)
    with acting_as(actor_for(admin)):
        assert not Handover.objects.filter(pk=made.pk).exists()


def test_an_erased_child_leaves_no_note(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    one = claimed(asker, specialist, patient, service)
    offer(specialist, service, other_specialist, notes={f"case:{one.pk}": "Lin drinks poorly"})
    with acting_as(system("test")):
        erase_notes(0, PatientErased(patient.pk))
    assert HandoverItem.unscoped.get().note == ""


# -- nothing without a holder -----------------------------------------------------------------------------------------


def check_holders(told: object = "") -> None:
    """Every open case has one holder who can act, one open spell and one running clock."""
    for case in Case.unscoped.filter(submitted_at__isnull=False, is_open=True).select_related("service"):
        spell = BallSpell.unscoped.get(case=case, until=None)
        assert (spell.party, spell.user_id) == (case.ball, case.ball_user_id), told
        assert Clock.unscoped.filter(case=case, stopped_at=None, paused_at=None).count() == 1, told
        if case.ball == Ball.RESPONDER:
            assert case.ball_user_id == case.responder_id, told
            assert can_answer(case.responder_id, case), told  # type: ignore[arg-type]
        assert case.responder_id is not None or case.ball == Ball.COORDINATOR, told


def test_random_shifts_leave_no_case_without_a_holder(
    asker: User, specialist: User, other_specialist: User, lead: User, patient: Patient, service: Service,
    figure: Callable[[str, str], None],
) -> None:  # fmt: skip
    """Claims, offers, take-overs, withdrawals, off duty, back on duty, the timer, in any order."""
    people, done = [specialist, other_specialist, lead], 0
    for seed in range(40):
        rng, point, told = random.Random(seed), transaction.savepoint(), []
        for _ in range(14):
            who, other = rng.sample(people, 2)
            handovers = [h.pk for h in Handover.unscoped.all()] or [uuid4()]
            queue = [c.pk for c in Case.unscoped.filter(responder=None)] or [uuid4()]
            acts: list[tuple[User, Any, dict[str, Any]]] = [
                (who, consult.claim, {"case_id": rng.choice(queue)}),
                (who, operations.offer_handover, {"service_id": service.pk, "to_user_id": other.pk}),
                (who, operations.take_over, {"handover_id": rng.choice(handovers)}),
                (who, operations.withdraw_handover, {"handover_id": rng.choice(handovers)}),
                (who, operations.go_off_duty, {"service_id": service.pk, "user_id": who.pk}),
                (who, operations.set_duty, {"service_id": service.pk, "user_id": who.pk, "until": soon(8)}),
            ]
            if rng.random() < 0.3:
                submitted(asker, patient, service)
            user, act, words = rng.choice(acts)
            try:
                with transaction.atomic():
                    by(user, act, **words)
                told.append(act.__name__)
            except DomainError:
                pass
            check_holders(told)
        done += len(told)
        transaction.savepoint_rollback(point)
    figure("hand-over walks", f"40 walks, {done} acts done, 0 open cases without a holder")
    assert done > 100


@pytest.mark.django_db(transaction=True)
def test_taken_over_and_off_duty_at_once_leaves_every_case_held(
    asker: User, specialist: User, other_specialist: User, lead: User, patient: Patient, service: Service
) -> None:
    """Twenty rounds: two take over, the giver goes off duty, and the giver answers one, all at once."""
    for _ in range(20):
        ServiceMember.objects.update(on_duty_until=soon(8))
        cases = [claimed(asker, specialist, patient, service) for _ in range(2)]
        made = offer(specialist, service, other_specialist)
        results = race([
            as_user(other_specialist, operations.take_over, handover_id=made.pk),
            as_user(lead, operations.take_over, handover_id=made.pk),
            as_user(specialist, operations.go_off_duty, service_id=service.pk, user_id=specialist.pk),
            as_user(specialist, consult.answer, case_id=cases[0].pk, advice=Advice("Croup.", "Dexamethasone.")),
        ])  # fmt: skip
        assert None not in results, "no deadlock, no crash"
        check_holders(results)
        assert not Case.unscoped.filter(ball_user=specialist, is_open=True).exists()
        held = Case.unscoped.filter(pk__in=[c.pk for c in cases])
        assert {c.responder_id for c in held} <= {None, specialist.pk, other_specialist.pk, lead.pk}


@pytest.mark.django_db(transaction=True)
def test_the_timer_twice_at_once_returns_each_case_once(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    ServiceMember.objects.update(on_duty_until=None)
    shift(service, specialist, -1, 2)
    one = claimed(asker, specialist, patient, service)
    Shift.objects.update(period=(soon(-4), soon(-2)))
    assert sorted(race([end_duties, end_duties])) == [0, 1]
    assert Entry.unscoped.filter(subject_id=str(one.pk), verb="return_to_queue").count() == 1
