"""What each calculator is taken from. Cited, never copied; what was recalled or hangs on an edition is marked."""

from dataclasses import dataclass, field
from typing import Any, Final

from decision_manual.calculators.words import Text


@dataclass(frozen=True, slots=True)
class Citation:
    """`verify` names what must be checked against the source before a clinician may rely on it."""

    key: str
    title: str
    locator: str = ""
    verify: tuple[Text, ...] = field(default=())

    @property
    def is_verified(self) -> bool:
        return not self.verify

    def at(self, locator: str, *verify: Text) -> "Citation":
        """The same source at a place of it, with what is still to be checked there."""
        return Citation(self.key, self.title, locator, (*self.verify, *verify))

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "title": self.title,
            "locator": self.locator,
            "verified": self.is_verified,
            "to_verify": [text.both() for text in self.verify],
        }

    def __str__(self) -> str:
        return f"{self.title}, {self.locator}" if self.locator else self.title


EDITION: Final = Text("the edition in use locally", "本地所用版本")

_KNOWN: Final = (
    ("AAP-BILI22", "Kemper, AAP hyperbilirubinemia guideline, Pediatrics 2022;150:e2022058859"),
    ("AAP-BP17", "Flynn, AAP high blood pressure guideline, Pediatrics 2017;140:e20171904"),
    ("AAP-FI21", "Pantell, AAP febrile infant 8-60 days, Pediatrics 2021;148:e2021052228"),
    ("AHA-KD17", "McCrindle, AHA Kawasaki disease, Circulation 2017;135:e927"),
    ("ALVARADO", "Alvarado, Ann Emerg Med 1986;15:557"),
    ("APGAR", "Apgar 1953; AAP and ACOG, The Apgar score, Pediatrics 2015;136:819"),
    ("APLS", "ALSG Advanced Paediatric Life Support, 6th/7th edition"),
    ("BAZETT", "Bazett, Heart 1920;7:353"),
    ("BMS", "Nigrovic, JAMA 2007;297:52"),
    ("BPEWS", "Parshuram, Crit Care 2009;13:R135"),
    ("CDS", "Friedman, J Pediatr 2004;145:201; Goldman, Pediatrics 2008;122:545"),
    ("CENTOR", "Centor 1981; McIsaac, CMAJ 1998;158:75"),
    ("CG98", "NICE CG98 neonatal jaundice, 2010, updated 2016 and 2023"),
    ("DHAKA", "Levine, Lancet Glob Health 2015;3:e629"),
    ("FEVERPAIN", "Little, BMJ 2013;347:f5806; NICE NG84"),
    ("GCS", "Teasdale and Jennett 1974; James, Pediatr Ann 1986;15:16 (child's descriptors)"),
    ("GOR", "Gorelick, Pediatrics 1997;99:E6"),
    ("HS57", "Holliday and Segar, Pediatrics 1957;19:823"),
    ("IMCI14", "WHO IMCI chart booklet, 2014"),
    ("KDIGO12", "KDIGO chronic kidney disease guideline, 2012"),
    ("KOCH", "Kocher, JBJS 1999;81:1662 and 2004;86:1629; Caird, JBJS 2006;88:1251"),
    ("MOSTELLER", "Mosteller, N Engl J Med 1987;317:1098"),
    ("NG217", "NICE NG217 epilepsies, status epilepticus, 2022"),
    ("NG232", "NICE NG232 head injury, 2023"),
    ("NG29", "NICE NG29 intravenous fluids in children, 2015, amended"),
    ("NPEWS", "NHS England National PEWS charts, 2023"),
    ("PALS", "American Heart Association, Pediatric Advanced Life Support"),
    ("PAS", "Samuel, J Pediatr Surg 2002;37:877"),
    ("PECARN-FI", "Kuppermann, JAMA Pediatr 2019;173:342"),
    ("PECARN-H", "Kuppermann, Lancet 2009;374:1160"),
    ("PRAM", "Chalut, J Pediatr 2000;137:762; Ducharme, J Pediatr 2008;152:476"),
    ("RCUK21", "Resuscitation Council UK, anaphylaxis, 2021"),
    ("ROCH", "Jaskiewicz, Pediatrics 1994;94:390"),
    ("SbS", "Gomez, Pediatrics 2016;138:e20154381"),
    ("SCHWARTZ", "Schwartz, J Am Soc Nephrol 2009;20:629"),
    ("TWIST", "Barbosa, J Urol 2013;189:1859"),
    ("WEST", "Westley, Am J Dis Child 1978;132:484"),
    ("WHO-GS", "WHO Child Growth Standards 2006 and Growth Reference 2007"),
    ("WHO-W23", "WHO guideline, wasting and nutritional oedema, 2023"),
    ("BNFC", "BNF for Children"),
)
CITATIONS: Final[dict[str, Citation]] = {key: Citation(key, title) for key, title in _KNOWN}


def cite(key: str, locator: str = "", *verify: Text) -> Citation:
    """The source named `key` at a place of it. `verify`: what is still to be checked there."""
    return CITATIONS[key].at(locator, *verify)
