"""The inbox: its pages, its badge, and its live topic ``user:<id>``."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from consortium.casework.queries.rows import child_words
from consortium.kernel.actors import Actor, acting_as
from consortium.kernel.errors import NotVisible
from consortium.kernel.pagination import Page as Items
from consortium.kernel.pagination import keyset
from consortium.kernel.policies import Decision, Denied, allowed_if
from consortium.kernel.prepared import prepared
from consortium.kernel.topics import TopicKind
from consortium.notices.models import Inbox, Notice, Page, PageCall
from consortium.notices.states import spoken
from consortium.patients.states import Sex

MOST_COUNTED = 100
FILTERS: dict[str, Any] = {"": _("All"), "unread": _("Unread"), "urgent": _("Urgent")}


def notice_rows(show: str = "") -> Any:
    """The actor's notices; `show` is one of FILTERS."""
    rows = Notice.objects.all()
    return rows.unread() if show == "unread" else rows.urgent() if show == "urgent" else rows


def notices_shown(show: str = "", *, after: str = "", size: int = 25) -> Items:
    """One page of them, newest first."""
    return keyset(notice_rows(show).select_related("page"), order=("-seq",), after=after, size=size)


def notice_of(notice_id: UUID) -> Notice:
    """The actor's notice, or NotVisible."""
    notice: Notice | None = Notice.objects.select_related("page").filter(pk=notice_id).first()
    if notice is None:
        raise NotVisible
    return notice


def page_of(page_id: UUID) -> Page:
    """A page that the actor is part of, or NotVisible."""
    page: Page | None = Page.objects.select_related("acknowledged_by").filter(pk=page_id).first()
    if page is None:
        raise NotVisible
    return page


@dataclass(frozen=True, slots=True)
class Badge:
    """How many notices wait (counting ends at MOST_COUNTED), and where the inbox' live topic stands."""

    user_id: UUID
    unread: int
    seq: int

    @property
    def topic(self) -> str:
        return f"user:{self.user_id}@{self.seq}"


@prepared
def _counted(actor: Actor) -> Any:
    with acting_as(actor):
        waiting = Notice.objects.unread().values("pk")[:MOST_COUNTED]
        return Inbox.objects.filter(user_id=actor.user_id).values_list("last_seq", ArraySubquery(waiting))


def badge_of(actor: Actor) -> Badge:
    """In one query, for it stands on every page."""
    rows = _counted(actor)
    return Badge(actor.user_id, len(rows[0][1]), rows[0][0]) if rows else Badge(actor.user_id, 0, 0)


def in_every_page(request: HttpRequest) -> dict[str, Any]:
    """`inbox` for the top bar and the body's live topic; asked only where a template shows it."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or not actor.is_person:
        return {}

    def ask() -> Badge:
        with acting_as(actor):
            return badge_of(actor)

    return {"inbox": SimpleLazyObject(ask)}


@dataclass(frozen=True, slots=True)
class Line:
    """One notice as the inbox shows it (templates/components/inbox_item.html)."""

    id: UUID
    text: str
    sign: str
    url: str
    at: datetime
    unread: bool
    urgent: bool
    detail: str
    acknowledge_url: str


def about(facts: Mapping[str, Any]) -> str:
    """Which case, without naming the child: "Girl, 7 months · Respiratory medicine", in the reader's language."""
    parts = [
        child_words(facts.get("sex", Sex.UNKNOWN), facts.get("age_days"), None),
        str(spoken(facts.get("service", ""))),
    ]
    return " · ".join(part for part in parts if part)


def line_of(notice: Notice) -> Line:
    """A page that still waits for an answer can be taken from here."""
    page = notice.page
    waits = page is not None and notice.acknowledged_at is None
    return Line(
        notice.pk, notice.text, notice.sign, reverse("notices:open", args=[notice.pk]), notice.created_at,
        notice.is_unread, notice.urgent, about(notice.facts),
        reverse("notices:acknowledge", args=[notice.page_id]) if waits else "",
    )  # fmt: skip


def calls_of(page: Page) -> list[PageCall]:
    """Who was called, by what, when; and who comes next."""
    return list(page.calls.select_related("user").order_by("position"))


def _may_listen(actor: Actor, key: str) -> Decision:
    return allowed_if(actor.is_person and key == str(actor.user_id)) or Denied("", hidden=True)


def _last_seqs(keys: Collection[str]) -> Mapping[str, int]:
    valid = [key for key in keys if _is_uuid(key)]
    rows = Inbox.objects.filter(user_id__in=valid).values_list("user_id", "last_seq")
    return dict.fromkeys(keys, 0) | {str(user_id): seq for user_id, seq in rows}


def _entries_after(actor: Actor, key: str, after: int, limit: int) -> list[dict[str, Any]]:
    rows = Notice.objects.filter(seq__gt=after).order_by("seq").values("seq", "kind", "urgent")[:limit]
    return [{"seq": row["seq"], "what": row["kind"], "urgent": row["urgent"]} for row in rows]


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


USER_TOPIC = TopicKind("user", _may_listen, _last_seqs, _entries_after)
