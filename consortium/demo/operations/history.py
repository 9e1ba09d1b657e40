"""A year of questions that came and were closed, so that lists page and figures mean something."""

import random

from consortium.casework.models import Case
from consortium.casework.states import Priority
from consortium.demo.operations.asking import tell
from consortium.demo.operations.children import author_of
from consortium.demo.operations.settling import World, found_again
from consortium.demo.story.cases import CASES, HISTORY, Told
from consortium.demo.story.children import CHILDREN
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.notices.models import Notice
from consortium.patients.models import Patient

CASES_A_MONTH = 8
_HOURS_A_MONTH = 730


def tell_month(month: int) -> int:
    """Tell the cases of the month that began so many months ago; how many there were."""
    rng = random.Random(month)  # noqa: S311 - a story, not a secret
    world = found_again()
    for _ in range(CASES_A_MONTH):
        _tell_one(world, rng, ago=rng.uniform(month, month + 1) * _HOURS_A_MONTH)
    return CASES_A_MONTH


def read_old_notices() -> int:
    """The staff have long read what they were told of closed cases; how many notices that were."""
    closed = Case.objects.filter(is_open=False).values_list("pk", flat=True)
    old = Notice.objects.filter(read_at=None, subject_id__in=[str(pk) for pk in closed])
    return int(old.update(read_at=clock.now()))


def _tell_one(world: World, rng: random.Random, ago: float) -> None:
    # Not the children of the open questions: there, nobody knows the child's name before a case is taken.
    others = set(range(len(CHILDREN))) - {told.child for told in CASES}
    old_enough = [i for i in sorted(others) if CHILDREN[i].age_days * 24 > ago + 240]
    child = rng.choice(old_enough)
    service, question, impression, do_now = rng.choice(HISTORY)
    actor = world.actor(author_of(CHILDREN[child].place))
    with acting_as(actor):
        patient = Patient.objects.get(name=CHILDREN[child].name)
    told = Told(child, service, Priority.ROUTINE, ago, "close_out", question, impression=impression, do_now=do_now)
    tell(world, told, patient)
