"""The acts of care, of its outcome, and of the follow-up close to home."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium.casework.forms.acting import TextForm
from consortium.casework.policies import may_read_identity
from consortium.casework.views.acting import Act, plain, text
from consortium.kernel.actors import Actor
from referrals.forms import caring as asked
from referrals.models import Referral
from referrals.operations import caring, following, outcomes, returning
from referrals.queries.following import next_visit
from referrals.queries.outcomes import newest_outcome
from referrals.queries.parts.outcome import diagnoses_in_words


def _next_visit(actor: Actor, referral: Referral) -> str:
    """What this visit is for; "" for who may not know the child."""
    visit = next_visit(referral.pk) if may_read_identity(actor, referral.case) else None
    return visit.task if visit else ""


def _compared(actor: Actor, referral: Referral) -> str:
    """What is to be compared, beside the question whether it is the same; "" for who may not know the child."""
    if not may_read_identity(actor, referral.case):
        return ""
    final, before = diagnoses_in_words(newest_outcome(referral.pk))[0], referral.working_diagnosis
    said = _("Final diagnosis: %(final)s.") % {"final": final}
    return " ".join([said, _("Thought before: %(diagnosis)s.") % {"diagnosis": before}] if before else [said])


def _goes_up(actor: Actor, referral: Referral) -> str:
    parent = referral.parent
    service = parent.service if parent else None
    if service is None:
        return ""
    return _("Goes to %(service)s, %(hospital)s, at once. The follow-up ends here.") % {
        "service": service.name, "hospital": service.institution.name,
    }  # fmt: skip


def _worsened(actor: Actor, case_id: UUID, said: dict[str, Any]) -> Referral:
    return following.worsened(
        actor=actor, case_id=case_id, question=said["question"], priority=said["urgency"], key=said["request_key"]
    )


CARING: dict[str, Act[Referral]] = {
    "admit": Act(plain(caring.admit), gettext_lazy("Admitted. The sender is told."), asked.AdmitForm),
    "see_child": Act(
        plain(caring.see_child),
        gettext_lazy("Seen. The sender waits for the outcome."),
        asked.SeenForm,
        gettext_lazy("The visit is over with it; the outcome is written next."),
    ),
    "note_interim": Act(
        text(caring.note_interim),
        gettext_lazy("The sender reads it now."),
        TextForm,
        gettext_lazy("How is the child, and what comes next? The sender reads it at once."),
    ),
    "discharge": Act(
        plain(caring.discharge),
        gettext_lazy("Discharged. The sender waits for the outcome."),
        hint=gettext_lazy("The stay ends now; the outcome is written next."),
    ),
    "acknowledge": Act(
        plain(outcomes.acknowledge),
        gettext_lazy("Thank you. The loop is closed."),
        asked.AcknowledgeForm,
        told=_compared,
    ),
    "take_over": Act(
        plain(returning.take_over),
        gettext_lazy("Taken over. The visits are yours."),
        hint=gettext_lazy("The child is yours from now on, and so are the visits of the plan."),
    ),
    "visit_done": Act(
        plain(following.visit_done), gettext_lazy("Written down."), asked.DoneForm, told=_next_visit
    ),
    "visit_missed": Act(
        plain(following.visit_missed),
        gettext_lazy("Call the family again for the new day."),
        asked.MissedForm,
        gettext_lazy("Missed twice in a row, the coordinator finds the family."),
    ),
    "worsened": Act(_worsened, gettext_lazy("Sent up again."), asked.WorseForm, told=_goes_up),
    "end_follow_up": Act(
        plain(following.end_follow_up),
        gettext_lazy("The follow-up is over."),
        hint=gettext_lazy("Visits still ahead are called off."),
    ),
}  # fmt: skip
