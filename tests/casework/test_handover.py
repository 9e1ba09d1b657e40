"""From one shift to the next: what is open is offered by name, and taken over by name."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from consortium.casework import operations
from consortium.casework.models import Case, Clock, Handover, HandoverItem, Service
from consortium.casework.queries.open_items import open_items
from consortium.casework.states import Ball, HandoverStep, ItemOutcome, Priority
from consortium.journal.models import Entry
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, NotVisible, Taken, WrongStep
from consortium.notices.models import Page, PageCall
from consortium.notices.operations import start_page
from consortium.patients.models import PathwayMember, Patient
from consortium.people.models import User
from consultations import operations as consult
from consultations.operations import Advice
from tests.casework.handing import now_of, offer, take
from tests.consultations.cases import answered, by, claimed, submitted

pytestmark = pytest.mark.django_db


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
