"""Words of the calculators in both languages side by side, signed off together by whoever reviews a calculator."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import get_language

from consortium.clinical.trace import Trace
from consortium.clinical.units import plain

_MOST_DECIMALS: Final = 4


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in English and Chinese; `str()` gives the reader's language."""

    en: str
    zh: str

    def __str__(self) -> str:
        return self.zh if (get_language() or "").startswith("zh") else self.en

    def fill(self, **values: Any) -> "Text":
        """With `{name}` replaced by each value, itself in the language of the sentence."""
        return Text(
            self.en.format(**{name: _word(value, "en") for name, value in values.items()}),
            self.zh.format(**{name: _word(value, "zh") for name, value in values.items()}),
        )

    def both(self) -> dict[str, str]:
        return {"en": self.en, "zh": self.zh}


def _word(value: Any, language: str) -> str:
    if isinstance(value, Text):
        return value.zh if language == "zh" else value.en
    return plain(value, _MOST_DECIMALS) if isinstance(value, Decimal) else str(value)


def same(word: str) -> Text:
    """A word that is written alike in both languages."""
    return Text(word, word)


def listed(texts: list[Text]) -> Text:
    """Several, joined as each language does it."""
    return Text(", ".join(t.en for t in texts), "、".join(t.zh for t in texts))


def step(trace: Trace, en: str, zh: str, source: str = "", **values: Any) -> Trace:
    """The trace with one more line, whose `{name}` are filled; a per cent sign in it is no placeholder."""
    return trace.and_then("%(text)s", source, text=Text(en, zh).fill(**values))


class Urgency(StrEnum):
    """How soon who should see the child: the vocabulary of the whole manual."""

    E0 = "E0"
    E1 = "E1"
    U1 = "U1"
    U2 = "U2"
    R1 = "R1"
    R2 = "R2"
    HOME = "H"
    NONE = ""

    @property
    def words(self) -> Text | None:
        return _URGENCIES.get(self)

    @property
    def severity(self) -> str:
        """The colour of the look: pink for an emergency, yellow for a referral, green for home, "" for no judgement."""
        return _SEVERITIES[self.value[:1]]


_SEVERITIES: Final = {"E": "pink", "U": "yellow", "R": "yellow", "H": "green", "": ""}
_URGENCIES: Final = {
    Urgency.E0: Text("Resuscitate and call emergency transfer now", "立即抢救并呼叫急救转运"),
    Urgency.E1: Text("To an emergency department now, within 1 hour", "立即送急诊，1 小时内"),
    Urgency.U1: Text("Paediatric review today, within 4 hours", "当日儿科复核，4 小时内"),
    Urgency.U2: Text("Paediatric review within 24 to 48 hours", "24 至 48 小时内儿科复核"),
    Urgency.R1: Text("Outpatient clinic within 2 weeks", "2 周内门诊"),
    Urgency.R2: Text("Routine outpatient clinic", "常规门诊"),
    Urgency.HOME: Text("Home with safety-net advice", "回家观察，并交代复诊指征"),
}
