"""What somebody has typed about a case and not yet signed."""

from typing import Any

from django.conf import settings
from django.db import models

from consortium.casework.models.cases import OfVisibleCase
from consortium.kernel.actors import Actor
from consortium.kernel.scoping import Scoped, ScopedManager


class OwnDrafts(OfVisibleCase):
    """Only who types it sees it."""

    def visible_to(self, actor: Actor) -> Any:
        return super().visible_to(actor).filter(author_id=actor.user_id)


class TypedDraft(Scoped):
    """The base of such rows: `fields` holds the form's fields as they were typed."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    fields: Any = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(OwnDrafts)()

    class Meta(Scoped.Meta):
        abstract = True
