"""A child's case as it is taught: told in stages, without anything that tells who the child is.

What was written before the machine and a second person had looked at it lies sealed with the child's key, and is gone
once the case is approved. Approved, taught or not, nothing of it is shown while the guardian's newest word on teaching
is not yes.
"""

import uuid
from typing import Any, Final, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Case, involved_in
from consortium.files.models import Attachment
from consortium.kernel.actors import Actor
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet, unfiltered
from consortium.kernel.versions import Versioned
from consortium.patients.models import Consent, Patient
from consortium.patients.states import ConsentKind, ConsentStatus
from consortium.people.models import Institution
from courses.library.models.bases import TITLE_LENGTH, in_reader_s
from courses.live.models.lectures import Lecture, lectures_of, planned_by
from courses.live.states.cases import TEACHING_CASE, CaseStep, StageKind
from courses.live.states.lectures import LectureStep

#: letters of one stage
MOST_LETTERS: Final = 6000
_WHY: Final = "the rule of who sees a teaching case"


def agreed_to_teaching(patient: str) -> Any:
    """That the newest word of the guardian on teaching is yes, as a condition; `patient` names the column."""
    said = unfiltered(Consent, why=_WHY).filter(patient=OuterRef(patient), kind=ConsentKind.TEACHING)
    return Exact(Subquery(said.order_by("-recorded_at", "-id").values("status")[:1]), ConsentStatus.ACTIVE)


class TeachingCaseRows(ScopedQuerySet["TeachingCase"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the child's case; until it is approved only who may know the child, too: its texts and pictures
        may still tell. Approved, and while the guardian agrees: who teaches at its institution, the crew of its
        lecture, and the audience once the lecture is over."""
        if not actor.is_person:
            return self.none()
        seen = unfiltered(Case, why=_WHY).filter(involved_in(actor), pk=OuterRef("case_id"))
        child = unfiltered(Patient, why=_WHY).visible_to(actor).filter(pk=OuterRef("case__patient_id"))
        looked_at = Q(step__in=(CaseStep.APPROVED, CaseStep.WITHDRAWN))
        taught = Q(institution_id__in=planned_by(actor)) | Q(Exists(_lectures_of(actor)))
        return self.filter(
            Q(Exists(seen)) & (looked_at | Q(Exists(child)))
            | Q(step=CaseStep.APPROVED) & taught & Q(agreed_to_teaching("case__patient"))
        )

    def of_patient(self, patient_id: uuid.UUID) -> Self:
        return self.filter(case__patient_id=patient_id)

    def taught_no_more(self) -> Self:
        """Taken down, or from the guardian's no on."""
        return self.filter(Q(step=CaseStep.WITHDRAWN) | ~Q(agreed_to_teaching("case__patient")))

    def standing(self) -> Self:
        return self.exclude(step=CaseStep.WITHDRAWN)


def _lectures_of(actor: Actor) -> Any:
    """The lecture of the outer row, where the actor may read its whole case."""
    lectures = lectures_of(actor).filter(pk=OuterRef("lecture_id"))
    return lectures.filter(Q(step=LectureStep.ENDED) | Q(crew__user_id=actor.user_id))


class TeachingCase(Scoped, CreatedOnce, Versioned):
    """`created_by` is its maker. `institution` has it on the shelf that its lecturers choose from."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="teaching_cases")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    lecture = models.OneToOneField(Lecture, models.PROTECT, null=True, blank=True, related_name="teaching_case")
    step = models.CharField(max_length=10, choices=CaseStep.choices, default=CaseStep.DRAFT, editable=False)
    title_en = models.CharField(_("title in English"), max_length=TITLE_LENGTH, blank=True)
    title_zh = models.CharField(_("title in Chinese"), max_length=TITLE_LENGTH, blank=True)
    created_at = models.DateTimeField(editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )  # fmt: skip

    objects = ScopedManager.from_queryset(TeachingCaseRows)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        triggers = [
            *TEACHING_CASE.triggers(),
            pgtrigger.Trigger(
                name="teaching_case_looked_at",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__step=CaseStep.APPROVED),
                func="""
                    IF EXISTS (SELECT 1 FROM lectures_casestage s WHERE s.teaching_case_id = NEW.id
                               AND (s.confirmed_by_id IS NULL OR s.source_sealed IS NOT NULL))
                       OR EXISTS (SELECT 1 FROM lectures_casepicture p WHERE p.teaching_case_id = NEW.id
                                  AND p.confirmed_by_id IS NULL)
                       OR NOT EXISTS (SELECT 1 FROM lectures_casestage s WHERE s.teaching_case_id = NEW.id) THEN
                        RAISE EXCEPTION 'Not all of it was looked at [rule:lectures_case_looked_at]';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(condition=TEACHING_CASE.known_step(), name="lectures_teachingcase_step"),
            models.CheckConstraint(
                condition=~Q(title_en="", title_zh="") | Q(step=CaseStep.WITHDRAWN),
                name="lectures_teachingcase_titled",
                violation_error_message=_("Give a title in one of the two languages."),
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="lectures_teachingcase_approved_pair",
                violation_error_message=_("A case is approved by a person, at a time."),
            ),
            models.CheckConstraint(
                condition=~Q(step=CaseStep.APPROVED) | Q(approved_by__isnull=False),
                name="lectures_teachingcase_approved",
                violation_error_message=_("A case is approved by a person, at a time."),
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("created_by")),
                name="lectures_teachingcase_second",
                violation_error_message=_("A second person has to look at it: nobody approves their own."),
            ),
            models.CheckConstraint(
                condition=Q(lecture=None) | Q(step__in=[CaseStep.APPROVED, CaseStep.WITHDRAWN]),
                name="lectures_teachingcase_taught",
                violation_error_message=_("Only an approved case is used in a lecture."),
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="lectures_teachingcase_list"),
            models.Index(fields=["case"], name="lectures_teachingcase_of_case"),
        ]

    def __str__(self) -> str:
        return f"teaching case {self.pk}"

    @property
    def title(self) -> str:
        return in_reader_s(self.title_en, self.title_zh)


