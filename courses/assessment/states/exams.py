"""How far an exam has come, how far one attempt at it has, and what is shown of it when."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from consortium.kernel.machine import Machine, Transition
from courses.assessment import events


class ExamStep(TextChoices):
    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class AttemptStep(TextChoices):
    RUNNING = "running", _("Running")
    HANDED_IN = "handed_in", _("Being marked")
    FINISHED = "finished", _("Finished")


class Drawing(TextChoices):
    """Where the questions of a form come from."""

    FIXED = "fixed", _("A fixed list of questions")
    BLUEPRINT = "blueprint", _("Drawn from the bank by a blueprint")


class Layout(TextChoices):
    ONE = "one", _("One question a page")
    ALL = "all", _("All questions on one page")


class Reveal(TextChoices):
    """From when a learner sees something of a finished attempt."""

    NEVER = "never", _("Never")
    FINISHED = "finished", _("As soon as the result is there")
    CLOSED = "closed", _("When the exam is closed")


_POLICIES = "courses.assessment.policies.exams"

EXAM = Machine(
    name="exam",
    steps=ExamStep,
    initial=(ExamStep.DRAFT,),
    policies=_POLICIES,
    transitions=(
        Transition(
            "E1", "publish", _("Publish"), (ExamStep.DRAFT,), ExamStep.OPEN, "may_run_exam", events.ExamPublished,
            look="main",
        ),
        Transition(
            "E2", "close", _("Close"), (ExamStep.OPEN,), ExamStep.CLOSED, "may_run_exam", events.ExamClosed,
        ),
        Transition("E3", "reopen", _("Open again"), (ExamStep.CLOSED,), ExamStep.OPEN, "may_run_exam", look="main"),
    ),
)  # fmt: skip

ATTEMPT = Machine(
    name="attempt",
    steps=AttemptStep,
    initial=(AttemptStep.RUNNING,),
    policies=_POLICIES,
    final=(AttemptStep.FINISHED,),
    transitions=(
        Transition(
            "A1", "hand_in", _("Hand in"), (AttemptStep.RUNNING,), AttemptStep.HANDED_IN, "may_answer",
            events.AttemptHandedIn, look="main",
        ),
        Transition(
            "A2", "time_up", _("The time is over"), (AttemptStep.RUNNING,), AttemptStep.HANDED_IN, "by_the_system",
            events.AttemptHandedIn, system=True,
        ),
        Transition(
            "A3", "finish", _("All is marked"), (AttemptStep.HANDED_IN,), AttemptStep.FINISHED, "by_the_system",
            events.ExamFinished, system=True,
        ),
    ),
)  # fmt: skip
