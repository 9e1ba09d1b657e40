"""Reading the cells: one query for each way of dividing them, whatever the number of questions behind them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.db.models import Q
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from consortium.casework.models import Service
from consortium.casework.states import Priority
from consortium.insight.measures import Kind, Measure, Tally
from consortium.insight.models import Cell
from consortium.insight.queries.asking import Asked, months_before
from consortium.kernel.scoping import unfiltered
from consortium.people.models import Institution, Region

By = Literal["month", "service", "priority", "institution", "region", "indication"]
WAYS: tuple[By, ...] = ("month", "service", "priority", "institution", "region", "indication")
_WHY = "numbers of many questions; the lens was checked"
#: counts by which a line is known to be small
_ALWAYS = ("sent", "rows", "declined")
Key = date | int | str | UUID


@dataclass(frozen=True, slots=True)
class Line:
    """One part of the selection: its key, its name, its numbers."""

    key: Key
    label: str
    tally: Tally


def _service(asked: Asked, by: By | None) -> Q:
    if asked.service_id:
        return Q(service_id=asked.service_id)
    if asked.lens.services is not None:
        return Q(service_id__in=asked.lens.services)
    return Q(service_id__in=list(Service.objects.values_list("pk", flat=True))) if by == "service" else Q(service=None)


def _place(asked: Asked, by: By | None) -> Q:
    """Ids are listed, so that each is one range of the index."""
    if asked.place_id:
        return Q(institution_id=asked.place_id)
    if asked.region_id and by == "institution":
        return Q(
            institution_id__in=list(Institution.objects.filter(region=asked.region_id).values_list("pk", flat=True))
        )
    if asked.region_id:
        return Q(institution=None, region_id=asked.region_id)
    if by == "institution":
        return Q(institution_id__in=list(Institution.objects.values_list("pk", flat=True)))
    if by == "region":
        return Q(institution=None, region_id__in=list(Region.objects.values_list("pk", flat=True)))
    return Q(institution=None, region=None)


def _urgency(asked: Asked, by: By | None) -> Q:
    if asked.priority:
        return Q(priority=asked.priority)
    return Q(priority__in=Priority.values) if by == "priority" else Q(priority=None)


def cells(asked: Asked, by: By | None = None, measure: Measure | None = None) -> Any:
    """The cells of a selection, divided `by` one thing; of `counts` and times only what `measure` needs (all, when not
    given): hundreds of cells are mostly the time that it takes to bring them."""
    rows = unfiltered(Cell, why=_WHY).filter(
        _service(asked, by), _place(asked, by), _urgency(asked, by), subject=asked.subject.key,
        indication__isnull=by != "indication", month__range=(asked.since, asked.until),
    )  # fmt: skip
    keys = ("month", "service_id", "priority", "institution_id", "region_id", "indication")
    if measure is None:
        return rows.values(*keys, "counts", "times")
    names = {*_ALWAYS, measure.part, measure.whole} - {""}
    needed: dict[str, Any] = {"needed": JSONObject(**{name: KeyTransform(name, "counts") for name in sorted(names)})}
    if measure.kind == Kind.TIME:
        needed["span"] = KeyTransform(measure.span, "times")
    return rows.values(*keys, **needed)


def _shaped(cell: dict[str, Any], measure: Measure | None) -> dict[str, Any]:
    if measure is None:
        return cell
    span, counts = cell.get("span"), {name: n for name, n in cell["needed"].items() if n is not None}
    return {**cell, "counts": counts, "times": {measure.span: span} if span else {}}


def whole(asked: Asked) -> Tally:
    """Everything selected, in one. Two queries at most."""
    return _guarded(asked, Tally.of(cells(asked)))


def lines(asked: Asked, by: By, measure: Measure | None = None) -> list[Line]:
    """The selection divided; months without questions are there too. Three queries at most."""
    tallies: dict[Any, Tally] = defaultdict(Tally)
    name = by if by in ("month", "priority", "indication") else f"{by}_id"
    for cell in cells(asked, by, measure):
        shaped = _shaped(cell, measure)
        tallies[cell[name]].add(shaped["counts"], shaped["times"])
    found = [Line(key, label, tallies[key]) for key, label in _names(asked, by, tallies)]
    return _hide_few(asked, by, found)


def _names(asked: Asked, by: By, tallies: dict[Any, Tally]) -> Iterable[tuple[Any, str]]:
    if by == "month":
        return [(month, f"{month:%Y-%m}") for month in _months(asked, sorted(tallies))]
    if by == "priority":
        return [(p.value, str(p.label)) for p in Priority if p.value in tallies]
    if by == "indication":
        return [(code, indication_in_words(code)) for code in sorted(tallies)]
    model: Any = {"service": Service, "institution": Institution, "region": Region}[by]
    named = model.objects.filter(pk__in=list(tallies)).order_by("name_en")
    return [(row.pk, row.name) for row in named]


def by_indication(asked: Asked, measure: Measure) -> bool:
    """Whether a measure of this selection can be divided by indication: counts and shares, of all urgencies."""
    return asked.subject.indications and asked.priority is None and measure.kind != Kind.TIME


def indication_in_words(code: str) -> str:
    """The manual's page and the row of it, as they are cited; they read the same in every language."""
    return code.replace(":", " · ").replace("_", " ") if code else _("None cited")


def _months(asked: Asked, known: Sequence[date]) -> list[date]:
    """Every month from the first asked for, or the first known when nobody asked that early."""
    first = max(asked.since, known[0]) if known else asked.until
    month, found = asked.until, [asked.until]
    while month > first:
        month = months_before(month, 1)
        found.append(month)
    return found[::-1]


def _guarded(asked: Asked, tally: Tally) -> Tally:
    tally.hidden = asked.guarded and tally.few
    return tally


def _hide_few(asked: Asked, by: By, found: list[Line]) -> list[Line]:
    """Fewer than five questions of a place that is not the reader's own are not told. One hidden line alone could be
    reckoned from the sum: the next smallest goes with it."""
    if asked.guarded or by in ("institution", "region"):
        shown = [line for line in found if line.key not in asked.own and line.tally.most]
        for line in shown:
            line.tally.hidden = line.tally.few
        hidden = [line for line in shown if line.tally.hidden]
        rest = sorted((line for line in shown if not line.tally.hidden), key=lambda line: line.tally.most)
        if len(hidden) == 1 and rest:
            rest[0].tally.hidden = True
    return found
