"""Lectures in a list, and one lecture before it is given."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, Prefetch, Q, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from consortium.casework.icalendars import Happening, feed
from consortium.casework.queries.working import zone
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as
from consortium.kernel.errors import NotVisible
from consortium.kernel.pagination import Page, keyset
from consortium.kernel.prepared import prepared
from consortium.kernel.scoping import Present, unfiltered
from courses.live.models import Crew, Lecture, Seat, Series
from courses.live.models.lectures import planned_by
from courses.live.policies.lectures import may_conduct, may_moderate, may_watch
from courses.live.policies.seats import may_register
from courses.live.queries.guests import appearances
from courses.live.states.lectures import CONDUCTS, LECTURE, OVER, LectureStep, SeatKind

#: how the list is narrowed
SHELVES: Final = ("coming", "mine", "past", "planned")
_AHEAD: Final = ("starts_at", "id")
_BACK: Final = ("-starts_at", "-id")
_WHY: Final = "how full a lecture is"


@dataclass(frozen=True, slots=True)
class Card:
    """A lecture in a list; `seats`: the actor's own."""

    lecture: Lecture
    lecturers: list[str]
    registered: bool
    taken: int

    @property
    def url(self) -> str:
        return reverse("lectures:lecture", args=[self.lecture.pk])

    @property
    def is_live(self) -> bool:
        return self.lecture.step == LectureStep.LIVE

    @property
    def is_full(self) -> bool:
        return self.lecture.capacity is not None and self.taken >= self.lecture.capacity


def shelves_of(actor: Actor) -> list[str]:
    """The tabs of somebody: planning is for who plans anywhere."""
    return [one for one in SHELVES if one != "planned" or planned_by(actor)]


def lectures_on(
    actor: Actor, shelf: str, *, series_id: UUID | None = None, after: str = "", size: int = 24
) -> Page:  # fmt: skip
    """Lectures as cards: what comes the next first, what is past the newest first. Three queries."""
    rows = Lecture.objects.filter(series_id=series_id) if series_id else Lecture.objects.all()
    coming = rows.coming()
    if shelf == "past":
        rows, order = rows.filter(step=LectureStep.ENDED), _BACK
    elif shelf == "planned":
        rows, order = rows.filter(institution_id__in=planned_by(actor)), _BACK
    else:
        rows, order = (coming.registered_by(actor.user_id) if shelf == "mine" else coming), _AHEAD
    page = keyset(_with_cards(rows), order=order, after=after, size=size)
    return Page(_cards(actor, page.items), page.next_cursor)


def _givers() -> Any:
    """The crew with its names, beside lectures."""
    return Prefetch("crew", unfiltered(Crew, why="who gives a lecture").select_related("user").order_by("id"))


def _with_cards(rows: Any) -> Any:
    """With what a card tells: two queries."""
    return _with_seats(rows).prefetch_related(_givers())


def _with_seats(rows: Any) -> Any:
    taken = unfiltered(Seat, why=_WHY).running().filter(lecture=OuterRef("pk")).order_by().values("lecture")
    count = Subquery(taken.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    return rows.select_related("institution", "series").annotate(taken=Coalesce(count, 0))


def _cards(actor: Actor, lectures: list[Lecture]) -> list[Card]:
    seats = Seat.objects.running().filter(user_id=actor.user_id, lecture__in=lectures)
    mine = set(seats.values_list("lecture_id", flat=True)) if lectures else set()
    return [_card(one, one.pk in mine) for one in lectures]


def _card(lecture: Any, registered: bool) -> Card:
    givers = [row.user.get_full_name() for row in lecture.crew.all() if row.part in CONDUCTS]
    return Card(lecture, givers, registered, lecture.taken)


def lecture_seen(lecture_id: UUID) -> Lecture:
    """A lecture with its crew and how many seats are taken; NotVisible where the actor sees none. Two queries."""
    found: Lecture | None = _with_cards(Lecture.objects.all()).filter(pk=lecture_id).first()
    if found is None:
        raise NotVisible
    return found


def lecture_page(actor: Actor, lecture: Lecture) -> dict[str, Any]:
    """What the page of a lecture shows. One query."""
    seats = {seat.kind: seat for seat in Seat.objects.running().filter(lecture=lecture, user_id=actor.user_id)}
    full = lecture.capacity is not None and lecture.taken >= lecture.capacity  # type: ignore[attr-defined]
    asked = may_register(actor, lecture).allowed
    return {
        "lecture": lecture, "card": _card(lecture, bool(seats)), "seat": seats.get(SeatKind.PERSON),
        "classroom": seats.get(SeatKind.CLASSROOM), "full": full,
        "registers": asked and not full, "brings_a_room": asked and not full and bool(actor.seats),
        "watches": may_watch(actor, lecture).allowed, "conducts": conducts_here(actor, lecture),
        "actions": LECTURE.available(actor, lecture), "over": lecture.step in OVER,
        "guests": appearances(actor, lecture),
    }  # fmt: skip


def conducts_here(actor: Actor, lecture: Lecture) -> bool:
    """Whether the studio is the actor's: who gives it or moderates it, once it is announced."""
    asked = lecture.step in (LectureStep.ANNOUNCED, LectureStep.LIVE)
    return asked and (may_conduct(actor, lecture).allowed or may_moderate(actor, lecture).allowed)


def series_seen(series_id: UUID) -> Series:
    """A series that the actor sees, or NotVisible."""
    found: Series | None = Series.objects.select_related("institution").filter(pk=series_id).first()
    if found is None:
        raise NotVisible
    return found


@prepared
def _next(actor: Actor) -> Any:
    with acting_as(actor):
        soon = Q(step=LectureStep.LIVE) | Q(starts_at__lt=Present() + timedelta(days=7))
        return _with_seats(Lecture.objects.coming().filter(soon))[:3]


def coming_panel(actor: Actor) -> dict[str, Any] | None:
    """What is live, or comes within a week, on the first screen (settings.WORKLIST_PANELS); nothing where none is."""
    lectures = _next(actor)
    prefetch_related_objects(lectures, _givers())
    cards = _cards(actor, lectures)
    return {"template": "lectures/lectures_panel.html", "cards": cards} if cards else None


# -- for calendar programs --------------------------------------------------------------------------------------------


def lecture_ics(lecture: Lecture) -> bytes:
    """One lecture as iCalendar text."""
    return feed([_happening(lecture)], name=_("Lectures"), zone=zone(), at=clock.now())


def lectures_in_calendar(user_id: UUID, begins: datetime, ends: datetime) -> list[Happening]:
    """The lectures that somebody is registered for or helps to give (settings.CALENDAR_SOURCES)."""
    rows = unfiltered(Lecture, why="one's own calendar").registered_by(user_id)
    near = rows.filter(announced_at__isnull=False, starts_at__range=(begins, ends)).select_related("institution")
    return [_happening(lecture) for lecture in near.order_by("starts_at", "id")]


def _happening(lecture: Lecture) -> Happening:
    return Happening(
        f"lecture-{lecture.pk}@consortium", lecture.starts_at, lecture.ends_at, lecture.title, lecture.institution.name,
        cancelled=lecture.step == LectureStep.CANCELLED, sequence=lecture.version,
    )  # fmt: skip
