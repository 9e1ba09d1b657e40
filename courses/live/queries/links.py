"""What belongs together: a case, the lecture that taught it, the course that was left, the manual's page, the advice.

Each link only to who sees what it leads to: nobody comes from a taught case to the child's record who could not go
there anyway.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from consortium.casework.models import Case
from consortium.casework.queries.rows import case_url
from consortium.kernel.actors import Actor
from consortium.kernel.adapters import adapter, adapters
from consortium.kernel.errors import NotVisible
from consortium.kernel.scoping import unfiltered
from consortium.patients.models import Patient
from courses.library.models import Course, ManualLink
from courses.live.models import Lecture, Recommendation, TeachingCase
from courses.live.policies.cases import may_make_cases
from courses.live.states.cases import CaseStep

_WHY: Final = "what a lecture is linked with"


@dataclass(frozen=True, slots=True)
class Link:
    """An icon, words in the reader's language, and where it leads."""

    sign: str
    label: str
    url: str


def links_of(actor: Actor, lecture: Lecture, *, without: str = "") -> list[Link]:
    """Those of a lecture; `without`: the page one is on (lecture, case, course, recommendation)."""
    row = TeachingCase.objects.select_related("case").filter(lecture=lecture, step=CaseStep.APPROVED).first()
    found = {
        "lecture": _lecture(lecture), "case": _teaching_case(row) if row else [], "course": _course(lecture),
        "record": _record(row) if row else [], "recommendation": _recommendation(row) if row else [],
        "manual": manual_links(lecture),
    }  # fmt: skip
    return [link for name, links in found.items() if name != without for link in links]


def links_of_teaching_case(actor: Actor, row: TeachingCase) -> list[Link]:
    """Those on the page of a teaching case."""
    lecture = Lecture.objects.filter(pk=row.lecture_id).first() if row.lecture_id else None
    return links_of(actor, lecture, without="case") if lecture else _record(row)


def teaching_link(actor: Actor, case: Case) -> dict[str, str] | None:
    """From the child's case to what was made of it for teaching (settings.CASE_LINKS). No query."""
    if case.submitted_at is None or not may_make_cases(actor):
        return None
    return {"url": reverse("lectures:of_case", args=[case.pk]), "label": _("Teaching"), "sign": "graduation-cap"}


def case_known(case_id: UUID) -> Case:
    """A case of a child whom the actor may know, or NotVisible."""
    found: Case | None = Case.objects.select_related("service").filter(pk=case_id, submitted_at__isnull=False).first()
    if found is None or not Patient.objects.filter(pk=found.patient_id).exists():
        raise NotVisible
    return found


def links_of_case(actor: Actor, case: Case) -> list[Link]:
    """What was made of the child's case for teaching; nothing yet, or what there is."""
    row = TeachingCase.objects.filter(case=case).exclude(step=CaseStep.WITHDRAWN).order_by("-created_at").first()
    if row is None:
        return []
    row.case = case
    lecture = Lecture.objects.filter(pk=row.lecture_id).first() if row.lecture_id else None
    more = [*_lecture(lecture), *_course(lecture)] if lecture else []
    return [*_teaching_case(row), *more, *_recommendation(row)]


def _lecture(lecture: Lecture) -> list[Link]:
    if not Lecture.objects.filter(pk=lecture.pk).exists():
        return []
    url = reverse("lectures:lecture", args=[lecture.pk])
    return [Link("presentation", _("Lecture: %(title)s") % {"title": lecture.title}, url)]


def _teaching_case(row: TeachingCase) -> list[Link]:
    title = {"title": row.title}
    return [Link("stethoscope", _("Teaching case: %(title)s") % title, reverse("lectures:case", args=[row.pk]))]


def _course(lecture: Lecture) -> list[Link]:
    if lecture.lesson_course_id is None:
        return []
    course = Course.objects.offered().select_related("current").filter(pk=lecture.lesson_course_id).first()
    if course is None or course.current is None:
        return []
    url = reverse("library:course", args=[course.pk])
    return [Link("graduation-cap", _("Course: %(title)s") % {"title": course.current.title}, url)]


def _record(row: TeachingCase) -> list[Link]:
    """The child's own case: for who works on it and may know the child."""
    case = Case.objects.filter(pk=row.case_id).first()
    if case is None or not Patient.objects.filter(pk=case.patient_id).exists():
        return []
    return [Link("user-round", _("The child’s case"), case_url(case))]


def _recommendation(row: TeachingCase) -> list[Link]:
    found = Recommendation.objects.filter(teaching_case=row).first()
    if found is None:
        return []
    url = reverse("lectures:recommendation", args=[found.pk])
    return [Link("clipboard-check", _("Recommendation: %(step)s") % {"step": found.get_step_display()}, url)]


# -- the manual -------------------------------------------------------------------------------------------------------


def manual_links(lecture: Lecture) -> list[Link]:
    """The pages of the manual that its published course teaches; for all staff."""
    rows = unfiltered(ManualLink, why=_WHY).filter(lesson__version__current_of=lecture.lesson_course_id)
    places = sorted(set(rows.values_list("pathway", "branch"))) if lecture.lesson_course_id else []
    if not places or not getattr(settings, "MANUAL_CITED", ""):
        return []
    shelf: Any = adapter("MANUAL_CITED")()
    cited = [shelf.cited(pathway, None, branch) for pathway, branch in places]
    return [
        Link("book-open-text", _("Manual: %(title)s") % {"title": one["branch"] or one["title"]}, one["url"])
        for one in cited
        if one is not None
    ]  # fmt: skip


def places_taught(lecture: Lecture) -> list[tuple[str, str]]:
    """(page, branch) of the manual that the lecture's case was worked through with (settings.CASE_CITES)."""
    row = unfiltered(TeachingCase, why=_WHY).select_related("case").filter(lecture=lecture).first()
    if row is None:
        return []
    found = (cites(row.case) for cites in adapters("CASE_CITES").values())
    return sorted({place for place in found if place is not None})
