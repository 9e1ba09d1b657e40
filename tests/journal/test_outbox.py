"""Delivery of events (design: Journal, delivery state): duties now, all others after commit, each at least once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from consortium.journal.models import Delivery, Entry
from consortium.journal.operations import record, writing
from consortium.journal.tasks import deliver, deliver_entry, relay
from consortium.kernel import clock, events
from consortium.kernel.actors import current_actor, system
from consortium.kernel.events import DomainEvent, Receiver
from consortium.people.models import Region

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class LampLit(DomainEvent):
    lamp_id: UUID


@dataclass(frozen=True)
class LampSeen(DomainEvent):
    lamp_id: UUID


LAMP = LampLit(UUID(int=7))
Heard = list[tuple[int, Any]]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    """What the receivers below were told."""
    monkeypatch.setattr(events, "_receivers", {})
    monkeypatch.setattr(writing, "ask_worker", lambda *args, **words: True)
    return []


def hears(
    name: str, run: Callable[[int, Any], None], event: type[DomainEvent] = LampLit, *, duty: bool = False
) -> None:
    events._receivers.setdefault(event.event_name(), []).append(Receiver(name, run, duty))


def light(region: Region, *also: DomainEvent | None) -> Entry:
    with transaction.atomic():
        return record(actor=system("dusk"), verb="light", subject=region, event=LAMP, also=also)


def listener(heard: Heard) -> Callable[[int, Any], None]:
    return lambda entry_id, event: heard.append((entry_id, event))


def broken(entry_id: int, event: Any) -> None:
    raise ConnectionError("not today")


# -- with the entry


def test_a_receiver_waits_in_the_outbox(region: Region, heard: Heard) -> None:
    hears("far", listener(heard))
    light(region)
    assert heard == []
    assert Delivery.objects.outstanding().count() == 1


def test_a_duty_runs_at_once(region: Region, heard: Heard) -> None:
    hears("near", listener(heard), duty=True)
    entry = light(region)
    assert heard == [(entry.pk, LAMP)]


def test_a_duty_that_ran_is_done(region: Region, heard: Heard) -> None:
    hears("near", listener(heard), duty=True)
    light(region)
    row = Delivery.objects.get()
    assert (row.attempts, row.done_at is not None) == (1, True)


def test_a_duty_that_fails_undoes_the_act(region: Region, heard: Heard) -> None:
    hears("near", broken, duty=True)
    with pytest.raises(ConnectionError):
        light(region)
    assert not Entry.unscoped.exists()


def test_a_duty_acts_as_the_system_that_heard(region: Region, heard: Heard) -> None:
    hears("near", lambda entry_id, event: heard.append((entry_id, current_actor().why)), duty=True)
    light(region)
    assert heard[0][1] == f"near heard {LampLit.event_name()}"


def test_each_receiver_has_one_row(region: Region, heard: Heard) -> None:
    hears("far", listener(heard))
    hears("farther", listener(heard))
    light(region)
    assert set(Delivery.objects.values_list("receiver", flat=True)) == {"far", "farther"}


def test_one_act_may_be_several_events(region: Region, heard: Heard) -> None:
    hears("far", listener(heard))
    hears("eye", listener(heard), LampSeen)
    light(region, LampSeen(UUID(int=8)))
    assert Delivery.objects.count() == 2


def test_an_event_that_did_not_happen_is_passed_over(region: Region, heard: Heard) -> None:
    hears("far", listener(heard))
    light(region, None)
    assert Delivery.objects.count() == 1


def test_the_entry_holds_its_event(region: Region, heard: Heard) -> None:
    entry = light(region)
    assert (entry.event, entry.payload) == (LampLit.event_name(), LAMP.payload())


def test_an_outbox_row_holds_its_own_event(region: Region, heard: Heard) -> None:
    hears("eye", listener(heard), LampSeen)
    light(region, LampSeen(UUID(int=8)))
    assert Delivery.objects.get().payload == {"lamp_id": str(UUID(int=8))}


def test_a_rolled_back_act_delivers_nothing(region: Region, heard: Heard) -> None:
    hears("far", listener(heard))
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        light(region)
        raise ZeroDivisionError
    assert not Delivery.objects.exists()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, heard: Heard) -> Iterator[list[Any]]:
    asks: list[Any] = []
    monkeypatch.setattr(writing, "ask_worker", lambda *args: asks.append(args))
    return asks  # type: ignore[return-value]


def test_after_the_commit_a_worker_is_asked(
    region: Region, heard: Heard, asked: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    hears("far", listener(heard))
    with django_capture_on_commit_callbacks(execute=True):
        entry = light(region)
    assert asked == [("journal.deliver_entry", entry.pk)]


def test_where_only_duties_heard_no_worker_is_asked(
    region: Region, heard: Heard, asked: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    hears("near", listener(heard), duty=True)
    with django_capture_on_commit_callbacks(execute=True):
        light(region)
    assert asked == []


# -- after the commit


def test_the_worker_delivers_each_receiver_of_an_entry(region: Region, heard: Heard) -> None:
    hears("far", listener(heard))
    hears("farther", listener(heard))
    entry = light(region)
    deliver_entry(entry.pk)
    assert heard == [(entry.pk, LAMP)] * 2


def test_what_was_delivered_is_not_delivered_again(region: Region, heard: Heard) -> None:
    hears("far", listener(heard))
    entry = light(region)
    for _ in range(3):
        deliver_entry(entry.pk)
    assert len(heard) == 1


def test_a_row_that_is_done_is_passed_over(region: Region, heard: Heard) -> None:
    hears("far", listener(heard))
    light(region)
    row = Delivery.objects.get()
    deliver(row.pk)
    deliver(row.pk)
    assert len(heard) == 1


def test_the_relay_finds_what_the_worker_was_not_told(region: Region, heard: Heard) -> None:
    hears("far", listener(heard))
    light(region)
    assert relay() == 1
    assert len(heard) == 1


def test_the_relay_finds_nothing_when_all_is_done(region: Region, heard: Heard) -> None:
    hears("far", listener(heard))
    light(region)
    relay()
    assert relay() == 0


def test_the_relay_takes_no_more_than_it_is_told(region: Region, heard: Heard) -> None:
    hears("far", listener(heard))
    light(region)
    light(region)
    assert relay(1) == 1
    assert len(heard) == 1


def test_a_receiver_acts_as_the_system_that_heard(region: Region, heard: Heard) -> None:
    hears("far", lambda entry_id, event: heard.append((entry_id, current_actor().why)))
    light(region)
    relay()
    assert heard[0][1] == f"far heard {LampLit.event_name()}"


def test_one_receiver_s_failure_does_not_stop_the_others(region: Region, heard: Heard) -> None:
    hears("cracked", broken)
    hears("far", listener(heard))
    light(region)
    relay()
    assert len(heard) == 1


def test_a_failure_is_logged(region: Region, heard: Heard, caplog: pytest.LogCaptureFixture) -> None:
    hears("cracked", broken)
    light(region)
    with caplog.at_level(logging.ERROR):
        relay()
    assert "receiver failed" in caplog.text


def test_a_failure_says_its_kind_and_no_more(region: Region, heard: Heard) -> None:
    """An error's words may hold what a row of the outbox must not."""
    hears("cracked", broken)
    light(region)
    relay()
    assert Delivery.objects.get().error == "ConnectionError"


