"""Edges of delivering and paging: what is no longer needed, receipts that overtake, browsers that have gone."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.test import Client

from consortium.casework.models import Service
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.kernel.clock import moved
from consortium.kernel.errors import NotVisible, Taken
from consortium.notices import tasks
from consortium.notices.channels import Letter, Undeliverable, Unreachable
from consortium.notices.models import Delivery, Inbox, Notice, Page, PageCall, PushSubscription
from consortium.notices.operations import (
    acknowledge_page,
    mark_all_read,
    mark_read,
    mark_unread_again,
    stop_pages,
    take_page_for,
)
from consortium.notices.operations.delivering import fail, letter_for, take_receipt
from consortium.notices.states import PageStep
from consortium.people.models import User
from tests.cast import actor_for, client_for
from tests.notices.conftest import SYSTEM, Call, Tell, carry_out

pytestmark = pytest.mark.django_db

CHANNEL = "tests.notices.test_edges.channel"
#: what the channel below does with each address
_manners: dict[str, Any] = {}


class Scripted:
    """A hospital's own channel that does with each letter what the test wrote down for its address."""

    confirms = True

    def send(self, letter: Letter) -> str:
        manner = _manners.get(letter.address, "")
        if isinstance(manner, Exception):
            raise manner
        return str(manner)


def channel(name: str) -> Scripted:
    return Scripted()


@pytest.fixture
def manners(channels: LazySettings) -> dict[str, Any]:
    channels.NOTICE_CHANNELS = {"sms": CHANNEL}
    _manners.clear()
    return _manners


def sms(tell: Tell, ann: User) -> Delivery:
    tell(ann, urgent=True)
    found: Delivery = Delivery.unscoped.get(channel="sms")
    return found


def now_it_is(delivery: Delivery) -> Delivery:
    found: Delivery = Delivery.unscoped.get(pk=delivery.pk)
    return found


# -- one letter


def test_a_letter_whose_receipt_follows_is_sent(tell: Tell, ann: User, manners: dict[str, Any]) -> None:
    delivery = sms(tell, ann)
    carry_out()
    assert now_it_is(delivery).step == "sent"


def test_the_provider_s_reference_is_kept(tell: Tell, ann: User, manners: dict[str, Any]) -> None:
    delivery = sms(tell, ann)
    manners[ann.phone] = "theirs-7"
    carry_out()
    assert now_it_is(delivery).provider_reference == "theirs-7"


def test_an_endless_reference_is_cut(tell: Tell, ann: User, manners: dict[str, Any]) -> None:
    delivery = sms(tell, ann)
    manners[ann.phone] = "x" * 500
    carry_out()
    assert len(now_it_is(delivery).provider_reference) == 120


def test_what_can_never_be_delivered_is_given_up_at_once(tell: Tell, ann: User, manners: dict[str, Any]) -> None:
    delivery = sms(tell, ann)
    manners[ann.phone] = Undeliverable("no such number")
    carry_out()
    assert (now_it_is(delivery).step, now_it_is(delivery).error) == ("failed", "no such number")


def test_what_may_pass_is_tried_again(tell: Tell, ann: User, manners: dict[str, Any]) -> None:
    delivery = sms(tell, ann)
    manners[ann.phone] = Unreachable("busy")
    carry_out()
    assert (now_it_is(delivery).step, now_it_is(delivery).error) == ("waiting", "busy")


def test_a_receipt_may_overtake_the_sending(tell: Tell, ann: User, manners: dict[str, Any]) -> None:
    """The provider confirms before our own request has returned: what it said stands."""
    delivery = sms(tell, ann)

    class Quick(Scripted):
        def send(self, letter: Letter) -> str:
            take_receipt(actor=SYSTEM, channel="sms", reference=delivery.pk, delivered=True)
            return "theirs"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.notices.test_edges.Scripted", Quick)
        carry_out()
    assert (now_it_is(delivery).step, now_it_is(delivery).provider_reference) == ("delivered", "")


def test_an_error_of_any_kind_says_its_kind_alone(tell: Tell, ann: User, manners: dict[str, Any]) -> None:
    delivery = sms(tell, ann)
    manners[ann.phone] = KeyError("13900000001")
    carry_out()
    assert now_it_is(delivery).error == "KeyError"


