"""The questionnaire of the demonstration: the trainer writes it, the staff answers, by the operations people use."""

from uuid import UUID

from consortium.demo.operations.settling import World
from consortium.demo.story.questionnaires import SAID, SURVEY
from consortium.kernel.actors import acting_as
from courses.assessment.models import SurveyQuestion
from courses.assessment.operations.filling import answer_questionnaire
from courses.assessment.operations.questionnaires import (
    create_questionnaire,
    publish_questionnaire,
    set_survey_questions,
)


def write_questionnaire(world: World) -> UUID:
    """One that may be answered; its id."""
    trainer = world.actor("trainer")
    fields = {"title_en": SURVEY.en, "title_zh": SURVEY.zh, "intro_en": SURVEY.intro_en, "intro_zh": SURVEY.intro_zh}
    with acting_as(trainer):
        (place,) = trainer.institution_ids()
        row, _fresh = create_questionnaire(actor=trainer, institution_id=place, fields=fields)
        set_survey_questions(actor=trainer, questionnaire_id=row.pk, questions=SURVEY.questions)
        publish_questionnaire(actor=trainer, questionnaire_id=row.pk)
    return UUID(str(row.pk))


def answer_all(world: World, questionnaire_id: UUID) -> None:
    """A box that is full, and what waits for the next five."""
    for username, said in SAID:
        learner = world.actor(username)
        with acting_as(learner):
            asked = SurveyQuestion.objects.filter(questionnaire_id=questionnaire_id).order_by("position")
            given = dict(zip(asked.values_list("pk", flat=True), said, strict=True))
            answer_questionnaire(actor=learner, questionnaire_id=questionnaire_id, given=given)
