"""What a child needs before it travels, by age, weight and problem. Pure: it reads nothing and writes nothing.

Doses are reckoned by consortium.clinical.doses, each with its trace and source. What its source leaves to be opened
again before approval is said to be unverified wherever it is shown; strengths are usual ones, which a pharmacist
confirms for the place. Nothing here is a gate: what is missing is shown and chased.
"""

from referrals.checklist.drugs import REMEDIES, Remedy
from referrals.checklist.items import ITEMS, Group, Item
from referrals.checklist.reckoning import Given, Line, Traveller, lines_for

__all__ = ["ITEMS", "REMEDIES", "Given", "Group", "Item", "Line", "Remedy", "Traveller", "lines_for"]
