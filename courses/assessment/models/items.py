"""Questions: the item that lasts, and its versions, of which each stays as it was once it has left its author."""

import uuid
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet
from consortium.kernel.search import vector_of
from consortium.kernel.versions import Versioned
from consortium.people.models import Institution
from courses.assessment.states.items import BANK_ROLES, MACHINE, AgeBand, Danger, ItemStep, Kind, System, Task

USER = settings.AUTH_USER_MODEL


def of_region(actor: Actor, path: str) -> Q:
    """Rows whose institution (`path` leads to it) is in a region where the actor teaches, reviews or oversees."""
    regions = Institution.objects.filter(pk__in=actor.institution_ids(*BANK_ROLES)).values("region_id")
    return Q(**{f"{path}__region_id__in": regions})


class ItemRows(ScopedQuerySet["Item"]):
    def visible_to(self, actor: Actor) -> Self:
        """With their keys: those who teach, review and oversee in the region. Learners see what they are asked."""
        return self.filter(of_region(actor, "institution"))


class Item(Scoped, CreatedOnce):
    """A question over all its versions. `code` is how people and files name it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    code = models.CharField(max_length=60)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    age_band = models.CharField(max_length=20, choices=AgeBand.choices, default=AgeBand.ANY)
    system = models.CharField(max_length=20, choices=System.choices, default=System.GENERAL)
    task = models.CharField(max_length=20, choices=Task.choices, default=Task.KNOW)
    danger = models.CharField(max_length=20, choices=Danger.choices, default=Danger.GREEN)
    #: the pathway of the manual that it asks about (a slug), or ""
    manual_branch = models.SlugField(max_length=80, blank=True)
    created_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(ItemRows)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        triggers = [
            pgtrigger.ReadOnly(name="item_fixed", fields=["kind", "institution", "created_by", "created_at"]),
            pgtrigger.Protect(name="item_kept", operation=pgtrigger.Delete),
        ]
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.UniqueConstraint(
                fields=["institution", "code"], name="assessment_item_code",
                violation_error_message=_("There is a question with this code already."),
            ),
            *(
                models.CheckConstraint(condition=Q(**{f"{name}__in": kinds.values}), name=f"assessment_item_{name}")
                for name, kinds in {"kind": Kind, "age_band": AgeBand, "system": System, "task": Task,
                                    "danger": Danger}.items()
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["institution", "created_at", "id"], name="assessment_item_list")]

    def __str__(self) -> str:
        return self.code


class ItemVersionRows(ScopedQuerySet["ItemVersion"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(of_region(actor, "item__institution"))

    def approved(self) -> Self:
        """What may be asked: at most one version of each item."""
        return self.filter(step=ItemStep.APPROVED)

    def awaiting_review(self) -> Self:
        return self.filter(step=ItemStep.IN_REVIEW)


class ItemVersion(Scoped, CreatedOnce, Versioned):
    """One wording of a question with its key. Its author is `created_by`; the engine `items` reads its `content`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(Item, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    step = models.CharField(max_length=20, choices=ItemStep.choices, default=ItemStep.DRAFT)
    #: the shape belongs to the item's kind: items.reading says it
    content: Any = models.JSONField()
    points = models.DecimalField(max_digits=6, decimal_places=2, default=1)
    #: where the fact stands
    source = models.CharField(max_length=300, blank=True)
    #: its texts in both languages, for the search
    words = models.TextField(editable=False)
    vector = vector_of("words")
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    reviewer = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    #: the reviewer's last word, or why it was retired
    remark = models.CharField(max_length=500, blank=True)

    objects = ScopedManager.from_queryset(ItemVersionRows)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        triggers = [
            *MACHINE.triggers(),
            pgtrigger.ReadOnly(name="item_version_fixed", fields=["item", "number", "created_by", "created_at"]),
            pgtrigger.Protect(name="item_version_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="item_version_content",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__step__df=ItemStep.DRAFT.value)
                & (
                    pgtrigger.Q(old__content__df=pgtrigger.F("new__content"))
                    | pgtrigger.Q(old__points__df=pgtrigger.F("new__points"))
                    | pgtrigger.Q(old__source__df=pgtrigger.F("new__source"))
                ),
                func="RAISE EXCEPTION 'Only a draft is edited [rule:item_version_content]';",
            ),
            pgtrigger.Trigger(
                name="item_version_asked",
                operation=pgtrigger.UpdateOf("step"),  # type: ignore[no-untyped-call]
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__step=ItemStep.DRAFT.value),
                func="""
                    IF EXISTS (SELECT 1 FROM assessment_formquestion WHERE version_id = NEW.id) THEN
                        RAISE EXCEPTION 'What was asked stays as it was [rule:item_version_asked]';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.UniqueConstraint(fields=["item", "number"], name="assessment_version_number"),
            models.UniqueConstraint(
                fields=["item"], condition=Q(step__in=[ItemStep.DRAFT, ItemStep.IN_REVIEW]),
                name="assessment_version_one_open",
                violation_error_message=_("A new version of this question is being worked on already."),
            ),
            models.UniqueConstraint(
                fields=["item"], condition=Q(step=ItemStep.APPROVED), name="assessment_version_one_approved",
                violation_error_message=_("One version of a question is asked at a time."),
            ),
            models.CheckConstraint(condition=MACHINE.known_step(), name="assessment_version_step"),
            models.CheckConstraint(
                condition=Q(points__gt=0), name="assessment_version_points",
                violation_error_message=_("A question is worth more than nothing."),
            ),
            models.CheckConstraint(
                condition=Q(reviewer=None, reviewed_at=None) | Q(reviewer__isnull=False, reviewed_at__isnull=False),
                name="assessment_version_reviewed_pair",
            ),
            models.CheckConstraint(
                condition=~Q(step=ItemStep.APPROVED) | Q(reviewer__isnull=False), name="assessment_version_reviewed",
                violation_error_message=_("Somebody reviews a question before it is asked."),
            ),
            models.CheckConstraint(
                condition=Q(reviewer=None) | ~Q(reviewer=F("created_by")), name="assessment_version_not_the_author",
                violation_error_message=_("Nobody approves what they wrote."),
            ),
        ]  # fmt: skip
        indexes = [
            GinIndex(fields=["vector"], name="assessment_version_words"),
            models.Index(
                fields=["submitted_at", "id"], condition=Q(step=ItemStep.IN_REVIEW), name="assessment_version_queue"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} v{self.number}"
