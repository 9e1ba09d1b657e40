"""Whom a clock that runs out calls: a stat question pages, all others leave a notice.

A page is a duty, so it is started in the transaction of the step; notices follow after the commit.
"""

from uuid import UUID

from django.urls import reverse

from consortium.casework.models import Case, ServiceMember
from consortium.casework.queries.escalating import ASKING_LEGS
from consortium.casework.states import Ball, Priority, Tell
from consortium.kernel import clock
from consortium.kernel.actors import current_actor
from consortium.kernel.events import receives
from consortium.kernel.scoping import unfiltered
from consortium.notices.operations import start_page
from consortium.people.models import Membership, User
from consortium.people.states import Role
from consultations import events
from consultations.queries.concerned import asking_side, coordinators_of, on_call
from consultations.receivers.calling import case_heard, facts_of
from consultations.receivers.telling import tell


def told(case: Case, event: events.ConsultationEscalated) -> list[UUID]:
    """Whom a step tells, in the order in which a page would call them."""
    if event.tell == Tell.COORDINATOR:
        return coordinators_of(case) or _leads(case)
    if event.leg in ASKING_LEGS:
        return asking_side(case) if event.tell == Tell.HOLDER else _clinic(case)
    if event.tell == Tell.LEAD:
        return _leads(case) or coordinators_of(case)
    return _holders(case)


def _holders(case: Case) -> list[UUID]:
    """Who has to act: the specialist, in a queue those on duty; and the asker, while it is their turn."""
    answering = [case.responder_id] if case.responder_id else on_call(case)
    return [*(asking_side(case) if case.ball == Ball.ASKER else []), *answering]


def _leads(case: Case) -> list[UUID]:
    seats = ServiceMember.objects.filter(service=case.service, left_at=None, is_lead=True, user__is_active=True)
    return list(seats.order_by("user_id").values_list("user_id", flat=True))


def _clinic(case: Case) -> list[UUID]:
    """Every doctor of the asking clinic, the asker first."""
    seats = unfiltered(Membership, why="whom a late answer concerns").active(clock.today())
    doctors = seats.filter(role=Role.ASKER, institution_id=case.asking_institution_id)
    everybody = doctors.order_by("user_id").values_list("user_id", flat=True)
    return [*asking_side(case), *everybody]


def kind_of(event: events.ConsultationEscalated) -> str:
    if event.last:
        return "consultation.taken_on"
    return "consultation.overdue" if event.percent >= 100 else "consultation.time_runs"


@receives(events.ConsultationEscalated, duty=True)
def call_on_escalation(entry_id: int, event: events.ConsultationEscalated) -> None:
    case = case_heard(event.consultation_id)
    if case.priority != Priority.STAT:
        return
    wanted = list(dict.fromkeys([*told(case, event), *coordinators_of(case)]))
    able = set(User.objects.filter(pk__in=wanted, is_active=True).values_list("pk", flat=True))
    people = [user_id for user_id in wanted if user_id in able]
    if people:
        phone = {"phone": case.service.duty_phone} if case.service else {}
        start_page(
            actor=current_actor(), people=people, kind=kind_of(event), subject=case,
            url=reverse("consultations:show", args=[case.pk]), once=f"escalation-page:{entry_id}",
            facts={"specialty": "", **facts_of(case), **phone},
        )  # fmt: skip


@receives(events.ConsultationEscalated)
def tell_of_escalation(entry_id: int, event: events.ConsultationEscalated) -> None:
    case = case_heard(event.consultation_id)
    if case.priority != Priority.STAT:
        tell(told(case, event), kind_of(event), case, entry_id, urgent=case.priority == Priority.URGENT)


@receives(events.ReviewReminded)
def tell_of_reminder(entry_id: int, event: events.ReviewReminded) -> None:
    case = case_heard(event.consultation_id)
    tell(asking_side(case), "consultation.review", case, entry_id)


@receives(events.ConsultationLapsed)
def tell_of_lapse(entry_id: int, event: events.ConsultationLapsed) -> None:
    case = case_heard(event.consultation_id)
    people = [*asking_side(case), *([case.responder_id] if case.responder_id else [])]
    tell(people, "consultation.lapsed", case, entry_id)