def test_a_letter_about_a_page_that_was_seen_to_is_not_sent(call: Call, ann: User, service: Service) -> None:
    call(ann)
    stop_pages(actor=SYSTEM, subject=service)
    carry_out()
    assert set(Delivery.unscoped.values_list("step", "error")) == {("failed", "no longer needed")}


def test_a_letter_goes_to_the_page_it_is_about(call: Call, ann: User) -> None:
    page = call(ann)
    delivery = Delivery.unscoped.select_related("notice__recipient").first()
    assert delivery is not None
    assert letter_for(delivery, "1").url.endswith(f"/notices/pages/{page.pk}/")


def test_a_letter_about_a_notice_goes_to_the_notice(tell: Tell, ann: User) -> None:
    sms(tell, ann)
    delivery = Delivery.unscoped.select_related("notice__recipient").get(channel="sms")
    assert letter_for(delivery, "1").url.endswith(f"/notices/{delivery.notice_id}/")


def test_giving_up_twice_changes_nothing(tell: Tell, ann: User, manners: dict[str, Any]) -> None:
    delivery = sms(tell, ann)
    with acting_as(SYSTEM):
        fail(actor=SYSTEM, delivery_id=delivery.pk, why="one")
        fail(actor=SYSTEM, delivery_id=delivery.pk, why="two")
    assert now_it_is(delivery).error == "one"


def test_a_delivery_that_is_none_is_not_there() -> None:
    with acting_as(SYSTEM), pytest.raises(NotVisible):
        fail(actor=SYSTEM, delivery_id=uuid4(), why="x")


def test_a_receipt_of_another_channel_finds_nothing(tell: Tell, ann: User, manners: dict[str, Any]) -> None:
    delivery = sms(tell, ann)
    with acting_as(SYSTEM), pytest.raises(NotVisible):
        take_receipt(actor=SYSTEM, channel="voice", reference=delivery.pk, delivered=True)


def test_a_receipt_that_comes_late_changes_nothing(tell: Tell, ann: User, manners: dict[str, Any]) -> None:
    delivery = sms(tell, ann)
    with acting_as(SYSTEM):
        fail(actor=SYSTEM, delivery_id=delivery.pk, why="one")
        take_receipt(actor=SYSTEM, channel="sms", reference=delivery.pk, delivered=True)
    assert now_it_is(delivery).step == "failed"


# -- browsers


def browser(user: User, name: str) -> PushSubscription:
    made: PushSubscription = PushSubscription.unscoped.create(
        user=user, endpoint=f"https://push.example/{name}", endpoint_hash=name.encode(), p256dh="p", auth="a",
        created_at=clock.now(),
    )  # fmt: skip
    return made


@pytest.fixture
def pushed(channels: LazySettings, manners: dict[str, Any]) -> dict[str, Any]:
    channels.NOTICE_CHANNELS = {"push": CHANNEL}
    return manners


def address_of(subscription: PushSubscription) -> str:
    return json.dumps({"endpoint": subscription.endpoint, "keys": {"p256dh": "p", "auth": "a"}})


def test_a_browser_that_has_gone_is_forgotten(tell: Tell, ann: User, pushed: dict[str, Any]) -> None:
    gone = browser(ann, "gone")
    tell(ann, urgent=True)
    pushed[address_of(gone)] = Undeliverable("410")
    carry_out()
    assert not PushSubscription.unscoped.exists()


def test_one_browser_that_takes_it_is_enough(tell: Tell, ann: User, pushed: dict[str, Any]) -> None:
    gone, there = browser(ann, "gone"), browser(ann, "there")
    tell(ann, urgent=True)
    pushed[address_of(gone)] = Undeliverable("410")
    carry_out()
    assert Delivery.unscoped.get().step == "sent"
    assert list(PushSubscription.unscoped.all()) == [there]


