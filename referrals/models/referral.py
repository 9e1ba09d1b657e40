"""One referral of one child, and every receiving service that was asked for it."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Case, OfVisibleCase, Service
from consortium.kernel.scoping import Scoped, ScopedManager
from consortium.kernel.versions import Versioned
from consortium.patients.models import Patient
from referrals.states import (
    MACHINE,
    UNSETTLED_STEPS,
    CancelReason,
    DeclineReason,
    EndReason,
    ErrorReason,
    Kind,
    LifeThreat,
    OfferStep,
    Reason,
    Step,
)


class Referral(Scoped):
    """What is asked (FHIR ServiceRequest). Child, priority, ball, clocks and thread are its Case's; `case.service` is
    the receiving service that is asked now, `case.responder` who has accepted."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="referral")
    step = models.CharField(max_length=20, choices=Step.choices, default=Step.DRAFT)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.UP)
    #: what it came out of: a consultation or referral of the same pathway
    parent = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="referrals_from")

    #: mirrors of the case's child and urgency, so that the database can refuse a second open one for a problem
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="referrals")
    #: what for: the case's symptom, else the specialty's code
    problem = models.CharField(max_length=60)
    is_stat = models.BooleanField(default=False)

    reason = models.CharField(_("why the child is sent"), max_length=20, choices=Reason.choices, blank=True)
    question = models.TextField(_("question"), blank=True)
    situation = models.TextField(_("situation"), blank=True)
    background = models.TextField(_("background"), blank=True)
    assessment = models.TextField(_("assessment"), blank=True)
    recommendation = models.TextField(_("what you think should be done"), blank=True)
    working_diagnosis = models.CharField(_("working diagnosis"), max_length=200, blank=True)
    #: ICD-10 code of the working diagnosis, "J21.9"
    diagnosis_code = models.CharField(_("ICD-10"), max_length=10, blank=True)
    #: the guardian agreed that the record is shared; chased when a stat one went without
    consent_given = models.BooleanField(default=False)
    #: the asker lets the recipient pass the child on to another hospital by themselves
    may_be_redirected = models.BooleanField(default=True)
    #: where the child is now, and the telephone of who is with it
    whereabouts = models.CharField(_("where the child is"), max_length=200, blank=True)
    #: who wrote it down for the asker, by telephone or on arrival; None when the asker did
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    #: came without a referral; the sender is linked afterwards
    unannounced = models.BooleanField(default=False)
    #: the child got worse under the follow-up: never one too many, whatever is open of it
    again = models.BooleanField(default=False)

    #: the indication of the manual that it rests on: "cough@3" and the id of the row, and its urgency word (E0 .. H)
    indication_pathway = models.CharField(max_length=80, blank=True)
    indication_version = models.PositiveIntegerField(null=True, blank=True)
    indication_id = models.CharField(max_length=80, blank=True)
    indication_urgency = models.CharField(max_length=2, blank=True)

    accepted_at = models.DateTimeField(null=True, blank=True)
    #: what was promised with the acceptance: bed, place, time
    promise = models.CharField(_("bed or place promised"), max_length=200, blank=True)
    #: the asker disagreed with the last decline, once for each service that declines
    disputed_at = models.DateTimeField(null=True, blank=True)
    dispute_reason = models.TextField(blank=True)
    #: the asker wants it cancelled; the recipient decides (R12, R13)
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=20, choices=CancelReason.choices, blank=True)
    #: the recipient waits for information from the asker (R22)
    information_asked_at = models.DateTimeField(null=True, blank=True)
    life_threat = models.CharField(max_length=20, choices=LifeThreat.choices, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=20, choices=EndReason.choices, blank=True)
    error_reason = models.CharField(max_length=20, choices=ErrorReason.choices, blank=True)

    #: what a centre must have to carry the plan of a back-referral (people's Capability codes, and words)
    needs_capabilities = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    plan = models.TextField(_("plan"), blank=True)
    plan_medicines = models.TextField(_("medicines"), blank=True)
    guardian_agreed = models.BooleanField(null=True, blank=True)

    objects = ScopedManager.from_queryset(OfVisibleCase)()

    class Meta(Scoped.Meta):
        triggers = MACHINE.triggers()
        constraints = [
            models.CheckConstraint(condition=MACHINE.known_step(), name="referrals_step"),
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values),
                name="referrals_kind",
                violation_error_message=_("A referral goes up, down or to the same tier."),
            ),
            models.UniqueConstraint(
                fields=["patient", "problem", "kind"],
                condition=Q(is_stat=False, again=False, step__in=UNSETTLED_STEPS),
                name="referrals_one_open_for_a_problem",
                violation_error_message=_("This child is referred for this problem already: open that referral."),
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("case")),
                name="referrals_parent_is_another",
                violation_error_message=_("A referral does not come out of itself."),
            ),
            models.CheckConstraint(
                condition=~Q(step=Step.ENDED) | ~Q(end_reason=""),
                name="referrals_ended_with_reason",
                violation_error_message=_("Say why the referral ends without care."),
            ),
            models.CheckConstraint(
                condition=~Q(step=Step.CANCELLED) | ~Q(cancel_reason=""),
                name="referrals_cancelled_with_reason",
                violation_error_message=_("Say why the referral is cancelled."),
            ),
            models.CheckConstraint(
                condition=Q(cancel_asked_at=None) | ~Q(cancel_reason=""),
                name="referrals_cancel_asked_with_reason",
                violation_error_message=_("Say why the referral is to be cancelled."),
            ),
            models.CheckConstraint(
                condition=Q(disputed_at=None, dispute_reason="") | Q(disputed_at__isnull=False) & ~Q(dispute_reason=""),
                name="referrals_dispute_with_reason",
                violation_error_message=_("Say why you disagree."),
            ),
            models.CheckConstraint(
                condition=Q(indication_id="") | ~Q(indication_pathway="") & Q(indication_version__isnull=False),
                name="referrals_indication_whole",
                violation_error_message=_("An indication is cited with its page and version."),
            ),
            models.CheckConstraint(
                condition=~Q(step__in=[Step.ARRIVED, Step.UNDER_CARE]) | Q(arrived_at__isnull=False),
                name="referrals_arrived_at",
                violation_error_message=_("A child that is there has arrived at a time."),
            ),
        ]
        indexes = [
            models.Index(fields=["indication_pathway", "indication_id"], name="referrals_by_indication"),
            models.Index(fields=["parent"], name="referrals_parent"),
        ]

    def __str__(self) -> str:
        return f"referral {self.pk}"

    @property
    def is_back(self) -> bool:
        return self.kind == Kind.BACK


