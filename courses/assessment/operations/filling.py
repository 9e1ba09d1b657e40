"""A questionnaire is answered: that it was is known by name, what was said is not (decision 0035)."""

import json
from collections.abc import Mapping, Sequence
from random import SystemRandom
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, WrongStep
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.kernel.sealing import derive, seal, unseal
from courses.assessment.events import QuestionnaireAnswered
from courses.assessment.models import AnswerBox, HasAnswered, Questionnaire, SurveyQuestion
from courses.assessment.operations.questionnaires import locked_questionnaire
from courses.assessment.policies.questionnaires import may_fill
from courses.assessment.states.questionnaires import FULL_BOX, Agreement, Asks, QuestionnaireStep

MOST_LETTERS: Final = 2000
#: a letter that takes most room in JSON, and a number that takes more than any answer
_LONGEST: Final = "\x1f"
_HIGHEST: Final = 9999
_WHY = "an answer without a name"
Sheet = dict[str, Any]


@transaction.atomic
def answer_questionnaire(*, actor: Actor, questionnaire_id: UUID, given: Mapping[UUID, Any]) -> bool:
    """What somebody thinks: question -> step of Agreement, place of the chosen option, or words. Whether it was taken:
    who has answered before has answered. Raises InvalidInput ("q1" names the first question), WrongStep.
    """
    row = locked_questionnaire(questionnaire_id)
    require(may_fill(actor, row))
    mine = HasAnswered.objects.filter(questionnaire=row, user_id=actor.user_id)
    if mine.exists():
        return False
    if row.step != QuestionnaireStep.OPEN:
        raise WrongStep(_("This questionnaire is not open."))
    questions = list(row.questions.order_by("position"))
    sheet = _sheet(questions, given)
    HasAnswered.objects.create(questionnaire=row, user_id=actor.user_id, day=localtime(clock.now()).date())
    _put(row, sheet, _room(questions))
    record(
        actor=actor, verb="answer_questionnaire", subject=row, institution_id=row.institution_id,
        event=QuestionnaireAnswered(row.pk, actor.user_id),
    )  # fmt: skip
    return True


def _sheet(questions: Sequence[SurveyQuestion], given: Mapping[UUID, Any]) -> Sheet:
    """The answers by their question; what was left out is not there."""
    sheet, wrong = {}, {}
    for question in questions:
        value = given.get(question.pk)
        value = value.strip() if isinstance(value, str) else value
        if value is None or value == "":
            if question.needed:
                wrong[f"q{question.position}"] = _("Please answer this question.")
        elif not _fits(question, value):
            wrong[f"q{question.position}"] = _("This is no answer to this question.")
        else:
            sheet[str(question.pk)] = value
    if wrong:
        raise InvalidInput(wrong)
    if not sheet:
        raise InvalidInput({"questions": _("Answer one question at least.")})
    return sheet


def _fits(question: SurveyQuestion, value: Any) -> bool:
    if question.kind == Asks.TEXT:
        return isinstance(value, str) and len(value) <= MOST_LETTERS and "\0" not in value  # which no table takes
    allowed = Agreement.values if question.kind == Asks.LIKERT else range(len(question.options))
    return isinstance(value, int) and value in allowed


def _room(questions: Sequence[SurveyQuestion]) -> int:
    """Bytes of the longest that a sealed box of these questions can hold: each is filled up to it, so that its length
    tells nothing of what came last."""
    longest = {str(one.pk): _LONGEST * MOST_LETTERS if one.kind == Asks.TEXT else _HIGHEST for one in questions}
    return len(_written([longest] * (FULL_BOX - 1)))


def _written(sheets: Sequence[Sheet]) -> bytes:
    return json.dumps(sheets, ensure_ascii=False).encode()


def _put(questionnaire: Questionnaire, sheet: Sheet, room: int) -> None:
    """Into the open box, at a place drawn by lot. The questionnaire's row is held: one at a time."""
    boxes = unfiltered(AnswerBox, why=_WHY).filter(questionnaire=questionnaire)
    box = boxes.open().first() or AnswerBox(questionnaire=questionnaire, number=boxes.count() + 1)
    sheets = [*_within(box), sheet]
    SystemRandom().shuffle(sheets)
    if len(sheets) < FULL_BOX:
        box.sealed = seal(_key(), _written(sheets).ljust(room), str(box.pk))
    else:
        box.sealed, box.answers = None, sheets
    box.save()


def _within(box: AnswerBox) -> list[Sheet]:
    if box.sealed is None:
        return []
    found: list[Sheet] = json.loads(unseal(_key(), bytes(box.sealed), str(box.pk)))
    return found


def _key() -> bytes:
    return derive(settings.SEALING_KEY, "answer-box")
