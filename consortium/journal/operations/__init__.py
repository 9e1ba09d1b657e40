"""Writing the journal: one entry with each act, in the act's own transaction; one for each look; and verifying it."""

from consortium.journal.operations.reading import SAME_LOOK, note_list_read, note_read
from consortium.journal.operations.verifying import begin_verification, continue_verification, note_export
from consortium.journal.operations.writing import chain_of, erase_key, key_for, record, seal_text, topic_of

__all__ = [
    "SAME_LOOK",
    "begin_verification",
    "chain_of",
    "continue_verification",
    "erase_key",
    "key_for",
    "note_export",
    "note_list_read",
    "note_read",
    "record",
    "seal_text",
    "topic_of",
]
