"""The pages: each look leaves one entry, strangers find nothing, and no name stands in an address, a title or a log."""

import logging
import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium.journal.models import Entry
from consortium.patients.models import Consent, Guardian, Merge, Patient, RecordNumber
from consortium.patients.operations.registry import set_identity
from consortium.people.models import Institution, User
from tests.cast import client_for
from tests.factories.cases import make_asked
from tests.factories.patients import make_grant, make_guardian, make_pathway, make_patient

pytestmark = pytest.mark.django_db

NUMBER = "11010519491231002X"
WHY = "Unconscious in our emergency room."


@pytest.fixture
def guardian(patient: Patient) -> Guardian:
    return make_guardian(patient)


def _entries(**filters: Any) -> list[Entry]:
    return list(Entry.unscoped.filter(**filters).order_by("id"))


def _url(name: str, *args: Any) -> str:
    return reverse(f"patients:{name}", args=args)


def _title(response: Any) -> str:
    found = re.search(r"<title>(.*?)</title>", response.content.decode(), re.S)
    return found.group(1) if found else ""


# -- one look, one entry ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["show", "edit", "new_guardian", "guardian", "consent"])
def test_each_identified_page_leaves_one_entry(
    patient: Patient, guardian: Guardian, asker: User, page: str, community: Institution
) -> None:
    named: dict[str, list[Any]] = {"guardian": [guardian.pk], "consent": [patient.pk, "share"]}
    args = named.get(page, [patient.pk])
    client = client_for(asker)
    for looks in (1, 2):
        response = client.get(_url(page, *args))
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]
        assert patient.name not in _title(response)
        entries = _entries(patient_id=patient.pk)
        assert [(e.verb, e.actor_id, e.institution_id) for e in entries] == [("read", asker.pk, community.pk)] * looks


def test_a_list_and_a_search_leave_one_entry_each_naming_the_ids(patient: Patient, asker: User) -> None:
    client = client_for(asker)
    client.get(_url("list"))
    client.post(_url("find"), {"text": "lx"})
    assert [(e.verb, e.subject_id, e.facts["patients"]) for e in _entries()] == [
        ("list-read", "patients", [str(patient.pk)]), ("list-read", "search", [str(patient.pk)]),
    ]  # fmt: skip
    assert {e.chain for e in _entries()} == {_entries()[0].chain}
    assert str(asker.pk) in _entries()[0].chain


def test_comparing_two_records_is_a_look_at_both(patient: Patient, asker: User, community: Institution) -> None:
    other = make_patient(community, "Lin X.")
    client_for(asker).get(_url("compare", patient.pk, other.pk))
    assert {e.patient_id for e in _entries(verb="read")} == {patient.pk, other.pk}
    assert len(_entries()) == 2


@pytest.mark.parametrize("page", ["readers", "erase"])
def test_what_the_privacy_officer_reads_is_noted_too(patient: Patient, privacy: User, page: str) -> None:
    client_for(privacy).get(_url(page, patient.pk))
    assert [(e.verb, e.actor_id) for e in _entries(patient_id=patient.pk)] == [("read-audit", privacy.pk)]


# -- strangers ----------------------------------------------------------------------------------------------------


def test_a_stranger_finds_nothing_behind_any_address(
    patient: Patient, guardian: Guardian, stranger: User, specialist: User, hospital: Institution,
    community: Institution,
) -> None:  # fmt: skip
    grant, pathway = make_grant(patient, specialist, hospital), make_pathway(patient, community)
    merge = Merge.unscoped.create(
        patient=patient, absorbed=make_patient(community), merged_at=grant.granted_at, merged_by=specialist
    )
    client = client_for(stranger)
    addresses: dict[str, list[Any]] = {
        "show": [patient.pk], "edit": [patient.pk], "new_guardian": [patient.pk], "guardian": [guardian.pk],
        "consent": [patient.pk, "share"], "merge": [patient.pk], "compare": [patient.pk, patient.pk],
        "readers": [patient.pk], "erase": [patient.pk], "break_glass": ["x"],
    }  # fmt: skip
    for name, args in addresses.items():
        for response in (client.get(_url(name, *args)), client.post(_url(name, *args), {})):
            assert response.status_code in (404, 405), name
            assert patient.name not in response.content.decode()
    for name, pk in {
        "twin": patient.pk, "undo_merge": merge.pk, "close_pathway": pathway.pk, "reopen_pathway": pathway.pk,
        "end_access": grant.pk,
    }.items():  # fmt: skip
        assert client.post(_url(name, pk), {}).status_code == 404, name
    assert _entries() == []


