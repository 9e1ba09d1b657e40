"""/fhir/R4/: reading, searching, paging, errors; every look at a child in the journal."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.test import Client

from consortium.interop.api import as_outcome
from consortium.interop.r4.kinds import kinds
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.patients.models import Patient
from consultations.models import Answer
from tests.cast import client_for
from tests.factories.patients import make_patient
from tests.interop.checking import accepted, path, resources
from tests.interop.told import Told

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


class Caller:
    """The router as one person calls it."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def raw(self, address: str, query: Any = None, **headers: str) -> Any:
        return self.client.get(f"/fhir/R4/{address}", query, headers=headers or None)

    def get(self, address: str, **query: Any) -> Any:
        """The body of a 200, which is R4."""
        reply = self.raw(address, query)
        assert reply.status_code == 200, reply.content.decode()
        assert reply.headers["Content-Type"] == "application/fhir+json"
        accepted(reply.json())
        return reply.json()

    def refused(self, address: str, **query: Any) -> tuple[int, Any]:
        reply = self.raw(address, query)
        accepted(reply.json())
        return reply.status_code, reply.json()["issue"][0]


def caller(told: Told, who: str = "asker") -> Caller:
    return Caller(client_for(told.people[who]))


def ids(bundle: Any) -> list[str]:
    return [each["id"] for each in resources(bundle)]


# -- what there is ----------------------------------------------------------------------------------------------------


def test_the_capability_statement_is_open_to_all() -> None:
    statement = Caller(Client()).get("metadata")
    assert (statement["fhirVersion"], statement["kind"]) == ("4.0.1", "instance")
    assert path(statement, "rest.resource.type") == list(kinds())
    assert path(statement, "rest.resource.where(type='Task').searchParam.where(name='status').type") == ["token"]
    assert path(statement, "rest.security.cors") == [False]


def test_it_names_every_parameter_and_no_other() -> None:
    statement = Caller(Client()).get("metadata")
    for kind in kinds().values():
        named = path(statement, f"rest.resource.where(type='{kind.name}').searchParam.name")
        assert named == sorted(kind.params), kind.name


def test_every_kind_that_was_asked_for_is_there() -> None:
    assert set(kinds()) == {
        "ServiceRequest", "Task", "Communication", "DocumentReference", "Appointment", "Patient", "RelatedPerson",
        "Practitioner", "PractitionerRole", "Organization", "HealthcareService", "EpisodeOfCare", "Consent",
        "AuditEvent", "Provenance", "Observation", "Slot", "Schedule", "Encounter", "Condition", "Composition",
        "CarePlan", "AdverseEvent", "Flag",
    }  # fmt: skip


# -- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 2])
def test_a_task_is_read_by_its_own_id(told: Told, number: int) -> None:
    task = caller(told).get(f"Task/{told.case.pk}.{number}")
    assert task["id"] == f"{told.case.pk}.{number}"


def test_a_resource_comes_with_its_version_and_instant(told: Told) -> None:
    reply = caller(told).raw(f"ServiceRequest/{told.case.pk}")
    assert reply.headers["ETag"] == f'W/"{told.case.version}"'
    assert reply.headers["Last-Modified"].endswith("GMT")
    assert "no-store" in reply.headers["Cache-Control"]


def test_a_row_that_never_changed_has_no_instant(told: Told) -> None:
    reply = caller(told).raw(f"Practitioner/{told.people['heart'].pk}")
    assert "Last-Modified" not in reply.headers
    assert "ETag" not in reply.headers


def test_what_is_read_alone_is_what_stands_in_the_bundle(told: Told, bundle: Any) -> None:
    ours = caller(told)
    for kind in ("ServiceRequest", "Task", "Communication", "Patient", "Observation", "Appointment", "AuditEvent"):
        each = resources(bundle, kind)[-1]
        assert ours.get(f"{kind}/{each['id']}") == each


def test_what_is_not_there_is_a_404_outcome(told: Told) -> None:
    ours, nobody = caller(told), uuid4()
    for address in (
        "Patient/7", f"Patient/{nobody}", "Task/none", "AuditEvent/x", "AuditEvent/99999999999999999999",
        "AuditEvent/７", f"Task/{nobody}.1", "Starship/1", f"Organization/{nobody}", f"Communication/{nobody}",
    ):  # fmt: skip
        status, issue = ours.refused(address)
        assert (status, issue["code"]) == (404, "not-found"), address


