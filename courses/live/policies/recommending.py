"""Who recommends something to the doctor who brought a case, and who answers it."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from consortium.casework.policies import may_act_for_asker
from consortium.kernel.actors import Actor
from consortium.kernel.policies import Decision, allowed_if
from courses.live.policies.lectures import may_conduct

if TYPE_CHECKING:
    from courses.live.models import Recommendation


def may_recommend(actor: Actor, row: "Recommendation") -> Decision:
    """Write it, and write it anew: who gave the lecture."""
    lecture = row.teaching_case.lecture
    given = lecture is not None and may_conduct(actor, lecture).allowed
    return allowed_if(given, _("Only the lecturers and co-hosts of this lecture may do this."))


def may_answer_recommendation(actor: Actor, row: "Recommendation") -> Decision:
    """The doctor who brought the case; when they are away, any clinician of their clinic."""
    return may_act_for_asker(actor, row.teaching_case.case)


def may_withdraw_recommendation(actor: Actor, row: "Recommendation") -> Decision:
    """When its case may be taught no more."""
    return allowed_if(actor.is_system)
