"""One question about one child."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Case, OfVisibleCase, Service
from consortium.kernel.actors import Actor, acting_as, current_actor
from consortium.kernel.prepared import prepared
from consortium.kernel.scoping import Scoped, ScopedManager
from consultations.models.meetings import Meeting
from consultations.models.opinions import Opinion
from consultations.states import (
    MACHINE,
    Change,
    DeclineReason,
    DisputeOutcome,
    ErrorReason,
    ReferReason,
    Step,
    WithdrawReason,
)

REOPEN_WITHIN = timedelta(days=30)


class Consultation(Scoped):
    """One question about one child. The header (child, priority, ball, clocks, thread) is its Case."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="consultation")
    step = models.CharField(max_length=20, choices=Step.choices, default=Step.DRAFT)

    question = models.TextField(_("question"), blank=True)
    situation = models.TextField(_("situation"), blank=True)
    background = models.TextField(_("background"), blank=True)
    assessment = models.TextField(_("assessment"), blank=True)
    recommendation = models.TextField(_("what you think should be done"), blank=True)
    working_diagnosis = models.CharField(_("working diagnosis"), max_length=200, blank=True)
    #: the guardian agreed that the record is shared for this question
    consent_given = models.BooleanField(default=False)
    #: what is told of the minimum that the symptom needs: code of casework's Datum -> text
    told = models.JSONField(default=dict, blank=True)
    #: the asker says that what lacks of it cannot be had there
    data_unavailable = models.BooleanField(default=False)

    #: the asker lets the specialist turn this question into a referral
    may_be_converted = models.BooleanField(default=False)

    decline_reason = models.CharField(max_length=30, choices=DeclineReason.choices, blank=True)
    declined_by_service = models.ForeignKey(Service, models.PROTECT, null=True, blank=True, related_name="+")
    #: who declined last
    declined_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    #: the asker disagreed with the decline: the lead of the service that declined looks at it again
    disputed_at = models.DateTimeField(null=True, blank=True)
    dispute_reason = models.TextField(blank=True)
    dispute_outcome = models.CharField(max_length=20, choices=DisputeOutcome.choices, blank=True)

    #: what the referral is to settle, once the question has become one
    refer_reason = models.CharField(max_length=20, choices=ReferReason.choices, blank=True)
    refer_question = models.TextField(blank=True)

    answered_at = models.DateTimeField(null=True, blank=True)
    change = models.CharField(max_length=20, choices=Change.choices, blank=True)
    referral_avoided = models.BooleanField(null=True, blank=True)
    usefulness = models.PositiveSmallIntegerField(null=True, blank=True)
    close_note = models.TextField(blank=True)
    #: how often the asker was reminded of the answer that waits (C14)
    reminders = models.PositiveSmallIntegerField(default=0)
    withdraw_reason = models.CharField(max_length=20, choices=WithdrawReason.choices, blank=True)
    error_reason = models.CharField(max_length=20, choices=ErrorReason.choices, blank=True)

    objects = ScopedManager.from_queryset(OfVisibleCase)()

    class Meta(Scoped.Meta):
        triggers = MACHINE.triggers()
        constraints = [
            models.CheckConstraint(condition=MACHINE.known_step(), name="consultations_step"),
            models.CheckConstraint(
                condition=~Q(step=Step.CLOSED) | (~Q(change="") & Q(referral_avoided__isnull=False)),
                name="consultations_closed_has_outcome",
                violation_error_message=_(
                    "A consultation is closed with what changed and whether a referral was avoided."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(step=Step.WITHDRAWN) | ~Q(withdraw_reason=""), name="consultations_withdrawn_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(step=Step.ANSWERED) | Q(answered_at__isnull=False), name="consultations_answered_at"
            ),
            models.CheckConstraint(
                condition=Q(usefulness=None) | Q(usefulness__range=(1, 5)), name="consultations_usefulness"
            ),
            models.CheckConstraint(
                condition=Q(disputed_at=None, dispute_reason="")
                | Q(disputed_at__isnull=False, declined_by_service__isnull=False) & ~Q(dispute_reason=""),
                name="consultations_dispute_of_a_decline",
                violation_error_message=_("Only what was declined is disputed, with a reason."),
            ),
            models.CheckConstraint(
                condition=Q(dispute_outcome="") | Q(disputed_at__isnull=False),
                name="consultations_outcome_of_a_dispute",
                violation_error_message=_("Only a dispute has an outcome of a dispute."),
            ),
            models.CheckConstraint(
                condition=~Q(step=Step.CONVERTED) | ~Q(refer_reason="") & ~Q(refer_question=""),
                name="consultations_converted_with_reason",
                violation_error_message=_("A question becomes a referral with a reason and a question."),
            ),
        ]

    def __str__(self) -> str:
        return f"consultation {self.pk}"

    @property
    def looked_at_again(self) -> bool:
        """Whether a dispute waits for the service lead."""
        return self.disputed_at is not None and not self.dispute_outcome

    @cached_property
    def opinions(self) -> list[Opinion]:
        """Every second opinion that was asked, in their order; read once for each look at the consultation."""
        rows = Opinion.objects.filter(case_id=self.pk)
        return list(rows.select_related("specialist", "asked_by").order_by("asked_at"))

    @cached_property
    def newest_meeting(self) -> Meeting | None:
        """The video call that was proposed or booked last; read once for each look at the consultation."""
        return next(iter(_newest_meeting(current_actor(), self.pk)), None)


@prepared
def _newest_meeting(actor: Actor, case_id: UUID) -> Any:
    with acting_as(actor):
        return Meeting.objects.filter(case_id=case_id).order_by("-created_at", "-id")[:1]
