"""A teaching case on each step of its way, made as people make it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from consortium.casework.models import Case
from consortium.files.models import Attachment
from consortium.files.operations import attach_small, inspect_attachment
from consortium.kernel.actors import acting_as, system
from consortium.patients.models import Patient
from consortium.patients.operations.guardians import Decision, record_consent
from consortium.patients.states import ConsentKind, ConsentStatus
from consortium.people.models import User
from courses.live.models.cases import CasePicture, CaseStage, TeachingCase
from courses.live.operations.case_parts import add_case_picture, confirm_part, write_stage
from courses.live.operations.cases import approve_case, make_teaching_case, submit_case
from tests.cast import actor_for
from tests.factories.patients import make_consent

#: what a text of the child tells, planted: no piece of it may be reached by who does not see the child's case
PLANTED = ("Xiaoyu", "Chen Mei", "R000777", "13800000000", "Gulan Lane", "小雨", "2025-")
TEXT = (
    "Lin Xiaoyu (林小雨), MRN R000777, of 12 Gulan Lane, born 2025-03-01. Her mother Chen Mei rang 13800000000. "
    "Grunting since the evening, a 3/6 murmur."
)


def does(user: User, operation: Callable[..., Any], **words: Any) -> Any:
    """As `user`, with the seats they hold at this moment."""
    actor = actor_for(user)
    with acting_as(actor):
        return operation(actor=actor, **words)


def agreed(patient: Patient, by: User) -> None:
    make_consent(patient, by, kind=ConsentKind.TEACHING)


def refused(patient: Patient, by: User, status: str = ConsentStatus.INACTIVE) -> None:
    """The guardian's word, as it is taken down; what hears of it runs with the next delivery."""
    does(by, record_consent, patient_id=patient.pk, decision=Decision(ConsentKind.TEACHING, status), key=uuid4())


def begun(maker: User, case: Case, title: str = "Grunting at night", **words: Any) -> TeachingCase:
    made: TeachingCase = does(maker, make_teaching_case, case_id=case.pk, title_en=title, **words)[0]
    return made


def told(maker: User, row: TeachingCase, kind: str = "history", text: str = TEXT, **words: Any) -> CaseStage:
    does(maker, write_stage, teaching_case_id=row.pk, kind=kind, source=text, **words)
    return stage_of(row, kind)


def stage_of(row: TeachingCase, kind: str = "history") -> CaseStage:
    found: CaseStage = CaseStage.unscoped.get(teaching_case=row, kind=kind)
    return found


def attached(user: User, case: Case, data: bytes, name: str = "Lin Xiaoyu.jpg") -> Attachment:
    made = does(user, attach_small, case_id=case.pk, name=name, size=len(data), pieces=[data])
    with acting_as(system("test")) as worker:
        inspect_attachment(actor=worker, attachment_id=made.pk)
    found: Attachment = Attachment.unscoped.get(pk=made.pk)
    return found


def pictured(maker: User, row: TeachingCase, source: Attachment, **words: Any) -> CasePicture:
    does(maker, add_case_picture, teaching_case_id=row.pk, attachment_id=source.pk, **words)
    found: CasePicture = CasePicture.unscoped.filter(teaching_case=row).latest("created_at")
    return found


def sent(maker: User, row: TeachingCase) -> TeachingCase:
    return fresh(does(maker, submit_case, teaching_case_id=row.pk))


def confirmed(second: User, row: TeachingCase) -> TeachingCase:
    """Every part of it."""
    for stage in CaseStage.unscoped.filter(teaching_case=row):
        does(second, confirm_part, teaching_case_id=row.pk, stage=stage.kind)
    for picture in CasePicture.unscoped.filter(teaching_case=row):
        does(second, confirm_part, teaching_case_id=row.pk, picture_id=picture.pk)
    return fresh(row)


def approved(maker: User, second: User, case: Case, **words: Any) -> TeachingCase:
    """One of one stage, whole."""
    row = begun(maker, case, **words)
    told(maker, row)
    sent(maker, row)
    confirmed(second, row)
    does(second, approve_case, teaching_case_id=row.pk)
    return fresh(row)


def fresh(row: TeachingCase) -> TeachingCase:
    found: TeachingCase = TeachingCase.unscoped.select_related("case").get(pk=row.pk)
    return found
