"""Who writes questionnaires, who answers them, and who reads what came of it."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.policies import Decision, allowed_if
from courses.assessment.policies.exams import may_build_exams
from courses.assessment.states.questionnaires import OVERSEERS

if TYPE_CHECKING:
    from courses.assessment.models import Questionnaire


def may_run_questionnaire(actor: Actor, questionnaire: "Questionnaire") -> Decision:
    """Change, publish, close and copy it: who builds the exams of its institution."""
    return may_build_exams(actor, questionnaire.institution_id)


def may_fill(actor: Actor, questionnaire: "Questionnaire") -> Decision:
    """Every member of staff learns, and says what they think of it."""
    return allowed_if(actor.is_person)


def may_read_results(actor: Actor, questionnaire: "Questionnaire") -> Decision:
    """What many said, never what one said: who leads the training, managers and auditors."""
    reads = actor.has(*OVERSEERS) or may_run_questionnaire(actor, questionnaire).allowed
    return allowed_if(reads, _("Only who leads the training of this institution sees what was answered."))


def may_see_questionnaires(actor: Actor) -> Decision:
    """The list of them, with the way to their results."""
    reads = actor.has(*OVERSEERS) or may_build_exams(actor).allowed
    return allowed_if(reads, _("Only who leads training works on questionnaires."))