@pytest.mark.parametrize("page", ["list", "register"])
def test_who_does_not_treat_children_has_no_patients(manager: User, page: str) -> None:
    assert client_for(manager).get(_url(page)).status_code == 403


@pytest.mark.parametrize("page", ["grants", "watch"])
def test_clinicians_have_no_privacy_pages(asker: User, page: str) -> None:
    assert client_for(asker).get(_url(page)).status_code == 403


def test_nobody_signed_in_sees_the_sign_in_page(patient: Patient) -> None:
    response = Client().get(_url("show", patient.pk))
    assert response.status_code == 302
    assert patient.name not in response["Location"]


def test_the_wrong_role_of_the_right_institution_is_refused(patient: Patient, asker: User) -> None:
    client = client_for(asker)
    assert client.get(_url("readers", patient.pk)).status_code == 403
    assert client.get(_url("erase", patient.pk)).status_code == 403


def test_a_privacy_officer_lands_on_their_own_search(privacy: User) -> None:
    assert client_for(privacy).get(_url("list"))["Location"] == _url("watch")


# -- registering --------------------------------------------------------------------------------------------------


def _filled(community: Institution, **more: Any) -> dict[str, Any]:
    return {
        "institution": community.pk, "name": "Wang Fang", "birth_date": "2026-05-02", "sex": "female",
        "request_key": uuid4(), "record_number": "YH-1", **more,
    }  # fmt: skip


def test_registering_leads_to_the_record(asker: User, community: Institution) -> None:
    response = client_for(asker).post(_url("register"), _filled(community))
    patient = Patient.unscoped.get()
    assert response["Location"] == _url("show", patient.pk)
    assert RecordNumber.unscoped.get(patient=patient).number == "YH-1"


def test_registering_goes_on_to_what_it_was_for(asker: User, community: Institution) -> None:
    back = reverse("consultations:new")
    response = client_for(asker).post(_url("register"), _filled(community, next=back))
    assert response["Location"] == f"{back}{Patient.unscoped.get().pk}/"


def test_nobody_is_sent_to_another_site(asker: User, community: Institution) -> None:
    response = client_for(asker).post(_url("register"), _filled(community, next="//evil.example/"))
    assert response["Location"] == _url("show", Patient.unscoped.get().pk)


def test_similar_children_are_shown_first_and_overruled_knowingly(asker: User, community: Institution) -> None:
    client = client_for(asker)
    client.post(_url("register"), _filled(community))
    again = _filled(community, record_number="YH-2")
    response = client.post(_url("register"), again)
    assert "Similar children here" in response.content.decode()
    assert Patient.unscoped.count() == 1
    client.post(_url("register"), {**again, "anyway": "on"})
    assert Patient.unscoped.count() == 2


def test_a_mistyped_identity_number_is_a_warning_not_a_refusal(asker: User, community: Institution) -> None:
    filled = _filled(community, identity_number="110105194912310021")
    response = client_for(asker).post(_url("register"), filled, follow=True)
    assert "looks mistyped" in response.content.decode()
    assert "names another date of birth" in response.content.decode()


def test_a_known_identity_number_leads_to_the_link(
    patient: Patient, stranger: User, unrelated: Institution, asker: User, community: Institution
) -> None:
    set_identity(patient, NUMBER)
    patient.save()
    response = client_for(stranger).post(_url("register"), _filled(unrelated, identity_number=NUMBER))
    assert response.status_code == 200
    assert "A record exists" in response.content.decode()
    assert patient.name not in response.content.decode()
    assert [e.facts for e in _entries(verb="search-hit", patient_id=patient.pk)] == [{"by": "identity"}]
    seen = client_for(asker).post(_url("register"), _filled(community, identity_number=NUMBER))
    assert seen["Location"] == _url("show", patient.pk)
    assert Patient.unscoped.count() == 1


