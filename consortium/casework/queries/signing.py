"""Who signed something about a case, in the reader's language."""

from typing import Any

from django.utils.translation import get_language

#: between the two languages of a title: "Chief physician · 主任医师"
BETWEEN = " · "


def signer_name(signed: Any) -> str:
    """The name as it was signed; in the reader's own script where the signer still bears it. `signed`: a row with
    `signed_by`, `signer_name`, `signer_title`, `signer_licence`, as of an answer or an outcome."""
    signer = signed.signed_by
    names = (signer.full_name, signer.full_name_zh)
    name: str = signer.get_full_name() if signed.signer_name in names else signed.signer_name
    return name


def spoken_title(title: str) -> str:
    """The reader's half of "Chief physician · 主任医师"; a title in one language as it is."""
    halves = title.split(BETWEEN)
    chinese = (get_language() or "").startswith("zh")
    fitting = [half for half in halves if _han(half) is chinese]
    return BETWEEN.join(fitting) if len({_han(half) for half in halves}) == 2 else title


def _han(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def signature(signed: Any) -> dict[str, Any]:
    """What stands under what was signed (`signer_name`)."""
    return {
        "signer": signer_name(signed), "signer_title": spoken_title(signed.signer_title),
        "licence": signed.signer_licence,
    }  # fmt: skip
