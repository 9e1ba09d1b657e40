"""Notices, how each leaves the house, what people prefer, and pages with their calls.

Nothing here identifies a child: a notice names its subject by id, and its facts are codes and labels.
"""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet, unfiltered
from consortium.kernel.versions import Versioned
from consortium.notices.states import CHANNEL_LABELS, DELIVERY, PAGE, DeliveryStep, PageStep, kind_of, worded


class OwnedQuerySet(ScopedQuerySet[Any]):
    """Rows that belong to one person, who alone sees them."""

    def visible_to(self, actor: Actor) -> Self:
        return self.filter(user_id=actor.user_id)


class Inbox(Scoped):
    """One person's inbox: `last_seq` counts its changes, and is the number of its live topic ``user:<id>``."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="+")
    last_seq = models.BigIntegerField(default=0)

    objects = ScopedManager.from_queryset(OwnedQuerySet)()

    class Meta(Scoped.Meta):
        pass

    def __str__(self) -> str:
        return f"inbox of {self.user_id}"


class PageQuerySet(ScopedQuerySet["Page"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever started it, and everybody who is called by it."""
        calls = unfiltered(PageCall, why="the rule of who sees a page")
        called = calls.filter(page=models.OuterRef("pk"), user_id=actor.user_id)
        return self.filter(Q(started_by_id=actor.user_id) | models.Exists(called))

    def due(self, at: Any) -> Self:
        """Whose next call is to be made."""
        return self.filter(step=PageStep.CALLING, next_at__lte=at)

    def of_subject(self, subject: models.Model) -> Self:
        return self.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))


class Page(Scoped):
    """An urgent notice that goes from channel to channel and from person to person until somebody takes it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.SlugField(max_length=60)
    facts: Any = models.JSONField(default=dict)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    url = models.CharField(max_length=200)
    step = models.CharField(max_length=20, choices=PageStep.choices, default=PageStep.CALLING)
    #: how many calls have been made; the next one is that of this position
    position = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    once_key = models.CharField(max_length=120, unique=True)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = ScopedManager.from_queryset(PageQuerySet)()

    class Meta(Scoped.Meta):
        triggers = PAGE.triggers()
        constraints = [
            models.CheckConstraint(condition=PAGE.known_step(), name="notices_page_step"),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="notices_page_acknowledged_pair",
            ),
            models.CheckConstraint(
                condition=~Q(step=PageStep.ACKNOWLEDGED) | Q(acknowledged_at__isnull=False),
                name="notices_page_taken_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(step=PageStep.CALLING), name="notices_page_due"),
            models.Index(fields=["subject_type", "subject_id"], name="notices_page_subject"),
        ]

    def __str__(self) -> str:
        return f"page {self.kind} at {self.position}"

    @property
    def text(self) -> str:
        """What it says, in the reader's language."""
        return worded(kind_of(self.kind).text, self.facts)


class CalledQuerySet(ScopedQuerySet["PageCall"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(page__in=Page.objects.all())


class PageCall(Scoped):
    """One call of a page: whom, by which channel, in which place of the order."""

    page = models.ForeignKey(Page, models.CASCADE, related_name="calls")
    position = models.PositiveSmallIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=20)
    called_at = models.DateTimeField(null=True)

    objects = ScopedManager.from_queryset(CalledQuerySet)()

    class Meta(Scoped.Meta):
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["page", "position"], name="notices_call_order")]
        indexes = [models.Index(fields=["user", "page"], name="notices_call_of_user")]

    def __str__(self) -> str:
        return f"call {self.position} of {self.page_id}"

    @property
    def channel_label(self) -> Any:
        return CHANNEL_LABELS.get(self.channel, self.channel)


