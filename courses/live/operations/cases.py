"""A case is made for teaching: begun, sent to a second person, approved or sent back, used in a lecture, taken down.

Only with the guardian's consent to teaching; where it ends, everything that was made goes.
"""

from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.models import Case
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, WrongStep, database_rules
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.kernel.versions import check_version
from consortium.patients.models import Patient
from courses.live.events.cases import (
    TeachingCaseApproved,
    TeachingCaseReturned,
    TeachingCaseSent,
    TeachingCaseTakenDown,
)
from courses.live.models.cases import CasePicture, CaseStage, TeachingCase, agreed_to_teaching
from courses.live.models.lectures import Lecture
from courses.live.policies.cases import may_make_case
from courses.live.policies.lectures import may_change_lecture
from courses.live.queries.cases import found_in
from courses.live.states.cases import TEACHING_CASE, CaseStep
from courses.live.states.lectures import LectureStep

#: a case of one of these may still be taught elsewhere
_NOT_GIVEN: Final = (LectureStep.DRAFT, LectureStep.CANCELLED)


def locked_case(teaching_case_id: UUID) -> TeachingCase:
    """The teaching case, when the actor sees it, held until the transaction ends."""
    rows = TeachingCase.objects.select_for_update(of=("self",)).select_related("case")
    found: TeachingCase | None = rows.filter(pk=teaching_case_id).first()
    if found is None:
        raise NotVisible
    return found


def save_case(actor: Actor, row: TeachingCase, verb: str, **words: Any) -> TeachingCase:
    """Keep the row, and say so in the child's chain; `words` must not tell who the child is."""
    row.version += 1
    with database_rules(), transaction.atomic():
        row.save()
    record(
        actor=actor, verb=verb, subject=row, patient_id=row.case.patient_id, institution_id=row.institution_id, **words
    )  # fmt: skip
    return row


def require_told_nothing(case: Case, lecture: Lecture) -> None:
    """Title and summary of a lecture are read by all it is for: nothing in them tells for sure who the child is."""
    _checked(case, {name: getattr(lecture, name) for name in ("title_en", "title_zh", "summary_en", "summary_zh")})


def require_telling_nothing(case: Case, texts: dict[str, str]) -> None:
    """Nothing in the texts (by field) tells for sure who the child is; InvalidInput names what does."""
    _checked(case, texts)


def require_consent(case: Case) -> None:
    """The guardian agrees to teaching; the record is held, so that no withdrawal goes by unseen meanwhile."""
    unfiltered(Patient, why="its consents are held still").select_for_update(of=("self",)).get(pk=case.patient_id)
    if not Case.objects.filter(agreed_to_teaching("patient"), pk=case.pk).exists():
        raise WrongStep(_("The guardian has not agreed to teaching. Ask for that consent first."))


def _checked(case: Case, titles: dict[str, str]) -> dict[str, str]:
    """Titles that tell nothing of the child: they are read in lists, before anything is looked at."""
    wrong = {
        name: _("Leave out what tells who the child is: %(words)s")
        % {"words": ", ".join(text[each.start : each.end] for each in found)}
        for name, text in titles.items()
        if (found := [each for each in found_in(case, text) if each.sure])
    }
    if wrong:
        raise InvalidInput(wrong)
    return titles


@transaction.atomic
def make_teaching_case(
    *, actor: Actor, case_id: UUID, title_en: str = "", title_zh: str = "", key: UUID | None = None
) -> tuple[TeachingCase, bool]:
    """Begin one from a case that the actor asked, answered or leads: (teaching case, whether it is new)."""
    case = Case.objects.select_related("service", "pathway").filter(pk=case_id).first()
    if case is None:
        raise NotVisible
    require(may_make_case(actor, case))
    require_consent(case)
    titles = _checked(case, {"title_en": title_en.strip(), "title_zh": title_zh.strip()})

    def make() -> TeachingCase:
        service: Any = case.service  # what was submitted has one
        row = TeachingCase(
            case=case, institution_id=service.institution_id, created_at=clock.now(),
            created_by_id=actor.author_id, **titles, **({"request_key": key} if key else {}),
        )  # fmt: skip
        with database_rules(), transaction.atomic():
            row.save(force_insert=True)
        record(
            actor=actor, verb="make_teaching_case", subject=row, patient_id=case.patient_id,
            institution_id=row.institution_id,
        )  # fmt: skip
        return row

    return once(TeachingCase, actor=actor, key=key, make=make)


