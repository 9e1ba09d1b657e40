"""Writes around a child's record. Each is one transaction: policy, lock, save, journal entry, event."""

from consortium.patients.operations.erasing import erase_patient
from consortium.patients.operations.glass import break_glass, end_expired_grants, end_grant, review_grant
from consortium.patients.operations.guardians import (
    Decision,
    Link,
    Person,
    add_guardian,
    edit_guardian,
    link_record,
    record_consent,
)
from consortium.patients.operations.measuring import Entry, NotConfirmed, correct_measurement, record_measurements
from consortium.patients.operations.merging import CHOICES, merge_patients, undo_merge
from consortium.patients.operations.pathways import (
    close_pathway,
    join_pathway,
    leave_pathway,
    open_pathway,
    reopen_pathway,
)
from consortium.patients.operations.registry import (
    Details,
    edit_patient,
    note_unseen,
    register_for_caller,
    register_patient,
    register_twin,
)
from consortium.patients.operations.rules import RecordExists

__all__ = [
    "CHOICES",
    "Decision",
    "Details",
    "Entry",
    "Link",
    "NotConfirmed",
    "Person",
    "RecordExists",
    "add_guardian",
    "break_glass",
    "close_pathway",
    "correct_measurement",
    "edit_guardian",
    "edit_patient",
    "end_expired_grants",
    "end_grant",
    "erase_patient",
    "join_pathway",
    "leave_pathway",
    "link_record",
    "merge_patients",
    "note_unseen",
    "open_pathway",
    "record_consent",
    "record_measurements",
    "register_for_caller",
    "register_patient",
    "register_twin",
    "reopen_pathway",
    "review_grant",
    "undo_merge",
]
