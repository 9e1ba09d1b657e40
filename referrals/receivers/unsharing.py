"""The guardian no longer agrees to share the record: a child who has not come is no longer expected elsewhere."""

from consortium.casework.models import ServiceMember
from consortium.casework.queries.concerned import coordinators_of
from consortium.kernel.actors import current_actor
from consortium.kernel.bells import ring_on_commit
from consortium.kernel.events import receives
from consortium.live.operations import ring_rights
from consortium.live.queries import RIGHTS
from consortium.patients.events import ConsentChanged
from consortium.patients.states import ConsentKind, ConsentStatus
from referrals.events import ReferralCancelled
from referrals.operations.sharing import stop_sharing
from referrals.receivers.calling import case_heard
from referrals.states import CancelReason


@receives(ConsentChanged, duty=True)
def take_referrals_back(entry_id: int, event: ConsentChanged) -> None:
    if event.kind == ConsentKind.SHARE and event.status != ConsentStatus.ACTIVE:
        stop_sharing(actor=current_actor(), patient_id=event.patient_id)


@receives(ReferralCancelled, duty=True)
def shut_open_pages(entry_id: int, event: ReferralCancelled) -> None:
    """Whoever of the service has it on the screen looks again."""
    for user_id in _whose(event):
        ring_on_commit(f"{RIGHTS}:{user_id}", entry_id)


@receives(ReferralCancelled)
def pages_are_shut(entry_id: int, event: ReferralCancelled) -> None:
    """Once more by the outbox, until Redis has taken it."""
    ring_rights(_whose(event), entry_id)


def _whose(event: ReferralCancelled) -> list[str]:
    if event.reason != CancelReason.CONSENT:
        return []
    case = case_heard(event.referral_id)
    members = ServiceMember.objects.filter(service=case.service, left_at=None)
    return sorted({*map(str, members.values_list("user_id", flat=True)), *map(str, coordinators_of(case))})