def test_errors_stand_at_their_fields_and_nothing_typed_is_lost(asker: User, community: Institution) -> None:
    make_patient(community, "Zhang San", record="YH-1")
    response = client_for(asker).post(_url("register"), _filled(community, allergies="Peanut"))
    page = response.content.decode()
    assert "This record number is already in use here." in page
    assert 'value="Peanut"' in page


# -- linking and emergency ----------------------------------------------------------------------------------------


@pytest.fixture
def numbered(patient: Patient) -> Patient:
    set_identity(patient, NUMBER)
    patient.save()
    return patient


def test_a_record_elsewhere_is_linked_with_the_guardians_consent(
    numbered: Patient, stranger: User, unrelated: Institution
) -> None:
    client = client_for(stranger)
    found = client.post(_url("find"), {"text": NUMBER}).content.decode()
    assert "A record exists" in found
    assert numbered.name not in found
    client.post(_url("link"), {"ask": "1", "identity_number": NUMBER})
    filled = {
        "institution": unrelated.pk, "identity_number": NUMBER, "record_number": "F-1", "name": "Chen Mei",
        "relation": "mother", "how": "paper", "request_key": uuid4(),
    }  # fmt: skip
    refused = client.post(_url("link"), filled)
    assert "Without the guardian" in refused.content.decode()
    assert not Consent.unscoped.exists()
    response = client.post(_url("link"), {**filled, "agreed": "on"})
    assert response["Location"] == _url("show", numbered.pk)
    assert client.get(response["Location"]).status_code == 200


def test_emergency_access_from_the_search_to_the_record(
    numbered: Patient, stranger: User, unrelated: Institution
) -> None:
    client = client_for(stranger)
    found = client.post(_url("find"), {"text": NUMBER}).content.decode()
    path = re.search(r'href="(/patients/emergency/[^"]+)"', found)
    assert path
    assert numbered.name not in client.get(path.group(1)).content.decode()
    filled = {"institution": unrelated.pk, "reason": "emergency", "explanation": WHY, "request_key": uuid4()}
    assert client.post(path.group(1), {**filled, "explanation": "x"}).status_code == 422
    response = client.post(path.group(1), filled)
    assert response["Location"] == _url("show", numbered.pk)
    assert "Emergency access until" in client.get(response["Location"]).content.decode()


def test_without_a_second_factor_the_proof_is_asked_for_first(
    numbered: Patient, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_for(stranger, second_factor=False)
    found = client.post(_url("find"), {"text": NUMBER}).content.decode()
    path = re.search(r'href="(/patients/emergency/[^"]+)"', found)
    assert path
    assert client.get(path.group(1)).status_code == 200  # signed in by password just now
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 0}]
    session.save()
    assert client.get(path.group(1))["Location"].startswith(reverse("account_reauthenticate"))


def test_erasing_asks_for_the_proof_and_is_done(patient: Patient, privacy: User) -> None:
    client = client_for(privacy)
    session, fresh = client.session, client.session["account_authentication_methods"]
    session["account_authentication_methods"] = [{"method": "mfa", "at": 0}]
    session.save()
    filled = {"reason": "The guardian asks for it.", "sure": "on"}
    for response in (client.get(_url("erase", patient.pk)), client.post(_url("erase", patient.pk), filled)):
        assert response["Location"].startswith(reverse("account_reauthenticate"))
    session["account_authentication_methods"] = fresh
    session.save()
    assert client.post(_url("erase", patient.pk), filled)["Location"] == _url("watch")
    assert Patient.unscoped.get().erased_at is not None


# -- changing -----------------------------------------------------------------------------------------------------


def _edited(**more: Any) -> dict[str, Any]:
    return {"name": "Lin Xiaoyu", "birth_date": "2026-05-02", "sex": "female", "version": 1, **more}


def test_a_change_in_between_is_shown_and_nothing_typed_is_lost(patient: Patient, asker: User, colleague: User) -> None:
    client_for(colleague).post(_url("edit", patient.pk), _edited(allergies="Egg", record_number="R9"))
    response = client_for(asker).post(_url("edit", patient.pk), _edited(allergies="Milk", record_number="R9"))
    page = response.content.decode()
    assert response.status_code == 409
    assert colleague.full_name in page
    assert "Egg" in page
    assert 'value="Milk"' in page
    assert 'name="version" value="2"' in page


