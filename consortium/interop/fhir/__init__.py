"""What the lower layers hold, as FHIR: the directory, the child's record, bookings, the journal."""

from consortium.interop.fhir import audit, bookings, children, directory, documents, measured, messages, slots
from consortium.interop.r4.kinds import Kind

KINDS: tuple[Kind, ...] = (
    *directory.KINDS, *children.KINDS, *measured.KINDS, *bookings.KINDS, *slots.KINDS,
    *messages.KINDS, *documents.KINDS, *audit.KINDS,
)  # fmt: skip
