"""`manage.py generate_docs`: what the code says about itself, as pages in docs/generated/; `--check` only compares."""

from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator

from consortium.kernel.machine import Machine

FOLDER = Path(settings.BASE_DIR) / "docs" / "generated"


def machines() -> list[Machine]:
    """Every machine of every app, by name."""
    found: dict[str, Machine] = {}
    for config in apps.get_app_configs():
        for shelf in ("states", "models"):
            with suppress(ModuleNotFoundError):
                module = import_module(f"{config.name}.{shelf}")
                found |= {thing.name: thing for thing in vars(module).values() if isinstance(thing, Machine)}
    return [found[name] for name in sorted(found)]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |\n"


def machine_page(machine: Machine) -> str:
    """The state chart, then the table it was drawn from."""
    rows = [
        _row(
            [
                t.id, f"`{t.verb}`", str(t.label), ", ".join(t.sources), t.target or "(stays)",
                "the system" if t.system else f"`{t.policy}`", ", ".join(t.required), t.clock,
                f"`{t.event.event_name()}`" if t.event else "",
            ]
        )
        for t in machine.transitions
    ]  # fmt: skip
    heads = ["id", "verb", "button", "from", "to", "who (policy)", "asks for", "clocks", "event"]
    steps = "".join(_row([f"`{value}`", str(label)]) for value, label in machine.steps.choices)
    return (
        f"# {machine.name.replace('_', ' ').capitalize()}: steps and acts\n\n```mermaid\n{machine.chart()}```\n\n"
        f"## Acts\n\n{_row(heads)}{_row(['---'] * len(heads))}{''.join(rows)}\n"
        f"## Steps\n\n{_row(['step', 'shown as'])}{_row(['---', '---'])}{steps}"
    )


def openapi() -> str:
    """The API's description as YAML."""
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return str(yaml.safe_dump(schema, sort_keys=False, allow_unicode=True, width=120))


def access() -> str:
    """The access matrix; its table stands with the tests that hold the code to it."""
    return str(import_module("tests.access.rendering").render())


def pages() -> dict[str, Callable[[], str]]:
    """File name -> what makes it."""
    charts = {f"{m.name.replace('_', '-')}.md": lambda m=m: machine_page(m) for m in machines()}
    return {**charts, "access.md": access, "openapi.yaml": openapi}


class Command(BaseCommand):
    help = "State charts, access matrix and OpenAPI into docs/generated/."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail when a page is stale; write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            made = {name: make() for name, make in pages().items()}
        stale = [name for name, text in made.items() if _written(name) != text]
        stale += sorted(path.name for path in FOLDER.glob("*") if path.name not in made)
        if options["check"]:
            if stale:
                raise CommandError(
                    f"stale: {', '.join(stale)}. Run manage.py generate_docs and commit docs/generated/."
                )
            return
        self._write(made, stale)

    def _write(self, made: dict[str, str], stale: list[str]) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name in stale:
            if name in made:
                (FOLDER / name).write_text(made[name], encoding="utf-8")
                self.stdout.write(f"wrote {name}")
            else:
                (FOLDER / name).unlink()
                self.stdout.write(f"removed {name}")


def _written(name: str) -> str:
    path = FOLDER / name
    return path.read_text(encoding="utf-8") if path.exists() else ""
