"""A consultation as FHIR R4: what is asked, who has it and how far, what was said and signed, and its files."""

from consortium.interop.r4.kinds import Kind
from consultations.fhir import answers, meetings, requests, tasks

KINDS: tuple[Kind, ...] = (
    *requests.KINDS,
    *tasks.KINDS,
    *answers.KINDS,
    *meetings.KINDS,
)
