"""The chart as a nested list: the same nodes as the drawing, in reading order, for screen readers and print."""

from collections.abc import Iterator
from dataclasses import dataclass

from decision_manual.chart.words import Speaker
from decision_manual.library import Pathway, Row, Table


@dataclass(frozen=True, slots=True)
class Node:
    """`id` is stable for the life of the row: n-start, t-TABLE, q-ROW, n-ROW, a-ROW, r-INDICATION-ROW."""

    id: str
    kind: str
    text: str
    severity: str = ""
    urgency: str = ""
    inside: tuple["Node", ...] = ()

    def flat(self) -> Iterator["Node"]:
        yield self
        for node in self.inside:
            yield from node.flat()


def outline(pathway: Pathway, language: str) -> Node:
    """The whole pathway as one node with the others inside."""
    speaker = Speaker(pathway, language)
    tables = tuple(_table(speaker, table) for table in pathway.tables)
    return Node("n-start", "start", pathway.title.said(language), inside=tables)


def _table(speaker: Speaker, table: Table) -> Node:
    text = table.title.said(speaker.language)
    return Node(f"t-{table.id}", "table", text, inside=tuple(_row(speaker, row) for row in table.rows))


def _row(speaker: Speaker, row: Row) -> Node:
    """The question, with what follows from yes inside it."""
    text = speaker.phrase("otherwise") if row.otherwise else speaker.say(row.when)
    return Node(f"q-{row.id}", "question", text, inside=(_leaf(speaker, row),))


def _leaf(speaker: Speaker, row: Row) -> Node:
    return Node(f"n-{row.id}", "class", row_title(speaker.pathway, row, speaker.language), row.severity, "",
                (*_actions(speaker, row), *_referral(speaker, row)))  # fmt: skip


def row_title(pathway: Pathway, row: Row, language: str) -> str:
    """The row's own title, or its class's."""
    return (row.title or pathway.classes[row.class_code].title).said(language)


def _actions(speaker: Speaker, row: Row) -> Iterator[Node]:
    if row.actions:
        titles = [speaker.pathway.actions[code].title.said(speaker.language) for code in row.actions]
        yield Node(f"a-{row.id}", "action", "\n".join(titles))


def _referral(speaker: Speaker, row: Row) -> Iterator[Node]:
    if row.referral:
        why = speaker.pathway.indications[row.referral]
        yield Node(f"r-{row.id}", "referral", why.title.said(speaker.language), "", why.urgency)
