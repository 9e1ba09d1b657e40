"""What was found, where, and the words that stand in its place."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Mark(StrEnum):
    """What kind of thing tells who the child is."""

    CHILD = "child"
    FAMILY = "family"
    STAFF = "staff"
    NAME = "name"
    PLACE = "place"
    NUMBER = "number"
    IDENTITY = "identity"
    PHONE = "phone"
    CONTACT = "contact"
    DATE = "date"


#: mark -> (in an English text, in a Chinese one)
_WORDS: Final[dict[Mark, tuple[str, str]]] = {
    Mark.CHILD: ("[the child]", "[患儿]"),
    Mark.FAMILY: ("[guardian]", "[家长]"),
    Mark.STAFF: ("[clinician]", "[医生]"),
    Mark.NAME: ("[name]", "[姓名]"),
    Mark.PLACE: ("[place]", "[地点]"),
    Mark.NUMBER: ("[number]", "[编号]"),
    Mark.IDENTITY: ("[identity number]", "[证件号]"),
    Mark.PHONE: ("[telephone]", "[电话]"),
    Mark.CONTACT: ("[contact]", "[联系方式]"),
    Mark.DATE: ("[date]", "[日期]"),
}


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """Characters `start` to `end` (not included) of the text.

    `sure`: it cannot be anything else, so nobody may let it stand. `stands`: what is put in its place.
    """

    start: int
    end: int
    mark: Mark
    sure: bool
    stands: str = ""


def words_for(mark: Mark, *, chinese: bool) -> str:
    return _WORDS[mark][chinese]
