"""Kinds of question, what they are tagged with, and the way of a version from its author to whoever is asked."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from consortium.kernel.machine import Machine, Transition
from consortium.people.states import Role
from courses.assessment import events


class Kind(TextChoices):
    SINGLE = "single", _("One right answer")
    MULTIPLE = "multiple", _("Several right answers")
    TRUE_FALSE = "true_false", _("True or false")
    ORDERING = "ordering", _("Put in order")
    MATCHING = "matching", _("Match pairs")
    NUMERIC = "numeric", _("A number with its unit")
    SHORT = "short", _("Short answer")
    HOTSPOT = "hotspot", _("A place on a picture")
    CASE_SET = "case_set", _("A case with several questions")
    ESSAY = "essay", _("Essay, marked by people")


class AgeBand(TextChoices):
    """The child's age, cut as the manual cuts it."""

    NEWBORN = "newborn", _("Under 2 months")
    INFANT = "infant", _("2 to 11 months")
    YOUNG_CHILD = "young_child", _("1 to 4 years")
    CHILD = "child", _("5 to 17 years")
    ANY = "any", _("Any age")


class System(TextChoices):
    GENERAL = "general", _("General")
    BREATHING = "breathing", _("Breathing")
    CIRCULATION = "circulation", _("Circulation")
    DIGESTION = "digestion", _("Digestion")
    NERVES = "nerves", _("Nervous system")
    INFECTION = "infection", _("Infection")
    SKIN = "skin", _("Skin")
    EAR_NOSE_EYE = "ear_nose_eye", _("Ear, nose, throat, eye")
    BLOOD = "blood", _("Blood")
    NUTRITION = "nutrition", _("Growth and nutrition")
    BONES = "bones", _("Bones and joints")
    NEWBORN = "newborn", _("Newborn")


class Task(TextChoices):
    """What the learner has to do."""

    KNOW = "know", _("Know a fact")
    ASSESS = "assess", _("Assess")
    DECIDE = "decide", _("Classify and decide")
    TREAT = "treat", _("Treat")
    REFER = "refer", _("Refer")
    COUNSEL = "counsel", _("Talk with the family")


class Danger(TextChoices):
    """How dangerous it is for a child when this is not known, in the manual's own colours."""

    PINK = "pink", _("Emergency")
    YELLOW = "yellow", _("Soon")
    GREEN = "green", _("Not dangerous")


class ItemStep(TextChoices):
    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    RETIRED = "retired", _("Retired")


class UseKind(TextChoices):
    """Where a question was asked."""

    EXAM = "exam", _("Exam")
    VIDEO = "video", _("In a video")
    POLL = "poll", _("Live poll")
    PRACTICE = "practice", _("Practice")


#: who writes questions
WRITING_ROLES = (Role.TRAINING_ADMIN, Role.LECTURER)
#: who sees questions with their keys
BANK_ROLES = (*WRITING_ROLES, Role.CLINICAL_REVIEWER, Role.CONSORTIUM_MANAGER, Role.AUDITOR)

MACHINE = Machine(
    name="item_version",
    steps=ItemStep,
    initial=(ItemStep.DRAFT,),
    policies="courses.assessment.policies.items",
    final=(ItemStep.RETIRED,),
    transitions=(
        Transition("B1", "edit", _("Edit"), (ItemStep.DRAFT,), None, "may_edit"),
        Transition(
            "B2", "submit", _("Send to review"), (ItemStep.DRAFT,), ItemStep.IN_REVIEW, "may_edit",
            events.ItemSubmitted, look="main",
        ),
        Transition(
            "B3", "approve", _("Approve"), (ItemStep.IN_REVIEW,), ItemStep.APPROVED, "may_review",
            events.ItemApproved, look="main",
        ),
        Transition(
            "B4", "send_back", _("Return with a remark"), (ItemStep.IN_REVIEW,), ItemStep.DRAFT, "may_review",
            events.ItemReturned, ("remark",),
        ),
        Transition(
            "B5", "revise", _("Make a new version"), (ItemStep.APPROVED, ItemStep.RETIRED), None, "may_edit",
        ),
        Transition(
            "B6", "retire", _("Retire"), (ItemStep.DRAFT, ItemStep.IN_REVIEW, ItemStep.APPROVED), ItemStep.RETIRED,
            "may_retire", events.ItemRetired, ("remark",), look="alarm",
        ),
    ),
)  # fmt: skip
