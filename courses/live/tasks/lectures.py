"""Reminders, guests who are gone, and credit. They may run twice; nothing but rows says what is due."""

from celery import shared_task

from consortium.kernel.actors import acting_as, system
from courses.live.operations.crediting import credit_lectures
from courses.live.operations.guests import end_absent_guests
from courses.live.operations.recommending import remind_recommendations
from courses.live.operations.reminding import remind_lectures


@shared_task(name="lectures.remind")
def remind() -> int:
    """Every 30 s (beat): tell who is registered that a lecture comes near."""
    with acting_as(system("reminders of lectures")) as actor:
        return remind_lectures(actor=actor)


@shared_task(name="lectures.end_absent_guests")
def end_absent() -> int:
    """Every 15 s (beat): the stage is free again of whoever closed their page or lost their line for good."""
    with acting_as(system("guests who are gone")) as actor:
        return end_absent_guests(actor=actor)


@shared_task(name="lectures.follow_up")
def follow_up() -> int:
    """Every 5 min (beat): credit for who was in lectures that are over, and recommendations whose day has passed."""
    with acting_as(system("what follows lectures")) as actor:
        return credit_lectures(actor=actor) + remind_recommendations(actor=actor)
