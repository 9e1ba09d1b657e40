"""Who rates is told, who answered learns that they were rated, and a fear of harm reaches the leads at once."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse

from consortium.casework.models import ServiceMember
from consortium.kernel.actors import current_actor
from consortium.kernel.events import receives
from consortium.kernel.scoping import unfiltered
from consortium.notices.operations import send_notice
from consultations import events
from consultations.models import Review


def _review(review_id: UUID) -> Review:
    rows: Any = unfiltered(Review, why="telling those whom a rating concerns")
    found: Review = rows.select_related("round__service").get(pk=review_id)
    return found


def _send(people: Iterable[UUID], kind: str, review: Review, url: str, once: int, *, urgent: bool = False) -> None:
    service = review.round.service
    for recipient_id in people:
        send_notice(
            actor=current_actor(), recipient_id=recipient_id, kind=kind, subject=review, url=url,
            once=f"{once}:{kind}", facts={"specialty": {"en": service.name_en, "zh": service.name_zh}}, urgent=urgent,
        )  # fmt: skip


def _leads(review: Review) -> list[UUID]:
    seats = ServiceMember.objects.filter(service_id=review.round.service_id, is_lead=True, left_at=None)
    return list(seats.values_list("user_id", flat=True))


def _sample(review: Review) -> str:
    return reverse("consultations:service_reviews", args=[review.round.service_id])


@receives(events.AnswerToRate)
def tell_rater(entry_id: int, event: events.AnswerToRate) -> None:
    review = _review(event.review_id)
    _send([event.rater_id], "consultation.to_rate", review, reverse("consultations:review", args=[review.pk]), entry_id)


@receives(events.AnswerRated)
def tell_answerer(entry_id: int, event: events.AnswerRated) -> None:
    review = _review(event.review_id)
    if event.concern:
        _send(_leads(review), "consultation.rating_concern", review, _sample(review), entry_id, urgent=True)
    _send([review.answerer_id], "consultation.rated", review, reverse("consultations:mine"), entry_id)


@receives(events.RatingLate)
def tell_of_lateness(entry_id: int, event: events.RatingLate) -> None:
    review = _review(event.review_id)
    url = reverse("consultations:review", args=[review.pk])
    _send([event.rater_id], "consultation.to_rate_late", review, url, entry_id)
    _send(_leads(review), "consultation.rating_late", review, _sample(review), entry_id)
