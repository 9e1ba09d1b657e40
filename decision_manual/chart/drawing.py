"""The flow chart: DOT from the rows, SVG from Graphviz, cleaned. Ids are those of the outline and of a run's trace."""

import textwrap
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pygraphviz

from decision_manual.chart.outline import Node, outline
from decision_manual.library import Pathway

SVG = "{http://www.w3.org/2000/svg}"
TAGS = {"svg", "g", "path", "polygon", "polyline", "ellipse", "text"}
ATTRIBUTES = {
    "id", "class", "d", "points", "fill", "stroke", "stroke-dasharray", "cx", "cy", "rx", "ry", "x", "y", "text-anchor",
    "font-size", "transform", "viewBox", "stroke-width",
}  # fmt: skip
FILLS = {"pink": "#fbd5dc", "yellow": "#fdeeba", "green": "#d3efd9", "info": "#e8edf2"}
#: never colour alone: a sign and the word of the urgency
MARKS = {"pink": "▲ ", "yellow": "◆ ", "green": "● ", "info": "○ "}
SHAPES = {"start": "oval", "table": "box", "question": "hexagon", "class": "box", "action": "note", "referral": "cds"}
WIDE, WIDE_ZH = 26, 13
ANSWERS = {"yes": {"en": "yes", "zh": "是"}, "no": {"en": "no", "zh": "否"}}


def drawn(pathway: Pathway, language: str) -> str:
    """The chart of a pathway as clean SVG text. `language` en or zh."""
    graph = pygraphviz.AGraph(directed=True, strict=False, rankdir="TB", nodesep="0.25", ranksep="0.3")
    graph.node_attr.update(
        fontname="sans-serif", fontsize="12", style="filled", fillcolor="#ffffff", margin="0.12,0.06"
    )
    graph.edge_attr.update(fontname="sans-serif", fontsize="11")
    root = outline(pathway, language)
    for node in root.flat():
        _add(graph, node, language)
    for table, content in zip(pathway.tables, root.inside, strict=True):
        graph.add_edge(root.id, content.id)
        _edges(graph, content, ANSWERS["yes"][language], ANSWERS["no"][language], chained=table.hit == "first")
    return clean(graph.draw(format="svg", prog="dot"))


def _add(graph: pygraphviz.AGraph, node: Node, language: str) -> None:
    label = MARKS.get(node.severity, "") + (f"{node.urgency}: " if node.urgency else "") + node.text
    text = wrapped(label, WIDE_ZH if language == "zh" else WIDE)
    graph.add_node(
        node.id,
        label=f"{text}\n".replace("\n", "\\l") if node.kind == "action" else text,
        margin="0.3,0.12" if node.kind == "referral" else "0.12,0.06",
        id=node.id,
        shape=SHAPES[node.kind],
        fillcolor=FILLS.get(node.severity, "#ffffff"),
        **{"class": " ".join(filter(None, (f"kind-{node.kind}", node.severity and f"severity-{node.severity}")))},
    )


def _edges(graph: pygraphviz.AGraph, table: Node, yes: str, no: str, *, chained: bool) -> None:
    """Under `first` one question leads to the next; else each is asked from the table."""
    before = table.id
    for question in table.inside:
        graph.add_edge(before, question.id, label=no if before != table.id else "")
        before = question.id if chained else before
        for leaf in question.inside:
            graph.add_edge(question.id, leaf.id, label=yes)
            for after in leaf.inside:
                graph.add_edge(leaf.id, after.id)


def wrapped(text: str, width: int) -> str:
    return "\n".join(line for part in text.split("\n") for line in textwrap.wrap(part, width))


def clean(raw: bytes) -> str:
    """Only shapes and text: no title, link, comment, style or script, and no size, so that the page gives it one."""
    ET.register_namespace("", "http://www.w3.org/2000/svg")
    root = ET.fromstring(raw)  # noqa: S314 Graphviz wrote it, out of escaped labels
    _clean(root)
    return ET.tostring(root, encoding="unicode")


def _clean(element: ET.Element) -> None:
    for name in [name for name in element.attrib if name not in ATTRIBUTES]:
        del element.attrib[name]
    for child in list(element):
        if str(child.tag).removeprefix(SVG) not in TAGS:
            element.remove(child)
        else:
            _clean(child)


def ids(svg: str) -> Iterator[str]:
    """The ids of the drawn nodes."""
    for element in ET.fromstring(svg).iter(f"{SVG}g"):  # noqa: S314 our own drawing
        if "kind-" in element.get("class", ""):
            yield element.get("id", "")
