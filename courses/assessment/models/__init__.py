"""Questions, exams and credits."""

from courses.assessment.models.attempts import Attempt, EssayMark, GivenAnswer
from courses.assessment.models.certificates import Certificate
from courses.assessment.models.credits import CreditEntry, CreditRule
from courses.assessment.models.exams import Accommodation, BlueprintRow, Exam, ExamQuestion, Form, FormQuestion
from courses.assessment.models.imports import ItemImport
from courses.assessment.models.items import Item, ItemVersion
from courses.assessment.models.pairs import TestPair
from courses.assessment.models.pictures import Picture
from courses.assessment.models.questionnaires import AnswerBox, HasAnswered, Questionnaire, SurveyQuestion
from courses.assessment.models.responses import Response

__all__ = [
    "Accommodation",
    "AnswerBox",
    "Attempt",
    "BlueprintRow",
    "Certificate",
    "CreditEntry",
    "CreditRule",
    "EssayMark",
    "Exam",
    "ExamQuestion",
    "Form",
    "FormQuestion",
    "GivenAnswer",
    "HasAnswered",
    "Item",
    "ItemImport",
    "ItemVersion",
    "Picture",
    "Questionnaire",
    "Response",
    "SurveyQuestion",
    "TestPair",
]
