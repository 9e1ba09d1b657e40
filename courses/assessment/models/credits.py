"""Rules of credit as data, and the ledger: what each person was awarded by which of them. Entries are only added."""

import uuid
from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet
from consortium.people.models import Institution
from consortium.people.states import Role
from courses.assessment.models.exams import led_by, said
from courses.assessment.states.credits import Activity, Cap, EntryKind, Evidence

USER = settings.AUTH_USER_MODEL
#: who reads everybody's credits
READERS = (Role.CONSORTIUM_MANAGER, Role.AUDITOR)
_CREDITS: dict[str, Any] = {"max_digits": 7, "decimal_places": 2}


class CreditRuleRows(ScopedQuerySet["CreditRule"]):
    def visible_to(self, actor: Actor) -> Self:
        """Rules are public to everybody who learns by them."""
        return self if actor.is_person else self.none()

    def in_force(self, day: Any) -> Self:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class CreditRule(Scoped, CreatedOnce):
    """What one scheme gives for one activity, from a day to a day (both counted). A change is a new number.

    `hours_per_credit`: hours for one credit. `goal`: credits that the scheme asks for in a period. `cap_day` and
    `cap_category` limit this activity's category, `cap_scheme` everything of the scheme. `source`: where it is
    written; `verified` only when somebody has checked it there.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scheme = models.SlugField(max_length=40)
    activity = models.CharField(max_length=10, choices=Activity.choices, default=Activity.COURSE)
    number = models.PositiveSmallIntegerField(editable=False)
    title_en = models.CharField(_("scheme in English"), max_length=200)
    title_zh = models.CharField(_("scheme in Chinese"), max_length=200, blank=True)
    category_en = models.CharField(_("category in English"), max_length=120)
    category_zh = models.CharField(_("category in Chinese"), max_length=120, blank=True)
    hours_per_credit = models.DecimalField(max_digits=5, decimal_places=2)
    period_years = models.PositiveSmallIntegerField(default=1)
    first_year = models.PositiveSmallIntegerField(default=2024)
    goal = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    cap_day = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    cap_category = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    cap_scheme = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    pass_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    evidence = ArrayField(models.CharField(max_length=10, choices=Evidence.choices), default=list, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300)
    verified = models.BooleanField(default=False)
    #: whether it gives credit too for what was tested out; else for the hours of the rest alone
    counts_known = models.BooleanField(default=False)
    created_at = models.DateTimeField(editable=False)

    objects = ScopedManager.from_queryset(CreditRuleRows)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        triggers: ClassVar[list[Any]] = [
            pgtrigger.Protect(name="credit_rule_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="credit_rule_fixed",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF to_jsonb(OLD) - 'valid_to' IS DISTINCT FROM to_jsonb(NEW) - 'valid_to' THEN
                        RAISE EXCEPTION 'A rule is not changed [rule:credit_rule_fixed]';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.UniqueConstraint(
                fields=["scheme", "activity", "number"], name="assessment_creditrule_number",
                violation_error_message=_("Somebody else has just changed this rule. Look at it again."),
            ),
            models.CheckConstraint(
                condition=Q(activity__in=Activity.values), name="assessment_creditrule_activity",
                violation_error_message=_("Credits are given for courses and live lectures."),
            ),
            models.CheckConstraint(
                condition=Q(hours_per_credit__gt=0), name="assessment_creditrule_hours",
                violation_error_message=_("A credit takes more than no time."),
            ),
            models.CheckConstraint(
                condition=Q(period_years__range=(1, 10), first_year__range=(2000, 2100)),
                name="assessment_creditrule_period",
                violation_error_message=_("A period is 1 to 10 calendar years."),
            ),
            models.CheckConstraint(
                condition=Q(pass_percent=None) | Q(pass_percent__lte=100), name="assessment_creditrule_percent",
                violation_error_message=_("A share is between 0 and 100 per cent."),
            ),
            models.CheckConstraint(
                condition=(Q(goal=None) | Q(goal__gte=0)) & (Q(cap_day=None) | Q(cap_day__gte=0))
                & (Q(cap_category=None) | Q(cap_category__gte=0)) & (Q(cap_scheme=None) | Q(cap_scheme__gte=0)),
                name="assessment_creditrule_caps",
                violation_error_message=_("Credits are no less than nothing."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="assessment_creditrule_valid",
                violation_error_message=_("A rule ends after it has begun."),
            ),
            ExclusionConstraint(
                name="assessment_creditrule_one",
                expressions=[
                    ("scheme", RangeOperators.EQUAL), ("activity", RangeOperators.EQUAL),
                    (Func(F("valid_from"), F("valid_to"), Value("[]"), function="daterange"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("Another rule of this scheme holds in that time already."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.scheme} {self.activity} {self.number}"

    @property
    def title(self) -> str:
        return said(self.title_en, self.title_zh)

    @property
    def category(self) -> str:
        return said(self.category_en, self.category_zh)

    @property
    def evidence_words(self) -> list[str]:
        return [str(Evidence(one).label) for one in self.evidence]


class CreditEntryRows(ScopedQuerySet["CreditEntry"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own; what was given for courses whose training one leads; managers and auditors all."""
        if actor.has(*READERS):
            return self
        return self.filter(Q(user_id=actor.user_id) | led_by(actor))


