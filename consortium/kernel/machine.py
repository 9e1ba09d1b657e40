"""State machines: one table, many readers.

From one tuple of transitions come the operation's check, the buttons of a page and the `available_actions` of the API,
the database triggers that refuse an illegal step, the state chart in docs/generated/ and the tests over every
state x verb x role.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

import pgtrigger
from django.db.models import Q, TextChoices

from consortium.kernel.actors import Actor
from consortium.kernel.errors import WrongStep
from consortium.kernel.events import DomainEvent
from consortium.kernel.policies import Decision, require


class Stepped(Protocol):
    step: str


Policy = Callable[[Actor, Any], Decision]


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table. `target` None leaves the step as it is; `system` marks what only a timer does.

    `policy` names a function (actor, row) -> Decision of the machine's policies module: the table stands below the
    models that carry its triggers, so it can't import it. `look` is how a button shows it: "main", "alarm" or ""
    (plain); `required` names the fields the act asks for.
    """

    id: str
    verb: str
    label: Any
    sources: tuple[str, ...]
    target: str | None
    policy: str
    event: type[DomainEvent] | None = None
    required: tuple[str, ...] = ()
    clock: str = ""
    system: bool = False
    look: str = ""

    def pairs(self) -> Iterable[tuple[str, str]]:
        return ((source, self.target) for source in self.sources if self.target and source != self.target)


@dataclass(frozen=True)
class Machine:
    """A machine over the stored column `step`. `initial` are the steps a row may be born in.

    `policies` is the dotted path of the module that holds the policy functions.
    """

    name: str
    steps: type[TextChoices]
    initial: tuple[str, ...]
    policies: str
    transitions: tuple[Transition, ...]
    final: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        known = set(self.steps.values)
        named = {s for t in self.transitions for s in (*t.sources, *([t.target] if t.target else []))}
        if unknown := (named | set(self.initial) | set(self.final)) - known:
            raise ValueError(f"{self.name}: unknown steps {sorted(unknown)}")

    def verbs(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(t.verb for t in self.transitions))

    def decide(self, transition: Transition, actor: Actor, obj: Stepped) -> Decision:
        """May `actor` do this, whatever the step?"""
        policy: Policy = getattr(import_module(self.policies), transition.policy)
        return policy(actor, obj)

    def find(self, verb: str, step: str) -> Transition | None:
        return next((t for t in self.transitions if t.verb == verb and step in t.sources), None)

    def available(self, actor: Actor, obj: Stepped) -> list[Transition]:
        """What `actor` may do with `obj` now: the same answer that guards the write."""
        return [
            t
            for t in self.transitions
            if obj.step in t.sources and t.system <= actor.is_system and self.decide(t, actor, obj).allowed
        ]

    def check(self, verb: str, actor: Actor, obj: Stepped) -> Transition:
        """The transition for `verb`, or the reason why not: first the person (403/404), then the step (422)."""
        rows = [t for t in self.transitions if t.verb == verb]
        if not rows:
            raise KeyError(f"{self.name} knows no verb {verb!r}")
        here = self.find(verb, obj.step)
        require(self.decide(here or rows[0], actor, obj))
        if here is None or (here.system and not actor.is_system):
            raise WrongStep(detail={"verb": verb, "step": obj.step})
        return here

    def take(self, verb: str, actor: Actor, obj: Stepped) -> Transition:
        """Check, then set `obj.step`. The caller saves, and writes the journal."""
        transition = self.check(verb, actor, obj)
        if transition.target is not None:
            obj.step = transition.target
        return transition

    def pairs(self) -> list[tuple[str, str]]:
        return sorted({pair for t in self.transitions for pair in t.pairs()})

    def triggers(self) -> list[pgtrigger.Trigger]:
        """For `Meta.triggers`: the database refuses what the table does not know, whoever asks."""
        first = pgtrigger.Trigger(
            name=f"{self.name}_first_step",
            operation=pgtrigger.Insert,
            when=pgtrigger.Before,
            condition=~pgtrigger.Q(new__step__in=list(self.initial)),
            func=f"RAISE EXCEPTION 'A new row may not begin at step % [rule:{self.name}_first_step]', NEW.step;",
        )
        return [pgtrigger.FSM(name=f"{self.name}_step", field="step", transitions=self.pairs()), first]

    def known_step(self) -> Q:
        """The condition of the CHECK constraint on `step`."""
        return Q(step__in=list(self.steps.values))

    def chart(self) -> str:
        """The state chart as Mermaid text."""
        lines = ["stateDiagram-v2"]
        lines += [f"  [*] --> {step}" for step in self.initial]
        for t in self.transitions:
            who = " (system)" if t.system else ""
            lines += [f"  {source} --> {t.target or source}: {t.id} {t.verb}{who}" for source in t.sources]
        lines += [f"  {step} --> [*]" for step in self.final]
        return "\n".join(lines) + "\n"
