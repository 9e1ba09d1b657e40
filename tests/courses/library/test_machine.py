"""The machine of a version as one table: every step x every verb x every role."""

from __future__ import annotations

import pytest

from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import NotPermitted, NotVisible, WrongStep
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.library.models import CourseVersion
from courses.library.states import MACHINE, Step
from tests.cast import actor_for
from tests.courses.library.making import as_, draft
from tests.factories.people import make_staff

#: (verb, step) -> who may; everybody else is refused, the builder at another step is told so
MAY = {
    ("edit", "draft"): {"trainer", "system"},
    ("publish", "draft"): {"trainer", "system"},
    ("discard", "draft"): {"trainer", "system"},
    ("withdraw", "published"): {"trainer", "system"},
    ("supersede", "published"): {"system"},
}
ROLES = tuple(role for role in Role if role != Role.TRAINING_ADMIN)


def answer(verb: str, actor: Actor, version: CourseVersion) -> str:
    try:
        MACHINE.check(verb, actor, version)
    except (NotPermitted, NotVisible):
        return "403"
    except WrongStep:
        return "422"
    return "yes"


def expected(who: str, verb: str, step: str) -> str:
    if who in MAY.get((verb, step), set()):
        return "yes"
    builder = who == "system" or (who == "trainer" and verb != "supersede")
    return "422" if builder else "403"


def test_every_cell(trainer: User, other_trainer: User, hospital: Institution, begun: CourseVersion) -> None:
    people = {"trainer": trainer, "other": other_trainer}
    people |= {role.value: make_staff(f"a-{role.value}", hospital, role) for role in ROLES}
    actors = {name: actor_for(user) for name, user in people.items()} | {"system": system("the clock")}
    wrong = []
    for who, actor in actors.items():
        for step in Step:
            begun.step = step
            for verb in MACHINE.verbs():
                with acting_as(actor):
                    found = answer(verb, actor, begun)
                if found != expected(who, verb, step):
                    wrong.append((who, verb, step.value, found))
    assert wrong == []


def test_the_buttons_are_what_may_be_done(trainer: User, begun: CourseVersion) -> None:
    with as_(trainer) as actor:
        assert [one.verb for one in MACHINE.available(actor, begun)] == ["edit", "publish", "discard"]


@pytest.mark.parametrize(("step", "verbs"), [("superseded", []), ("withdrawn", []), ("published", ["withdraw"])])
def test_what_is_over_offers_nothing(trainer: User, hospital: Institution, step: str, verbs: list[str]) -> None:
    version = draft(trainer, hospital)
    version.step = step
    with as_(trainer) as actor:
        assert [one.verb for one in MACHINE.available(actor, version)] == verbs
