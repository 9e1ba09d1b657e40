"""Who is told of a recommendation: the doctor who brought the case, and the crew of what became of it."""

from uuid import UUID

from django.urls import reverse

from consortium.casework.events import ItemTakenOver
from consortium.kernel.events import receives
from consortium.kernel.scoping import unfiltered
from courses.live.events.recommending import RecommendationAnswered, RecommendationDue, RecommendationSent
from courses.live.models import Crew, Recommendation
from courses.live.operations.recommending import pass_recommendation_on
from courses.live.receivers.lectures import tell
from courses.live.states.lectures import CONDUCTS

_WHY = "telling of a recommendation"


def _told(recommendation_id: UUID) -> Recommendation:
    rows = unfiltered(Recommendation, why=_WHY).select_related("teaching_case__lecture")
    found: Recommendation = rows.get(pk=recommendation_id)
    return found


def _ask(recommendation_id: UUID, kind: str, entry_id: int) -> None:
    """Not where it was answered or taken back since."""
    row = _told(recommendation_id)
    lecture = row.teaching_case.lecture
    if row.is_waiting and lecture is not None:
        tell(row.holder_id, kind, lecture, entry_id, reverse("lectures:recommendation", args=[row.pk]))


@receives(RecommendationSent)
def ask_the_doctor(entry_id: int, event: RecommendationSent) -> None:
    _ask(event.recommendation_id, "lecture.recommended", entry_id)


@receives(RecommendationDue)
def ask_again(entry_id: int, event: RecommendationDue) -> None:
    _ask(event.recommendation_id, "lecture.recommended_due", entry_id)


@receives(RecommendationAnswered)
def tell_who_recommended(entry_id: int, event: RecommendationAnswered) -> None:
    lecture = _told(event.recommendation_id).teaching_case.lecture
    if lecture is None:
        return
    crew = unfiltered(Crew, why=_WHY).filter(lecture=lecture, part__in=CONDUCTS)
    url = reverse("lectures:afterwards", args=[lecture.pk])
    for user_id in sorted(crew.values_list("user_id", flat=True), key=str):
        tell(user_id, "lecture.answered", lecture, entry_id, url)


@receives(ItemTakenOver, duty=True)
def pass_on_recommendation(entry_id: int, event: ItemTakenOver) -> None:
    if event.kind == "recommendation":
        pass_recommendation_on(recommendation_id=event.item_id, from_id=event.from_id, to_id=event.to_id)
