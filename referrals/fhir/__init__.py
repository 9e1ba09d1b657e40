"""A referral as FHIR R4: what is asked, of whom and how far, the way, the care, its outcome, and the plan back."""

from consortium.interop.fhir.bookings import tell_more
from consortium.interop.operations import carry
from consortium.interop.r4.kinds import Kind, register
from referrals.fhir import acts, care, requests, tasks, ways
from referrals.fhir.carried import CARRIED

KINDS: tuple[Kind, ...] = (*requests.KINDS, *tasks.KINDS, *acts.KINDS, *care.KINDS, *ways.KINDS)


def show() -> None:
    """Make them known to the router and to bundles, and what goes with a pathway."""
    for kind in KINDS:
        register(kind)
    tell_more(ways.about_visits)
    carry(*CARRIED)
