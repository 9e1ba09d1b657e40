"""How far a questionnaire has come, and what kinds of question it asks."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _

from consortium.kernel.machine import Machine, Transition
from consortium.people.states import Role


class QuestionnaireStep(TextChoices):
    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class Asks(TextChoices):
    LIKERT = "likert", _("Agreement, in five steps")
    CHOICE = "choice", _("One of several answers")
    TEXT = "text", _("In one's own words")


class Agreement(IntegerChoices):
    """Five steps with a middle, after Likert (Arch Psychol 1932; 140: 1-55)."""

    NOT_AT_ALL = 1, _("Do not agree")
    RATHER_NOT = 2, _("Rather not")
    PARTLY = 3, _("Partly so")
    RATHER = 4, _("Rather so")
    FULLY = 5, _("Agree fully")


#: answers are shown by fives; fewer stay sealed
FULL_BOX = 5
#: who reads what came of every questionnaire, besides those who lead its training
OVERSEERS = (Role.CONSORTIUM_MANAGER, Role.AUDITOR)

QUESTIONNAIRE = Machine(
    name="questionnaire",
    steps=QuestionnaireStep,
    initial=(QuestionnaireStep.DRAFT,),
    policies="courses.assessment.policies.questionnaires",
    transitions=(
        Transition(
            "N1", "publish", _("Publish"), (QuestionnaireStep.DRAFT,), QuestionnaireStep.OPEN,
            "may_run_questionnaire", look="main",
        ),
        Transition(
            "N2", "close", _("Close"), (QuestionnaireStep.OPEN,), QuestionnaireStep.CLOSED, "may_run_questionnaire",
        ),
        Transition(
            "N3", "reopen", _("Open again"), (QuestionnaireStep.CLOSED,), QuestionnaireStep.OPEN,
            "may_run_questionnaire", look="main",
        ),
    ),
)  # fmt: skip
