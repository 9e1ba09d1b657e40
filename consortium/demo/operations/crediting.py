"""Rules of credit, set by the manager as anybody would set them; who has completed a course has its credits."""

from consortium.demo.operations.settling import World
from consortium.demo.story.credits import RULES, SINCE
from consortium.kernel.actors import acting_as
from courses.assessment.operations.crediting import set_credit_rule


def set_rules(world: World) -> None:
    """Before the courses are taken."""
    manager = world.actor("manager")
    with acting_as(manager):
        for rule in RULES:
            set_credit_rule(actor=manager, fields={**rule, "valid_from": SINCE})
