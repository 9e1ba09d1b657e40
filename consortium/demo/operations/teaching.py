"""Courses of the demonstration: built from the manual's own words, published, taken: by the operations people use."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from consortium.demo.operations.settling import World
from consortium.demo.operations.surveying import answer_all, write_questionnaire
from consortium.demo.story.courses import AUDIENCE, COURSES, DONE, PROGRAMMES, Taught
from consortium.kernel.actors import Actor, acting_as
from consortium.people.states import Role, Tier
from courses.library import operations
from courses.library.models import Course, Lesson
from decision_manual.chart.outline import Node, outline
from decision_manual.library import Pathway, load

_LANGUAGES = ("en", "zh")
_TITLE_LENGTH = 160
_THINK = {
    "en": "> What is it, and what do you do first? Decide before you go on.",
    "zh": "> 这是什么情况？先做什么？想好再往下看。",
}
_CASES = ("Cases to think through", "思考病例")
_FEEDBACK = ("What do you think of it?", "您的看法")


def teach(world: World) -> None:
    """Four courses in two programmes, required of some, and how far the demo's people are with them."""
    trainer = world.actor("trainer")
    questionnaire_id = write_questionnaire(world)
    with acting_as(trainer):
        (place,) = trainer.institution_ids()
        made = {
            told.pathway: build_course(
                trainer, place, told, questionnaire_id=questionnaire_id if told.required else None
            )
            for told in COURSES
        }
        for told in COURSES:
            if told.required:
                operations.make_rule(
                    actor=trainer, course_id=made[told.pathway], roles=[Role.ASKER], tiers=[Tier.COMMUNITY],
                    required=True, days=30,
                )  # fmt: skip
        for en, zh, about_en, about_zh, pages in PROGRAMMES:
            _programme(trainer, place, (en, zh), (about_en, about_zh), [made[page] for page in pages])
    for username, page, done in DONE:
        learn(world.actor(username), made[page], done)
    answer_all(world, questionnaire_id)


def build_course(
    trainer: Actor,
    place: UUID,
    told: Taught,
    *,
    questionnaire_id: UUID | None = None,
    chapter_exam_id: UUID | None = None,
) -> UUID:
    """One course: a reading for each table of the page, a case for its gravest branch, and what they think of it.

    Who passes the chapter's exam knows what the readings say.
    """
    pathway = load().pathways[told.pathway]
    titles: dict[str, Any] = {"title_en": told.en, "title_zh": told.zh}
    version, _fresh = operations.make_course(actor=trainer, institution_id=place, **titles)
    operations.edit_version(
        actor=trainer, version_id=version.pk,
        fields={**titles, **AUDIENCE, "hours": Decimal(told.hours), "credit": Decimal(told.hours)},
        texts={"en": {"summary": told.about_en}, "zh": {"summary": told.about_zh}},
    )  # fmt: skip
    tables = {code: outline(pathway, code).inside for code in _LANGUAGES}
    chapter = operations.add_chapter(
        actor=trainer, version_id=version.pk, exam_id=chapter_exam_id, **_titles(_both(pathway))
    )  # fmt: skip
    for en, zh in zip(tables["en"], tables["zh"], strict=True):
        _lesson(trainer, chapter.pk, "reading", (en.text, zh.text), told.pathway, _reading(en), _reading(zh))
    cases = operations.add_chapter(actor=trainer, version_id=version.pk, **_titles(_CASES))
    en, zh = _gravest(tables["en"]), _gravest(tables["zh"])
    words = (en.inside[0].text, zh.inside[0].text)
    branch = en.inside[0].id
    _lesson(trainer, cases.pk, "case", words, told.pathway, _case(en, "en"), _case(zh, "zh"), branch=branch)
    if questionnaire_id:
        asked = {**_titles(_FEEDBACK), "minutes": 2, "required": False, "questionnaire_id": questionnaire_id}
        operations.add_lesson(actor=trainer, chapter_id=cases.pk, kind="questionnaire", fields=asked)
    operations.publish_course(actor=trainer, version_id=version.pk)
    return UUID(str(version.course_id))


def _both(pathway: Pathway) -> tuple[str, str]:
    return pathway.title.said("en"), pathway.title.said("zh")


def _titles(words: tuple[str, str]) -> dict[str, Any]:
    return {"title_en": words[0][:_TITLE_LENGTH], "title_zh": words[1][:_TITLE_LENGTH]}


def _lesson(
    trainer: Actor, chapter: UUID, kind: str, words: tuple[str, str], page: str, en: str, zh: str, *, branch: str = ""
) -> None:
    fields: dict[str, Any] = {**_titles(words), "minutes": 10, "manual": [(page, branch)]}
    operations.add_lesson(actor=trainer, chapter_id=chapter, kind=kind, fields=fields, texts={"en": en, "zh": zh})


def _reading(table: Node) -> str:
    """Every branch of a table: its name, when it holds, what is done."""
    return "\n\n".join(
        f"# {question.inside[0].text}\n{_when(question)}\n\n{_told(question)}" for question in table.inside
    )


def _when(question: Node) -> str:
    return " ".join(question.text.split())


def _told(question: Node) -> str:
    """What the manual says to do, as a list; the referral stands out."""
    leaf = question.inside[0]
    lines = [f"- {line}" for node in leaf.inside if node.kind == "action" for line in node.text.splitlines()]
    sent = [f"> {node.text}" for node in leaf.inside if node.kind == "referral"]
    return "\n\n".join(filter(None, ("\n".join(lines), "\n".join(sent))))


def _gravest(tables: tuple[Node, ...]) -> Node:
    """The first question that leads to danger, else the first of all."""
    questions = [question for table in tables for question in table.inside]
    return next((one for one in questions if one.inside[0].severity == "pink"), questions[0])


def _case(question: Node, language: str) -> str:
    """What one finds; then, when one has thought, what it is and what is done."""
    return f"{_when(question)}\n\n{_THINK[language]}\n---\n# {question.inside[0].text}\n\n{_told(question)}"


def _programme(
    trainer: Actor, place: UUID, titles: tuple[str, str], about: tuple[str, str], course_ids: list[UUID]
) -> None:
    words: dict[str, Any] = {"title_en": titles[0], "title_zh": titles[1]}
    programme, _fresh = operations.make_programme(actor=trainer, institution_id=place, **words)
    operations.edit_programme(
        actor=trainer, programme_id=programme.pk, course_ids=course_ids, **words,
        summaries=dict(zip(_LANGUAGES, about, strict=True)),
    )  # fmt: skip


def learn(learner: Actor, course_id: UUID, done: int | None) -> None:
    """Take the course and go through its first lessons, or all of them."""
    with acting_as(learner):
        operations.enrol_oneself(actor=learner, course_id=course_id)
        version_id = Course.objects.values_list("current_id", flat=True).get(pk=course_id)
        lessons = Lesson.objects.filter(version_id=version_id, required=True).order_by("chapter__position", "position")
        for lesson in list(lessons)[:done]:
            if lesson.kind == "case":
                operations.open_stage(actor=learner, lesson_id=lesson.pk, stage=2)
            operations.confirm_lesson(actor=learner, lesson_id=lesson.pk)
