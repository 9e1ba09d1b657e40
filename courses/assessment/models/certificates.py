"""Certificates: what was completed by whom, as it stood on that day. Only their standing changes."""

import uuid
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet
from consortium.people.models import Institution
from courses.assessment.crediting import CODE_LENGTH, grouped
from courses.assessment.models.credits import READERS
from courses.assessment.models.exams import led_by, said
from courses.assessment.states.credits import CERTIFICATE, Activity, CertificateStep

USER = settings.AUTH_USER_MODEL
_MOVES = "- '{step,ended_at,ended_by_id,reason}'::text[]"


class CertificateRows(ScopedQuerySet["Certificate"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own; those of institutions whose training one leads; managers and auditors all."""
        if actor.has(*READERS):
            return self
        return self.filter(Q(user_id=actor.user_id) | led_by(actor))


class Certificate(Scoped):
    """`code` is its public number; `name` as printed. `credits`: [{title_en, title_zh, category_en, category_zh,
    credits, verified}], credits as text."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=CODE_LENGTH, unique=True, editable=False)
    step = models.CharField(max_length=10, choices=CertificateStep.choices, default=CertificateStep.VALID)
    user = models.ForeignKey(USER, models.PROTECT, related_name="certificates")
    name = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)
    activity = models.CharField(max_length=10, choices=Activity.choices)
    subject_id = models.UUIDField()
    title_en = models.CharField(max_length=200, blank=True)
    title_zh = models.CharField(max_length=200, blank=True)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    hours = models.DecimalField(max_digits=6, decimal_places=2)
    credits: Any = models.JSONField(default=list)
    completed_on = models.DateField()
    issued_at = models.DateTimeField()
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    objects = ScopedManager.from_queryset(CertificateRows)()

    class Meta(Scoped.Meta):
        triggers = [
            *CERTIFICATE.triggers(),
            pgtrigger.Protect(name="certificate_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="certificate_fixed",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func=f"""
                    IF to_jsonb(OLD) {_MOVES} IS DISTINCT FROM to_jsonb(NEW) {_MOVES} THEN
                        RAISE EXCEPTION 'A certificate is not changed [rule:certificate_fixed]';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=CERTIFICATE.known_step(), name="assessment_certificate_step",
                violation_error_message=_("A certificate is valid, replaced or revoked."),
            ),
            models.UniqueConstraint(
                fields=["user", "activity", "subject_id"], condition=Q(step=CertificateStep.VALID),
                name="assessment_certificate_once",
                violation_error_message=_("There is a valid certificate of this already."),
            ),
            models.CheckConstraint(
                condition=Q(step=CertificateStep.VALID, ended_at=None)
                | Q(step=CertificateStep.REPLACED, ended_at__isnull=False)
                | Q(step=CertificateStep.REVOKED, ended_at__isnull=False) & ~Q(reason=""),
                name="assessment_certificate_ended",
                violation_error_message=_("A certificate is revoked with a reason."),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["user", "-issued_at", "id"], name="assessment_certificate_of"),
            models.Index(fields=["institution", "-issued_at", "id"], name="assessment_certificate_list"),
        ]

    def __str__(self) -> str:
        return f"certificate {self.pk}"

    @property
    def title(self) -> str:
        return said(self.title_en, self.title_zh)

    @property
    def number(self) -> str:
        return grouped(self.code)

    @property
    def names(self) -> str:
        """In both scripts, where both are known."""
        both = dict.fromkeys(filter(None, (said(self.name, self.name_zh), self.name, self.name_zh)))
        return " · ".join(both)
