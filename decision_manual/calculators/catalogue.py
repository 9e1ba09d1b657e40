"""All calculators, in the order in which they are shown, and how one is found."""

from collections.abc import Iterator
from functools import cache
from typing import Final

from decision_manual.calculators import (
    abdomen,
    breathing,
    dehydration,
    emergency,
    fluids,
    growth,
    head,
    heart,
    infant_fever,
    infection,
    kawasaki,
    medicines,
    newborn,
    organs,
    warning,
)
from decision_manual.calculators.frame import Calculator
from decision_manual.calculators.jaundice_aap import AAP
from decision_manual.calculators.jaundice_nice import NICE
from decision_manual.calculators.words import Text

GROUPS: Final = {
    "emergency": Text("Emergency", "急救"),
    "early_warning": Text("Early warning", "早期预警"),
    "infection": Text("Fever and infection", "发热与感染"),
    "breathing": Text("Breathing", "呼吸"),
    "fluids": Text("Fluids and dehydration", "补液与脱水"),
    "newborn": Text("Newborn", "新生儿"),
    "head": Text("Head and consciousness", "头部与意识"),
    "abdomen": Text("Abdomen and groin", "腹部与腹股沟"),
    "heart": Text("Heart and blood pressure", "心脏与血压"),
    "kidney": Text("Kidney", "肾脏"),
    "growth": Text("Growth and nutrition", "生长与营养"),
    "medicines": Text("Medicines", "用药"),
}
_ALL: Final = (
    emergency.WETFLAG, emergency.STATUS_EPILEPTICUS, emergency.ANAPHYLAXIS, emergency.WEIGHT_ESTIMATE,
    warning.NPEWS, warning.BPEWS,
    infant_fever.AAP_FEBRILE, infant_fever.PECARN_FEBRILE, infant_fever.STEP_BY_STEP, infant_fever.ROCHESTER,
    infection.CENTOR, infection.FEVERPAIN, infection.MENINGITIS, kawasaki.KAWASAKI, infection.KOCHER,
    breathing.WESTLEY, breathing.PRAM,
    dehydration.WHO, dehydration.CDS, dehydration.GORELICK, dehydration.DHAKA, fluids.REHYDRATION, fluids.MAINTENANCE,
    fluids.DEFICIT_FLUID,
    AAP, NICE, newborn.APGAR, fluids.NEONATAL_FLUID,
    head.GCS, head.PECARN_UNDER_2, head.PECARN_FROM_2, head.NICE_HEAD,
    abdomen.PAS, abdomen.ALVARADO, abdomen.TWIST,
    heart.BP_SCREEN, heart.BP_STAGE, heart.HYPOTENSION, heart.QTC,
    organs.SCHWARTZ,
    growth.GROWTH, growth.MUAC,
    medicines.DOSE, organs.MOSTELLER,
)  # fmt: skip
CALCULATORS: Final[dict[str, Calculator]] = {calculator.id: calculator for calculator in _ALL}


@cache
def _search_text(code: str) -> str:
    """What a search looks through: names and synonyms in both languages, pinyin, initials."""
    from pypinyin import Style, lazy_pinyin  # a large dictionary: loaded by the first search

    found = CALCULATORS[code]
    words = [found.title.en, found.title.zh, GROUPS[found.group].en, GROUPS[found.group].zh, *found.synonyms]
    chinese = [word for word in words if not word.isascii()]
    spoken = [
        "".join(lazy_pinyin(word, style=style)) for word in chinese for style in (Style.NORMAL, Style.FIRST_LETTER)
    ]
    return " ".join([code, *words, *spoken]).casefold()


def search(query: str) -> Iterator[Calculator]:
    """Those in whose names every word of `query` occurs, in order; all of them for an empty one."""
    words = query.casefold().split()
    return (found for code, found in CALCULATORS.items() if all(word in _search_text(code) for word in words))
