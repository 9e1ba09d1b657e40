"""Exams of the demonstration: made by the trainer, sat by the staff, by the operations people use."""

import random
from datetime import timedelta
from typing import Any, Final

from consortium.demo.operations.questioning import answered
from consortium.demo.operations.settling import World
from consortium.demo.story.exams import EXAMS, SAT, SITTING, Examined
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as
from courses.assessment.items import read
from courses.assessment.models import Attempt, Exam, FormQuestion
from courses.assessment.operations.answering import EPOCH, Sent, save_answer
from courses.assessment.operations.attending import begin_attempt
from courses.assessment.operations.building import create_exam, set_questions
from courses.assessment.operations.handing_in import hand_in
from courses.assessment.operations.publishing import publish_exam
from courses.assessment.queries.forms import askable

_KINDS: Final = ("single", "true_false", "numeric")
_DAYS_AGO: Final = 12


def examine(world: World) -> None:
    """An exam that counts and a self-check; most of those who sat them are done, somebody is at it."""
    chance = random.Random(11)  # noqa: S311 - a story, not a secret
    for told in EXAMS:
        with clock.moved(-timedelta(days=_DAYS_AGO + 1)):
            exam = _exam(world.actor("trainer"), told)
        for place, (username, knows) in enumerate(SAT):
            sits_now = place >= len(SAT) - SITTING
            before = timedelta(minutes=3) if sits_now else timedelta(days=_DAYS_AGO - place)
            with clock.moved(-before):
                sit(world.actor(username), exam, knows, chance, done=not sits_now)


def _exam(trainer: Actor, told: Examined) -> Exam:
    fields: dict[str, Any] = {
        "title_en": told.en, "title_zh": told.zh, "intro_en": told.intro_en, "intro_zh": told.intro_zh,
        "minutes": told.minutes, "attempts_allowed": told.attempts, "self_check": told.self_check,
    }  # fmt: skip
    with acting_as(trainer):
        (place,) = trainer.institution_ids()
        exam, _fresh = create_exam(actor=trainer, institution_id=place, fields=fields)
        # of a self-check the newest first: those that wait stand at the end of the bank
        order = "-item__code" if told.self_check else "item__code"
        rows = askable(exam).filter(item__kind__in=_KINDS).order_by(order)[: told.questions]
        set_questions(actor=trainer, exam_id=exam.pk, questions=[(row.pk, row.points) for row in rows])
        return publish_exam(actor=trainer, exam_id=exam.pk)


def sit(actor: Actor, exam: Exam, knows: float, chance: random.Random, *, done: bool = True) -> Attempt:
    """Answer what is asked; who is not done has answered half of it."""
    with acting_as(actor):
        attempt, _fresh = begin_attempt(actor=actor, exam_id=exam.pk)
        asked = FormQuestion.objects.filter(form_id=attempt.form_id).select_related("version__item")
        rows = list(asked.order_by("position"))
        for row in rows if done else rows[: len(rows) // 2]:
            question = read(row.version.item.kind, row.version.content)
            given = answered(question, right=chance.random() < knows, chance=chance)
            save_answer(actor=actor, attempt_id=attempt.pk, sent=Sent(row.position, EPOCH + 1, given))
        return hand_in(actor=actor, attempt_id=attempt.pk) if done else attempt
