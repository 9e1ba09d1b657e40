"""The National Paediatric Early Warning Score of England: bands as data, and what follows from them."""

from consortium.clinical.pews.bands import BANDS, AgeBand, Item, age_band
from consortium.clinical.pews.scoring import Avpu, Concern, Distress, Level, Pews, Signs, Support, score_signs

__all__ = [
    "BANDS",
    "AgeBand",
    "Avpu",
    "Concern",
    "Distress",
    "Item",
    "Level",
    "Pews",
    "Signs",
    "Support",
    "age_band",
    "score_signs",
]
