"""Work on the manual that takes longer than a page."""

from celery import shared_task

from consortium.kernel.actors import acting_as, system
from decision_manual.operations import prove_version
from decision_manual.queries import unproven


@shared_task(name="manual.prove")
def prove() -> None:
    """Make the proof sheet of one version that has none, then ask for the next."""
    with acting_as(system("making the proof sheets of the manual")) as actor:
        waiting = unproven()
        if waiting:
            prove_version(actor=actor, version_id=waiting[0])
    if len(waiting) > 1:
        prove.apply_async(countdown=1)
