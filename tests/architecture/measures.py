"""Counts lines of functions, files, templates and tests; ``python -m tests.architecture.measures`` prints them."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("consortium", "consultations", "courses", "decision_manual", "referrals")


@dataclass(frozen=True)
class Counted:
    """Something with a length in lines, and where it stands."""

    lines: int
    where: str


def product_files() -> list[Path]:
    files = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return [path for path in files if "migrations" not in path.parts]


def test_files() -> list[Path]:
    return sorted((ROOT / "tests").rglob("*.py"))


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def functions(files: Sequence[Path]) -> Iterator[Counted]:
    """Each function with its length from ``def`` to its last line."""
    for path in files:
        yield from _functions_of(path)


@cache
def _functions_of(path: Path) -> tuple[Counted, ...]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            found.append(Counted(lines, f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"))
    return tuple(found)


def lengths(files: Sequence[Path]) -> list[Counted]:
    """Each file with its lines that are not blank."""
    return [Counted(written_lines(path), str(path.relative_to(ROOT))) for path in files]


def written_lines(path: Path) -> int:
    return sum(1 for line in path.read_text(encoding="utf-8").splitlines() if line.strip())


def median(counted: Sequence[Counted]) -> float:
    return statistics.median(one.lines for one in counted)


def percentile_95(counted: Sequence[Counted]) -> int:
    ordered = sorted(one.lines for one in counted)
    return ordered[max(0, -(-len(ordered) * 95 // 100) - 1)]


def longest(counted: Sequence[Counted]) -> Counted:
    return max(counted, key=lambda one: one.lines)


def count_tests() -> int:
    return sum(one.where.rpartition(" ")[2].startswith("test_") for one in functions(test_files()))


@cache
def figures() -> dict[str, float]:
    """The figures that docs and tests speak of, by name."""
    code, files, pages = list(functions(product_files())), lengths(product_files()), lengths(templates())
    product = sum(one.lines for one in files)
    tests = sum(one.lines for one in lengths(test_files()))
    return {
        "function, median lines": median(code),
        "function, 95th percentile": percentile_95(code),
        "function, longest": longest(code).lines,
        "file, 95th percentile": percentile_95(files),
        "file, longest": longest(files).lines,
        "template, median lines": median(pages),
        "product lines": product,
        "test lines / product lines": round(tests / product, 2),
        "product lines / test": round(product / max(1, count_tests()), 1),
    }


def table() -> str:
    return "\n".join(f"  {name:<28} {value:g}" for name, value in figures().items())


if __name__ == "__main__":
    print(table())