def test_the_identity_number_is_never_shown_whole(numbered: Patient, asker: User) -> None:
    for page in ("show", "edit"):
        text = client_for(asker).get(_url(page, numbered.pk)).content.decode()
        assert NUMBER not in text
        assert "•••• 002X" in text


def test_a_twin_by_one_tap(patient: Patient, asker: User) -> None:
    response = client_for(asker).post(_url("twin", patient.pk), {"request_key": "not a key"})
    twin = Patient.unscoped.get(twin_of=patient)
    assert response["Location"] == _url("edit", twin.pk)


def test_merging_and_undoing_by_the_pages(patient: Patient, asker: User, community: Institution) -> None:
    other = make_patient(community, "Lin X.", allergies="Egg")
    client = client_for(asker)
    client.post(_url("compare", patient.pk, other.pk), {"allergies": "absorbed", "name": "kept"})
    patient.refresh_from_db()
    assert (patient.name, patient.allergies) == ("Lin Xiaoyu", "Egg")
    assert client.get(_url("show", other.pk))["Location"] == _url("show", patient.pk)
    client.post(_url("undo_merge", Merge.unscoped.get().pk))
    assert client.get(_url("show", other.pk)).status_code == 200


def test_a_review_by_the_page(patient: Patient, privacy: User, specialist: User, hospital: Institution) -> None:
    grant = make_grant(patient, specialist, hospital)
    client = client_for(privacy)
    assert "Mark as reviewed" in client.get(_url("grant", grant.pk)).content.decode()
    client.post(_url("grant", grant.pk), {"verdict": "questioned", "note": "Ask the head of department."})
    grant.refresh_from_db()
    assert grant.verdict == "questioned"
    assert "Ask the head of department." in client.get(_url("grant", grant.pk)).content.decode()


# -- no identity outside the page -------------------------------------------------------------------------------------


def test_no_name_or_number_stands_in_an_address_or_a_log(
    numbered: Patient, stranger: User, asker: User, unrelated: Institution, caplog: pytest.LogCaptureFixture
) -> None:
    secrets = (NUMBER, numbered.name, "lx")
    with caplog.at_level(logging.DEBUG):
        for user in (asker, stranger):
            page = client_for(user).post(_url("find"), {"text": NUMBER}).content.decode()
            links = re.findall(r'(?:href|action)="([^"]*)"', page)
            assert [link for link in links if any(s in link for s in secrets[:2])] == []
        client_for(stranger).post(_url("register"), _filled(unrelated, identity_number=NUMBER))
        client_for(stranger).get(_url("show", numbered.pk))
    told = [r for r in caplog.records if r.name != "django.db.backends"]
    assert [r.getMessage() for r in told if NUMBER in r.getMessage() or numbered.name in r.getMessage()] == []


def test_a_search_by_get_is_refused(asker: User) -> None:
    assert client_for(asker).get(_url("find"), {"text": "Lin"}).status_code == 405


# -- what features above add -----------------------------------------------------------------------------------------


def test_the_childs_cases_are_on_its_page(
    patient: Patient, asker: User, community: Institution, service: Any, privacy: User
) -> None:
    case = make_asked(patient, asker, community, service).case
    page = client_for(asker).get(_url("show", patient.pk)).content.decode()
    assert reverse("consultations:show", args=[case.pk]) in page
    assert case.headline in page


# -- query counts -------------------------------------------------------------------------------------------------


def _queries(client: Client, path: str, data: dict[str, str] | None = None) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.post(path, data) if data is not None else client.get(path)
    assert response.status_code == 200
    return len(captured)


@pytest.mark.parametrize("rows", [1, 3])
def test_query_counts_of_the_lists(
    asker: User, privacy: User, specialist: User, community: Institution, hospital: Institution, rows: int
) -> None:
    for number in range(rows):
        child = make_patient(community, f"Lin {number}")
        make_grant(child, specialist, hospital)
    clinician, officer = client_for(asker), client_for(privacy)
    counts = {
        "list": _queries(clinician, _url("list")),
        "find": _queries(clinician, _url("find"), {"text": "lin"}),
        "grants": _queries(officer, _url("grants")),
        "watch": _queries(officer, _url("watch"), {"text": "lin"}),
        "readers": _queries(officer, _url("readers", child.pk)),
    }
    assert counts == {"list": 6, "find": 6, "grants": 7, "watch": 7, "readers": 13}
