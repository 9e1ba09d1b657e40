"""Questionnaires as their trainers and learners see them, and what many people answered."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.scoping import unfiltered
from courses.assessment.models import AnswerBox, HasAnswered, Questionnaire, SurveyQuestion
from courses.assessment.states.questionnaires import FULL_BOX, OVERSEERS, Agreement, Asks

#: texts on the page; the spreadsheet has them all
MOST_SHOWN: Final = 100


def questionnaire_for(questionnaire_id: UUID) -> Questionnaire:
    """The questionnaire, when the actor sees it. One query."""
    found: Questionnaire | None = Questionnaire.objects.filter(pk=questionnaire_id).first()
    if found is None:
        raise NotVisible
    return found


def questionnaires_listed(actor: Actor) -> Any:
    """Those of one's institutions; who oversees sees all that were ever published."""
    return Questionnaire.objects.all() if actor.has(*OVERSEERS) else Questionnaire.objects.led_by(actor)


def questions_of(questionnaire: Questionnaire) -> list[SurveyQuestion]:
    """In their order. One query."""
    return list(SurveyQuestion.objects.filter(questionnaire=questionnaire).order_by("position"))


def has_answered(user_id: UUID, questionnaire_id: UUID | None) -> bool:
    """One query; none where there is no questionnaire."""
    if questionnaire_id is None:
        return False
    rows = unfiltered(HasAnswered, why="whether somebody has answered")
    return bool(rows.filter(user_id=user_id, questionnaire_id=questionnaire_id).exists())


@dataclass(frozen=True, slots=True)
class Bar:
    """How many chose it, and their share of those who answered, in per cent."""

    label: str
    count: int
    percent: float


@dataclass(frozen=True, slots=True)
class Told:
    """What was said to one question by `people`, as far as it may be shown: nothing of it before five have said it."""

    question: SurveyQuestion
    people: int
    bars: tuple[Bar, ...] = ()
    #: of the five steps of agreement
    mean: float | None = None
    texts: tuple[str, ...] = ()

    @property
    def is_few(self) -> bool:
        return self.people < FULL_BOX

    @property
    def shown(self) -> tuple[str, ...]:
        return self.texts[:MOST_SHOWN]


@dataclass(frozen=True, slots=True)
class Results:
    """Of everybody in full boxes: `people`, a multiple of five."""

    people: int
    told: tuple[Told, ...]


def results_of(questionnaire: Questionnaire) -> Results:
    """What those say who may be shown. Two queries; it reads every full box."""
    rows: Any = AnswerBox.objects.filter(questionnaire=questionnaire).order_by("number")
    boxes: list[list[dict[str, Any]]] = list(rows.values_list("answers", flat=True))
    return Results(FULL_BOX * len(boxes), tuple(_told(one, boxes) for one in questions_of(questionnaire)))


def ripe(boxes: Iterable[Sequence[Any]]) -> list[Any]:
    """What may be shown of the answers to one question, box by box as these were filled: what is shown grows by five
    or more at a time, or not at all, so that no two looks differ by what a few have said."""
    shown: list[Any] = []
    held: list[Any] = []
    for box in boxes:
        held += box
        if len(held) >= FULL_BOX:
            shown, held = shown + held, []
    return shown


def _told(question: SurveyQuestion, boxes: Sequence[Sequence[dict[str, Any]]]) -> Told:
    key = str(question.pk)
    said = ripe([sheet[key] for sheet in box if key in sheet] for box in boxes)
    if not said:
        return Told(question, 0)
    if question.kind == Asks.TEXT:
        return Told(question, len(said), texts=tuple(sorted(said)))
    labels = dict(Agreement.choices) if question.kind == Asks.LIKERT else dict(enumerate(question.options))
    counted = Counter(said)
    bars = tuple(
        Bar(str(label), counted[value], round(100 * counted[value] / len(said), 1)) for value, label in labels.items()
    )
    return Told(question, len(said), bars, sum(said) / len(said) if question.kind == Asks.LIKERT else None)


def sheets_of(questionnaire: Questionnaire) -> tuple[list[tuple[Any, ...]], list[tuple[str, str]]]:
    """Lines of a spreadsheet: (question, answer, people, per cent), and (question, text)."""
    told = results_of(questionnaire).told
    counts = [(one.question.text, bar.label, bar.count, bar.percent) for one in told for bar in one.bars]
    return counts, [(one.question.text, text) for one in told for text in one.texts]
