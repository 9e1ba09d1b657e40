"""Sending: always into the inbox, and by the ways that the person wants, at a time they want."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import LazySettings
from django.utils import translation

from consortium.kernel.clock import moved, now
from consortium.notices.models import ChannelChoice, Delivery, Inbox, Notice, Preference
from consortium.notices.queries.reach import quiet_until
from consortium.people.models import User
from tests.notices.conftest import SYSTEM, Tell, carry_out, letters

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


def wants(user: User, channel: str, *, ordinary: bool = True, urgent: bool = True, address: str = "") -> None:
    ChannelChoice.unscoped.create(user=user, channel=channel, ordinary=ordinary, urgent=urgent, address=address)


def test_it_stands_in_the_inbox_in_the_readers_language(tell: Tell, ann: User) -> None:
    notice = tell(ann)
    assert notice is not None
    assert notice.text == "A question for respiratory waits."
    assert (notice.seq, notice.is_unread, notice.sign) == (1, True, "circle-question-mark")


def test_heard_twice_told_once(tell: Tell, ann: User) -> None:
    wants(ann, "sms")
    first, second = tell(ann), tell(ann)
    assert first is not None and second is not None
    assert first.pk == second.pk
    assert Delivery.unscoped.count() == 1


def test_each_inbox_counts_its_own_changes(tell: Tell, ann: User, bo: User) -> None:
    for once in ("a", "b"):
        tell(ann, once)
    tell(bo, "a")
    assert list(Notice.unscoped.filter(recipient=ann).order_by("seq").values_list("seq", flat=True)) == [1, 2]
    assert Inbox.unscoped.get(user=bo).last_seq == 1


def test_whoever_has_left_is_not_told(tell: Tell, ann: User) -> None:
    User.objects.filter(pk=ann.pk).update(is_active=False)
    assert tell(ann) is None
    assert not Notice.unscoped.exists()


def test_ordinary_notices_leave_only_by_the_ways_one_has_chosen(tell: Tell, ann: User) -> None:
    tell(ann, "a")
    assert not Delivery.unscoped.exists(), "text messages are for urgent things unless one says otherwise"
    wants(ann, "sms", ordinary=True)
    wants(ann, "voice", ordinary=False)
    tell(ann, "b")
    assert list(Delivery.unscoped.values_list("channel", flat=True)) == ["sms"]


def test_urgent_ones_leave_by_every_way_that_is_not_turned_off(tell: Tell, ann: User) -> None:
    wants(ann, "voice", urgent=False)
    tell(ann, urgent=True)
    assert list(Delivery.unscoped.values_list("channel", flat=True)) == ["sms"]


def test_what_leaves_says_nothing_about_whom(tell: Tell, ann: User, channels: LazySettings) -> None:
    wants(ann, "sms", address="13911112222")
    tell(ann, facts={"detail": "Lin Xiaoyu, 7 months"})
    carry_out()
    letter = letters(Path(channels.NOTICE_FOLDER), "sms")[0]
    assert letter["address"] == "13911112222"
    assert (letter["title"], letter["text"]) == ("Something waits for you", "A question waits.")
    assert "Lin" not in str(letter)
    assert "respiratory" not in str(letter)


def test_a_letter_goes_out_in_the_recipients_language(tell: Tell, ann: User, channels: LazySettings) -> None:
    wants(ann, "sms")
    User.objects.filter(pk=ann.pk).update(language="zh-hans")
    with translation.override("en"):
        tell(ann)
        carry_out()
    assert letters(Path(channels.NOTICE_FOLDER), "sms")[0]["language"] == "zh-hans"


@pytest.mark.parametrize(
    ("at", "begins", "ends", "until"),
    [
        ("2026-03-01T23:30", "22:00", "07:00", "2026-03-02T07:00"),
        ("2026-03-01T02:00", "22:00", "07:00", "2026-03-01T07:00"),
        ("2026-03-01T12:00", "22:00", "07:00", "2026-03-01T12:00"),
        ("2026-03-01T07:00", "22:00", "07:00", "2026-03-01T07:00"),
        ("2026-03-01T22:00", "22:00", "07:00", "2026-03-02T07:00"),
        ("2026-03-01T13:00", "12:00", "14:00", "2026-03-01T14:00"),
        ("2026-03-01T14:00", "12:00", "14:00", "2026-03-01T14:00"),
        ("2028-02-28T23:00", "22:00", "07:00", "2028-02-29T07:00"),
    ],
)
def test_quiet_hours(ann: User, at: str, begins: str, ends: str, until: str) -> None:
    from consortium.kernel.actors import acting_as

    Preference.unscoped.create(user=ann, quiet_from=time.fromisoformat(begins), quiet_until=time.fromisoformat(ends))
    instant = datetime.fromisoformat(at).replace(tzinfo=SHANGHAI)
    with acting_as(SYSTEM):
        assert quiet_until(ann.pk, instant) == datetime.fromisoformat(until).replace(tzinfo=SHANGHAI)


def _quiet_now(user: User) -> None:
    local = now().astimezone(SHANGHAI)
    Preference.unscoped.create(
        user=user, quiet_from=(local - timedelta(hours=1)).time(), quiet_until=(local + timedelta(hours=1)).time()
    )


def test_ordinary_notices_wait_for_the_end_of_quiet_hours(tell: Tell, ann: User, channels: LazySettings) -> None:
    wants(ann, "sms")
    _quiet_now(ann)
    tell(ann)
    assert carry_out() == 0
    with moved(timedelta(hours=1, seconds=1)):
        assert carry_out() == 1
    assert len(letters(Path(channels.NOTICE_FOLDER), "sms")) == 1


def test_urgent_ones_go_past_quiet_hours(tell: Tell, ann: User) -> None:
    _quiet_now(ann)
    tell(ann, urgent=True)
    assert carry_out() == 2