def tried(times: int) -> Delivery:
    """The only delivery after that many failures, each when it was due."""
    for _ in range(times):
        row = Delivery.objects.get()
        deliver(row.pk)
    return Delivery.objects.get()


@pytest.mark.parametrize(("times", "seconds"), [(1, 2), (2, 4), (5, 32), (9, 300), (11, 300)])
def test_each_failure_is_put_off_twice_as_long_up_to_five_minutes(
    region: Region, heard: Heard, times: int, seconds: int
) -> None:
    hears("cracked", broken)
    light(region)
    wait = tried(times).next_at - clock.now()
    assert timedelta(seconds=seconds - 2) < wait <= timedelta(seconds=seconds)


def test_what_is_put_off_is_not_due_yet(region: Region, heard: Heard) -> None:
    hears("cracked", broken)
    light(region)
    relay()
    assert relay() == 0


def test_what_was_put_off_comes_again(region: Region, heard: Heard) -> None:
    hears("cracked", broken)
    light(region)
    relay()
    with clock.moved(timedelta(seconds=3)):
        assert relay() == 1


def test_after_a_failure_the_next_try_may_do_it(region: Region, heard: Heard) -> None:
    hears("far", broken)
    light(region)
    relay()
    events._receivers.clear()
    hears("far", listener(heard))
    with clock.moved(timedelta(seconds=3)):
        relay()
    row = Delivery.objects.get()
    assert (row.attempts, row.error, row.done_at is not None) == (2, "", True)


def test_after_twelve_failures_it_is_given_up(region: Region, heard: Heard) -> None:
    hears("cracked", broken)
    light(region)
    assert tried(12).abandoned_at is not None


def test_after_eleven_it_is_not(region: Region, heard: Heard) -> None:
    hears("cracked", broken)
    light(region)
    assert tried(11).abandoned_at is None


def test_what_was_given_up_is_not_outstanding(region: Region, heard: Heard) -> None:
    hears("cracked", broken)
    light(region)
    tried(12)
    assert not Delivery.objects.outstanding().exists()


def test_a_failed_receiver_leaves_nothing_half_done(region: Region, heard: Heard) -> None:
    def half(entry_id: int, event: Any) -> None:
        Region.objects.create(name_en="Half", name_zh="半")
        raise ConnectionError

    hears("half", half)
    light(region)
    relay()
    assert not Region.objects.filter(name_en="Half").exists()


def test_a_receiver_that_a_newer_version_no_longer_has_is_done(region: Region, heard: Heard) -> None:
    hears("gone", listener(heard))
    light(region)
    events._receivers.clear()
    relay()
    assert Delivery.objects.get().done_at is not None


def test_an_event_that_a_newer_version_no_longer_has_does_not_stop_the_others(
    region: Region, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    hears("eye", listener(heard), LampSeen)
    hears("far", listener(heard))
    light(region, LampSeen(UUID(int=8)))
    Delivery.objects.filter(receiver="eye").update(event="lamps.Forgotten")
    events._receivers["lamps.Forgotten"] = [Receiver("eye", listener(heard), False)]
    relay()
    assert [event for _, event in heard] == [LAMP]
