"""The manual beside a question: its pages and branches in words, and those that did not suffice.

The manual is another feature: it is reached by ids, through the port `settings.MANUAL_CITED`, a class as `Shelf` says.
Without one, questions are asked without it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from consortium.kernel.adapters import adapter
from consortium.kernel.scoping import unfiltered
from consultations.models import ManualUse
from consultations.states import FELL_SHORT_OFTEN, FellShort

_WHY = "counts of where the manual fell short; no child stands in them"


@dataclass(frozen=True, slots=True)
class Cited:
    """A place in the manual in the reader's language. `node` "" for the page as a whole; `url` its place in the chart,
    `page_url` where one works through it."""

    pathway: str
    version: int
    node: str
    title: str
    branch: str
    url: str
    page_url: str = ""


class Shelf(Protocol):
    """The port to the manual."""

    def pages(self, age_days: int | None) -> list[tuple[str, str]]:
        """(id, title) of the pages for a child of that age."""

    def pages_about(self, symptom: str, age_days: int | None) -> list[tuple[str, str]]:
        """(title, address) of the pages about a symptom for a child of that age, the nearest first."""

    def branches(self, pathway: str) -> list[tuple[str, str]]:
        """(node, title) of the newest version's branches."""

    def cited(self, pathway: str, version: int | None, node: str) -> dict[str, Any] | None:
        """What `Cited` holds (newest version unless told), None where there is no such place."""


def shelf() -> Shelf | None:
    if not getattr(settings, "MANUAL_CITED", ""):
        return None
    port: Shelf = adapter("MANUAL_CITED")()
    return port


def place(pathway: str, version: int | None, node: str) -> Cited | None:
    """Where that stands, None when nowhere."""
    port = shelf()
    found = port.cited(pathway, version, node) if port else None
    return Cited(**found) if found else None


def pages_for(age_days: int | None) -> list[tuple[str, str]]:
    port = shelf()
    return port.pages(age_days) if port else []


def pages_about(symptom: str, age_days: int | None) -> list[tuple[str, str]]:
    port = shelf()
    return port.pages_about(symptom, age_days) if port and symptom else []


def branches_of(pathway: str) -> list[tuple[str, str]]:
    port = shelf()
    return port.branches(pathway) if port and pathway else []


def use_of(case_id: Any) -> ManualUse | None:
    """What the manual was asked about this case. The caller has checked the right to the case."""
    found: ManualUse | None = ManualUse.objects.filter(case_id=case_id).first()
    return found


def cited_by(case: Any) -> tuple[str, str] | None:
    """The page of the manual, and the branch, that somebody had followed before they asked (settings.CASE_CITES).

    Nothing of the child: the caller need not see the case.
    """
    use = unfiltered(ManualUse, why="which page of the manual a case is about").filter(case_id=case.pk).first()
    return (use.pathway, use.node) if use else None


def told(use: ManualUse, *, words: bool) -> dict[str, Any]:
    """A use as pages show it; `words`: with what was typed."""
    found = place(use.pathway, use.version, use.node)
    return {
        "pathway": use.pathway, "version": use.version, "node": use.node, "indication": use.indication,
        "title": found.title if found else use.pathway, "branch": found.branch if found else use.node,
        "url": found.url if found else "", "why": FellShort(use.why).label if use.why else "",
        "note": use.note if words else "",
    }  # fmt: skip


def in_a_line(use: ManualUse) -> str:
    """A use as a line of text: page, version, branch, why."""
    said = told(use, words=True)
    version = _("version %(number)d") % {"number": use.version}
    return ". ".join(filter(None, (f"{said['title']} ({version})", said["branch"], str(said["why"]), said["note"])))


def times_short(pathway: str, node: str) -> int:
    """How often this branch fell short of a question that was sent."""
    rows = unfiltered(ManualUse, why=_WHY).fell_short().filter(pathway=pathway, node=node)
    return int(rows.count())


@dataclass(frozen=True, slots=True)
class Gap:
    """A branch that did not suffice: how often, why, last in which version. `often`: enough to be mended."""

    cited: Cited
    count: int
    reasons: list[tuple[str, int]]

    @property
    def often(self) -> bool:
        return self.count >= FELL_SHORT_OFTEN


def gaps(*, most: int = 100) -> list[Gap]:
    """The branches that fell short, the most frequent first. One query, and the manual's."""
    per_reason = {f"n_{code}": Count("case_id", filter=Q(why=code)) for code in FellShort.values}
    rows = unfiltered(ManualUse, why=_WHY).fell_short().values("pathway", "node")
    counted = rows.annotate(count=Count("case_id"), version=Max("version"), **per_reason)
    return [_gap(row) for row in counted.order_by("-count", "pathway", "node")[:most]]


def _gap(row: dict[str, Any]) -> Gap:
    named = (row["pathway"], row["version"], row["node"])
    found = place(*named) or Cited(*named, title=row["pathway"], branch=row["node"], url="")
    return Gap(found, row["count"], list(_reasons(row)))


def _reasons(row: dict[str, Any]) -> Iterable[tuple[str, int]]:
    for code in FellShort:
        if row[f"n_{code}"]:
            yield str(code.label), row[f"n_{code}"]
