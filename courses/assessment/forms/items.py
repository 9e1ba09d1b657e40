"""What an author types: a question's content out of its fields, and the small forms of the bank.

A row that was left empty is none; that is how one is removed where there is no script.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from consortium.people.forms.base import Acting
from courses.assessment.items import RULES
from courses.assessment.states import AgeBand, Danger, ItemStep, Kind, System, Task

Content = dict[str, Any]
_AREA: Final = re.compile(r"(box|ellipse)[\s,]+(\d{1,4})[\s,]+(\d{1,4})[\s,]+(\d{1,4})[\s,]+(\d{1,4})")
#: empty rows below those that are written
SPARE: Final = 2
LEAST_ROWS: Final = 4
_MOST_ROWS: Final = 20


def content_from(kind: str, sent: QueryDict) -> Content:
    """The content as the engine reads it."""
    frame = {"stem": _both(sent, "stem"), "feedback": _both(sent, "feedback"), "rule": sent.get("rule", "")}
    return frame | _CONTENT[kind](sent)


def _both(sent: QueryDict, name: str) -> dict[str, str]:
    return {language: sent.get(f"{name}_{language}", "").strip() for language in ("en", "zh")}


def _rows(sent: QueryDict, name: str) -> list[tuple[str, str]]:
    """(prefix, id) of each row in which something was written."""
    found = []
    for place in range(_MOST_ROWS):
        prefix = f"{name}{place}"
        written = [sent.get(f"{prefix}_{field}", "").strip() for field in ("en", "zh", "match_en", "match_zh")]
        if any(written):
            found.append((prefix, sent.get(f"{prefix}_id", "")))
    return _named(found)


def _named(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those without an id get the first letter that is free: an id once given stays with its option."""
    taken = {one for _, one in found if one}
    free = (letter for letter in "abcdefghijklmnopqrstuvwxyz" if letter not in taken)
    return [(prefix, one or next(free)) for prefix, one in found]


def _options(sent: QueryDict) -> Content:
    right = sent.getlist("right")
    options = [
        {
            "id": one, "text": _both(sent, prefix), "right": prefix in right,
            "feedback": {language: sent.get(f"{prefix}_hint_{language}", "").strip() for language in ("en", "zh")},
        }
        for prefix, one in _rows(sent, "o")
    ]  # fmt: skip
    return {"options": options}


def _true_false(sent: QueryDict) -> Content:
    return {"right": {"true": True, "false": False}.get(sent.get("right", ""))}


def _matching(sent: QueryDict) -> Content:
    pairs, extra = [], []
    for prefix, one in _rows(sent, "o"):
        text, match = _both(sent, prefix), _both(sent, f"{prefix}_match")
        if any(text.values()):
            pairs.append({"id": one, "text": text, "match": match})
        else:
            extra.append({"id": one, "text": match})
    return {"pairs": pairs, "extra": extra}


def _numeric(sent: QueryDict) -> Content:
    quantity, mark, unit = sent.get("unit", "").partition(":")
    named = {"quantity": quantity, "unit": unit} if mark else {"quantity": "", "unit": sent.get("unit_other", "")}
    return {
        "value": sent.get("value", "").replace(",", ".").strip(),
        "tolerance": sent.get("tolerance", "").replace(",", ".").strip() or "0",
        "relative": sent.get("relative") == "on", **named,
    }  # fmt: skip


def _short(sent: QueryDict) -> Content:
    return {"accepted": sent.get("accepted", "").split("\n")}


def _hotspot(sent: QueryDict) -> Content:
    lines = [line.strip() for line in sent.get("areas", "").split("\n") if line.strip()]
    found = [_AREA.fullmatch(line) for line in lines]
    areas = [
        {"shape": area[1], **dict(zip("xywh", (int(n) for n in area.groups()[1:]), strict=True))} if area else {}
        for area in found
    ]
    return {"picture": sent.get("picture", ""), "alt": _both(sent, "alt"), "areas": areas}


def _essay(sent: QueryDict) -> Content:
    rubric = [
        {"id": one, "text": _both(sent, prefix), "points": sent.get(f"{prefix}_points", "").strip() or "1"}
        for prefix, one in _rows(sent, "o")
    ]
    return {"rubric": rubric, "most_words": sent.get("most_words", "").strip() or "0"}


_CONTENT: Final[Mapping[str, Callable[[QueryDict], Content]]] = {
    Kind.SINGLE: _options,
    Kind.MULTIPLE: _options,
    Kind.TRUE_FALSE: _true_false,
    Kind.ORDERING: _options,
    Kind.MATCHING: _matching,
    Kind.NUMERIC: _numeric,
    Kind.SHORT: _short,
    Kind.HOTSPOT: _hotspot,
    Kind.ESSAY: _essay,
    Kind.CASE_SET: lambda sent: {},
}

_RULE_WORDS: Final = {
    "all": _("All or nothing"),
    "each": _("Each choice counts by itself"),
    "less_wrong": _("Right ones less wrong ones"),
    "places": _("Each in its own place"),
    "pairs": _("Each two in the right order"),
}


def rule_choices(kind: str) -> list[tuple[str, Any]]:
    return [(rule, _RULE_WORDS[rule]) for rule in RULES[kind]]


def points_from(said: str) -> Decimal:
    """0 for what is no number: the operation refuses it in its own words."""
    try:
        points = Decimal(said.replace(",", ".").strip() or "1")
    except InvalidOperation:
        return Decimal(0)
    return points if points.is_finite() else Decimal(0)


class TagsForm(forms.Form):
    """What a question is tagged with."""

    age_band = forms.ChoiceField(label=_("Age"), choices=AgeBand.choices, initial=AgeBand.ANY)
    system = forms.ChoiceField(label=_("System"), choices=System.choices)
    task = forms.ChoiceField(label=_("Task"), choices=Task.choices)
    danger = forms.ChoiceField(label=_("Danger when it is not known"), choices=Danger.choices, initial=Danger.GREEN)
    manual_branch = forms.SlugField(label=_("Pathway of the manual"), max_length=80, required=False)


def _any(choices: Any) -> list[tuple[str, Any]]:
    return [("", _("All")), *choices]


class FilterForm(forms.Form):
    """The bank's filters; what is not one of the choices is passed over."""

    q = forms.CharField(label=_("Words, or a code"), max_length=100, required=False)
    step = forms.ChoiceField(label=_("Step"), choices=_any(ItemStep.choices), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=_any(Kind.choices), required=False)
    age_band = forms.ChoiceField(label=_("Age"), choices=_any(AgeBand.choices), required=False)
    system = forms.ChoiceField(label=_("System"), choices=_any(System.choices), required=False)
    task = forms.ChoiceField(label=_("Task"), choices=_any(Task.choices), required=False)
    danger = forms.ChoiceField(label=_("Danger"), choices=_any(Danger.choices), required=False)
    manual_branch = forms.SlugField(label=_("Pathway of the manual"), max_length=80, required=False)

    def asked(self) -> dict[str, str]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ImportForm(Acting):
    file = forms.FileField(label=_("A GIFT file or a spreadsheet (XLSX, CSV)"))
    request_key = forms.UUIDField(widget=forms.HiddenInput)


class RemarkForm(Acting):
    """What somebody says when a question goes back or out."""

    remark = forms.CharField(label=_("What should change, or why"), max_length=500, widget=forms.Textarea({"rows": 4}))
