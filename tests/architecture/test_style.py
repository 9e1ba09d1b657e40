"""The measure we hold ourselves to; the figures are printed in the summary of every run."""

from __future__ import annotations

from collections.abc import Callable

from tests.architecture import measures
from tests.architecture.measures import functions, lengths, longest, median, percentile_95, product_files, templates


def test_the_figures_are_printed(figure: Callable[[str, str], None]) -> None:
    for name, value in measures.figures().items():
        figure(f"style: {name}", f"{value:g}")


def test_functions_are_short() -> None:
    counted = list(functions(product_files()))

    assert median(counted) <= 8
    assert percentile_95(counted) <= 35
    assert longest(counted).lines <= 80, longest(counted)


def test_files_are_short() -> None:
    counted = lengths(product_files())

    assert percentile_95(counted) <= 350
    assert longest(counted).lines <= 600, longest(counted)


def test_templates_are_small() -> None:
    assert median(lengths(templates())) <= 30


def test_there_is_a_test_for_every_ten_lines() -> None:
    """Counted by test functions, not by the cases that they are run over."""
    assert measures.figures()["product lines / test"] <= 10


def test_tests_weigh_nearly_as_much_as_the_product() -> None:
    """By written lines; why not more stands in docs/decisions/0017."""
    assert measures.figures()["test lines / product lines"] >= 0.75
