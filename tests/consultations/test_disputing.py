"""The asker disagrees with a decline: who looks again, in which place in line, and what came of it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from consortium.casework.models import Case, Clock, Message, Service, ServiceMember
from consortium.casework.states import Leg, MessageKind, Priority
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, WrongStep
from consortium.notices.models import Page, PageCall
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations import operations, policies
from consultations.models import Consultation
from consultations.queries.concerned import on_call
from consultations.queries.timeline import steps_of
from consultations.states import DeclineReason, DisputeOutcome, Step
from tests.cast import client_for
from tests.consultations.cases import by, claimed, submitted
from tests.consultations.test_deciding import decides, may
from tests.consultations.test_telling import told

pytestmark = pytest.mark.django_db
WHY = "She cannot travel for six hours; a telephone opinion is all we ask for."


def declined_again(held: Consultation, by_whom: User, to: Service) -> Consultation:
    made: Consultation = by(
        by_whom, operations.decline, case_id=held.pk, reason=DeclineReason.NOT_ENOUGH, service_id=to.pk
    )
    return made


@pytest.fixture
def declined(asker: User, specialist: User, patient: Patient, service: Service, other_service: Service,
             lead: User) -> Consultation:  # fmt: skip
    return declined_again(claimed(asker, specialist, patient, service), specialist, other_service)


@pytest.fixture
def disputed(declined: Consultation, asker: User) -> Consultation:
    made: Consultation = by(asker, operations.dispute, case_id=declined.pk, reason=WHY)
    return made


def stored(made: Consultation) -> Consultation:
    row: Consultation = Consultation.unscoped.select_related("case").get(pk=made.pk)
    return row


def test_a_word_to_the_asker_stands_in_the_thread(
    asker: User, specialist: User, patient: Patient, service: Service, other_service: Service
) -> None:
    held = claimed(asker, specialist, patient, service)
    by(specialist, operations.decline, case_id=held.pk, reason=DeclineReason.WRONG_SERVICE,
       service_id=other_service.pk, note="The heart people read this murmur better.")  # fmt: skip
    said = Message.unscoped.get(case_id=held.pk)
    assert (said.kind, said.author_id) == (MessageKind.DECISION, specialist.pk)
    assert (
        "The heart people read this murmur better."
        in client_for(asker).get(f"/consultations/{held.pk}/").content.decode()
    )


def test_a_decline_without_a_word_writes_none(declined: Consultation) -> None:
    assert not Message.unscoped.filter(case_id=declined.pk).exists()


def test_a_decline_names_who_declined(declined: Consultation, specialist: User) -> None:
    assert stored(declined).declined_by_id == specialist.pk


def test_it_goes_back_to_the_service_that_declined(disputed: Consultation, service: Service) -> None:
    row = stored(disputed)
    assert (row.step, row.case.service_id, row.case.responder_id) == (Step.REQUESTED, service.pk, None)
    assert row.looked_at_again


def test_the_place_in_line_is_that_of_the_first_send(disputed: Consultation) -> None:
    row = stored(disputed)
    running = Clock.unscoped.get(case=row.case, stopped_at=None)
    assert (running.leg, running.started_at) == (Leg.ALLOCATION, row.case.submitted_at)


def test_only_the_asking_side_disputes(declined: Consultation, specialist: User, lead: User) -> None:
    for user in (specialist, lead):
        with pytest.raises((NotPermitted, NotVisible)):
            by(user, operations.dispute, case_id=declined.pk, reason=WHY)


def test_a_colleague_of_the_asker_may_dispute(declined: Consultation, colleague: User) -> None:
    assert may(policies.may_dispute, colleague, stored(declined))


def test_what_nobody_declined_is_not_disputed(asker: User, patient: Patient, service: Service) -> None:
    made = submitted(asker, patient, service)
    assert "Only a decline" in str(decides(policies.may_dispute, asker, made).reason)


def test_a_dispute_needs_a_reason(declined: Consultation, asker: User) -> None:
    with pytest.raises(InvalidInput) as refused:
        by(asker, operations.dispute, case_id=declined.pk, reason="  ")
    assert "reason" in refused.value.fields


def test_a_reason_has_an_end(declined: Consultation, asker: User) -> None:
    with pytest.raises(InvalidInput):
        by(asker, operations.dispute, case_id=declined.pk, reason="x" * 10_001)


def test_sent_twice_it_is_one_dispute(disputed: Consultation, asker: User) -> None:
    version = stored(disputed).case.version
    by(asker, operations.dispute, case_id=disputed.pk, reason=WHY)
    assert stored(disputed).case.version == version


def test_where_nobody_else_answers_there_is_nobody_to_look_again(
    declined: Consultation, asker: User, lead: User, service: Service
) -> None:
    ServiceMember.objects.filter(user=lead).update(left_at=clock.now())
    with pytest.raises(WrongStep, match="Nobody else answers there"):
        by(asker, operations.dispute, case_id=declined.pk, reason=WHY)


def test_a_closed_service_does_not_look_again(declined: Consultation, asker: User, service: Service) -> None:
    Service.objects.filter(pk=service.pk).update(is_open=False)
    with pytest.raises(WrongStep):
        by(asker, operations.dispute, case_id=declined.pk, reason=WHY)


def test_who_may_take_it_then(disputed: Consultation, specialist: User, other_specialist: User, lead: User) -> None:
    row = stored(disputed)
    taking = {user.username: may(policies.may_claim, user, row) for user in (specialist, other_specialist, lead)}
    assert taking == {"specialist": False, "other_specialist": False, "lead": True}


def test_the_refusals_say_why(disputed: Consultation, specialist: User, other_specialist: User) -> None:
    row = stored(disputed)
    assert "You declined" in str(decides(policies.may_claim, specialist, row).reason)
    assert "the service lead looks" in str(decides(policies.may_claim, other_specialist, row).reason)


def test_a_lead_who_declined_does_not_look_at_it_themselves(
    asker: User, lead: User, specialist: User, patient: Patient, service: Service, other_service: Service
) -> None:
    made = declined_again(claimed(asker, lead, patient, service), lead, other_service)
    row = stored(by(asker, operations.dispute, case_id=made.pk, reason=WHY))
    assert not may(policies.may_claim, lead, row)
    assert "You declined" in str(decides(policies.may_allocate, lead, row).reason)


def test_the_coordinator_gives_it_to_anybody_but_who_declined(
    disputed: Consultation, coordinator: User, specialist: User, other_specialist: User
) -> None:
    with pytest.raises(InvalidInput) as refused:
        by(coordinator, operations.allocate, case_id=disputed.pk, responder_id=specialist.pk)
    assert "They declined" in str(refused.value.fields["responder_id"])
    by(coordinator, operations.allocate, case_id=disputed.pk, responder_id=other_specialist.pk)
    assert stored(disputed).dispute_outcome == DisputeOutcome.TAKEN


def test_the_list_to_allocate_from_leaves_them_out(
    disputed: Consultation, coordinator: User, specialist: User, other_specialist: User
) -> None:
    page = client_for(coordinator).get(f"/consultations/{disputed.pk}/allocate/").content.decode()
    assert str(other_specialist.pk) in page
    assert str(specialist.pk) not in page


def test_the_duty_list_does_not_decide_a_dispute(disputed: Consultation, declined: Consultation) -> None:
    assert not may(policies.may_assign, system("duty"), stored(disputed))
    row = stored(disputed)
    row.dispute_outcome = DisputeOutcome.TAKEN
    assert may(policies.may_assign, system("duty"), row)


def test_taken_by_the_lead_it_is_settled(disputed: Consultation, lead: User) -> None:
    by(lead, operations.claim, case_id=disputed.pk)
    row = stored(disputed)
    assert (row.step, row.dispute_outcome, row.looked_at_again) == (Step.RECEIVED, DisputeOutcome.TAKEN, False)


def test_declined_again_there_is_no_third_look(
    disputed: Consultation, lead: User, asker: User, other_service: Service
) -> None:
    by(lead, operations.claim, case_id=disputed.pk)
    row = stored(declined_again(disputed, lead, other_service))
    assert (row.step, row.dispute_outcome) == (Step.REQUESTED, DisputeOutcome.DECLINED)
    assert not may(policies.may_dispute, asker, row)


def test_the_leads_are_told_and_the_coordinators(disputed: Consultation, lead: User, coordinator: User) -> None:
    assert "consultation.disputed_now" in told(lead)
    assert "consultation.waiting" in told(coordinator)


def test_a_routine_dispute_is_told_without_haste(
    asker: User, specialist: User, lead: User, patient: Patient, service: Service, other_service: Service
) -> None:
    held = claimed(asker, specialist, patient, service, priority=Priority.ROUTINE)
    by(asker, operations.dispute, case_id=declined_again(held, specialist, other_service).pk, reason=WHY)
    assert "consultation.disputed" in told(lead)


def test_an_urgent_one_pages_the_leads_and_not_who_declined(
    disputed: Consultation, specialist: User, lead: User
) -> None:
    page = Page.unscoped.filter(subject_id=str(disputed.pk)).latest("started_at")
    called = set(PageCall.unscoped.filter(page=page).values_list("user_id", flat=True))
    assert lead.pk in called
    assert specialist.pk not in called


def test_while_it_waits_only_leads_and_the_office_are_on_call(
    disputed: Consultation, lead: User, coordinator: User, other_specialist: User
) -> None:
    with acting_as(system("test")):
        case = Case.objects.select_related("consultation", "service").get(pk=disputed.pk)
        assert on_call(case) == [lead.pk, coordinator.pk]


def test_the_asker_hears_that_it_was_declined_again(
    disputed: Consultation, lead: User, asker: User, other_service: Service
) -> None:
    by(lead, operations.claim, case_id=disputed.pk)
    declined_again(disputed, lead, other_service)
    assert "consultation.declined_again" in told(asker)


def test_the_timeline_says_where_it_went(disputed: Consultation, service: Service, asker: User) -> None:
    with acting_as(system("test")):
        last = steps_of(stored(disputed).case)[-1]
    assert str(last["label"]) == "The decline is disputed"
    assert service.name in last["note"]


def test_the_page_offers_the_dispute_to_the_asker(declined: Consultation, asker: User, other_service: Service) -> None:
    page = client_for(asker).get(f"/consultations/{declined.pk}/").content.decode()
    assert f"/consultations/{declined.pk}/dispute/" in page
    assert "Declined by" in page


def test_everybody_reads_what_came_of_it(disputed: Consultation, lead: User, asker: User) -> None:
    url = f"/consultations/{disputed.pk}/"
    assert "The service lead looks again" in client_for(lead).get(url).content.decode()
    by(lead, operations.claim, case_id=disputed.pk)
    for user in (asker, lead):
        page = client_for(user).get(url).content.decode()
        assert "Taken after all" in page
        assert "She cannot travel" in page


def test_the_form_sends_it_back(declined: Consultation, asker: User) -> None:
    answer = client_for(asker).post(f"/consultations/{declined.pk}/dispute/", {"reason": WHY})
    assert answer.status_code == 302
    assert stored(declined).looked_at_again


def test_the_api_tells_of_it(disputed: Consultation, asker: User) -> None:
    told_of = client_for(asker).get(f"/api/v1/consultations/{disputed.pk}/").json()["dispute"]
    assert (told_of["reason"], told_of["outcome"]) == (WHY, "")


def test_an_outcome_belongs_to_a_dispute(declined: Consultation) -> None:
    with pytest.raises(IntegrityError, match="consultations_outcome_of_a_dispute"), transaction.atomic():
        Consultation.unscoped.filter(pk=declined.pk).update(dispute_outcome=DisputeOutcome.TAKEN)
