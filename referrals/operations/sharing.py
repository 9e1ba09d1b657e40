"""When the guardian no longer agrees to share the record (R13s; docs/decisions/0010)."""

from uuid import UUID

from django.utils.translation import gettext as _

from consortium.casework.models import Case
from consortium.kernel.actors import Actor
from consortium.kernel.scoping import unfiltered
from consortium.patients.operations import join_pathway
from referrals.events import ReferralCancelled
from referrals.models import Referral
from referrals.operations.cancelling import shut
from referrals.operations.moving import finish, locked, take
from referrals.operations.offering import pathway_of
from referrals.states import MACHINE, CancelReason, Step


def stop_sharing(*, actor: Actor, patient_id: UUID) -> None:
    """The system cancels the referrals of a child who has not come yet, and takes the tick off the drafts; who has the
    child already cares for it to the end. Inside the transaction in which the consent ends."""
    cases = Case.objects.open().filter(patient_id=patient_id, referral__isnull=False)
    for case_id in cases.order_by("priority", "due_at").values_list("pk", flat=True):
        referral = locked(case_id)
        if MACHINE.find("stop_sharing", referral.step) is not None:
            _come_back(actor, referral)
        else:
            _look_on(actor, referral)
    drafts = unfiltered(Referral, why="the consent to share has ended").filter(patient_id=patient_id)
    drafts.filter(step=Step.DRAFT, consent_given=True).update(consent_given=False)


def _look_on(actor: Actor, referral: Referral) -> None:
    """Who has the child in their care sees it: treatment does not end with the consent to share."""
    case = referral.case
    if case.service is not None:
        join_pathway(actor=actor, pathway_id=pathway_of(case), institution_id=case.service.institution_id)


def _come_back(actor: Actor, referral: Referral) -> None:
    """Everything stays with the sender; nobody elsewhere holds it."""
    move = take(actor, referral, "stop_sharing")
    reason = CancelReason.CONSENT
    referral.cancel_reason, referral.consent_given = reason, False
    shut(move, _("The guardian no longer agrees to share the record."))
    move.case.responder = None
    finish(move, ReferralCancelled(move.case.pk, reason), facts={"reason": reason.value})
