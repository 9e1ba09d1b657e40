"""The manual over the API: what is asked and told is what the command line asks and tells."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from consortium.people.models import User
from decision_manual.models import PathwayVersion
from tests.cast import client_for

pytestmark = pytest.mark.django_db

BASE = "/api/v1/manual/"
FAST = {"facts": {"age_months": 10, "cough_or_difficult_breathing": True, "respiratory_rate": 52, "weight_kg": 8.2}}


@pytest.fixture
def browser(asker: User) -> Client:
    return client_for(asker)


def post(browser: Client, where: str, body: Any, **headers: str) -> Any:
    return browser.post(BASE + where, body, content_type="application/json", headers=headers)


def test_a_child_is_classified(browser: Client, cough_version: PathwayVersion) -> None:
    told = post(browser, "evaluate/", {"id": "a", **FAST, "unlisted": "negative"}).json()

    assert told["id"] == "a"
    assert told["classifications"] == [
        {
            "code": "pneumonia", "severity": "yellow", "pathway": "cough-2-59m", "version": "1", "status": "draft",
            "row": "cough-pneumonia-fast",
        }
    ]  # fmt: skip


def test_the_dose_comes_with_its_trace(browser: Client, cough_version: PathwayVersion) -> None:
    told = post(browser, "evaluate/", FAST).json()

    dose = next(action["dose"] for action in told["actions"] if action["code"] == "oral_amoxicillin_3d")
    assert (dose["amount"], dose["trace"]) == ("1", ["4 ≤ weight_kg 8.2 < 10: 1 tablet (250 mg)"])


def test_what_is_not_known_is_asked_for(browser: Client, cough_version: PathwayVersion) -> None:
    assert "stridor_when_calm" in post(browser, "evaluate/", FAST).json()["unknown"]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"age_months": 10, "respiratory_rate": "52"}, "respiratory_rate"),
        ({"age_months": 10, "respiratory_rate": 900}, "respiratory_rate"),
        ({"age_months": 10, "respiratory_rate": {"value": 20, "unit": "kg"}}, "respiratory_rate"),
        ({"age_months": 10, "nonsense": 1}, "nonsense"),
        ({"respiratory_rate": 40}, "age_days"),
        ({"age_months": -1}, "age_months"),
    ],
)
def test_bad_facts_name_their_field(
    facts: dict[str, Any], field: str, browser: Client, cough_version: PathwayVersion
) -> None:
    reply = post(browser, "evaluate/", {"facts": facts})

    assert reply.status_code == 422
    assert list(reply.json()["fields"]) == [field]


def test_a_pathway_that_is_not_there_is_named(browser: Client, cough_version: PathwayVersion) -> None:
    reply = post(browser, "evaluate/", {**FAST, "pathway": "nothing"})

    assert list(reply.json()["fields"]) == ["pathway"]


def test_a_run_is_kept_once(browser: Client, cough_version: PathwayVersion) -> None:
    key = str(uuid4())
    first = post(browser, "runs/", FAST, **{"Idempotency-Key": key})
    second = post(browser, "runs/", FAST, **{"Idempotency-Key": key})

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]


def test_a_run_is_read_again(browser: Client, cough_version: PathwayVersion) -> None:
    made = post(browser, "runs/", FAST).json()

    assert browser.get(f"{BASE}runs/{made['id']}/").json() == made
    assert [run["id"] for run in browser.get(f"{BASE}runs/").json()["results"]] == [made["id"]]


def test_another_ones_run_is_hidden(browser: Client, cough_version: PathwayVersion, stranger: User) -> None:
    made = post(browser, "runs/", FAST).json()

    assert client_for(stranger).get(f"{BASE}runs/{made['id']}/").status_code == 404


def test_pathways_are_listed_for_an_age(browser: Client, cough_version: PathwayVersion) -> None:
    assert [row["pathway"] for row in browser.get(f"{BASE}pathways/?age_days=300").json()["results"]] == ["cough-2-59m"]
    assert browser.get(f"{BASE}pathways/?age_days=30").json()["results"] == []


def test_drafts_are_not_listed_as_approved(browser: Client, cough_version: PathwayVersion) -> None:
    assert browser.get(f"{BASE}pathways/?approved=true").json()["results"] == []


def test_a_pathway_is_read_whole(browser: Client, cough_version: PathwayVersion) -> None:
    told = browser.get(f"{BASE}pathways/cough-2-59m/").json()

    assert told["status"] == "draft"
    assert told["outline"]["zh"]["id"] == "n-start"
    assert told["charts"]["en"].startswith("<svg")


def test_a_pathway_that_is_not_there_is_hidden(browser: Client) -> None:
    assert browser.get(f"{BASE}pathways/nothing/").status_code == 404
    assert browser.get(f"{BASE}pathways/nothing/versions/").status_code == 404


def test_its_versions_are_listed(browser: Client, cough_version: PathwayVersion) -> None:
    rows = browser.get(f"{BASE}pathways/cough-2-59m/versions/").json()["results"]

    assert [row["version"] for row in rows] == [1]


def test_search_finds_it_in_chinese(browser: Client, cough_version: PathwayVersion) -> None:
    rows = browser.get(f"{BASE}search/", {"q": "肺炎"}).json()["results"]

    assert [row["pathway"] for row in rows] == ["cough-2-59m"]


def test_search_asks_for_something(browser: Client) -> None:
    assert browser.get(f"{BASE}search/").status_code == 422


def test_an_indication_is_read_by_its_id(browser: Client, cough_version: PathwayVersion) -> None:
    assert browser.get(f"{BASE}indications/RI-cough-1/").json()["urgency"] == "E1"
