"""What a symptom needs: asked for beside the question, once, and never a gate for stat."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from consortium.casework.models import Case, Service
from consortium.casework.states import Priority, Symptom
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import InvalidInput
from consortium.patients.models import Patient
from consortium.patients.operations import Entry, erase_patient, record_measurements
from consortium.people.models import User
from consultations import operations
from consultations.models import Consultation
from consultations.queries.intake import missing_data, missing_words, told_words
from tests.cast import client_for
from tests.consultations.cases import by, claimed, drafted, submitted
from tests.factories.cases import make_service

pytestmark = pytest.mark.django_db

EAR = {"symptom": Symptom.EAR, "told": {"duration": "Two days", "ear_findings": "Pus on the left"}}


def lacks(consultation: Consultation) -> list[str]:
    fresh = Consultation.unscoped.select_related("case").get(pk=consultation.pk)
    with acting_as(system("test")):
        return missing_data(fresh)


def measure(user: User, patient: Patient, kind: str, value: str, unit: str) -> None:
    by(user, record_measurements, patient_id=patient.pk, entries=[Entry(kind, Decimal(value), unit)])


def saved(asker: User, draft: Consultation, **fields: Any) -> Consultation:
    made: Consultation = by(asker, operations.save_draft, case_id=draft.pk, fields=fields)
    return made


def send(asker: User, draft: Consultation) -> Consultation:
    made: Consultation = by(asker, operations.submit, case_id=draft.pk)
    return made


@pytest.fixture
def draft(asker: User, patient: Patient, service: Service) -> Consultation:
    return drafted(asker, patient, service)


# -- what lacks -------------------------------------------------------------------------------------------------------


def test_without_a_symptom_nothing_does(draft: Consultation, django_assert_num_queries: Any) -> None:
    draft = Consultation.unscoped.select_related("case").get(pk=draft.pk)
    with django_assert_num_queries(0):
        assert missing_data(draft) == []


def test_all_of_it_at_first(asker: User, draft: Consultation) -> None:
    saved(asker, draft, symptom=Symptom.EAR)
    assert lacks(draft) == ["temperature", "duration", "ear_findings"]


def test_what_is_told_does_not(asker: User, draft: Consultation) -> None:
    saved(asker, draft, **EAR)
    assert lacks(draft) == ["temperature"]


def test_nor_what_was_measured_today(asker: User, draft: Consultation, patient: Patient) -> None:
    saved(asker, draft, **EAR)
    measure(asker, patient, "temperature", "38.5", "Cel")
    assert lacks(draft) == []


def test_what_was_measured_yesterday_says_nothing_about_now(asker: User, draft: Consultation, patient: Patient) -> None:
    saved(asker, draft, **EAR)
    measure(asker, patient, "temperature", "38.5", "Cel")
    with clock.moved(timedelta(hours=5)):
        assert lacks(draft) == ["temperature"]


def test_growth_is_good_for_a_month(asker: User, draft: Consultation, patient: Patient) -> None:
    saved(asker, draft, symptom=Symptom.POOR_GROWTH, told={"feeding": "Rice."})
    measure(asker, patient, "length", "67", "cm")
    with clock.moved(timedelta(days=20)):
        assert lacks(draft) == []


def test_the_weight_of_the_question_counts(asker: User, draft: Consultation) -> None:
    saved(asker, draft, symptom=Symptom.JAUNDICE)
    assert "weight" not in lacks(draft)
    saved(asker, draft, weight_grams=None)
    assert "weight" in lacks(draft)


def test_in_words(asker: User, draft: Consultation) -> None:
    fresh = saved(asker, draft, **EAR)
    with acting_as(system("test")):
        assert missing_words(fresh) == ["Temperature"]
    assert told_words(fresh) == [("How long it has lasted", "Two days"),
                                 ("Discharge, and swelling behind the ear", "Pus on the left")]  # fmt: skip


# -- keeping it -------------------------------------------------------------------------------------------------------


def test_what_is_not_named_stays(asker: User, draft: Consultation) -> None:
    saved(asker, draft, **EAR)
    assert saved(asker, draft, told={"duration": "Three days"}).told["ear_findings"] == "Pus on the left"


def test_what_is_emptied_goes(asker: User, draft: Consultation) -> None:
    saved(asker, draft, **EAR)
    assert "duration" not in saved(asker, draft, told={"duration": "  "}).told


def test_the_symptom_may_be_taken_back(asker: User, draft: Consultation) -> None:
    saved(asker, draft, **EAR)
    assert saved(asker, draft, symptom="").case.symptom == ""


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"symptom": "boredom"}, "symptom"),
        ({"told": {"spo2": "98"}}, "told"),
        ({"told": {"duration": "x" * 501}}, "told"),
    ],
)
def test_what_is_unknown_or_too_long_is_refused(asker: User, draft: Consultation, fields: Any, wrong: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        saved(asker, draft, **fields)
    assert set(refused.value.fields) == {wrong}


def test_the_database_knows_the_symptoms(draft: Consultation) -> None:
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        Case.unscoped.filter(pk=draft.pk).update(symptom="boredom")


# -- sending ----------------------------------------------------------------------------------------------------------


def test_what_lacks_is_asked_for(asker: User, draft: Consultation) -> None:
    saved(asker, draft, **EAR)
    with pytest.raises(InvalidInput) as refused:
        send(asker, draft)
    assert set(refused.value.fields) == {"data_unavailable"}
    assert "Temperature" in str(refused.value.fields["data_unavailable"])


def test_who_cannot_have_it_says_so_and_sends(asker: User, draft: Consultation) -> None:
    saved(asker, draft, data_unavailable=True, **EAR)
    assert send(asker, draft).step == "requested"


def test_stat_is_never_stopped(asker: User, draft: Consultation) -> None:
    saved(asker, draft, symptom=Symptom.COUGH, priority=Priority.STAT)
    assert send(asker, draft).step == "requested"


def test_a_service_that_does_not_take_it_is_refused_with_who_does(
    asker: User, draft: Consultation, service: Service, other_service: Service
) -> None:
    Service.objects.filter(pk=service.pk).update(below_days=28)
    with pytest.raises(InvalidInput) as refused:
        send(asker, draft)
    assert "Cardiology" in str(refused.value.fields["service_id"])


def test_sending_stat_where_nobody_takes_stat_is_not_refused(
    asker: User, draft: Consultation, service: Service
) -> None:
    Service.objects.filter(pk=service.pk).update(urgencies=[Priority.ROUTINE])
    saved(asker, draft, priority=Priority.STAT)
    assert send(asker, draft).step == "requested"


def test_a_decline_names_one_that_takes_it(
    asker: User, specialist: User, patient: Patient, service: Service, other_service: Service
) -> None:
    held = claimed(asker, specialist, patient, service)
    Service.objects.filter(pk=other_service.pk).update(urgencies=[Priority.ROUTINE])
    with pytest.raises(InvalidInput) as refused:
        by(specialist, operations.decline, case_id=held.pk, reason="wrong_service", service_id=other_service.pk)
    assert set(refused.value.fields) == {"service_id"}


# -- pages ------------------------------------------------------------------------------------------------------------


def test_the_form_asks_for_the_lines_of_the_symptom(asker: User, draft: Consultation) -> None:
    saved(asker, draft, symptom=Symptom.EAR)
    page = client_for(asker).get(reverse("consultations:edit", args=[draft.pk])).content.decode()
    assert 'name="told_duration"' in page
    assert "Please measure" in page
    assert 'name="told_stools"' not in page


def test_without_a_symptom_it_asks_for_none(asker: User, draft: Consultation) -> None:
    page = client_for(asker).get(reverse("consultations:edit", args=[draft.pk])).content.decode()
    assert 'name="symptom"' in page
    assert 'name="told_' not in page
    assert 'name="data_unavailable"' not in page


def test_choosing_another_brings_its_lines_and_keeps_nothing(asker: User, draft: Consultation) -> None:
    url = reverse("consultations:needs", args=[draft.pk])
    page = client_for(asker).post(url, {"symptom": "diarrhoea", "told_stools": "six"}).content.decode()
    assert 'value="six"' in page
    assert Case.unscoped.get(pk=draft.pk).symptom == ""


def test_a_symptom_that_there_is_not_brings_none(asker: User, draft: Consultation) -> None:
    url = reverse("consultations:needs", args=[draft.pk])
    assert 'name="told_' not in client_for(asker).post(url, {"symptom": "boredom"}).content.decode()


def test_autosave_keeps_what_is_told(asker: User, draft: Consultation) -> None:
    said = {"symptom": "ear", "told_duration": "Two days", "version": draft.case.version}
    assert client_for(asker).post(reverse("consultations:autosave", args=[draft.pk]), said).status_code == 200
    fresh = Consultation.unscoped.select_related("case").get(pk=draft.pk)
    assert (fresh.case.symptom, fresh.told) == ("ear", {"duration": "Two days"})


def test_on_sending_what_lacks_stands_at_its_box(asker: User, draft: Consultation, service: Service) -> None:
    said = {
        "symptom": "ear", "service_id": service.pk, "priority": "3", "weight": "6.8", "question": "Wait?",
        "consent_given": "on", "version": draft.case.version,
    }  # fmt: skip
    reply = client_for(asker).post(reverse("consultations:edit", args=[draft.pk]), said)
    assert reply.status_code == 422
    assert "Needed to answer this" in reply.content.decode()


def test_the_specialist_reads_what_was_told_and_what_lacks(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    held = claimed(asker, specialist, patient, service, data_unavailable=True, **EAR)
    page = client_for(specialist).get(reverse("consultations:show", args=[held.pk])).content.decode()
    assert "Pus on the left" in page
    assert "Temperature" in page


def test_the_queue_does_not_read_it(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    asked = submitted(asker, patient, service, data_unavailable=True, **EAR)
    assert "Pus on the left" not in client_for(specialist).get(
        reverse("consultations:show", args=[asked.pk])
    ).content.decode()  # fmt: skip


def test_beside_the_form_a_service_says_what_it_does_not_take(
    asker: User, service: Service, other_service: Service
) -> None:
    Service.objects.filter(pk=service.pk).update(below_days=28)
    note = reverse("consultations:service_note")
    page = (
        client_for(asker)
        .get(note, {"service_id": str(service.pk), "priority": "3", "age_days": "200"})
        .content.decode()
    )
    assert "below the age of 28 days" in page
    assert other_service.name in page


@pytest.mark.parametrize("priority", ["", "9"])
def test_without_an_urgency_it_says_nothing_of_that(asker: User, service: Service, priority: str) -> None:
    Service.objects.filter(pk=service.pk).update(below_days=28)
    note = reverse("consultations:service_note")
    said = {"service_id": str(service.pk), "priority": priority, "age_days": "200"}
    assert "below the age" not in client_for(asker).get(note, said).content.decode()


# -- the child is erased ----------------------------------------------------------------------------------------------


def test_what_was_told_goes_with_the_child(asker: User, patient: Patient, service: Service, privacy: User) -> None:
    asked = submitted(asker, patient, service, data_unavailable=True, **EAR)
    by(asker, operations.withdraw, case_id=asked.pk, reason="resolved")
    by(privacy, erase_patient, patient_id=patient.pk, reason="asked for", proven=True)
    assert Consultation.unscoped.get(pk=asked.pk).told == {}


def test_a_service_of_another_house_may_take_it(
    asker: User, draft: Consultation, district: Any, cardiology: Any, service: Service
) -> None:
    make_service(district, cardiology)
    assert send(asker, draft).step == "requested"


# -- API --------------------------------------------------------------------------------------------------------------


def test_the_api_takes_and_tells_it(asker: User, draft: Consultation) -> None:
    said = {"symptom": "ear", "told": {"duration": "Two days"}, "version": draft.case.version}
    told = client_for(asker).patch(f"/api/v1/consultations/{draft.pk}/", said, content_type="application/json").json()
    assert (told["symptom"], told["told"]) == ("ear", {"duration": "Two days"})
    assert told["missing"] == ["temperature", "ear_findings"]


def test_the_queue_is_told_what_lacks_and_no_words(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    asked = submitted(asker, patient, service, data_unavailable=True, **EAR)
    told = client_for(specialist).get(f"/api/v1/consultations/{asked.pk}/").json()
    assert (told["told"], told["missing"]) == (None, ["temperature"])
