"""How a figure came about, line by line, in the reader's language and in both."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation

LANGUAGES = ("en", "zh-hans")


@dataclass(frozen=True, slots=True)
class Line:
    """One step: a translatable sentence with named placeholders, what stands in them, and the source of the rule."""

    sentence: Any
    values: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""

    def __str__(self) -> str:
        return str(self.sentence) % {name: str(value) for name, value in self.values.items()}


@dataclass(frozen=True, slots=True)
class Trace:
    """The lines of one calculation, in order."""

    lines: tuple[Line, ...] = ()

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    def and_then(self, sentence: Any, source: str = "", **values: Any) -> "Trace":
        """With one more line."""
        return Trace((*self.lines, Line(sentence, values, source)))

    def texts(self, language: str) -> list[str]:
        """The lines in one language."""
        with translation.override(language):
            return [str(line) for line in self.lines]

    def in_both(self) -> list[dict[str, str]]:
        """Each line in every language of the product, to be kept with what was decided on it."""
        columns = {language: self.texts(language) for language in LANGUAGES}
        return [
            {**{language: texts[i] for language, texts in columns.items()}, "source": line.source}
            for i, line in enumerate(self.lines)
        ]
