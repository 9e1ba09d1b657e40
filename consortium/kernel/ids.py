"""Ids as they come from PostgreSQL: a list of 25 rows has two hundred, and Python's own reading of one is a third of a
row's cost."""

from typing import Any
from uuid import UUID, SafeUUID

from psycopg2.extensions import new_array_type, new_type, register_type

_UUID, _UUIDS = 2950, 2951  # PostgreSQL's numbers of the types
_slots: Any = vars(UUID)
_set_number, _set_safe = _slots["int"].__set__, _slots["is_safe"].__set__


def read_id(text: Any, cursor: object = None) -> UUID | None:
    """What PostgreSQL writes of an id, always of one form, so that nothing of it is looked at but its digits."""
    if text is None:
        return None
    found = UUID.__new__(UUID)
    _set_number(found, int(text.replace("-", ""), 16))
    _set_safe(found, SafeUUID.unknown)
    return found


def read_ids_quickly() -> None:
    """On every connection of this process."""
    one = new_type((_UUID,), "UUID", read_id)
    register_type(one)
    register_type(new_array_type((_UUIDS,), "UUID[]", one))