class CreditEntry(Scoped):
    """One line of a person's ledger. The database refuses to change or remove it.

    `earned` is what the hours give, `credits` what counts after the caps, and `cap` the one that cut it. A reversal
    carries the credits of its award with the other sign and the award's day. Withheld: what the rule asks for
    (`lacks`) was not there.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(USER, models.PROTECT, related_name="credit_entries")
    rule = models.ForeignKey(CreditRule, models.PROTECT, related_name="entries")
    scheme = models.SlugField(max_length=40)
    kind = models.CharField(max_length=10, choices=EntryKind.choices)
    activity = models.CharField(max_length=10, choices=Activity.choices)
    subject_id = models.UUIDField()
    title_en = models.CharField(max_length=200, blank=True)
    title_zh = models.CharField(max_length=200, blank=True)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    day = models.DateField()
    hours = models.DecimalField(max_digits=6, decimal_places=2)
    #: hours of credit that were tested out and not learnt here: within `hours` where the rule counts them, else beside
    known = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    earned = models.DecimalField(**_CREDITS)
    credits = models.DecimalField(**_CREDITS)
    cap = models.CharField(max_length=10, choices=Cap.choices, blank=True)
    lacks = ArrayField(models.CharField(max_length=10, choices=Evidence.choices), default=list, blank=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversal")
    reason = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects = ScopedManager.from_queryset(CreditEntryRows)()

    class Meta(Scoped.Meta):
        triggers = [pgtrigger.Protect(name="credit_entry_kept", operation=pgtrigger.Update | pgtrigger.Delete)]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "scheme", "activity", "subject_id"], condition=Q(kind=EntryKind.AWARDED),
                name="assessment_creditentry_once",
                violation_error_message=_("Credits are given once for the same thing."),
            ),
            models.UniqueConstraint(
                fields=["user", "rule", "subject_id"], condition=Q(kind=EntryKind.WITHHELD),
                name="assessment_creditentry_withheld",
                violation_error_message=_("This stands in the ledger already."),
            ),
            models.CheckConstraint(
                condition=Q(known__gte=0), name="assessment_creditentry_known",
                violation_error_message=_("Hours that were tested out are not fewer than none."),
            ),
            models.CheckConstraint(
                condition=Q(kind=EntryKind.AWARDED, reverses=None, credits__gte=0, credits__lte=F("earned"))
                | Q(kind=EntryKind.WITHHELD, reverses=None, credits=0, lacks__len__gt=0)
                | Q(kind=EntryKind.REVERSED, reverses__isnull=False, credits__lte=0) & ~Q(reason=""),
                name="assessment_creditentry_kind",
                violation_error_message=_("An entry gives, withholds with what lacks, or takes back with a reason."),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["user", "-day", "-at", "id"], name="assessment_credit_of"),
            models.Index(fields=["institution", "-at", "id"], name="assessment_credit_list"),
        ]

    def __str__(self) -> str:
        return f"credit entry {self.pk}"

    @property
    def title(self) -> str:
        return said(self.title_en, self.title_zh)

    @property
    def lacks_words(self) -> list[str]:
        return [str(Evidence(one).label) for one in self.lacks]
