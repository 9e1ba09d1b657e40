"""Signed answers, what is typed before they are signed, and the templates they start from."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Case, OfVisibleCase, TypedDraft
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager
from consortium.people.models import Specialty


class Answer(Scoped, CreatedOnce):
    """A signed answer. Never changed: a correction is the next number, and the old text stays, struck."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="answers")
    number = models.PositiveSmallIntegerField()
    impression = models.TextField(_("impression"))
    do_now = models.TextField(_("do now"))
    red_flags = models.TextField(_("red flags"), blank=True)
    when_to_refer = models.TextField(_("when to refer"), blank=True)
    follow_up = models.TextField(_("follow-up"), blank=True)
    follow_up_on = models.DateField(_("follow-up on"), null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    #: as they stood at the time of signing
    signer_name = models.CharField(max_length=120)
    signer_title = models.CharField(max_length=120, blank=True)
    signer_licence = models.CharField(max_length=60, blank=True)
    signed_at = models.DateTimeField()
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")
    correction_reason = models.CharField(max_length=300, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ScopedManager.from_queryset(OfVisibleCase)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.UniqueConstraint(fields=["case", "number"], name="consultations_answer_number"),
            models.CheckConstraint(
                condition=~Q(impression="") & ~Q(do_now="") & ~Q(signer_name=""),
                name="consultations_answer_signed_whole",
                violation_error_message=_("A signed answer has an impression, what to do now, and a named signer."),
            ),
            models.CheckConstraint(
                condition=Q(corrects=None, correction_reason="") | Q(corrects__isnull=False) & ~Q(correction_reason=""),
                name="consultations_correction_reason",
            ),
            models.CheckConstraint(
                condition=Q(corrects=None) | ~Q(corrects=F("id")), name="consultations_correction_other"
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="consultations_acknowledged_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"answer {self.number} of {self.case_id}"


class AnswerDraft(TypedDraft):
    """What a specialist has typed and not yet signed; only they see it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="answer_drafts")

    class Meta(TypedDraft.Meta):
        constraints = [models.UniqueConstraint(fields=["case", "author"], name="consultations_answer_draft_once")]

    def __str__(self) -> str:
        return f"draft of {self.author_id} for {self.case_id}"


class TemplateQuerySet(models.QuerySet["AnswerTemplate"]):
    def offered(self) -> "TemplateQuerySet":
        """Those that are not retired."""
        return self.filter(retired_at=None)


class AnswerTemplate(models.Model):
    """A starting text for red flags, referral and follow-up of one specialty, in one language. Not about a child."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    #: the same in both tongues, when it is written in both
    pair = models.UUIDField(default=uuid.uuid4, editable=False)
    specialty = models.ForeignKey(Specialty, models.PROTECT, related_name="answer_templates")
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    title = models.CharField(max_length=120)
    red_flags = models.TextField(blank=True)
    when_to_refer = models.TextField(blank=True)
    follow_up = models.TextField(blank=True)
    #: no longer offered; answers that began with it keep their words
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["specialty", "language", "title"],
                condition=Q(retired_at=None),
                name="consultations_template_titled_once",
                violation_error_message=_("Another text of this specialty has this title already."),
            ),
            models.UniqueConstraint(
                fields=["pair", "language"],
                name="consultations_template_pair",
                violation_error_message=_("A text is written once in each language."),
            ),
            models.CheckConstraint(
                condition=~Q(title=""),
                name="consultations_template_has_title",
                violation_error_message=_("A text to start from has a title."),
            ),
        ]

    def __str__(self) -> str:
        return self.title
