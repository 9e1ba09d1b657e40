"""The way of a recommendation: sent to the doctor who brought the case, seen, followed or not."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from consortium.kernel.machine import Machine, Transition
from courses.live.events.recommending import RecommendationAnswered, RecommendationSent

#: how many days the doctor has, where the crew says nothing else
DAYS_GIVEN: Final = 14


class RecommendationStep(TextChoices):
    SENT = "sent", _("Sent")
    SEEN = "seen", _("Seen")
    DONE = "done", _("Followed")
    DECLINED = "declined", _("Not followed")
    WITHDRAWN = "withdrawn", _("Taken back")


class DeclineReason(TextChoices):
    """Why it was not followed. A choice, so that it tells the crew nothing of who the child is."""

    DONE_BEFORE = "done_before", _("It was done already")
    FAMILY = "family", _("The family did not want it")
    NOT_HERE = "not_here", _("It cannot be done here")
    GONE = "gone", _("The child is cared for elsewhere, or has died")
    OTHERWISE = "otherwise", _("Something else fits this child better")


#: nobody has answered it yet
WAITING: Final = (RecommendationStep.SENT, RecommendationStep.SEEN)
_STANDING: Final = (*WAITING, RecommendationStep.DONE, RecommendationStep.DECLINED)

RECOMMENDATION = Machine(
    name="recommendation",
    steps=RecommendationStep,
    initial=(RecommendationStep.SENT,),
    policies="courses.live.policies.recommending",
    final=(RecommendationStep.WITHDRAWN,),
    transitions=(
        Transition("W1", "see", _("Take note"), (RecommendationStep.SENT,), RecommendationStep.SEEN,
                   "may_answer_recommendation"),
        Transition("W2", "follow", _("Followed"), WAITING, RecommendationStep.DONE, "may_answer_recommendation",
                   RecommendationAnswered, look="main"),
        Transition("W3", "decline", _("Not followed"), WAITING, RecommendationStep.DECLINED,
                   "may_answer_recommendation", RecommendationAnswered, ("reason",)),
        Transition("W4", "rewrite", _("Write it anew"), WAITING, RecommendationStep.SENT, "may_recommend",
                   RecommendationSent),
        Transition("W5", "withdraw", _("Take it back"), _STANDING, RecommendationStep.WITHDRAWN,
                   "may_withdraw_recommendation", system=True),
    ),
)  # fmt: skip
