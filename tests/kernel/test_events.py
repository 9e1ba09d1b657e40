"""Domain events: their names, their stored form, and who hears them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from types import NoneType
from typing import Any, get_args, get_type_hints
from uuid import UUID, uuid4

import orjson
import pytest

from consortium.kernel import events
from consortium.kernel.events import DomainEvent, receiver_named, receivers_of, receives


@dataclass(frozen=True)
class BellRung(DomainEvent):
    tower_id: UUID
    times: int
    ringer_id: UUID | None = None


EVENT = BellRung(uuid4(), 12, uuid4())


@pytest.fixture(autouse=True)
def nobody_hears_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_receivers", {})


def hear(entry_id: int, event: BellRung) -> None:
    pass


def hear_too(entry_id: int, event: BellRung) -> None:
    pass


NAME = BellRung.event_name()


def test_the_name_is_feature_and_event() -> None:
    assert NAME.endswith(".BellRung")
    assert NAME.count(".") == 1


def test_every_event_is_found_by_its_name() -> None:
    assert DomainEvent.registry[NAME] is BellRung


def test_an_event_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        EVENT.times = 13  # type: ignore[misc]


def test_the_stored_form_is_plain_json() -> None:
    assert orjson.loads(orjson.dumps(EVENT.payload())) == EVENT.payload()


def test_an_id_is_stored_as_text() -> None:
    assert EVENT.payload()["tower_id"] == str(EVENT.tower_id)


def test_a_number_is_stored_as_it_is() -> None:
    assert EVENT.payload()["times"] == 12


def test_what_was_stored_is_the_same_event_again() -> None:
    assert BellRung.load(EVENT.payload()) == EVENT


def test_nobody_is_nobody_again() -> None:
    event = dataclasses.replace(EVENT, ringer_id=None)
    assert BellRung.load(event.payload()) == event


def test_an_older_event_without_a_later_field_is_read() -> None:
    payload = EVENT.payload()
    del payload["ringer_id"]
    assert BellRung.load(payload).ringer_id is None


def test_a_field_that_the_event_no_longer_has_is_left_out() -> None:
    assert BellRung.load({**EVENT.payload(), "colour": "red"}) == EVENT


PRODUCT = sorted((e for e in DomainEvent.registry.values() if e is not BellRung), key=lambda e: e.event_name())


def kinds_in(hint: Any) -> set[Any]:
    """The plain types that a field's annotation is made of."""
    inner = [part for part in get_args(hint) if part is not Ellipsis]
    return set().union(*(kinds_in(part) for part in inner)) if inner else {hint}


@pytest.mark.parametrize("event", PRODUCT, ids=lambda e: e.event_name())
def test_an_event_of_the_product_carries_ids_and_codes_only(event: type[DomainEvent]) -> None:
    hints = get_type_hints(event)
    carried = set().union(*(kinds_in(hints[field.name]) for field in dataclasses.fields(event)))
    assert carried <= {UUID, str, int, bool, NoneType}


@pytest.mark.parametrize("event", PRODUCT, ids=lambda e: e.event_name())
def test_an_event_of_the_product_has_no_field_for_a_name_or_free_text(event: type[DomainEvent]) -> None:
    named = {field.name for field in dataclasses.fields(event)}
    assert not [n for n in named if n in ("text", "title", "note") or n.endswith(("_name", "_text", "phone"))]


def test_who_registers_is_given_back_as_it_was() -> None:
    assert receives(BellRung)(hear) is hear


def test_a_receiver_hears_its_event() -> None:
    receives(BellRung)(hear)
    assert [r.run for r in receivers_of(NAME)] == [hear]


def test_receivers_hear_in_the_order_they_came() -> None:
    receives(BellRung)(hear_too)
    receives(BellRung)(hear)
    assert [r.run for r in receivers_of(NAME)] == [hear_too, hear]


def test_a_duty_is_marked() -> None:
    receives(BellRung, duty=True)(hear)
    assert receivers_of(NAME)[0].duty


def test_what_is_no_duty_runs_after_commit() -> None:
    receives(BellRung)(hear)
    assert not receivers_of(NAME)[0].duty


def test_an_event_that_nobody_hears() -> None:
    assert receivers_of("tower.Silence") == []


def test_a_receiver_is_found_by_its_stored_name() -> None:
    receives(BellRung)(hear)
    found = receiver_named(NAME, f"{__name__}.hear")
    assert found is not None
    assert found.run is hear


def test_a_receiver_that_is_gone_is_not_found() -> None:
    receives(BellRung)(hear)
    assert receiver_named(NAME, "elsewhere.hear") is None


def test_a_receiver_of_another_event_is_not_found() -> None:
    receives(BellRung)(hear)
    assert receiver_named("tower.Silence", f"{__name__}.hear") is None
