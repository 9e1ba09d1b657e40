"""Worklists: the most urgent first, each one index range (or a few, merged), whatever the size of the table.

The rows are read by conditions of their own, each narrower than `Case.visible_to`: tests hold every tab to that. So a
list costs what the hand-written statement costs, and the wide rule of who sees a case is not paid for each row.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, Model, OuterRef, Q, Subquery, TextChoices, TextField
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Case, Clock, ReadMark, Service, ServiceMember
from consortium.casework.queries.on_duty import with_duty
from consortium.casework.states import Ball, CaseKind, Leg
from consortium.kernel.actors import Actor, acting_as
from consortium.kernel.pagination import PAGE_SIZE, Page, keyset_merged, merged, page_of
from consortium.kernel.prepared import prepared
from consortium.kernel.scoping import unfiltered
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consortium.people.states import CLINICAL_ROLES, Role, Tier

URGENT_FIRST = ("priority", "due_at", "id")
NEWEST_FIRST = ("-closed_at", "-id")
WHY = "each tab's own condition is narrower than the right to see a case"
ASKING_ROLES = (Role.ASKER, Role.NURSE)

#: what a row of a list needs, in one statement
FIELDS = (
    "id", "kind", "priority", "headline", "age_days", "sex", "weight_grams", "ball", "ball_user_id", "due_at",
    "submitted_at", "closed_at", "is_open", "clock_paused", "responder_id", "asker_id", "asking_institution_id",
    "patient_id", "last_message_seq", "service_id", "created_at",
)  # fmt: skip


def _both(model: type[Model], key: str, english: str, chinese: str) -> Subquery:
    """A name in both languages, [English, Chinese], of the row whose id stands in `key`.

    Looked up by primary key for each row: PostgreSQL would plan joins for longer than it would make them.
    """
    pair = Func(english, chinese, template="ARRAY[%(expressions)s]", output_field=ArrayField(TextField()))
    return Subquery(model._base_manager.filter(pk=OuterRef(key)).values(pair=pair))


_NAMES = {
    "asker_names": _both(User, "asker_id", "full_name", "full_name_zh"),
    "holder_names": _both(User, "ball_user_id", "full_name", "full_name_zh"),
    "place_names": _both(Institution, "asking_institution_id", "name_en", "name_zh"),
    "service_names": _both(Service, "service_id", "name_en", "name_zh"),
}


class Tab(TextChoices):
    """The lists of a worklist page; the value stands in its address."""

    MINE = "mine", _("Waiting for you")
    QUEUE = "queue", _("To be taken")
    SERVICE = "service", _("Open in the service")
    ASKED = "asked", _("Asked by us")
    DRAFTS = "drafts", _("Drafts")
    CLOSED = "closed", _("Closed")


@dataclass(frozen=True, slots=True)
class Narrow:
    """What the reader narrowed the list to."""

    service_id: UUID | None = None
    priority: int | None = None
    kind: str = ""

    def q(self) -> Q:
        q = Q(priority=self.priority) if self.priority else Q()
        q &= Q(kind=self.kind) if self.kind else Q()
        return q & Q(service_id=self.service_id) if self.service_id else q


@prepared
def _seats(user_id: UUID) -> Any:
    seats = ServiceMember.objects.filter(user_id=user_id, left_at=None).select_related("service")
    return with_duty(seats).order_by("service__name_en")


def seats_of(actor: Actor) -> list[ServiceMember]:
    """The actor's seats in services, with the services. One query; none for who answers for nothing."""
    return _seats(actor.user_id) if actor.has(Role.SPECIALIST, Role.SERVICE_LEAD) else []


@prepared
def _services_at(places: tuple[UUID, ...]) -> Any:
    return Service.objects.filter(institution_id__in=places).order_by("name_en")


def services_coordinated(actor: Actor) -> list[Service]:
    """The services of the institutions that the actor coordinates. One query; none for who coordinates nothing."""
    places = actor.institution_ids(Role.COORDINATOR)
    return _services_at(tuple(places)) if places else []


@prepared
def _near(places: tuple[UUID, ...]) -> Any:
    near = Service.objects.filter(institution_id__in=places, institution__tier__lt=Tier.TERTIARY)
    return near.order_by("pk").values_list("pk", flat=True)


def near_service_ids(actor: Actor) -> list[UUID]:
    """The services of a district hospital or centre where any doctor receives referrals, member or not. One query; none
    for who refers nowhere."""
    places = actor.institution_ids(Role.ASKER)
    return _near(tuple(places)) if places else []


def nursed_service_ids(actor: Actor) -> list[UUID]:
    """The services of the houses where the actor nurses. One query; none for who nurses nowhere."""
    places = actor.institution_ids(Role.NURSE)
    rows = Service.objects.filter(institution_id__in=places).order_by("pk")
    return list(rows.values_list("pk", flat=True)) if places else []


