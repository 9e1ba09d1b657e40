"""The demonstration's reviewer and pharmacist approve what the code ships of the manual; marked as a demonstration."""

from consortium.demo.operations.settling import World
from consortium.kernel.actors import acting_as, system
from decision_manual.models import PathwayVersion
from decision_manual.operations import approve_clinically, approve_doses, load_shipped, send_to_review

#: who takes a version through its review, in this order
APPROVERS = ("editor", "reviewer", "pharmacist")
_STEPS = (send_to_review, approve_clinically, approve_doses)


def approve_manual(world: World) -> None:
    """Everything in which nothing is left to be verified; the rest stays a draft."""
    with acting_as(system("loading the manual that is shipped")) as actor:
        load_shipped(actor=actor)
    for version in PathwayVersion.objects.newest().light().filter(unverified=0, state__step="draft"):
        for username, operation in zip(APPROVERS, _STEPS, strict=True):
            actor = world.actor(username)
            with acting_as(actor):
                operation(actor=actor, version_id=version.pk)
