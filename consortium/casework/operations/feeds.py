"""The secret address of one's own calendar: made, replaced, revoked."""

import secrets

from django.db import transaction

from consortium.casework.models import FeedLink
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotPermitted
from consortium.people.operations import hold_person


@transaction.atomic
def make_feed(*, actor: Actor) -> tuple[FeedLink, str]:
    """A new address, and the end of the one before: (row, the secret, shown this once)."""
    if not actor.is_person:
        raise NotPermitted
    hold_person(actor.user_id)
    _revoke(actor)
    token = secrets.token_urlsafe(32)
    link = FeedLink(user_id=actor.user_id, token_hash=FeedLink.hash_of(token), created_at=clock.now())
    link.save(force_insert=True)
    record(actor=actor, verb="feed-issue", subject=link)
    return link, token


@transaction.atomic
def revoke_feed(*, actor: Actor) -> None:
    """Whoever knows the address reads nothing from now on; revoking twice is no error."""
    hold_person(actor.user_id)
    _revoke(actor)


def _revoke(actor: Actor) -> None:
    for link in FeedLink.objects.running().select_for_update(of=("self",)):
        link.revoked_at = clock.now()
        link.save(update_fields=["revoked_at"])
        record(actor=actor, verb="feed-revoke", subject=link)
