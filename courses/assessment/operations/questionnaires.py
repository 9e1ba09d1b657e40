"""A questionnaire is written while it is a draft, then published, closed, copied; what came of it is exported."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.sheets import workbook
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, WrongStep, database_rules
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.versions import check_version
from courses.assessment.events import QuestionnaireClosed
from courses.assessment.models import Questionnaire, SurveyQuestion
from courses.assessment.policies.exams import may_build_exams
from courses.assessment.policies.questionnaires import may_read_results, may_run_questionnaire
from courses.assessment.queries.questionnaires import questionnaire_for, sheets_of
from courses.assessment.states.questionnaires import QUESTIONNAIRE, QuestionnaireStep

FIELDS = ("title_en", "title_zh", "intro_en", "intro_zh")
OF_QUESTION = ("kind", "text_en", "text_zh", "options_en", "options_zh", "needed")
MOST_QUESTIONS = 40


def locked_questionnaire(questionnaire_id: UUID) -> Questionnaire:
    """The questionnaire, when the actor sees it, held until the transaction ends."""
    rows = Questionnaire.objects.select_for_update(of=("self",)).filter(pk=questionnaire_id)
    found: Questionnaire | None = rows.first()
    if found is None:
        raise NotVisible
    return found


def _save(actor: Actor, row: Questionnaire, verb: str, **words: Any) -> Questionnaire:
    row.version += 1
    with database_rules():
        row.save()
    record(actor=actor, verb=verb, subject=row, institution_id=row.institution_id, **words)
    return row


@transaction.atomic
def create_questionnaire(
    *, actor: Actor, institution_id: UUID, fields: Mapping[str, str], key: UUID | None = None
) -> tuple[Questionnaire, bool]:
    """A draft: (questionnaire, whether it is new). `fields` are some of FIELDS."""
    require(may_build_exams(actor, institution_id))

    def make() -> Questionnaire:
        row = Questionnaire(
            institution_id=institution_id, created_at=clock.now(), created_by_id=actor.author_id,
            **{name: fields.get(name, "") for name in FIELDS}, **({"request_key": key} if key else {}),
        )  # fmt: skip
        with database_rules(), transaction.atomic():
            row.save(force_insert=True)
        record(actor=actor, verb="create_questionnaire", subject=row, institution_id=institution_id)
        return row

    return once(Questionnaire, actor=actor, key=key, make=make)


def _draft(actor: Actor, questionnaire_id: UUID, version: int | None) -> Questionnaire:
    row = locked_questionnaire(questionnaire_id)
    require(may_run_questionnaire(actor, row))
    check_version(row, version)
    if row.step != QuestionnaireStep.DRAFT:
        raise WrongStep(_("A published questionnaire is not changed. Copy it, and publish the copy."))
    return row


@transaction.atomic
def change_questionnaire(
    *, actor: Actor, questionnaire_id: UUID, fields: Mapping[str, str], version: int | None = None
) -> Questionnaire:
    """Other titles and introductions. Raises WrongStep once it is published."""
    row = _draft(actor, questionnaire_id, version)
    for name in FIELDS:
        setattr(row, name, fields.get(name, getattr(row, name)))
    return _save(actor, row, "change_questionnaire", facts={"fields": sorted(fields)})


@transaction.atomic
def set_survey_questions(
    *, actor: Actor, questionnaire_id: UUID, questions: Sequence[Mapping[str, Any]], version: int | None = None
) -> Questionnaire:
    """The questions, whole, in the order in which they are asked; each has OF_QUESTION, as far as it differs."""
    row = _draft(actor, questionnaire_id, version)
    if len(questions) > MOST_QUESTIONS:
        raise InvalidInput(
            {"questions": _("A questionnaire has at most %(most)d questions.") % {"most": MOST_QUESTIONS}}
        )
    row.questions.all().delete()
    made = [
        SurveyQuestion(questionnaire=row, position=place, **{name: one[name] for name in OF_QUESTION if name in one})
        for place, one in enumerate(questions, 1)
    ]
    with database_rules(), transaction.atomic():
        SurveyQuestion.objects.bulk_create(made)
    return _save(actor, row, "set_survey_questions", facts={"questions": len(made)})


@transaction.atomic
def publish_questionnaire(*, actor: Actor, questionnaire_id: UUID, version: int | None = None) -> Questionnaire:
    """Learners may answer it; from now on it stays as it is. Raises InvalidInput while it asks nothing."""
    row = locked_questionnaire(questionnaire_id)
    if row.step == QuestionnaireStep.OPEN:
        return row
    check_version(row, version)
    QUESTIONNAIRE.take("publish", actor, row)
    if not row.questions.exists():
        raise InvalidInput({"questions": _("A questionnaire asks at least one question.")})
    row.published_at = clock.now()
    return _save(actor, row, "publish_questionnaire")


@transaction.atomic
def close_questionnaire(*, actor: Actor, questionnaire_id: UUID, version: int | None = None) -> Questionnaire:
    """Nobody answers any more; what waits in an open box stays sealed. No course asks for it any more."""
    row = locked_questionnaire(questionnaire_id)
    if row.step == QuestionnaireStep.CLOSED:
        return row
    check_version(row, version)
    QUESTIONNAIRE.take("close", actor, row)
    return _save(actor, row, "close_questionnaire", event=QuestionnaireClosed(row.pk))


@transaction.atomic
def reopen_questionnaire(*, actor: Actor, questionnaire_id: UUID, version: int | None = None) -> Questionnaire:
    """A closed one may be answered again."""
    row = locked_questionnaire(questionnaire_id)
    check_version(row, version)
    QUESTIONNAIRE.take("reopen", actor, row)
    return _save(actor, row, "reopen_questionnaire")


@transaction.atomic
def copy_questionnaire(*, actor: Actor, questionnaire_id: UUID, key: UUID | None = None) -> tuple[Questionnaire, bool]:
    """A draft with the same words, to be changed and published anew: (questionnaire, whether it is new)."""
    source = locked_questionnaire(questionnaire_id)
    require(may_run_questionnaire(actor, source))
    fields = {name: getattr(source, name) for name in FIELDS}
    copy, fresh = create_questionnaire(actor=actor, institution_id=source.institution_id, fields=fields, key=key)
    if fresh:
        questions = source.questions.order_by("position").values(*OF_QUESTION)
        copy = set_survey_questions(actor=actor, questionnaire_id=copy.pk, questions=list(questions))
    return copy, fresh


@transaction.atomic
def export_answers(*, actor: Actor, questionnaire_id: UUID) -> bytes:
    """XLSX of what the page of results shows, with all texts: sums and words, never one person's answers together."""
    row = questionnaire_for(questionnaire_id)
    require(may_read_results(actor, row))
    counts, words = sheets_of(row)
    record(actor=actor, verb="export", subject=row, institution_id=row.institution_id, facts={"rows": len(counts)})
    return workbook({
        _("Counted"): ((_("Question"), _("Option"), _("Number of people"), _("Per cent")), counts),
        _("In their own words"): ((_("Question"), _("In their own words")), words),
    })  # fmt: skip
