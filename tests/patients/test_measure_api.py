"""Measurements over the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from consortium.kernel import clock
from consortium.patients.models import Measurement, Patient
from consortium.people.models import Institution, User
from tests.cast import client_for
from tests.factories.patients import make_grant, make_measured, make_patient

pytestmark = pytest.mark.django_db
WEIGHT = {"kind": "weight", "value": "6.8", "unit": "kg"}


@pytest.fixture
def client(asker: User) -> Client:
    return client_for(asker)


def url(name: str, pk: Any, **query: str) -> str:
    return reverse(f"api:{name}", args=[pk], query=query)


def get(client: Client, name: str, pk: Any, **query: str) -> Any:
    reply = client.get(url(name, pk, **query))
    assert reply.status_code == 200, reply.content
    return reply.json()


def send(client: Client, patient: Patient, *entries: dict[str, Any], key: str = "", **more: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    body = {"entries": list(entries), **more}
    return client.post(url("measurements", patient.pk), body, content_type="application/json", headers=headers)


def correct(client: Client, row: Measurement, **body: Any) -> Any:
    return client.post(url("measurement-correct", row.pk), body, content_type="application/json")


def test_a_value_is_kept_and_shown_as_entered(client: Client, patient: Patient) -> None:
    reply = send(client, patient, {"kind": "weight", "value": "6800", "unit": "g"})
    (value,) = reply.json()["values"]
    assert (reply.status_code, value["value"], value["unit"]) == (201, "6800", "g")


def test_signs_come_back_with_their_score(client: Client, patient: Patient) -> None:
    pews = send(client, patient, {"kind": "avpu", "code": "V"}).json()["pews"]
    assert (pews["total"], pews["complete"], pews["level"], pews["band"]) == (0, False, 3, "0-11m")
    assert pews["reasons"] == ["Responds to voice only"] and "not validated" in pews["caution"]


def test_growth_alone_has_no_score(client: Client, patient: Patient) -> None:
    assert send(client, patient, WEIGHT).json()["pews"] is None


def test_the_same_key_twice_is_one(client: Client, patient: Patient) -> None:
    key = str(uuid4())
    first, second = (send(client, patient, WEIGHT, key=key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]


def test_an_unusual_value_names_what_confirms_it(client: Client, patient: Patient) -> None:
    fast = {"kind": "heart_rate", "value": "245", "unit": "/min"}
    problem = send(client, patient, fast).json()
    assert problem["code"] == "confirm"
    assert send(client, patient, fast, confirmed=problem["confirm"]).status_code == 201


def test_an_impossible_value_names_its_kind(client: Client, patient: Patient) -> None:
    reply = send(client, patient, {"kind": "weight", "value": "6800", "unit": "kg"})
    assert reply.status_code == 422 and "weight" in reply.json()["fields"]


def test_an_unknown_kind_is_refused(client: Client, patient: Patient) -> None:
    assert send(client, patient, {"kind": "mood", "value": "1"}).status_code == 422


def test_a_time_may_be_told(client: Client, patient: Patient) -> None:
    at = (clock.now() - timedelta(days=2)).isoformat()
    assert send(client, patient, WEIGHT, taken_at=at).json()["current"] is False


def test_the_list_is_newest_first_with_acts(client: Client, patient: Patient) -> None:
    make_measured(patient, at=clock.now() - timedelta(days=2), weight="6.6")
    (row,) = make_measured(patient, weight="6.8")
    newest, older = get(client, "measurements", patient.pk)["results"]
    assert [item["values"][0]["value"] for item in (newest, older)] == ["6.8", "6.6"]
    assert newest["available_actions"][0]["href"] == url("measurement-correct", row.pk)


def test_the_list_pages(client: Client, patient: Patient) -> None:
    for days in range(3):
        make_measured(patient, at=clock.now() - timedelta(days=days), weight="6.8")
    first = get(client, "measurements", patient.pk, limit="2")
    assert len(first["results"]) == 2
    assert len(client.get(first["next"]).json()["results"]) == 1


def test_who_may_only_read_is_offered_no_act(specialist: User, hospital: Institution, patient: Patient) -> None:
    make_grant(patient, specialist, hospital)
    make_measured(patient, weight="6.8")
    (item,) = get(client_for(specialist), "measurements", patient.pk)["results"]
    assert item["available_actions"] == []


@pytest.mark.parametrize("count", [1, 3])
def test_query_counts_of_the_list(client: Client, patient: Patient, count: int, django_assert_num_queries: Any) -> None:
    for _ in range(count):
        make_measured(patient, weight="6.8", heart_rate="120")
    get(client, "measurements", patient.pk)
    with django_assert_num_queries(30, exact=False) as counted:
        get(client, "measurements", patient.pk)
    assert len(counted) == 8


def test_the_newest_values_say_whether_they_may_be_used(client: Client, patient: Patient) -> None:
    make_measured(patient, at=clock.now() - timedelta(hours=5), heart_rate="120", weight="6.8")
    found = get(client, "measurements-latest", patient.pk)
    assert {item["kind"]: item["current"] for item in found["values"]} == {"weight": True, "heart_rate": False}
    assert found["pews"]["current"] is False


def test_without_measurements_the_newest_are_none(client: Client, patient: Patient) -> None:
    assert get(client, "measurements-latest", patient.pk) == {"values": [], "pews": None}


def test_growth_has_rows_and_curves(client: Client, patient: Patient) -> None:
    make_measured(patient, weight="6.8")
    found = get(client, "growth", patient.pk)
    assert (found["index"], found["unit"], found["why"]) == ("wfa", "kg", "")
    assert found["rows"][0]["finding"] == "within" and float(found["rows"][0]["z"]) < 0
    assert list(found["curves"]) == ["−3", "−2", "0", "+2", "+3"] and len(found["curves"]["0"]) == 49


def test_growth_by_another_index_and_percentiles(client: Client, patient: Patient) -> None:
    make_measured(patient, head="42")
    found = get(client, "growth", patient.pk, index="hcfa", lines="percentile")
    assert (found["index"], list(found["curves"])) == ("hcfa", ["P3", "P15", "P50", "P85", "P97"])


def test_growth_without_a_standard_says_why(client: Client, community: Institution) -> None:
    child = make_patient(community, sex="unknown")
    make_measured(child, weight="6.8")
    found = get(client, "growth", child.pk)
    assert (found["curves"], found["rows"][0]["z"], found["rows"][0]["finding"]) == ({}, None, "")
    assert "sex" in found["why"]


def test_an_unknown_index_is_refused(client: Client, patient: Patient) -> None:
    assert client.get(url("growth", patient.pk, index="nothing")).status_code == 422


def test_a_value_is_taken_back(client: Client, patient: Patient) -> None:
    (row,) = make_measured(patient, weight="8.6")
    reply = correct(client, row, reason="mistyped")
    assert (reply.status_code, reply.json()["error_reason"]) == (201, "mistyped")


def test_a_value_is_replaced(client: Client, patient: Patient) -> None:
    (row,) = make_measured(patient, weight="8.6")
    correct(client, row, reason="wrong_unit", replacement=WEIGHT)
    values = get(client, "measurements", patient.pk)["results"][0]["values"]
    assert [(v["value"], v["replaces_id"]) for v in values] == [("6.8", str(row.pk)), ("8.6", None)]


def test_a_sign_has_no_value(client: Client, patient: Patient) -> None:
    make_measured(patient, avpu="A")
    (value,) = get(client, "measurements", patient.pk)["results"][0]["values"]
    assert (value["value"], value["code"]) == (None, "A")


def test_a_stranger_finds_nothing(stranger: User, patient: Patient) -> None:
    (row,) = make_measured(patient, weight="6.8")
    other = client_for(stranger)
    for name in ("measurements", "measurements-latest", "growth"):
        assert other.get(url(name, patient.pk)).status_code == 404
    assert send(other, patient, WEIGHT).status_code == 404
    assert correct(other, row, reason="mistyped").status_code == 404