@dataclass(frozen=True)
class Desk:
    """Whose worklists these are: the actor, their seats, the services whose queues they see, and those whose referrals
    any doctor there receives. Three queries at most."""

    actor: Actor
    seats: tuple[ServiceMember, ...]
    services: tuple[Service, ...]
    asking_ids: tuple[UUID, ...]
    near_ids: tuple[UUID, ...] = ()

    @classmethod
    def of(cls, actor: Actor) -> "Desk":
        seats = seats_of(actor)
        services = {s.pk: s for s in [*(seat.service for seat in seats), *services_coordinated(actor)]}
        asking = sorted(actor.institution_ids(*ASKING_ROLES))
        near = [service_id for service_id in near_service_ids(actor) if service_id not in services]
        return cls(actor, tuple(seats), tuple(services.values()), tuple(asking), tuple(near))

    @property
    def service_ids(self) -> list[UUID]:
        return [service.pk for service in self.services]

    def tabs(self) -> list[Tab]:
        """The lists this person has, the one they land on first."""
        tabs = [Tab.MINE] if self.actor.has(*CLINICAL_ROLES) else []
        if self.services:
            tabs.append(Tab.QUEUE)
        if self.actor.has(Role.SERVICE_LEAD, Role.COORDINATOR):
            tabs.append(Tab.SERVICE)
        if self.asking_ids:
            tabs.append(Tab.ASKED)
        if self.actor.has(Role.ASKER):
            tabs.append(Tab.DRAFTS)
        tabs = self._landing(tabs)
        return [*tabs, Tab.CLOSED] if self.actor.has(*CLINICAL_ROLES) else tabs

    def _landing(self, tabs: list[Tab]) -> list[Tab]:
        """A nurse looks after what the clinic asked: nothing is ever put into a nurse's own hands by name."""
        own = self.actor.has(Role.ASKER, Role.SPECIALIST, Role.SERVICE_LEAD)
        return tabs if own else [tab for tab in tabs if tab is not Tab.MINE]

    def topics(self) -> list[str]:
        """The live topics of these lists. One query for who nurses, none else."""
        mine = [f"desk:{self.actor.user_id}"]
        queues = dict.fromkeys((*self.service_ids, *self.near_ids, *nursed_service_ids(self.actor)))
        return [*mine, *(f"queue:{s}" for s in queues), *(f"asked:{i}" for i in self.asking_ids)]


def _cases() -> Any:
    return unfiltered(Case, why=WHY)


def _mine(desk: Desk) -> list[Any]:
    """What waits for the actor by name, and what waits to be taken by any of their service."""
    held = _cases().filter(ball_user_id=desk.actor.user_id, is_open=True, submitted_at__isnull=False)
    waiting = _queue(desk) if desk.actor.has(Role.SPECIALIST, Role.SERVICE_LEAD) else []
    return [held, *waiting, *(_unanswered().filter(kind=CaseKind.REFERRAL, service_id=s) for s in desk.near_ids)]


def _queue(desk: Desk) -> list[Any]:
    """What nobody has; a referral that was declined waits for the coordinator alone."""
    offices = desk.actor.institution_ids(Role.COORDINATOR)
    waiting = _cases().filter(is_open=True, submitted_at__isnull=False, responder=None)
    return [
        (waiting if service.institution_id in offices else _unanswered()).filter(service_id=service.pk)
        for service in desk.services
    ]


def _unanswered() -> Any:
    """Open cases that nobody has and that their service may take: not a declined referral, nor one on the way."""
    waiting = _cases().filter(is_open=True, submitted_at__isnull=False, responder=None)
    return waiting.filter(Q(kind=CaseKind.CONSULTATION) | Q(ball=Ball.RESPONDER))


def _service(desk: Desk) -> list[Any]:
    return [_cases().filter(is_open=True, submitted_at__isnull=False, service_id=s) for s in desk.service_ids]


def _asked(desk: Desk) -> list[Any]:
    sent = _cases().filter(is_open=True, submitted_at__isnull=False)
    return [sent.filter(asking_institution_id=i) for i in desk.asking_ids]


def _drafts(desk: Desk) -> list[Any]:
    return [_cases().filter(asker_id=desk.actor.user_id, is_open=True, submitted_at=None)]


def _closed(desk: Desk) -> list[Any]:
    over = _cases().filter(is_open=False, submitted_at__isnull=False, entered_in_error_at=None)
    asked = [over.filter(asking_institution_id=i) for i in desk.asking_ids]
    answered = [over.filter(responder_id=desk.actor.user_id)] if desk.actor.has(*CLINICAL_ROLES) else []
    return [*asked, *answered]


_RANGES: dict[Tab, Callable[[Desk], list[Any]]] = {
    Tab.MINE: _mine,
    Tab.QUEUE: _queue,
    Tab.SERVICE: _service,
    Tab.ASKED: _asked,
    Tab.DRAFTS: _drafts,
    Tab.CLOSED: _closed,
}


def order_of(tab: Tab) -> tuple[str, ...]:
    return NEWEST_FIRST if tab is Tab.CLOSED else URGENT_FIRST


