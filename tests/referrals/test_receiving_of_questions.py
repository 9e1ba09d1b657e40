"""A question becomes a referral: in the transaction that closes it, with all that was said, or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from consortium.casework.models import Case, Service
from consortium.casework.states import Priority, Symptom
from consortium.journal.models import Entry
from consortium.kernel.errors import InvalidInput
from consortium.patients.models import Consent, Measurement, Pathway, Patient
from consortium.patients.states import ConsentKind
from consortium.people.models import Institution, User
from consultations import operations
from consultations.models import Consultation
from consultations.states import ReferReason
from consultations.states import Step as Asked
from referrals.models import Referral
from referrals.operations.sending import AlreadyReferred
from referrals.states import Reason, Step
from tests.cast import client_for
from tests.consultations.cases import answered, by
from tests.factories.cases import make_service
from tests.factories.patients import make_consent, make_measured
from tests.referrals.cases import sent

pytestmark = pytest.mark.django_db
QUESTION = "Tonsils meet in the middle: please operate?"
SAID = {
    "symptom": Symptom.STRIDOR, "background": "Born at term.", "assessment": "Kissing tonsils.",
    "recommendation": "Steroids.", "working_diagnosis": "J35.1 Hypertrophy of tonsils", "data_unavailable": True,
}  # fmt: skip


@pytest.fixture
def asked(asker: User, specialist: User, patient: Patient, service: Service) -> Consultation:
    return answered(asker, specialist, patient, service, **SAID)


def convert(asked: Consultation, who: User, **more: Any) -> Referral:
    words = {"reason": ReferReason.TREATMENT, "question": QUESTION, **more}
    by(who, operations.convert, case_id=asked.pk, **words)
    made: Referral = Referral.unscoped.select_related("case").get(parent_id=asked.pk)
    return made


def test_every_reason_of_a_question_is_one_of_a_referral() -> None:
    assert set(ReferReason.values) <= set(Reason.values)


def test_it_is_sent_when_the_question_is_closed(asked: Consultation, asker: User) -> None:
    made = convert(asked, asker)
    assert (made.step, made.case.is_open, made.case.asker_id) == (Step.REQUESTED, True, asker.pk)
    row = Consultation.unscoped.select_related("case").get(pk=asked.pk)
    assert (row.step, row.case.is_open) == (Asked.CONVERTED, False)


def test_it_carries_what_was_said(asked: Consultation, asker: User) -> None:
    made = convert(asked, asker, priority=Priority.ROUTINE)
    assert (made.question, made.reason, made.case.priority) == (QUESTION, Reason.TREATMENT, Priority.ROUTINE)
    assert (made.situation, made.background, made.assessment, made.recommendation) == (
        "Barking cough since an hour.", "Born at term.", "Kissing tonsils.", "Steroids.",
    )  # fmt: skip
    assert (made.case.symptom, made.case.weight_grams, made.consent_given) == ("stridor", 6800, True)


def test_the_working_diagnosis_keeps_its_code(asked: Consultation, asker: User) -> None:
    made = convert(asked, asker)
    assert (made.diagnosis_code, made.working_diagnosis) == ("J35.1", "Hypertrophy of tonsils")


def test_it_goes_on_in_the_same_pathway(asked: Consultation, asker: User) -> None:
    made = convert(asked, asker)
    assert made.case.pathway_id == asked.case.pathway_id
    assert Pathway.unscoped.get().closed_at is None


def test_it_goes_to_the_service_that_was_asked(asked: Consultation, asker: User, service: Service) -> None:
    assert convert(asked, asker).case.service_id == service.pk


def test_it_goes_elsewhere_when_told(asked: Consultation, asker: User, other_service: Service) -> None:
    assert convert(asked, asker, service_id=other_service.pk).case.service_id == other_service.pk


def test_a_weight_taken_since_goes_with_it(asked: Consultation, asker: User, patient: Patient) -> None:
    make_measured(patient, weight="7.1")
    assert convert(asked, asker).case.weight_grams == 7100


def test_the_weight_of_the_question_is_not_measured_again(asked: Consultation, asker: User, patient: Patient) -> None:
    before = Measurement.unscoped.filter(patient=patient).count()
    convert(asked, asker)
    assert Measurement.unscoped.filter(patient=patient).count() == before


def test_twice_is_once(asked: Consultation, asker: User) -> None:
    convert(asked, asker)
    convert(asked, asker)
    assert Referral.unscoped.count() == 1


def test_a_colleague_refers_themselves(asked: Consultation, colleague: User) -> None:
    made = convert(asked, colleague)
    assert (made.case.asker_id, made.recorded_by_id) == (colleague.pk, None)


def test_the_specialist_does_it_for_the_asker(
    asker: User, specialist: User, patient: Patient, service: Service, other_service: Service
) -> None:
    asked = answered(asker, specialist, patient, service, may_be_converted=True)
    made = convert(asked, specialist, service_id=other_service.pk)
    assert (made.case.asker_id, made.recorded_by_id) == (asker.pk, specialist.pk)


def test_the_journal_names_the_person_not_the_system(asked: Consultation, asker: User) -> None:
    made = convert(asked, asker)
    entry = Entry.unscoped.get(subject_id=str(made.pk), verb="send")
    assert (entry.actor_kind, entry.actor_id) == ("person", asker.pk)


def test_a_second_one_for_the_problem_leaves_the_question_open(
    asked: Consultation, asker: User, patient: Patient, service: Service
) -> None:
    first = sent(asker, patient, service, symptom=Symptom.STRIDOR)
    with pytest.raises(AlreadyReferred) as refused:
        convert(asked, asker)
    assert refused.value.detail == {"referral": str(first.pk)}
    row = Consultation.unscoped.select_related("case").get(pk=asked.pk)
    assert (row.step, row.case.is_open) == (Asked.ANSWERED, True)


def test_without_a_consent_nothing_is_sent(
    asker: User, specialist: User, patient: Patient, service: Service, district: Institution
) -> None:
    asked = answered(asker, specialist, patient, service, consent_given=False, priority=Priority.STAT)
    elsewhere = make_service(district, service.specialty)
    with pytest.raises(InvalidInput) as refused:
        convert(asked, asker, service_id=elsewhere.pk, priority=Priority.URGENT)
    assert set(refused.value.fields) == {"consent_given"}
    assert Case.unscoped.get(pk=asked.pk).is_open is True


def test_it_is_made_with_redis_away(asked: Consultation, asker: User, redis_away: None) -> None:
    assert convert(asked, asker).step == Step.REQUESTED
    assert Consultation.unscoped.get(pk=asked.pk).step == Asked.CONVERTED


@pytest.fixture
def unconsented(
    asker: User, specialist: User, patient: Patient, service: Service, district: Institution
) -> tuple[Consultation, Service]:
    """A stat question that went without, and a hospital that does not know the child."""
    asked = answered(asker, specialist, patient, service, consent_given=False, priority=Priority.STAT)
    return asked, make_service(district, service.specialty)


def test_the_consent_is_taken_in_the_same_act(unconsented: tuple[Consultation, Service], asker: User) -> None:
    asked, elsewhere = unconsented
    made = convert(asked, asker, service_id=elsewhere.pk, priority=Priority.ROUTINE, consent_given=True)
    assert (made.step, made.consent_given) == (Step.REQUESTED, True)
    assert Consent.unscoped.filter(patient=made.patient, kind=ConsentKind.SHARE).count() == 1


def test_the_dialog_asks_for_it_once(unconsented: tuple[Consultation, Service], asker: User, patient: Patient) -> None:
    asked, _elsewhere = unconsented
    browser, address = client_for(asker), reverse("consultations:act", args=[asked.pk, "convert"])
    assert 'name="consent_given"' in browser.get(address).content.decode()
    make_consent(patient, asker)
    assert 'name="consent_given"' not in browser.get(address).content.decode()


def test_what_was_told_of_the_symptom_goes_with_it(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    told = {**SAID, "told": {"duration": "Since midnight."}}
    made = convert(answered(asker, specialist, patient, service, **told), asker)
    assert made.situation.endswith("\nHow long it has lasted: Since midnight.")
