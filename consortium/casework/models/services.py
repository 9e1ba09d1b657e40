"""The services that answer, what each takes, and who answers for it."""

import uuid
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium.casework.states import ADULT_DAYS, MOST_CAPACITY, Allocation, Priority
from consortium.kernel import clock
from consortium.kernel.versions import Versioned
from consortium.people.models import Bilingual, Institution, Specialty
from consortium.people.states import Tier


def all_urgencies() -> list[int]:
    return list(Priority.values)


class ServiceQuerySet(models.QuerySet["Service"]):
    def answering(self) -> "ServiceQuerySet":
        """Open, and not one close to home in which nobody has a seat: that only receives children."""
        seats = ServiceMember.objects.filter(left_at=None).values("service")
        return self.filter(Q(institution__tier=Tier.TERTIARY) | Q(pk__in=seats), is_open=True)


class Service(Bilingual, Versioned):
    """A specialty queue of one institution. Known to every member of staff, so not scoped."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="services")
    specialty = models.ForeignKey(Specialty, models.PROTECT, related_name="services")
    duty_phone = models.CharField(_("duty telephone"), max_length=40, blank=True)
    #: what to send with a question, shown beside the form
    intake_note_en = models.TextField(blank=True)
    intake_note_zh = models.TextField(blank=True)
    is_open = models.BooleanField(default=True)
    #: which children it takes: from so many days of age, to below so many
    from_days = models.PositiveIntegerField(default=0)
    below_days = models.PositiveIntegerField(default=ADULT_DAYS)
    #: which urgencies it takes; routine alone where nobody is on duty at night
    urgencies = ArrayField(models.PositiveSmallIntegerField(choices=Priority.choices), default=all_urgencies)
    allocation = models.CharField(max_length=20, choices=Allocation.choices, default=Allocation.SELF_CLAIM)
    #: how many cases one specialist is given in a shift by the automatic allocation; None is no limit
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = models.Manager.from_queryset(ServiceQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "specialty"], name="casework_service_once"),
            models.CheckConstraint(
                condition=Q(below_days__gt=F("from_days")) & Q(below_days__lte=ADULT_DAYS),
                name="casework_service_ages",
                violation_error_message=_("The ages that a service takes end after they begin, and before 18 years."),
            ),
            models.CheckConstraint(
                condition=Q(urgencies__len__gte=1) & Q(urgencies__contained_by=Priority.values),
                name="casework_service_urgencies",
                violation_error_message=_("A service takes at least one urgency."),
            ),
            models.CheckConstraint(
                condition=Q(allocation__in=Allocation.values),
                name="casework_service_allocation",
                violation_error_message=_("Choose how cases find a specialist."),
            ),
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(capacity__range=(1, MOST_CAPACITY)),
                name="casework_service_capacity",
                violation_error_message=_("A specialist is given at least one case in a shift, or any number."),
            ),
        ]

    @property
    def intake_note(self) -> str:
        """What to send with a question, in the reader's language."""
        chinese = (get_language() or "").startswith("zh")
        return (self.intake_note_zh if chinese else self.intake_note_en) or self.intake_note_en or self.intake_note_zh


class ServiceMember(models.Model):
    """Who answers for a service. On duty now: a shift of theirs is running, or `on_duty_until` (their own word) lies
    ahead. Reference data like Service, not scoped."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, models.PROTECT, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="service_seats")
    is_lead = models.BooleanField(default=False)
    on_duty_until = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service", "user"], condition=Q(left_at=None), name="casework_service_member_once"
            )
        ]
        indexes = [models.Index(fields=["user", "service"], name="casework_member_user")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.service_id}"

    @property
    def until(self) -> datetime | None:
        """Until when: by the roster where the list asked for it (queries.on_duty.with_duty), else by their own word."""
        until: datetime | None = getattr(self, "duty_until", self.on_duty_until)
        return until

    @property
    def on_duty_now(self) -> bool:
        return self.until is not None and self.until > clock.now()
