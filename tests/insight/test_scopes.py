"""Whose numbers a person may see, and which of them are too small to be told."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from consortium.insight.measures import MEASURES
from consortium.insight.models import Cell, Measured
from consortium.insight.policies import may_cancel_export, may_export, may_list_cases, may_see_measures
from consortium.insight.queries import asked_of, lens_for, lenses, lines, whole
from consortium.insight.queries.asking import Asked, months_before, period_of
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import NotPermitted, NotVisible
from consortium.people.states import Role
from tests.cast import actor_for
from tests.factories.people import make_seat
from tests.insight.conftest import Consortium

pytestmark = pytest.mark.django_db
ALWAYS = {"period": "always"}


def asked(world: Consortium, who: str, **given: Any) -> Asked:
    actor = actor_for(world.people[who])
    with acting_as(actor):
        return asked_of(actor, {**ALWAYS, **given})


def keys(world: Consortium, who: str) -> list[str]:
    actor = actor_for(world.people[who])
    with acting_as(actor):
        return [lens.key.partition(":")[0] for lens in lenses(actor)]


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("manager", ["all"]), ("admin", ["answered", "asked"]), ("willow_admin", ["asked"]),
        ("coordinator", ["answered"]), ("lead", ["service"]),
    ],
)  # fmt: skip
def test_each_role_has_its_points_of_view(told: Consortium, who: str, seen: list[str]) -> None:
    assert keys(told, who) == seen


@pytest.mark.parametrize("who", ["willow", "shen", "nurse"])
def test_who_answers_for_nobody_s_work_sees_no_measures(told: Consortium, who: str) -> None:
    with pytest.raises(NotPermitted):
        keys(told, who)


def test_the_widest_is_shown_when_none_is_named(told: Consortium) -> None:
    assert asked(told, "admin").lens.key.startswith("answered:")


def test_another_s_point_of_view_does_not_exist(told: Consortium) -> None:
    with pytest.raises(NotVisible):
        asked(told, "willow_admin", lens=f"asked:{told.places['plum'].pk}")


def test_a_lead_sees_the_service_alone(told: Consortium) -> None:
    tally = whole(asked(told, "lead"))
    lungs = Measured.unscoped.filter(service=told.services["lungs"]).count()
    assert tally.sent == lungs < Measured.unscoped.count()


def test_a_lead_does_not_see_another_service(told: Consortium) -> None:
    with pytest.raises(NotVisible):
        asked(told, "lead", service=told.services["heart"].pk)


def test_a_lead_may_narrow_to_the_own_service(told: Consortium) -> None:
    own = told.services["lungs"].pk
    assert whole(asked(told, "lead", service=own)).sent == whole(asked(told, "lead")).sent


def test_an_asking_centre_sees_what_it_asked(told: Consortium) -> None:
    willow = Measured.unscoped.filter(institution=told.places["willow"]).count()
    assert whole(asked(told, "willow_admin")).sent == willow


@pytest.mark.parametrize("name", ["institution", "region"])
def test_an_asking_centre_does_not_look_at_others(told: Consortium, name: str) -> None:
    place = told.places["plum"]
    with pytest.raises(NotVisible):
        asked(told, "willow_admin", **{name: place.pk if name == "institution" else place.region_id})


def test_a_hospital_s_services_add_up(told: Consortium) -> None:
    assert whole(asked(told, "coordinator")).sent == whole(asked(told, "manager")).sent


def test_urgency_narrows(told: Consortium) -> None:
    assert whole(asked(told, "manager", priority=1)).sent == 1


def test_a_region_is_the_sum_of_its_places(told: Consortium) -> None:
    region = told.places["willow"].region_id
    assert whole(asked(told, "manager", region=region)).sent == 5


def test_few_of_a_place_that_is_not_one_s_own_are_not_told(told: Consortium) -> None:
    tally = whole(asked(told, "manager", institution=told.places["plum"].pk))
    assert tally.hidden
    assert tally.value(MEASURES["sent"]).value is None


def test_few_of_one_s_own_place_are_told(told: Consortium) -> None:
    make_seat(told.people["manager"], told.places["plum"], Role.NURSE)
    assert not whole(asked(told, "manager", institution=told.places["plum"].pk)).hidden


def test_five_of_another_place_are_told(told: Consortium) -> None:
    assert not whole(asked(told, "manager", institution=told.places["willow"].pk)).hidden


def found(world: Consortium, by: Any, **given: Any) -> dict[Any, Any]:
    actor = actor_for(world.people["manager"])
    with acting_as(actor):
        return {line.key: line.tally for line in lines(asked_of(actor, {**ALWAYS, **given}), by)}


def test_one_hidden_line_takes_the_next_smallest_with_it(told: Consortium) -> None:
    """Else it could be reckoned from the sum."""
    by_place = found(told, "institution")
    assert by_place[told.places["plum"].pk].hidden
    assert by_place[told.places["willow"].pk].hidden


def test_a_service_is_no_place_and_is_told(told: Consortium) -> None:
    assert not any(tally.hidden for tally in found(told, "service").values())


def test_within_another_s_place_every_line_is_guarded(told: Consortium) -> None:
    months = found(told, "month", institution=told.places["willow"].pk)
    assert all(tally.hidden for tally in months.values() if tally.sent)


def test_months_without_questions_stand_between_those_with(told: Consortium) -> None:
    assert list(found(told, "month")) == [date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)]


def test_nothing_counted_is_one_empty_month(told: Consortium) -> None:
    Cell.unscoped.all().delete()
    assert list(found(told, "month")) == [date(2026, 10, 1)]


def test_the_rows_behind_numbers_are_nobody_s(told: Consortium) -> None:
    with acting_as(actor_for(told.people["manager"])):
        assert not Measured.objects.exists()
        assert not Cell.objects.exists()


def test_policies(told: Consortium) -> None:
    actors = {name: actor_for(user) for name, user in told.people.items()}
    assert may_see_measures(actors["coordinator"])
    assert not may_list_cases(actors["manager"])
    assert not may_list_cases(actors["shen"])
    assert may_list_cases(actors["lead"])
    assert may_export(actors["manager"], proven=True)
    assert not may_export(actors["manager"], proven=False)
    assert not may_export(actors["shen"], proven=True)


def test_only_one_s_own_export_is_cancelled(told: Consortium) -> None:
    from consortium.insight.models import Export

    mine = Export(created_by=told.people["manager"])
    assert may_cancel_export(actor_for(told.people["manager"]), mine)
    assert not may_cancel_export(actor_for(told.people["admin"]), mine)
    assert not may_cancel_export(system("test"), Export())


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("year", (2025, 12), (2026, 11)), ("quarter", (2026, 9), (2026, 11)), ("month", (2026, 11), (2026, 11)),
        ("last-month", (2026, 10), (2026, 10)), ("this-year", (2026, 1), (2026, 11)),
        ("last-year", (2025, 1), (2025, 12)), ("always", (2000, 1), (2026, 11)),
    ],
)  # fmt: skip
def test_periods(name: str, first: tuple[int, int], last: tuple[int, int]) -> None:
    assert period_of(name, date(2026, 11, 22)) == (date(*first, 1), date(*last, 1))


def test_months_go_back_over_the_new_year() -> None:
    assert months_before(date(2026, 1, 1), 13) == date(2024, 12, 1)


def test_what_was_asked_can_be_written_down_and_read_again(told: Consortium) -> None:
    one = asked(told, "manager", service=told.services["lungs"].pk, priority=2, region=told.places["plum"].region_id)
    kept = one.kept()
    assert kept["lens"] == "all"
    assert set(kept) == {"lens", "since", "until", "service", "priority", "region", "subject"}


def test_an_unknown_lens_is_not_there(told: Consortium) -> None:
    actor = actor_for(told.people["manager"])
    with acting_as(actor), pytest.raises(NotVisible):
        lens_for(actor, f"service:{uuid4()}")
