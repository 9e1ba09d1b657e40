"""The pages, the files and the API of the measures of referrals, and of the monthly reports."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium.insight.measures import REFERRALS
from consortium.insight.models import Export, MonthlyReport
from consortium.insight.operations import freeze_due, write_piece
from consortium.insight.queries import columns_of
from consortium.insight.queries.cases import PICKS
from consortium.insight.states import ReportStep
from consortium.journal.models import Entry
from tests.cast import client_for
from tests.factories.cases import make_service
from tests.factories.people import make_specialty
from tests.insight.conftest import ZONE, Consortium
from tests.insight.ways import Way, a_month_of_ways

pytestmark = pytest.mark.django_db
SENT = datetime(2026, 9, 3, 8, 0, tzinfo=ZONE)
ALWAYS = {"period": "always"}


@pytest.fixture
def ways(told: Consortium) -> list[Way]:
    return a_month_of_ways(told, make_service(told.places["willow"], make_specialty("general")), SENT)


@pytest.fixture
def frozen(told: Consortium, ways: list[Way]) -> Consortium:
    assert freeze_due() == 3
    return told


def page(world: Consortium, name: str, who: str = "manager", *args: Any, status: int = 200, **query: Any) -> str:
    answer = client_for(world.people[who]).get(reverse(f"insight:{name}", args=args), {**ALWAYS, **query})
    assert answer.status_code == status
    return str(answer.content.decode())


def report(world: Consortium, place: str = "willow") -> MonthlyReport:
    found: MonthlyReport = MonthlyReport.unscoped.get(institution=world.places[place], version=1)
    return found


# -- measures ----------------------------------------------------------------------------------------------------------


def test_the_overview_has_every_measure_of_referrals_and_its_tabs(told: Consortium, ways: list[Way]) -> None:
    shown = page(told, "referrals")
    assert [m.key for m in REFERRALS.measures.values() if reverse("insight:measure", args=[m.key]) not in shown] == []
    assert shown.count('aria-current="page"') >= 1
    assert "51 % of 20,466" in shown


def test_the_overview_says_leg_by_leg(told: Consortium, ways: list[Way]) -> None:
    shown = page(told, "referrals")
    assert "Leg by leg" in shown
    assert "Whose turn it was" not in shown


def test_every_measure_has_its_page(told: Consortium, ways: list[Way]) -> None:
    for key, measure in REFERRALS.measures.items():
        shown = page(told, "measure", "manager", key)
        assert str(measure.words)[:30] in shown.replace("&#x27;", "'"), key
        assert ("By indication" in shown) is (measure.kind != "time"), key


def test_an_urgency_is_not_divided_by_indication(told: Consortium, ways: list[Way]) -> None:
    assert "By indication" not in page(told, "measure", "manager", "too_late", priority="2")


def test_an_indication_reads_as_page_and_row(told: Consortium, ways: list[Way]) -> None:
    shown = page(told, "measure", "manager", "appropriate")
    assert "cough · danger" in shown
    assert "None cited" in page(told, "measure", "manager", "referred")


def test_the_page_asks_which_referrals(told: Consortium, ways: list[Way]) -> None:
    shown = page(told, "referrals", "admin")
    assert "Received by Hospital" in shown
    assert "Sent by Hospital" in shown


def test_a_number_leads_to_the_cases_that_one_sees_anyway(told: Consortium, ways: list[Way]) -> None:
    assert str(ways[7].case.pk) in page(told, "cases", "lead", "refused")


@pytest.mark.parametrize("key", sorted(set(PICKS) & set(REFERRALS.measures)))
def test_each_list_of_referrals_opens(told: Consortium, key: str) -> None:
    page(told, "cases", "lead", key)


def test_pages_take_as_many_queries_for_one_referral_as_for_eleven(told: Consortium, ways: list[Way]) -> None:
    from consortium.insight.models import Cell

    browser = client_for(told.people["manager"])
    addresses = [reverse("insight:referrals"), reverse("insight:measure", args=["too_late"])]
    counted = []
    for _turn in ("many", "few"):
        with CaptureQueriesContext(connection) as captured:
            for address in addresses:
                assert browser.get(address, ALWAYS).status_code == 200
        counted.append(len(captured))
        Cell.unscoped.filter(subject="referrals").exclude(institution=None, region=None, service=None).delete()
    assert counted[1] <= counted[0] <= 60


def test_an_export_of_referrals_has_their_columns(told: Consortium, ways: list[Way]) -> None:
    browser = client_for(told.people["manager"])
    form = {**ALWAYS, "subject": "referrals", "kind": "csv", "request_key": str(uuid4())}
    assert browser.post(reverse("insight:begin_export"), form).status_code == 302
    export = Export.unscoped.get()
    while write_piece(export.pk):
        continue
    lines = export.file.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == ",".join(columns_of(REFERRALS))
    assert len(lines) == 12
    taken = browser.get(reverse("insight:export_file", args=[export.pk]))
    assert "referrals-" in taken.headers["Content-Disposition"]
    assert not any(str(way.case.pk) in line for way in ways for line in lines)


def test_the_page_of_exports_says_which_columns(told: Consortium, ways: list[Way]) -> None:
    shown = page(told, "exports", subject="referrals")
    assert "11 lines" in shown
    assert "to_arrival_minutes" in shown


def test_an_unknown_subject_is_not_there(told: Consortium) -> None:
    page(told, "exports", status=404, subject="weather")


def api(world: Consortium, path: str, status: int = 200, **query: Any) -> Any:
    answer = client_for(world.people["manager"]).get(f"/api/v1/measures/{path}", {**ALWAYS, **query})
    assert answer.status_code == status
    return answer.json()


def test_the_api_tells_of_referrals(told: Consortium, ways: list[Way]) -> None:
    values = {each["measure"]: each for each in api(told, "", subject="referrals")["results"]}
    assert set(values) == set(REFERRALS.measures)
    assert values["referred"]["value"] == 8


def test_the_api_divides_by_indication(told: Consortium, ways: list[Way]) -> None:
    results = api(told, "referred/", by="indication")["results"]
    assert {each["key"]: each["value"]["value"] for each in results if each["key"].startswith("c")} == {
        "cough:danger": 3
    }


@pytest.mark.parametrize(
    ("key", "more"), [("to_arrival", {}), ("referred", {"priority": "stat"}), ("sent", {})]
)  # fmt: skip
def test_the_api_says_what_has_no_indication(told: Consortium, key: str, more: dict[str, str]) -> None:
    api(told, f"{key}/", status=422, by="indication", **more)


def test_a_definition_says_what_it_is_about(told: Consortium) -> None:
    results = client_for(told.people["manager"]).get("/api/v1/measures/definitions/").json()["results"]
    assert {each["subject"] for each in results} == {"consultations", "referrals"}


# -- reports -----------------------------------------------------------------------------------------------------------


def test_the_list_shows_what_is_to_be_signed(frozen: Consortium) -> None:
    shown = page(frozen, "reports", "willow_admin")
    assert "2026-09" in shown
    assert "To be signed" in shown
    assert "Plum" not in shown


def test_without_reports_the_list_says_when_one_comes(told: Consortium) -> None:
    assert "No report yet" in page(told, "reports")


def test_a_report_shows_both_sides_definitions_and_files(frozen: Consortium) -> None:
    shown = page(frozen, "report", "willow_admin", report(frozen).pk)
    assert "Referrals that we sent" in shown
    assert "Referrals that we received" in shown
    assert "All referrals up or to the same tier" in shown
    assert shown.count("/pdf/") == shown.count("/xlsx/") == 2


def test_the_list_takes_as_many_queries_for_three_reports_as_for_one(frozen: Consortium) -> None:
    counts = {}
    for who in ("willow_admin", "manager"):
        browser = client_for(frozen.people[who])
        browser.get(reverse("insight:reports"))
        with CaptureQueriesContext(connection) as captured:
            browser.get(reverse("insight:reports"))
        counts[who] = len(captured)
    assert counts["manager"] <= counts["willow_admin"]


def test_it_is_signed_on_the_page(frozen: Consortium) -> None:
    browser, found = client_for(frozen.people["willow_admin"]), report(frozen)
    assert browser.post(reverse("insight:sign_report", args=[found.pk])).status_code == 302
    found.refresh_from_db()
    assert found.step == ReportStep.SIGNED
    shown = page(frozen, "report", "willow_admin", found.pk)
    assert "Dr Willow_Admin" in shown or found.signer_name in shown


def test_signing_wants_a_fresh_proof(frozen: Consortium) -> None:
    browser = client_for(frozen.people["willow_admin"])
    session = browser.session
    del session["account_authentication_methods"]
    session.save()
    answer = browser.post(reverse("insight:sign_report", args=[report(frozen).pk]))
    assert "reauthenticate" in answer.headers["Location"]
    assert report(frozen).step == ReportStep.FROZEN
    paper = browser.get(reverse("insight:report_file", args=[report(frozen).pk, "pdf", "en"]))
    assert "reauthenticate" in paper.headers["Location"]


def test_the_coordinator_is_offered_neither_signing_nor_correcting(frozen: Consortium) -> None:
    shown = page(frozen, "report", "coordinator", report(frozen, "hospital").pk)
    assert "Sign the report" not in shown
    assert "Make a new version" not in shown


def revise(world: Consortium, **form: Any) -> Any:
    browser = client_for(world.people["willow_admin"])
    words = {"reason": "A slip", "request_key": str(uuid4()), **form}
    return browser.post(reverse("insight:revise_report", args=[report(world).pk]), words)


def test_a_correction_leads_to_the_next_version(frozen: Consortium) -> None:
    assert revise(frozen).status_code == 302
    newest = MonthlyReport.unscoped.get(institution=frozen.places["willow"], version=2)
    assert "A slip" in page(frozen, "report", "willow_admin", newest.pk)
    assert "There is a newer version" in page(frozen, "report", "willow_admin", report(frozen).pk)


def test_a_correction_without_a_reason_comes_back(frozen: Consortium) -> None:
    assert revise(frozen, reason=" ").status_code == 422


def test_a_correction_of_an_old_version_comes_back_with_why(frozen: Consortium) -> None:
    revise(frozen)
    answer = revise(frozen)
    assert answer.status_code == 409
    assert "newer version" in answer.content.decode()


def test_who_may_not_correct_is_refused(frozen: Consortium) -> None:
    browser = client_for(frozen.people["coordinator"])
    form = {"reason": "A slip", "request_key": str(uuid4())}
    assert browser.post(reverse("insight:revise_report", args=[report(frozen, "hospital").pk]), form).status_code == 403


@pytest.mark.parametrize(("kind", "language", "begins"), [("pdf", "en", b"%PDF"), ("xlsx", "zh", b"PK")])
def test_files_are_saved_and_their_taking_is_journalled(
    frozen: Consortium, kind: str, language: str, begins: bytes
) -> None:
    found = report(frozen)
    answer = client_for(frozen.people["willow_admin"]).get(
        reverse("insight:report_file", args=[found.pk, kind, language])
    )
    assert answer.content.startswith(begins)
    assert f"referrals-2026-09-v1-{language}.{kind}" in answer.headers["Content-Disposition"]
    assert Entry.unscoped.filter(verb="download", subject_id=str(found.pk)).exists()


@pytest.mark.parametrize(("kind", "language"), [("doc", "en"), ("pdf", "fr")])
def test_another_kind_of_file_is_not_there(frozen: Consortium, kind: str, language: str) -> None:
    page(frozen, "report_file", "willow_admin", report(frozen).pk, kind, language, status=404)


@pytest.mark.parametrize("who", ["willow", "lead", "nurse"])
def test_reports_are_for_offices(frozen: Consortium, who: str) -> None:
    page(frozen, "reports", who, status=403)
    page(frozen, "report", who, report(frozen).pk, status=403)


def test_another_s_report_is_not_there(frozen: Consortium) -> None:
    page(frozen, "report", "willow_admin", report(frozen, "hospital").pk, status=404)