def test_a_browser_that_may_come_back_is_tried_again(tell: Tell, ann: User, pushed: dict[str, Any]) -> None:
    gone, busy = browser(ann, "gone"), browser(ann, "busy")
    tell(ann, urgent=True)
    pushed.update({address_of(gone): Undeliverable("410"), address_of(busy): Unreachable("503")})
    carry_out()
    assert (Delivery.unscoped.get().step, Delivery.unscoped.get().error) == ("waiting", "503")


# -- pages


def test_a_page_that_is_none_is_not_there(ann: User) -> None:
    actor = actor_for(ann)
    with acting_as(actor), pytest.raises(NotVisible):
        acknowledge_page(actor=actor, page_id=uuid4())


def take(user: User, page: Page) -> Page:
    actor = actor_for(user)
    with acting_as(actor):
        return acknowledge_page(actor=actor, page_id=page.pk)


def test_taking_it_twice_is_taking_it_once(call: Call, ann: User) -> None:
    page = call(ann)
    first = take(ann, page)
    assert take(ann, page).acknowledged_at == first.acknowledged_at


def test_the_second_is_told_by_name(call: Call, ann: User, bo: User) -> None:
    page = call(ann, bo)
    take(ann, page)
    with pytest.raises(Taken) as told:
        take(bo, page)
    assert told.value.detail == {"winner": ann.full_name}


def test_who_takes_over_a_shift_takes_its_page(call: Call, ann: User, bo: User) -> None:
    page = call(ann)
    take_page_for(page_id=page.pk, user_id=bo.pk)
    assert Page.unscoped.get(pk=page.pk).acknowledged_by == bo


def test_who_takes_over_stands_on_the_list_from_now_on(call: Call, ann: User, bo: User) -> None:
    page = call(ann)
    take_page_for(page_id=page.pk, user_id=bo.pk)
    assert PageCall.unscoped.get(page=page, user=bo).channel == "inbox"


def test_who_is_on_the_list_already_is_not_put_on_it_again(call: Call, ann: User, bo: User) -> None:
    page = call(ann, bo)
    before = PageCall.unscoped.filter(page=page).count()
    take_page_for(page_id=page.pk, user_id=bo.pk)
    assert PageCall.unscoped.filter(page=page).count() == before


def test_a_page_that_was_taken_is_not_taken_over(call: Call, ann: User, bo: User) -> None:
    page = call(ann)
    take(ann, page)
    take_page_for(page_id=page.pk, user_id=bo.pk)
    assert Page.unscoped.get(pk=page.pk).acknowledged_by == ann


def test_a_page_that_is_none_is_not_taken_over(bo: User) -> None:
    take_page_for(page_id=uuid4(), user_id=bo.pk)
    assert not Page.unscoped.exists()


def test_calling_off_what_nobody_paged_is_no_error(service: Service) -> None:
    assert stop_pages(actor=SYSTEM, subject=service) == 0


def test_a_page_that_nobody_answered_is_called_off_too(call: Call, ann: User, service: Service) -> None:
    call(ann)
    Page.unscoped.update(step=PageStep.EXHAUSTED)
    assert stop_pages(actor=SYSTEM, subject=service) == 1


def test_a_person_named_twice_is_called_once(call: Call, ann: User) -> None:
    page = call(ann, ann)
    assert PageCall.unscoped.filter(page=page).count() == 2  # by each of two channels


def test_the_beat_s_task_makes_the_calls_that_are_due(call: Call, ann: User) -> None:
    call(ann)
    with moved(timedelta(minutes=3)):
        assert tasks.advance_pages() == 1


def test_the_relay_finds_nothing_when_all_is_sent(tell: Tell, ann: User) -> None:
    assert tasks.relay() == 0


# -- reading


def as_(user: User, operation: Any, **words: Any) -> Any:
    actor = actor_for(user)
    with acting_as(actor):
        return operation(actor=actor, **words)


def test_opening_a_notice_again_moves_no_inbox(tell: Tell, ann: User) -> None:
    notice = tell(ann)
    assert notice is not None
    as_(ann, mark_read, notice_id=notice.pk)
    before = Inbox.unscoped.get(user=ann).last_seq
    as_(ann, mark_read, notice_id=notice.pk)
    assert Inbox.unscoped.get(user=ann).last_seq == before


