"""A referral is sent: what is there afterwards, what must be there before, and when it is refused."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from consortium.casework.models import BallSpell, Case, Clock, Service, ServiceMember
from consortium.casework.states import Ball, CaseKind, Leg, Priority, Symptom
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import DomainError, InvalidInput, NotVisible
from consortium.patients.models import Consent, Measurement, Pathway, PathwayMember, Patient
from consortium.patients.states import ConsentKind
from consortium.people.models import Institution, User
from consortium.people.states import Role, Tier
from referrals.models import Offer, Referral
from referrals.operations.beginning import begin_referral
from referrals.operations.sending import AlreadyReferred, send, send_now
from referrals.states import Kind, OfferStep, Step
from tests.cast import actor_for
from tests.consultations.cases import answered, by
from tests.factories.cases import make_service
from tests.factories.people import make_institution, make_staff
from tests.referrals.cases import QUESTION, WHOLE, sent

pytestmark = pytest.mark.django_db
EMPTY = {"weight_grams": None, "consent_given": False}


@pytest.fixture
def made(asker: User, specialist: User, patient: Patient, service: Service) -> Referral:
    return sent(asker, patient, service, symptom=Symptom.STRIDOR)


def members(referral: Referral) -> set[object]:
    return set(PathwayMember.unscoped.filter(pathway=referral.case.pathway).values_list("institution_id", flat=True))


# --- what is there afterwards


def test_the_case_is_a_referral_at_its_first_step(made: Referral) -> None:
    assert (made.step, made.case.kind, made.kind) == (Step.REQUESTED, CaseKind.REFERRAL, Kind.UP)
    assert made.case.submitted_at is not None


def test_both_institutions_take_part_from_the_send(
    made: Referral, community: Institution, hospital: Institution
) -> None:
    assert members(made) == {community.pk, hospital.pk}


def test_the_receiving_specialist_sees_the_child_at_once(made: Referral, specialist: User) -> None:
    with acting_as(actor_for(specialist)):
        assert Patient.objects.filter(pk=made.patient_id).exists()
        assert Case.objects.filter(pk=made.pk).exists()


def test_the_first_offer_is_kept(made: Referral, asker: User, service: Service) -> None:
    offer = Offer.unscoped.get(case=made.case)
    assert (offer.number, offer.service_id, offer.step, offer.asked_by_id) == (
        1, service.pk, OfferStep.REQUESTED, asker.pk,
    )  # fmt: skip


def test_one_clock_runs_until_it_is_seen(made: Referral) -> None:
    running = Clock.unscoped.get(case=made.case, stopped_at=None)
    assert (running.leg, running.target_seconds) == (Leg.SEEN, 30 * 60)
    assert made.case.due_at == running.started_at + timedelta(minutes=30)


def test_the_receiving_service_has_the_ball(made: Referral) -> None:
    spell = BallSpell.unscoped.get(case=made.case, until=None)
    assert (spell.party, spell.user_id) == (Ball.RESPONDER, None)
    assert (made.case.ball, made.case.ball_user_id) == (Ball.RESPONDER, None)


def test_without_anybody_who_can_act_the_coordinator_has_it(asker: User, patient: Patient, service: Service) -> None:
    assert sent(asker, patient, service).case.ball == Ball.COORDINATOR


def test_who_has_left_the_service_cannot_act(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    ServiceMember.objects.filter(user=specialist).update(left_at=clock.now())
    assert sent(asker, patient, service).case.ball == Ball.COORDINATOR


def test_close_to_home_any_doctor_of_the_place_can_act(
    asker: User, district_doctor: User, patient: Patient, district: Institution, service: Service
) -> None:
    there = make_service(district, service.specialty)
    assert sent(asker, patient, there).case.ball == Ball.RESPONDER


def test_the_journal_has_it_with_its_urgency(made: Referral) -> None:
    entry = Entry.unscoped.get(subject_id=str(made.pk), verb="send")
    assert (entry.facts["id"], entry.facts["priority"], entry.facts["alarm"]) == ("R1", "urgent", False)


def test_the_event_says_that_it_came_by_alarm(asker: User, patient: Patient, service: Service) -> None:
    alarm = sent(asker, patient, service, priority=Priority.STAT, by_alarm=True)
    payload = Entry.unscoped.get(subject_id=str(alarm.pk), verb="send").payload
    assert (payload["by_alarm"], payload["priority"], payload["service_id"]) == (True, 1, str(service.pk))


def test_the_consent_stands_in_the_childs_record(made: Referral) -> None:
    assert Consent.unscoped.get(patient=made.patient).kind == ConsentKind.SHARE


def test_the_weight_is_a_measurement(made: Referral) -> None:
    assert Measurement.unscoped.get(patient=made.patient, kind="weight").value == Decimal("6.8")


def test_the_problem_is_the_symptom(made: Referral) -> None:
    assert (made.problem, made.is_stat, made.patient_id) == ("stridor", False, made.case.patient_id)


@pytest.mark.parametrize("symptom", ["", Symptom.OTHER])
def test_without_a_named_symptom_the_problem_is_the_specialty(
    asker: User, patient: Patient, service: Service, symptom: str
) -> None:
    assert sent(asker, patient, service, symptom=symptom).problem == service.specialty.code


def test_the_line_for_lists_never_names_the_child(asker: User, patient: Patient, service: Service) -> None:
    made = sent(asker, patient, service, question=f"{patient.name} has stridor.")
    assert made.case.headline == "… has stridor."


def test_made_once_for_each_key(asker: User, patient: Patient, service: Service) -> None:
    key = uuid4()
    assert sent(asker, patient, service, key=key).pk == sent(asker, patient, service, key=key).pk


# --- written down for somebody else


def test_a_coordinator_writes_it_down_for_a_clinic(
    asker: User, coordinator: User, patient: Patient, service: Service, community: Institution
) -> None:
    made = sent(coordinator, patient, service, asker_id=asker.pk, institution_id=community.pk)
    assert (made.case.asker_id, made.recorded_by_id, made.step) == (asker.pk, coordinator.pk, Step.REQUESTED)
    assert members(made) == {community.pk, service.institution_id}


def test_what_is_written_down_adds_nothing_to_the_record(
    asker: User, coordinator: User, patient: Patient, service: Service, community: Institution
) -> None:
    sent(coordinator, patient, service, asker_id=asker.pk, institution_id=community.pk)
    assert not Measurement.unscoped.filter(patient=patient).exists()
    assert not Consent.unscoped.filter(patient=patient).exists()


# --- what must be there


@pytest.mark.parametrize("field", ["reason", "situation", "assessment", "weight_grams", "consent_given", "question"])
def test_what_lacks_is_named(asker: User, patient: Patient, service: Service, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        sent(asker, patient, service, **{field: EMPTY.get(field, "")})  # type: ignore[arg-type]
    assert set(refused.value.fields) == {field}


def test_nothing_is_kept_of_what_is_refused(asker: User, patient: Patient, service: Service) -> None:
    with pytest.raises(InvalidInput):
        sent(asker, patient, service, question=" ")
    assert not Case.unscoped.exists()


def test_stat_needs_the_child_and_the_problem_alone(asker: User, patient: Patient, service: Service) -> None:
    fields = {"service_id": service.pk, "priority": Priority.STAT, "question": "Seizure for 20 minutes."}
    place = service.institution_id
    with pytest.raises(InvalidInput):
        by(asker, send_now, patient=patient, institution_id=place, fields=fields)
    place = patient.registered_at_id
    made = by(asker, send_now, patient=patient, institution_id=place, fields=fields)
    assert (made.step, made.is_stat, made.consent_given) == (Step.REQUESTED, True, False)


def test_stat_without_a_problem_is_refused(asker: User, patient: Patient, service: Service) -> None:
    with pytest.raises(InvalidInput) as refused:
        sent(asker, patient, service, priority=Priority.STAT, question="")
    assert set(refused.value.fields) == {"question"}


def test_a_place_is_needed(asker: User, patient: Patient, community: Institution) -> None:
    with pytest.raises(InvalidInput) as refused:
        by(asker, send_now, patient=patient, institution_id=community.pk, fields=WHOLE)
    assert "service_id" in refused.value.fields


def test_a_childs_own_institution_is_no_place_to_refer_to(asker: User, patient: Patient, service: Service) -> None:
    own = make_service(patient.registered_at, service.specialty)
    with pytest.raises(InvalidInput) as refused:
        sent(asker, patient, own)
    assert "own institution" in str(refused.value.fields["service_id"])


def test_a_service_that_does_not_take_the_age_refuses(asker: User, patient: Patient, service: Service) -> None:
    Service.objects.filter(pk=service.pk).update(from_days=365)
    with pytest.raises(InvalidInput) as refused:
        sent(asker, patient, service)
    assert "from the age of 1 year" in str(refused.value.fields["service_id"])


def test_the_records_own_consent_is_enough(asker: User, patient: Patient, service: Service) -> None:
    first = sent(asker, patient, service, symptom=Symptom.STRIDOR)
    assert sent(asker, patient, service, symptom=Symptom.FEVER, consent_given=False).pk != first.pk


def test_a_hospital_that_takes_part_already_needs_no_new_consent(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    asked = answered(asker, specialist, patient, service, consent_given=False, priority=Priority.STAT)
    PathwayMember.unscoped.create(pathway=Pathway.unscoped.get(), institution=service.institution, since=clock.now())
    made = sent(asker, patient, service, consent_given=False, parent_id=asked.pk, reason="", situation="")
    assert made.case.pathway_id == asked.case.pathway_id


def test_what_comes_out_of_a_case_needs_a_consent_for_a_new_hospital(
    asker: User, specialist: User, patient: Patient, service: Service, district: Institution
) -> None:
    asked = answered(asker, specialist, patient, service, consent_given=False, priority=Priority.STAT)
    elsewhere = make_service(district, service.specialty)
    with pytest.raises(InvalidInput) as refused:
        sent(asker, patient, elsewhere, consent_given=False, parent_id=asked.pk)
    assert set(refused.value.fields) == {"consent_given"}


def test_the_guardians_word_to_the_plan_is_a_consent(asker: User, patient: Patient, service: Service) -> None:
    made = sent(asker, patient, service, consent_given=False, guardian_agreed=True)
    assert made.guardian_agreed is True


@pytest.mark.parametrize(
    ("field", "value"),
    [("reason", "because"), ("diagnosis_code", "croup"), ("diagnosis_code", "J05.00"), ("weight_grams", 12),
     ("priority", 9), ("working_diagnosis", "x" * 201), ("question", "x" * 10_001), ("symptom", "sadness"),
     ("service_id", uuid4())],
)  # fmt: skip
def test_what_cannot_be_kept_is_named(
    asker: User, patient: Patient, service: Service, field: str, value: object
) -> None:
    with pytest.raises(InvalidInput) as refused:
        sent(asker, patient, service, **{field: value})  # type: ignore[arg-type]
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize(("typed", "kept"), [(" j21.9 ", "J21.9"), ("a38", "A38"), ("", "")])
def test_a_code_is_kept_as_it_is_written(
    asker: User, patient: Patient, service: Service, typed: str, kept: str
) -> None:
    assert sent(asker, patient, service, diagnosis_code=typed).diagnosis_code == kept


# --- the indication of the manual


def test_an_indication_is_cited_whole(asker: User, patient: Patient, service: Service) -> None:
    cited = {"pathway": "stridor", "version": 3, "id": "severe", "urgency": "E1"}
    made = sent(asker, patient, service, indication=cited)
    assert (made.indication_pathway, made.indication_version, made.indication_id, made.indication_urgency) == (
        "stridor", 3, "severe", "E1",
    )  # fmt: skip


def test_half_a_citation_is_none(asker: User, patient: Patient, service: Service) -> None:
    made = sent(asker, patient, service, indication={"pathway": "stridor", "id": "severe", "urgency": "E1"})
    assert (made.indication_pathway, made.indication_version, made.indication_urgency) == ("", None, "")


# --- a second one for the same problem


def test_a_second_open_one_is_refused_and_names_the_first(
    made: Referral, asker: User, patient: Patient, service: Service, hospital: Institution
) -> None:
    with pytest.raises(AlreadyReferred) as refused:
        sent(asker, patient, service, symptom=Symptom.STRIDOR)
    assert refused.value.detail == {"referral": str(made.pk)}
    assert (hospital.name_en in str(refused.value.message), refused.value.status) == (True, 409)


def test_who_may_not_see_the_first_learns_only_that_there_is_one(
    made: Referral, patient: Patient, service: Service, unrelated: Institution
) -> None:
    other = make_staff("elsewhere", unrelated, Role.ASKER)
    with pytest.raises(AlreadyReferred) as refused:
        sent(other, patient, service, symptom=Symptom.STRIDOR)
    assert (refused.value.detail, "Another hospital" in str(refused.value.message)) == ({}, True)


def test_a_stat_one_is_linked_never_refused(made: Referral, asker: User, patient: Patient, service: Service) -> None:
    alarm = sent(asker, patient, service, symptom=Symptom.STRIDOR, priority=Priority.STAT)
    assert (alarm.parent_id, alarm.case.pathway_id) == (made.pk, made.case.pathway_id)
    assert Pathway.unscoped.count() == 1


def test_a_second_stat_one_is_linked_too(asker: User, patient: Patient, service: Service) -> None:
    first = sent(asker, patient, service, priority=Priority.STAT)
    assert sent(asker, patient, service, priority=Priority.STAT).parent_id == first.pk


def test_a_routine_one_beside_a_stat_one_is_sent(asker: User, patient: Patient, service: Service) -> None:
    sent(asker, patient, service, priority=Priority.STAT)
    assert sent(asker, patient, service, priority=Priority.ROUTINE).parent_id is None


def test_another_problem_is_no_second_one(made: Referral, asker: User, patient: Patient, service: Service) -> None:
    assert sent(asker, patient, service, symptom=Symptom.FEVER).case.pathway_id != made.case.pathway_id


def test_another_way_is_no_second_one(made: Referral, asker: User, patient: Patient, service: Service) -> None:
    beside = make_service(make_institution(), service.specialty)
    assert sent(asker, patient, beside, symptom=Symptom.STRIDOR).kind == Kind.LATERAL


def test_nobody_sends_down_without_a_plan(asker: User, patient: Patient, service: Service) -> None:
    Institution.objects.filter(pk=service.institution_id).update(tier=Tier.COMMUNITY)
    Institution.objects.filter(pk=patient.registered_at_id).update(tier=Tier.DISTRICT)
    with pytest.raises(InvalidInput) as refused:
        sent(asker, patient, service)
    assert "with a plan" in str(refused.value.fields["service_id"])


def test_back_it_goes_with_a_plan(asker: User, patient: Patient, service: Service) -> None:
    Institution.objects.filter(pk=service.institution_id).update(tier=Tier.COMMUNITY)
    Institution.objects.filter(pk=patient.registered_at_id).update(tier=Tier.DISTRICT)
    assert sent(asker, patient, service, kind=Kind.BACK, plan="Iron for 3 months.").plan == "Iron for 3 months."


def test_bad_signs_make_it_more_urgent(
    asker: User, patient: Patient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("referrals.operations.sending.urgency_of_signs", lambda patient_id: Priority.STAT)
    made = sent(asker, patient, service)
    assert (made.case.priority, made.is_stat) == (Priority.STAT, True)


def test_the_database_refuses_a_second_one_too(made: Referral, asker: User, patient: Patient, service: Service) -> None:
    second = sent(asker, patient, service, symptom=Symptom.FEVER)
    with pytest.raises(IntegrityError, match="referrals_one_open_for_a_problem"), transaction.atomic():
        Referral.unscoped.filter(pk=second.pk).update(problem="stridor")


def test_the_databases_refusal_is_told_in_words(
    made: Referral, asker: User, patient: Patient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("referrals.operations.sending.open_for_problem", lambda referral: None)
    with pytest.raises(DomainError, match="open that referral"), transaction.atomic():
        sent(asker, patient, service, symptom=Symptom.STRIDOR)


# --- a draft


@pytest.fixture
def draft(asker: User, patient: Patient, service: Service, community: Institution) -> Referral:
    fields = {**WHOLE, "service_id": service.pk, "priority": Priority.ROUTINE}
    begun: Referral = by(asker, begin_referral, patient=patient, institution_id=community.pk, fields=fields)
    return begun


def test_a_draft_is_its_authors_alone(draft: Referral, asker: User, colleague: User, specialist: User) -> None:
    seen = []
    for user in (asker, colleague, specialist):
        with acting_as(actor_for(user)):
            seen.append(Case.objects.filter(pk=draft.pk).exists())
    assert seen == [True, False, False]


def test_sending_a_draft_twice_sends_it_once(draft: Referral, asker: User) -> None:
    by(asker, send, case_id=draft.pk)
    assert by(asker, send, case_id=draft.pk).step == Step.REQUESTED
    assert Offer.unscoped.filter(case_id=draft.pk).count() == 1


def test_a_colleague_does_not_send_what_was_sent(draft: Referral, asker: User, colleague: User) -> None:
    by(asker, send, case_id=draft.pk)
    with pytest.raises(DomainError):
        by(colleague, send, case_id=draft.pk)


def test_nobody_but_the_author_sees_it_to_send(draft: Referral, colleague: User) -> None:
    with pytest.raises(NotVisible):
        by(colleague, send, case_id=draft.pk)


def test_the_question_is_kept(draft: Referral) -> None:
    assert draft.question == QUESTION
