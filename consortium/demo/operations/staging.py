"""The case that the coming lecture tells step by step: written, looked at by a second person, with its votes."""

from typing import Any

from consortium.casework.models import Case
from consortium.demo.operations.children import author_of
from consortium.demo.operations.settling import World
from consortium.demo.story.children import CHILDREN
from consortium.demo.story.lectures import CASE_OF, CASE_TITLE, COMING, STAGES, VOTES
from consortium.kernel.actors import Actor, acting_as
from consortium.patients.models import Patient
from courses.live.models import Lecture, TeachingCase
from courses.live.operations.case_parts import confirm_part, write_stage
from courses.live.operations.cases import approve_case, make_teaching_case, submit_case, use_case
from courses.live.operations.staging import Planned, prepare_vote


def stage_case(world: World, child: Patient) -> None:
    """By the doctor who asked, the specialist who answered, and the lecturer."""
    maker = world.actor(author_of(CHILDREN[CASE_OF].place))
    with acting_as(maker):
        case = Case.objects.select_related("responder").get(patient=child)
        row = _written(maker, case)
    second = world.actor(_username(case))
    with acting_as(second):
        for kind, _text in STAGES:
            confirm_part(actor=second, teaching_case_id=row.pk, stage=kind)
        approve_case(actor=second, teaching_case_id=row.pk)
    lecturer = world.actor("lecturer")
    with acting_as(lecturer):
        lecture = Lecture.objects.get(title_en=COMING[0])
        use_case(actor=lecturer, teaching_case_id=row.pk, lecture_id=lecture.pk)
        for vote in VOTES:
            prepare_vote(actor=lecturer, lecture_id=lecture.pk, planned=Planned(**vote))


def _username(case: Any) -> str:
    return str(case.responder.username)


def _written(maker: Actor, case: Case) -> TeachingCase:
    row, _fresh = make_teaching_case(
        actor=maker, case_id=case.pk, title_en=CASE_TITLE[0], title_zh=CASE_TITLE[1]
    )  # fmt: skip
    for kind, text in STAGES:
        write_stage(actor=maker, teaching_case_id=row.pk, kind=kind, source=text)
    return submit_case(actor=maker, teaching_case_id=row.pk)
