"""The consultation, its signed answers, second opinions, and the templates they start from."""

from consultations.models.answers import Answer, AnswerDraft, AnswerTemplate
from consultations.models.citing import ManualUse
from consultations.models.consultation import REOPEN_WITHIN, Consultation
from consultations.models.meetings import CallNote, Meeting, Recording, RecordingAnswer
from consultations.models.opinions import Opinion
from consultations.models.outcomes import OUTCOMES, OutcomeChase
from consultations.models.reviews import Review, ReviewPlan, ReviewRound

__all__ = [
    "OUTCOMES", "REOPEN_WITHIN", "Answer", "AnswerDraft", "AnswerTemplate", "CallNote", "Consultation", "ManualUse",
    "Meeting", "Opinion", "OutcomeChase", "Recording", "RecordingAnswer", "Review", "ReviewPlan", "ReviewRound",
]  # fmt: skip