def ranges(desk: Desk, tab: Tab, narrow: Narrow) -> list[Any]:
    """The index ranges whose merge is the list, as querysets of Case."""
    return [part.filter(narrow.q()) for part in _RANGES[tab](desk)]


def as_rows(part: Any, actor: Actor) -> Any:
    """`part` as rows of a list: plain values, with the running clock's start and how far the actor has read."""
    running = unfiltered(Clock, why=WHY).filter(case_id=OuterRef("pk"), stopped_at=None, paused_at=None)
    seen = unfiltered(ReadMark, why=WHY).filter(case_id=OuterRef("pk"), user_id=actor.user_id)
    return part.values(
        *FIELDS, **_NAMES, started_at=Subquery(running.values("started_at")[:1]), seen=Subquery(seen.values("seq")[:1])
    )


@prepared
def _first_rows(
    actor: Actor, services: tuple[tuple[UUID, UUID], ...], asking: tuple[UUID, ...], near: tuple[UUID, ...], tab: Tab,
    service_id: UUID | None, priority: int | None, kind: str, size: int,
) -> Any:  # fmt: skip
    """The rows of a list's first page and one more: of a desk and a narrowing taken apart."""
    queues = tuple(Service(pk=pk, institution_id=place) for pk, place in services)
    parts = ranges(Desk(actor, (), queues, asking, near), tab, Narrow(service_id, priority, kind))
    if not parts:
        return _cases().none()
    return merged(parts, order=order_of(tab), shaped=lambda rows: as_rows(rows, actor), size=size)


def _first(desk: Desk, tab: Tab, narrow: Narrow, size: int) -> list[dict[str, Any]]:
    services = tuple((service.pk, service.institution_id) for service in desk.services)
    return _first_rows(
        desk.actor, services, desk.asking_ids, desk.near_ids, tab, narrow.service_id, narrow.priority, narrow.kind, size
    )


def worklist(desk: Desk, tab: Tab, *, narrow: Narrow, after: str = "", size: int = PAGE_SIZE) -> Page:
    """One page of one list, as dicts of `FIELDS`. One query; none when there is nothing it could hold."""
    if not after:
        return page_of(_first(desk, tab, narrow, size), order_of(tab), size)
    parts = ranges(desk, tab, narrow)
    if not parts:
        return Page([], "")
    return keyset_merged(
        parts, order=order_of(tab), shaped=lambda page: as_rows(page, desk.actor), after=after, size=size
    )


def of_patient(actor: Actor, patient_id: UUID, *, most: int = 20) -> list[dict[str, Any]]:
    """The newest cases of one child that the person acting sees, as dicts of `FIELDS`. One query."""
    cases = Case.objects.filter(patient_id=patient_id).shown().order_by("-created_at")
    return list(as_rows(cases, actor)[:most])


def came_back(actor: Actor, *, most: int = 3) -> list[dict[str, Any]]:
    """What the actor asked and was answered last, open or closed since, without a name. One query."""
    reviews = unfiltered(Clock, why=WHY).filter(case_id=OuterRef("pk"), leg=Leg.REVIEW).order_by("-started_at")
    asked = _cases().filter(asker_id=actor.user_id, asking_institution_id__in=actor.institution_ids(*ASKING_ROLES))
    back = asked.shown().annotate(back_at=Subquery(reviews.values("started_at")[:1])).exclude(back_at=None)
    newest = back.order_by("-back_at", "-id")[:most]
    return list(newest.values("id", "kind", "sex", "age_days", "headline", "is_open", "back_at"))


@prepared
def _named(actor: Actor, patient_ids: tuple[UUID, ...]) -> Any:
    with acting_as(actor):
        return Patient.objects.filter(pk__in=patient_ids).only("id", "name", "baby_of", "birth_order")


def names_of(actor: Actor, items: Sequence[dict[str, Any]]) -> dict[UUID, str]:
    """The child's name by case, of those rows that may show it to the actor. At most one query.

    Before a question is taken its queue shows no name, not even to who knows the child from another case. The hospital
    that a child is referred to sees the record from the send.
    """
    own = actor.institution_ids(*ASKING_ROLES)
    named = [
        item for item in items
        if item["responder_id"] or item["asking_institution_id"] in own or item["kind"] == CaseKind.REFERRAL
    ]  # fmt: skip
    if not named:
        return {}
    names = {p.pk: p.display_name for p in _named(actor, tuple({item["patient_id"] for item in named}))}
    return {item["id"]: names[item["patient_id"]] for item in named if item["patient_id"] in names}


def named_patients(items: Sequence[dict[str, Any]], names: Mapping[UUID, str]) -> list[UUID]:
    """Whose names the list shows: what its entry in the journal tells."""
    return list(dict.fromkeys(item["patient_id"] for item in items if item["id"] in names))


def filters_of(desk: Desk) -> list[Service]:
    """The services a list can be narrowed to: one's own where one answers, all that are open where one asks."""
    return list(desk.services) or list(Service.objects.filter(is_open=True).order_by("name_en"))
