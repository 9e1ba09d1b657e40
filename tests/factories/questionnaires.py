"""Questionnaires, and people who answer them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from consortium.kernel.actors import acting_as
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.assessment.models import Questionnaire, SurveyQuestion
from courses.assessment.operations.filling import answer_questionnaire
from courses.assessment.operations.questionnaires import (
    create_questionnaire,
    publish_questionnaire,
    set_survey_questions,
)
from tests.cast import actor_for
from tests.factories.people import make_staff, number

LIKERT: dict[str, Any] = {"kind": "likert", "text_en": "I can use it.", "text_zh": "能用上。"}
CHOICE: dict[str, Any] = {
    "kind": "choice", "text_en": "How long was it?", "options_en": ["Short", "Right", "Long"],
    "options_zh": ["短", "正好", "长"],
}  # fmt: skip
TEXT: dict[str, Any] = {"kind": "text", "text_en": "What else?", "needed": False}
ASKED = (LIKERT, CHOICE, TEXT)


def make_questionnaire(
    trainer: User, place: Institution, questions: Sequence[dict[str, Any]] = ASKED, *, draft: bool = False
) -> Questionnaire:
    """One that asks `questions`; open unless `draft`."""
    actor = actor_for(trainer)
    with acting_as(actor):
        fields = {"title_en": "Your view", "title_zh": "您的看法"}
        row, _fresh = create_questionnaire(actor=actor, institution_id=place.pk, fields=fields)
        row = set_survey_questions(actor=actor, questionnaire_id=row.pk, questions=questions)
        return row if draft else publish_questionnaire(actor=actor, questionnaire_id=row.pk)


def said(row: Questionnaire, *answers: Any) -> dict[UUID, Any]:
    """Answers in the order of the questions."""
    asked = SurveyQuestion.unscoped.filter(questionnaire=row).order_by("position")
    return dict(zip([one.pk for one in asked], answers, strict=False))


def answer(row: Questionnaire, user: User, *answers: Any) -> bool:
    actor = actor_for(user)
    with acting_as(actor):
        return answer_questionnaire(actor=actor, questionnaire_id=row.pk, given=said(row, *answers))


def crowd(row: Questionnaire, place: Institution, answers: Sequence[Sequence[Any]]) -> list[User]:
    """A new person for each row of answers."""
    people = [make_staff(f"learner{number()}", place, Role.ASKER) for _row in answers]
    for user, each in zip(people, answers, strict=True):
        assert answer(row, user, *each)
    return people
