"""What the Basic Profile does with each attribute: PS3.15 Table E.1-1, edition 2026c, as `dicomanonymizer` carries it.

Where the table leaves a choice that depends on the kind of object (X/Z, X/D, Z/D ...), the one is taken that is valid
for every kind: an element is emptied or given a dummy rather than removed.
"""

from enum import Enum
from typing import Any, Final

from dicomanonymizer.dicom_anonymization_databases import dicomfields_2026c as standard


class Action(Enum):
    """Table E.1-1's codes."""

    REMOVE = "X"
    EMPTY = "Z"
    DUMMY = "D"
    UID = "U"


_LISTS: Final[tuple[tuple[Action, list[Any]], ...]] = (
    (Action.REMOVE, standard.X_TAGS),
    (Action.EMPTY, standard.Z_TAGS + standard.X_Z_TAGS + standard.X_Z_U_STAR_TAGS),
    (Action.DUMMY, standard.D_TAGS + standard.Z_D_TAGS + standard.X_D_TAGS + standard.X_Z_D_TAGS),
    (Action.UID, standard.U_TAGS),
)
#: (group, element) -> what is done with it
ATTRIBUTES: Final[dict[tuple[int, int], Action]] = {
    (tag[0], tag[1]): action for action, tags in _LISTS for tag in tags if len(tag) == 2
}
#: Curves (50xx) and overlays (60xx): the table names some of their elements, we take the whole groups.
GRAPHIC_GROUPS: Final = (0x5000, 0x6000)
#: A whole document inside the file may say anything.
ALWAYS_REMOVED: Final = frozenset({(0x0042, 0x0011), (0xFFFC, 0xFFFC), (0x0088, 0x0200)})
