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
#: what is sealed is filled up to a multiple of it, so that its length tells nothing of the last answer
_ROOM: Final = 16 * 1024
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
    sheet = _sheet(list(row.questions.order_by("position")), given)
    HasAnswered.objects.create(questionnaire=row, user_id=actor.user_id, day=localtime(clock.now()).date())
    _put(row, sheet)
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
        return isinstance(value, str) and len(value) <= MOST_LETTERS
    allowed = Agreement.values if question.kind == Asks.LIKERT else range(len(question.options))
    return isinstance(value, int) and value in allowed


def _put(questionnaire: Questionnaire, sheet: Sheet) -> None:
    """Into the open box, at a place drawn by lot. The questionnaire's row is held: one at a time."""
    box = unfiltered(AnswerBox, why=_WHY).open().filter(questionnaire=questionnaire).first()
    box = box or AnswerBox(questionnaire=questionnaire)
    sheets = [*_within(box), sheet]
    SystemRandom().shuffle(sheets)
    if len(sheets) < FULL_BOX:
        written = json.dumps(sheets).encode()
        room = -(-len(written) // _ROOM) * _ROOM
        box.sealed = seal(_key(), written.ljust(room), str(box.pk))
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
