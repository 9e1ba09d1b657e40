"""What the tests of a course say: matched by person, for all and by tier, nothing of fewer than five."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from consortium.kernel.scoping import unfiltered
from consortium.people.states import Tier
from courses.assessment.models import Attempt, FormQuestion
from courses.assessment.states.exams import AttemptStep
from courses.library.gains import Gain, Sat, gain_of, matched
from courses.library.models import CourseTests, Enrolment
from courses.library.queries.apart import LEAST, held_back

_WHY = "what a course changed, by many"
#: of the chart, in units of its view box
LEFT: Final = 150
WIDE: Final = 230
TOP: Final = 24
ROW: Final = 34
#: a person whose place has no tier
_NOWHERE: Final = 0
#: in the seed of a bootstrap, where a tier would stand
_ALL: Final = 9
_OTHERS: Final = 8


@dataclass(frozen=True, slots=True)
class Group:
    """People of one tier, all, or all others; `gain` None: too few to be told."""

    label: str
    n: int
    gain: Gain | None
    #: its place in the chart, from 0
    place: int = 0

    @property
    def y(self) -> int:
        return TOP + ROW * self.place

    @property
    def ends(self) -> tuple[str, str]:
        """(before, after) as they lie in the chart; of a group that is told."""
        gain: Any = self.gain
        return f"{LEFT + WIDE * gain.before / 100:.1f}", f"{LEFT + WIDE * gain.after / 100:.1f}"


@dataclass(frozen=True, slots=True)
class Report:
    """`before_only`, `after_only`: people with one result that has no other. `repeated`: pairs in which a question was
    asked twice. `again`: from the first test to the one some weeks later, of who sat it."""

    n: int
    before_only: int
    after_only: int
    repeated: int
    groups: tuple[Group, ...]
    again: Gain | None

    @property
    def whole(self) -> Gain | None:
        return self.groups[0].gain

    @property
    def paired_share(self) -> int | None:
        """Of all who sat the first test those with a pair, in per cent."""
        first = self.n + self.before_only
        return round(100 * self.n / first) if first else None

    @property
    def ticks(self) -> list[tuple[float, int]]:
        return [(LEFT + WIDE * share / 100, share) for share in (0, 25, 50, 75, 100)]

    @property
    def bottom(self) -> int:
        return TOP + ROW * (len(self.groups) - 1) + 16

    @property
    def height(self) -> int:
        return self.bottom + 24


def report_of(tests: CourseTests) -> Report:
    """Four queries; it reads every attempt at these tests."""
    sat = _sat(tests)
    pair = tests.pair
    pairs: dict[UUID, tuple[Sat, Sat]] = {}
    again: list[tuple[float, float]] = []
    for user_id in sorted({user for user, _exam in sat}):
        found = matched(sat[user_id, pair.before_id], sat[user_id, pair.after_id])
        if found:
            pairs[user_id] = found
            later = matched([found[1]], sat[user_id, pair.later_id]) if pair.later_id else None
            again += [(found[0].percent, later[1].percent)] if later else []
    seed = pair.pk.int
    return Report(
        len(pairs),
        sum(exam == pair.before_id and user not in pairs for (user, exam), rows in sat.items() if rows),
        sum(exam == pair.after_id and user not in pairs for (user, exam), rows in sat.items() if rows),
        _repeated(pairs.values()),
        _groups(pairs, _tiers(tests, list(pairs)), seed),
        gain_of(again, seed) if len(again) >= LEAST else None,
    )


def _sat(tests: CourseTests) -> dict[tuple[UUID, UUID | None], list[Sat]]:
    """The attempts with a certain result, by person and exam. One query."""
    rows = unfiltered(Attempt, why=_WHY).filter(exam_id__in=tests.pair.exam_ids, step=AttemptStep.FINISHED)
    columns = ("user_id", "exam_id", "form_id", "began_at", "handed_in_at", "percent")
    found: dict[tuple[UUID, UUID | None], list[Sat]] = defaultdict(list)
    for user_id, exam_id, form_id, began_at, handed_in_at, percent in rows.values_list(*columns):
        found[user_id, exam_id].append(Sat(form_id, began_at, handed_in_at, float(percent)))
    return found


def _tiers(tests: CourseTests, users: list[UUID]) -> dict[UUID, int]:
    """Of each person the tier of where they worked when they were enrolled. One query."""
    rows = unfiltered(Enrolment, why=_WHY).filter(course_id=tests.course_id, user_id__in=users)
    return {user: tier or _NOWHERE for user, tier in rows.values_list("user_id", "institution__tier")}


def _repeated(pairs: Iterable[tuple[Sat, Sat]]) -> int:
    """How many pairs have a question in both of their forms. One query."""
    forms = [(first.form_id, second.form_id) for first, second in pairs]
    asked: dict[UUID, set[UUID]] = defaultdict(set)
    rows = unfiltered(FormQuestion, why=_WHY).filter(form_id__in={form for pair in forms for form in pair})
    for form_id, item_id in rows.values_list("form_id", "version__item_id"):
        asked[form_id].add(item_id)
    return sum(not asked[first].isdisjoint(asked[second]) for first, second in forms)


def _groups(pairs: dict[UUID, tuple[Sat, Sat]], tiers: dict[UUID, int], seed: int) -> tuple[Group, ...]:
    """All; then each tier that may be told, and the others together, so that no subtraction tells of a few."""
    by_tier: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for user_id, (first, second) in pairs.items():
        by_tier[tiers.get(user_id, _NOWHERE)].append((first.percent, second.percent))
    whole = [one for rows in by_tier.values() for one in rows]
    hidden = held_back({tier: len(rows) for tier, rows in by_tier.items()})
    told = [
        (_label(tier), by_tier[tier], tier) for tier in sorted(by_tier, reverse=True) if tier not in hidden
    ]  # fmt: skip
    if told and hidden:
        others = [one for tier in sorted(hidden) for one in by_tier[tier]]
        told.append((_("All others"), others, _OTHERS))
    parts = [(_("All"), whole, _ALL), *told]
    return tuple(_group(label, rows, seed + mark, place) for place, (label, rows, mark) in enumerate(parts))


def _group(label: str, rows: Sequence[tuple[float, float]], seed: int, place: int) -> Group:
    return Group(label, len(rows), gain_of(rows, seed) if len(rows) >= LEAST else None, place)


def _label(tier: int) -> str:
    return str(Tier(tier).label) if tier else _("No institution")
