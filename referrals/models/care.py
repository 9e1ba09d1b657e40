"""Care, its outcome, what the sender says to it, and the visits close to home."""

import uuid
from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Case, OfVisibleCase, TypedDraft
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager
from consortium.kernel.versions import Versioned
from referrals.states import (
    FOLLOW_UP,
    FOLLOW_UP_AHEAD,
    Appropriateness,
    Concordance,
    Destination,
    FollowUpStep,
    Letter,
    Place,
)


class Encounter(Scoped):
    """The stay, or the visit, at the receiving institution."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="encounters")
    place = models.CharField(_("place"), max_length=20, choices=Place.choices)
    ward = models.CharField(_("ward or clinic"), max_length=120, blank=True)
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(OfVisibleCase)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(ended_at=None),
                name="referrals_encounter_one_open",
                violation_error_message=_("The child is in one place at a time."),
            ),
            models.CheckConstraint(
                condition=Q(place__in=Place.values),
                name="referrals_encounter_place",
                violation_error_message=_("Choose where the child is cared for."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("begun_at")),
                name="referrals_encounter_period",
                violation_error_message=_("A stay ends after it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} of {self.case_id}"


class Outcome(Scoped, CreatedOnce):
    """What became of the child, signed: the seven essential parts of a discharge summary (dates, diagnoses, course,
    medicines, immunisations, pending results, follow-up). Corrected by a next one; never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="care_outcomes")
    number = models.PositiveSmallIntegerField()
    admitted_on = models.DateField(_("admitted or seen on"))
    left_on = models.DateField(_("discharged on"))
    #: [{"code": "J21.9", "text": "Acute bronchiolitis", "main": true}, ...], the main one first
    diagnoses = models.JSONField(_("final diagnoses"), default=list)
    course = models.TextField(_("course and procedures"))
    medicines = models.TextField(_("medicines"))
    immunisations = models.TextField(_("immunisations given"))
    pending = models.TextField(_("results still pending"))
    follow_up = models.TextField(_("follow-up"))
    destination = models.CharField(_("went to"), max_length=20, choices=Destination.choices)
    #: treatment that only this hospital could give; without any and home within 24 h, the transfer was avoidable
    special_care = models.BooleanField(_("needed what only a hospital has"), default=True)
    #: home within 24 hours and nothing special (`states.AVOIDABLE_WITHIN`): told to the sender, in private
    avoidable = models.BooleanField(default=False)
    appropriateness = models.CharField(
        _("the referral came"), max_length=20, choices=Appropriateness.choices, blank=True
    )
    #: a word to the sender: what to learn from it. Not for the family
    to_sender = models.TextField(_("what to learn from it"), blank=True)
    #: in plain language, for the family's page
    for_family = models.TextField(_("for the family"), blank=True)
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signer_name = models.CharField(max_length=120)
    signer_title = models.CharField(max_length=120, blank=True)
    signer_licence = models.CharField(max_length=60, blank=True)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")
    correction_reason = models.TextField(blank=True)

    objects = ScopedManager.from_queryset(OfVisibleCase)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.UniqueConstraint(fields=["case", "number"], name="referrals_outcome_number"),
            models.CheckConstraint(
                condition=Q(left_on__gte=F("admitted_on")),
                name="referrals_outcome_dates",
                violation_error_message=_("A child leaves after it comes."),
            ),
            models.CheckConstraint(
                condition=~Q(diagnoses=[])
                & ~Q(course="")
                & ~Q(medicines="")
                & ~Q(pending="")
                & ~Q(follow_up="")
                & ~Q(immunisations=""),
                name="referrals_outcome_whole",
                violation_error_message=_("An outcome has all seven parts: write “none” where there is none."),
            ),
            models.CheckConstraint(
                condition=Q(destination__in=Destination.values) & Q(appropriateness__in=["", *Appropriateness.values]),
                name="referrals_outcome_known",
                violation_error_message=_("Choose where the child went."),
            ),
            models.CheckConstraint(
                condition=Q(avoidable=False) | Q(destination=Destination.HOME, special_care=False),
                name="referrals_outcome_avoidable",
                violation_error_message=_("Only a child that went home and needed nothing special could have stayed."),
            ),
            models.CheckConstraint(
                condition=Q(corrects=None, correction_reason="") | Q(corrects__isnull=False) & ~Q(correction_reason=""),
                name="referrals_outcome_corrected_with_reason",
                violation_error_message=_("An outcome is corrected with a reason."),
            ),
        ]

    def __str__(self) -> str:
        return f"outcome {self.number} of {self.case_id}"


