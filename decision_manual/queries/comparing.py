"""What is different between a version of a pathway and the approved one before it, branch by branch."""

from typing import Any

from decision_manual.library import Pathway
from decision_manual.models import PathwayVersion
from decision_manual.states import Step

_ONCE_APPROVED = (Step.APPROVED, Step.RETIRED)


def branches_changed(version: PathwayVersion) -> list[str]:
    """The branches (nodes of the chart, "n-ROW") that are new, gone or say something else than in the version approved
    before; all of them, where there was none."""
    before = PathwayVersion.objects.filter(
        pathway=version.pathway, number__lt=version.number, state__step__in=_ONCE_APPROVED,
        state__pharmacist_at__isnull=False,
    ).order_by("-number").first()  # fmt: skip
    return differing(before.content if before else None, version.content)


def differing(old: Pathway | None, new: Pathway) -> list[str]:
    """As `branches_changed`, of two pathways. What findings, derived facts or scores mean counts for every branch."""
    now = _branches(new)
    if old is None or _common(old) != _common(new):
        return sorted(now | (_branches(old) if old else {}))
    was = _branches(old)
    return sorted(node for node in was | now if was.get(node) != now.get(node))


def _common(pathway: Pathway) -> tuple[Any, ...]:
    return pathway.age_days, pathway.entry, pathway.findings, pathway.derived, pathway.scores


def _branches(pathway: Pathway) -> dict[str, Any]:
    """Each branch with all that its reader is told, and when it holds."""
    found: dict[str, Any] = {}
    for table in pathway.tables:
        for row in table.rows:
            told = (pathway.classes.get(row.class_code), [pathway.actions[code] for code in row.actions])
            found[f"n-{row.id}"] = (table.entry, table.hit, row, told, pathway.indications.get(row.referral))
    return found
