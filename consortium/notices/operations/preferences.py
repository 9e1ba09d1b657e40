"""What people want: channels, quiet hours, and the browsers that take push messages."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import InvalidInput
from consortium.kernel.versions import check_version
from consortium.notices.channels.web_push import is_push_service
from consortium.notices.models import ChannelChoice, Preference, PushSubscription
from consortium.notices.queries.reach import channel_names

_WHY = system("a browser changes hands")
MOST_BROWSERS = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether one channel is wanted, and where it reaches the person when not by their record."""

    ordinary: bool
    urgent: bool
    address: str = ""


@transaction.atomic
def set_preferences(
    *,
    actor: Actor,
    version: int | None,
    quiet_from: time | None,
    quiet_until: time | None,
    choices: Mapping[str, Choice],
) -> Preference:
    """Keep one's own preferences. Urgent notices go past quiet hours whatever these are."""
    if (quiet_from is None) != (quiet_until is None) or (quiet_from is not None and quiet_from == quiet_until):
        raise InvalidInput({"quiet_until": _("Give a beginning and another end, or neither.")})
    if unknown := set(choices) - set(channel_names()):
        raise InvalidInput({name: _("There is no such channel.") for name in unknown})
    Preference.objects.bulk_create([Preference(user_id=actor.user_id)], ignore_conflicts=True)
    kept: Preference = Preference.objects.select_for_update(of=("self",)).get(user_id=actor.user_id)
    check_version(kept, version)
    before = [_text(kept.quiet_from), _text(kept.quiet_until)]
    kept.quiet_from, kept.quiet_until, kept.version = quiet_from, quiet_until, kept.version + 1
    kept.save(update_fields=["quiet_from", "quiet_until", "version"])
    changes = {"quiet": [before, [_text(quiet_from), _text(quiet_until)]], **_choose(actor, choices)}
    record(actor=actor, verb="set", subject=kept, changes=changes)
    return kept


def _text(at: time | None) -> str:
    return at.isoformat("minutes") if at else ""


def _choose(actor: Actor, choices: Mapping[str, Choice]) -> dict[str, list[object]]:
    """Keep the choices; old and new of those that changed."""
    held = {row.channel: row for row in ChannelChoice.objects.filter(user_id=actor.user_id)}
    changes: dict[str, list[object]] = {}
    for channel, choice in choices.items():
        row = held.get(channel)
        before = [row.ordinary, row.urgent, row.address] if row else None
        after = [choice.ordinary, choice.urgent, choice.address]
        if before != after:
            values = {"ordinary": choice.ordinary, "urgent": choice.urgent, "address": choice.address}
            ChannelChoice.objects.update_or_create(user_id=actor.user_id, channel=channel, defaults=values)
            changes[channel] = [before, after]
    return changes


@transaction.atomic
def subscribe_push(*, actor: Actor, endpoint: str, p256dh: str, auth: str) -> PushSubscription:
    """This browser takes push messages for the actor, and no longer for whoever used it before."""
    if (
        not is_push_service(endpoint)
        or len(endpoint) > 1000
        or not 80 <= len(p256dh) <= 120
        or not 16 <= len(auth) <= 60
    ):
        raise InvalidInput({"endpoint": _("This browser's push service is not known here.")})
    digest = hashlib.sha256(endpoint.encode()).digest()
    with acting_as(_WHY):
        subscription, _new = PushSubscription.objects.update_or_create(
            endpoint_hash=digest,
            defaults={
                "user_id": actor.user_id, "endpoint": endpoint, "p256dh": p256dh, "auth": auth,
                "created_at": clock.now(),
            },
        )  # fmt: skip
    mine = PushSubscription.objects.order_by("-created_at").values_list("pk", flat=True)
    PushSubscription.objects.filter(pk__in=list(mine[MOST_BROWSERS:])).delete()
    record(actor=actor, verb="subscribe", subject=subscription)
    return subscription


@transaction.atomic
def unsubscribe_push(*, actor: Actor, endpoint: str) -> int:
    """This browser takes no more push messages; how many rows went."""
    digest = hashlib.sha256(endpoint.encode()).digest()
    found: UUID | None = PushSubscription.objects.filter(endpoint_hash=digest).values_list("pk", flat=True).first()
    if found is None:
        return 0
    subscription = PushSubscription.objects.get(pk=found)
    record(actor=actor, verb="unsubscribe", subject=subscription)
    subscription.delete()
    return 1
