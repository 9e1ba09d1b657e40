"""Children's records and the journal over the API: the same operations, one entry a read, plain problems."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consortium.journal.models import Entry
from consortium.journal.tasks import verify_when_due
from consortium.patients.models import AccessGrant, Consent, Guardian, Merge, Patient
from consortium.patients.operations.registry import set_identity
from consortium.people.models import Institution, User
from tests.cast import client_for
from tests.factories.patients import make_grant, make_guardian, make_pathway, make_patient

pytestmark = pytest.mark.django_db

BASE, NUMBER = "/api/v1", "11010519491231002X"


def _send(client: Client, method: str, path: str, body: Any = None, **headers: str) -> Any:
    names = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    return getattr(client, method)(f"{BASE}{path}", body, content_type="application/json", **names)


def _get(client: Client, path: str, **query: str) -> Any:
    return client.get(f"{BASE}{path}", query)


def _filled(community: Institution, **more: Any) -> dict[str, Any]:
    return {
        "institution_id": str(community.pk),
        "name": "Wang Fang",
        "birth_date": "2026-05-02",
        "sex": "female",
        **more,
    }


def test_registering_is_idempotent_by_the_key(asker: User, community: Institution) -> None:
    client, key = client_for(asker), str(uuid4())
    replies = [
        _send(client, "post", "/patients/", _filled(community, record_number="YH-1"), idempotency_key=key)
        for _ in range(2)
    ]
    assert [r.status_code for r in replies] == [201, 200]
    assert replies[0].json()["id"] == replies[1].json()["id"]
    assert replies[0].json()["record_numbers"][0]["number"] == "YH-1"
    assert {act["verb"] for act in replies[0].json()["available_actions"]} >= {"edit", "merge", "register-twin"}


def test_a_known_identity_number_is_a_409_that_tells_nothing(
    patient: Patient, stranger: User, unrelated: Institution
) -> None:
    set_identity(patient, NUMBER)
    patient.save()
    reply = _send(client_for(stranger), "post", "/patients/", _filled(unrelated, identity_number=NUMBER))
    assert (reply.status_code, reply.json()["code"]) == (409, "record-exists")
    assert str(patient.pk) not in reply.content.decode()


def test_wrong_fields_are_named(asker: User, community: Institution) -> None:
    body = _filled(community, birth_date="2999-01-01")
    reply = _send(client_for(asker), "post", "/patients/", body)
    assert (reply.status_code, list(reply.json()["fields"])) == (422, ["birth_date"])


def test_each_read_leaves_one_entry(patient: Patient, asker: User) -> None:
    set_identity(patient, NUMBER)
    patient.save()
    client = client_for(asker)
    shown = _get(client, f"/patients/{patient.pk}/")
    assert shown.json()["identity_number"] == "•••• 002X"
    assert shown["ETag"] == '"1"'
    assert _get(client, "/patients/").json()["results"][0]["id"] == str(patient.pk)
    assert _send(client, "post", "/patients/search/", {"text": "lx"}).json()["results"][0]["name"] == patient.name
    _get(client, f"/patients/{patient.pk}/consents/")
    assert list(Entry.unscoped.order_by("id").values_list("verb", flat=True)) == [
        "read", "list-read", "list-read", "read",
    ]  # fmt: skip


def test_a_change_wants_the_version(patient: Patient, asker: User, colleague: User) -> None:
    path, client = f"/patients/{patient.pk}/", client_for(asker)
    assert _send(client, "patch", path, {"allergies": "Egg"}).status_code == 422
    reply = _send(client_for(colleague), "patch", path, {"allergies": "Egg"}, if_match='"1"')
    assert (reply.json()["version"], reply.json()["name"]) == (2, patient.name)
    stale = _send(client, "patch", path, {"allergies": "Milk", "version": 1})
    assert (stale.status_code, stale.json()["changed_by"]) == (409, colleague.full_name)
    assert stale.json()["changed_fields"] == ["allergies"]


def test_twins_merges_and_their_undoing(patient: Patient, asker: User, community: Institution) -> None:
    client, other = client_for(asker), make_patient(community, "Lin X.")
    twin = _send(client, "post", f"/patients/{patient.pk}/twin/")
    assert twin.json()["twin_ids"] == [str(patient.pk)]
    body = {"absorbed_id": str(other.pk), "taken": ["name"]}
    merged = _send(client, "post", f"/patients/{patient.pk}/merge/", body)
    assert merged.status_code == 201
    assert _get(client, f"/patients/{other.pk}/").json()["name"] == "Lin X."
    undone = _send(client, "post", f"/merges/{merged.json()['id']}/undo/")
    assert undone.json()["undone_at"] is not None
    assert _get(client, f"/patients/{patient.pk}/").json()["name"] == "Lin Xiaoyu"


def test_guardians_and_consents(patient: Patient, asker: User) -> None:
    client = client_for(asker)
    body = {"name": "Chen Mei", "relation": "mother"}
    made = _send(client, "post", f"/patients/{patient.pk}/guardians/", body).json()
    changed = _send(client, "put", f"/guardians/{made['id']}/", {**body, "phone": "138"}, if_match="1")
    assert (changed.json()["phone"], changed.json()["version"]) == ("138", 2)
    decision = {"kind": "share", "status": "active", "guardian_id": made["id"], "how": "paper"}
    assert _send(client, "post", f"/patients/{patient.pk}/consents/", decision).status_code == 201
    withdrawn = {**decision, "kind": "video", "status": "inactive"}
    assert _send(client, "post", f"/patients/{patient.pk}/consents/", withdrawn).status_code == 422
    (kept,) = _get(client, f"/patients/{patient.pk}/consents/").json()["results"]
    assert (kept["kind"], kept["how"]) == ("share", "paper")


def test_linking(patient: Patient, stranger: User, unrelated: Institution) -> None:
    set_identity(patient, NUMBER)
    patient.save()
    client = client_for(stranger)
    found = _send(client, "post", "/patients/search/", {"text": NUMBER}).json()
    assert (found["results"], found["unseen"], found["unseen_by"]) == ([], True, "identity")
    body = {
        "institution_id": str(unrelated.pk), "identity_number": NUMBER, "record_number": "F-1", "how": "spoken",
        "guardian": {"name": "Chen Mei", "relation": "mother"},
    }  # fmt: skip
    assert _send(client, "post", "/patients/link/", body).json()["name"] == patient.name
    assert Consent.unscoped.get().status == "active"


def test_emergency_access(patient: Patient, stranger: User, unrelated: Institution, privacy: User) -> None:
    set_identity(patient, NUMBER)
    patient.save()
    client, officer = client_for(stranger), client_for(privacy)
    token = _send(client, "post", "/patients/search/", {"text": NUMBER}).json()["unseen_token"]
    body = {
        "token": token, "institution_id": str(unrelated.pk), "reason": "emergency",
        "explanation": "Unconscious in our emergency room.",
    }  # fmt: skip
    weak = client_for(stranger, second_factor=False)
    assert _send(weak, "post", "/access-grants/", body).status_code == 403
    made = _send(client, "post", "/access-grants/", body)
    assert made.status_code == 201
    assert _get(client, f"/patients/{patient.pk}/").json()["emergency_access_until"]
    (listed,) = _get(officer, "/access-grants/").json()["results"]
    assert listed["explanation"] == body["explanation"]
    grant = f"/access-grants/{made.json()['id']}"
    assert _send(client, "post", f"{grant}/review/", {"verdict": "justified"}).status_code == 403
    assert _send(officer, "post", f"{grant}/review/", {"verdict": "justified"}).json()["verdict"] == "justified"
    assert _send(client, "post", f"{grant}/end/").json()["ended_at"]
    assert _get(client, f"/patients/{patient.pk}/").status_code == 404
    readers = _get(officer, f"/patients/{patient.pk}/readers/").json()["results"]
    assert stranger.full_name in {reader["who"] for reader in readers}


def test_a_stranger_gets_404_everywhere(
    patient: Patient, stranger: User, asker: User, community: Institution, specialist: User, hospital: Institution
) -> None:
    guardian: Guardian = make_guardian(patient)
    grant: AccessGrant = make_grant(patient, specialist, hospital)
    merge = Merge.unscoped.create(
        patient=patient, absorbed=make_patient(community), merged_at=grant.granted_at, merged_by=asker
    )
    pathway, client = make_pathway(patient, community), client_for(stranger)
    person = {"name": "X", "relation": "mother"}
    calls: list[tuple[str, str, Any]] = [
        ("get", f"/patients/{patient.pk}/", None),
        ("patch", f"/patients/{patient.pk}/", {"version": 1}),
        ("post", f"/patients/{patient.pk}/twin/", None),
        ("post", f"/patients/{patient.pk}/merge/", {"absorbed_id": str(patient.pk)}),
        ("post", f"/patients/{patient.pk}/guardians/", person),
        ("get", f"/patients/{patient.pk}/consents/", None),
        ("post", f"/patients/{patient.pk}/consents/", {"kind": "share", "status": "active"}),
        ("get", f"/patients/{patient.pk}/readers/", None),
        ("put", f"/guardians/{guardian.pk}/", {**person, "version": 1}),
        ("post", f"/merges/{merge.pk}/undo/", None),
        ("post", f"/pathways/{pathway.pk}/close/", None),
        ("post", f"/pathways/{pathway.pk}/reopen/", None),
        ("post", f"/access-grants/{grant.pk}/end/", None),
        ("post", f"/access-grants/{grant.pk}/review/", {"verdict": "justified"}),
    ]
    replies = {(method, path): _send(client, method, path, body).status_code for method, path, body in calls}
    twice = f"/patients/{patient.pk}/merge/"
    assert {call for call, status in replies.items() if status != 404} <= {("post", twice)}
    assert replies["post", twice] in (404, 422)
    assert not Entry.unscoped.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_query_counts_of_the_lists(
    asker: User, privacy: User, specialist: User, community: Institution, hospital: Institution, rows: int
) -> None:
    for number in range(rows):
        make_grant(make_patient(community, f"Lin {number}"), specialist, hospital)
    clinician, officer = client_for(asker), client_for(privacy)
    counts = {}
    for path, client in {"/patients/": clinician, "/access-grants/": officer, "/journal/": officer}.items():
        with CaptureQueriesContext(connection) as captured:
            assert _get(client, path).status_code == 200
        counts[path] = len(captured)
    assert counts == {"/patients/": 5, "/access-grants/": 6, "/journal/": 4}


def test_the_journal_is_for_auditors(asker: User, auditor: User, patient: Patient) -> None:
    client = client_for(auditor)
    assert _get(client_for(asker), "/journal/").status_code == 403
    assert _get(client, "/journal/verification/").status_code == 404
    _get(client_for(asker), f"/patients/{patient.pk}/")
    verify_when_due()
    found = _get(client, "/journal/", verb="read").json()["results"]
    assert [(entry["who"], entry["patient_id"]) for entry in found] == [(asker.full_name, str(patient.pk))]
    assert _get(client, "/journal/verification/").json()["fault_count"] == 0
