"""Search in both languages, by words, parts of Chinese words and pinyin initials."""

import re
from dataclasses import dataclass
from typing import Any

from django.db import connection

from consortium.kernel.search import query_of, words_in
from decision_manual.states import Step

LETTERS = re.compile(r"[a-z]{1,12}")
MOST = 200
#: a title is worth more than a paragraph that mentions the word
WEIGHTS = {"A": 100.0, "B": 10.0, "C": 1.0}
# Written out: it is asked at every letter that is typed, and putting it together takes longer than answering it.
_STATEMENT = """
    SELECT v.pathway, v.number, v.title_en, v.title_zh, p.place, p.text, p.weight, ts_rank(p.vector, asked)
    FROM decision_manual_paragraph p
    JOIN (SELECT DISTINCT ON (pathway) id, pathway, number, title_en, title_zh
        FROM decision_manual_pathwayversion JOIN decision_manual_versionstate s ON s.version_id = id
        WHERE s.step <> %(retired)s ORDER BY pathway, number DESC) v ON v.id = p.version_id,
    {function}('simple', %(query)s) asked
    WHERE p.vector @@ asked OR p.initials LIKE %(initials)s LIMIT %(most)s"""
_STATEMENTS = {name: _STATEMENT.format(function=name) for name in ("to_tsquery", "phraseto_tsquery")}


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
    """Pathways whose titles, synonyms or paragraphs hold `text`, best first, each once. One query."""
    asked = text.replace("\0", "").strip()[:100]
    if not words_in(asked):
        return []
    best: dict[str, Any] = {}
    for row in sorted(_rows(asked), key=_worth, reverse=True):
        best.setdefault(row[0], row)
    return [Hit(*row[:6]) for row in list(best.values())[:most]]


def _rows(asked: str) -> list[Any]:
    """(pathway, number, title_en, title_zh, place, text, weight, rank), at most `MOST`."""
    function, query = query_of(words_in(asked))
    initials = f"{asked.lower()}%" if LETTERS.fullmatch(asked.lower()) else None
    given = {"query": query, "initials": initials, "retired": Step.RETIRED.value, "most": MOST}
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENTS[function], given)
        return list(cursor.fetchall())


def _worth(row: Any) -> tuple[float, float, int]:
    text, weight, rank = row[5:]
    return WEIGHTS[weight], rank, -len(text)
