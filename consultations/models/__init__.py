"""The consultation, its signed answers, second opinions, and the templates they start from."""

from consultations.models.answers import Answer, AnswerDraft, AnswerTemplate
from consultations.models.citing import ManualUse
from consultations.models.consultation import REOPEN_WITHIN, Consultation
from consultations.models.meetings import CallNote, Meeting, Recording, RecordingAnswer
from consultations.models.opinions import Opinion

__all__ = [
    "REOPEN_WITHIN", "Answer", "AnswerDraft", "AnswerTemplate", "CallNote", "Consultation", "ManualUse", "Meeting",
    "Opinion", "Recording", "RecordingAnswer",
]  # fmt: skip
