"""The radar: every child without a next step. An open referral is on it from the moment its time is over and nobody is
left to be told, or its day has passed without a word, until somebody moves it."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium.casework.models import Case, Service
from consortium.casework.queries.rows import row_of
from consortium.casework.queries.worklists import URGENT_FIRST, WHY, as_rows, services_coordinated
from consortium.casework.states import Priority
from consortium.kernel.actors import Actor
from consortium.kernel.pagination import PAGE_SIZE, Page, keyset_merged, merged, page_of
from consortium.kernel.prepared import prepared
from consortium.kernel.scoping import Present, unfiltered
from consortium.people.models import Institution
from consortium.people.states import Role
from referrals.models import Transport, Unwatched
from referrals.states import Step

_SENDER, _RECEIVER, _WAY = "sender", "receiver", "way"

#: step -> (what is lost, what to do next, whom to call)
LOST: dict[str, tuple[Any, Any, tuple[str, ...]]] = {
    Step.REQUESTED: (
        gettext_lazy("Nobody has opened it"), gettext_lazy("Call the receiving service, or ask another hospital"),
        (_RECEIVER, _SENDER),
    ),
    Step.SEEN: (
        gettext_lazy("Opened, and not answered"), gettext_lazy("Call the receiving service, or ask another hospital"),
        (_RECEIVER, _SENDER),
    ),
    Step.DECLINED: (
        gettext_lazy("Declined, and no other place was found"), gettext_lazy("Ask another hospital"), (_SENDER,),
    ),
    Step.ACCEPTED: (
        gettext_lazy("Accepted, and neither visit nor transport arranged"),
        gettext_lazy("Book the visit, or arrange transport"), (_RECEIVER, _SENDER),
    ),
    Step.SCHEDULED: (
        gettext_lazy("The visit has passed, and nobody said whether the child came"),
        gettext_lazy("Ask the clinic, then say it: came, or did not come"), (_RECEIVER, _SENDER),
    ),
    Step.UNATTENDED: (
        gettext_lazy("Did not come, and has no new visit"), gettext_lazy("Find the family, then book another time"),
        (_SENDER, _RECEIVER),
    ),
    Step.VISIT_CANCELLED: (
        gettext_lazy("The visit was cancelled, and there is no new one"), gettext_lazy("Book another time"),
        (_RECEIVER, _SENDER),
    ),
    Step.TRANSPORT: (
        gettext_lazy("Transport is arranged, and the child has not left"), gettext_lazy("Call the crew and the sender"),
        (_WAY, _SENDER),
    ),
    Step.EN_ROUTE: (
        gettext_lazy("On the way, and not arrived"), gettext_lazy("Call the vehicle, then the receiving hospital"),
        (_WAY, _RECEIVER, _SENDER),
    ),
    Step.ARRIVED: (
        gettext_lazy("Arrived, and the sender has heard nothing"), gettext_lazy("Ask the ward for a note"),
        (_RECEIVER,),
    ),
    Step.UNDER_CARE: (
        gettext_lazy("Under care, and the sender has heard nothing"), gettext_lazy("Ask the ward for a note"),
        (_RECEIVER,),
    ),
    Step.OUTCOME_SENT: (
        gettext_lazy("The outcome came, and the sender has not read it"), gettext_lazy("Call the sender"), (_SENDER,),
    ),
    Step.FOLLOWING: (
        gettext_lazy("The follow-up visit has passed without a word"),
        gettext_lazy("Call the centre, and find the family"), (_RECEIVER,),
    ),
}  # fmt: skip


def lost_ranges(places: Collection[UUID]) -> list[Any]:
    """What the offices of `places` look after: sent to their services, or by their houses. Each urgency of each side is
    one index range that begins with the longest overdue and ends at the present."""
    overdue = unfiltered(Unwatched, why=WHY).filter(due_at__lt=Present()).annotate(id=F("case_id"))
    sides = [overdue.filter(**{side: place}) for side in ("receiver_id", "sender_id") for place in places]
    return [side.filter(priority=priority) for side in sides for priority in Priority.values]


def _shaped(rows: Any, actor: Actor) -> Any:
    """A list's row, with the step and the telephones of both sides and of the vehicle."""
    sending = Institution._base_manager.filter(pk=OuterRef("asking_institution_id"))
    receiving = Service._base_manager.filter(pk=OuterRef("service_id"))
    vehicle = unfiltered(Transport, why=WHY).filter(pk=OuterRef("pk"))
    return as_rows(rows, actor).annotate(
        step=F("referral__step"),
        sender_phone=Subquery(sending.values("phone")),
        sender_duty=Subquery(sending.values("duty_phone")),
        receiver_phone=Subquery(receiving.values("duty_phone")),
        receiver_house=Subquery(receiving.values("institution__duty_phone")),
        way_phone=Subquery(vehicle.values("phone")),
    )


def watches(actor: Actor) -> bool:
    """Whether the radar is this person's: a coordinator's."""
    return actor.has(Role.COORDINATOR)


def radar_topics(actor: Actor) -> list[str]:
    """What moves the radar: the queues that the actor coordinates, and what their houses have sent. One query."""
    queues = (f"queue:{service.pk}" for service in services_coordinated(actor))
    return [*queues, *(f"asked:{place}" for place in sorted(actor.institution_ids(Role.COORDINATOR), key=str))]


@prepared
def _first(actor: Actor, places: tuple[UUID, ...], size: int) -> Any:
    return merged(lost_ranges(places), order=URGENT_FIRST, shaped=lambda rows: _shaped(rows, actor), size=size, of=Case)


def radar(actor: Actor, *, after: str = "", size: int = PAGE_SIZE) -> Page:
    """One page of the children without a next step whom the actor coordinates, the most urgent first, then the longest
    overdue; as dicts. One query, by the indexes `referrals_radar_received` and `.._sent`.
    """
    places = tuple(sorted(actor.institution_ids(Role.COORDINATOR), key=str))
    if not places:
        return Page([], "")
    if not after:
        return page_of(_first(actor, places, size), URGENT_FIRST, size)
    return keyset_merged(
        lost_ranges(places), order=URGENT_FIRST, shaped=lambda rows: _shaped(rows, actor), after=after, size=size,
        of=Case,
    )  # fmt: skip


def radar_row(item: dict[str, Any], actor: Actor, names: dict[UUID, str]) -> dict[str, Any]:
    """A list's row with what is lost, what to do next and whom to call: (label, number)."""
    lost, what_next, called = LOST[item["step"]]
    numbers = {
        _SENDER: (_("The sender"), item["sender_phone"] or item["sender_duty"]),
        _RECEIVER: (_("The receiving service"), item["receiver_phone"] or item["receiver_house"]),
        _WAY: (_("The vehicle"), item["way_phone"]),
    }
    return {
        **row_of(item, actor, names),
        "step": Step(item["step"]).label,
        "lost": lost,
        "next": what_next,
        "calls": [numbers[side] for side in called if numbers[side][1]],
    }


def radar_panel(actor: Actor) -> dict[str, Any] | None:
    """The card of the coordinator's worklist (settings.WORKLIST_PANELS). One query; none for anybody else."""
    if not watches(actor):
        return None
    page = radar(actor, size=3)
    return {
        "template": "referrals/radar_panel.html", "rows": [radar_row(item, actor, {}) for item in page.items],
        "more": bool(page.next_cursor), "url": reverse("referrals:radar"),
    }  # fmt: skip
