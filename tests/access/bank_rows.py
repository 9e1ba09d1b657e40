"""The question bank: those who teach and review (they have no column here: tests/assessment), who oversee may read."""

from __future__ import annotations

from typing import Any

from tests.access.rows import EVERYBODY, Row

_READERS = "manager auditor"
_OTHERS = " ".join(name for name in EVERYBODY.split() if name not in _READERS.split())
_WRITES = "a training admin's or lecturer's"


def _item(**words: Any) -> Any:
    return lambda world: {"version_id": world.item_version.pk, **words}


def _words(**words: Any) -> Any:
    return lambda world: words


_ITEM = _item()
_NONE = _words()


def _read(route: str, method: str = "GET", args: Any = _ITEM, **more: Any) -> Row:
    return Row(route, method, _READERS, _OTHERS, args=args, **more)


def _hidden(route: str, method: str, args: Any, **more: Any) -> Row:
    """Who reads the bank is told that it is not theirs to do; for all others there is no such question."""
    return Row(route, method, "", _READERS, args=args, note=_WRITES, **more)


def _written(route: str, method: str = "GET", args: Any = _NONE, **more: Any) -> Row:
    return Row(route, method, "", EVERYBODY, args=args, note=_WRITES, **more)


_NOBODY_S = "00000000-0000-0000-0000-000000000001"

ROWS = [
    _read("assessment:bank", args=_words()),
    _read("assessment:item_reviews", args=_words()),
    _read("assessment:bank_export", args=_words(form="csv")),
    _read("assessment:item"),
    _read("assessment:item", "POST", note="an answer that is tried and not kept"),
    _read("assessment:item_figures"),
    _written("assessment:item_new", args=_words(kind="single")),
    _written("assessment:imports"),
    _written("assessment:import_template", args=_words(form="csv")),
    _written("assessment:item_rescore", args=_item()),
    _hidden("assessment:item_edit", "GET", _item()),
    _hidden("assessment:item_part", "GET", _item(part_id="single")),
    _hidden("assessment:item_act", "POST", _item(verb="submit")),
    Row("assessment:import", "GET", "", args=_words(import_id=_NOBODY_S), note="whoever brought the file"),
    Row("assessment:import_faults", "GET", "", args=_words(import_id=_NOBODY_S), note="whoever brought the file"),
    Row("assessment:picture", "GET", "", args=_words(picture_id=_NOBODY_S), note="one that is not there"),
    _read("api:items", args=_words()),
    _read("api:item"),
    _read("api:item-figures"),
    _written("api:items", "POST", body=_words(kind="true_false", content={"stem": {"en": "So."}, "right": True})),
    _written("api:item", "PATCH", args=_item(), body=_words(content={"stem": {"en": "So."}, "right": True}, version=1)),
    _written("api:item-act", "POST", args=_item(verb="submit")),
    _written("api:item-rescore", "POST", args=_item(), body=lambda w: {"by": str(w.item_version.pk)}),
]
