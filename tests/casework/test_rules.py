"""Rules that the database holds around a case (design: Rules held by the database), each broken once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DataError, IntegrityError, transaction

from consortium.casework.models import BallSpell, Case, Clock, Message, ReadMark, Service, ServiceMember
from consortium.casework.states import Ball, Leg, MessageKind, PauseReason, Priority
from consortium.kernel import clock
from consortium.kernel.errors import DomainError, database_rules
from consortium.patients.models import Patient
from consortium.people.models import Institution, Specialty, User
from tests.factories.cases import make_case, make_message, make_service, make_service_member


@pytest.fixture
def case(patient: Patient, asker: User, community: Institution) -> Case:
    return make_case(patient, asker, community)


def refused(rule: str, act: Any) -> None:
    """The database refuses `act` by the rule of this name."""
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        act()


def change(case: Case, **fields: Any) -> Any:
    return lambda: Case.unscoped.filter(pk=case.pk).update(**fields)


# -- the case


def test_a_kind_that_is_none(case: Case) -> None:
    refused("casework_case_kind", change(case, kind="gossip"))


def test_an_urgency_that_is_none(case: Case) -> None:
    refused("casework_case_priority", change(case, priority=9))


def test_a_holder_that_is_none(case: Case) -> None:
    refused("casework_case_ball", change(case, ball="nobody"))


def test_closed_without_a_time(case: Case) -> None:
    refused("casework_case_closed_pair", change(case, is_open=False, ball=Ball.NONE, ball_user=None))


def test_a_closing_time_on_an_open_case(case: Case) -> None:
    refused("casework_case_closed_pair", change(case, closed_at=clock.now()))


def test_closed_while_somebody_has_to_act(case: Case) -> None:
    refused("casework_case_closed_pair", change(case, is_open=False, closed_at=clock.now()))


def test_closed_with_time_and_without_a_holder_is_whole(case: Case) -> None:
    change(case, is_open=False, closed_at=clock.now(), ball=Ball.NONE, ball_user=None)()


def test_sent_without_a_service(case: Case) -> None:
    refused("casework_case_submitted_whole", change(case, submitted_at=clock.now()))


def test_sent_with_a_service_and_without_a_pathway(case: Case, service: Service) -> None:
    refused("casework_case_submitted_whole", change(case, submitted_at=clock.now(), service=service))


def test_nobody_s_turn_and_yet_somebody_s(case: Case) -> None:
    refused("casework_case_nobody_holds_closed", change(case, ball=Ball.NONE))


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"closed_at": clock.now()}, "closing time"), ({"submitted_at": clock.now()}, "a service and a pathway")],
)
def test_a_broken_rule_is_told_in_plain_words(case: Case, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(DomainError, match=words), database_rules(), transaction.atomic():
        change(case, **fields)()


# -- the ball


def spell(case: Case, since: int, until: int | None, party: str = Ball.RESPONDER) -> Any:
    """A spell from `since` to `until` minutes after the case was made."""
    at = {"since": case.created_at + timedelta(minutes=since)}
    end = case.created_at + timedelta(minutes=until) if until is not None else None
    return lambda: BallSpell.unscoped.create(case=case, party=party, until=end, **at)


def closed_at(case: Case, minutes: int) -> None:
    BallSpell.unscoped.filter(case=case).update(until=case.created_at + timedelta(minutes=minutes))


def test_two_cannot_hold_it_at_once(case: Case) -> None:
    refused("casework_ball_(one_holder|no_overlap)", spell(case, 5, None))


def test_two_spells_do_not_overlap(case: Case) -> None:
    closed_at(case, 10)
    refused("casework_ball_no_overlap", spell(case, 5, 15))


def test_a_spell_inside_another_overlaps(case: Case) -> None:
    closed_at(case, 10)
    refused("casework_ball_no_overlap", spell(case, 3, 4))


def test_one_may_begin_as_the_other_ends(case: Case) -> None:
    closed_at(case, 10)
    spell(case, 10, 20)()


def test_a_spell_does_not_end_before_it_begins(case: Case) -> None:
    closed_at(case, 1)
    with pytest.raises((IntegrityError, DataError), match=r"casework_ball_period|lower bound"), transaction.atomic():
        spell(case, 20, 10)()


def test_another_case_s_spells_do_not_matter(case: Case, patient: Patient, asker: User, community: Institution) -> None:
    other = make_case(patient, asker, community)
    assert BallSpell.unscoped.filter(case__in=[case, other], until=None).count() == 2


def test_an_overlap_is_told_in_plain_words(case: Case) -> None:
    closed_at(case, 10)
    with pytest.raises(DomainError, match="hold the same case"), database_rules(), transaction.atomic():
        spell(case, 5, 15)()


# -- the clocks


def ticking(case: Case, **fields: Any) -> Any:
    plain = {"leg": Leg.FIRST_ANSWER, "priority": Priority.URGENT, "target_seconds": 7200, "started_at": clock.now()}
    return lambda: Clock.unscoped.create(case=case, **{**plain, **fields})


def test_one_clock_runs_at_a_time(case: Case) -> None:
    ticking(case)()
    refused("casework_clock_one_running", ticking(case, leg=Leg.REVIEW))


def test_beside_a_paused_clock_another_runs(case: Case) -> None:
    ticking(case, paused_at=clock.now(), pause_reason=PauseReason.INFORMATION)()
    ticking(case, leg=Leg.INFORMATION)()


def test_after_a_stopped_clock_another_runs(case: Case) -> None:
    ticking(case, stopped_at=clock.now() + timedelta(minutes=1))()
    ticking(case, leg=Leg.REVIEW)()


def test_a_leg_that_is_none(case: Case) -> None:
    refused("casework_clock_leg", ticking(case, leg="lunch"))


def test_a_clock_does_not_pause_without_a_reason(case: Case) -> None:
    refused("casework_clock_pause_reason", ticking(case, paused_at=clock.now()))


def test_a_reason_without_a_pause(case: Case) -> None:
    refused("casework_clock_pause_reason", ticking(case, pause_reason=PauseReason.INFORMATION))


def test_a_stat_clock_never_pauses(case: Case) -> None:
    pause = {"paused_at": clock.now(), "pause_reason": PauseReason.INFORMATION}
    refused("casework_clock_stat_never_pauses", ticking(case, priority=Priority.STAT, **pause))


def test_a_stat_clock_never_paused(case: Case) -> None:
    refused("casework_clock_stat_never_pauses", ticking(case, priority=Priority.STAT, paused_seconds=1))


def test_a_clock_does_not_stop_before_it_starts(case: Case) -> None:
    refused("casework_clock_period", ticking(case, stopped_at=clock.now() - timedelta(hours=1)))


def test_a_stat_pause_is_told_in_plain_words(case: Case) -> None:
    with pytest.raises(DomainError, match="stat clock never pauses"), database_rules(), transaction.atomic():
        ticking(case, priority=Priority.STAT, paused_seconds=1)()


def test_a_pause_without_a_reason_is_told_in_plain_words(case: Case) -> None:
    with pytest.raises(DomainError, match="only with a reason"), database_rules(), transaction.atomic():
        ticking(case, paused_at=clock.now())()


# -- the thread


def posted(case: Case, user: User, **fields: Any) -> Any:
    plain = {"seq": 7, "author": user, "institution": case.asking_institution, "text": "x", "created_at": clock.now()}
    return lambda: Message.unscoped.create(case=case, created_by=user, **{**plain, **fields})


def test_two_messages_have_not_one_number(case: Case, asker: User, community: Institution) -> None:
    message = make_message(case, asker, community)
    refused("casework_message_seq", posted(case, asker, seq=message.seq))


def test_an_empty_message(case: Case, asker: User) -> None:
    refused("casework_message_not_empty", posted(case, asker, text=""))


def test_a_message_of_a_kind_that_is_none(case: Case, asker: User) -> None:
    refused("casework_message_kind", posted(case, asker, kind="whisper"))


def test_one_message_for_one_key(case: Case, asker: User, community: Institution) -> None:
    key = make_message(case, asker, community).request_key
    refused("casework_message_created_once", posted(case, asker, request_key=key))


def test_one_mark_for_one_reader(case: Case, asker: User) -> None:
    ReadMark.unscoped.create(case=case, user=asker)
    refused("casework_read_mark_once", lambda: ReadMark.unscoped.create(case=case, user=asker))


# -- services


def test_one_queue_for_one_specialty_of_a_house(
    service: Service, hospital: Institution, respiratory: Specialty
) -> None:
    refused("casework_service_once", lambda: make_service(hospital, respiratory))


def test_one_seat_for_one_person(service: Service, specialist: User) -> None:
    refused("casework_service_member_once", lambda: make_service_member(service, specialist))


def test_who_left_may_come_again(service: Service, specialist: User) -> None:
    ServiceMember.objects.filter(user=specialist).update(left_at=clock.now())
    assert make_service_member(service, specialist).left_at is None


@pytest.mark.parametrize("kind", MessageKind.values)
def test_every_kind_of_message_fits_its_column(kind: str) -> None:
    assert len(kind) <= (Message._meta.get_field("kind").max_length or 0)


# -- words


def test_rows_say_what_they_are(case: Case, asker: User, community: Institution) -> None:
    message = make_message(case, asker, community)
    mark = ReadMark(case=case, user=asker, seq=3)
    assert [str(case), str(message), str(mark)] == [
        f"consultation {case.pk}", f"message 1 of {case.pk}", f"{asker.pk} read {case.pk} to 3",
    ]  # fmt: skip


def test_a_spell_says_whose_and_since_when(case: Case) -> None:
    assert str(BallSpell.unscoped.get(case=case)).startswith("asker since ")


def test_a_clock_says_what_it_measures(case: Case) -> None:
    assert str(ticking(case)()) == f"first_answer of {case.pk}"


def test_a_seat_says_whose_and_where(service: Service, specialist: User) -> None:
    assert str(ServiceMember.objects.get(user=specialist)) == f"{specialist.pk} in {service.pk}"
