"""Row access that cannot be forgotten: a manager that refuses when nobody acts, and filters when somebody does."""

from typing import Any, Self, TypeVar

from django.db import models

from consortium.kernel.actors import Actor, acting_as, current_actor, system

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class ScopedQuerySet(models.QuerySet[M_co]):
    """Every scoped model's QuerySet says which of its rows a person may see."""

    def visible_to(self, actor: Actor) -> Self:
        """The rows `actor` may see. Nothing, unless a model says otherwise."""
        return self.none()


class ScopedManager(models.Manager[M_co]):
    """The default-deny manager; `objects = ScopedManager.from_queryset(RowsQuerySet)()` in each model."""

    def get_queryset(self) -> Any:
        actor = current_actor()
        rows: Any = super().get_queryset()
        return rows if actor.is_system else rows.visible_to(actor)


class Scoped(models.Model):
    """A model whose `objects` shows each actor only what they may see; each declares its own.

    `unscoped` sees everything and is for the kernel, migrations and tests; a test refuses it elsewhere.
    """

    unscoped = models.Manager()

    class Meta:
        abstract = True
        # Forward keys and refresh_from_db go through the base manager: the row is known already, so it is plain.
        base_manager_name = "unscoped"


def unfiltered(model: type[models.Model], *, why: str) -> Any:
    """Every row of `model`, read by the system for the reason given.

    For the rules of visibility themselves and for questions whose answer shows no row (does one exist?).
    """
    manager: Any = model._default_manager
    with acting_as(system(why)):
        return manager.all()
