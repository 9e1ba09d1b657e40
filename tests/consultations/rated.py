"""What the tests of ratings do: let a month pass, rate, look."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.patients.models import Pathway, Patient
from consortium.people.models import User
from consultations.models import Review
from consultations.operations.reviewing import (
    open_review,
    rate_answer,
)
from consultations.tasks import tend
from tests.cast import actor_for
from tests.consultations.cases import by

MONTH = timedelta(days=32)


def tended(days: float = 32) -> int:
    with clock.moved(timedelta(days=days)):
        return tend()


def newest() -> Review:
    found: Review = Review.unscoped.select_related("round__service", "case").order_by("-round__drawn_at")[0]
    return found


def rate(user: User, review: Review, **words: Any) -> Review:
    done: Review = by(user, rate_answer, review_id=review.pk, **{"information": 3, "quality": 4, **words})
    return done


def opened(user: User, review: Review) -> Review:
    found: Review = by(user, open_review, review_id=review.pk)
    return found


def pathway_of(case_id: UUID) -> Pathway:
    found: Pathway = Pathway.unscoped.get(cases=case_id)
    return found


def knows(user: User, patient: Patient) -> bool:
    with acting_as(actor_for(user)):
        return bool(Patient.objects.filter(pk=patient.pk).exists())
