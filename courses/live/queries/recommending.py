"""Recommendations: those that wait for a doctor, one on its page, and what is handed over with a service."""

from datetime import datetime, time
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _

from consortium.casework.models import Service
from consortium.casework.queries.open_items import OpenItem
from consortium.casework.states import Priority
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.prepared import prepared
from consortium.kernel.scoping import unfiltered
from consortium.people.states import Role
from courses.live.models import Recommendation
from courses.live.policies.recommending import may_answer_recommendation, may_recommend
from courses.live.queries.links import links_of

_PANEL: Final = 3


def recommendation_seen(recommendation_id: UUID) -> Recommendation:
    """One that the actor sees; NotVisible where there is none."""
    rows = Recommendation.objects.select_related("teaching_case__case", "teaching_case__lecture", "holder")
    found: Recommendation | None = rows.filter(pk=recommendation_id).first()
    if found is None:
        raise NotVisible
    return found


def recommendation_page(actor: Actor, row: Recommendation) -> dict[str, Any]:
    """What its page shows; `answers`: whether it waits for the reader's side."""
    lecture = row.teaching_case.lecture
    return {
        "row": row, "lecture": lecture, "answers": row.is_waiting and may_answer_recommendation(actor, row).allowed,
        "rewrites": row.is_waiting and may_recommend(actor, row).allowed,
        "links": links_of(actor, lecture, without="recommendation") if lecture else [],
    }  # fmt: skip


@prepared
def _held(user_id: UUID) -> Any:
    rows = unfiltered(Recommendation, why="one's own tasks").waiting().filter(holder_id=user_id)
    return rows.select_related("teaching_case").order_by("due_on", "pk")[: _PANEL + 1]


def recommended_panel(actor: Actor) -> dict[str, Any] | None:
    """What lectures recommend for one's patients, on the first screen (settings.WORKLIST_PANELS), by their days. One
    query; none for who asks nothing."""
    found = _held(actor.user_id) if actor.has(Role.ASKER) else []
    if not found:
        return None
    return {"template": "lectures/recommended_panel.html", "rows": found[:_PANEL], "more": len(found) > _PANEL}


def recommendations_of(actor: Actor) -> list[Recommendation]:
    """All that wait for the actor, and the last ones that were answered."""
    mine = Recommendation.objects.filter(holder_id=actor.user_id).select_related("teaching_case__lecture")
    waiting = list(mine.waiting().order_by("due_on", "pk"))
    answered = mine.filter(answered_at__isnull=False).order_by("-answered_at", "pk")
    return [*waiting, *answered[:20]]


def recommendations_in_hand(user_id: UUID, service_id: UUID) -> list[OpenItem]:
    """What the person has to answer at the service's own house (settings.HANDOVER_SOURCES). One query."""
    places = Service.objects.filter(pk=service_id).values("institution_id")
    rows = unfiltered(Recommendation, why="what somebody has in hand; names stay out").waiting()
    mine = rows.filter(holder_id=user_id, teaching_case__case__asking_institution_id__in=places)
    return [_item(row) for row in mine.select_related("teaching_case__case")]


def _item(row: Recommendation) -> OpenItem:
    url = reverse("lectures:recommendation", args=[row.pk])
    title = _("A lecture recommends: %(case)s") % {"case": row.teaching_case.title}
    due = make_aware(datetime.combine(row.due_on, time.max))
    return OpenItem("recommendation", row.pk, Priority.ROUTINE.value, title, url, due, row.teaching_case.case)
