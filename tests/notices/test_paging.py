"""A page goes on, by channel and by person, every two minutes, until somebody takes it."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import InternalError, connection, transaction

from consortium.casework.models import Service
from consortium.journal.models import Entry
from consortium.kernel.actors import acting_as
from consortium.kernel.clock import moved, now
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, Taken
from consortium.notices.models import Delivery, Notice, Page, PageCall
from consortium.notices.operations import acknowledge_page, advance_pages, stop_pages
from consortium.notices.states import PageStep
from consortium.people.models import User
from tests.cast import actor_for
from tests.notices.conftest import SYSTEM, Call, carry_out, letters

pytestmark = pytest.mark.django_db


def called(page: Page) -> list[tuple[str, str]]:
    rows = PageCall.unscoped.filter(page=page, called_at__isnull=False).order_by("position")
    return [(row.user.username, row.channel) for row in rows]


def take(user: User, page: Page) -> Page:
    actor = actor_for(user)
    with acting_as(actor):
        return acknowledge_page(actor=actor, page_id=page.pk)


def reread(page: Page) -> Page:
    return Page.unscoped.get(pk=page.pk)


def test_the_first_call_is_made_at_once(call: Call, ann: User, bo: User, channels: LazySettings) -> None:
    page = call(ann, bo)
    assert called(page) == [("specialist", "sms")]
    carry_out()
    letter = letters(Path(channels.NOTICE_FOLDER), "sms")[0]
    assert letter["address"] == ann.phone
    assert letter["urgent"] is True
    assert letter["url"].endswith(f"/notices/pages/{page.pk}/")


def test_it_moves_after_two_minutes_to_the_next_channel_then_to_the_next_person(
    call: Call, ann: User, bo: User
) -> None:
    page = call(ann, bo)
    expected = [("specialist", "sms"), ("specialist", "voice"), ("lead", "sms"), ("lead", "voice")]
    for steps in range(1, 4):
        with moved(timedelta(seconds=120 * steps - 2)):
            assert advance_pages() == 0
        with moved(timedelta(seconds=120 * steps + 2 * steps)):
            assert advance_pages() == 1
            assert called(page) == expected[: steps + 1]


def test_one_notice_for_each_person_however_often_they_are_called(call: Call, ann: User, bo: User) -> None:
    page = call(ann, bo)
    for minutes in (3, 6, 9):
        with moved(timedelta(minutes=minutes)):
            advance_pages()
    assert list(Notice.unscoped.filter(page=page).values_list("recipient__username", flat=True)) == [
        "specialist",
        "lead",
    ]
    assert Delivery.unscoped.filter(notice__page=page).count() == 4


@pytest.mark.usefixtures("dead_sms")
def test_with_the_first_channel_dead_the_second_person_is_paged_on_time(call: Call, ann: User, bo: User) -> None:
    """The dead channel is found out at the first try, and the time it would have had goes to the next call."""
    page = call(ann, bo)
    carry_out()
    assert called(page) == [("specialist", "sms"), ("specialist", "voice")], "no waiting for what is known to be dead"
    started = now()
    with moved(timedelta(seconds=121)):
        carry_out()
        advance_pages()
        carry_out()
        assert ("lead", "sms") in called(page)
        second = PageCall.unscoped.filter(page=page, user=bo).order_by("position").first()
        assert second is not None and second.called_at is not None
        assert second.called_at - started <= timedelta(minutes=2, seconds=5)


def test_with_the_first_channel_hanging_the_second_person_is_paged_on_time(
    call: Call, ann: User, bo: User, channels: LazySettings
) -> None:
    """No worker ever gets to the delivery: the page does not wait for it."""
    channels.NOTICE_CHANNELS = {"sms": channels.NOTICE_CHANNELS["sms"]}
    page = call(ann, bo)
    with moved(timedelta(seconds=121)):
        advance_pages()
        assert called(page) == [("specialist", "sms"), ("lead", "sms")]


def test_taking_it_ends_the_calling(call: Call, ann: User, bo: User) -> None:
    page = call(ann, bo)
    taken = take(bo, page)
    assert (taken.step, taken.acknowledged_by_id) == (PageStep.ACKNOWLEDGED, bo.pk)
    with moved(timedelta(minutes=30)):
        assert advance_pages() == 0
        carry_out()
    assert called(page) == [("specialist", "sms")]
    notice = Notice.unscoped.get(page=page)
    assert notice.acknowledged_at is not None
    assert notice.read_at is not None
    assert Delivery.unscoped.get(notice=notice).error == "no longer needed"


def test_the_second_to_take_it_is_told_who_was_first(call: Call, ann: User, bo: User) -> None:
    page = call(ann, bo)
    take(ann, page)
    with pytest.raises(Taken) as refused:
        take(bo, page)
    assert refused.value.detail == {"winner": ann.get_full_name()}
    assert take(ann, page).acknowledged_by_id == ann.pk


def test_only_those_on_the_list_see_it(call: Call, ann: User, stranger: User) -> None:
    page = call(ann)
    with pytest.raises(NotVisible):
        take(stranger, page)


def test_whoever_paged_sees_it_and_cannot_take_it(call: Call, ann: User, asker: User) -> None:
    page = call(ann, actor=actor_for(asker))
    with pytest.raises(NotPermitted):
        take(asker, page)


def test_when_nobody_answers_it_is_said_and_can_still_be_taken(call: Call, ann: User) -> None:
    page = call(ann)
    for minutes in (3, 6):
        with moved(timedelta(minutes=minutes)):
            advance_pages()
    assert reread(page).step == PageStep.EXHAUSTED
    assert Entry.unscoped.filter(event="notices.PageExhausted").count() == 1
    assert take(ann, page).step == PageStep.ACKNOWLEDGED


def test_asked_twice_paged_once(call: Call, ann: User) -> None:
    assert call(ann).pk == call(ann).pk
    assert called(call(ann)) == [("specialist", "sms")]


def test_there_must_be_somebody(call: Call, ann: User) -> None:
    User.objects.filter(pk=ann.pk).update(is_active=False)
    with pytest.raises(InvalidInput):
        call(ann)


def test_whom_no_channel_reaches_is_called_in_the_inbox(call: Call, specialist: User, bo: User) -> None:
    page = call(specialist, bo)
    assert called(page) == [("specialist", "inbox")]
    assert Notice.unscoped.get(page=page).recipient == specialist
    assert carry_out() == 0


def test_somebody_who_has_left_meanwhile_costs_no_two_minutes(call: Call, ann: User, bo: User) -> None:
    page = call(ann, bo)
    User.objects.filter(pk=ann.pk).update(is_active=False)
    with moved(timedelta(minutes=2, seconds=1)):
        advance_pages()
        advance_pages()
        assert called(page)[-1] == ("lead", "sms")


def test_it_is_called_off_when_it_has_been_seen_to(call: Call, ann: User, service: Service) -> None:
    page = call(ann)
    assert stop_pages(actor=SYSTEM, subject=service) == 1
    assert reread(page).step == PageStep.STOPPED
    assert stop_pages(actor=SYSTEM, subject=service) == 0


def test_nobody_else_calls_it_off(call: Call, ann: User, stranger: User, service: Service) -> None:
    call(ann)
    with pytest.raises(NotPermitted):
        stop_pages(actor=actor_for(stranger), subject=service)


def test_every_call_stands_in_the_journal(call: Call, ann: User) -> None:
    page = call(ann)
    take(ann, page)
    entries = Entry.unscoped.filter(subject_id=str(page.pk)).order_by("seq")
    assert list(entries.values_list("verb", flat=True)) == ["start", "call", "acknowledge"]


def test_the_database_refuses_an_illegal_step(call: Call, ann: User) -> None:
    page = call(ann)
    take(ann, page)
    with pytest.raises(InternalError), transaction.atomic():
        Page.unscoped.filter(pk=page.pk).update(step=PageStep.CALLING)


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_make_each_call_once(call: Call, ann: User, bo: User) -> None:
    pages = [call(ann, bo, once=f"entry:{n}") for n in range(4)]
    made: list[int] = []

    def beat() -> None:
        with moved(timedelta(seconds=121)):
            made.append(advance_pages())
        connection.close()

    beats = [threading.Thread(target=beat) for _ in range(4)]
    for thread in beats:
        thread.start()
    for thread in beats:
        thread.join()
    assert sum(made) == 4
    for page in pages:
        assert called(page) == [("specialist", "sms"), ("specialist", "voice")]
