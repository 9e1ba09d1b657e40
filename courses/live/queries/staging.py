"""A case that is taught step by step: what of it was shown, and what may be asked about it now."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.urls import reverse

from consortium.kernel.adapters import adapter
from consortium.kernel.errors import NotVisible
from consortium.kernel.scoping import unfiltered
from courses.live.models.cases import CasePicture, CaseStage, TeachingCase, agreed_to_teaching
from courses.live.models.lectures import Lecture
from courses.live.models.room import Poll
from courses.live.models.staging import CaseVote, Staging
from courses.live.states.cases import CaseStep, StageKind

_WHY = "what of a case its lecture's room is shown"
_ORDER = list(StageKind.values)


def case_taught(lecture_id: UUID) -> TeachingCase | None:
    """The lecture's case, while it is approved and its guardian agrees."""
    cases = unfiltered(TeachingCase, why=_WHY).filter(agreed_to_teaching("case__patient"))
    found: TeachingCase | None = (
        cases.filter(lecture_id=lecture_id, step=CaseStep.APPROVED).select_related("case").first()
    )
    return found


def stages_of(case: TeachingCase) -> list[CaseStage]:
    """Its written stages in the order in which they are told: number 1 is the first."""
    rows: list[CaseStage] = list(unfiltered(CaseStage, why=_WHY).filter(teaching_case=case))
    return sorted(rows, key=lambda row: _ORDER.index(row.kind))


def pictured_at(stages: list[CaseStage]) -> int:
    """The number of the stage with which the pictures are shown: that of the images, else the last one."""
    kinds = [row.kind for row in stages]
    return kinds.index(StageKind.IMAGES) + 1 if StageKind.IMAGES in kinds else len(kinds)


def pictures_of(case: TeachingCase) -> list[CasePicture]:
    """Without their bytes."""
    rows = unfiltered(CasePicture, why=_WHY).filter(teaching_case=case).defer("content")
    return list(rows.order_by("created_at", "id"))


def staging_of(lecture_id: UUID) -> Staging:
    """How far its case was shown; one that was not saved where nothing was."""
    found: Staging | None = unfiltered(Staging, why=_WHY).filter(lecture_id=lecture_id).first()
    return found or Staging(lecture_id=lecture_id)


def stage_told(staging: Staging) -> dict[str, Any]:
    """What the room is told of it: how many stages are shown, and whether it sees how its thinking moved."""
    return {"stage": staging.shown, "flow": staging.flow_at is not None}


def shown_picture(lecture: Lecture, picture_id: UUID) -> bytes:
    """The bytes of a picture whose stage was shown; NotVisible where it was not, or the case may be taught no more."""
    case = case_taught(lecture.pk)
    found = case and unfiltered(CasePicture, why=_WHY).filter(teaching_case=case, pk=picture_id).first()
    if not case or not found or staging_of(lecture.pk).shown < pictured_at(stages_of(case)):
        raise NotVisible
    return bytes(found.content)


# -- votes ------------------------------------------------------------------------------------------------------------


def staged_of(poll: Poll) -> CaseVote | None:
    """What the poll asks about the lecture's case; None for any other poll."""
    try:
        found: CaseVote = poll.staged
    except ObjectDoesNotExist:
        return None
    return found


def is_due(poll: Poll) -> bool:
    """Whether it may be asked now: a vote about a case waits for its stage, and for a case that may be taught."""
    vote = staged_of(poll)
    if vote is None:
        return True
    case = case_taught(poll.lecture_id)
    return case is not None and case.pk == vote.teaching_case_id and staging_of(poll.lecture_id).shown >= vote.number


def staged_told(poll: Poll) -> dict[str, Any]:
    """What a page is told of a vote about a case besides; never what is right."""
    vote = staged_of(poll)
    if vote is None:
        return {}
    if vote.picture_id is None:
        return {"stage": vote.number}
    return {
        "stage": vote.number,
        "picture": reverse("lectures:staged_picture", args=[poll.lecture_id, vote.picture_id]),
    }


def votes_planned(lecture_id: UUID) -> list[CaseVote]:
    """All that is asked about the case that the lecture teaches now, in the order in which it is asked."""
    rows = unfiltered(CaseVote, why=_WHY).filter(poll__lecture_id=lecture_id, teaching_case__lecture_id=lecture_id)
    return list(rows.select_related("poll").order_by("number", "made_at", "pk"))


def manual_places() -> list[tuple[str, list[tuple[str, str]]]]:
    """(page of the manual, [(``pathway#node``, branch)]) for a field of a form."""
    port = adapter("MANUAL_CITED")()
    pages = [(title, pathway, port.branches(pathway)) for pathway, title in port.pages(None)]
    return [(title, [(f"{one}#{node}", branch) for node, branch in branches]) for title, one, branches in pages]


def manual_place(pathway: str, version: int | None, node: str) -> dict[str, Any] | None:
    """The place in words and where it stands; None where there is none."""
    found: dict[str, Any] | None = adapter("MANUAL_CITED")().cited(pathway, version, node) if pathway else None
    return found
