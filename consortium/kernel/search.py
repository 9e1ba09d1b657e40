"""Search in both languages on plain PostgreSQL: with a blank around each Han character each is a word of its own, and a
phrase of them finds what ILIKE would, by an index."""

import re
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import F, Func, GeneratedField, Value

HAN = "([\u3400-\u9fff])"
_HAN = re.compile(HAN)
_MOST_LETTERS = 100


def spaced(expression: Any) -> Func:
    """The text with a blank around each Han character, so that each is a word of its own and phrases find them."""
    return Func(expression, Value(HAN), Value(r" \1 "), Value("g"), function="regexp_replace")


def vector_of(column: str) -> Any:
    """A generated column that holds the words of the text in `column`."""
    words = Func(spaced(F(column)), template="to_tsvector('simple', %(expressions)s)")
    return GeneratedField(expression=words, output_field=SearchVectorField(), db_persist=True)


def words_in(asked: str) -> list[str]:
    """The words of what somebody typed without punctuation, each Han character one of its own."""
    plain = asked.replace("\0", "").strip()[:_MOST_LETTERS]
    return [word for word in re.sub(r"[^\w]|_", " ", _HAN.sub(r" \1 ", plain)).split() if word]


def query_of(words: list[str]) -> tuple[str, str]:
    """(function of PostgreSQL, its text): Han characters as a phrase; other words by their beginning."""
    if any(_HAN.match(word) for word in words):
        return "phraseto_tsquery", " ".join(words)
    return "to_tsquery", " & ".join(f"{word}:*" for word in words)


def search_for(asked: str) -> SearchQuery | None:
    """What to compare a column of `vector_of` with; None when no word was typed."""
    words = words_in(asked)
    if not words:
        return None
    function, text = query_of(words)
    kind = "phrase" if function == "phraseto_tsquery" else "raw"
    return SearchQuery(text, config="simple", search_type=kind)
