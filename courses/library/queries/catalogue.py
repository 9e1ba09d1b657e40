"""The catalogue: what is offered to a person, searched, narrowed, a page at a time; and what they take already."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse

from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as
from consortium.kernel.pagination import Page, keyset
from consortium.kernel.prepared import prepared
from consortium.kernel.scoping import unfiltered
from consortium.kernel.search import search_for
from consortium.people.models import Institution
from courses.library.models import Course, Enrolment, Programme, SearchText, VersionText
from courses.library.queries.testing import waiting_later_test
from courses.library.queries.texts import one_each

_WHY = "one's own courses in the catalogue"
NEWEST = ("-published_at", "-id")
#: how a person may narrow the catalogue
SHELVES = ("all", "for_me", "required", "taking", "finished")


@dataclass(frozen=True, slots=True)
class Card:
    """A course in a list; `later_exam_id`: the test some weeks after it, when that is one's turn now."""

    course: Course
    title: str
    summary: str
    cover_url: str
    enrolment: Enrolment | None
    late: bool
    later_exam_id: UUID | None = None

    @property
    def url(self) -> str:
        return reverse("library:course", args=[self.course.pk])


def catalogue(actor: Actor, *, search: str = "", shelf: str = "all", after: str = "", size: int = 24) -> Page:
    """Courses as cards, the newest first. Three queries, four with a search."""
    rows = Course.objects.offered() if shelf in ("all", "for_me") else Course.objects.filter(current__isnull=False)
    rows = _on_shelf(rows, actor, shelf)
    words = search_for(search)
    if words is not None:
        said = unfiltered(SearchText, why="the words of courses that are seen").filter(version=OuterRef("current_id"))
        rows = rows.filter(Exists(said.filter(vector=words)))
    page = keyset(rows.select_related("current__cover", "institution"), order=NEWEST, after=after, size=size)
    return Page(cards_of(actor, page.items), page.next_cursor)


def _on_shelf(rows: Any, actor: Actor, shelf: str) -> Any:
    mine = unfiltered(Enrolment, why=_WHY).running().filter(user_id=actor.user_id, course=OuterRef("pk"))
    if shelf == "for_me":
        return rows.filter(_meant_for(actor))
    if shelf == "required":
        return rows.filter(Exists(mine.filter(required=True, completed_at=None)))
    if shelf == "taking":
        return rows.filter(Exists(mine.filter(completed_at=None)))
    if shelf == "finished":
        return rows.filter(Exists(mine.filter(completed_at__isnull=False)))
    return rows


def _meant_for(actor: Actor) -> Q:
    """Made for one of the actor's roles and for the tier of one of their places; or for everybody."""
    tiers = list(Institution.objects.filter(pk__in=actor.institution_ids()).values_list("tier", flat=True))
    by_role = Q(current__roles=[]) | Q(current__roles__overlap=sorted(actor.roles))
    return by_role & (Q(current__tiers=[]) | Q(current__tiers__overlap=tiers))


def cards_of(actor: Actor, courses: list[Course]) -> list[Card]:
    """The courses (with `current`) as cards. Two queries, none for no course."""
    if not courses:
        return []
    texts = VersionText.objects.filter(version__in=[course.current_id for course in courses])
    said = one_each(texts, "version_id")
    rows = unfiltered(Enrolment, why=_WHY).filter(user_id=actor.user_id, course__in=courses)
    taken = {row.course_id: row for row in rows}
    return [_card(one, said.get(one.current_id or one.pk), taken.get(one.pk)) for one in courses]


def _card(course: Course, text: VersionText | None, taken: Enrolment | None) -> Card:
    version: Any = course.current
    running = taken if taken is not None and taken.withdrawn_at is None else None
    summary = text.summary if text else ""
    return Card(course, version.title, summary, cover_url(version.cover_id), running, is_late(running))


def is_late(enrolment: Enrolment | None, today: date | None = None) -> bool:
    """Whether the day by which it is due has passed."""
    due = enrolment.due_on if enrolment is not None and enrolment.is_open else None
    return due is not None and due < (today or clock.today())


def cover_url(material_id: UUID | None, size: str = "screen") -> str:
    return reverse("library:picture", args=[material_id, size]) if material_id else ""


@prepared
def _taking(actor: Actor, most: int) -> Any:
    with acting_as(actor):
        again = Subquery(waiting_later_test(actor.user_id))
        rows = Enrolment.objects.running().filter(user_id=actor.user_id, course__current__isnull=False)
        rows = rows.annotate(later_exam_id=again).filter(Q(completed_at=None) | Q(later_exam_id__isnull=False))
        first = F("later_exam_id").asc(nulls_last=True)
        return rows.select_related("course__current__cover").order_by(first, "due_on", "-enrolled_at", "id")[:most]


def own_courses(actor: Actor, *, most: int = 3) -> list[Card]:
    """What asks the person again, some weeks later; then what they take and have not completed: what is due first, then
    what was begun last. Four queries."""
    rows = _taking(actor, most)
    cards = cards_of(actor, [row.course for row in rows])
    return [replace(card, later_exam_id=row.later_exam_id) for card, row in zip(cards, rows, strict=True)]


def programmes_shown() -> list[Programme]:
    """The programmes that the actor sees, each with `summary` and `courses`. Two queries."""
    rows = Programme.objects.prefetch_related("texts").order_by("-made_at", "id")
    found = list(rows[:20])
    for row in found:
        text = next(iter(one_each(row.texts.all(), "programme_id").values()), None)
        row.summary = text.summary if text else ""  # type: ignore[attr-defined]
    return found


def learning_panel(actor: Actor) -> dict[str, Any] | None:
    """One's own courses on the first screen (settings.WORKLIST_PANELS); nothing for who takes none."""
    cards = own_courses(actor)
    return {"template": "library/panel.html", "cards": cards} if cards else None
