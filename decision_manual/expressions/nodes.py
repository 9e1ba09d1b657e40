"""The nodes of an expression. Closed: whatever reads expressions matches on exactly these."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

Op = Literal["lt", "le", "gt", "ge", "eq"]
OPS: tuple[Op, ...] = get_args(Op)


@dataclass(frozen=True, slots=True)
class Constant:
    value: bool


@dataclass(frozen=True, slots=True)
class Flag:
    """A boolean finding."""

    name: str


@dataclass(frozen=True, slots=True)
class Compare:
    """A number against a threshold, in the unit of the finding; `ge` and `le` include the threshold."""

    name: str
    op: Op
    value: Decimal


@dataclass(frozen=True, slots=True)
class OneOf:
    """A choice that is one of these."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """Whether a finding has been given at all. Never unknown itself when shown; see `kleene`."""

    name: str


@dataclass(frozen=True, slots=True)
class Ref:
    """Another expression of the pathway, by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class ScoreCompare:
    """The sum of a score against a threshold."""

    name: str
    op: Op
    value: Decimal


@dataclass(frozen=True, slots=True)
class Not:
    item: "Expression"


@dataclass(frozen=True, slots=True)
class All:
    items: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of them (`any`)."""

    items: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `count` of them (`count_ge`)."""

    count: int
    items: tuple["Expression", ...]


Expression = Constant | Flag | Compare | OneOf | Known | Ref | ScoreCompare | Not | All | Some | AtLeast
Leaf = Flag | Compare | OneOf | Known


def children(node: Expression) -> tuple[Expression, ...]:
    """The expressions directly inside this one."""
    if isinstance(node, Not):
        return (node.item,)
    return node.items if isinstance(node, All | Some | AtLeast) else ()


def walk(node: Expression) -> Iterator[Expression]:
    """The node and everything inside it, outermost first."""
    yield node
    for child in children(node):
        yield from walk(child)


def findings_of(node: Expression) -> list[str]:
    """Names of the findings it looks at directly, each once, in their order."""
    return list(dict.fromkeys(n.name for n in walk(node) if isinstance(n, Leaf)))


def refs_of(node: Expression) -> list[str]:
    """Names of the derived expressions and scores it looks at, each once, in their order."""
    return list(dict.fromkeys(n.name for n in walk(node) if isinstance(n, Ref | ScoreCompare)))
