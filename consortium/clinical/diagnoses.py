"""ICD-10 for children: the diagnoses that pass between tiers, in both languages, and how one is read by code or word.

Codes are those of ICD-10, WHO version 2019 (icd.who.int/browse10/2019). The list is a choice, not the classification:
any code of the right form may be written beside one's own words.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

#: how a code is written: "J21.9", "A38"
CODE = re.compile(r"[A-Z]\d{2}(\.\d)?")
_TABLE = Path(__file__).with_name("diagnoses.tsv")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`en` and `zh` are its words in each language."""

    code: str
    en: str
    zh: str

    def said(self, language: str) -> str:
        """Its words in "zh..." or English."""
        return self.zh if language.startswith("zh") else self.en


@cache
def diagnoses() -> dict[str, Diagnosis]:
    """Every listed diagnosis by its code, in the order of the chapters."""
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    return {row.code: row for row in sorted((Diagnosis(*line.split("\t")) for line in lines), key=lambda row: row.code)}


def read(text: str) -> tuple[str, str]:
    """(code, words) of what was written or picked: "J21.9 Acute bronchiolitis". Words alone have the code of the listed
    diagnosis that is called so, in either language; a code alone gets the list's English words. ("", words) when there
    is none."""
    said = " ".join(text.split())
    begins = CODE.match(said.upper())
    if begins and not said[begins.end() : begins.end() + 1].isalnum():
        code, rest = begins.group(), said[begins.end() :].lstrip(" .:-—").strip()
        return code, rest or (diagnoses()[code].en if code in diagnoses() else "")
    named = [d for d in diagnoses().values() if said.casefold() in (d.en.casefold(), d.zh)]
    return (named[0].code if named else ""), said


def words_of(code: str, text: str, language: str) -> str:
    """The reader's words for a diagnosis that was kept in the list's own; what somebody wrote themselves as it is."""
    listed = diagnoses().get(code)
    return listed.said(language) if listed and text in (listed.en, listed.zh, "") else text
