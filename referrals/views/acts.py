"""How each act on a referral is asked for and done: one row a verb."""

from consortium.casework.views.acting import Act
from referrals.models import Referral
from referrals.views.acts_of_answer import ANSWERING
from referrals.views.acts_of_care import CARING
from referrals.views.travelling import TRAVEL_ACTS
from referrals.views.visits import VISIT_ACTS

ACTS: dict[str, Act[Referral]] = {
    **ANSWERING,
    **CARING,
    **TRAVEL_ACTS,
    **VISIT_ACTS,
}
