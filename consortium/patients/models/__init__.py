"""The child, who looks after it, what was agreed, its pathways, and the watched exceptions."""

from consortium.patients.models.exceptions import AccessGrant, Merge
from consortium.patients.models.measurements import Measurement, MeasurementSet
from consortium.patients.models.pathways import Pathway, PathwayMember
from consortium.patients.models.registry import Consent, Guardian, Patient, RecordNumber, name_words
from consortium.patients.models.visibility import READING_ROLES, related_patients

__all__ = [
    "READING_ROLES",
    "AccessGrant",
    "Consent",
    "Guardian",
    "Measurement",
    "MeasurementSet",
    "Merge",
    "Pathway",
    "PathwayMember",
    "Patient",
    "RecordNumber",
    "name_words",
    "related_patients",
]
