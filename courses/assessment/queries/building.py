"""An exam on its trainer's desk: its questions in words, what its blueprint lacks, and what could be added."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from courses.assessment.items import read
from courses.assessment.models import BlueprintRow, Exam, ItemVersion
from courses.assessment.queries.forms import Covered, askable, asked_now, covered, fixed_questions
from courses.assessment.states import ItemStep
from courses.assessment.states.exams import Drawing

#: questions offered at once; a search finds the others
_OFFERED = 30


@dataclass(frozen=True, slots=True)
class Listed:
    """A question of the list, in words."""

    version_id: UUID
    code: str
    stem: str
    kind: str
    points: Any = None
    #: of a version that nobody has approved yet
    awaits: bool = False
    #: it may not be asked now: of a self-check it stays out, an exam is not published
    out: bool = False


@dataclass(frozen=True, slots=True)
class Building:
    """Either the fixed list or the rows of the blueprint; `short` is how many questions the bank lacks."""

    questions: tuple[Listed, ...] = ()
    rows: tuple[Covered, ...] = ()

    @property
    def count(self) -> int:
        return len(self.questions) or sum(one.row.count for one in self.rows)

    @property
    def short(self) -> int:
        return sum(one.has.short for one in self.rows)

    @property
    def awaiting(self) -> int:
        """How many of its questions await their review."""
        return sum(one.awaits for one in self.questions)

    @property
    def is_ready(self) -> bool:
        return bool(self.count) and not self.short


def building_of(exam: Exam) -> Building:
    """Three queries."""
    if exam.drawing == Drawing.BLUEPRINT:
        return Building(rows=tuple(covered(exam)))
    rows = fixed_questions(exam)
    asked = asked_now(exam, rows)
    return Building(
        questions=tuple(listed(row.version, row.points, out=row.version.item_id not in asked) for row in rows)
    )


def listed(version: ItemVersion, points: Any = None, *, out: bool = False) -> Listed:
    """The question as lists name it, in the reader's language."""
    stem = read(version.item.kind, version.content).stem.said(get_language() or "en")
    awaits = version.step == ItemStep.IN_REVIEW
    return Listed(version.pk, version.item.code, stem, version.item.get_kind_display(), points, awaits, out)


def pickable(exam: Exam, words: str) -> list[Listed]:
    """Questions that may be asked and are not in the list yet; of all, or those whose texts hold `words`."""
    return listed_first(askable(exam).exclude(pk__in=exam.questions.values("version_id")), words)


def listed_first(versions: Any, words: str) -> list[Listed]:
    """The first of these by their codes; of all, or those whose texts hold `words`. One query."""
    rows = versions.select_related("item")
    if words.strip():
        rows = rows.filter(words__icontains=words.strip()[:100])
    return [listed(version) for version in rows.order_by("item__code", "pk")[:_OFFERED]]


def blueprint_rows(exam: Exam) -> list[dict[str, Any]]:
    """As `set_blueprint` takes them."""
    rows: Any = BlueprintRow.objects.filter(exam=exam).order_by("position")
    return [{"tags": row.tags, "kinds": row.kinds, "count": row.count, "points": row.points} for row in rows]
