"""Which rows of a referral go with a pathway that is carried to another consortium."""

from typing import Final

from consortium.interop.operations import KEY, Carried, of_cases

#: drafts and the family's link stay: the ones are their author's alone, the other is a secret
CARRIED: Final = (
    Carried("referrals.Referral", of_cases),
    Carried("referrals.Offer", of_cases),
    Carried("referrals.Check", of_cases),
    Carried("referrals.Transport", of_cases),
    Carried("referrals.Incident", of_cases, KEY),
    Carried("referrals.Visit", of_cases, KEY),
    Carried("referrals.Waiting", of_cases),
    Carried("referrals.Encounter", of_cases),
    Carried("referrals.Outcome", of_cases, KEY),
    Carried("referrals.Acknowledgement", of_cases),
    Carried("referrals.FollowUp", of_cases),
)
