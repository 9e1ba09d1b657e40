"""Shifts: who may put whom on the roster, who is on duty now, and whom that calls first."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from consortium.casework import operations
from consortium.casework.models import Service, ServiceMember, Shift, Swap
from consortium.casework.queries import duty
from consortium.casework.queries.on_duty import is_on_duty, on_duty_ids
from consortium.casework.queries.roster import gaps_between, monday_of, my_shifts, roster_week, shift_for
from consortium.casework.states import Rank, SwapStep
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, NotVisible, StaleVersion, WrongStep
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations.queries.concerned import on_call
from tests.casework.rosters import at, moved_to, shift, soon
from tests.cast import actor_for
from tests.consultations.cases import by, submitted
from tests.consultations.test_concurrency import as_user, race

pytestmark = pytest.mark.django_db


@pytest.fixture
def nobody_by_word(specialist: User, other_specialist: User, lead: User) -> None:
    """The cast is on duty by its own word; here only the roster speaks."""
    ServiceMember.objects.update(on_duty_until=None)


# -- putting on the roster --------------------------------------------------------------------------------------------


def add(user: User, service: Service, whom: User, **words: Any) -> Shift:
    begins = soon(1)
    plain = {"begins": begins, "ends": begins + timedelta(hours=8)}
    made: Shift = by(user, operations.add_shift, service_id=service.pk, user_id=whom.pk, **{**plain, **words})
    return made


@pytest.mark.parametrize("who", ["lead", "coordinator", "admin"])
def test_the_roster_is_kept_by(who: str, service: Service, specialist: User, request: pytest.FixtureRequest) -> None:
    assert add(request.getfixturevalue(who), service, specialist).user_id == specialist.pk


@pytest.mark.parametrize("who", ["specialist", "asker", "stranger", "community_admin"])
def test_the_roster_is_not_kept_by(
    who: str, service: Service, specialist: User, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(NotPermitted):
        add(request.getfixturevalue(who), service, specialist)


def test_a_service_that_is_not_there_is_hidden(lead: User, specialist: User, service: Service) -> None:
    with pytest.raises(NotVisible):
        add(lead, Service(pk=uuid4()), specialist)


def test_the_same_key_twice_is_one_shift(lead: User, service: Service, specialist: User) -> None:
    key = uuid4()
    assert add(lead, service, specialist, key=key).pk == add(lead, service, specialist, key=key).pk


def test_only_who_answers_for_the_service_is_put_on_its_roster(lead: User, service: Service, asker: User) -> None:
    with pytest.raises(InvalidInput) as refused:
        add(lead, service, asker)
    assert "user_id" in refused.value.fields


def test_nobody_is_on_duty_twice_at_the_same_time(lead: User, service: Service, specialist: User) -> None:
    add(lead, service, specialist)
    with pytest.raises(DomainError, match="on duty twice"):
        add(lead, service, specialist, begins=soon(2), ends=soon(3), rank=Rank.SECOND)


def test_one_shift_ends_when_the_next_begins(lead: User, service: Service, specialist: User) -> None:
    first = add(lead, service, specialist)
    assert add(lead, service, specialist, begins=first.ends, ends=first.ends + timedelta(hours=8)).pk is not None


@pytest.mark.parametrize(("begins", "ends"), [(2, 1), (2, 2), (1, 38), (-9, -1), (20_000, 20_008)])
def test_hours_that_make_no_sense_are_refused(
    begins: float, ends: float, lead: User, service: Service, specialist: User
) -> None:
    now = clock.now()
    with pytest.raises(InvalidInput) as refused:
        add(lead, service, specialist, begins=now + timedelta(hours=begins), ends=now + timedelta(hours=ends))
    assert "ends" in refused.value.fields


def test_the_database_refuses_an_empty_shift(service: Service, specialist: User) -> None:
    now = clock.now()
    with pytest.raises(IntegrityError, match="casework_shift_period"), transaction.atomic():
        Shift.objects.create(service=service, user=specialist, period=(now, now))


def test_the_database_refuses_an_unknown_rank(service: Service, specialist: User) -> None:
    with pytest.raises(IntegrityError, match="casework_shift_rank"), transaction.atomic():
        Shift.objects.create(service=service, user=specialist, period=(soon(1), soon(2)), rank=7)


@pytest.mark.django_db(transaction=True)
def test_of_two_leads_who_roster_one_person_at_once_one_wins(
    lead: User, coordinator: User, service: Service, other_service: Service, specialist: User
) -> None:
    ServiceMember.objects.create(service=other_service, user=specialist)
    for n in range(10):
        begins = soon(24 * n + 1)
        words = {"user_id": specialist.pk, "begins": begins, "ends": begins + timedelta(hours=8)}
        runners = [
            as_user(coordinator, operations.add_shift, service_id=each.pk, **words) for each in (service, other_service)
        ]
        results = race(runners)
        assert sorted(isinstance(r, Shift) for r in results) == [False, True]
    assert Shift.objects.count() == 10


# -- changing and taking off ------------------------------------------------------------------------------------------


def change(user: User, made: Shift, **words: Any) -> Shift:
    plain = {"user_id": made.user_id, "begins": made.begins, "ends": made.ends, "rank": made.rank}
    done: Shift = by(user, operations.change_shift, shift_id=made.pk, **{**plain, **words})
    return done


def test_the_lead_gives_a_shift_to_somebody_else(
    lead: User, service: Service, specialist: User, other_specialist: User
) -> None:
    made = shift(service, specialist)
    assert change(lead, made, user_id=other_specialist.pk, rank=Rank.SECOND).user_id == other_specialist.pk


def test_a_change_of_what_somebody_changed_meanwhile_is_refused(lead: User, service: Service, specialist: User) -> None:
    made = shift(service, specialist)
    change(lead, made, rank=Rank.SECOND, version=1)
    with pytest.raises(StaleVersion):
        change(lead, made, rank=Rank.FIRST, version=1)


def test_a_specialist_does_not_change_the_roster(service: Service, specialist: User) -> None:
    with pytest.raises(NotPermitted):
        change(specialist, shift(service, specialist), rank=Rank.SECOND)


def test_a_shift_that_is_over_is_not_changed(lead: User, service: Service, specialist: User) -> None:
    made = shift(service, specialist)
    with clock.moved(timedelta(hours=12)), pytest.raises(WrongStep, match="over"):
        change(lead, made)


def test_a_shift_is_taken_off(lead: User, service: Service, specialist: User) -> None:
    made = shift(service, specialist)
    by(lead, operations.cancel_shift, shift_id=made.pk)
    with pytest.raises(NotVisible):
        shift_for(made.pk)
    assert shift(service, specialist).pk is not None


def test_a_running_shift_is_not_taken_off(lead: User, service: Service, specialist: User) -> None:
    with pytest.raises(WrongStep, match="running"):
        by(lead, operations.cancel_shift, shift_id=shift(service, specialist, -1).pk)


def test_leaving_the_service_leaves_its_roster(service: Service, specialist: User) -> None:
    running, ahead = shift(service, specialist, -1), shift(service, specialist, 24)
    by(specialist, operations.leave_service, service_id=service.pk, user_id=specialist.pk)
    running.refresh_from_db()
    assert running.ends <= clock.now()
    assert not Shift.objects.standing().filter(pk=ahead.pk).exists()


# -- who is on duty now -----------------------------------------------------------------------------------------------


def test_who_has_the_running_shift_is_on_duty(nobody_by_word: None, service: Service, specialist: User) -> None:
    shift(service, specialist, -1)
    assert is_on_duty(service.pk, specialist.pk)


def test_before_and_after_the_shift_nobody_is(nobody_by_word: None, service: Service, specialist: User) -> None:
    shift(service, specialist, 1, 8)
    assert not is_on_duty(service.pk, specialist.pk)
    with clock.moved(timedelta(hours=9)):
        assert not is_on_duty(service.pk, specialist.pk)


def test_first_on_duty_comes_before_second(
    nobody_by_word: None, service: Service, specialist: User, other_specialist: User
) -> None:
    shift(service, specialist, -1, rank=Rank.SECOND)
    shift(service, other_specialist, -1)
    assert on_duty_ids(service.pk) == [(other_specialist.pk, 1), (specialist.pk, 2)]


def test_who_went_on_duty_by_their_own_word_comes_after_the_roster(
    nobody_by_word: None, service: Service, specialist: User, other_specialist: User
) -> None:
    shift(service, other_specialist, -1)
    by(specialist, operations.set_duty, service_id=service.pk, user_id=specialist.pk, until=soon(20))
    assert [user_id for user_id, _rank in on_duty_ids(service.pk)] == [other_specialist.pk, specialist.pk]


def test_on_duty_until_is_the_later_of_roster_and_word(
    nobody_by_word: None, service: Service, specialist: User
) -> None:
    made = shift(service, specialist, -1)
    by(specialist, operations.set_duty, service_id=service.pk, user_id=specialist.pk, until=soon(2))
    with acting_as(actor_for(specialist)):
        seat = duty.seat_in(actor_for(specialist), service.pk)
    assert seat is not None
    assert seat.until == made.ends


def test_somebody_who_left_the_consortium_is_not_on_duty(
    nobody_by_word: None, service: Service, specialist: User
) -> None:
    shift(service, specialist, -1)
    User.objects.filter(pk=specialist.pk).update(is_active=False)
    assert on_duty_ids(service.pk) == []


def test_lists_of_services_name_who_is_on_duty(
    nobody_by_word: None, service: Service, specialist: User, django_assert_num_queries: Any
) -> None:
    shift(service, specialist, -1)
    with django_assert_num_queries(1):
        assert duty.duty_now([service])[0]["names"] == [specialist.full_name]


def test_a_page_calls_first_rank_then_second_then_the_lead(
    nobody_by_word: None, asker: User, service: Service, specialist: User, other_specialist: User, lead: User,
    patient: Patient, coordinator: User,
) -> None:  # fmt: skip
    shift(service, specialist, -1, rank=Rank.SECOND)
    shift(service, other_specialist, -1)
    case = submitted(asker, patient, service).case
    assert on_call(case) == [other_specialist.pk, specialist.pk, lead.pk, coordinator.pk]


# -- the week ---------------------------------------------------------------------------------------------------------

MONDAY = date(2026, 11, 30)


def week(service: Service) -> dict[int, list[str]]:
    """The words of the gaps by weekday, seen on the Sunday before."""
    with moved_to(at("2026-11-29", "12:00")):
        return {day.on.weekday(): [gap.words for gap in day.gaps] for day in roster_week(service.pk, MONDAY)}


def put(service: Service, user: User, begins: str, ends: str, rank: int = Rank.FIRST) -> None:
    day, _t, hour = begins.partition(" ")
    last, _t, until = ends.partition(" ")
    Shift.objects.create(service=service, user=user, rank=rank, period=(at(day, hour), at(last, until)))


def test_an_empty_week_says_nobody_on_each_day(service: Service) -> None:
    found = week(service)
    assert found[0] == ["Nobody on Monday"]
    assert len(found) == 7


def test_a_night_without_anybody_is_called_by_its_evening(service: Service, specialist: User) -> None:
    put(service, specialist, "2026-11-30 00:00", "2026-12-01 18:00")
    put(service, specialist, "2026-12-02 08:00", "2026-12-07 08:00")
    found = week(service)
    assert found[1] == ["Nobody on Tuesday night"]
    assert found[0] == found[2] == []


def test_hours_of_a_day_without_anybody_are_told(service: Service, specialist: User) -> None:
    put(service, specialist, "2026-11-30 00:00", "2026-11-30 09:00")
    put(service, specialist, "2026-11-30 11:30", "2026-12-07 00:00")
    assert week(service)[0] == ["Nobody on Monday, 09:00 to 11:30"]


def test_the_second_rank_fills_no_gap(service: Service, specialist: User) -> None:
    put(service, specialist, "2026-11-30 00:00", "2026-12-07 00:00", Rank.SECOND)
    assert week(service)[0] == ["Nobody on Monday"]


def test_what_is_past_is_no_gap(service: Service) -> None:
    with moved_to(at("2026-12-02", "12:00")):
        days = roster_week(service.pk, MONDAY)
    assert [bool(day.gaps) for day in days] == [False, False, True, True, True, True, True]


def test_a_shift_stands_on_the_day_it_begins_or_on_the_first_shown(service: Service, specialist: User) -> None:
    put(service, specialist, "2026-11-29 20:00", "2026-11-30 08:00")
    put(service, specialist, "2026-12-01 20:00", "2026-12-02 08:00")
    days = roster_week(service.pk, MONDAY)
    assert [len(day.shifts) for day in days] == [1, 1, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("text", "monday"),
    [
        ("2026-12-03", MONDAY),
        ("2026-11-30", MONDAY),
        ("2026-12-06", MONDAY),
        ("x", None),
        ("", None),
        ("9999-12-31", None),
    ],
)
def test_a_week_is_asked_for_by_any_of_its_days(text: str, monday: date | None) -> None:
    today = clock.today()
    assert monday_of(text) == (monday or today - timedelta(days=today.weekday()))


def test_shifts_that_overlap_leave_no_gap() -> None:
    a, b, c = (at("2026-11-30", h) for h in ("08:00", "12:00", "16:00"))
    assert gaps_between([(a, c), (a, b)], a, c) == []


def test_the_week_is_one_query(service: Service, specialist: User, django_assert_num_queries: Any) -> None:
    for n in range(3):
        shift(service, specialist, n * 24 + 1)
        with django_assert_num_queries(1):
            roster_week(service.pk, monday_of(""))


def test_my_shifts_lists_what_runs_and_what_comes(service: Service, specialist: User) -> None:
    running, ahead = shift(service, specialist, -1), shift(service, specialist, 24)
    assert my_shifts(specialist.pk) == [running, ahead]


# -- swaps ------------------------------------------------------------------------------------------------------------


def offer(user: User, made: Shift, to: User, **words: Any) -> Swap:
    done: Swap = by(user, operations.offer_swap, shift_id=made.pk, to_user_id=to.pk, **words)
    return done


def answer(user: User, swap: Swap, verb: str, **words: Any) -> Swap:
    done: Swap = by(user, operations.answer_swap, swap_id=swap.pk, verb=verb, **words)
    return done


def holder(made: Shift) -> Any:
    return Shift.objects.get(pk=made.pk).user_id


def test_an_offer_leaves_the_shift_where_it_is(service: Service, specialist: User, other_specialist: User) -> None:
    made = shift(service, specialist)
    assert offer(specialist, made, other_specialist).step == SwapStep.OFFERED
    assert holder(made) == specialist.pk


def test_whoever_it_was_offered_to_takes_it(service: Service, specialist: User, other_specialist: User) -> None:
    made = shift(service, specialist)
    done = answer(other_specialist, offer(specialist, made, other_specialist), "accept")
    assert (done.step, done.answered_by_id) == (SwapStep.ACCEPTED, other_specialist.pk)
    assert holder(made) == other_specialist.pk


def test_two_shifts_of_the_same_hours_are_exchanged(
    service: Service, other_service: Service, specialist: User, other_specialist: User
) -> None:
    for user in (specialist, other_specialist):
        ServiceMember.objects.create(service=other_service, user=user)
    begins = soon(5)
    period = (begins, begins + timedelta(hours=8))
    mine = Shift.objects.create(service=service, user=specialist, period=period)
    theirs = Shift.objects.create(service=other_service, user=other_specialist, period=period)
    answer(other_specialist, offer(specialist, mine, other_specialist, in_return_id=theirs.pk), "accept")
    assert (holder(mine), holder(theirs)) == (other_specialist.pk, specialist.pk)


@pytest.mark.parametrize("who", ["specialist", "lead", "stranger"])
def test_nobody_else_takes_it(
    who: str, service: Service, specialist: User, other_specialist: User, request: pytest.FixtureRequest
) -> None:
    swap = offer(specialist, shift(service, specialist), other_specialist)
    with pytest.raises((NotPermitted, NotVisible)):
        answer(request.getfixturevalue(who), swap, "accept")


def test_only_whoever_has_the_shift_offers_it(service: Service, specialist: User, other_specialist: User) -> None:
    with pytest.raises(NotPermitted):
        offer(other_specialist, shift(service, specialist), specialist)


def test_a_shift_is_offered_to_a_colleague_of_the_service(service: Service, specialist: User, asker: User) -> None:
    made = shift(service, specialist)
    for whom in (asker, specialist):
        with pytest.raises(InvalidInput) as refused:
            offer(specialist, made, whom)
        assert "to_user_id" in refused.value.fields


def test_in_return_takes_no_shift_of_a_service_that_is_not_one_s_own(
    service: Service, other_service: Service, specialist: User, other_specialist: User
) -> None:
    """Nobody comes to stand on the roster of a service that they do not answer for."""
    ServiceMember.objects.create(service=other_service, user=other_specialist)
    mine, theirs = shift(service, specialist), shift(other_service, other_specialist, 48)
    with pytest.raises(InvalidInput) as refused:
        offer(specialist, mine, other_specialist, in_return_id=theirs.pk)
    assert "in_return_id" in refused.value.fields


def test_who_has_left_the_service_meanwhile_takes_nothing(
    service: Service, specialist: User, other_specialist: User
) -> None:
    made = shift(service, specialist)
    swap = offer(specialist, made, other_specialist)
    ServiceMember.objects.filter(service=service, user=other_specialist).update(left_at=clock.now())
    with pytest.raises((InvalidInput, NotPermitted, NotVisible)):
        answer(other_specialist, swap, "accept")
    assert holder(made) == specialist.pk


def test_in_return_takes_a_shift_of_theirs(service: Service, specialist: User, other_specialist: User) -> None:
    mine, another = shift(service, specialist), shift(service, specialist, 24)
    with pytest.raises(InvalidInput) as refused:
        offer(specialist, mine, other_specialist, in_return_id=another.pk)
    assert "in_return_id" in refused.value.fields


def test_a_shift_that_has_begun_is_not_offered(service: Service, specialist: User, other_specialist: User) -> None:
    with pytest.raises(WrongStep, match="begun"):
        offer(specialist, shift(service, specialist, -1), other_specialist)


def test_a_shift_is_offered_to_one_at_a_time(
    service: Service, specialist: User, other_specialist: User, lead: User
) -> None:
    made = shift(service, specialist)
    offer(specialist, made, other_specialist)
    with pytest.raises(DomainError, match="offered to somebody already"):
        offer(specialist, made, lead)


def test_the_same_key_twice_is_one_offer(service: Service, specialist: User, other_specialist: User) -> None:
    made, key = shift(service, specialist), uuid4()
    assert (
        offer(specialist, made, other_specialist, key=key).pk == offer(specialist, made, other_specialist, key=key).pk
    )


def test_an_offer_is_declined_and_another_can_be_made(
    service: Service, specialist: User, other_specialist: User, lead: User
) -> None:
    made = shift(service, specialist)
    answer(other_specialist, offer(specialist, made, other_specialist), "decline")
    assert offer(specialist, made, lead).pk is not None


def test_an_offer_is_withdrawn_by_who_made_it(service: Service, specialist: User, other_specialist: User) -> None:
    swap = offer(specialist, shift(service, specialist), other_specialist)
    with pytest.raises(NotPermitted):
        answer(other_specialist, swap, "withdraw")
    assert answer(specialist, swap, "withdraw").step == SwapStep.WITHDRAWN


def test_who_is_on_duty_elsewhere_cannot_take_it(service: Service, specialist: User, other_specialist: User) -> None:
    made = shift(service, specialist)
    swap = offer(specialist, made, other_specialist)
    shift(service, other_specialist, 2)
    with pytest.raises(DomainError, match="on duty twice"):
        answer(other_specialist, swap, "accept")
    assert holder(made) == specialist.pk


def test_a_shift_that_changed_hands_meanwhile_is_not_exchanged(
    service: Service, specialist: User, other_specialist: User, lead: User
) -> None:
    made = shift(service, specialist)
    swap = offer(specialist, made, other_specialist)
    change(lead, made, user_id=lead.pk)
    with pytest.raises(WrongStep, match="roster has changed"):
        answer(other_specialist, swap, "accept")


def test_the_lead_overrules_and_the_shift_goes_back(
    service: Service, specialist: User, other_specialist: User, lead: User
) -> None:
    made = shift(service, specialist)
    swap = answer(other_specialist, offer(specialist, made, other_specialist), "accept")
    assert answer(lead, swap, "overrule", reason="Too many nights").step == SwapStep.OVERRULED
    assert holder(made) == specialist.pk


def test_overruling_takes_a_reason(service: Service, specialist: User, other_specialist: User, lead: User) -> None:
    swap = offer(specialist, shift(service, specialist), other_specialist)
    with pytest.raises(InvalidInput):
        answer(lead, swap, "overrule")


def test_a_colleague_overrules_nothing(service: Service, specialist: User, other_specialist: User) -> None:
    swap = offer(specialist, shift(service, specialist), other_specialist)
    with pytest.raises(NotPermitted):
        answer(other_specialist, swap, "overrule", reason="no")


def test_the_database_refuses_a_swap_with_oneself(service: Service, specialist: User) -> None:
    made = shift(service, specialist)
    with pytest.raises(IntegrityError, match="casework_swap_two_people"), transaction.atomic():
        Swap.unscoped.create(shift=made, from_user=specialist, to_user=specialist, offered_at=clock.now())


@pytest.mark.django_db(transaction=True)
def test_accepted_and_withdrawn_at_once_is_one_of_them(
    service: Service, specialist: User, other_specialist: User
) -> None:
    for n in range(8):
        made = shift(service, specialist, 24 * n + 1)
        swap = offer(specialist, made, other_specialist)
        race([
            as_user(other_specialist, operations.answer_swap, swap_id=swap.pk, verb="accept"),
            as_user(specialist, operations.answer_swap, swap_id=swap.pk, verb="withdraw"),
        ])  # fmt: skip
        step = Swap.unscoped.get(pk=swap.pk).step
        assert holder(made) == (other_specialist.pk if step == SwapStep.ACCEPTED else specialist.pk)
