"""Services and cases. A test that is about the steps of a case takes them by the feature's own operations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from consortium.casework.models import BallSpell, Case, Clock, Message, Service, ServiceMember
from consortium.casework.states import TARGETS, Ball, CaseKind, Leg, MessageKind, Priority
from consortium.kernel import clock
from consortium.patients.models import Patient
from consortium.people.models import Institution, Specialty, User
from consultations.models import Consultation
from consultations.states import Step
from tests.factories.patients import make_pathway


def make_service(institution: Institution, specialty: Specialty, **fields: Any) -> Service:
    plain = {"name_en": specialty.name_en, "name_zh": specialty.name_zh, "duty_phone": "021 5555 0142"}
    return Service.objects.create(institution=institution, specialty=specialty, **{**plain, **fields})


def make_service_member(service: Service, user: User, *, is_lead: bool = False, on_duty: bool = True) -> ServiceMember:
    return ServiceMember.objects.create(
        service=service,
        user=user,
        is_lead=is_lead,
        on_duty_until=clock.now() + timedelta(hours=12) if on_duty else None,
    )


def make_case(patient: Patient, asker: User, institution: Institution, **fields: Any) -> Case:
    """The header of a draft: only its author sees it."""
    plain = {
        "kind": CaseKind.CONSULTATION,
        "headline": "Fast breathing, drinks poorly",
        "age_days": (clock.today() - patient.birth_date).days,
        "sex": patient.sex,
        "weight_grams": 6800,
        "ball": Ball.ASKER,
        "ball_user": asker,
        "due_at": clock.now() + timedelta(days=7),
        "created_at": clock.now(),
        "created_by": asker,
    }
    case: Case = Case.unscoped.create(
        patient=patient, asker=asker, asking_institution=institution, **{**plain, **fields}
    )
    BallSpell.unscoped.create(case=case, party=case.ball, user=case.ball_user, since=case.created_at)
    return case


def make_draft(patient: Patient, asker: User, institution: Institution, **fields: Any) -> Consultation:
    """A consultation that is being written."""
    case = make_case(patient, asker, institution, **fields)
    made: Consultation = Consultation.unscoped.create(
        case=case, question="Can she wait for the morning?", consent_given=True
    )
    return made


def make_asked(
    patient: Patient, asker: User, institution: Institution, service: Service, *, priority: int = Priority.ROUTINE
) -> Consultation:
    """A consultation that waits in the queue of `service`, its allocation clock running."""
    made = make_draft(patient, asker, institution, priority=priority)
    at = clock.now()
    target = TARGETS[(Leg.ALLOCATION, priority)]
    Clock.unscoped.create(
        case=made.case,
        leg=Leg.ALLOCATION,
        priority=priority,
        target_seconds=int(target.total_seconds()),
        started_at=at,
    )
    BallSpell.unscoped.filter(case=made.case, until=None).update(until=at)
    BallSpell.unscoped.create(case=made.case, party=Ball.COORDINATOR, since=at)
    Case.unscoped.filter(pk=made.case_id).update(
        service=service,
        pathway=make_pathway(patient, institution),
        ball=Ball.COORDINATOR,
        ball_user=None,
        submitted_at=at,
        due_at=at + target,
    )
    Consultation.unscoped.filter(pk=made.pk).update(step=Step.REQUESTED)
    fresh: Consultation = Consultation.unscoped.select_related("case").get(pk=made.pk)
    return fresh


def make_message(case: Case, author: User, institution: Institution, text: str = "She drinks a little.") -> Message:
    case.last_message_seq += 1
    case.save(update_fields=["last_message_seq"])
    made: Message = Message.unscoped.create(
        case=case,
        seq=case.last_message_seq,
        kind=MessageKind.MESSAGE,
        author=author,
        institution=institution,
        text=text,
        created_at=clock.now(),
        created_by=author,
    )
    return made
