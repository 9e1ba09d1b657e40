"""Rules the database holds about notices, pages and preferences, and what each row says of itself."""

from __future__ import annotations

from datetime import time
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, InternalError, transaction

from consortium.kernel import clock
from consortium.kernel.errors import DomainError, database_rules
from consortium.notices.models import (
    ChannelChoice,
    Delivery,
    Inbox,
    Notice,
    Page,
    PageCall,
    Preference,
    PushSubscription,
)
from consortium.people.models import User
from tests.notices.conftest import Call, Tell

pytestmark = pytest.mark.django_db


def refused(rule: str, act: Any) -> None:
    with pytest.raises((IntegrityError, InternalError), match=rule), transaction.atomic():
        act()


@pytest.fixture
def notice(tell: Tell, ann: User) -> Notice:
    made = tell(ann)
    assert made is not None
    return made


@pytest.fixture
def page(call: Call, ann: User, bo: User) -> Page:
    return call(ann, bo)


def again(row: Any, **changes: Any) -> Any:
    """Another row with the same values, but for its key and `changes`."""
    fields = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
    return lambda: type(row).unscoped.create(**{**fields, **changes})


def test_one_notice_follows_from_one_act(notice: Notice) -> None:
    refused("notices_notice_once", again(notice, seq=99))


def test_the_same_act_may_be_told_to_another(notice: Notice, bo: User) -> None:
    assert again(notice, recipient_id=bo.pk)().recipient_id == bo.pk


def test_one_number_for_one_change_of_the_inbox(notice: Notice) -> None:
    refused("notices_notice_seq", again(notice, once_key="another"))


def test_what_was_read_with_others_is_read(notice: Notice) -> None:
    refused("notices_batch_is_read", lambda: Notice.unscoped.update(read_batch=uuid4()))


def test_one_delivery_for_one_channel(tell: Tell, ann: User) -> None:
    tell(ann, urgent=True)
    refused("notices_delivery_once", again(Delivery.unscoped.filter(channel="sms").get()))


def test_a_delivery_begins_waiting(tell: Tell, ann: User) -> None:
    tell(ann, urgent=True)
    refused(
        "notice_delivery_first_step", again(Delivery.unscoped.filter(channel="sms").get(), channel="x", step="sent")
    )


def test_a_delivery_that_failed_is_not_sent(tell: Tell, ann: User) -> None:
    tell(ann, urgent=True)
    Delivery.unscoped.update(step="failed")
    refused("Invalid transition", lambda: Delivery.unscoped.update(step="sent"))


def test_a_delivery_at_a_step_that_is_none(tell: Tell, ann: User) -> None:
    tell(ann, urgent=True)
    refused("Invalid transition", lambda: Delivery.unscoped.update(step="lost"))


def test_a_page_begins_calling(page: Page) -> None:
    refused("page_first_step", again(page, once_key="x", step="stopped"))


def test_asked_twice_paged_once(page: Page) -> None:
    refused("once_key", again(page))


def test_taken_has_a_time_and_a_person(page: Page, ann: User) -> None:
    refused("notices_page_acknowledged_pair", lambda: Page.unscoped.update(acknowledged_at=clock.now()))


def test_taken_by_somebody(page: Page) -> None:
    refused("notices_page_taken_by_somebody", lambda: Page.unscoped.update(step="acknowledged"))


def test_a_page_that_was_called_off_does_not_call_again(page: Page) -> None:
    Page.unscoped.update(step="stopped")
    refused("Invalid transition", lambda: Page.unscoped.update(step="calling"))


def test_a_page_that_nobody_answered_may_still_be_taken(page: Page, ann: User) -> None:
    Page.unscoped.update(step="exhausted")
    assert Page.unscoped.update(step="acknowledged", acknowledged_at=clock.now(), acknowledged_by=ann) == 1


def test_one_call_for_one_place_of_the_order(page: Page) -> None:
    refused("notices_call_order", again(PageCall.unscoped.filter(page=page, position=0).get()))


QUIET = [(time(22), None), (None, time(6)), (time(6), time(6))]


@pytest.mark.parametrize(("begins", "ends"), QUIET, ids=["no end", "no beginning", "the same"])
def test_quiet_hours_have_a_beginning_and_another_end(ann: User, begins: time | None, ends: time | None) -> None:
    refused("notices_quiet_pair", lambda: Preference.unscoped.create(user=ann, quiet_from=begins, quiet_until=ends))


def test_half_of_quiet_hours_is_told_in_plain_words(ann: User) -> None:
    with pytest.raises(DomainError, match="another end"), database_rules(), transaction.atomic():
        Preference.unscoped.create(user=ann, quiet_from=time(22))


def test_one_choice_for_one_channel(ann: User) -> None:
    choice = ChannelChoice.unscoped.create(user=ann, channel="sms", ordinary=True, urgent=True)
    refused("notices_choice_once", again(choice))


def test_one_browser_belongs_to_one_person(ann: User, bo: User) -> None:
    push = PushSubscription.unscoped.create(user=ann, endpoint="x", endpoint_hash=b"x", created_at=clock.now())
    refused("endpoint_hash", again(push, user_id=bo.pk))


# -- words


def test_a_notice_says_to_whom(notice: Notice, ann: User) -> None:
    assert str(notice) == f"question to {ann.pk}"


def test_a_page_says_how_far_it_is(page: Page) -> None:
    assert str(page) == "page question at 1"


def test_a_page_says_what_for(page: Page) -> None:
    assert page.text == "A question for respiratory waits."


def test_a_call_says_its_place(page: Page) -> None:
    assert str(PageCall.unscoped.get(page=page, position=0)) == f"call 0 of {page.pk}"


def test_a_call_says_by_what(page: Page) -> None:
    assert str(PageCall.unscoped.get(page=page, position=0).channel_label) == "Text message"


def test_a_channel_of_the_hospital_s_own_goes_by_its_name() -> None:
    assert PageCall(channel="pigeon").channel_label == "pigeon"


@pytest.mark.parametrize(
    ("row", "begins"),
    [(Inbox(), "inbox of"), (Preference(), "preferences of"), (ChannelChoice(channel="sms"), "sms of"),
     (PushSubscription(), "browser of"), (Delivery(channel="sms"), "sms of")],
)  # fmt: skip
def test_rows_say_what_they_are(row: Any, begins: str) -> None:
    assert str(row).startswith(begins)