@transaction.atomic
def retitle_case(
    *, actor: Actor, teaching_case_id: UUID, title_en: str = "", title_zh: str = "", version: int | None = None
) -> TeachingCase:
    """Other titles, while it is written."""
    row = locked_case(teaching_case_id)
    check_version(row, version)
    TEACHING_CASE.check("write", actor, row)
    titles = _checked(row.case, {"title_en": title_en.strip(), "title_zh": title_zh.strip()})
    row.title_en, row.title_zh = titles["title_en"], titles["title_zh"]
    return save_case(actor, row, "write", facts={"fields": sorted(titles)})


@transaction.atomic
def submit_case(*, actor: Actor, teaching_case_id: UUID, version: int | None = None) -> TeachingCase:
    """Send it to a second person. Raises InvalidInput while nothing is told."""
    row = locked_case(teaching_case_id)
    check_version(row, version)
    TEACHING_CASE.take("submit", actor, row)
    require_consent(row.case)
    if not row.stages.exists():
        raise InvalidInput({"stage": _("Write at least one part of the case.")})
    return save_case(actor, row, "submit", event=TeachingCaseSent(row.pk))


@transaction.atomic
def return_case(*, actor: Actor, teaching_case_id: UUID, reason: str, version: int | None = None) -> TeachingCase:
    """Something still shows who the child is: its maker goes on. `reason` is kept sealed."""
    row = locked_case(teaching_case_id)
    check_version(row, version)
    TEACHING_CASE.take("return", actor, row)
    if not reason.strip():
        raise InvalidInput({"reason": _("Say what its maker should change.")})
    return save_case(actor, row, "return", text=reason.strip(), event=TeachingCaseReturned(row.pk))


@transaction.atomic
def approve_case(*, actor: Actor, teaching_case_id: UUID, version: int | None = None) -> TeachingCase:
    """The second person has confirmed every part, and the title: what was written before is destroyed."""
    row = locked_case(teaching_case_id)
    check_version(row, version)
    TEACHING_CASE.check("approve", actor, row)
    require_consent(row.case)
    if any(part.objects.filter(teaching_case=row).waiting().exists() for part in (CaseStage, CasePicture)):
        raise WrongStep(_("Each part and each picture has to be confirmed first."))
    CaseStage.objects.filter(teaching_case=row).update(source_sealed=None, kept=[])
    row.step, row.approved_at, row.approved_by_id = CaseStep.APPROVED, clock.now(), actor.author_id
    return save_case(actor, row, "approve", event=TeachingCaseApproved(row.pk))


@transaction.atomic
def use_case(*, actor: Actor, teaching_case_id: UUID, lecture_id: UUID) -> TeachingCase:
    """Teach it in this lecture, which the actor plans. One lecture, one case."""
    row = locked_case(teaching_case_id)
    TEACHING_CASE.check("attach", actor, row)
    if row.lecture_id is not None:
        given = unfiltered(Lecture, why="whether it was given").exclude(step__in=_NOT_GIVEN).filter(pk=row.lecture_id)
        if given.exists():
            raise WrongStep(_("This case was announced or taught in another lecture already."))
    lecture = Lecture.objects.select_for_update(of=("self",)).filter(pk=lecture_id).first()
    if lecture is None:
        raise NotVisible
    require(may_change_lecture(actor, lecture))
    if lecture.step not in (LectureStep.DRAFT, LectureStep.ANNOUNCED):
        raise WrongStep(_("Choose a lecture that is still to come."))
    _require_teachable(row)
    require_told_nothing(row.case, lecture)
    row.lecture = lecture
    return save_case(actor, row, "attach", facts={"lecture": str(lecture.pk)})


def _require_teachable(row: TeachingCase) -> None:
    if not TeachingCase.objects.filter(agreed_to_teaching("case__patient"), pk=row.pk).exists():
        raise WrongStep(_("The guardian has not agreed to teaching. Ask for that consent first."))


@transaction.atomic
def take_down(*, actor: Actor, teaching_case_id: UUID) -> TeachingCase:
    """Its texts and pictures are destroyed; where it was taught, it is no more."""
    row = locked_case(teaching_case_id)
    if row.step == CaseStep.WITHDRAWN and actor.is_system:
        return row
    TEACHING_CASE.take("withdraw", actor, row)
    CaseStage.objects.filter(teaching_case=row).delete()
    CasePicture.objects.filter(teaching_case=row).delete()
    row.title_en = row.title_zh = ""
    gone = TeachingCaseTakenDown(row.pk, row.lecture_id, by_guardian=actor.is_system)
    return save_case(actor, row, "withdraw", event=gone)


def take_down_all(*, actor: Actor, patient_id: UUID) -> int:
    """Everything that was made of this child's cases; how many there were."""
    ids = list(TeachingCase.objects.of_patient(patient_id).standing().values_list("pk", flat=True))
    for each in ids:
        take_down(actor=actor, teaching_case_id=each)
    return len(ids)
