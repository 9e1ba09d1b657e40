"""The calculators' pages and their API: what is shown, what is refused, and that nothing is read or kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from consortium.journal.models import Entry
from consortium.kernel.scoping import unfiltered
from consortium.people.models import User
from decision_manual.calculators.catalogue import CALCULATORS
from tests.cast import client_for

pytestmark = pytest.mark.django_db
_LIST, _WESTLEY = "/manual/calculators/", "/manual/calculators/westley/"
_CROUP = {
    "stridor": "rest",
    "retractions": "mild",
    "air_entry": "normal",
    "cyanosis": "none",
    "consciousness": "normal",
}


@pytest.fixture(autouse=True)
def no_calls_yet() -> None:
    cache.clear()


@pytest.fixture
def client(asker: User) -> Client:
    return client_for(asker)


def _get(client: Client, path: str, **more: Any) -> str:
    answer = client.get(path, **more)
    assert answer.status_code == 200
    return answer.content.decode()


def _post(client: Client, path: str, data: dict[str, Any], **more: Any) -> str:
    answer = client.post(path, data, **more)
    assert answer.status_code == 200
    return answer.content.decode()


def _htmx(client: Client, path: str, data: dict[str, Any]) -> str:
    return _post(client, path, data, headers={"HX-Request": "true"})


# -- the list -----------------------------------------------------------------------------------------------------


def test_the_list_links_to_every_calculator(client: Client) -> None:
    text = _get(client, _LIST)
    assert [code for code in CALCULATORS if f"/manual/calculators/{code}/" not in text] == []


def test_the_list_is_searched_without_javascript(client: Client) -> None:
    text = _get(client, f"{_LIST}?q=croup")
    assert "westley" in text
    assert "bilirubin_aap" not in text


def test_what_was_searched_stays_in_the_field(client: Client) -> None:
    assert 'value="croup"' in _get(client, f"{_LIST}?q=croup")


def test_htmx_gets_the_list_alone(client: Client) -> None:
    text = _get(client, f"{_LIST}?q=croup", headers={"HX-Request": "true"})
    assert text.strip().startswith('<div id="calculators"')


def test_a_search_that_finds_nothing_says_so(client: Client) -> None:
    assert "No calculator found" in _get(client, f"{_LIST}?q=xyzzy")


def test_unverified_calculators_are_marked_in_the_list(client: Client) -> None:
    assert "Partly unverified" in _get(client, f"{_LIST}?q=twist")


def test_verified_ones_are_not(client: Client) -> None:
    assert "Partly unverified" not in _get(client, f"{_LIST}?q=croup")


def test_the_list_costs_what_signing_in_costs(client: Client, django_assert_num_queries: Any) -> None:
    _get(client, _LIST)
    with django_assert_num_queries(4):
        _get(client, f"{_LIST}?q=croup")
    with django_assert_num_queries(4):
        _get(client, _LIST)


def test_the_list_is_only_read(client: Client) -> None:
    assert client.post(_LIST).status_code == 405


# -- one calculator -----------------------------------------------------------------------------------------------


def _without_fields(client: Client, code: str) -> list[str]:
    text = _get(client, f"/manual/calculators/{code}/")
    return [each.id for each in CALCULATORS[code].inputs if f'id="id_{each.id}"' not in text]


def test_every_calculator_has_a_page_with_each_field(client: Client) -> None:
    assert {code: lacks for code in CALCULATORS if (lacks := _without_fields(client, code))} == {}


def test_an_empty_form_is_answered_with_what_lacks(client: Client) -> None:
    answered = [code for code in CALCULATORS if "Not yet" not in _post(client, f"/manual/calculators/{code}/", {})]
    assert [code for code in answered if any(each.required for each in CALCULATORS[code].inputs)] == []


def test_an_unknown_calculator_is_not_found(client: Client) -> None:
    assert client.get("/manual/calculators/nothing/").status_code == 404


def test_before_anything_is_filled_in_nothing_is_wrong(client: Client) -> None:
    text = _get(client, _WESTLEY)
    assert "the result appears here" in text
    assert "field-error" not in text


def test_the_result_has_colour_word_and_sign(client: Client) -> None:
    text = _post(client, _WESTLEY, _CROUP)
    assert "is-pink" in text
    assert "Moderate croup" in text
    assert '<svg class="icon"' in text.partition('id="result-title"')[2][:200]


def test_the_result_says_how_soon_and_what_to_do(client: Client) -> None:
    text = _post(client, _WESTLEY, _CROUP)
    assert "To an emergency department now" in text
    assert "Dexamethasone" in text


def test_the_result_keeps_what_was_filled_in(client: Client) -> None:
    text = _post(client, _WESTLEY, _CROUP)
    assert text.count(" checked") == 5


def test_the_trace_is_folded_away(client: Client) -> None:
    assert "<details><summary>How it was calculated" in _post(client, _WESTLEY, _CROUP)


def test_the_result_can_be_copied_as_text(client: Client) -> None:
    text = _post(client, _WESTLEY, _CROUP)
    assert 'data-copy="result-text"' in text
    assert "Westley croup score\nScore: 3" in text


def test_htmx_gets_the_result_and_the_dock(client: Client) -> None:
    text = _htmx(client, _WESTLEY, _CROUP)
    assert text.strip().startswith('<section class="card')
    assert 'hx-swap-oob="true"' in text
    assert "<form" not in text


def test_a_whole_page_swaps_nothing(client: Client) -> None:
    assert "hx-swap-oob" not in _post(client, _WESTLEY, _CROUP)


def test_what_is_still_needed_links_to_its_field(client: Client) -> None:
    text = _htmx(client, _WESTLEY, {"stridor": "rest"})
    assert '<a href="#id_retractions">Retractions</a>' in text
    assert "4 fields to fill in" in text


def test_a_wrong_value_is_said_at_its_field(client: Client) -> None:
    text = _post(client, "/manual/calculators/bsa_mosteller/", {"height": "110", "weight": "3500"})
    assert "has-error" in text
    assert "Is this in g perhaps?" in text


def test_a_wrong_value_stays_in_its_field(client: Client) -> None:
    assert 'value="3500"' in _post(client, "/manual/calculators/bsa_mosteller/", {"height": "110", "weight": "3500"})


def test_what_was_typed_is_escaped(client: Client) -> None:
    text = _post(client, "/manual/calculators/bsa_mosteller/", {"height": "<b>", "weight": "<script>"})
    assert "<script>" not in text.partition('id="calculator"')[2].partition("</form>")[0]


def test_the_unit_beside_a_number_counts(client: Client) -> None:
    sent = {"height": "1.1", "height.unit": "m", "weight": "20000", "weight.unit": "g"}
    assert "0.78" in _post(client, "/manual/calculators/bsa_mosteller/", sent)


def test_the_chosen_unit_stays_chosen(client: Client) -> None:
    sent = {"height": "1.1", "height.unit": "m", "weight": "20"}
    assert '<option value="m" selected>' in _post(client, "/manual/calculators/bsa_mosteller/", sent)


def test_a_unit_that_is_not_offered_is_refused(client: Client) -> None:
    sent = {"height": "1.1", "height.unit": "miles", "weight": "20"}
    assert "The unit miles is not one of" in _post(client, "/manual/calculators/bsa_mosteller/", sent)


def test_numbers_get_a_number_pad(client: Client) -> None:
    text = _get(client, "/manual/calculators/bilirubin_aap/")
    assert 'inputmode="numeric" autocomplete="off" name="gestation_weeks"' in text
    assert 'inputmode="decimal" autocomplete="off" name="age_hours"' in text


def test_points_are_shown_where_answers_score(client: Client) -> None:
    assert '<span class="num soft">2</span>' in _get(client, _WESTLEY)


def test_points_are_not_shown_where_they_do_not(client: Client) -> None:
    assert '<span class="num soft">' not in _get(client, "/manual/calculators/bp_screen/")


def test_what_is_unverified_is_said_on_the_page(client: Client) -> None:
    assert "Not yet verified:" in _get(client, "/manual/calculators/twist/")


def test_a_result_without_a_judgement_has_no_colour(client: Client) -> None:
    assert "is-plain" in _post(client, "/manual/calculators/bsa_mosteller/", {"height": "110", "weight": "20"})


def test_notes_stand_with_the_result(client: Client) -> None:
    assert "estimated weight" in _post(client, "/manual/calculators/wetflag/", {"age": "24"})


def test_warnings_stand_with_the_result(client: Client) -> None:
    assert "is unusual" in _post(client, "/manual/calculators/bsa_mosteller/", {"height": "110", "weight": "200"})


def test_the_page_speaks_chinese(client: Client) -> None:
    text = _post(client, _WESTLEY, _CROUP, headers={"Accept-Language": "zh-hans"})
    assert "中度喉炎" in text
    assert "Moderate croup" not in text


def test_nothing_of_a_calculation_is_kept(client: Client) -> None:
    before = unfiltered(Entry, why="a test counts").count()
    _post(client, _WESTLEY, _CROUP)
    assert unfiltered(Entry, why="a test counts").count() == before


def test_a_calculation_is_not_cached(client: Client) -> None:
    assert "no-store" in client.post(_WESTLEY, _CROUP)["Cache-Control"]


def test_who_is_not_signed_in_is_asked_to(db: None) -> None:
    answer = Client().get(_LIST)
    assert (answer.status_code, "/accounts/login/" in answer["Location"]) == (302, True)


# -- API ----------------------------------------------------------------------------------------------------------


def _call(client: Client, body: Any) -> Any:
    return client.post("/api/v1/manual/calculate/", body, content_type="application/json")


_SURFACE: dict[str, Any] = {"id": "a", "calculator": "bsa_mosteller", "inputs": {"height": 100, "weight": 36}}


def test_the_api_calculates(client: Client) -> None:
    found = _call(client, _SURFACE).json()
    assert (found["id"], found["result"], found["category"]) == ("a", 1, "body_surface")


def test_the_api_takes_units(client: Client) -> None:
    asked = {**_SURFACE, "inputs": {"height": {"value": 1, "unit": "m"}, "weight": {"value": 36000, "unit": "g"}}}
    assert _call(client, asked).json()["result"] == 1


def test_the_api_needs_no_id(client: Client) -> None:
    asked = {k: v for k, v in _SURFACE.items() if k != "id"}
    assert _call(client, asked).json()["id"] is None


@pytest.mark.parametrize(
    ("inputs", "field"),
    [({"height": 100}, "weight"), ({"height": 100, "weight": 9999}, "weight"),
     ({"height": 1, "weight": 5}, "height"), ({"height": 100, "weight": {"value": 5, "unit": "cm"}}, "weight"),
     ({"height": 100, "weight": 5, "hat": 1}, "hat")],
)  # fmt: skip
def test_the_api_names_the_field_that_is_wrong(client: Client, inputs: dict[str, Any], field: str) -> None:
    answer = _call(client, {**_SURFACE, "inputs": inputs})
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert field in answer.json()["fields"]


def test_the_api_refuses_an_unknown_calculator_by_name(client: Client) -> None:
    answer = _call(client, {**_SURFACE, "calculator": "nothing"})
    assert (answer.status_code, set(answer.json()["fields"])) == (422, {"calculator"})


def test_the_api_refuses_what_it_does_not_know(client: Client) -> None:
    assert _call(client, {**_SURFACE, "patient": "x"}).status_code == 422


def test_the_apis_refusal_speaks_the_readers_language(client: Client) -> None:
    answer = client.post(
        "/api/v1/manual/calculate/", {**_SURFACE, "inputs": {"height": 100}}, content_type="application/json",
        headers={"Accept-Language": "zh-hans"},
    )  # fmt: skip
    assert answer.json()["fields"] == {"weight": "此项必填。"}


def test_the_api_lists_the_calculators(client: Client) -> None:
    found = client.get("/api/v1/manual/calculators/").json()["results"]
    assert [each["id"] for each in found] == list(CALCULATORS)


def test_the_api_asks_who_one_is(db: None) -> None:
    assert _call(Client(), _SURFACE).status_code == 401
