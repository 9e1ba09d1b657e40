"""What a check found."""

from dataclasses import dataclass
from typing import Final

#: every check, with what it holds; the proof sheet names each
CHECKS: Final[dict[str, str]] = {
    "reading": "The documents can be read: ids stand once, every reference leads somewhere, both languages are there",
    "languages": "English is English and Chinese is Chinese",
    "used": "Every finding, derived name, score, action and indication of the pathway is used",
    "leaf": "Every row leads to an action or a referral, and can be cited",
    "severity": "A class has the severity that the vocabulary gives it; rows under `first` stand worst first",
    "urgency": "How urgent a referral is agrees with how severe its row is",
    "thresholds": "Every threshold lies where its finding can plausibly lie",
    "review": "The review date lies ahead, at most 24 months after writing",
    "polarity": "Leaving an optional finding out never makes a row hold (no optional finding under `not`)",
    "ages": "Age bands: days, joined without gap or overlap",
    "complete": "Some row holds for every child who enters the table",
    "exclusive": "Under `unique` no two rows hold together",
    "satisfiable": "Some child exists for whom the row holds",
    "reachable": "No row is shadowed or made superfluous by the rows before it",
    "monotone": "A worse number or a danger sign never lowers the severity",
    "unknown": "What was not asked never hides: a row that may yet hold is named as not excluded",
    "calm": "Nothing green is shown while something worse is open for want of a finding that every centre can get",
    "invariants": "Rules that hold for every pathway: danger signs, the feverish young infant, low oxygen",
    "doses": "Doses stay under the ceilings of their medicine and inside its ages; bands join and rise",
    "vectors": "Children written down from the sources come out as the sources say",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """`check` is a key of CHECKS; `where` a row, table, finding or file; `message` says what is wrong and for whom."""

    check: str
    pathway: str
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.pathway}: {self.where}: [{self.check}] {self.message}"