def test_reading_nothing_moves_no_inbox(ann: User) -> None:
    assert as_(ann, mark_all_read)[1] == 0
    assert not Inbox.unscoped.exists()


def test_taking_back_what_nobody_did_moves_no_inbox(ann: User) -> None:
    assert as_(ann, mark_unread_again, batch=uuid4()) == 0
    assert not Inbox.unscoped.exists()


def test_another_s_batch_is_not_taken_back(tell: Tell, ann: User, bo: User) -> None:
    tell(ann)
    batch, _ = as_(ann, mark_all_read)
    assert as_(bo, mark_unread_again, batch=batch) == 0


def test_somebody_else_s_notice_is_not_there(tell: Tell, ann: User, bo: User) -> None:
    notice = tell(ann)
    assert notice is not None
    with pytest.raises(NotVisible):
        as_(bo, mark_read, notice_id=notice.pk)


# -- screens in their states


def page_of(user: User, page: Page, language: str = "en") -> str:
    reply = client_for(user).get(f"/notices/pages/{page.pk}/", headers={"Accept-Language": language})
    return reply.content.decode()


def test_a_page_that_calls_offers_to_be_taken(call: Call, ann: User) -> None:
    assert "I take it" in page_of(ann, call(ann))


def test_a_page_that_was_taken_says_by_whom(call: Call, ann: User) -> None:
    page = call(ann)
    take(ann, page)
    text = page_of(ann, page)
    assert f"{ann.full_name} has taken it" in text
    assert "I take it" not in text


def test_a_page_that_nobody_answered_says_so(call: Call, ann: User) -> None:
    page = call(ann)
    Page.unscoped.update(step=PageStep.EXHAUSTED)
    assert "Nobody answered" in page_of(ann, page)


def test_a_page_that_was_called_off_says_so(call: Call, ann: User, service: Service) -> None:
    page = call(ann)
    stop_pages(actor=SYSTEM, subject=service)
    assert "It has been seen to" in page_of(ann, page)


def test_a_page_speaks_chinese(call: Call, ann: User) -> None:
    assert "Who is called" not in page_of(ann, call(ann), "zh-hans")


def test_an_htmx_request_gets_the_part_alone(call: Call, ann: User) -> None:
    page = call(ann)
    reply = client_for(ann).get(f"/notices/pages/{page.pk}/", headers={"HX-Request": "true"})
    assert reply.content.decode().lstrip().startswith('<div id="page-call"')


def test_the_badge_counts_what_is_unread(tell: Tell, ann: User) -> None:
    tell(ann, "entry:1")
    tell(ann, "entry:2")
    assert client_for(ann).get("/notices/badge/").json() == {"count": 2}


def test_a_filter_without_a_hit_offers_the_way_back(ann: User) -> None:
    text = client_for(ann).get("/notices/", {"show": "urgent"}).content.decode()
    assert "Nothing of this kind" in text
    assert "Show everything" in text


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"'])
def test_a_browser_that_sends_nonsense_is_told_so(ann: User, body: bytes) -> None:
    reply = client_for(ann).post("/notices/push/", body, content_type="application/json")
    assert (reply.status_code, reply.headers["Content-Type"]) == (422, "application/problem+json")


def test_a_browser_that_was_none_may_end(ann: User) -> None:
    body = json.dumps({"endpoint": "https://push.example/x", "end": True})
    assert client_for(ann).post("/notices/push/", body, content_type="application/json").status_code == 200


def test_preferences_of_another_window_are_not_overwritten(ann: User) -> None:
    client: Client = client_for(ann)
    client.post("/notices/preferences/", {"quiet_from": "22:00", "quiet_until": "06:00"})
    reply = client.post("/notices/preferences/", {"quiet_from": "21:00", "quiet_until": "06:00", "version": "1"})
    assert reply.status_code == 422
    assert "21:00" in reply.content.decode()


def test_a_notice_of_which_nothing_is_left_is_not_in_the_way(tell: Tell, ann: User) -> None:
    tell(ann)
    Notice.unscoped.update(kind="gone")
    assert "Something waits for you." in client_for(ann).get("/notices/").content.decode()
