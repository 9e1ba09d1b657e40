"""What pages read of measurements: values with their age, the score, growth, and how many queries that takes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from consortium.clinical.growth import Index
from consortium.clinical.growth.chart import Lines
from consortium.clinical.pews import Item, Level
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import NotVisible
from consortium.patients.models import Measurement, Patient
from consortium.patients.queries.growing import first_index, glance, growth_now, growth_page, growth_points
from consortium.patients.queries.measuring import (
    Latest,
    latest_pews,
    latest_values,
    level_now,
    measured_page,
    measurement_for,
    set_for,
    signs_of,
)
from consortium.people.models import Institution, User
from tests.cast import actor_for
from tests.factories.patients import make_measured, make_patient

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def acting(asker: User) -> Iterator[None]:
    with acting_as(actor_for(asker)):
        yield


def ago(**back: float) -> datetime:
    return clock.now() - timedelta(**back)


def latest(patient: Patient, kind: str = "weight") -> Latest:
    return latest_values(patient)[kind]


def in_error(row: Measurement) -> None:
    Measurement.unscoped.filter(pk=row.pk).update(entered_in_error_at=clock.now(), error_reason="mistyped")


# -- the newest value, and whether it may be used ---------------------------------------------------------------------


def test_the_newest_value_of_each_kind(patient: Patient) -> None:
    make_measured(patient, at=ago(days=2), weight="6.6", length="66")
    make_measured(patient, weight="6.8")
    assert {kind: item.plain for kind, item in latest_values(patient).items()} == {"weight": "6.8", "length": "66"}


def test_kinds_stand_in_the_order_of_the_vocabulary(patient: Patient) -> None:
    make_measured(patient, avpu="A", spo2="97", weight="6.8")
    assert list(latest_values(patient)) == ["weight", "spo2", "avpu"]


def test_what_was_entered_in_error_is_no_newest_value(patient: Patient) -> None:
    make_measured(patient, at=ago(days=2), weight="6.6")
    in_error(make_measured(patient, weight="8.6")[0])
    assert latest(patient).plain == "6.6"


@pytest.mark.parametrize(
    ("back", "current"),
    [({"hours": 3, "minutes": 59}, True), ({"hours": 4, "minutes": 1}, False)],
    ids=["just under 4 hours", "just over 4 hours"],
)
def test_vital_signs_grow_old_in_four_hours(patient: Patient, back: dict[str, float], current: bool) -> None:
    make_measured(patient, at=ago(**back), heart_rate="120")
    assert latest(patient, "heart_rate").is_current is current


@pytest.mark.parametrize(("hours", "current"), [(7 * 24 - 1, True), (7 * 24 + 1, False)])
def test_an_infants_weight_grows_old_in_seven_days(patient: Patient, hours: int, current: bool) -> None:
    make_measured(patient, at=ago(hours=hours), weight="6.8")
    assert latest(patient).is_current is current


@pytest.mark.parametrize(("hours", "current"), [(30 * 24 - 1, True), (30 * 24 + 1, False)])
def test_a_childs_weight_grows_old_in_thirty_days(community: Institution, hours: int, current: bool) -> None:
    child = make_patient(community, birth_date=clock.today() - timedelta(days=800))
    make_measured(child, at=ago(hours=hours), weight="12")
    assert latest(child).is_current is current


def test_the_rule_is_that_of_the_age_when_it_was_weighed(community: Institution) -> None:
    child = make_patient(community, birth_date=clock.today() - timedelta(days=370))
    make_measured(child, at=ago(days=20), weight="9")
    assert not latest(child).is_current


def test_the_newest_values_take_one_query(patient: Patient, django_assert_num_queries: Any) -> None:
    for _ in range(3):
        make_measured(patient, weight="6.8", length="66", heart_rate="120")
    with django_assert_num_queries(1):
        latest_values(patient)


def test_a_sign_has_no_number_for_a_form(patient: Patient) -> None:
    make_measured(patient, avpu="A")
    assert (latest(patient, "avpu").plain, latest(patient, "avpu").value) == ("", None)


# -- vital signs ------------------------------------------------------------------------------------------------------


def test_growth_alone_has_no_score(patient: Patient) -> None:
    make_measured(patient, weight="6.8")
    assert latest_pews(patient) is None


def test_a_temperature_alone_has_no_score(patient: Patient) -> None:
    make_measured(patient, temperature="38")
    assert latest_pews(patient) is None


def test_the_newest_score_is_shown_with_what_it_misses(patient: Patient) -> None:
    make_measured(patient, at=ago(hours=2), resp_rate="75")
    make_measured(patient, resp_rate="35", spo2="97")
    found = latest_pews(patient)
    assert found is not None and found.pews is not None
    assert (found.pews.total, found.scored) == (0, [("Breaths", 0), ("Oxygen saturation", 0)])
    assert found.missing.startswith("Heart rate, Systolic blood pressure")


def test_the_chart_is_that_of_the_age_when_it_was_measured(community: Institution) -> None:
    child = make_patient(community, birth_date=clock.today() - timedelta(days=370))
    make_measured(child, at=ago(days=20), resp_rate="45")
    found = latest_pews(child)
    assert found is not None and found.pews is not None and found.pews.points[Item.RESP_RATE] == 0


def test_what_was_entered_in_error_does_not_score(patient: Patient) -> None:
    rows = make_measured(patient, resp_rate="75", spo2="97")
    in_error(rows[0])
    found = latest_pews(patient)
    assert found is not None and found.pews is not None
    assert (found.pews.total, [row.kind for row in found.wrong]) == (0, ["resp_rate"])


def test_an_old_score_says_so(patient: Patient) -> None:
    make_measured(patient, at=ago(hours=5), resp_rate="75")
    found = latest_pews(patient)
    assert found is not None and not found.is_current


def test_every_sign_reaches_the_score(patient: Patient) -> None:
    rows = make_measured(
        patient, resp_rate="65", heart_rate="175", sbp="55", spo2="91", crt="3", oxygen_flow="2",
        oxygen_percent="30", distress="severe", avpu="V", concern="carer",
    )  # fmt: skip
    signs = signs_of(rows)
    assert signs is not None
    numbers = (signs.resp_rate, signs.heart_rate, signs.sbp, signs.spo2, signs.crt, signs.flow, signs.percent)
    assert [int(number) for number in numbers if number is not None] == [65, 175, 55, 91, 3, 2, 30]
    assert (signs.distress, signs.avpu, set(signs.concerns)) == ("severe", "V", {"carer"})


def test_a_device_reaches_the_score(patient: Patient) -> None:
    signs = signs_of(make_measured(patient, support="cpap"))
    assert signs is not None and signs.support == "cpap"


def test_two_concerns_reach_the_score(patient: Patient) -> None:
    rows = [*make_measured(patient, concern="carer"), *make_measured(patient, concern="sepsis")]
    signs = signs_of(rows)
    assert signs is not None and set(signs.concerns) == {"carer", "sepsis"}


def test_the_level_now_is_the_highest_of_the_last_hours(patient: Patient) -> None:
    make_measured(patient, at=ago(hours=5), avpu="U")
    make_measured(patient, at=ago(hours=3), avpu="V")
    make_measured(patient, avpu="A", resp_rate="40")
    assert level_now(patient.pk) == Level.HIGH


def test_without_signs_there_is_no_level(patient: Patient) -> None:
    assert level_now(patient.pk) == Level.NONE


# -- lists ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_two_queries(patient: Patient, count: int, django_assert_num_queries: Any) -> None:
    for _ in range(count):
        make_measured(patient, weight="6.8", heart_rate="120")
    with django_assert_num_queries(2):
        assert len(measured_page(patient).items) == count


def test_the_list_is_newest_first_and_goes_on(patient: Patient) -> None:
    for days in (3, 1, 2):
        make_measured(patient, at=ago(days=days), weight=f"6.{days}")
    first = measured_page(patient, size=2)
    rest = measured_page(patient, first.next_cursor, size=2)
    assert [item.rows[0].words for item in (*first.items, *rest.items)] == ["6.1 kg", "6.2 kg", "6.3 kg"]


def test_a_set_is_found_with_its_child(patient: Patient) -> None:
    (row,) = make_measured(patient, weight="6.8")
    child, item = set_for(row.measured_id)
    assert (child, item.rows, item.pews) == (patient, [row], None)


def test_what_belongs_to_no_score_misses_nothing(patient: Patient) -> None:
    (row,) = make_measured(patient, weight="6.8")
    item = set_for(row.measured_id)[1]
    assert (item.missing, item.scored) == ("", [])


def test_a_stranger_finds_neither_set_nor_value(stranger: User, patient: Patient) -> None:
    (row,) = make_measured(patient, weight="6.8")
    with acting_as(actor_for(stranger)):
        for find, pk in ((set_for, row.measured_id), (measurement_for, row.pk)):
            with pytest.raises(NotVisible):
                find(pk)


def test_a_value_is_shown_in_its_first_unit_too(patient: Patient) -> None:
    weight, sign = make_measured(patient, weight="6.8", avpu="A")
    assert (weight.base_words, sign.base_words, weight.label) == ("6.8 kg", "Alert", "Weight")


# -- growth -----------------------------------------------------------------------------------------------------------


def test_growth_is_drawn_oldest_first(patient: Patient) -> None:
    make_measured(patient, weight="6.8")
    make_measured(patient, at=ago(days=30), weight="6.2")
    assert [point.body.weight for point in growth_points(patient)] == [Decimal("6.2"), Decimal("6.8")]


def test_growth_takes_one_query(patient: Patient, django_assert_num_queries: Any) -> None:
    for days in (90, 60, 30):
        make_measured(patient, at=ago(days=days), weight="6.8", length="66")
    with django_assert_num_queries(1):
        growth_page(patient, Index.WEIGHT)


def test_the_chart_and_the_table_say_the_same(patient: Patient) -> None:
    make_measured(patient, at=ago(days=30), weight="6.2")
    make_measured(patient, weight="6.8")
    page = growth_page(patient, Index.WEIGHT)
    assert page.chart is not None and page.newest is not None and page.newest.score is not None
    day = timezone.localdate().isoformat()
    assert page.chart.dots[-1].note == f"{day}: 6.8 kg, z {page.newest.score.z_words}"
    assert [row.value for row in page.rows] == ["6.8 kg", "6.2 kg"]


@pytest.mark.parametrize(
    ("index", "words"),
    [
        (Index.WEIGHT, "6.8 kg"), (Index.LENGTH, "66 cm"), (Index.WEIGHT_FOR_LENGTH, "6.8 kg / 66 cm"),
        (Index.BMI, "15.6 kg/m²"), (Index.HEAD, "42.5 cm"), (Index.MUAC, "13.2 cm"),
    ],
)  # fmt: skip
def test_each_index_has_its_figure(patient: Patient, index: Index, words: str) -> None:
    make_measured(patient, weight="6.8", length="66", position="lying", head="42.5", muac="132")
    page = growth_page(patient, index)
    assert page.chart is not None and page.newest is not None
    assert (page.newest.value, page.measured) == (words, frozenset(Index))


def test_a_standing_infant_is_converted_and_that_is_said(patient: Patient) -> None:
    make_measured(patient, length="66", position="standing")
    page = growth_page(patient, Index.LENGTH)
    assert page.newest is not None
    assert (page.newest.value, "0.7 cm were added" in str(page.newest.notes[0])) == ("66 cm", True)


def test_an_estimate_is_marked_in_the_table(patient: Patient) -> None:
    make_measured(patient, weight="7", estimated=True)
    page = growth_page(patient, Index.WEIGHT)
    assert page.newest is not None and page.newest.estimated


def test_percentiles_are_drawn_when_asked_for(patient: Patient) -> None:
    make_measured(patient, weight="6.8")
    page = growth_page(patient, Index.WEIGHT, Lines.PERCENTILE)
    assert page.chart is not None and page.chart.lines[0].label == "P3"


def test_without_a_sex_the_page_says_why_there_is_no_chart(community: Institution) -> None:
    child = make_patient(community, sex="unknown")
    make_measured(child, weight="6.8")
    page = growth_page(child, Index.WEIGHT)
    assert page.chart is None and "Enter the sex" in page.why
    assert page.newest is not None and page.newest.score is None


def test_without_a_measurement_the_page_says_so(patient: Patient) -> None:
    page = growth_page(patient, Index.HEAD)
    assert (page.chart, page.rows, page.newest) == (None, [], None)
    assert "Nothing was measured" in page.why


def test_beyond_the_standard_the_page_says_so(community: Institution) -> None:
    child = make_patient(community, birth_date=clock.today() - timedelta(days=4200))
    make_measured(child, weight="36")
    page = growth_page(child, Index.WEIGHT)
    assert page.chart is None and "weight ends at 10 years" in page.why


def test_a_length_alone_has_no_figure_by_weight(patient: Patient) -> None:
    make_measured(patient, length="66")
    assert growth_page(patient, Index.BMI).rows == []


def test_an_arm_alone_is_judged_by_its_millimetres(patient: Patient) -> None:
    make_measured(patient, muac="114")
    page = growth_page(patient, Index.MUAC)
    assert page.newest is not None and page.newest.finding is not None and page.newest.finding.code == "severe_muac"


@pytest.mark.parametrize(("days", "index"), [(210, Index.WEIGHT), (1826, Index.WEIGHT), (1827, Index.BMI)])
def test_the_first_chart_follows_the_age(community: Institution, days: int, index: Index) -> None:
    assert first_index(make_patient(community, birth_date=clock.today() - timedelta(days=days))) == index


def test_growth_now_is_the_newest_of_each_index(patient: Patient) -> None:
    make_measured(patient, at=ago(days=30), weight="6.2", head="41")
    make_measured(patient, weight="6.8")
    found = {title: row.value for title, row in growth_now(patient)}
    assert found == {"Weight for age": "6.8 kg", "Head circumference for age": "41 cm"}


def test_a_glance_shows_what_matters_most(asker: User, patient: Patient) -> None:
    make_measured(patient, weight="6.8", head="42", resp_rate="40")
    found = glance(actor_for(asker), patient)
    assert (list(found.latest), found.may_measure) == (["weight", "resp_rate"], True)
    assert found.pews is not None and found.chart is not None


def test_a_glance_at_nothing_is_empty(asker: User, patient: Patient) -> None:
    found = glance(actor_for(asker), patient)
    assert (found.latest, found.pews, found.chart) == ({}, None, None)
