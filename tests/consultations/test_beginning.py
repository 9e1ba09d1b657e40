"""What another page hands over to a new question: kept through the first page, into the draft."""

from __future__ import annotations

import html
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from consortium.casework.models import Service
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations.forms import BeginForm
from consultations.models import Consultation
from tests.cast import client_for

pytestmark = pytest.mark.django_db
TOLD = "Manual: Cough, version 1\nSevere pneumonia (E1)"


@pytest.fixture
def address(patient: Patient) -> str:
    return f"/consultations/new/{patient.pk}/"


@pytest.fixture
def doctor(asker: User) -> Client:
    return client_for(asker)


def sent(service: Service, **fields: Any) -> dict[str, Any]:
    return {"service_id": service.pk, "priority": 2, "request_key": uuid4(), **fields}


def test_the_situation_is_no_field_that_a_doctor_sees(service: Service) -> None:
    assert BeginForm().fields["situation"].widget.is_hidden


def test_a_form_without_a_situation_is_whole(service: Service) -> None:
    assert BeginForm(sent(service)).is_valid()


def test_the_situation_is_kept_as_it_was_told(service: Service) -> None:
    form = BeginForm(sent(service, situation=TOLD))
    assert form.is_valid()
    assert form.cleaned_data["situation"] == TOLD


def test_the_manual_arrives_at_an_empty_form_with_its_text(doctor: Client, address: str, service: Service) -> None:
    answer = doctor.post(address, {"from_manual": str(uuid4()), "situation": TOLD})
    assert answer.status_code == 200
    assert "Severe pneumonia (E1)" in html.unescape(answer.content.decode())
    assert not answer.context["form"].is_bound


def test_what_arrives_makes_no_draft_yet(doctor: Client, address: str, service: Service) -> None:
    doctor.post(address, {"from_manual": str(uuid4()), "situation": TOLD})
    assert not Consultation.unscoped.exists()


def test_a_text_that_is_too_long_is_cut_on_arrival(doctor: Client, address: str, service: Service) -> None:
    answer = doctor.post(address, {"from_manual": str(uuid4()), "situation": "x" * 5000})
    assert answer.context["form"].initial["situation"] == "x" * 4000


def test_an_error_on_the_first_page_keeps_the_text(doctor: Client, address: str, service: Service) -> None:
    answer = doctor.post(address, {"situation": TOLD})
    assert answer.status_code == 422
    assert "Severe pneumonia (E1)" in html.unescape(answer.content.decode())


def test_the_draft_has_the_text(doctor: Client, address: str, service: Service) -> None:
    doctor.post(address, sent(service, situation=TOLD))
    assert Consultation.unscoped.get().situation.split() == TOLD.split()


def test_without_a_text_the_drafts_situation_is_empty(doctor: Client, address: str, service: Service) -> None:
    doctor.post(address, sent(service))
    assert Consultation.unscoped.get().situation == ""


def test_the_first_page_leads_to_the_manual_about_the_child(
    doctor: Client, address: str, patient: Patient, service: Service
) -> None:
    assert f'href="/manual/?patient={patient.pk}"' in doctor.get(address).content.decode()