def test_a_task_that_never_was_is_not_there(told: Told) -> None:
    assert caller(told).refused(f"Task/{told.case.pk}.9")[0] == 404


@pytest.mark.parametrize("who", ["coordinator", "stranger"])
def test_a_child_whom_one_may_not_know_is_not_there(told: Told, who: str) -> None:
    theirs = caller(told, who)
    assert theirs.refused(f"Patient/{told.patient.pk}")[0] == 404
    assert theirs.refused(f"Observation/{told.weight.pk}")[0] == 404
    assert theirs.refused(f"DocumentReference/{told.photo.pk}")[0] == 404


def test_a_queue_sees_the_question_without_the_child(told: Told) -> None:
    asked = caller(told, "lungs").get(f"ServiceRequest/{told.waiting.pk}")
    assert [note["text"] for note in asked["note"]] == ["Can she wait for the morning?"]
    assert asked["subject"]["display"] == "Girl, 6 months, 6.8 kg"
    assert str(told.patient.pk) not in str(asked)


def test_a_newborn_is_the_baby_of_its_mother_in_both_languages(told: Told) -> None:
    baby = make_patient(told.centre, "", baby_of="Chen Mei", birth_order=2)
    name = caller(told).get(f"Patient/{baby.pk}")["name"][0]
    assert name["text"] == "Baby of Chen Mei (2)"
    assert "Chen Mei" in name["_text"]["extension"][0]["extension"][1]["valueString"]


def test_a_record_joined_into_another_says_so(told: Told) -> None:
    other = make_patient(told.centre, "Lin Xiaoyv")
    Patient.unscoped.filter(pk=other.pk).update(merged_into=told.patient)
    read = caller(told).get(f"Patient/{other.pk}")
    assert read["active"] is False
    assert read["link"] == [{"other": {"reference": f"Patient/{told.patient.pk}"}, "type": "replaced-by"}]


# -- searching --------------------------------------------------------------------------------------------------------


FOUND = {
    "ServiceRequest": 2, "Task": 3, "Communication": 8, "Provenance": 3, "DocumentReference": 2, "Appointment": 1,
    "RelatedPerson": 1, "EpisodeOfCare": 2, "Observation": 8,
}  # fmt: skip
NARROWED = {
    "Task?status=rejected": 1,
    "Task?status=requested": 1,
    "Task?status=rejected,requested": 2,
    "Task?business-status=asker%20to%20review": 1,
    "ServiceRequest?status=active": 2,
    "ServiceRequest?status=completed": 0,
    "ServiceRequest?priority=urgent": 1,
    "ServiceRequest?authored=ge2020-01-01": 2,
    "Observation?code=29463-7": 2,
    "Observation?code=http://loinc.org|8310-5": 1,
    "Observation?code=muac": 1,
    "Observation?status=entered-in-error": 1,
    "Observation?status=final&_lastUpdated=ge2020-01-01": 7,
    "Communication?status=entered-in-error": 1,
    "Communication?sent=lt2020-01-01": 0,
    "Consent?status=active": 1,
    "Consent?status=inactive": 0,
    "EpisodeOfCare?status=finished": 0,
    "DocumentReference?contenttype=application/dicom": 1,
    "Appointment?status=booked": 1,
    "Appointment?status=cancelled": 0,
    "AuditEvent?_lastUpdated=lt2020-01-01": 0,
    "Provenance?recorded=ge2020-01-01": 3,
}


def test_everything_of_a_child_is_found(told: Told) -> None:
    ours, child = caller(told), f"Patient/{told.patient.pk}"
    assert {kind: len(ids(ours.get(kind, patient=child))) for kind in FOUND} == FOUND


def test_a_search_is_narrowed(told: Told) -> None:
    ours, child = caller(told), str(told.patient.pk)
    found = {}
    for asked in NARROWED:
        kind, _mark, query = asked.partition("?")
        found[asked] = len(ids(ours.get(kind, patient=child, **_values(query))))
    assert found == NARROWED


