"""Referrals, the services asked, the way there, care and outcome, follow-up, and the family's link."""

from referrals.models.beds import BedBoard
from referrals.models.care import Acknowledgement, CareDraft, Encounter, FollowUp, Outcome
from referrals.models.expected import Expected
from referrals.models.family import FamilyLink
from referrals.models.radar import Unwatched
from referrals.models.referral import Check, Offer, Referral
from referrals.models.ways import Incident, Transport, Visit, Waiting

__all__ = [
    "Acknowledgement",
    "BedBoard",
    "CareDraft",
    "Check",
    "Encounter",
    "Expected",
    "FamilyLink",
    "FollowUp",
    "Incident",
    "Offer",
    "Outcome",
    "Referral",
    "Transport",
    "Unwatched",
    "Visit",
    "Waiting",
]
