"""A service's duty telephone and intake note: kept by its lead or its institution's admin, versioned and journalled."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from consortium.casework.models import Service
from consortium.casework.operations import edit_service
from consortium.casework.states import Priority
from consortium.journal.models import Entry
from consortium.journal.queries import timeline
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, StaleVersion
from consortium.patients.models import Patient
from consortium.people.models import User
from consortium.people.states import Role
from tests.cast import client_for
from tests.consultations.cases import by, submitted
from tests.factories.cases import make_service_member
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db

PHONE, NOTE = "021 5555 0199", "Say the respiratory rate, counted over a minute."


def edit(user: User, service: Service, **fields: Any) -> Service:
    version = fields.pop("version", None)
    changed: Service = by(user, edit_service, service_id=service.pk, fields=fields, version=version)
    return changed


def stored(service: Service) -> Service:
    return Service.objects.get(pk=service.pk)


def url_of(service: Service) -> str:
    return reverse("casework:edit_service", args=[service.pk])


def send(client: Client, service: Service, **fields: Any) -> Any:
    plain = {"duty_phone": service.duty_phone, "intake_note_en": "", "intake_note_zh": "", "version": service.version}
    return client.post(url_of(service), {**plain, **fields})


# -- the operation ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["lead", "admin", "manager"])
def test_its_lead_and_who_runs_the_institution_may(request: pytest.FixtureRequest, service: Service, who: str) -> None:
    assert edit(request.getfixturevalue(who), service, duty_phone=PHONE).duty_phone == PHONE
    assert stored(service).duty_phone == PHONE


@pytest.mark.parametrize("who", ["specialist", "coordinator", "asker", "community_admin", "privacy", "stranger"])
def test_nobody_else_may(request: pytest.FixtureRequest, service: Service, who: str) -> None:
    with pytest.raises(NotPermitted):
        edit(request.getfixturevalue(who), service, duty_phone=PHONE)
    assert stored(service).duty_phone != PHONE


def test_the_lead_of_another_service_may_not(service: Service, other_service: Service, hospital: Any) -> None:
    other = make_staff("other_lead", hospital, Role.SERVICE_LEAD)
    make_service_member(other_service, other, is_lead=True)
    with pytest.raises(NotPermitted):
        edit(other, service, duty_phone=PHONE)


def test_a_lead_who_left_the_service_may_not(service: Service, lead: User) -> None:
    from consortium.casework.models import ServiceMember
    from consortium.kernel import clock

    ServiceMember.objects.filter(user=lead).update(left_at=clock.now())
    with pytest.raises(NotPermitted):
        edit(lead, service, duty_phone=PHONE)


def test_both_notes_are_kept(service: Service, lead: User) -> None:
    changed = edit(lead, service, intake_note_en=NOTE, intake_note_zh="请写明呼吸频率。")
    assert (changed.intake_note_en, changed.intake_note_zh) == (NOTE, "请写明呼吸频率。")


def test_what_is_not_named_stays(service: Service, lead: User) -> None:
    edit(lead, service, intake_note_en=NOTE)
    assert stored(service).duty_phone == service.duty_phone


def test_what_else_is_sent_is_not_set(service: Service, lead: User) -> None:
    edit(lead, service, duty_phone=PHONE, name_en="Mine now")
    assert stored(service).name_en == service.name_en


def test_space_around_is_left_out(service: Service, lead: User) -> None:
    assert edit(lead, service, duty_phone=f"  {PHONE} ").duty_phone == PHONE


def test_the_telephone_may_be_taken_away(service: Service, lead: User) -> None:
    assert edit(lead, service, duty_phone="").duty_phone == ""


def test_a_telephone_without_a_digit_is_none(service: Service, lead: User) -> None:
    with pytest.raises(InvalidInput) as refused:
        edit(lead, service, duty_phone="ask at the desk")
    assert set(refused.value.fields) == {"duty_phone"}


@pytest.mark.parametrize(("name", "length"), [("duty_phone", 41), ("intake_note_en", 2001), ("intake_note_zh", 2001)])
def test_what_is_too_long_is_said_at_its_field(service: Service, lead: User, name: str, length: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        edit(lead, service, **{name: "1" * length})
    assert set(refused.value.fields) == {name}


def test_each_edit_counts_the_version_up(service: Service, lead: User) -> None:
    assert edit(lead, service, duty_phone=PHONE).version == service.version + 1


def test_an_edit_that_changes_nothing_leaves_no_trace(service: Service, lead: User) -> None:
    assert edit(lead, service, duty_phone=service.duty_phone).version == service.version
    assert not Entry.unscoped.filter(subject_id=str(service.pk), verb="edit").exists()


def test_the_journal_says_what_was_before(service: Service, lead: User) -> None:
    edit(lead, service, duty_phone=PHONE)
    (step,) = [step for step in timeline(service) if step.verb == "edit"]
    assert step.changes == {"duty_phone": [service.duty_phone, PHONE]}
    assert step.facts["fields"] == ["duty_phone"]


def test_somebody_elses_change_in_between_is_told(service: Service, lead: User, admin: User) -> None:
    edit(admin, service, duty_phone=PHONE)
    with pytest.raises(StaleVersion) as refused:
        edit(lead, service, duty_phone="1", version=service.version)
    assert refused.value.detail["changed_by"] == admin.full_name


def test_a_service_that_is_none_is_not_found(service: Service, lead: User, patient: Patient) -> None:
    with pytest.raises(NotVisible):
        by(lead, edit_service, service_id=patient.pk, fields={})


# -- the page ---------------------------------------------------------------------------------------------------------


def test_the_lead_finds_the_way_to_it(service: Service, lead: User) -> None:
    page = client_for(lead).get(reverse("casework:service", args=[service.pk])).content.decode()
    assert url_of(service) in page


def test_a_specialist_finds_none(service: Service, specialist: User) -> None:
    page = client_for(specialist).get(reverse("casework:service", args=[service.pk])).content.decode()
    assert url_of(service) not in page


def test_without_a_telephone_the_page_says_what_stands_there_instead(service: Service, lead: User) -> None:
    edit(lead, service, duty_phone="")
    page = client_for(lead).get(reverse("casework:service", args=[service.pk])).content.decode()
    assert "stat questions show the hospital" in page


def test_the_form_shows_what_is_kept(service: Service, lead: User) -> None:
    page = client_for(lead).get(url_of(service)).content.decode()
    assert f'value="{service.duty_phone}"' in page


def test_it_is_saved_and_leads_back(service: Service, lead: User) -> None:
    reply = send(client_for(lead), service, duty_phone=PHONE, intake_note_en=NOTE)
    assert (reply.status_code, reply["Location"]) == (302, reverse("casework:service", args=[service.pk]))
    assert (stored(service).duty_phone, stored(service).intake_note_en) == (PHONE, NOTE)


def test_what_is_wrong_is_said_and_what_was_typed_stays(service: Service, lead: User) -> None:
    reply = send(client_for(lead), service, duty_phone="nobody", intake_note_en=NOTE)
    assert reply.status_code == 422
    assert "can be dialled" in reply.content.decode()
    assert NOTE in reply.content.decode()


def test_a_stale_form_names_who_changed_it_and_keeps_what_was_typed(service: Service, lead: User, admin: User) -> None:
    edit(admin, service, duty_phone=PHONE)
    reply = send(client_for(lead), service, duty_phone="110", intake_note_en=NOTE)
    assert reply.status_code == 409
    assert admin.full_name in reply.content.decode()
    assert NOTE in reply.content.decode()
    assert stored(service).duty_phone == PHONE


def test_the_note_stands_beside_the_form_of_who_asks(service: Service, lead: User, asker: User) -> None:
    edit(lead, service, intake_note_en=NOTE)
    url = reverse("consultations:service_note")
    assert NOTE in client_for(asker).get(url, {"service_id": str(service.pk)}).content.decode()


def test_the_telephone_stands_on_every_stat_screen(
    service: Service, lead: User, asker: User, patient: Patient, specialist: User
) -> None:
    edit(lead, service, duty_phone=PHONE)
    stat = submitted(asker, patient, service, priority=Priority.STAT)
    page = client_for(asker).get(reverse("consultations:show", args=[stat.pk])).content.decode()
    assert f"tel:{PHONE.replace(' ', '')}" in page


# -- the API ----------------------------------------------------------------------------------------------------------


def patch(user: User, service: Service, **body: Any) -> Any:
    return client_for(user).patch(
        reverse("api:service", args=[service.pk]), {"version": service.version, **body}, content_type="application/json"
    )


def test_over_the_api_too(service: Service, lead: User) -> None:
    reply = patch(lead, service, duty_phone=PHONE)
    assert reply.status_code == 200
    assert (reply.json()["duty_phone"], reply.json()["version"]) == (PHONE, service.version + 1)


def test_the_api_wants_the_version_that_was_seen(service: Service, lead: User) -> None:
    reply = client_for(lead).patch(
        reverse("api:service", args=[service.pk]), {"duty_phone": PHONE}, content_type="application/json"
    )
    assert reply.status_code == 422


def test_the_api_tells_a_stale_version(service: Service, lead: User, admin: User) -> None:
    edit(admin, service, duty_phone=PHONE)
    reply = patch(lead, service, duty_phone="1")
    assert (reply.status_code, reply.json()["code"]) == (409, "stale-version")


def test_the_api_refuses_who_may_not(service: Service, specialist: User) -> None:
    assert patch(specialist, service, duty_phone=PHONE).status_code == 403