class Offer(Scoped):
    """One receiving service that was asked (FHIR Task), numbered as they were asked. It is never overwritten: a
    redirection adds the next one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="offers")
    number = models.PositiveSmallIntegerField()
    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    step = models.CharField(max_length=20, choices=OfferStep.choices, default=OfferStep.REQUESTED)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decline_reason = models.CharField(max_length=20, choices=DeclineReason.choices, blank=True)
    #: the service that it named instead
    alternative = models.ForeignKey(Service, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True)

    objects = ScopedManager.from_queryset(OfVisibleCase)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="referrals_offer_number"),
            models.UniqueConstraint(
                fields=["case", "service"],
                condition=Q(step__in=[OfferStep.REQUESTED, OfferStep.SEEN]),
                name="referrals_offer_once",
                violation_error_message=_("This service has been asked already."),
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(step__in=[OfferStep.ACCEPTED, OfferStep.COMPLETED]),
                name="referrals_one_winner",
                violation_error_message=_("Another hospital has accepted this child already."),
            ),
            models.CheckConstraint(
                condition=Q(step__in=OfferStep.values),
                name="referrals_offer_step",
                violation_error_message=_("A service was asked, has seen, accepted or declined."),
            ),
            models.CheckConstraint(
                condition=~Q(step=OfferStep.DECLINED) | ~Q(decline_reason=""),
                name="referrals_declined_with_reason",
                violation_error_message=_("A referral is declined with a reason."),
            ),
            models.CheckConstraint(
                condition=Q(seen_at=None, seen_by=None) | Q(seen_at__isnull=False),
                name="referrals_offer_seen_pair",
                violation_error_message=_("What was seen was seen at a time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} asked for {self.case_id}"


class Check(Scoped, Versioned):
    """One item of the pre-transfer checklist, as it stands now. What is missing is shown and chased, never a gate."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="transfer_checks")
    #: of `referrals.checklist`
    item = models.CharField(max_length=40)
    state = models.CharField(max_length=20)
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ScopedManager.from_queryset(OfVisibleCase)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(fields=["case", "item"], name="referrals_check_once"),
            models.CheckConstraint(
                condition=~Q(state=""),
                name="referrals_check_state",
                violation_error_message=_("Say whether it was done."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.state}"
