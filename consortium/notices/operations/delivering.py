"""Deliveries: claimed, handed to their channel outside any transaction, marked; and the provider's receipts."""

import json
import logging
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.adapters import adapters
from consortium.kernel.errors import NotVisible
from consortium.notices.channels import Channel, Letter, Undeliverable, Unreachable
from consortium.notices.models import Delivery, Notice, Page, PageCall, PushSubscription
from consortium.notices.queries.reach import addresses_of
from consortium.notices.states import DELIVERY, DeliveryStep, PageStep, kind_of

logger = logging.getLogger(__name__)

#: Longer than a channel may take: whoever claimed and died is followed after it.
LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 5
_FIRST_WAIT = timedelta(seconds=15)


def channel_named(name: str) -> Channel:
    """The configured channel; Undeliverable when there is none of that name any more."""
    factory = adapters("NOTICE_CHANNELS").get(name)
    if factory is None:
        raise Undeliverable("not configured")
    made: Channel = factory(name)
    return made


def deliver(*, actor: Actor, delivery_id: UUID) -> None:
    """Hand one delivery to its channel if it is due and nobody else is at it. As the system."""
    delivery = _claimed(delivery_id)
    if delivery is None:
        return
    try:
        channel = channel_named(delivery.channel)
        reference = _hand_over(delivery, channel)
    except Undeliverable as error:
        fail(actor=actor, delivery_id=delivery_id, why=str(error))
    except Unreachable as error:
        _put_off(actor, delivery, str(error))
    except Exception as error:  # an adapter of the hospital's own may raise anything; the page must go on
        logger.exception("notices: the channel %s failed", delivery.channel)
        _put_off(actor, delivery, type(error).__name__)
    else:
        _sent(actor, delivery_id, reference, confirms=channel.confirms)


def _claimed(delivery_id: UUID) -> Delivery | None:
    """One worker gets it: whoever changes the row."""
    now = clock.now()
    mine = Delivery.objects.due(now).filter(pk=delivery_id).update(next_at=now + LEASE, attempts=F("attempts") + 1)
    if not mine:
        return None
    found: Delivery = Delivery.objects.select_related("notice__recipient", "notice__page").get(pk=delivery_id)
    return found


def _hand_over(delivery: Delivery, channel: Channel) -> str:
    """Send to each address (a person's browsers are several); one that takes it is enough."""
    notice = delivery.notice
    if notice.page is not None and notice.page.step not in (PageStep.CALLING, PageStep.EXHAUSTED):
        raise Undeliverable("no longer needed")
    reference, taken = "", False
    failure: Undeliverable | Unreachable = Undeliverable("no address")
    for address in addresses_of(notice.recipient, delivery.channel):
        try:
            reference = channel.send(letter_for(delivery, address)) or reference
            taken = True
        except Undeliverable as error:
            _forget_browser(delivery.channel, address)
            failure = error if isinstance(failure, Undeliverable) else failure
        except Unreachable as error:
            failure = error
    if not taken:
        raise failure
    return reference


def _forget_browser(channel: str, address: str) -> None:
    """A push service that refuses for good means that the browser has gone."""
    if channel == "push":
        PushSubscription.objects.filter(endpoint=json.loads(address)["endpoint"]).delete()


def letter_for(delivery: Delivery, address: str) -> Letter:
    """What leaves the house, in the recipient's language: that something waits, never about whom."""
    notice: Notice = delivery.notice
    language = notice.recipient.language or settings.LANGUAGE_CODE
    with translation.override(language):
        title = _("Urgent: please answer now") if notice.urgent else _("Something waits for you")
        text = str(kind_of(notice.kind).outside)
    path = f"/notices/pages/{notice.page_id}/" if notice.page_id else f"/notices/{notice.pk}/"
    return Letter(str(delivery.pk), address, language, notice.urgent, title, text, settings.SITE_URL + path)


@transaction.atomic
def _sent(actor: Actor, delivery_id: UUID, reference: str, *, confirms: bool) -> None:
    delivery = _locked(delivery_id)
    if delivery.step != DeliveryStep.WAITING:  # the receipt was quicker
        return
    DELIVERY.take("hand_over" if confirms else "confirm", actor, delivery)
    delivery.sent_at, delivery.provider_reference, delivery.error = clock.now(), reference[:120], ""
    delivery.save(update_fields=["step", "sent_at", "provider_reference", "error"])


def _locked(delivery_id: UUID) -> Delivery:
    delivery: Delivery | None = Delivery.objects.select_for_update(of=("self",)).filter(pk=delivery_id).first()
    if delivery is None:
        raise NotVisible
    return delivery


@transaction.atomic
def fail(*, actor: Actor, delivery_id: UUID, why: str) -> None:
    """Give this way up; a page that waits for it goes on at once."""
    delivery = _locked(delivery_id)
    if delivery.step in DELIVERY.final:
        return
    DELIVERY.take("fail", actor, delivery)
    delivery.error = why[:200]
    delivery.save(update_fields=["step", "error"])
    _hurry(delivery)


def _put_off(actor: Actor, delivery: Delivery, why: str) -> None:
    """Try again later, doubling the wait; the page does not wait for that."""
    if delivery.attempts >= MOST_ATTEMPTS:
        fail(actor=actor, delivery_id=delivery.pk, why=why)
        return
    with transaction.atomic():
        wait = _FIRST_WAIT * 2 ** (delivery.attempts - 1)
        waiting = Delivery.objects.filter(pk=delivery.pk, step=DeliveryStep.WAITING)
        waiting.update(next_at=clock.now() + wait, error=why[:200])
        _hurry(delivery)


def _hurry(delivery: Delivery) -> None:
    """If this was the page's latest call, the next one is due now."""
    page = delivery.notice.page
    if page is None:
        return
    latest = PageCall.objects.filter(page=page, called_at__isnull=False).order_by("-position").first()
    same = latest and (latest.user_id, latest.channel) == (delivery.notice.recipient_id, delivery.channel)
    if same:
        Page.objects.filter(pk=page.pk, step=PageStep.CALLING).update(next_at=clock.now())


@transaction.atomic
def take_receipt(*, actor: Actor, channel: str, reference: UUID, delivered: bool) -> None:
    """The provider says what became of a letter. Saying it twice changes nothing; an unknown letter is NotVisible."""
    delivery = _locked(reference)
    if delivery.channel != channel:
        raise NotVisible
    if delivery.step in DELIVERY.final:
        return
    if not delivered:
        fail(actor=actor, delivery_id=delivery.pk, why="the provider could not deliver it")
        return
    DELIVERY.take("confirm", actor, delivery)
    delivery.confirmed_at = clock.now()
    delivery.save(update_fields=["step", "confirmed_at"])


def lost_deliveries(limit: int = 100) -> list[UUID]:
    """What has been due for two seconds: put off, held back by quiet hours, never asked for, or its worker died."""
    overdue = Delivery.objects.due(clock.now() - timedelta(seconds=2))
    return list(overdue.order_by("next_at").values_list("pk", flat=True)[:limit])
