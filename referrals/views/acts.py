"""How each act on a referral is asked for and done: one row a verb."""

from django.utils.translation import gettext_lazy

from consortium.casework.views.acting import Act, plain
from referrals.models import Referral
from referrals.operations.drafting import discard
from referrals.views.acts_of_answer import ANSWERING
from referrals.views.acts_of_care import CARING
from referrals.views.travelling import TRAVEL_ACTS
from referrals.views.visits import VISIT_ACTS

ACTS: dict[str, Act[Referral]] = {
    "discard": Act(
        plain(discard),
        gettext_lazy("The draft was thrown away."),
        hint=gettext_lazy("What you typed will be gone from your lists."),
    ),
    **ANSWERING,
    **CARING,
    **TRAVEL_ACTS,
    **VISIT_ACTS,
}