class NoticeQuerySet(ScopedQuerySet["Notice"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(recipient_id=actor.user_id)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def urgent(self) -> Self:
        return self.filter(urgent=True)


class Notice(Scoped):
    """One thing that one person should know. It follows from an act that stands in the journal."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices")
    seq = models.BigIntegerField()
    kind = models.SlugField(max_length=60)
    facts: Any = models.JSONField(default=dict)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    url = models.CharField(max_length=200)
    urgent = models.BooleanField(default=False)
    #: what it follows from ("entry:17"): an event heard twice makes one notice
    once_key = models.CharField(max_length=120)
    page = models.ForeignKey(Page, models.CASCADE, null=True, related_name="notices")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    #: the act that read it together with others, so that this act can be undone
    read_batch = models.UUIDField(null=True)
    acknowledged_at = models.DateTimeField(null=True)

    objects = ScopedManager.from_queryset(NoticeQuerySet)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(fields=["recipient", "once_key"], name="notices_notice_once"),
            models.UniqueConstraint(fields=["recipient", "seq"], name="notices_notice_seq"),
            models.CheckConstraint(
                condition=Q(read_batch=None) | Q(read_at__isnull=False), name="notices_batch_is_read"
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "-seq"], name="notices_inbox_newest"),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="notices_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.recipient_id}"

    @property
    def text(self) -> str:
        """What it says, in the reader's language."""
        return worded(kind_of(self.kind).text, self.facts)

    @property
    def sign(self) -> str:
        return kind_of(self.kind).sign

    @property
    def is_unread(self) -> bool:
        return self.read_at is None


class DeliveryQuerySet(ScopedQuerySet["Delivery"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(notice__recipient_id=actor.user_id)

    def due(self, at: Any) -> Self:
        return self.filter(step=DeliveryStep.WAITING, next_at__lte=at)


class Delivery(Scoped):
    """One notice on its way by one channel: handed over, tried again, confirmed by the provider's receipt."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=20)
    step = models.CharField(max_length=20, choices=DeliveryStep.choices, default=DeliveryStep.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    provider_reference = models.CharField(max_length=120, blank=True)
    error = models.CharField(max_length=200, blank=True)

    objects = ScopedManager.from_queryset(DeliveryQuerySet)()

    class Meta(Scoped.Meta):
        triggers = DELIVERY.triggers()
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="notices_delivery_once"),
            models.CheckConstraint(condition=DELIVERY.known_step(), name="notices_delivery_step"),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(step=DeliveryStep.WAITING), name="notices_delivery_due")
        ]

    def __str__(self) -> str:
        return f"{self.channel} of {self.notice_id}"


class Preference(Scoped, Versioned):
    """One person's quiet hours, in the consortium's time zone. Urgent notices ignore them."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="+")
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)

    objects = ScopedManager.from_queryset(OwnedQuerySet)()

    class Meta(Scoped.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | (Q(quiet_from__isnull=False, quiet_until__isnull=False) & ~Q(quiet_from=F("quiet_until"))),
                name="notices_quiet_pair",
                violation_error_message=_("Quiet hours have a beginning and another end."),
            )
        ]

    def __str__(self) -> str:
        return f"preferences of {self.user_id}"


class ChannelChoice(Scoped):
    """Whether one person wants a channel, and their address there when it is not the one of their record."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=20)
    ordinary = models.BooleanField()
    urgent = models.BooleanField()
    address = models.CharField(max_length=200, blank=True)

    objects = ScopedManager.from_queryset(OwnedQuerySet)()

    class Meta(Scoped.Meta):
        constraints = [models.UniqueConstraint(fields=["user", "channel"], name="notices_choice_once")]

    def __str__(self) -> str:
        return f"{self.channel} of {self.user_id}"


class PushSubscription(Scoped):
    """One browser of one person that takes push messages."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    endpoint = models.TextField()
    endpoint_hash = models.BinaryField(unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=60)
    created_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(OwnedQuerySet)()

    class Meta(Scoped.Meta):
        indexes = [models.Index(fields=["user"], name="notices_push_of_user")]

    def __str__(self) -> str:
        return f"browser of {self.user_id}"
