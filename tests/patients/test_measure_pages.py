"""The pages of measurements: list, form, correction, growth chart, and the card on record and question."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.patients.forms import MeasureForm
from consortium.patients.forms.measuring import sign_choices, unit_choices
from consortium.patients.models import Measurement, Patient
from consortium.people.models import Institution, User
from tests.cast import client_for
from tests.factories.patients import make_grant, make_measured, make_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(asker: User) -> Client:
    return client_for(asker)


def url(name: str, *args: Any, **query: str) -> str:
    return reverse(f"patients:{name}", args=args) + (f"?{urlencode(query)}" if query else "")


def page(client: Client, name: str, *args: Any, **query: str) -> str:
    reply = client.get(url(name, *args, **query))
    assert reply.status_code == 200
    return str(reply.content.decode())


def filled(**values: str) -> dict[str, str]:
    """The form as a browser sends it."""
    at = timezone.localtime(clock.now()).strftime("%Y-%m-%dT%H:%M")
    return {"taken_at": at, "position": "lying", "site": "axilla", **values}


def post(client: Client, patient: Patient, **values: str) -> Any:
    return client.post(url("measure", patient.pk), filled(**values))


def kept() -> list[tuple[str, Any]]:
    rows = Measurement.unscoped.order_by("kind", "code")
    return [(row.kind, row.code or row.base) for row in rows]


def error_of(reply: Any, field: str) -> str:
    return str(reply.context["form"].errors[field][0])


# -- adding -----------------------------------------------------------------------------------------------------------


def test_several_values_are_kept_at_once(client: Client, patient: Patient) -> None:
    reply = post(client, patient, weight="6.8", length="66", heart_rate="130")
    assert reply.status_code == 302 and reply.headers["Location"] == url("measurements", patient.pk)
    assert kept() == [("heart_rate", 130), ("length", 66), ("weight", Decimal("6.8"))]


def test_a_unit_is_chosen_beside_the_number(client: Client, patient: Patient) -> None:
    post(client, patient, weight="6800", weight_unit="g")
    assert kept() == [("weight", Decimal("6.8"))]


def test_a_decimal_comma_is_understood(client: Client, patient: Patient) -> None:
    post(client, patient, weight="6,8")
    assert kept() == [("weight", Decimal("6.8"))]


def test_position_site_and_estimate_belong_to_their_values(client: Client, patient: Patient) -> None:
    post(client, patient, weight="6.8", estimated="on", length="66", position="standing", temperature="38", site="ear")
    rows = {row.kind: row for row in Measurement.unscoped.all()}
    assert (rows["weight"].estimated, rows["length"].position, rows["temperature"].site) == (True, "standing", "ear")


def test_signs_are_kept_by_their_words(client: Client, patient: Patient) -> None:
    data = {**filled(avpu="V", distress="mild", support="cpap"), "concern": ["carer", "sepsis"]}
    client.post(url("measure", patient.pk), data)
    assert kept() == [
        ("avpu", "V"), ("concern", "carer"), ("concern", "sepsis"), ("distress", "mild"), ("support", "cpap"),
    ]  # fmt: skip


def test_an_empty_form_is_told_so(client: Client, patient: Patient) -> None:
    reply = post(client, patient)
    assert reply.status_code == 422 and "Enter at least one value." in reply.content.decode()


def test_letters_are_no_number(client: Client, patient: Patient) -> None:
    assert "such as 6.8" in error_of(post(client, patient, weight="heavy"), "weight")


def test_an_impossible_value_names_its_field(client: Client, patient: Patient) -> None:
    assert "in g perhaps" in error_of(post(client, patient, weight="6800"), "weight")


def test_a_time_ahead_names_its_field(client: Client, patient: Patient) -> None:
    ahead = timezone.localtime(clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    assert "lies ahead" in error_of(post(client, patient, weight="6.8", taken_at=ahead), "taken_at")


def test_an_unusual_value_offers_a_box_unticked(client: Client, patient: Patient) -> None:
    text = post(client, patient, heart_rate="245").content.decode()
    assert re.search(r'<input type="checkbox" name="sure"(?![^>]*checked)', text)
    assert not kept()


def test_an_unusual_value_is_kept_when_the_box_is_ticked(client: Client, patient: Patient) -> None:
    doubted = post(client, patient, heart_rate="245").context["form"].data["doubted"]
    post(client, patient, heart_rate="245", doubted=doubted, sure="on")
    assert kept() == [("heart_rate", 245)]


def test_the_box_confirms_no_other_value(client: Client, patient: Patient) -> None:
    doubted = post(client, patient, heart_rate="245").context["form"].data["doubted"]
    assert post(client, patient, heart_rate="250", doubted=doubted, sure="on").status_code == 422


def test_what_was_typed_stays_when_something_is_wrong(client: Client, patient: Patient) -> None:
    text = post(client, patient, weight="6800", heart_rate="131").content.decode()
    assert 'value="131"' in text and 'value="6800"' in text


def test_a_double_click_is_one(client: Client, patient: Patient) -> None:
    text = page(client, "measure", patient.pk)
    found = re.search(r'name="request_key" value="([^"]+)"', text)
    assert found
    for _ in range(2):
        post(client, patient, weight="6.8", request_key=found.group(1))
    assert len(kept()) == 1


def test_one_goes_back_where_one_came_from(client: Client, patient: Patient) -> None:
    reply = client.post(url("measure", patient.pk), filled(weight="6.8", next=url("growth", patient.pk)))
    assert reply.headers["Location"] == url("growth", patient.pk)


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_one_is_not_sent_elsewhere(client: Client, patient: Patient, elsewhere: str) -> None:
    reply = client.post(url("measure", patient.pk), filled(weight="6.8", next=elsewhere))
    assert reply.headers["Location"] == url("measurements", patient.pk)


@pytest.mark.parametrize(("days", "position"), [(210, "lying"), (800, "standing")])
def test_the_form_proposes_how_a_child_of_this_age_is_measured(
    client: Client, community: Institution, days: int, position: str
) -> None:
    child = make_patient(community, birth_date=clock.today() - timedelta(days=days))
    assert MeasureForm(patient=child)["position"].initial == position


def test_every_number_of_the_form_has_its_units(patient: Patient) -> None:
    form = MeasureForm(patient=patient)
    pairs = [*form.growth_pairs, *form.vital_pairs]
    assert len(pairs) == 13
    assert {pair.value.name for pair in pairs if pair.units is None} == {
        "resp_rate", "heart_rate", "spo2", "crt", "oxygen_flow", "oxygen_percent",
    }  # fmt: skip


def test_choices_are_the_vocabularies() -> None:
    assert [code for code, _label in unit_choices("weight")] == ["kg", "g", "[lb_av]"]
    assert [code for code, _label in sign_choices("avpu")] == ["A", "V", "P", "U"]


# -- the list ---------------------------------------------------------------------------------------------------------


def test_an_empty_list_says_what_will_stand_there(client: Client, patient: Patient) -> None:
    assert "Nothing measured yet" in page(client, "measurements", patient.pk)


def test_values_stand_with_their_time_and_the_old_are_marked(client: Client, patient: Patient) -> None:
    make_measured(patient, at=clock.now() - timedelta(days=9), weight="6.8")
    text = page(client, "measurements", patient.pk)
    assert "6.8 kg" in text and "Old" in text


def test_the_score_is_shown_with_its_caution(client: Client, patient: Patient) -> None:
    make_measured(patient, resp_rate="65", avpu="V")
    text = page(client, "measurements", patient.pk)
    for words in (
        "PEWS at least 2 – High",
        "Not looked at:",
        "Responds to voice only",
        "not validated outside hospital",
    ):
        assert words in text


def test_an_old_score_says_that_it_is_old(client: Client, patient: Patient) -> None:
    make_measured(patient, at=clock.now() - timedelta(hours=5), resp_rate="65")
    assert "Older than 4 hours" in page(client, "measurements", patient.pk)


def test_a_wrong_value_stands_struck_with_its_reason(client: Client, patient: Patient) -> None:
    (row,) = make_measured(patient, weight="8.6")
    Measurement.unscoped.filter(pk=row.pk).update(entered_in_error_at=clock.now(), error_reason="mistyped")
    text = page(client, "measurements", patient.pk)
    assert re.search(r"<s[^>]*>8.6 kg</s>", text) and "Mistyped" in text


def test_a_doubtful_growth_value_is_marked_to_be_checked(client: Client, patient: Patient) -> None:
    make_measured(patient, weight="20")
    assert "Check this value" in page(client, "measurements", patient.pk)


def test_wasting_is_named(client: Client, patient: Patient) -> None:
    make_measured(patient, weight="5", length="66", estimated=True)
    text = page(client, "measurements", patient.pk)
    assert "Severe wasting" in text and "estimated" in text


def test_risk_without_a_colour_is_named(client: Client, patient: Patient) -> None:
    make_measured(patient, weight="8.8", length="66")
    assert "At risk of overweight" in page(client, "measurements", patient.pk)


def test_a_long_list_goes_on(client: Client, patient: Patient) -> None:
    for days in range(26):
        make_measured(patient, at=clock.now() - timedelta(days=days), weight="6.8")
    text = page(client, "measurements", patient.pk)
    found = re.search(r'hx-get="\?([^"]+)"', text)
    assert found
    assert client.get(f"{url('measurements', patient.pk)}?{found.group(1)}").status_code == 200


def test_broken_glass_shows_and_offers_nothing_to_change(
    specialist: User, hospital: Institution, patient: Patient
) -> None:
    make_grant(patient, specialist, hospital)
    (row,) = make_measured(patient, weight="6.8")
    reader = client_for(specialist)
    text = page(reader, "measurements", patient.pk)
    assert "6.8 kg" in text and url("measure", patient.pk) not in text
    assert "Add measurements" not in page(reader, "growth", patient.pk)
    assert reader.get(url("measure", patient.pk)).status_code == 403
    assert reader.get(url("correct_measurement", row.pk)).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_query_counts_of_the_pages(
    client: Client, patient: Patient, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        make_measured(patient, weight="6.8", length="66", heart_rate="120")
    page(client, "measurements", patient.pk)
    found = {}
    for name in ("measurements", "growth"):
        with django_assert_num_queries(30, exact=False) as counted:
            page(client, name, patient.pk)
        found[name] = len(counted)
    assert found == {"measurements": 13, "growth": 11}


# -- taking back ------------------------------------------------------------------------------------------------------


def correct(client: Client, row: Measurement, **values: str) -> Any:
    return client.post(url("correct_measurement", row.pk), {"reason": "mistyped", **values})


def test_a_value_is_taken_back_with_its_reason(client: Client, patient: Patient) -> None:
    (row,) = make_measured(patient, weight="8.6")
    assert correct(client, row).headers["Location"] == url("measurements", patient.pk)
    assert Measurement.unscoped.get(pk=row.pk).error_reason == "mistyped"


def test_the_right_value_stands_beside_it(client: Client, patient: Patient) -> None:
    (row,) = make_measured(patient, length="86", position="standing")
    correct(client, row, length="66", length_unit="cm")
    right = Measurement.unscoped.get(replaces=row)
    assert right.base == 66 and right.position == "standing"


def test_a_sign_is_replaced_by_another(client: Client, patient: Patient) -> None:
    (row,) = make_measured(patient, avpu="V")
    correct(client, row, code="A")
    assert Measurement.unscoped.get(replaces=row).code == "A"


def test_a_sign_is_taken_back_alone(client: Client, patient: Patient) -> None:
    (row,) = make_measured(patient, avpu="V")
    correct(client, row, code="")
    assert Measurement.unscoped.count() == 1


def test_a_value_without_other_units_is_replaced(client: Client, patient: Patient) -> None:
    (row,) = make_measured(patient, heart_rate="210")
    correct(client, row, heart_rate="120")
    assert Measurement.unscoped.get(replaces=row).base == 120


def test_without_a_reason_nothing_is_taken_back(client: Client, patient: Patient) -> None:
    (row,) = make_measured(patient, weight="8.6")
    assert correct(client, row, reason="").status_code == 422
    assert Measurement.unscoped.get(pk=row.pk).entered_in_error_at is None


def test_an_unusual_right_value_is_asked_back_first(client: Client, patient: Patient) -> None:
    (row,) = make_measured(patient, weight="8.6")
    reply = correct(client, row, weight="20", weight_unit="kg")
    doubted = reply.context["form"].data["doubted"]
    assert reply.status_code == 422
    assert correct(client, row, weight="20", weight_unit="kg", doubted=doubted, sure="on").status_code == 302


def test_the_form_shows_the_value_in_its_unit(client: Client, patient: Patient) -> None:
    (row,) = make_measured(patient, weight="8.6")
    text = page(client, "correct_measurement", row.pk)
    assert "8.6 kg" in text and '<option value="kg" selected>' in text


def test_the_form_of_a_sign_shows_its_words(client: Client, patient: Patient) -> None:
    (row,) = make_measured(patient, avpu="V")
    assert "Responds to voice" in page(client, "correct_measurement", row.pk)


# -- the growth chart -------------------------------------------------------------------------------------------------


def test_the_chart_speaks_to_screen_readers_and_stands_as_a_table(client: Client, patient: Patient) -> None:
    make_measured(patient, weight="6.8")
    text = page(client, "growth", patient.pk)
    for words in ('role="img"', "<title", "<desc", "One measurement.", "The table beside it says the same.", "<table"):
        assert words in text


def test_the_chart_carries_no_style_for_the_policy(client: Client, patient: Patient) -> None:
    make_measured(patient, weight="6.8")
    chart = re.search(r"<svg.*?</svg>", page(client, "growth", patient.pk).split('class="chart"')[0] + "", re.S)
    assert 'style="' not in page(client, "growth", patient.pk)
    assert chart is not None


@pytest.mark.parametrize("index", ["wfa", "lfa", "wfl", "bmifa", "hcfa", "acfa"])
def test_each_chart_has_its_tab(client: Client, patient: Patient, index: str) -> None:
    make_measured(patient, weight="6.8", length="66", position="lying", head="42", muac="130")
    text = page(client, "growth", patient.pk, index=index)
    assert "chart-dot" in text and f'href="?index={index}&amp;lines=z" aria-current="page"' in text


def test_percentiles_are_drawn_when_asked_for(client: Client, patient: Patient) -> None:
    make_measured(patient, weight="6.8")
    assert "P97" in page(client, "growth", patient.pk, lines="percentile")


def test_an_unknown_index_shows_the_first_chart(client: Client, patient: Patient) -> None:
    make_measured(patient, weight="6.8")
    assert "Weight for age" in page(client, "growth", patient.pk, index="nothing", lines="wavy")


def test_where_there_is_no_standard_the_page_says_why(client: Client, community: Institution) -> None:
    child = make_patient(community, sex="unknown")
    make_measured(child, weight="6.8")
    assert "Enter the sex" in page(client, "growth", child.pk)


def test_a_doubted_dot_looks_different(client: Client, patient: Patient) -> None:
    make_measured(patient, weight="20")
    text = page(client, "growth", patient.pk)
    assert "is-doubted" in text and "Check this value" in text


def test_an_estimate_is_said_in_the_table(client: Client, patient: Patient) -> None:
    make_measured(patient, weight="7", estimated=True)
    assert "(estimated)" in page(client, "growth", patient.pk)


def test_how_a_length_was_converted_stands_under_the_chart(client: Client, patient: Patient) -> None:
    make_measured(patient, length="66", position="standing")
    assert "0.7 cm were added" in page(client, "growth", patient.pk, index="lfa")


def test_the_chart_is_drawn_in_chinese_too(client: Client, patient: Patient) -> None:
    make_measured(patient, weight="6.8")
    reply = client.get(url("growth", patient.pk), headers={"accept-language": "zh-hans"})
    assert reply.headers["Content-Language"] == "zh-hans" and "chart-dot" in reply.content.decode()


# -- beside the record ------------------------------------------------------------------------------------------------


def test_the_record_shows_the_card(client: Client, patient: Patient) -> None:
    make_measured(patient, at=clock.now() - timedelta(hours=5), weight="6.8", resp_rate="65", estimated=True)
    text = page(client, "show", patient.pk)
    for words in ("All measurements", "6.8 kg", "PEWS at least 2", "PEWS is older than 4 hours", "chart-dot"):
        assert words in text


def test_a_record_without_measurements_says_so(client: Client, patient: Patient) -> None:
    assert "Nothing measured yet" in page(client, "show", patient.pk)


@pytest.mark.parametrize("name", ["measurements", "measure", "growth"])
def test_a_look_is_one_entry_of_the_journal(client: Client, patient: Patient, name: str) -> None:
    for _ in range(2):
        page(client, name, patient.pk)
    assert Entry.unscoped.filter(verb="read", patient=patient).count() == 1


def test_no_name_stands_in_a_title(client: Client, patient: Patient) -> None:
    for name in ("measurements", "measure", "growth"):
        title = re.search(r"<title>(.*?)</title>", page(client, name, patient.pk), re.S)
        assert title and patient.name not in title.group(1)