class OfVisibleTeachingCase(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the teaching case."""
        seen = unfiltered(TeachingCase, why=_WHY).visible_to(actor)
        return self.filter(Exists(seen.filter(pk=OuterRef("teaching_case_id"))))

    def waiting(self) -> Self:
        """Nobody has confirmed them yet."""
        return self.filter(confirmed_by=None)


def _fixed(name: str) -> Any:
    """The database refuses to write a part of a case that is approved or taken down."""
    return pgtrigger.Trigger(
        name=name,
        operation=pgtrigger.Insert | pgtrigger.Update,
        when=pgtrigger.Before,
        func="""
            IF EXISTS (SELECT 1 FROM lectures_teachingcase t
                       WHERE t.id = NEW.teaching_case_id AND t.step IN ('approved', 'withdrawn')) THEN
                RAISE EXCEPTION 'An approved case stays as it is [rule:lectures_case_fixed]';
            END IF;
            RETURN NEW;
        """,
    )


class Looked(models.Model):
    """A part that one person writes and another confirms."""

    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")
    confirmed_at = models.DateTimeField(null=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )  # fmt: skip

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="%(app_label)s_%(class)s_confirmed_pair",
                violation_error_message=_("A part is confirmed by a person, at a time."),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("written_by")),
                name="%(app_label)s_%(class)s_second",
                violation_error_message=_("A second person has to look at it: nobody confirms their own."),
            ),
        ]


class CaseStage(Scoped, Looked):
    """`text` is what is taught. `source_sealed`: what was written, sealed with the child's key, until the approval."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    teaching_case = models.ForeignKey(TeachingCase, models.CASCADE, related_name="stages")
    kind = models.CharField(max_length=20, choices=StageKind.choices)
    text = models.TextField()
    source_sealed = models.BinaryField(null=True, editable=False)
    #: places in what was written, in characters, of which the writer says that they tell nothing
    kept: Any = models.JSONField(default=list)

    objects = ScopedManager.from_queryset(OfVisibleTeachingCase)()

    class Meta(Scoped.Meta, Looked.Meta):
        triggers = [_fixed("case_stage_fixed")]
        constraints = [
            *Looked.Meta.constraints,
            models.UniqueConstraint(
                fields=["teaching_case", "kind"], name="lectures_casestage_once",
                violation_error_message=_("This part is written already."),
            ),
            models.CheckConstraint(condition=Q(kind__in=StageKind.values), name="lectures_casestage_kind"),
            models.CheckConstraint(
                condition=~Q(text=""), name="lectures_casestage_told",
                violation_error_message=_("Write something, or leave this part out."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} of {self.teaching_case_id}"


class CasePicture(Scoped, CreatedOnce, Looked):
    """The pixels alone of a photo or one frame, written anew; in the database, so that no file outlives its row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    teaching_case = models.ForeignKey(TeachingCase, models.CASCADE, related_name="pictures")
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="+")
    frame = models.PositiveIntegerField(default=1)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    content = models.BinaryField()
    #: why a person has to look at it: keys of `states.cases.PICTURE_REASONS`
    reasons: Any = models.JSONField(default=list)
    created_at = models.DateTimeField(editable=False)

    objects = ScopedManager.from_queryset(OfVisibleTeachingCase)()

    class Meta(Scoped.Meta, CreatedOnce.Meta, Looked.Meta):
        triggers = [_fixed("case_picture_fixed")]
        constraints = [
            *CreatedOnce.Meta.constraints,
            *Looked.Meta.constraints,
            models.CheckConstraint(
                condition=Q(width__gt=0, height__gt=0), name="lectures_casepicture_size",
                violation_error_message=_("A picture has a width and a height."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"picture {self.pk}"
