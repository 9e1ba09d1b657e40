"""Pages: called by channel and by person, every two minutes, until somebody takes it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import InvalidInput, NotVisible, Taken
from consortium.notices.events import PageAcknowledged, PageExhausted, PageStarted
from consortium.notices.models import Notice, Page, PageCall
from consortium.notices.operations.sending import move_inbox, put_in_inbox, send_by
from consortium.notices.queries.reach import channels_for
from consortium.notices.states import PAGE, PageStep
from consortium.people.models import User
from consortium.people.queries import actor_by_id

INBOX = "inbox"
_WHY = system("paging")


@transaction.atomic
def start_page(
    *,
    actor: Actor,
    people: Sequence[UUID],
    kind: str,
    subject: models.Model,
    url: str,
    once: str,
    facts: Mapping[str, Any] | None = None,
) -> Page:
    """Call `people` in their order, each by each of their urgent channels, until one takes it.

    The first call is made in this transaction. `once` names what it follows from: asked twice, paged once. Of the
    `facts`, "phone" is shown as the duty telephone to call meanwhile.
    """
    with acting_as(_WHY):
        found: Page | None = Page.objects.filter(once_key=once).first()
        if found is not None:
            return found
        calls = _calls(people)
        if not calls:
            raise InvalidInput({"people": _("There is nobody to page.")})
        now = clock.now()
        page = Page(
            kind=kind, facts=dict(facts or {}), subject_type=subject._meta.label_lower, subject_id=str(subject.pk),
            url=url, once_key=once, started_at=now, next_at=now, started_by_id=actor.author_id,
        )  # fmt: skip
        page.save(force_insert=True)
        PageCall.objects.bulk_create(
            [PageCall(page=page, position=n, user=user, channel=channel) for n, (user, channel) in enumerate(calls)]
        )
        event = PageStarted(page.pk, page.subject_type, page.subject_id)
        record(actor=actor, verb="start", subject=page, facts={"calls": len(calls)}, event=event)
        _call_next(page)
        return page


def _calls(people: Sequence[UUID]) -> list[tuple[User, str]]:
    """Each person by each channel; whom no channel reaches is called in the inbox alone."""
    users = {user.pk: user for user in User.objects.filter(pk__in=people, is_active=True)}
    ordered = [users[user_id] for user_id in dict.fromkeys(people) if user_id in users]
    return [(user, channel) for user in ordered for channel in channels_for(user, urgent=True) or [INBOX]]


def _call_next(page: Page) -> None:
    """Make the next call of a locked page; after the last, say that nobody answered."""
    call = page.calls.select_related("user").filter(position=page.position).first()
    if call is None:
        _exhaust(page)
        return
    now = clock.now()
    page.position += 1
    page.next_at = now + timedelta(seconds=settings.NOTICE_PAGE_SECONDS) if call.user.is_active else now
    page.save(update_fields=["position", "next_at"])
    call.called_at = now
    call.save(update_fields=["called_at"])
    notice, _fresh = put_in_inbox(
        call.user, kind=page.kind, subject=(page.subject_type, page.subject_id), url=page.url, once=f"page:{page.pk}",
        facts=page.facts, urgent=True, page=page,
    )  # fmt: skip
    if call.channel != INBOX:
        send_by(notice, [call.channel], now)
    record(
        actor=_WHY, verb="call", subject=page,
        facts={"position": call.position, "user": str(call.user_id), "channel": call.channel},
    )  # fmt: skip


def _exhaust(page: Page) -> None:
    PAGE.take("exhaust", _WHY, page)
    page.save(update_fields=["step"])
    event = PageExhausted(page.pk, page.subject_type, page.subject_id)
    record(actor=_WHY, verb="exhaust", subject=page, event=event)


def advance_pages() -> int:
    """Make every call that is due, each in a transaction of its own; how many. Twice at once makes each call once."""
    with acting_as(_WHY):
        due = list(Page.objects.due(clock.now()).order_by("next_at").values_list("pk", flat=True)[:200])
        return sum(_advance(page_id) for page_id in due)


@transaction.atomic
def _advance(page_id: UUID) -> bool:
    rows = Page.objects.due(clock.now()).select_for_update(of=("self",), skip_locked=True)
    page = rows.filter(pk=page_id).first()
    if page is None:
        return False
    _call_next(page)
    return True


@transaction.atomic
def acknowledge_page(*, actor: Actor, page_id: UUID) -> Page:
    """Take it: calling stops, and everybody who was called sees who has it. The second is told who was first."""
    page: Page | None = Page.objects.select_for_update(of=("self",)).filter(pk=page_id).first()
    if page is None:
        raise NotVisible
    if page.acknowledged_by_id == actor.user_id:
        return page
    if page.acknowledged_by is not None:
        winner = page.acknowledged_by.get_full_name()
        raise Taken(_("%(name)s has taken it already.") % {"name": winner}, detail={"winner": winner})
    PAGE.take("acknowledge", actor, page)
    page.acknowledged_at, page.acknowledged_by_id = clock.now(), actor.user_id
    page.save(update_fields=["step", "acknowledged_at", "acknowledged_by"])
    event = PageAcknowledged(page.pk, actor.user_id, page.subject_type, page.subject_id)
    record(actor=actor, verb="acknowledge", subject=page, event=event)
    _settle(page)
    return page


def take_page_for(*, page_id: UUID, user_id: UUID) -> None:
    """A page passes to whoever takes over a shift: they stand on its list from now on, and have answered it."""
    with acting_as(_WHY):
        page: Page | None = Page.objects.select_for_update(of=("self",)).filter(pk=page_id).first()
        if page is None or page.step not in (PageStep.CALLING, PageStep.EXHAUSTED):
            return
        if not page.calls.filter(user_id=user_id).exists():
            last = page.calls.aggregate(last=models.Max("position"))["last"] or 0
            PageCall.objects.create(page=page, position=last + 1, user_id=user_id, channel=INBOX)
    taker = actor_by_id(user_id)
    with acting_as(taker):
        acknowledge_page(actor=taker, page_id=page_id)


def _settle(page: Page) -> None:
    """The page's notices are done with: read for all, and their inboxes move."""
    now = clock.now()
    with acting_as(_WHY):
        notices = Notice.objects.filter(page=page)
        notices.update(acknowledged_at=now, read_at=Coalesce("read_at", models.Value(now)))
        for user_id in sorted(notices.values_list("recipient_id", flat=True)):
            move_inbox(user_id)


@transaction.atomic
def stop_pages(*, actor: Actor, subject: models.Model) -> int:
    """Call off the pages about `subject`, for it has been seen to in another way; how many."""
    with acting_as(_WHY):
        steps = (PageStep.CALLING, PageStep.EXHAUSTED)
        pages = list(Page.objects.of_subject(subject).filter(step__in=steps).select_for_update(of=("self",)))
    for page in pages:
        PAGE.take("stop", actor, page)
        page.save(update_fields=["step"])
        record(actor=actor, verb="stop", subject=page)
        _settle(page)
    return len(pages)
