"""A whole case as one Bundle: what is in it, what refers to what, and what the reader may not know."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consortium.interop.r4.blocks import references_in
from consortium.interop.r4.reading import Asked, Doing, Said, read_all
from consortium.kernel.errors import NotVisible
from consortium.people.models import Membership
from tests.factories.cases import make_message
from tests.factories.patients import make_measured
from tests.interop.checking import accepted, path, resources
from tests.interop.conftest import bundle_of
from tests.interop.told import Told

pytestmark = pytest.mark.django_db


def the(bundle: Any, kind: str, **having: Any) -> Any:
    """The one resource of a kind that has these members."""
    found = [each for each in resources(bundle, kind) if all(each.get(k) == v for k, v in having.items())]
    assert len(found) == 1, f"{kind} {having}: {len(found)}"
    return found[0]


def test_every_resource_is_r4_and_so_is_the_whole(bundle: Any) -> None:
    for each in resources(bundle):
        accepted(each)
    accepted(bundle)


def test_everything_of_the_case_is_in_it(bundle: Any) -> None:
    counted = Counter(each["resourceType"] for each in resources(bundle))
    told = {
        "ServiceRequest": 1, "Task": 2, "Communication": 8, "Provenance": 3, "DocumentReference": 2, "Appointment": 1,
        "Patient": 1, "RelatedPerson": 1, "EpisodeOfCare": 1, "Observation": 5,
    }  # fmt: skip
    assert {kind: counted[kind] for kind in told} == told
    assert counted["AuditEvent"] >= 10
    assert counted["Consent"] >= 1


def test_nothing_stands_twice(bundle: Any) -> None:
    addresses = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(set(addresses)) == len(addresses)


def test_every_reference_leads_to_something_in_it(bundle: Any) -> None:
    there = {f"{each['resourceType']}/{each['id']}" for each in resources(bundle)}
    assert references_in(bundle) - there == set()


def test_every_address_is_the_router_s_own(bundle: Any) -> None:
    for entry in bundle["entry"]:
        each = entry["resource"]
        assert entry["fullUrl"].endswith(f"/fhir/R4/{each['resourceType']}/{each['id']}")


def test_the_reader_reads_back_what_was_asked_done_and_said(bundle: Any) -> None:
    found = read_all(bundle)
    (asked,) = [each for each in found if isinstance(each, Asked)]
    first, second = [each for each in found if isinstance(each, Doing)]
    texts = [text for each in found if isinstance(each, Said) for text in each.texts]
    assert (asked.status, asked.priority, asked.what) == ("active", "routine", "Remote consultation")
    assert (first.status, second.status, second.business_status) == ("rejected", "in-progress", "asker to review")
    assert {"Does she faint?", "Never.", "I hear a click.", "No echo."} <= set(texts)


# -- FHIRPath ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("Bundle.type", ["collection"]),
        ("Bundle.entry.resource.ofType(ServiceRequest).intent", ["order"]),
        ("Bundle.entry.resource.ofType(ServiceRequest).note.where(extension.value='situation').text",
         ["Barking cough since an hour."]),
        ("Bundle.entry.resource.ofType(ServiceRequest).reasonCode.text", ["Murmur"]),
        ("Bundle.entry.resource.ofType(Task).where(status='rejected').statusReason.coding.code", ["wrong_service"]),
        ("Bundle.entry.resource.ofType(Task).where(reasonReference.exists()).status", ["in-progress"]),
        ("Bundle.entry.resource.ofType(Task).output.where(type.coding.code='answer').count()", [2]),
        ("Bundle.entry.resource.ofType(Communication).where(status='entered-in-error').statusReason.text",
         ["Wrong ear."]),
        ("Bundle.entry.resource.ofType(Communication).extension.where(url.endsWith(':agrees')).value", [False]),
        ("Bundle.entry.resource.ofType(Patient).identifier.value", ["Z-77"]),
        ("Bundle.entry.resource.ofType(Patient).gender", ["female"]),
        ("Bundle.entry.resource.ofType(Patient).extension.where(url.endsWith('weeks')).value", [31]),
        ("Bundle.entry.resource.where(code.coding.where(code='29463-7').exists()).value.unit", ["kg"]),
        ("Bundle.entry.resource.ofType(Observation).where(code.coding.where(code='8310-5').exists()).value.code",
         ["Cel"]),
        ("Bundle.entry.resource.ofType(Observation).where(code.coding.code='avpu').value.coding.display", ["Alert"]),
        ("Bundle.entry.resource.ofType(RelatedPerson).relationship.coding.where(system.startsWith('http')).code",
         ["MTH"]),
        ("Bundle.entry.resource.ofType(Consent).where(status='active').provision.type", ["permit"]),
        ("Bundle.entry.resource.ofType(Appointment).status", ["booked"]),
        ("Bundle.entry.resource.ofType(Appointment).minutesDuration", [60]),
        ("Bundle.entry.resource.ofType(DocumentReference).where(type.text='DICOM').content.attachment.contentType",
         ["application/dicom"]),
        ("Bundle.entry.resource.ofType(Provenance).where(entity.exists()).entity.role", ["revision"]),
        ("Bundle.entry.resource.ofType(EpisodeOfCare).status", ["active"]),
        ("Bundle.entry.resource.ofType(Organization).type.coding.code.distinct().count()", [2]),
        ("Bundle.entry.resource.ofType(AuditEvent).where(action='C').count()", [1]),
    ],
)  # fmt: skip
def test_fhirpath_finds(bundle: Any, expression: str, found: list[Any]) -> None:
    assert path(bundle, expression) == found


@pytest.mark.parametrize(
    "held",
    [
        # sender, author and owner are always somebody
        "Bundle.entry.resource.ofType(Communication).all(sender.exists())",
        "Bundle.entry.resource.ofType(Task).all(owner.exists() and focus.exists())",
        "Bundle.entry.resource.ofType(DocumentReference).all(content.attachment.url.startsWith('http'))",
        # rules of FHIR itself: ppc-1 of Consent, app-3 of Appointment, every resource with its version and instant
        "Bundle.entry.resource.ofType(Consent).all(policy.exists() or policyRule.exists())",
        "Bundle.entry.resource.ofType(Appointment).all(start.exists() and end.exists())",
        "Bundle.entry.resource.all(meta.profile.exists())",
        "Bundle.entry.resource.ofType(Observation).all(status.exists() and effective.exists() and category.exists())",
        "Bundle.entry.resource.ofType(AuditEvent).all(entity.detail.where(type.endsWith('hash')).exists())",
        "Bundle.entry.resource.ofType(Provenance).all(signature.exists() and agent.who.exists())",
    ],
)
def test_fhirpath_holds(bundle: Any, held: str) -> None:
    assert path(bundle, held) == [True]


# -- one by one -------------------------------------------------------------------------------------------------------


def test_a_decline_leaves_two_owners(bundle: Any, told: Told) -> None:
    first, second = sorted(resources(bundle, "Task"), key=lambda task: task["id"])
    assert (first["id"], second["id"]) == (f"{told.case.pk}.1", f"{told.case.pk}.2")
    assert (first["owner"]["display"], second["owner"]["display"]) == ("Dr Lungs", "Dr Heart")
    assert first["executionPeriod"]["end"] == second["executionPeriod"]["start"]
    assert second["reasonReference"]["reference"] == f"Task/{first['id']}"


def test_only_the_last_owner_has_the_ball_and_the_time(bundle: Any) -> None:
    first, second = sorted(resources(bundle, "Task"), key=lambda task: task["id"])
    assert ("restriction" in first, "restriction" in second) == (False, True)
    assert second["extension"][0]["valueCode"] == "asker"


def test_an_owner_is_a_seat(bundle: Any, told: Told) -> None:
    task = the(bundle, "Task", status="in-progress")
    seat = Membership.unscoped.get(user=told.people["heart"])
    assert task["owner"]["reference"] == f"PractitionerRole/{seat.pk}"
    assert the(bundle, "PractitionerRole", id=str(seat.pk))["healthcareService"][0]["display"] == "Cardiology"


def test_the_question_carries_what_was_measured_and_filed(bundle: Any, told: Told) -> None:
    named = {each["reference"] for each in the(bundle, "ServiceRequest")["supportingInfo"]}
    assert f"Observation/{told.weight.pk}" in named
    assert {f"DocumentReference/{told.photo.pk}", f"DocumentReference/{told.scan.pk}"} <= named


def test_what_was_taken_back_or_is_long_ago_bears_on_nothing(bundle: Any, told: Told) -> None:
    codes = [path(each, "code.coding.code") for each in resources(bundle, "Observation")]
    assert not any("2708-6" in code or "9843-4" in code for code in codes)
    assert sum("29463-7" in code for code in codes) == 1


def test_what_loinc_does_not_name_has_our_own_code(bundle: Any) -> None:
    assert path(
        bundle, "Bundle.entry.resource.ofType(Observation).where(code.coding.code='muac').code.coding.system"
    ) == ["urn:consortium:code:measured"]


def test_only_what_the_profile_covers_claims_it(bundle: Any) -> None:
    claims = {
        tuple(path(each, "code.coding.code")): path(each, "meta.profile")[0].rpartition("/")[2]
        for each in resources(bundle, "Observation")
    }
    assert claims["29463-7", "weight"] == "vitalsigns"
    assert claims["8480-6", "sbp"] == "Observation"


def test_a_file_is_named_by_a_checked_address_and_its_hash(bundle: Any, told: Told) -> None:
    photo = the(bundle, "DocumentReference", id=str(told.photo.pk))["content"][0]["attachment"]
    assert photo["url"].endswith(f"/files/{told.photo.pk}/picture/full/")
    assert photo["extension"][0]["valueString"] == told.photo.sha256
    assert photo["title"] == "lin-xiaoyu.jpg"
    assert "hash" not in photo


def test_a_scan_is_named_by_its_modality(bundle: Any, told: Told) -> None:
    scan = the(bundle, "DocumentReference", id=str(told.scan.pk))
    assert path(scan, "type.coding.code") == ["CT"]
    assert scan["content"][0]["attachment"]["url"].endswith("/original/")


def test_a_message_carries_its_files_and_what_it_answers(bundle: Any, told: Told) -> None:
    (reply,) = path(
        bundle, "Bundle.entry.resource.ofType(Communication).where(payload.where(content='Good.').exists())"
    )
    assert reply["payload"][1]["contentReference"]["reference"] == f"DocumentReference/{told.photo.pk}"
    assert reply["inResponseTo"][0]["reference"].startswith("Communication/")


def test_a_correction_answers_what_it_corrects(bundle: Any) -> None:
    (old,) = path(bundle, "Bundle.entry.resource.ofType(Communication).where(status='entered-in-error')")
    (new,) = path(
        bundle, "Bundle.entry.resource.ofType(Communication).where(extension.where(value='Wrong ear.').exists())"
    )
    assert new["inResponseTo"] == [{"reference": f"Communication/{old['id']}"}]
    assert [part["extension"][0]["valueCode"] for part in new["payload"]] == [
        "impression", "do_now", "red_flags", "when_to_refer", "follow_up",
    ]  # fmt: skip


def test_names_come_in_both_languages(bundle: Any) -> None:
    (doctor,) = [each for each in resources(bundle, "Practitioner") if each["name"][0]["text"] == "Dr Asker"]
    assert doctor["name"][0]["_text"]["extension"][0]["extension"][1]["valueString"] == "陈医生"
    hospital = the(bundle, "Organization", name="Children's Hospital")
    assert hospital["_name"]["extension"][0]["extension"][1]["valueString"] == "医院"


def test_the_bundle_is_the_same_in_whatever_language_it_is_asked_for(told: Told, bundle: Any) -> None:
    from django.utils import translation

    with translation.override("zh-hans"):
        other = bundle_of(told, "asker")
    assert {**other, "timestamp": ""} == {**bundle, "timestamp": ""}


def test_the_identity_number_is_never_in_it(told: Told, bundle: Any) -> None:
    systems = path(bundle, "Bundle.entry.resource.ofType(Patient).identifier.system")
    assert systems == [f"urn:consortium:id:record-number:{told.centre.pk}"]


def test_the_journal_tells_its_place_in_the_chain(bundle: Any) -> None:
    first = resources(bundle, "AuditEvent")[0]
    details = {each["type"].rpartition(":")[2]: each["valueString"] for each in first["entity"][0]["detail"]}
    assert details["chain"] == "patient"
    assert len(details["hash"]) == 64
    assert details["seq"].isdigit()


def test_no_read_of_anybody_is_in_it(bundle: Any) -> None:
    verbs = set(path(bundle, "Bundle.entry.resource.ofType(AuditEvent).subtype.code"))
    assert {"submit", "claim", "decline", "answer", "correct_answer"} <= verbs
    assert not verbs & {"read", "list-read", "search-hit"}


# -- who may, and at what cost ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["heart", "asker"])
def test_it_is_for_who_may_know_the_child(told: Told, who: str) -> None:
    assert bundle_of(told, who)["entry"]


@pytest.mark.parametrize("who", ["lungs", "coordinator", "stranger"])
def test_for_all_others_it_is_not_there(told: Told, who: str) -> None:
    with pytest.raises(NotVisible):
        bundle_of(told, who)


def test_a_draft_is_no_consultation_yet(told: Told) -> None:
    from tests.consultations.cases import drafted

    made = drafted(told.people["asker"], told.patient, told.respiratory)
    draft = type("Draft", (), {"people": told.people, "case": made.case})
    with pytest.raises(NotVisible):
        bundle_of(draft, "asker")  # type: ignore[arg-type]


def queries_of(told: Told) -> int:
    with CaptureQueriesContext(connection) as captured:
        bundle_of(told, "asker")
    return len(captured)


def test_it_takes_the_same_queries_however_much_was_said(told: Told) -> None:
    before = queries_of(told)
    for text in ("One.", "Two.", "Three."):
        make_message(told.case, told.people["heart"], told.hospital, text)
        make_measured(told.patient, resp_rate="40")
    assert queries_of(told) == before == 57
