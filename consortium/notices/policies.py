"""Who may do what with pages. A notice is its recipient's alone: its manager shows it to nobody else."""

from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.policies import Decision, allowed_if
from consortium.notices.models import Delivery, Page


def may_acknowledge(actor: Actor, page: Page) -> Decision:
    """Everybody on the list may take it, called already or not: whoever hears of it first."""
    called = page.calls.filter(user_id=actor.user_id).exists()
    return allowed_if(called, _("Only those who are paged can take it."))


def may_stop(actor: Actor, page: Page) -> Decision:
    """Whoever started it, and the feature that it is about."""
    started = page.started_by_id is not None and page.started_by_id == actor.author_id
    return allowed_if(actor.is_system or started, _("Only whoever paged can call it off."))


def only_system(actor: Actor, row: Page | Delivery) -> Decision:
    return allowed_if(actor.is_system)
