"""Identity numbers. A number that looks wrong is a warning, never a refusal: documents of other countries exist too."""

import re
import unicodedata
from datetime import date
from enum import Enum

# GB 11643-1999: weights of the first 17 digits, and the check character for each remainder of division by 11.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_RESIDENT = re.compile(r"\d{17}[\dX]")
_SHORTEST = 6


class Doubt(Enum):
    """What looks wrong with a number."""

    CHECK_DIGIT = "check-digit"
    BIRTH_DATE = "birth-date"
    SEX = "sex"


def normal(number: str) -> str:
    """The number as it is hashed: capitals, without spaces and dashes."""
    return "".join(unicodedata.normalize("NFKC", number).split()).replace("-", "").upper()


def may_be_identity(text: str) -> bool:
    """Whether a search for `text` may mean an identity number: one word of six or more with digits in it."""
    number = normal(text)
    return len(number) >= _SHORTEST and number.isalnum() and number.isascii() and any(c.isdigit() for c in number)


def is_resident(number: str) -> bool:
    """Whether this has the form of a Chinese resident identity number."""
    return _RESIDENT.fullmatch(normal(number)) is not None


def doubts(number: str, *, birth_date: date | None = None, sex: str = "") -> list[Doubt]:
    """What does not fit in a resident number; nothing is said about documents of another form."""
    number = normal(number)
    if not is_resident(number):
        return []
    found = []
    remainder = sum(int(d) * w for d, w in zip(number, _WEIGHTS, strict=False)) % 11
    if _CHECKS[remainder] != number[17]:
        found.append(Doubt.CHECK_DIGIT)
    if birth_date is not None and number[6:14] != f"{birth_date:%Y%m%d}":
        found.append(Doubt.BIRTH_DATE)
    if sex in ("female", "male") and (int(number[16]) % 2 == 1) != (sex == "male"):
        found.append(Doubt.SEX)
    return found


def masked(number: str) -> str:
    """For the screen: the last four characters."""
    return f"•••• {normal(number)[-4:]}"
