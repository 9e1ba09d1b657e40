"""Which of the two languages a reader is shown."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from courses.library.states import Language


def language_here() -> str:
    """The reader's language, as content names it."""
    return Language.CHINESE if (get_language() or "").startswith("zh") else Language.ENGLISH


def one_each(texts: Iterable[Any], of: str) -> dict[UUID, Any]:
    """The text in the reader's language, or the other, for each row that `of` names."""
    here = language_here()
    found: dict[UUID, Any] = {}
    for text in texts:
        if getattr(text, of) not in found or text.language == here:
            found[getattr(text, of)] = text
    return found
