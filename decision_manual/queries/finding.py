"""Search in both languages, by words, parts of Chinese words and pinyin initials."""

import re
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, Q, Value

from decision_manual.models import Paragraph
from decision_manual.queries.versions import newest_versions

HAN = re.compile(r"([\u3400-\u9fff])")
LETTERS = re.compile(r"[a-z]{1,12}")
MOST = 200
#: a title is worth more than a paragraph that mentions the word
WEIGHTS = {"A": 100.0, "B": 10.0, "C": 1.0}


@dataclass(frozen=True, slots=True)
class Hit:
    """A pathway that was found, and the place in it that says so."""

    pathway: str
    number: int
    title_en: str
    title_zh: str
    place: str
    text: str


def found(text: str, *, most: int = 20) -> list[Hit]:
    """Pathways whose titles, synonyms or paragraphs hold `text`, best first, each once. Two queries."""
    asked = text.replace("\0", "").strip()[:100]
    if not _words(asked):
        return []
    versions = {row.pk: row for row in newest_versions()}
    rows: Any = Paragraph.objects.filter(_matches(asked), version_id__in=versions).values(
        "version_id", "place", "weight", "text", rank=SearchRank(F("vector"), _query(asked))
    )
    best: dict[Any, dict[str, Any]] = {}
    for row in sorted(rows[:MOST], key=_worth, reverse=True):
        best.setdefault(row["version_id"], row)
    return [_hit(versions[pk], row) for pk, row in list(best.items())[:most]]


def _matches(asked: str) -> Q:
    matches = Q(vector=_query(asked))
    if LETTERS.fullmatch(asked.lower()):
        matches |= Q(initials__startswith=asked.lower())
    return matches


def _query(asked: str) -> SearchQuery:
    """Han characters as a phrase; other words by their beginning."""
    words = _words(asked)
    if any(HAN.match(word) for word in words):
        return SearchQuery(Value(" ".join(words)), config="simple", search_type="phrase")
    return SearchQuery(" & ".join(f"{word}:*" for word in words), config="simple", search_type="raw")


def _words(asked: str) -> list[str]:
    """Its words without punctuation, each Han character one of its own."""
    return [word for word in re.sub(r"[^\w]|_", " ", HAN.sub(r" \1 ", asked)).split() if word]


def _worth(row: dict[str, Any]) -> tuple[float, float, int]:
    return WEIGHTS[row["weight"]], row["rank"], -len(row["text"])


def _hit(version: Any, row: dict[str, Any]) -> Hit:
    return Hit(version.pathway, version.number, version.title_en, version.title_zh, row["place"], row["text"])
