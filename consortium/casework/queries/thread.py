"""The thread of a case as a page shows it: a window of messages, where the unread ones begin, who has read how far."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from consortium.casework.models import Case, Message, ReadMark
from consortium.casework.queries.lists_live import numbers
from consortium.casework.states import MessageKind
from consortium.kernel.actors import Actor
from consortium.kernel.adapters import adapter

#: messages of a window, and how many a live page shows at most before it has to be loaded anew
SHOWN, MOST = 30, 200
QUOTED = 140


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page stands in a thread: the first message it shows (None: the newest ones), and the last that its reader
    had read when the page was loaded. Both stay the same while the page is open, so that nothing jumps."""

    since: int | None = None
    read_to: int = 0

    @classmethod
    def now(cls, actor: Actor, case: Case) -> "Place":
        """For a page that is loaded now: asked for before the thread is marked as read. One query."""
        mine = ReadMark.objects.filter(case_id=case.pk, user_id=actor.user_id)
        return cls(None, mine.values_list("seq", flat=True).first() or 0)


@dataclass(frozen=True)
class Thread:
    """`items`: see `_item`. `earlier` is the number before which older ones lie, 0 when there are none."""

    topic: str = ""
    items: Sequence[dict[str, Any]] = ()
    earlier: int = 0
    place: Place = field(default_factory=Place)

    @property
    def since(self) -> int:
        """The first message shown, for the page's next question."""
        return self.items[0]["seq"] if self.items else 1


def thread_topic(case: Case) -> str:
    """The topic that tells when somebody has read on, with its number; asked for before the thread is read."""
    topic = f"thread:{case.pk}"
    return f"{topic}@{numbers([topic])[topic]}"


def thread_of(actor: Actor, case: Case, place: Place) -> Thread:
    """The newest messages, or those from `place.since` on, oldest first. The caller has checked the right. Queries:
    messages, marks, their files."""
    topic = thread_topic(case)
    rows = Message.objects.filter(case_id=case.pk)
    if place.since is not None:
        rows = rows.filter(seq__gte=place.since)
    window = _window(rows, MOST if place.since is not None else SHOWN)
    return Thread(topic, _items(actor, case, window, place.read_to), _earlier(window), place)


def earlier_of(actor: Actor, case: Case, before: int) -> Thread:
    """The window of messages before the number `before`."""
    window = _window(Message.objects.filter(case_id=case.pk, seq__lt=before), SHOWN)
    return Thread("", _items(actor, case, window, before), _earlier(window))


def _window(rows: Any, most: int) -> list[Message]:
    known = rows.select_related("author", "institution", "reply_to__author").order_by("-seq")
    return list(known[:most])[::-1]


def _earlier(window: Sequence[Message]) -> int:
    return window[0].seq if window and window[0].seq > 1 else 0


def _items(actor: Actor, case: Case, window: Sequence[Message], read_to: int) -> list[dict[str, Any]]:
    if not window:
        return []
    carried = [message.pk for message in window if message.with_files]
    files = adapter("MESSAGE_FILES")(actor, case, carried) if carried else {}
    readers = _readers(actor, case, window)
    items = [_item(message, actor, files, readers) for message in window]
    fresh = next((item for item in items if item["seq"] > read_to and not item["mine"]), None)
    if fresh is not None and read_to:
        fresh["first_new"] = True
    return items


def _item(message: Message, actor: Actor, files: Any, readers: Any) -> dict[str, Any]:
    """id, seq, author, author_place, at, text, mine, kind, reply {id, author, text}, files (tiles), readers
    [{name, at}], first_new."""
    kind, answered = MessageKind(message.kind), message.reply_to
    return {
        "id": message.pk, "seq": message.seq, "author": message.author.get_full_name(),
        "author_place": message.institution.name, "at": message.created_at, "text": message.text,
        "mine": message.author_id == actor.user_id, "kind": "" if kind == MessageKind.MESSAGE else kind.label,
        "reply": quote(answered) if answered else None, "files": files.get(message.pk, []),
        "readers": readers.get(message.seq, []), "first_new": False,
    }  # fmt: skip


def quote(message: Message) -> dict[str, Any]:
    """What stands above an answer to `message`."""
    text = message.text if len(message.text) <= QUOTED else f"{message.text[:QUOTED].rstrip()}…"
    return {"id": message.pk, "author": message.author.get_full_name(), "text": text, "with_files": message.with_files}


def quoted(case: Case, message_id: UUID | None) -> dict[str, Any] | None:
    """The message that is being answered, when it is one of this thread. One query; none without an id."""
    if message_id is None:
        return None
    found = Message.objects.select_related("author").filter(case_id=case.pk, pk=message_id).first()
    return quote(found) if found is not None else None


def marks_of(case: Case) -> Any:
    """How far each has read, who read most lately first."""
    return ReadMark.objects.filter(case_id=case.pk, read_at__isnull=False).select_related("user").order_by("-read_at")


def _readers(actor: Actor, case: Case, window: Sequence[Message]) -> dict[int, list[dict[str, Any]]]:
    """Under which message each other reader stands: the newest that they have read and have not written. One query."""
    found: dict[int, list[dict[str, Any]]] = {}
    for mark in marks_of(case).exclude(user_id=actor.user_id):
        read = [message.seq for message in window if message.seq <= mark.seq and message.author_id != mark.user_id]
        if read:
            found.setdefault(read[-1], []).append(_reader(mark.user.get_full_name(), mark.read_at))
    return found


def _reader(name: str, at: datetime) -> dict[str, Any]:
    return {"name": name, "at": at}
