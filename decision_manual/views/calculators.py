"""The calculators' pages: the list that can be searched, and one page for each. Nothing entered is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from decision_manual.calculators.catalogue import CALCULATORS, GROUPS, search
from decision_manual.calculators.frame import Calculator, Result
from decision_manual.calculators.inputs import Choice, Input, Measure, Refused, unit_name
from decision_manual.calculators.running import figures, run
from decision_manual.calculators.telling import Figure, as_text, shown_figures
from decision_manual.calculators.words import Text

_LONGEST_QUERY = 60


@dataclass(frozen=True, slots=True)
class Field:
    """One input as the form shows it: what was entered, and what is wrong with it."""

    input: Input
    value: str
    unit: str
    error: Text | None

    @property
    def kind(self) -> str:
        return self.input.type

    @property
    def units(self) -> list[tuple[str, Text]]:
        """(code, name) of each unit, the first one meant."""
        units = self.input.units if isinstance(self.input, Measure) else ()
        return [(unit.code, unit_name(unit)) for unit in units]

    @property
    def options(self) -> list[tuple[str, Any, str]]:
        """(code, label, points) of each answer; points where they say something."""
        options = self.input.options if isinstance(self.input, Choice) else ()
        scores = any(option.points for option in options)
        return [(o.code, o.label, str(o.points) if scores else "") for o in options]


@require_safe
def calculators(request: HttpRequest) -> HttpResponse:
    """All calculators by group, or those that `?q=` finds. htmx gets the list alone."""
    query = request.GET.get("q", "")[:_LONGEST_QUERY]
    found = list(search(query))
    groups = [(title, [each for each in found if each.group == code]) for code, title in GROUPS.items()]
    context = {"query": query, "groups": [(title, members) for title, members in groups if members]}
    template = "calculator_list.html" if request.headers.get("HX-Request") else "calculators.html"
    return render(request, f"decision_manual/{template}", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def calculator(request: HttpRequest, code: str) -> HttpResponse:
    """One calculator. A POST computes: the whole page, or for htmx the result alone."""
    found = CALCULATORS.get(code)
    if found is None:
        raise Http404
    context = {"calculator": found, **_computed(found, request.POST if request.method == "POST" else None)}
    template = "calculator_result.html" if request.headers.get("HX-Request") else "calculator.html"
    return render(request, f"decision_manual/{template}", context)


def _computed(found: Calculator, sent: Mapping[str, str] | None) -> dict[str, Any]:
    """The fields as they were filled in, and the result or what is wrong."""
    if sent is None:
        return {"fields": _fields(found, {}, {})}
    try:
        result = run(found, _entered(found, sent))
    except Refused as refused:
        labels = [(field.input, field.error) for field in _fields(found, sent, refused.fields) if field.error]
        return {"fields": _fields(found, sent, refused.fields), "wrong": labels}
    return {"fields": _fields(found, sent, {}), **_result(found, result)}


def _entered(found: Calculator, sent: Mapping[str, str]) -> dict[str, Any]:
    """The form's values as the calculators take them: a quantity with the unit beside it."""
    entered: dict[str, Any] = {}
    for each in found.inputs:
        value = sent.get(each.id, "").strip()
        unit = sent.get(f"{each.id}.unit", "")
        entered[each.id] = {"value": value, "unit": unit} if isinstance(each, Measure) and unit else value
    return entered


def _fields(found: Calculator, sent: Mapping[str, str], wrong: Mapping[str, Text]) -> list[Field]:
    return [
        Field(each, sent.get(each.id, "")[:200], sent.get(f"{each.id}.unit", ""), wrong.get(each.id))
        for each in found.inputs
    ]


def _result(found: Calculator, result: Result) -> dict[str, Any]:
    shown: list[Figure] = shown_figures(found, figures(found, result))
    return {"result": result, "figures": shown, "lines": list(result.trace), "as_text": as_text(found, result)}
