"""Monthly reports: an institution's referrals of one month as they stood when the month was over."""

import uuid
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consortium.insight.states import FEWEST, REPORT, ReportStep
from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet, unfiltered
from consortium.people.models import Institution
from consortium.people.states import Role


class ReportQuerySet(ScopedQuerySet["MonthlyReport"]):
    def visible_to(self, actor: Actor) -> Self:
        """The institution's own office; managers of the consortium, where it is about enough children."""
        own = Q(institution_id__in=actor.institution_ids(Role.INSTITUTION_ADMIN, Role.COORDINATOR))
        if actor.has(Role.CONSORTIUM_MANAGER):
            own |= Q(cases__gte=FEWEST) | Q(institution_id__in=actor.institution_ids())
        return self.filter(own) if actor.is_person else self.none()

    def newest(self) -> Self:
        """Of each institution and month, the version that counts."""
        later = unfiltered(MonthlyReport, why="whether there is a later version").filter(
            institution=OuterRef("institution_id"), month=OuterRef("month"), version__gt=OuterRef("version")
        )
        return self.filter(~Exists(later))


class MonthlyReport(Scoped, CreatedOnce):
    """One version of one month, frozen: definitions, figures and the rows they were made of never change.

    `definitions`: [{key, version, kind, label: {language: words}, words: {language: words}}], in their order.
    `figures`: {"sent"|"received": {key: {value, n, part, tenth, small}}}. `rows`: {"columns": [...], "sent"|"received":
    [[...], ...]}, lines as an export has them, without anybody's identity.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    month = models.DateField()
    version = models.PositiveSmallIntegerField(default=1)
    step = models.CharField(max_length=20, choices=ReportStep.choices, default=ReportStep.FROZEN)
    frozen_at = models.DateTimeField()
    #: why there is another version; empty for the first
    reason = models.TextField(_("what was corrected"), blank=True)
    definitions: Any = models.JSONField()
    figures: Any = models.JSONField()
    rows: Any = models.JSONField()
    #: how many referrals it is about
    cases = models.PositiveIntegerField()
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    signer_name = models.CharField(max_length=120, blank=True)

    objects = ScopedManager.from_queryset(ReportQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        triggers = [
            *REPORT.triggers(),
            pgtrigger.ReadOnly(
                name="report_frozen",
                fields=[
                    "institution",
                    "month",
                    "version",
                    "frozen_at",
                    "reason",
                    "definitions",
                    "figures",
                    "rows",
                    "cases",
                ],
            ),
            pgtrigger.Protect(name="report_kept", operation=pgtrigger.Delete),
        ]
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(condition=REPORT.known_step(), name="insight_report_step"),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="insight_report_month",
                violation_error_message=_("A month is named by its first day."),
            ),
            models.UniqueConstraint(
                fields=["institution", "month", "version"],
                name="insight_report_version",
                violation_error_message=_("Somebody else has just made a new version: look at that one."),
            ),
            models.CheckConstraint(
                condition=Q(version=1) | Q(version__gt=1) & ~Q(reason=""),
                name="insight_report_reason",
                violation_error_message=_("Say what was corrected."),
            ),
            models.CheckConstraint(
                condition=Q(step=ReportStep.FROZEN, signed_at=None, signed_by=None, signer_name="")
                | Q(step=ReportStep.SIGNED, signed_at__isnull=False, signed_by__isnull=False) & ~Q(signer_name=""),
                name="insight_report_signed_whole",
                violation_error_message=_("A signed report says who signed it, and when."),
            ),
        ]
        indexes = [models.Index(fields=["-month", "institution", "-version"], name="insight_report_list")]

    def __str__(self) -> str:
        return f"report {self.month:%Y-%m} of {self.institution_id}, version {self.version}"
