"""What all answers say of a question and of a form. Counted without names; answers of few are not shown."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils.translation import get_language

from consortium.kernel.scoping import unfiltered
from courses.assessment import measures
from courses.assessment.items import Choice, Question, TrueFalse, read
from courses.assessment.models import ItemVersion, Response

_WHY = "answers to a question, counted without names"
#: fewer people than this could be known by their answers
LEAST: Final = 5
#: a question below this facility or discrimination is looked at again
WEAK: Final = 0.2


@dataclass(frozen=True, slots=True)
class UseCount:
    """Answers in one kind of use and their facility."""

    use: str
    answers: int
    facility: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one version: over every use together, for each use, and what was chosen (with what is right, by its word)."""

    people: int
    whole: measures.ItemFigures
    uses: list[UseCount]
    chosen: list[measures.Chosen]
    right: dict[str, bool]
    idle: list[str]

    @property
    def enough(self) -> bool:
        return self.people >= LEAST


def _scored() -> Any:
    return unfiltered(Response, why=_WHY).filter(score__isnull=False)


def figures_of(version: ItemVersion) -> Figures:
    """Three queries. An answer's rest is what else was answered in the same use (an attempt), as a share."""
    told = ("person_id", "use", "use_id", "score", "most", "chosen")
    rows = list(_scored().filter(version=version, part="").values_list(*told))
    rests = _rests(version, {use_id for _person, _use, use_id, *_ in rows})
    seen = [
        (use, measures.Observed(float(score / most), rests.get(use_id), chosen))
        for _person, use, use_id, score, most, chosen in rows
    ]
    offered = offered_in(read(version.item.kind, version.content))
    table = measures.choices([one for _, one in seen], list(offered))
    whole = measures.item_figures([one for _, one in seen])
    idle = measures.idle(table, offered) if whole.answers >= measures.LEAST else []
    people = len({person_id for person_id, *_ in rows})
    return Figures(people, whole, _by_use(seen), table, offered, idle)


def _rests(version: ItemVersion, use_ids: set[UUID]) -> dict[UUID, float]:
    """For each use the share of the points of all other questions in it."""
    others = _scored().filter(use_id__in=use_ids, part="").exclude(version=version)
    sums: dict[UUID, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for use_id, score, most in others.values_list("use_id", "score", "most"):
        sums[use_id][0] += float(score)
        sums[use_id][1] += float(most)
    return {use_id: score / most for use_id, (score, most) in sums.items()}


def _by_use(seen: Iterable[tuple[str, measures.Observed]]) -> list[UseCount]:
    shares: dict[str, list[float]] = defaultdict(list)
    for use, one in seen:
        shares[use].append(one.share)
    return [UseCount(use, len(found), sum(found) / len(found)) for use, found in sorted(shares.items())]


def offered_in(question: Question) -> dict[str, bool]:
    """What could be chosen, and whether it is right; empty where answers are free."""
    if isinstance(question, Choice):
        return {option.id: option.right for option in question.options}
    if isinstance(question, TrueFalse):
        return {"true": question.right, "false": not question.right}
    return {}


@dataclass(frozen=True, slots=True)
class _Sat:
    """What one person answered in their first sitting: (points, most) by version, and the sums of them."""

    points: dict[UUID, tuple[Decimal, Decimal]]
    earned: Decimal
    most: Decimal

    def observed(self, version_id: UUID) -> measures.Observed:
        """Its share, and that of all else in the sitting."""
        points, most = self.points[version_id]
        rest = float((self.earned - points) / (self.most - most)) if len(self.points) > 1 else None
        return measures.Observed(float(points / most), rest)


def _sat(form_id: UUID) -> list[_Sat]:
    """Each person once, by their first sitting: whoever sits an exam again knows it. One query."""
    rows = _scored().filter(form_id=form_id, part="").order_by("answered_at", "id")
    first: dict[UUID, UUID] = {}
    points: dict[UUID, dict[UUID, tuple[Decimal, Decimal]]] = defaultdict(dict)
    for person_id, use_id, version_id, score, most in rows.values_list(
        "person_id", "use_id", "version_id", "score", "most"
    ):
        if first.setdefault(person_id, use_id) == use_id:
            points[person_id][version_id] = score, most
    return [_summed(each) for each in points.values()]


def _summed(points: dict[UUID, tuple[Decimal, Decimal]]) -> _Sat:
    earned, most = zip(*points.values(), strict=True)
    return _Sat(points, sum(earned, Decimal()), sum(most, Decimal()))


def form_figures_of(form_id: UUID) -> measures.FormFigures:
    """Of an exam (a form that all answer alike): those who answered every question of it that anybody was asked."""
    return _form_figures(_sat(form_id))


def _form_figures(sat: list[_Sat]) -> measures.FormFigures:
    asked = sorted({version_id for each in sat for version_id in each.points})
    whole = [[float(each.points[one][0]) for one in asked] for each in sat if len(each.points) == len(asked)]
    return measures.form_figures(whole)


@dataclass(frozen=True, slots=True)
class AskedFigures:
    """One question of an exam, in words, with what its answers there say."""

    version: ItemVersion
    stem: str
    figures: measures.ItemFigures

    @property
    def is_weak(self) -> bool:
        """It hardly tells who knows (Ebel and Frisbie 1991: below 0.2 poor), or hardly anybody (our own mark)."""
        told = self.figures.discrimination
        return (told is not None and told < WEAK) or (self.figures.facility or 0) < WEAK


@dataclass(frozen=True, slots=True)
class ExamFigures:
    """What all who handed it in say of an exam: the whole, and its questions, the hardest first."""

    whole: measures.FormFigures
    asked: list[AskedFigures]


def exam_figures_of(exam_id: UUID) -> ExamFigures:
    """Empty with fewer people than LEAST. Two queries, whatever the number of questions and answers."""
    sat = _sat(exam_id)
    if len(sat) < LEAST:
        return ExamFigures(measures.FormFigures(len(sat), 0), [])
    asked = {version_id for each in sat for version_id in each.points}
    versions = unfiltered(ItemVersion, why=_WHY).filter(pk__in=asked).select_related("item")
    lines = [_asked_figures(version, sat) for version in versions]
    return ExamFigures(_form_figures(sat), sorted(lines, key=lambda one: one.figures.facility or 0))


def _asked_figures(version: ItemVersion, sat: Iterable[_Sat]) -> AskedFigures:
    """Against the rest of each sitting in which it was asked."""
    seen = [each.observed(version.pk) for each in sat if version.pk in each.points]
    stem = read(version.item.kind, version.content).stem.said(get_language() or "en")
    return AskedFigures(version, stem, measures.item_figures(seen))