class CareDraft(TypedDraft):
    """What was typed of an outcome, its correction, or a plan to send back, and is not signed yet."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="care_drafts")
    letter = models.CharField(max_length=10, choices=Letter.choices)

    class Meta(TypedDraft.Meta):
        constraints = [
            models.UniqueConstraint(fields=["case", "author", "letter"], name="referrals_care_draft_once"),
            models.CheckConstraint(
                condition=Q(letter__in=Letter.values),
                name="referrals_care_draft_letter",
                violation_error_message=_("A draft is of an outcome or of a plan."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter} of {self.author_id} for {self.case_id}"


class Acknowledgement(Scoped):
    """What the sender says to an outcome: the loop is closed."""

    outcome = models.OneToOneField(Outcome, models.PROTECT, primary_key=True, related_name="acknowledgement")
    case = models.ForeignKey(Case, models.PROTECT, related_name="acknowledgements")
    usefulness = models.PositiveSmallIntegerField(_("how useful was it"))
    concordance = models.CharField(_("my diagnosis was"), max_length=20, choices=Concordance.choices)
    appropriateness = models.CharField(
        _("looking back, I referred"), max_length=20, choices=Appropriateness.choices, blank=True
    )
    #: what the sender takes from it; private to them
    learnt = models.TextField(_("what I take from it"), blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ScopedManager.from_queryset(OfVisibleCase)()

    class Meta(Scoped.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(usefulness__range=(1, 5)),
                name="referrals_usefulness",
                violation_error_message=_("Choose 1 to 5."),
            ),
            models.CheckConstraint(
                condition=Q(concordance__in=Concordance.values) & Q(appropriateness__in=["", *Appropriateness.values]),
                name="referrals_concordance",
                violation_error_message=_("Say how your diagnosis compares."),
            ),
        ]

    def __str__(self) -> str:
        return f"acknowledgement of {self.outcome_id}"


class FollowUp(Scoped, Versioned):
    """One visit of the plan close to home, and what is to be done at it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="follow_ups")
    number = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=20, choices=FollowUpStep.choices, default=FollowUpStep.PLANNED)
    due_on = models.DateField(_("due on"))
    task = models.TextField(_("what to do"))
    #: what the centre must have for it (people's Capability)
    needs = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    #: the day of the second try, once the first was missed
    recall_on = models.DateField(_("recalled for"), null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    finding = models.TextField(_("how the child is"), blank=True)

    objects = ScopedManager.from_queryset(OfVisibleCase)()

    class Meta(Scoped.Meta):
        triggers = FOLLOW_UP.triggers()
        constraints = [
            models.CheckConstraint(condition=FOLLOW_UP.known_step(), name="referrals_follow_up_step"),
            models.UniqueConstraint(fields=["case", "number"], name="referrals_follow_up_number"),
            models.CheckConstraint(
                condition=~Q(step=FollowUpStep.DONE) | Q(done_at__isnull=False, done_by__isnull=False),
                name="referrals_follow_up_done_pair",
                violation_error_message=_("A visit that was made was made by somebody."),
            ),
            models.CheckConstraint(
                condition=~Q(step=FollowUpStep.RECALL) | Q(recall_on__isnull=False),
                name="referrals_follow_up_recalled",
                violation_error_message=_("Choose the day for which the family is called again."),
            ),
            models.CheckConstraint(
                condition=Q(recall_on=None) | Q(recall_on__gte=F("due_on")),
                name="referrals_follow_up_recall_later",
                violation_error_message=_("The second try comes after the first."),
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(step__in=FOLLOW_UP_AHEAD), name="referrals_follow_up_due")
        ]

    def __str__(self) -> str:
        return f"follow-up {self.number} of {self.case_id}"

    @property
    def day(self) -> date:
        """For when the family is called: the recall, once the first day was missed."""
        day: date = self.recall_on or self.due_on
        return day
