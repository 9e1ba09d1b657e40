"""Cases with their ball and clocks, and the thread."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.utils.translation import gettext_lazy as _

from consortium.casework.models.services import Service, ServiceMember
from consortium.casework.states import Ball, CaseKind, Leg, MessageKind, PauseReason, Priority, Symptom
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Present, Scoped, ScopedManager, ScopedQuerySet, unfiltered
from consortium.kernel.versions import Versioned
from consortium.patients.models import AccessGrant, Pathway, PathwayMember, Patient
from consortium.patients.states import Sex
from consortium.people.models import Institution
from consortium.people.states import CLINICAL_ROLES, Role


def rows(model: type[models.Model]) -> Any:
    return unfiltered(model, why="the rule of who sees a case")


def involved_in(actor: Actor) -> Q:
    """Which cases `actor` sees, as a condition on Case.

    Drafts, and what is open: their author. Then: clinicians of the asking institution; the responder; the open queue of
    a service its members and the coordinators of its institution; open referrals the coordinators of the sending
    institution too; whoever is on the pathway; a running break-the-glass grant.
    """
    # for good only as a clinician of the asking institution: a coordinator asks for who has no account
    author = Q(asker_id=actor.user_id) & (Q(submitted_at=None) | Q(is_open=True))
    served = rows(ServiceMember).filter(user_id=actor.user_id, left_at=None, service=OuterRef("service_id"))
    offices = actor.institution_ids(Role.COORDINATOR)
    coordinated = Service.objects.filter(institution_id__in=offices).values("pk")
    on_pathway = rows(PathwayMember).filter(
        Q(user_id=actor.user_id) | Q(user=None, institution_id__in=actor.institution_ids(*CLINICAL_ROLES)),
        Q(ends_at=None) | Q(ends_at__gt=Present()),
        pathway=OuterRef("pathway_id"),
    )
    grant = rows(AccessGrant).filter(user_id=actor.user_id, patient=OuterRef("patient_id")).running()
    submitted = (
        Q(asking_institution_id__in=actor.institution_ids(*CLINICAL_ROLES))
        | Q(responder_id=actor.user_id)
        | Q(is_open=True) & Q(service_id__in=coordinated)
        | Q(is_open=True, kind=CaseKind.REFERRAL) & Q(asking_institution_id__in=offices)
        | Q(Exists(on_pathway))
        | Q(Exists(grant))
    )
    if actor.has(Role.SPECIALIST, Role.SERVICE_LEAD):
        submitted |= Q(is_open=True) & Q(Exists(served))
    return author | Q(submitted_at__isnull=False) & submitted


class CaseQuerySet(ScopedQuerySet["Case"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(involved_in(actor)) if actor.is_person else self.none()

    def open(self) -> Self:
        return self.filter(is_open=True, submitted_at__isnull=False)

    def shown(self) -> Self:
        """Without those entered in error."""
        return self.filter(entered_in_error_at=None)

    def held_by(self, user_id: uuid.UUID) -> Self:
        return self.open().filter(ball_user_id=user_id)

    def unclaimed(self) -> Self:
        return self.open().filter(responder=None)

    def overdue(self) -> Self:
        return self.open().filter(due_at__lt=clock.now())


class Case(Scoped, Versioned, CreatedOnce):
    """The header that consultations and referrals share: child, priority, service, whose turn, until when.

    `due_at` and `ball_*` mirror the open rows of Clock and BallSpell, so that a worklist is one indexed query.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=CaseKind.choices)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="cases")
    pathway = models.ForeignKey(Pathway, models.PROTECT, null=True, blank=True, related_name="cases")
    service = models.ForeignKey(Service, models.PROTECT, null=True, blank=True, related_name="cases")
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.ROUTINE)
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="asked_cases")
    asking_institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    responder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    symptom = models.CharField(max_length=40, choices=Symptom.choices, blank=True)
    #: one line for lists: what it is about. Never the child's name.
    headline = models.CharField(max_length=200, blank=True)
    age_days = models.PositiveIntegerField(null=True, blank=True)
    sex = models.CharField(max_length=10, choices=Sex.choices, default=Sex.UNKNOWN)
    weight_grams = models.PositiveIntegerField(null=True, blank=True)

    ball = models.CharField(max_length=20, choices=Ball.choices, default=Ball.ASKER)
    ball_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    due_at = models.DateTimeField()
    clock_paused = models.BooleanField(default=False)
    is_open = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    entered_in_error_at = models.DateTimeField(null=True, blank=True)
    last_message_seq = models.PositiveIntegerField(default=0)

    objects = ScopedManager.from_queryset(CaseQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(condition=Q(kind__in=CaseKind.values), name="casework_case_kind"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="casework_case_priority"),
            models.CheckConstraint(condition=Q(ball__in=Ball.values), name="casework_case_ball"),
            models.CheckConstraint(
                condition=Q(symptom__in=["", *Symptom.values]),
                name="casework_case_symptom",
                violation_error_message=_("Choose a symptom of the list."),
            ),
            models.CheckConstraint(
                condition=Q(is_open=True, closed_at=None) | Q(is_open=False, closed_at__isnull=False, ball=Ball.NONE),
                name="casework_case_closed_pair",
                violation_error_message=_("A closed case has a closing time, and nobody has to act."),
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None) | Q(service__isnull=False, pathway__isnull=False),
                name="casework_case_submitted_whole",
                violation_error_message=_("A submitted case has a service and a pathway."),
            ),
            models.CheckConstraint(
                condition=~Q(ball=Ball.NONE) | Q(ball_user=None), name="casework_case_nobody_holds_closed"
            ),
        ]
        # One index range for each list of queries.worklists: the partial conditions are the lists' own.
        indexes = [
            models.Index(
                fields=["service", "priority", "due_at", "id"],
                condition=Q(is_open=True, submitted_at__isnull=False, responder=None),
                name="casework_case_queue",
            ),
            models.Index(
                fields=["service", "priority", "due_at", "id"],
                condition=Q(is_open=True, submitted_at__isnull=False),
                name="casework_case_service",
            ),
            models.Index(
                fields=["ball_user", "priority", "due_at", "id"],
                condition=Q(is_open=True, submitted_at__isnull=False),
                name="casework_case_mine",
            ),
            models.Index(
                fields=["asking_institution", "priority", "due_at", "id"],
                condition=Q(is_open=True, submitted_at__isnull=False),
                name="casework_case_asked",
            ),
            models.Index(
                fields=["asker", "priority", "due_at", "id"],
                condition=Q(is_open=True, submitted_at=None),
                name="casework_case_drafts",
            ),
            models.Index(
                fields=["asking_institution", "-closed_at", "-id"],
                condition=Q(is_open=False, submitted_at__isnull=False, entered_in_error_at=None),
                name="casework_case_asked_over",
            ),
            models.Index(
                fields=["responder", "-closed_at", "-id"],
                condition=Q(is_open=False, submitted_at__isnull=False, entered_in_error_at=None),
                name="casework_case_answered_over",
            ),
            # the referrals of a service alone
            models.Index(
                fields=["service", "priority", "due_at", "id"],
                condition=Q(kind=CaseKind.REFERRAL, is_open=True, submitted_at__isnull=False),
                name="casework_case_radar",
            ),
            models.Index(fields=["asker", "-created_at", "id"], name="casework_case_by_asker"),
            models.Index(fields=["patient", "-created_at"], name="casework_case_of_patient"),
            models.Index(fields=["pathway"], name="casework_case_pathway"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def age(self) -> int | None:
        """Age in days when the case was submitted."""
        return self.age_days


class OfVisibleCase(ScopedQuerySet[Any]):
    """Rows that are seen by whoever sees their case."""

    def visible_to(self, actor: Actor) -> Self:
        return self.filter(Exists(rows(Case).filter(involved_in(actor), pk=OuterRef("case_id"))))


class BallSpell(Scoped):
    """One party's time with the ball. The ledger has no gap and no overlap, so the parties' minutes add up."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="ball_spells")
    party = models.CharField(max_length=20, choices=Ball.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(OfVisibleCase)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(until=None), name="casework_ball_one_holder"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="casework_ball_period"),
            ExclusionConstraint(
                name="casework_ball_no_overlap",
                expressions=[
                    ("case", RangeOperators.EQUAL),
                    (
                        Func(
                            F("since"), F("until"), Value("[)"), function="tstzrange", output_field=DateTimeRangeField()
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("Two people can't hold the same case at once."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} since {self.since:%F %R}"


class Clock(Scoped):
    """One measured leg. Pauses only with a coded reason; a stat clock never pauses (the database refuses)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="clocks")
    leg = models.CharField(max_length=20, choices=Leg.choices)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices)
    target_seconds = models.PositiveIntegerField()
    #: the instant it counts from; with a raised urgency still the first send
    started_at = models.DateTimeField()
    paused_seconds = models.PositiveIntegerField(default=0)
    paused_at = models.DateTimeField(null=True, blank=True)
    pause_reason = models.CharField(max_length=20, choices=PauseReason.choices, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    #: how many steps of its escalation are behind it, and when the next one is due; None when there is none
    steps_taken = models.PositiveSmallIntegerField(default=0)
    escalates_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(OfVisibleCase)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(stopped_at=None, paused_at=None), name="casework_clock_one_running"
            ),
            models.CheckConstraint(condition=Q(leg__in=Leg.values), name="casework_clock_leg"),
            models.CheckConstraint(
                condition=Q(paused_at=None, pause_reason="") | Q(paused_at__isnull=False) & ~Q(pause_reason=""),
                name="casework_clock_pause_reason",
                violation_error_message=_("A clock pauses only with a reason."),
            ),
            models.CheckConstraint(
                condition=~Q(priority=Priority.STAT) | Q(paused_at=None, paused_seconds=0),
                name="casework_clock_stat_never_pauses",
                violation_error_message=_("A stat clock never pauses."),
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None) | Q(stopped_at__gte=F("started_at")), name="casework_clock_period"
            ),
        ]
        indexes = [
            models.Index(fields=["case", "leg"], name="casework_clock_of_case"),
            models.Index(
                fields=["escalates_at", "id"],
                condition=Q(stopped_at=None, paused_at=None, escalates_at__isnull=False),
                name="casework_clock_escalates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.leg} of {self.case_id}"


class Message(Scoped, CreatedOnce):
    """One entry of a case's thread; `seq` is counted within the case under the lock of its row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="messages")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=30, choices=MessageKind.choices, default=MessageKind.MESSAGE)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    #: empty only where files speak for themselves
    text = models.TextField(blank=True)
    with_files = models.BooleanField(default=False)
    reply_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(OfVisibleCase)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.UniqueConstraint(fields=["case", "seq"], name="casework_message_seq"),
            models.CheckConstraint(
                condition=~Q(text="") | Q(with_files=True),
                name="casework_message_not_empty",
                violation_error_message=_("A message has words, or files."),
            ),
            models.CheckConstraint(
                condition=Q(reply_to=None) | ~Q(reply_to=F("id")),
                name="casework_message_reply_other",
                violation_error_message=_("A message answers another one."),
            ),
            models.CheckConstraint(condition=Q(kind__in=MessageKind.values), name="casework_message_kind"),
        ]

    def __str__(self) -> str:
        return f"message {self.seq} of {self.case_id}"


class ReadMark(Scoped):
    """How far one person has read one thread, and when they last read something of somebody else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="read_marks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    seq = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(OfVisibleCase)()

    class Meta(Scoped.Meta):
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="casework_read_mark_once")]

    def __str__(self) -> str:
        return f"{self.user_id} read {self.case_id} to {self.seq}"
