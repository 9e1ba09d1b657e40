"""What forms are made of: the questions of the bank that may be asked, and how a blueprint covers it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Sum
from django.utils.translation import gettext as _

from consortium.kernel.scoping import unfiltered
from courses.assessment.models import BlueprintRow, Exam, ExamQuestion, ItemVersion
from courses.assessment.sitting import Candidate, Coverage, Need, coverage
from courses.assessment.states import AgeBand, Danger, ItemStep, Kind, System, Task
from courses.assessment.states.exams import Drawing

#: the axes by which a blueprint draws, and their values; a tag is "axis:value"
AXES: Final[Mapping[str, Any]] = {"age_band": AgeBand, "system": System, "task": Task, "danger": Danger}
MANUAL: Final = "manual"
_WHY = "questions that may be asked"


def approved(exam: Exam) -> Any:
    """The questions of the exam's region that may be asked."""
    rows = unfiltered(ItemVersion, why=_WHY).approved()
    return rows.filter(item__institution__region_id=exam.institution.region_id)


def askable(exam: Exam) -> Any:
    """The version of each question that may be asked in this exam: the approved one; where a self-check finds none, the
    one that awaits its review."""
    if not exam.self_check:
        return approved(exam)
    better = unfiltered(ItemVersion, why=_WHY).approved().filter(item_id=OuterRef("item_id"))
    rows = unfiltered(ItemVersion, why=_WHY).filter(item__institution__region_id=exam.institution.region_id)
    return rows.filter(Q(step=ItemStep.APPROVED) | Q(step=ItemStep.IN_REVIEW) & ~Exists(better))


def asked_now(exam: Exam, listed: Sequence[ExamQuestion]) -> dict[UUID, UUID]:
    """For each listed question that may be asked at this moment, by its item: the version. One query."""
    items = [row.version.item_id for row in listed]
    return dict(askable(exam).filter(item_id__in=items).values_list("item_id", "pk"))


def pool(exam: Exam) -> list[Candidate]:
    """The same for drawing. One query."""
    columns = ("pk", "item_id", "item__kind", *(f"item__{axis}" for axis in AXES), "item__manual_branch")
    return [_candidate(row) for row in approved(exam).order_by("pk").values_list(*columns)]


def _candidate(row: Sequence[Any]) -> Candidate:
    version_id, item_id, kind, *values, branch = row
    tags = {f"{axis}:{value}" for axis, value in zip(AXES, values, strict=True)}
    if branch:
        tags.add(f"{MANUAL}:{branch}")
    return Candidate(version_id, item_id, kind, frozenset(tags))


def fixed_questions(exam: Exam) -> list[ExamQuestion]:
    """The fixed list, in its order."""
    return list(exam.questions.select_related("version__item").order_by("position"))


def usable_versions(exam: Exam, ids: Iterable[UUID]) -> set[UUID]:
    """Those of `ids` that may be asked in this exam."""
    return set(askable(exam).filter(pk__in=list(ids)).values_list("pk", flat=True))


def question_count(exam: Exam) -> int:
    """How many questions a form of the exam has; learners are told so before they begin. One query."""
    if exam.drawing == Drawing.FIXED:
        return int(unfiltered(ExamQuestion, why=_WHY).filter(exam=exam).count())
    return int(unfiltered(BlueprintRow, why=_WHY).filter(exam=exam).aggregate(n=Sum("count"))["n"] or 0)


# -- a blueprint in words and numbers ---------------------------------------------------------------------------------


def tag_words(tag: str) -> str:
    """A tag in the reader's language."""
    axis, _colon, value = tag.partition(":")
    return value if axis == MANUAL else str(AXES[axis](value).label)


def row_words(row: BlueprintRow) -> str:
    """What a row asks for: "2 to 11 months, Breathing, One right answer"."""
    words = [*map(tag_words, row.tags), *(str(Kind(kind).label) for kind in row.kinds)]
    return ", ".join(words) or _("any question")


@dataclass(frozen=True, slots=True)
class Covered:
    """A row of a blueprint with what the bank has for it."""

    row: BlueprintRow
    words: str
    has: Coverage


def need_of(row: BlueprintRow) -> Need:
    return Need(row.count, frozenset(row.tags), frozenset(row.kinds))


def covered(exam: Exam) -> list[Covered]:
    """The blueprint's rows and what the bank has for each. Two queries."""
    rows = list(exam.blueprint.order_by("position"))
    found = coverage([need_of(row) for row in rows], pool(exam))
    return [Covered(row, row_words(row), has) for row, has in zip(rows, found, strict=True)]
