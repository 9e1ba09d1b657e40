"""Who signed an answer, in the reader's language."""

from typing import Any

from django.utils.translation import get_language

from consortium.people.models import User
from consultations.models import Answer, Opinion

#: between the two languages of a title: "Chief physician · 主任医师"
BETWEEN = " · "


def signer_name(answer: Answer | Opinion) -> str:
    """The name as it was signed; in the reader's own script where the signer still bears it."""
    signer: User = answer.signed_by
    names = (signer.full_name, signer.full_name_zh)
    return signer.get_full_name() if answer.signer_name in names else answer.signer_name


def signer_title(answer: Answer | Opinion) -> str:
    """The title as it was signed; of one written in both languages, the reader's."""
    return spoken_title(answer.signer_title)


def spoken_title(title: str) -> str:
    """The reader's half of "Chief physician · 主任医师"; a title in one language as it is."""
    halves = title.split(BETWEEN)
    chinese = (get_language() or "").startswith("zh")
    fitting = [half for half in halves if _han(half) is chinese]
    return BETWEEN.join(fitting) if len({_han(half) for half in halves}) == 2 else title


def _han(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def signature(answer: Answer | Opinion) -> dict[str, Any]:
    """What stands under an answer, or under a second opinion."""
    return {"signer": signer_name(answer), "signer_title": signer_title(answer), "licence": answer.signer_licence}
