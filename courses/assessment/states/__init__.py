"""The vocabulary of questions and of what is made of them, a module for each part."""

from courses.assessment.states.credits import CERTIFICATE
from courses.assessment.states.exams import ATTEMPT, EXAM
from courses.assessment.states.items import (
    BANK_ROLES,
    MACHINE,
    WRITING_ROLES,
    AgeBand,
    Danger,
    ItemStep,
    Kind,
    System,
    Task,
    UseKind,
)
from courses.assessment.states.questionnaires import QUESTIONNAIRE

__all__ = [
    "ATTEMPT",
    "BANK_ROLES",
    "CERTIFICATE",
    "EXAM",
    "MACHINE",
    "QUESTIONNAIRE",
    "WRITING_ROLES",
    "AgeBand",
    "Danger",
    "ItemStep",
    "Kind",
    "System",
    "Task",
    "UseKind",
]
