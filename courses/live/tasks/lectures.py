"""Reminders. It may run twice; nothing but rows says what is due."""

from celery import shared_task

from consortium.kernel.actors import acting_as, system
from courses.live.operations.reminding import remind_lectures


@shared_task(name="lectures.remind")
def remind() -> int:
    """Every 30 s (beat): tell who is registered that a lecture comes near."""
    with acting_as(system("reminders of lectures")) as actor:
        return remind_lectures(actor=actor)
