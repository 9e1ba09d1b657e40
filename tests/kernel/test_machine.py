"""The state machine: one table from which check, buttons, triggers and chart come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pgtrigger
import pytest
from django.db.models import Q, TextChoices

from consortium.kernel.actors import ANONYMOUS, Actor, Seat, system
from consortium.kernel.errors import NotPermitted, NotVisible, WrongStep
from consortium.kernel.machine import Machine, Transition
from consortium.kernel.policies import Allowed, Decision, Denied, allowed_if
from consortium.people.models import Institution


class Door(TextChoices):
    OPEN = "open"
    SHUT = "shut"
    LOCKED = "locked"
    GONE = "gone"


@dataclass
class Leaf:
    step: str = Door.OPEN


# the policies of the table below, found by name in this module


def may_push(actor: Actor, leaf: Leaf) -> Decision:
    return Allowed()


def may_lock(actor: Actor, leaf: Leaf) -> Decision:
    return allowed_if(actor.has("porter"), "Only the porter has the key.")


def may_know(actor: Actor, leaf: Leaf) -> Decision:
    return Denied("a secret door", hidden=True)


ROWS = (
    Transition("D1", "shut", "Shut", (Door.OPEN,), Door.SHUT, "may_push"),
    Transition("D2", "open", "Open", (Door.SHUT,), Door.OPEN, "may_push"),
    Transition("D2", "open", "Unlock", (Door.LOCKED,), Door.SHUT, "may_lock"),
    Transition("D3", "lock", "Lock", (Door.SHUT,), Door.LOCKED, "may_lock"),
    Transition("D4", "knock", "Knock", (Door.SHUT, Door.LOCKED), None, "may_push"),
    Transition("D5", "fall", "Fall shut", (Door.OPEN,), Door.SHUT, "may_push", system=True),
    Transition("D6", "vanish", "Vanish", (Door.OPEN,), Door.GONE, "may_know"),
)


def table(*rows: Transition, **changes: Any) -> Machine:
    plain: dict[str, Any] = {"initial": (Door.OPEN,), "final": (Door.GONE,)}
    return Machine("door", Door, policies=__name__, transitions=rows or ROWS, **{**plain, **changes})


DOOR = table()
GUEST = Actor("person")
PORTER = Actor("person", seats=frozenset({Seat("porter", Institution().pk)}))


def verbs(actor: Actor, step: str) -> list[str]:
    return [t.verb for t in DOOR.available(actor, Leaf(step))]


# -- the table is checked as it is read


def test_a_source_that_is_no_step_is_refused_at_import() -> None:
    with pytest.raises(ValueError, match="ajar"):
        table(Transition("D1", "shut", "Shut", ("ajar",), Door.SHUT, "may_push"))


def test_a_target_that_is_no_step_is_refused_at_import() -> None:
    with pytest.raises(ValueError, match="ajar"):
        table(Transition("D1", "shut", "Shut", (Door.OPEN,), "ajar", "may_push"))


def test_a_first_step_that_is_none_is_refused_at_import() -> None:
    with pytest.raises(ValueError, match="ajar"):
        table(initial=("ajar",))


def test_a_final_step_that_is_none_is_refused_at_import() -> None:
    with pytest.raises(ValueError, match="ajar"):
        table(final=("ajar",))


def test_verbs_are_named_once_in_their_order() -> None:
    assert DOOR.verbs() == ("shut", "open", "lock", "knock", "fall", "vanish")


# -- the check


def test_a_verb_that_the_table_does_not_know_is_a_slip_of_ours() -> None:
    with pytest.raises(KeyError, match="paint"):
        DOOR.check("paint", PORTER, Leaf())


def test_taking_sets_the_step() -> None:
    leaf = Leaf()
    DOOR.take("shut", GUEST, leaf)
    assert leaf.step == Door.SHUT


def test_taking_tells_which_row_it_was() -> None:
    assert DOOR.take("shut", GUEST, Leaf()).id == "D1"


def test_checking_alone_moves_nothing() -> None:
    leaf = Leaf()
    DOOR.check("shut", GUEST, leaf)
    assert leaf.step == Door.OPEN


def test_a_row_without_a_target_leaves_the_step() -> None:
    leaf = Leaf(Door.LOCKED)
    DOOR.take("knock", GUEST, leaf)
    assert leaf.step == Door.LOCKED


def test_one_verb_may_lead_elsewhere_from_another_step() -> None:
    leaf = Leaf(Door.LOCKED)
    DOOR.take("open", PORTER, leaf)
    assert leaf.step == Door.SHUT


def test_the_policy_is_that_of_the_row_at_this_step() -> None:
    with pytest.raises(NotPermitted):
        DOOR.check("open", GUEST, Leaf(Door.LOCKED))


def test_at_the_wrong_step_nothing_is_done() -> None:
    with pytest.raises(WrongStep):
        DOOR.check("shut", GUEST, Leaf(Door.SHUT))


def test_the_wrong_step_names_verb_and_step() -> None:
    with pytest.raises(WrongStep) as refused:
        DOOR.check("shut", GUEST, Leaf(Door.SHUT))
    assert refused.value.detail == {"verb": "shut", "step": "shut"}


def test_the_wrong_step_leaves_the_row_as_it_was() -> None:
    leaf = Leaf(Door.SHUT)
    with pytest.raises(WrongStep):
        DOOR.take("shut", GUEST, leaf)
    assert leaf.step == Door.SHUT


def test_the_wrong_person_is_refused_with_the_reason() -> None:
    with pytest.raises(NotPermitted, match="Only the porter"):
        DOOR.check("lock", GUEST, Leaf(Door.SHUT))


def test_the_person_is_asked_before_the_step() -> None:
    """Whoever may not do it learns nothing of the step."""
    with pytest.raises(NotPermitted):
        DOOR.check("lock", GUEST, Leaf(Door.OPEN))


def test_what_is_hidden_is_not_there() -> None:
    with pytest.raises(NotVisible):
        DOOR.check("vanish", PORTER, Leaf())


def test_what_is_hidden_is_not_there_at_the_wrong_step_either() -> None:
    with pytest.raises(NotVisible):
        DOOR.check("vanish", PORTER, Leaf(Door.SHUT))


def test_a_timer_is_not_for_people() -> None:
    with pytest.raises(WrongStep):
        DOOR.check("fall", PORTER, Leaf())


def test_the_system_takes_what_only_a_timer_does() -> None:
    leaf = Leaf()
    DOOR.take("fall", system("the spring"), leaf)
    assert leaf.step == Door.SHUT


# -- what is offered


def test_offered_is_what_the_step_has() -> None:
    assert verbs(GUEST, Door.OPEN) == ["shut"]


def test_offered_is_only_what_this_person_may() -> None:
    assert verbs(GUEST, Door.SHUT) == ["open", "knock"]


def test_who_may_more_is_offered_more() -> None:
    assert verbs(PORTER, Door.SHUT) == ["open", "lock", "knock"]


def test_at_a_final_step_nothing_is_offered() -> None:
    assert verbs(PORTER, Door.GONE) == []


def test_the_system_is_offered_its_timers() -> None:
    assert "fall" in verbs(system("the spring"), Door.OPEN)


@pytest.mark.parametrize("actor", [GUEST, PORTER, ANONYMOUS, system("the spring")], ids=lambda a: a.kind)
@pytest.mark.parametrize("step", Door.values)
@pytest.mark.parametrize("verb", DOOR.verbs())
def test_what_is_offered_is_what_the_check_lets_pass(verb: str, step: str, actor: Actor) -> None:
    try:
        DOOR.check(verb, actor, Leaf(step))
    except (NotPermitted, NotVisible, WrongStep):
        passes = False
    else:
        passes = True
    assert passes == (verb in verbs(actor, step))


def test_a_verb_is_found_by_its_step() -> None:
    assert DOOR.find("open", Door.LOCKED) is ROWS[2]


def test_a_verb_is_not_found_at_another_step() -> None:
    assert DOOR.find("lock", Door.OPEN) is None


def test_deciding_leaves_the_step_out() -> None:
    assert DOOR.decide(ROWS[3], PORTER, Leaf(Door.GONE)).allowed


# -- what the database and the chart get


def test_the_database_is_told_each_step_once() -> None:
    assert DOOR.pairs() == [
        ("locked", "shut"), ("open", "gone"), ("open", "shut"), ("shut", "locked"), ("shut", "open"),
    ]  # fmt: skip


def test_staying_at_a_step_is_no_move_of_the_database() -> None:
    stays = Transition("D7", "push", "Push", (Door.SHUT,), Door.SHUT, "may_push")
    assert list(stays.pairs()) == []


def test_the_triggers_are_named_after_the_machine() -> None:
    assert [t.name for t in DOOR.triggers()] == ["door_step", "door_first_step"]


def test_one_trigger_guards_every_update_of_the_step() -> None:
    guard: Any = DOOR.triggers()[0]
    assert isinstance(guard, pgtrigger.FSM)
    assert guard.field == "step"


def test_the_other_guards_the_first_step() -> None:
    first: Any = DOOR.triggers()[1]
    assert (first.operation, first.when) == (pgtrigger.Insert, pgtrigger.Before)


def test_the_trigger_of_the_first_step_names_its_rule() -> None:
    first: Any = DOOR.triggers()[1]
    assert "[rule:door_first_step]" in first.func


def test_the_check_constraint_knows_every_step() -> None:
    assert DOOR.known_step() == Q(step__in=["open", "shut", "locked", "gone"])


def test_the_chart_begins_at_each_first_step() -> None:
    assert DOOR.chart().startswith("stateDiagram-v2\n  [*] --> open\n")


def test_the_chart_shows_a_move() -> None:
    assert "  open --> shut: D1 shut\n" in DOOR.chart()


def test_the_chart_says_what_a_timer_does() -> None:
    assert "  open --> shut: D5 fall (system)\n" in DOOR.chart()


def test_the_chart_shows_an_act_that_stays_as_a_loop() -> None:
    assert "  locked --> locked: D4 knock\n" in DOOR.chart()


def test_the_chart_ends_at_each_final_step() -> None:
    assert DOOR.chart().endswith("  gone --> [*]\n")
