"""Who a socket belongs to, what it may listen to, and what a page has missed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user
from django.db.models import Max, Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from consortium.journal.models import READS, Entry
from consortium.kernel.actors import ANONYMOUS, Actor, acting_as, system
from consortium.kernel.adapters import adapter
from consortium.kernel.policies import Allowed, Decision, Denied
from consortium.kernel.prepared import Text, prepared
from consortium.kernel.topics import TopicKind, split

CATCH_UP_LIMIT = 200
UNSEEN = Denied(_("There is nothing here that you can see."), hidden=True)
#: the topic on which every process hears whose rights may have changed; rung as "rights:<user id>"
RIGHTS = "rights"


def session_key(cookie_header: str) -> str:
    """The session's key in a Cookie header; "" when there is none."""
    try:
        morsel = SimpleCookie(cookie_header).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def actor_of_session(key: str) -> Actor:
    """Who the session belongs to now, with the seats held now; anonymous once it has ended."""
    if not key:
        return ANONYMOUS
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    request.user = get_user(request)
    actor: Actor = adapter("ACTOR_OF_REQUEST")(request, with_places=False)
    return actor


def may_listen(actor: Actor, topic: str) -> Decision:
    """Whether `actor` may listen to `topic` now; unknown kinds and malformed names look like hidden ones."""
    kind, key = split(topic)
    if kind is None or not key or len(topic) > 120 or not actor.is_person:
        return UNSEEN
    with acting_as(actor):
        return kind.may_listen(actor, key)


@dataclass(frozen=True, slots=True)
class Missed:
    """What a page did not have: with `entries` it stands at number `seq`, behind which there may be `more`."""

    seq: int
    entries: Sequence[dict[str, Any]] = ()
    more: bool = False


def missed(actor: Actor, topic: str, after: int) -> Missed:
    """At most CATCH_UP_LIMIT entries after number `after`; the right was checked. No number but a stored one is told.

    The newest number is read before the entries: one that commits between the two would else count as shown.
    """
    newest = last_seqs([topic]).get(topic, 0)
    if newest <= after:
        return Missed(newest)
    entries = entries_after(actor, topic, after)
    last = entries[-1]["seq"] if entries else newest
    more = len(entries) == CATCH_UP_LIMIT
    return Missed(last if more else max(last, newest), entries, more)


def where_it_stands(actor: Actor, topic: str, after: int | None = None) -> tuple[Missed, datetime | None]:
    """The topic's newest stored number, with what was missed after number `after` when one is given; and when the
    right to it runs out by itself."""
    found = Missed(last_seqs([topic]).get(topic, 0)) if after is None else missed(actor, topic, after)
    return found, right_ends_at(actor, topic)


def right_ends_at(actor: Actor, topic: str) -> datetime | None:
    """When the right to listen runs out by itself."""
    kind, key = split(topic)
    if kind is None:
        return None
    with acting_as(actor):
        return kind.ends_at(actor, key)


def last_seqs(topics: Iterable[str]) -> dict[str, int]:
    """The newest stored number of each known topic: one query a kind."""
    keys: dict[str, tuple[TopicKind, list[str]]] = {}
    for topic in topics:
        kind, key = split(topic)
        if kind is not None and key:
            keys.setdefault(kind.name, (kind, []))[1].append(key)
    with acting_as(system("telling live pages where they are")):
        return {
            f"{name}:{key}": seq for name, (kind, wanted) in keys.items() for key, seq in kind.last_seqs(wanted).items()
        }


def entries_after(actor: Actor, topic: str, after: int) -> Sequence[dict[str, Any]]:
    """What `topic` holds after number `after`, at most CATCH_UP_LIMIT; the right was checked."""
    kind, key = split(topic)
    if kind is None:
        return []
    with acting_as(actor):
        return kind.entries_after(actor, key, after, CATCH_UP_LIMIT)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def journalled(label: str) -> TopicKind:
    """The kind of topic of a scoped model that the journal tells of: ``case:<id>`` for every visible row.

    Whoever sees the row may listen. An entry says what happened and when; who and to whom are on the page.
    """
    model: Any = apps.get_model(label)
    name, subject_type = model._meta.model_name, model._meta.label_lower

    @prepared
    def seen(actor: Actor, pk: UUID) -> Any:
        with acting_as(actor):
            return model.objects.filter(pk=pk).values_list("pk")

    def sees(actor: Actor, key: str) -> Decision:
        found = (pk := _uuid(key)) is not None and seen(actor, pk)
        return Allowed() if found else UNSEEN

    def newest(keys: Collection[str]) -> Mapping[str, int]:
        rows = _newest(subject_type, Text(*keys)) if len(keys) == 1 else _newest_of(subject_type, list(keys))
        return dict.fromkeys(keys, 0) | dict(rows)

    def after(actor: Actor, key: str, seq: int, limit: int) -> list[dict[str, Any]]:
        with acting_as(system("a page catches up with what it may see")):
            rows = _told(subject_type).filter(subject_id=key, seq__gt=seq).order_by("seq")[:limit]
            return [{"seq": e["seq"], "what": e["verb"], "at": e["at"]} for e in rows.values("seq", "verb", "at")]

    return TopicKind(name, sees, newest, after)


def _told(subject_type: str) -> Any:
    """The entries that change what a page shows: all but mere reads."""
    return Entry.objects.filter(subject_type=subject_type).exclude(verb__in=READS)


def _newest_of(subject_type: str, keys: list[str]) -> Any:
    rows = _told(subject_type).filter(subject_id__in=keys).values("subject_id").annotate(seq=Max("seq"))
    return rows.values_list("subject_id", "seq")


@prepared
def _newest(subject_type: str, key: Text) -> Any:
    """Of one subject: what each page asks that begins to listen."""
    with acting_as(system("telling live pages where they are")):
        return _newest_of(subject_type, [key])


def topic_of(subject: Model) -> str:
    """The name of a subject's topic, for a page's ``data-live-topics``."""
    return f"{subject._meta.model_name}:{subject.pk}"