def _values(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


@pytest.mark.parametrize("name", ["focus", "based-on", "_id"])
def test_a_case_s_own_are_found_by_the_case(told: Told, name: str) -> None:
    value = f"{told.case.pk}.2" if name == "_id" else f"ServiceRequest/{told.case.pk}"
    found = ids(caller(told).get("Task", **{name: value}))
    assert f"{told.case.pk}.2" in found
    assert len(found) == (1 if name == "_id" else 2)


@pytest.mark.parametrize("value", ["none", "54ebec1b-87af-4dc1-a319-8ae34881f1c6", "7.7"])
def test_an_id_that_nothing_has_finds_nothing(told: Told, value: str) -> None:
    assert ids(caller(told).get("Task", _id=value)) == []


def test_an_owner_s_tasks_are_found(told: Told) -> None:
    owner = path(caller(told).get(f"Task/{told.case.pk}.2"), "owner.reference")[0]
    found = caller(told).get("Task", patient=str(told.patient.pk), owner=owner)
    assert ids(found) == [f"{told.case.pk}.2"]


def test_a_hospital_s_system_asks_for_what_its_clinic_has_asked(told: Told) -> None:
    found = caller(told).get("ServiceRequest", requester=f"Organization/{told.centre.pk}", status="active")
    assert set(ids(found)) == {str(told.case.pk), str(told.waiting.pk)}
    queue = caller(told, "lungs").get("ServiceRequest", performer=f"HealthcareService/{told.respiratory.pk}")
    assert ids(queue) == [str(told.waiting.pk)]


def test_an_episode_is_found_by_its_number(told: Told) -> None:
    (number,) = {case.pathway.number for case in (told.case,) if case.pathway}
    ours = caller(told)
    assert ids(ours.get("EpisodeOfCare", identifier=number)) == [str(told.case.pathway_id)]
    assert str(told.case.pk) in ids(ours.get("ServiceRequest", identifier=number))


def test_changes_since_an_instant_are_found(told: Told) -> None:
    ours, child = caller(told), str(told.patient.pk)
    assert ids(ours.get("ServiceRequest", patient=child, _lastUpdated=f"gt{clock.today():%Y-%m-%d}")) == []
    assert len(ids(ours.get("ServiceRequest", patient=child, _lastUpdated="ge2020-01-01"))) == 2


def test_the_directory_is_searched(told: Told) -> None:
    ours = caller(told)
    assert len(ids(ours.get("Organization", active="true"))) == 3
    assert ids(ours.get("Organization", active="false")) == []
    assert ids(ours.get("HealthcareService", specialty="cardiology")) == [str(told.cardiology.pk)]
    assert len(ids(ours.get("PractitionerRole", organization=str(told.hospital.pk), role="specialist"))) == 3
    licence = told.people["heart"].licence_number
    assert ids(ours.get("Practitioner", identifier=f"urn:consortium:id:licence|{licence}")) == [
        str(told.people["heart"].pk)
    ]


def test_a_signature_is_found_by_what_was_signed(told: Told) -> None:
    signed = Answer.unscoped.filter(case=told.case).latest("number")
    assert ids(caller(told).get("Provenance", target=f"Communication/{signed.pk}")) == [str(signed.pk)]


@pytest.mark.parametrize("who", ["stranger", "lungs", "coordinator"])
def test_who_may_not_know_the_child_finds_nothing_by_it(told: Told, who: str) -> None:
    """Not even that a question in one's own queue is about it."""
    theirs = caller(told, who)
    for kind in ("Patient", "ServiceRequest", "Task", "Observation", "Communication", "AuditEvent"):
        query = {"_id": str(told.patient.pk)} if kind == "Patient" else {"patient": str(told.patient.pk)}
        assert ids(theirs.get(kind, **query)) == [], kind


# -- by number, which is no matter for an address ---------------------------------------------------------------------


@pytest.mark.parametrize("system", ["", "urn:consortium:id:record-number:{centre}|", "urn:x|"])
def test_a_child_is_found_by_its_number_by_post(told: Told, system: str) -> None:
    body = f"identifier={system.format(centre=told.centre.pk)}Z-77"
    reply = caller(told).client.post("/fhir/R4/Patient/_search", body, content_type=FORM)
    assert ids(reply.json()) == [str(told.patient.pk)]
    assert reply.json()["link"] == [{"relation": "self", "url": reply.json()["link"][0]["url"]}]
    assert "Z-77" not in reply.json()["link"][0]["url"]


def test_a_number_of_another_institution_finds_nobody(told: Told) -> None:
    body = f"identifier=urn:consortium:id:record-number:{told.hospital.pk}|Z-77"
    assert ids(caller(told).client.post("/fhir/R4/Patient/_search", body, content_type=FORM).json()) == []


def test_a_number_in_an_address_is_refused(told: Told) -> None:
    status, issue = caller(told).refused("Patient", identifier="Z-77")
    assert (status, issue["code"]) == (400, "invalid")
    assert "POST" in issue["diagnostics"]


def test_what_may_stand_in_an_address_may_be_posted_too(told: Told) -> None:
    body = f"patient={told.patient.pk}&status=rejected"
    reply = caller(told).client.post("/fhir/R4/Task/_search", body, content_type=FORM)
    assert ids(reply.json()) == [f"{told.case.pk}.1"]


@pytest.mark.parametrize(("kind", "status"), [(FORM, 413), ("application/json", 415)])
def test_a_body_too_large_or_of_another_kind_is_refused(told: Told, kind: str, status: int) -> None:
    reply = caller(told).client.post("/fhir/R4/Patient/_search", "_id=" + "7" * 9000, content_type=kind)
    assert reply.status_code == status
    accepted(reply.json())


# -- paging -----------------------------------------------------------------------------------------------------------


def pages(ours: Caller, kind: str, **query: Any) -> list[list[str]]:
    """Page after page, by the links."""
    found = [ours.get(kind, **query)]
    while following := next((link["url"] for link in found[-1]["link"] if link["relation"] == "next"), ""):
        found.append(ours.get(kind, **_values(urlsplit(following).query)))
        assert len(found) < 20
    return [ids(page) for page in found]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_hold_no_more_than_asked_and_nothing_is_lost_or_twice(told: Told, size: int) -> None:
    """Also where a kind has several sources, and where a row gives several resources."""
    ours, child = caller(told), str(told.patient.pk)
    for kind in ("Communication", "Task", "Provenance", "Consent"):
        whole = [one for page in pages(ours, kind, patient=child) for one in page]
        cut = pages(ours, kind, patient=child, _count=size)
        assert [one for page in cut for one in page] == whole, kind
        assert all(len(page) <= size for page in cut), kind


def test_a_page_without_filters_goes_on_too(told: Told) -> None:
    assert len(pages(caller(told), "Organization", _count=2)) == 2


def test_more_than_the_most_is_the_most(told: Told) -> None:
    assert ids(caller(told).get("Organization", _count=100000))


def test_what_cannot_be_understood_is_refused(told: Told) -> None:
    ours, child = caller(told), str(told.patient.pk)
    for query in (
        "_count=0", "_count=-1", "_count=many", "_count=７", "_after=x", "_after=WzEsMl0", "_after=WzksIiIsMF0",
        "_after=W3RydWUsIiIsMF0", "_after=WzAsNywwXQ", "_after=WzAsIiIsLTFd", "_sort=date", "_include=Task:focus",
        "colour=red", "_lastUpdated=soon",
    ):  # fmt: skip
        status, issue = ours.refused("Task", patient=child, **_values(query))
        assert status in (400, 422), query
        assert issue["severity"] == "error"


def test_a_parameter_that_is_not_known_is_named(told: Told) -> None:
    _status, issue = caller(told).refused("Task", patient=str(told.patient.pk), colour="red")
    assert issue["diagnostics"].startswith("colour: ")


def test_everything_at_once_is_too_much(told: Told) -> None:
    ours = caller(told)
    for kind in [kind for kind in kinds().values() if kind.needs]:
        status, issue = ours.refused(kind.name)
        assert status == 400, kind.name
        assert kind.needs[0] in issue["diagnostics"]


@pytest.mark.parametrize("name", ["_format", "_pretty"])
def test_what_every_server_is_asked_is_passed_over(told: Told, name: str) -> None:
    assert ids(caller(told).get("Organization", **{name: "json"}))


# -- callers ----------------------------------------------------------------------------------------------------------


def test_who_is_not_signed_in_is_told_how(told: Told) -> None:
    reply = Client().get(f"/fhir/R4/Patient/{told.patient.pk}")
    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")
    accepted(reply.json())


def test_too_many_calls_are_told_when_to_come_back(told: Told, settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "fhir": (1, 60)}
    ours = caller(told)
    ours.get("Organization")
    reply = ours.raw("Organization")
    assert reply.status_code == 429
    assert int(reply.headers["Retry-After"]) > 0
    assert reply.json()["issue"][0]["code"] == "throttled"


def test_plain_json_is_served_where_it_is_asked_for(told: Told) -> None:
    reply = caller(told).raw("metadata", Accept="application/json")
    assert reply.headers["Content-Type"] == "application/json"


def test_xml_is_not_spoken(told: Told) -> None:
    reply = caller(told).raw("metadata", Accept="application/fhir+xml")
    assert reply.status_code == 406
    accepted(reply.json())


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written(told: Told, method: str) -> None:
    reply = getattr(caller(told).client, method)(f"/fhir/R4/Patient/{told.patient.pk}")
    assert reply.status_code == 405
    assert reply.headers["Allow"] == "GET, HEAD, OPTIONS"
    accepted(reply.json())


def test_what_nobody_foresaw_is_left_to_the_log() -> None:
    assert as_outcome(ZeroDivisionError(), {}) is None


def test_any_other_address_is_an_outcome(told: Told) -> None:
    for address in ("", "Patient/1/_history/2", f"Patient/{told.patient.pk}/$everything"):
        assert caller(told).refused(address)[0] == 404, address


# -- the journal ------------------------------------------------------------------------------------------------------


def looks(told: Told) -> list[tuple[str, Any]]:
    rows = Entry.unscoped.filter(actor=told.people["asker"], verb__in=("read", "list-read")).order_by("-pk")
    return [(row.verb, row.facts.get("what") or row.subject_id) for row in rows]


def test_a_read_of_a_child_is_noted(told: Told) -> None:
    caller(told).get(f"Observation/{told.weight.pk}")
    assert looks(told)[0] == ("read", "fhir Observation")


def test_a_search_that_shows_a_child_is_noted_with_its_id(told: Told) -> None:
    caller(told).get("Task", patient=str(told.patient.pk))
    entry = Entry.unscoped.filter(actor=told.people["asker"], verb="list-read").latest("pk")
    assert (entry.subject_id, entry.facts["patients"]) == ("fhir Task", [str(told.patient.pk)])


def test_a_look_at_the_directory_is_nobody_s_business(told: Told) -> None:
    before = len(looks(told))
    caller(told).get("Organization")
    caller(told).get(f"Practitioner/{told.people['heart'].pk}")
    assert len(looks(told)) == before


def test_a_look_without_the_child_is_no_read_of_a_record(told: Told) -> None:
    theirs = caller(told, "coordinator")
    theirs.get(f"ServiceRequest/{told.waiting.pk}")
    assert not Entry.unscoped.filter(actor=told.people["coordinator"], verb__in=("read", "list-read")).exists()


# -- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_gives_the_bundle_as_a_file(told: Told) -> None:
    reply = caller(told).client.get(f"/consultations/{told.case.pk}/fhir/")
    assert reply.headers["Content-Type"] == "application/fhir+json"
    assert reply.headers["Content-Disposition"] == (
        f'attachment; filename="consultation-{str(told.case.pk)[:8]}.fhir.json"'
    )
    assert reply.json()["type"] == "collection"
    assert looks(told)[0] == ("read", "fhir bundle")


def test_it_asks_who_you_are_first(told: Told) -> None:
    client = client_for(told.people["asker"])
    session = client.session
    session["account_authentication_methods"] = []
    session.save()
    reply = client.get(f"/consultations/{told.case.pk}/fhir/")
    assert reply.status_code == 302
    assert reply.headers["Location"].startswith("/accounts/reauthenticate/")
    assert ("read", "fhir bundle") not in looks(told)


@pytest.mark.parametrize(("who", "shown"), [("asker", True), ("coordinator", False)])
def test_the_link_stands_on_the_page_of_who_may(told: Told, who: str, shown: bool) -> None:
    case = told.case if who == "asker" else told.waiting
    page = client_for(told.people[who]).get(f"/consultations/{case.pk}/").content.decode()
    assert (f"/consultations/{case.pk}/fhir/" in page) is shown
