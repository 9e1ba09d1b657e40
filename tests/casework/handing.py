"""Acts of one shift and the next."""

from __future__ import annotations

from typing import Any

from consortium.casework import operations
from consortium.casework.models import Case, Handover, Service
from consortium.people.models import User
from consultations.models import Consultation
from tests.consultations.cases import by


def offer(user: User, service: Service, to: User, **words: Any) -> Handover:
    done: Handover = by(user, operations.offer_handover, service_id=service.pk, to_user_id=to.pk, **words)
    return done


def take(user: User, made: Handover) -> Handover:
    done: Handover = by(user, operations.take_over, handover_id=made.pk)
    return done


def off(user: User, service: Service) -> None:
    by(user, operations.go_off_duty, service_id=service.pk, user_id=user.pk)


def now_of(consultation: Consultation) -> Case:
    case: Case = Case.unscoped.get(pk=consultation.pk)
    return case
