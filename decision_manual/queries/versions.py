"""Lists of pathways and versions, and one of them whole."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from consortium.kernel import clock
from consortium.kernel.errors import NotVisible
from decision_manual.models import PathwayVersion, ProofSheet
from decision_manual.models.versions import VersionRows


@dataclass(frozen=True, slots=True)
class Listed:
    """A pathway in a list. `step` as readers are told it; `expired`: its review is overdue."""

    id: UUID
    pathway: str
    number: int
    title_en: str
    title_zh: str
    family: str
    age_from: int
    age_to: int
    step: str
    next_review: date
    expired: bool
    unverified: int

    def title(self, language: str) -> str:
        return self.title_zh if language.startswith("zh") else self.title_en


def newest_versions() -> VersionRows:
    """The last version of each pathway that was not retired, without its weight."""
    return PathwayVersion.objects.newest().light()


def pathways_shown(*, age_days: int | None = None, approved: bool = False) -> list[Listed]:
    """Every pathway in its newest version (`approved`: its newest approved one), for a child of that age. One query."""
    rows = PathwayVersion.objects.approved().light() if approved else newest_versions()
    shown = [listed(row) for row in rows.select_related("state")]
    return [one for one in shown if age_days is None or one.age_from <= age_days < one.age_to]


def listed(row: PathwayVersion) -> Listed:
    """A version as lists show it; needs its state."""
    return Listed(
        row.pk, row.pathway, row.number, row.title_en, row.title_zh, row.family, row.age_from, row.age_to,
        row.state.shown_step, row.next_review, row.next_review <= clock.today(), row.unverified,
    )  # fmt: skip


def version_shown(pathway: str, number: int | None = None) -> PathwayVersion:
    """A pathway's version of that number, else its newest; NotVisible when there is none."""
    rows = PathwayVersion.objects.select_related("state").filter(pathway=pathway)
    row = rows.filter(number=number).first() if number is not None else rows.newest().first()
    if row is None:
        raise NotVisible
    return row


def versions_of(pathway: str) -> list[Listed]:
    """Every version of a pathway, newest first."""
    rows = PathwayVersion.objects.light().select_related("state").filter(pathway=pathway).order_by("-number")
    return [listed(row) for row in rows]


def proof_of(version_id: UUID) -> ProofSheet | None:
    """The last proof sheet of a version."""
    return ProofSheet.objects.filter(version_id=version_id).order_by("-made_at").first()


def unproven() -> list[UUID]:
    """The newest versions that have no proof sheet yet."""
    proofs = ProofSheet.objects.filter(version=OuterRef("pk"))
    rows = newest_versions().annotate(proven=Exists(proofs)).values_list("pk", "proven")
    return [pk for pk, proven in rows if not proven]


def indication_cited(code: str) -> dict[str, Any]:
    """A referral indication by its id, in the newest version that has it: {code, urgency, title, pathway, version}."""
    for row in newest_versions().filter(indications__contains=[code]):
        why = PathwayVersion.objects.get(pk=row.pk).content.indications[code]
        title = {"en": why.title.en, "zh": why.title.zh}
        return {"code": code, "urgency": why.urgency, "title": title, "pathway": row.pathway, "version": row.number}
    raise NotVisible
