"""A child stands at the door without a referral: it is received at once, and its sender is found afterwards."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.models import Case, Service
from consortium.casework.operations import pass_ball, start_clock
from consortium.casework.operations.drafting import fill_case, keep_weight, new_case, seen_patient
from consortium.casework.operations.turns import Turn
from consortium.casework.states import Ball, CaseKind, Leg, Priority
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, database_rules
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.patients.operations import join_pathway, open_pathway
from consortium.people.models import Institution, Membership
from referrals.events import ChildArrived, SenderLinked
from referrals.models import Offer, Referral
from referrals.operations.beginning import check, mirror
from referrals.operations.moving import begin, finish, locked
from referrals.policies import may_receive_unannounced
from referrals.queries.concerned import DOCTORS
from referrals.states import OfferStep, Step


@transaction.atomic
def receive_unannounced(
    *,
    actor: Actor,
    patient_id: UUID,
    service_id: UUID,
    problem: str,
    priority: int = Priority.URGENT,
    weight_grams: int | None = None,
    key: UUID | None = None,
) -> Referral:
    """A referral that is born with the child's arrival, accepted by its being there; who writes it down stands as its
    asker until the sender is linked. The same `key` twice is one. Raises InvalidInput, NotPermitted, NotVisible, and
    DomainError where the child is referred for this problem already."""
    service = Service.objects.select_related("institution", "specialty").filter(pk=service_id, is_open=True).first()
    if service is None:
        raise NotVisible
    require(may_receive_unannounced(actor, service))
    patient = seen_patient(patient_id)
    fields = {"service_id": service_id, "priority": priority, "weight_grams": weight_grams}
    check({**fields, "question": problem})
    if not problem.strip():
        raise InvalidInput({"problem": _("Say what the problem is.")})

    def make() -> Case:
        case = new_case(actor, CaseKind.REFERRAL, patient, service.institution_id, key=key)
        fill_case(case, fields, patient, problem)
        case.service = service
        return _born(actor, Referral(case=case, question=problem.strip(), unannounced=True))

    case, _fresh = once(Case, actor=actor, key=key, make=make)
    return locked(case.pk)


def _born(actor: Actor, referral: Referral) -> Case:
    """Both rows, the pathway, the one service that has the child, its clock and its turn, in the journal."""
    case, now = referral.case, clock.now()
    referral.step, referral.recorded_by_id = Step.ARRIVED, actor.user_id
    referral.arrived_at = referral.accepted_at = now
    mirror(referral)
    place = case.asking_institution_id
    with database_rules():
        case.pathway = open_pathway(actor=actor, patient_id=case.patient_id, institution_id=place)
        case.submitted_at = now
        case.save(force_insert=True)
        referral.case = case
        referral.save(force_insert=True)
    Offer(
        case=case, number=1, service=case.service, step=OfferStep.ACCEPTED, asked_at=now, asked_by_id=actor.user_id,
        seen_at=now, seen_by_id=actor.user_id, answered_at=now, answered_by_id=actor.user_id,
    ).save(force_insert=True)  # fmt: skip
    start_clock(case, Leg.INTERIM_NOTE)
    turned = pass_ball(case, Turn(Ball.RESPONDER))
    case.save()
    record(
        actor=actor, verb="receive", subject=case, patient_id=case.patient_id, institution_id=place,
        facts={"id": "R9a", "to": Step.ARRIVED, "unannounced": True}, text=referral.question,
        event=ChildArrived(case.pk, unannounced=True), also=[turned],
    )  # fmt: skip
    keep_weight(actor, case)
    return case


@transaction.atomic
def link_sender(
    *, actor: Actor, case_id: UUID, institution_id: UUID, asker_id: UUID | None = None
) -> Referral:  # fmt: skip
    """Who sent the child is known now: that clinic takes part from here on, hears what becomes of the child, and owes
    the acknowledgement. `asker_id`: the doctor, where that is known too. Raises InvalidInput, WrongStep, NotPermitted,
    NotVisible."""
    move = begin(actor, case_id, "link_sender")
    _check_sender(move.case, institution_id, asker_id)
    move.case.asking_institution_id = institution_id
    if asker_id is not None:
        move.case.asker_id = asker_id
    join_pathway(actor=actor, pathway_id=move.case.pathway_id, institution_id=institution_id)  # type: ignore[arg-type]
    if move.referral.step == Step.OUTCOME_SENT:
        move.give_to_asker()
    return finish(move, SenderLinked(case_id, institution_id), facts={"institution": str(institution_id)})


def _check_sender(case: Case, institution_id: UUID, asker_id: UUID | None) -> None:
    there = Institution.objects.filter(pk=institution_id, closed_at=None).exclude(pk=case.asking_institution_id)
    if not there.exists():
        raise InvalidInput({"institution_id": _("Choose the clinic that sent the child.")})
    seats = unfiltered(Membership, why="who sent the child").active(clock.today())
    doctors = seats.filter(institution_id=institution_id, role__in=DOCTORS)
    if asker_id is not None and not doctors.filter(user_id=asker_id).exists():
        raise InvalidInput({"asker_id": _("This doctor does not work there.")})
