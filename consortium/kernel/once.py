"""Created once: a double click, a retried POST and a lost reply make one row."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, models, transaction

from consortium.kernel.actors import Actor
from consortium.kernel.errors import DomainError

M = TypeVar("M", bound=models.Model)


class CreatedOnce(models.Model):
    """`request_key` is chosen by the client (hidden form field, `Idempotency-Key` header); unique with its author."""

    request_key = models.UUIDField(default=uuid4, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["created_by", "request_key"], name="%(app_label)s_%(class)s_created_once")
        ]


def once(
    model: type[M], *, actor: Actor, key: UUID | None, make: Callable[[], M], look_first: bool = True
) -> tuple[M, bool]:
    """`make()` the row, or find the one that `actor` already made with `key`: (row, whether it is new).

    Two at once: the second waits on the unique index, then gets the first one's row. ``look_first=False`` is for rows
    that come by the thousand, and whose making leaves nothing behind where it fails: it saves them a statement.
    """
    if key is None:
        return make(), True
    mine: Any = getattr(model, "unscoped", model._default_manager).filter(created_by_id=actor.user_id, request_key=key)
    if look_first and (found := mine.first()):
        return found, False
    try:
        with transaction.atomic():
            return make(), True
    except (IntegrityError, DomainError):
        if found := mine.first():
            return found, False
        raise
