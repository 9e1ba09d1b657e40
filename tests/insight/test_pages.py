"""The pages of the measures: what they show to whom, in how many queries, and in both languages."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium.insight.measures import CONSULTATIONS, MEASURES, PUBLISHED
from consortium.insight.models import Export
from consortium.insight.operations import write_piece
from consortium.insight.queries.cases import PICKS
from consortium.journal.models import Entry
from tests.cast import client_for
from tests.insight.conftest import Consortium

pytestmark = pytest.mark.django_db
ALWAYS = {"period": "always"}


def client(world: Consortium, who: str = "manager") -> Client:
    return client_for(world.people[who])


def page(world: Consortium, name: str, who: str = "manager", *args: Any, status: int = 200, **query: Any) -> str:
    answer = client(world, who).get(reverse(f"insight:{name}", args=args), {**ALWAYS, **query})
    assert answer.status_code == status
    return answer.content.decode()


def test_the_overview_shows_each_headline_with_its_value(told: Consortium) -> None:
    shown = page(told, "overview")
    for measure in CONSULTATIONS.measures.values():
        assert str(measure.label) in shown
    assert shown.count("insight-card") >= sum(m.headline for m in CONSULTATIONS.measures.values())


def test_published_figures_stand_beside_ours_with_their_source(told: Consortium) -> None:
    shown = page(told, "overview")
    assert "46.7 %" in shown
    assert "JAMA Netw Open 2023" in shown


def test_what_is_not_verified_says_so(told: Consortium) -> None:
    assert "not verified" in page(told, "measure", "manager", "useful")


def test_a_small_number_is_flagged(told: Consortium) -> None:
    assert "small number" in page(told, "overview")


@pytest.mark.parametrize("key", CONSULTATIONS.measures)
def test_each_measure_says_what_is_counted_and_has_its_tables(told: Consortium, key: str) -> None:
    shown = page(told, "measure", "manager", key)
    assert str(MEASURES[key].words)[:40] in shown.replace("&#x27;", "'")
    assert shown.count("<caption") == 5
    assert all(each.source in shown.replace("&amp;", "&") for each in PUBLISHED.get(key, ()))


def test_an_unknown_measure_is_not_there(told: Consortium) -> None:
    page(told, "measure", "manager", "happiness", status=404)


def test_every_picture_has_a_title_and_says_where_its_words_are(told: Consortium) -> None:
    shown = page(told, "overview")
    pictures = re.findall(r'<svg class="chart.*?</svg>', shown, re.S)
    assert pictures
    assert all("<title" in picture and "<desc" in picture for picture in pictures)


def test_ids_stand_once(told: Consortium) -> None:
    ids = re.findall(r'\sid="([^"]+)"', page(told, "overview"))
    assert sorted({each for each in ids if ids.count(each) > 1}) == []


def test_no_child_and_no_case_is_named(told: Consortium) -> None:
    shown = page(told, "overview") + page(told, "measure", "manager", "answer")
    assert "Can she wait" not in shown
    assert not any(str(case.pk) in shown for case in told.cases)


def test_few_of_another_place_are_not_told(told: Consortium) -> None:
    shown = page(told, "overview", place=f"institution:{told.places['plum'].pk}")
    assert "Fewer than five" in shown


def test_it_is_narrowed_to_a_service(told: Consortium) -> None:
    shown = page(told, "measure", "manager", "sent", service=str(told.services["heart"].pk))
    assert "By service" not in shown


def test_it_is_narrowed_to_a_region(told: Consortium) -> None:
    shown = page(told, "measure", "manager", "sent", place=f"region:{told.places['willow'].region_id}")
    assert "By region" not in shown
    assert "By asking institution" in shown


def test_an_asking_centre_chooses_no_place(told: Consortium) -> None:
    shown = page(told, "overview", "willow_admin")
    assert 'name="place"' not in shown


@pytest.mark.parametrize("wrong", [{"period": "century"}, {"priority": "9"}, {"place": f"region:{uuid4()}"}])
def test_what_nobody_can_choose_is_not_there(told: Consortium, wrong: dict[str, str]) -> None:
    page(told, "overview", status=404, **wrong)


def test_another_s_view_is_not_there(told: Consortium) -> None:
    page(told, "overview", "willow_admin", status=404, lens="all")


def test_who_has_no_service_to_lead_sees_nothing(told: Consortium) -> None:
    from consortium.casework.models import ServiceMember

    ServiceMember.objects.filter(user=told.people["lead"]).update(is_lead=False)
    page(told, "overview", "lead", status=404)


@pytest.mark.parametrize("who", ["willow", "shen"])
def test_clinicians_have_no_measures(told: Consortium, who: str) -> None:
    page(told, "overview", who, status=403)


def counted(world: Consortium, name: str, *args: Any) -> int:
    browser = client(world)
    address = reverse(f"insight:{name}", args=args)
    browser.get(address, ALWAYS)
    with CaptureQueriesContext(connection) as captured:
        browser.get(address, ALWAYS)
    return len(captured)


def test_the_overview_takes_as_many_queries_for_one_question_as_for_seven(told: Consortium) -> None:
    from consortium.insight.models import Cell

    many = counted(told, "overview")
    Cell.unscoped.exclude(month="2026-08-01").delete()
    assert counted(told, "overview") == many


def test_a_measure_takes_as_many_queries_for_one_question_as_for_seven(told: Consortium) -> None:
    from consortium.insight.models import Cell

    many = counted(told, "measure", "answer")
    Cell.unscoped.exclude(month="2026-08-01").delete()
    assert counted(told, "measure", "answer") == many


def test_it_reads_well_in_chinese(told: Consortium) -> None:
    told.people["manager"].language = "zh-hans"
    told.people["manager"].save()
    answer = client(told).get(reverse("insight:overview"), ALWAYS, headers={"Accept-Language": "zh-hans"})
    assert answer.status_code == 200


# -- the cases behind a number ----------------------------------------------------------------------------------------


def test_who_sees_cases_is_led_to_them(told: Consortium) -> None:
    assert "Cases to look at" in page(told, "measure", "lead", "answered_on_time")
    assert "Cases to look at" not in page(told, "measure", "manager", "answered_on_time")


def test_the_cases_are_those_that_one_sees_anyway(told: Consortium) -> None:
    """The lead sees what is open in the service; what is closed belongs to its pathway."""
    shown = page(told, "cases", "lead", "second_round")
    assert str(told.cases[2].pk) in shown
    assert str(told.cases[0].pk) not in page(told, "cases", "lead", "sent")


@pytest.mark.parametrize("key", PICKS)
def test_each_number_has_its_list(told: Consortium, key: str) -> None:
    page(told, "cases", "lead", key)


def test_a_time_has_no_list(told: Consortium) -> None:
    page(told, "cases", "lead", "answer", status=404)


def test_a_manager_sees_numbers_only(told: Consortium) -> None:
    page(told, "cases", "manager", "sent", status=403)


# -- exports ----------------------------------------------------------------------------------------------------------


def begin(world: Consortium, who: str = "manager", **more: Any) -> Any:
    form = {**ALWAYS, "kind": "csv", "request_key": str(uuid4()), **more}
    return client(world, who).post(reverse("insight:begin_export"), form)


def test_the_page_says_how_many_lines_and_which_columns(told: Consortium) -> None:
    shown = page(told, "exports")
    assert "7 lines" in shown
    assert "to_answer_minutes" in shown


def test_a_file_is_asked_for_watched_and_taken(told: Consortium) -> None:
    assert begin(told).status_code == 302
    assert "0 of 7 lines" in page(told, "export_list")
    export = Export.unscoped.get()
    while write_piece(export.pk):
        continue
    assert "Download" in page(told, "export_list")
    taken = client(told).get(reverse("insight:export_file", args=[export.pk]))
    assert taken.headers["X-Accel-Redirect"].endswith(f"exports/{export.pk}.csv")
    assert "attachment" in taken.headers["Content-Disposition"]
    assert Entry.unscoped.filter(verb="download", subject_id=str(export.pk)).exists()


def test_the_list_asks_for_itself_only_while_something_is_written(told: Consortium) -> None:
    assert "hx-get" not in page(told, "export_list")
    begin(told)
    assert "every 2s" in page(told, "export_list")


def test_a_second_export_is_told_to_wait(told: Consortium) -> None:
    begin(told)
    answer = begin(told)
    assert answer.status_code == 422
    assert "still being written" in answer.content.decode()


def test_a_wrong_kind_comes_back_with_what_is_wrong(told: Consortium) -> None:
    assert begin(told, kind="pdf").status_code == 422


def test_without_a_fresh_proof_it_is_asked_for_first(told: Consortium) -> None:
    browser = client(told)
    session = browser.session
    del session["account_authentication_methods"]
    session.save()
    form = {**ALWAYS, "kind": "csv", "request_key": str(uuid4())}
    answer = browser.post(reverse("insight:begin_export"), form)
    assert answer.status_code == 302
    assert "reauthenticate" in answer.headers["Location"]
    assert not Export.unscoped.exists()


def test_taking_a_file_wants_a_fresh_proof_too(told: Consortium) -> None:
    begin(told)
    export = Export.unscoped.get()
    while write_piece(export.pk):
        continue
    browser = client(told)
    session = browser.session
    del session["account_authentication_methods"]
    session.save()
    answer = browser.get(reverse("insight:export_file", args=[export.pk]))
    assert "reauthenticate" in answer.headers["Location"]


def test_it_is_cancelled(told: Consortium) -> None:
    begin(told)
    export = Export.unscoped.get()
    assert client(told).post(reverse("insight:cancel_export", args=[export.pk])).status_code == 302
    assert "Cancelled" in page(told, "export_list")


def test_another_s_file_is_not_there(told: Consortium) -> None:
    begin(told)
    export = Export.unscoped.get()
    while write_piece(export.pk):
        continue
    assert client(told, "admin").get(reverse("insight:export_file", args=[export.pk])).status_code == 404


def test_a_file_that_is_gone_is_not_there(told: Consortium) -> None:
    begin(told)
    export = Export.unscoped.get()
    while write_piece(export.pk):
        continue
    export.file.unlink()
    assert client(told).get(reverse("insight:export_file", args=[export.pk])).status_code == 404


# -- the API ----------------------------------------------------------------------------------------------------------


def told_by_api(world: Consortium, path: str, who: str = "manager", status: int = 200, **query: Any) -> Any:
    answer = client(world, who).get(f"/api/v1/measures/{path}", {**ALWAYS, **query})
    assert answer.status_code == status
    return answer.json()


def test_the_api_tells_every_measure(told: Consortium) -> None:
    values = {each["measure"]: each for each in told_by_api(told, "")["results"]}
    assert set(values) == set(CONSULTATIONS.measures)
    assert values["sent"]["value"] == 7
    assert values["answer"]["tenth"] is not None


@pytest.mark.parametrize("by", ["month", "service", "priority", "institution", "region"])
def test_the_api_divides(told: Consortium, by: str) -> None:
    results = told_by_api(told, "sent/", by=by)["results"]
    assert results
    assert all(each["value"]["measure"] == "sent" for each in results)


def test_the_api_takes_months(told: Consortium) -> None:
    results = told_by_api(told, "sent/", since="2026-08", until="2026-09")["results"]
    assert [each["key"] for each in results] == ["2026-08", "2026-09"]


def test_the_api_takes_an_urgency_by_its_word(told: Consortium) -> None:
    values = told_by_api(told, "", priority="stat")["results"]
    assert values[0]["value"] == 1


@pytest.mark.parametrize("wrong", [{"since": "2026-13"}, {"since": "2026-10", "until": "2026-09"}, {"color": "red"}])
def test_the_api_refuses_what_it_cannot_read(told: Consortium, wrong: dict[str, str]) -> None:
    told_by_api(told, "", status=422, **wrong)


def test_the_api_knows_no_other_measure(told: Consortium) -> None:
    told_by_api(told, "happiness/", status=404)


def test_definitions_come_with_their_version_and_figures(told: Consortium) -> None:
    video = next(d for d in client(told).get("/api/v1/measures/definitions/").json()["results"] if d["key"] == "video")
    assert (video["version"], video["published"][0]["value"]) == (1, 46.7)


def test_the_api_tells_one_s_points_of_view(told: Consortium) -> None:
    results = client(told, "admin").get("/api/v1/measures/lenses/").json()["results"]
    assert [each["key"].partition(":")[0] for each in results] == ["answered", "asked"]


def test_the_api_tells_one_s_exports(told: Consortium) -> None:
    begin(told)
    results = client(told).get("/api/v1/measures/exports/").json()["results"]
    assert [(each["kind"], each["step"], each["rows"]) for each in results] == [("csv", "waiting", 7)]
    assert client(told, "admin").get("/api/v1/measures/exports/").json()["results"] == []
