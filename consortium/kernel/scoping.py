"""Row access that cannot be forgotten: a manager that refuses when nobody acts, and filters when somebody does."""

from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from django.db import models

from consortium.kernel.actors import Actor, acting_as, current_actor, system

M = TypeVar("M", bound=models.Model, covariant=True)


class ScopedQuerySet(models.QuerySet[M]):
    """Every scoped model's QuerySet says which of its rows a person may see."""

    def visible_to(self, actor: Actor) -> Self:
        """The rows `actor` may see. Nothing, unless a model says otherwise."""
        return self.none()


class _DefaultDeny(models.Manager[M]):
    def get_queryset(self) -> "ScopedQuerySet[M]":
        actor = current_actor()
        rows: Any = super().get_queryset()
        visible: ScopedQuerySet[M] = rows if actor.is_system else rows.visible_to(actor)
        return visible


def scoped(queryset: type[ScopedQuerySet[Any]]) -> Any:
    """The default-deny manager over `queryset`; declare it first in the model, as `objects`."""
    return _DefaultDeny.from_queryset(queryset)()


class Scoped(models.Model):
    """A model whose `objects` shows each actor only what they may see.

    `unscoped` sees everything and is for the kernel, migrations and tests; a test refuses it elsewhere.
    """

    objects: ClassVar[Any] = scoped(ScopedQuerySet)
    unscoped: ClassVar[Any] = models.Manager()

    class Meta:
        abstract = True
        # Forward keys and refresh_from_db go through the base manager: the row is known already, so it is plain.
        base_manager_name = "unscoped"

    if TYPE_CHECKING:
        pk: Any


def unfiltered(model: type[models.Model], *, why: str) -> Any:
    """Every row of `model`, read by the system for the reason given.

    For the rules of visibility themselves and for questions whose answer shows no row (does one exist?).
    """
    manager: Any = model._default_manager
    with acting_as(system(why)):
        return manager.all()
