"""What a monthly report freezes: definitions in every language, figures of both sides, and the lines behind them."""

from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation

from consortium.casework.models import Service
from consortium.insight.measures import REFERRALS, Kind, Measure, Tally, Value
from consortium.insight.queries.asking import Asked
from consortium.insight.queries.lenses import Lens
from consortium.insight.queries.reading import whole
from consortium.insight.queries.rows import columns_of, lines_of, names_for, rows_after

#: the two sides of an institution: what it sent, and what its services received
SIDES = ("sent", "received")
#: more than any institution sends in a month
_MOST = 100_000


def selection(institution_id: UUID, month: date, side: str) -> Asked:
    """One side of one month; the institution's own, so nothing is too small to be told."""
    if side == "sent":
        lens = Lens("report:sent", "", institution_id=institution_id)
    else:
        services = Service.objects.filter(institution_id=institution_id).order_by("pk")
        lens = Lens("report:received", "", services=tuple(services.values_list("pk", flat=True)))
    return Asked(lens, month, month, own=frozenset({institution_id}), subject=REFERRALS)


def contents_of(institution_id: UUID, month: date) -> dict[str, Any]:
    """`definitions`, `figures`, `rows` and `cases` of a report, as things stand. Call it while the month is locked."""
    asked = {side: selection(institution_id, month, side) for side in SIDES}
    lines = {side: _lines(each) for side, each in asked.items()}
    return {
        "definitions": [_definition(measure) for measure in REFERRALS.measures.values()],
        "figures": {side: figures_of(whole(each)) for side, each in asked.items()},
        "rows": {"columns": list(columns_of(REFERRALS)), **lines},
        "cases": sum(len(each) for each in lines.values()),
    }


def figures_of(tally: Tally) -> dict[str, Any]:
    """Every measure's value as plain numbers."""
    return {key: _plain(tally.value(measure)) for key, measure in REFERRALS.measures.items()}


def _plain(value: Value) -> dict[str, Any]:
    return {"value": value.value, "n": value.n, "part": value.part, "tenth": value.tenth, "small": value.small}


def _lines(asked: Asked) -> list[list[Any]]:
    return list(lines_of(REFERRALS, rows_after(asked, [], _MOST), names_for(asked)))


def _definition(measure: Measure) -> dict[str, Any]:
    plain: dict[str, Any] = {"key": measure.key, "version": measure.version, "kind": str(measure.kind)}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            plain.setdefault("label", {})[language] = str(measure.label)
            plain.setdefault("words", {})[language] = str(measure.words)
    return plain


def measure_of(definition: dict[str, Any], language: str) -> Measure:
    """A measure as it was defined when it was frozen, in one language."""
    said = {name: definition[name].get(language) or definition[name]["en"] for name in ("label", "words")}
    return Measure(definition["key"], kind=Kind(definition["kind"]), version=definition["version"], **said)


def value_of(figure: dict[str, Any]) -> Value:
    """A frozen number as the pages show numbers."""
    return Value(figure["value"], figure["n"], figure["part"], figure["tenth"])
