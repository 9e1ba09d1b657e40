"""Monthly reports: frozen once when the month is over, signed, corrected by a next version; what is frozen stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.db import IntegrityError, InternalError, transaction

from consortium.insight import tasks
from consortium.insight.models import Month, MonthlyReport
from consortium.insight.operations import freeze_due, reporting, revise_report, sign_report
from consortium.insight.policies import may_revise_report, may_see_reports, may_sign_report
from consortium.insight.queries.reports import has_changed, report_for, reports_seen, sides_of, versions_of
from consortium.insight.states import ReportStep
from consortium.insight.views.files import file_of
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import Busy, InvalidInput, NotPermitted, NotVisible, Taken, WrongStep
from consortium.people.states import Role
from referrals.states import Step
from tests.cast import actor_for, client_for
from tests.factories.cases import make_service
from tests.factories.people import make_seat, make_specialty
from tests.insight.conftest import NOW, ZONE, Consortium
from tests.insight.ways import Way, a_month_of_ways, count

pytestmark = pytest.mark.django_db
SENT = datetime(2026, 9, 3, 8, 0, tzinfo=ZONE)
SEPTEMBER = SENT.date().replace(day=1)


@pytest.fixture
def ways(told: Consortium) -> list[Way]:
    """Willow sent eight and one came back to it; the hospital received nine and sent two back; Plum sent three."""
    centre = make_service(told.places["willow"], make_specialty("general"))
    return a_month_of_ways(told, centre, SENT)


@pytest.fixture
def frozen(told: Consortium, ways: list[Way]) -> Consortium:
    assert freeze_due() == 3
    return told


def report(world: Consortium, place: str = "willow", version: int = 1) -> MonthlyReport:
    found: MonthlyReport = MonthlyReport.unscoped.get(institution=world.places[place], version=version)
    return found


def act(world: Consortium, who: str, operation: Any, found: MonthlyReport, **words: Any) -> Any:
    actor = actor_for(world.people[who])
    with acting_as(actor):
        return operation(actor=actor, report_id=found.pk, **words)


def signed(world: Consortium, who: str = "willow_admin", place: str = "willow") -> MonthlyReport:
    made: MonthlyReport = act(world, who, sign_report, report(world, place), proven=True)
    return made


def revised(world: Consortium, version: int = 1, **more: Any) -> MonthlyReport:
    words = {"reason": "One was entered twice.", **more}
    made: MonthlyReport = act(world, "willow_admin", revise_report, report(world, version=version), **words)
    return made


# -- frozen ------------------------------------------------------------------------------------------------------------


def test_each_place_that_sent_or_received_has_its_report(frozen: Consortium) -> None:
    found = {each.institution_id: each.cases for each in MonthlyReport.unscoped.all()}
    places = frozen.places
    assert found == {places["willow"].pk: 11, places["plum"].pk: 2, places["hospital"].pk: 9}


def test_both_sides_stand_in_it(frozen: Consortium) -> None:
    figures = report(frozen).figures
    assert (figures["sent"]["referred"]["value"], figures["sent"]["back_referred"]["value"]) == (7, 2)
    assert figures["received"]["back_referred"]["value"] == 2
    assert report(frozen, "hospital").figures["received"]["referred"]["value"] == 8


def test_small_numbers_are_flagged(frozen: Consortium) -> None:
    assert report(frozen).figures["sent"]["loop_closed"]["small"] is True


def test_every_definition_stands_in_both_languages(frozen: Consortium) -> None:
    first = report(frozen).definitions[0]
    assert (first["key"], first["version"], set(first["label"])) == ("referred", 1, {"en", "zh-hans"})


def test_the_lines_are_without_anybody_s_identity(frozen: Consortium, ways: list[Way]) -> None:
    rows = report(frozen).rows
    assert (len(rows["sent"]), len(rows["received"]), len(rows["sent"][0])) == (9, 2, len(rows["columns"]))
    said = str(rows)
    assert [w.case.pk for w in ways if str(w.case.pk) in said or str(w.case.patient_id) in said] == []


def test_freezing_stands_in_the_journal(frozen: Consortium) -> None:
    entry = Entry.unscoped.get(subject_id=str(report(frozen).pk))
    assert (entry.verb, entry.facts["month"], entry.facts["cases"]) == ("freeze-report", "2026-09", 11)


def test_twice_freezes_once(frozen: Consortium) -> None:
    assert freeze_due() == 0


def test_the_month_that_runs_is_not_frozen(told: Consortium) -> None:
    count(Way(told, NOW - timedelta(hours=1)))
    assert freeze_due() == 0


def test_a_month_rests_two_days_before_it_freezes(told: Consortium) -> None:
    count(Way(told, NOW - timedelta(hours=1)))
    with clock.moved(datetime(2026, 11, 2, 23, 0, tzinfo=ZONE) - clock.now()):
        assert freeze_due() == 0
    with clock.moved(datetime(2026, 11, 3, 1, 0, tzinfo=ZONE) - clock.now()):
        assert freeze_due() == 2


def test_long_past_months_are_left_alone(told: Consortium) -> None:
    count(Way(told, NOW - timedelta(days=200)))
    assert freeze_due() == 0


def test_a_month_that_another_worker_counts_waits(
    told: Consortium, ways: list[Way], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting, "roll_month", lambda month: False)
    assert freeze_due() == 0


def test_the_beat_freezes_as_the_system(told: Consortium, ways: list[Way]) -> None:
    assert tasks.freeze_reports() == 3
    assert report(told).created_by is None


# -- signed ------------------------------------------------------------------------------------------------------------


def test_the_institution_s_admin_signs(frozen: Consortium) -> None:
    made = signed(frozen)
    assert (made.step, made.signed_by_id) == (ReportStep.SIGNED, frozen.people["willow_admin"].pk)
    assert (made.signer_name, made.signed_at is not None) == (frozen.people["willow_admin"].full_name, True)
    assert Entry.unscoped.filter(subject_id=str(made.pk), verb="sign-report").count() == 1


def test_without_showing_who_one_is_nothing_is_signed(frozen: Consortium) -> None:
    with pytest.raises(NotPermitted, match="Confirm"):
        act(frozen, "willow_admin", sign_report, report(frozen), proven=False)


def test_a_manager_of_another_place_does_not_sign(frozen: Consortium) -> None:
    with pytest.raises(NotPermitted):
        signed(frozen, "manager")


def test_a_manager_who_works_there_signs(frozen: Consortium) -> None:
    assert signed(frozen, "manager", "hospital").step == ReportStep.SIGNED


def test_the_coordinator_reads_and_does_not_sign(frozen: Consortium) -> None:
    with pytest.raises(NotPermitted):
        signed(frozen, "coordinator", "hospital")


def test_another_s_report_does_not_exist(frozen: Consortium) -> None:
    with pytest.raises(NotVisible):
        signed(frozen, "willow_admin", "hospital")


def test_what_is_signed_is_not_signed_again(frozen: Consortium) -> None:
    signed(frozen)
    with pytest.raises(WrongStep):
        signed(frozen)


def test_an_old_version_is_not_signed(frozen: Consortium) -> None:
    revised(frozen)
    with pytest.raises(Taken):
        signed(frozen)


# -- corrected ---------------------------------------------------------------------------------------------------------


def test_a_correction_is_a_next_version_and_the_old_one_stays(frozen: Consortium, ways: list[Way]) -> None:
    old = signed(frozen)
    type(ways[5].case).unscoped.filter(pk=ways[5].case.pk).update(entered_in_error_at=NOW)
    count(ways[5])
    new = revised(frozen)
    old.refresh_from_db()
    assert (new.version, new.step, new.figures["sent"]["referred"]["value"]) == (2, ReportStep.FROZEN, 6)
    assert (old.step, old.figures["sent"]["referred"]["value"], len(old.rows["sent"])) == (ReportStep.SIGNED, 7, 9)


def test_the_reason_stands_in_it_and_in_the_journal(frozen: Consortium) -> None:
    new = revised(frozen)
    assert new.reason == "One was entered twice."
    assert Entry.unscoped.get(subject_id=str(new.pk)).verb == "revise-report"


def test_the_same_request_twice_is_one_version(frozen: Consortium) -> None:
    key = uuid4()
    assert revised(frozen, key=key).pk == revised(frozen, key=key).pk


def test_without_a_reason_there_is_no_next_version(frozen: Consortium) -> None:
    with pytest.raises(InvalidInput):
        revised(frozen, reason="  ")


def test_only_the_newest_is_corrected(frozen: Consortium) -> None:
    revised(frozen)
    with pytest.raises(Taken):
        revised(frozen)
    assert revised(frozen, version=2).version == 3


def test_while_the_numbers_are_being_made_one_waits(frozen: Consortium, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "roll_month", lambda month: False)
    with pytest.raises(Busy):
        revised(frozen)


# -- the rules of the database -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("changed", [{"figures": {}}, {"rows": {}}, {"definitions": []}, {"cases": 1}, {"version": 7}])
def test_what_is_frozen_never_changes(frozen: Consortium, changed: dict[str, Any]) -> None:
    with pytest.raises(InternalError), transaction.atomic():
        MonthlyReport.unscoped.filter(pk=report(frozen).pk).update(**changed)


def test_no_report_is_deleted(frozen: Consortium) -> None:
    with pytest.raises(InternalError), transaction.atomic():
        report(frozen).delete()


def test_what_was_signed_stays_signed(frozen: Consortium) -> None:
    made = signed(frozen)
    unsigned = {"step": ReportStep.FROZEN, "signed_at": None, "signed_by": None, "signer_name": ""}
    with pytest.raises(InternalError), transaction.atomic():
        MonthlyReport.unscoped.filter(pk=made.pk).update(**unsigned)


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("insight_report_version", {}), ("insight_report_month", {"month": SENT.date(), "version": 4, "reason": "x"}),
        ("insight_report_reason", {"version": 2}),
        ("insight_report_signed_whole", {"version": 2, "reason": "x", "signed_at": NOW}),
    ],
)  # fmt: skip
def test_a_row_that_breaks_a_rule_is_refused(frozen: Consortium, rule: str, wrong: dict[str, Any]) -> None:
    found = report(frozen)
    names = ("institution_id", "month", "version", "frozen_at", "definitions", "figures", "rows", "cases")
    same = {name: getattr(found, name) for name in names}
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        MonthlyReport.unscoped.create(**{**same, **wrong})


# -- seen --------------------------------------------------------------------------------------------------------------


def seen(world: Consortium, who: str) -> set[Any]:
    with acting_as(actor_for(world.people[who])):
        return set(MonthlyReport.objects.values_list("institution_id", flat=True))


def test_each_sees_their_own_institution_s(frozen: Consortium) -> None:
    places = {name: place.pk for name, place in frozen.places.items()}
    assert seen(frozen, "willow_admin") == {places["willow"]}
    assert seen(frozen, "coordinator") == seen(frozen, "admin") == {places["hospital"]}
    assert seen(frozen, "shen") == seen(frozen, "lead") == set()


def test_managers_see_those_that_are_about_enough_children(frozen: Consortium) -> None:
    places = frozen.places
    assert seen(frozen, "manager") == {places["willow"].pk, places["hospital"].pk}
    make_seat(frozen.people["manager"], places["plum"], Role.NURSE)
    assert places["plum"].pk in seen(frozen, "manager")


def test_the_list_shows_the_newest_version(frozen: Consortium) -> None:
    revised(frozen)
    with acting_as(actor_for(frozen.people["willow_admin"])):
        assert [each["version"] for each in reports_seen().items] == [2]
        assert [each["version"] for each in versions_of(report(frozen))] == [2, 1]


def test_a_report_that_is_hidden_is_not_there(frozen: Consortium) -> None:
    with acting_as(actor_for(frozen.people["willow_admin"])), pytest.raises(NotVisible):
        report_for(report(frozen, "plum").pk)


def test_it_says_when_the_month_would_count_otherwise(frozen: Consortium, ways: list[Way]) -> None:
    with acting_as(actor_for(frozen.people["willow_admin"])):
        assert has_changed(report(frozen)) is False
        Month.objects.update(stale=True)
        count(Way(frozen, SENT, Step.CANCELLED))
        assert has_changed(report(frozen)) is True


def test_definitions_are_told_as_they_were_frozen(frozen: Consortium) -> None:
    found = report(frozen)
    found.definitions[0]["label"]["en"] = "Referrals, as it was said then"
    found.definitions[0]["label"]["zh-hans"] = "当时的说法"
    assert sides_of(found, "en")[0].rows[0]["measure"].label == "Referrals, as it was said then"
    assert sides_of(found, "zh-hans")[0].rows[0]["measure"].label == "当时的说法"


def test_policies(frozen: Consortium) -> None:
    actors = {name: actor_for(user) for name, user in frozen.people.items()}
    assert may_see_reports(actors["coordinator"])
    assert not may_see_reports(actors["lead"])
    assert may_sign_report(actors["admin"], report(frozen, "hospital"))
    assert not may_revise_report(actors["admin"], report(frozen))


def test_a_report_names_itself(frozen: Consortium) -> None:
    assert str(report(frozen)).startswith("report 2026-09 of")


# -- files -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "names"), [("en", 5), ("zh", 5)])
def test_a_workbook_has_figures_definitions_and_lines(frozen: Consortium, language: str, names: int) -> None:
    book = openpyxl.load_workbook(BytesIO(file_of(report(frozen), "xlsx", language)))
    assert len(book.sheetnames) == names
    figures, definitions, sent, received = (book.worksheets[n] for n in (1, 2, 3, 4))
    found = {(row[0].value, row[1].value): row[3].value for row in figures.iter_rows(min_row=2)}
    assert 7 in [value for (_side, key), value in found.items() if key == "referred"]
    assert definitions.max_row == 1 + len(report(frozen).definitions)
    assert (sent.max_row, received.max_row) == (10, 3)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_paper_is_a_pdf(frozen: Consortium, language: str) -> None:
    made = file_of(signed(frozen), "pdf", language)
    assert made.startswith(b"%PDF")
    assert len(made) > 10_000


# --- over the API


def calls(world: Consortium, who: str) -> Any:
    return client_for(world.people[who])


def test_the_newest_versions_are_listed(frozen: Consortium) -> None:
    (row,) = calls(frozen, "willow_admin").get("/api/v1/measures/reports/").json()["results"]
    assert (row["month"], row["version"], row["institution"]["name"]) == ("2026-09", 1, "Willow")


def test_one_report_tells_definitions_and_figures(frozen: Consortium) -> None:
    found = report(frozen)
    whole = calls(frozen, "willow_admin").get(f"/api/v1/measures/reports/{found.pk}/").json()
    assert (whole["figures"], whole["changed"], whole["reason"]) == (found.figures, False, "")
    assert [each["key"] for each in whole["definitions"]] == [each["key"] for each in found.definitions]


def test_pages_of_reports_go_on(frozen: Consortium) -> None:
    actor = actor_for(frozen.people["manager"])
    with acting_as(actor):
        first = reports_seen(size=1)
        second = reports_seen(first.next_cursor, size=1)
    assert first.items[0]["id"] != second.items[0]["id"]


def test_a_correction_over_the_api_is_the_next_version(frozen: Consortium) -> None:
    place = f"/api/v1/measures/reports/{report(frozen).pk}/revise/"
    told = {"content_type": "application/json", "headers": {"Idempotency-Key": str(uuid4())}}
    made = [calls(frozen, "willow_admin").post(place, {"reason": "A case came late."}, **told) for _ in range(2)]
    assert [each.status_code for each in made] == [201, 201]
    assert {each.json()["version"] for each in made} == {2}
