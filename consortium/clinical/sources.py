"""The sources that clinical rules of this product name, with their edition; none of them is copied, all are cited."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Source:
    """`key` is what a rule names; `verified` False: recalled or bound to an edition, to be opened before approval."""

    key: str
    title: str
    edition: str
    verified: bool = True

    def __str__(self) -> str:
        return f"{self.title} ({self.edition})"


SOURCES: Final[dict[str, Source]] = {
    source.key: source
    for source in (
        Source("WHO-GS", "WHO Child Growth Standards", "2006"),
        Source("WHO-GR", "WHO Growth Reference 5-19 years", "2007"),
        Source("WHO-W23", "WHO guideline, wasting and nutritional oedema", "2023"),
        Source("IMCI14", "WHO IMCI chart booklet", "2014"),
        Source("NPEWS", "NHS England National PEWS charts", "2023"),
        Source("APLS", "Advanced Paediatric Life Support", "6th/7th ed.", verified=False),
        Source("BNFC", "BNF for Children", "monthly", verified=False),
        Source("IMCI-YI19", "WHO IMCI, sick young infant up to 2 months", "2019"),
        Source("NG29", "NICE intravenous fluids in children, NG29", "2015, amended", verified=False),
        Source("NG217", "NICE epilepsies, NG217", "2022"),
        Source("NG240", "NICE bacterial meningitis, NG240", "2024"),
        Source("RCUK21", "Resuscitation Council UK, anaphylaxis", "2021"),
        Source("SIGN158", "BTS/SIGN asthma, SIGN158", "2019"),
        Source("PB13", "WHO Pocket Book of Hospital Care for Children", "2013"),
    )
}
