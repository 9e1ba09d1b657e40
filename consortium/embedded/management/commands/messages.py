"""`manage.py messages`: what there is to translate, out of code and templates into locale/; `--check` only compares.

Babel reads the sources, so that neither machine nor CI needs gettext's own tools.
"""

import ast
import io
import re
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation.template import templatize

_KEYWORDS: Any = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_SOURCES = ("consortium", "consultations", "courses", "decision_manual", "referrals", "templates")
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
_CATALOGUE = Path("zh_Hans/LC_MESSAGES/django.po")


_STRING = r"""u?((?:"(?:[^"\\]|\\.)*")|(?:'(?:[^'\\]|\\.)*'))"""
_CALL = re.compile(rf"\b(n?p?gettext|_)\(\s*{_STRING}(?:\s*,\s*{_STRING})?(?:\s*,\s*{_STRING})?", re.DOTALL)


def _texts(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(function, arguments) of each translatable text of a file."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        lines = io.BytesIO(source.encode("utf-8"))
        for _line, function, texts, _comments in extract_python(lines, _KEYWORDS, [], {"encoding": "utf-8"}):
            found: Any = texts  # one string, or several
            several: tuple[str, ...] = found if isinstance(found, tuple) else (found,)
            yield str(function), several
        return
    # What Django makes of a template for gettext is calls amid noise, and not always well-formed Python.
    for call in _CALL.finditer(templatize(source, origin=str(path))):
        yield call[1], tuple(ast.literal_eval(text) for text in call.groups()[1:] if text)


def _arranged(function: str, found: tuple[str, ...]) -> tuple[Any, str | None] | None:
    """(id, context) of a call; None when it translates no literal text."""
    context = found[0] if function.startswith(("pgettext", "npgettext")) else None
    rest = found[1:] if context is not None else found
    plural = function.startswith(("ngettext", "npgettext"))
    ids = tuple(rest[:2]) if plural else rest[0]
    return None if not ids or (plural and None in ids) else (ids, context)


def extracted() -> Catalog:
    """Everything to translate, in a catalogue without translations."""
    catalogue = Catalog(locale="zh_Hans")
    for folder in _SOURCES:
        for path in sorted((settings.BASE_DIR / folder).rglob("*")):
            if path.suffix in (".py", ".html", ".txt") and "migrations" not in path.parts:
                for function, texts in _texts(path):
                    if (arranged := _arranged(function, texts)) is not None:
                        catalogue.add(arranged[0], context=arranged[1])
    return catalogue


def _file() -> Path:
    return Path(settings.LOCALE_PATHS[0]) / _CATALOGUE


def stored() -> Catalog:
    """The catalogue as it stands in the repository."""
    with _file().open("rb") as lines:
        return read_po(lines, locale="zh_Hans")


def _key(message: Message) -> tuple[Any, Any]:
    return message.id, message.context


def shortcomings() -> list[str]:
    """What is missing, empty, uncertain, left over, or lost one of its placeholders."""
    wanted = {_key(m) for m in extracted() if m.id}
    there = {_key(m): m for m in stored() if m.id}
    found = [f"missing: {key[0]!r}" for key in sorted(wanted - set(there), key=str)]
    found += [f"no longer used: {key[0]!r}" for key in sorted(set(there) - wanted, key=str)]
    for message in there.values():
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if not all(strings):
            found.append(f"not translated: {message.id!r}")
        elif message.fuzzy:
            found.append(f"uncertain: {message.id!r}")
        if _PLACEHOLDER.search(str(message.id)):  # ours have names; Babel takes "40 % of" for one without
            found += [f"{error}: {message.id!r}" for error in message.check()]
        found += [f"lost {name}: {message.id!r}" for name in _lost(message, strings)]
    return found


def _lost(message: Message, strings: Iterable[str | None]) -> list[str]:
    """The placeholders of the original that a translation leaves out, which Babel does not mind."""
    original = message.id[-1] if isinstance(message.id, tuple | list) else message.id
    wanted = set(_PLACEHOLDER.findall(str(original)))
    return sorted({name for text in strings if text for name in wanted - set(_PLACEHOLDER.findall(text))})


class Command(BaseCommand):
    help = "Bring locale/ up to date with the texts of code and templates."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail when something lacks")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            self._update()
        found = shortcomings()
        for line in found[:40]:
            self.stdout.write(line)
        if found and options["check"]:
            raise CommandError(f"{len(found)} shortcomings in the translations")
        self.stdout.write(f"{len(found)} shortcomings")

    def _update(self) -> None:
        fresh, old = extracted(), stored() if _file().exists() else Catalog(locale="zh_Hans")
        for message in fresh:
            known = old.get(message.id, message.context) if message.id else None
            if known is not None and not known.fuzzy:
                message.string = known.string
        _file().parent.mkdir(parents=True, exist_ok=True)
        with _file().open("wb") as lines:
            write_po(lines, fresh, width=110, sort_output=True, omit_header=False, no_location=True)
