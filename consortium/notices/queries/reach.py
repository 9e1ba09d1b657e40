"""By which ways a person is reached, and when."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from consortium.kernel.actors import current_actor
from consortium.notices.models import ChannelChoice, Preference, PushSubscription
from consortium.notices.states import CHANNEL_LABELS
from consortium.people.models import User

#: Without a choice of their own, people get ordinary notices by these; urgent ones by every way that reaches them.
ORDINARY_BY_DEFAULT = ("push", "email")
_OF_RECORD = {"email": "email", "sms": "phone", "voice": "phone"}


@dataclass(frozen=True, slots=True)
class Way:
    """One channel as one person has set it. `addresses` is empty where it can't reach them."""

    channel: str
    ordinary: bool
    urgent: bool
    own_address: str
    addresses: tuple[str, ...]

    @property
    def label(self) -> str:
        return str(CHANNEL_LABELS.get(self.channel, self.channel))

    @property
    def takes_address(self) -> bool:
        """Whether an address can be typed; a browser subscribes itself."""
        return self.channel != "push"

    @property
    def reaches(self) -> bool:
        return bool(self.addresses)


def channel_names() -> list[str]:
    """The configured channels, in the order in which a page tries them."""
    order = {name: n for n, name in enumerate(settings.NOTICE_URGENT_ORDER)}
    return sorted(settings.NOTICE_CHANNELS, key=lambda name: order.get(name, len(order)))


def ways_of(user: User) -> list[Way]:
    """Every configured channel as `user` has set it; asked as the person or as the system."""
    chosen = {choice.channel: choice for choice in ChannelChoice.objects.filter(user_id=user.pk)}
    browsers = _browsers(user.pk) if "push" in settings.NOTICE_CHANNELS else ()
    return [_way(name, user, chosen.get(name), browsers) for name in channel_names()]


def _way(name: str, user: User, choice: ChannelChoice | None, browsers: Sequence[str]) -> Way:
    own = choice.address if choice else ""
    address = own or getattr(user, _OF_RECORD.get(name, ""), "")
    addresses = tuple(browsers) if name == "push" else (address,) if address else ()
    ordinary = choice.ordinary if choice else name in ORDINARY_BY_DEFAULT
    return Way(name, ordinary, choice.urgent if choice else True, own, addresses)


def _browsers(user_id: UUID) -> tuple[str, ...]:
    rows = PushSubscription.objects.filter(user_id=user_id).order_by("-created_at")[:8]
    return tuple(
        json.dumps({"endpoint": row.endpoint, "keys": {"p256dh": row.p256dh, "auth": row.auth}}) for row in rows
    )


def channels_for(user: User, *, urgent: bool) -> list[str]:
    """The channels that a notice takes to reach `user`, in the order of urgency."""
    return [way.channel for way in ways_of(user) if way.reaches and (way.urgent if urgent else way.ordinary)]


def addresses_of(user: User, channel: str) -> tuple[str, ...]:
    """Where `channel` reaches `user` now."""
    return next((way.addresses for way in ways_of(user) if way.channel == channel), ())


def quiet_until(user_id: UUID, at: datetime) -> datetime:
    """`at`, or the end of the quiet hours that it falls into."""
    kept = Preference.objects.filter(user_id=user_id).first()
    if kept is None or kept.quiet_from is None or kept.quiet_until is None:
        return at
    local = timezone.localtime(at)
    begins, ends = kept.quiet_from, kept.quiet_until
    clock = local.time()
    over_midnight = begins > ends
    quiet = (clock >= begins or clock < ends) if over_midnight else begins <= clock < ends
    if not quiet:
        return at
    day = local.date() + timedelta(days=1 if over_midnight and clock >= begins else 0)
    return timezone.make_aware(datetime.combine(day, ends))


def my_preferences() -> Preference | None:
    """The actor's quiet hours, None while they have said nothing."""
    kept: Preference | None = Preference.objects.filter(user_id=current_actor().user_id).first()
    return kept


def my_ways() -> list[Way]:
    """The actor's channels as they have set them."""
    return ways_of(User.objects.get(pk=current_actor().user_id))
