"""`manage.py manual evaluate -` and `calculate -` answer JSON lines; `manual check [PATHWAY]` proves the library."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError

from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from decision_manual.evaluator import Edition, Manual
from decision_manual.library import digest, load
from decision_manual.operations import load_shipped
from decision_manual.queries import manual_now
from decision_manual.tasks import prove


class Command(BaseCommand):
    help = "The decision manual on the command line."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        evaluate = acts.add_parser("evaluate", help="answer facts: one JSON object a line in, one out")
        evaluate.add_argument("file", help="a file, or - for standard input")
        calculate = acts.add_parser("calculate", help="calculate: one JSON object a line in, one out")
        calculate.add_argument("file", nargs="?", default="-", help="a file, or - for standard input")
        calculate.add_argument(
            "--list", action="store_true", dest="listing", help="what each calculator takes, a line each"
        )
        acts.add_parser("load", help="what the code ships, as drafts; the same content again does nothing")
        check = acts.add_parser("check", help="prove every pathway; exit status 1 when a fault is found")
        check.add_argument("pathway", nargs="?", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['act']}")(**options)

    def _evaluate(self, *, file: str, **_options: Any) -> None:
        manual = self._manual()
        for line in lines(file):
            self.stdout.write(json.dumps(answered(manual, line), ensure_ascii=False))

    def _calculate(self, *, file: str, listing: bool, **_options: Any) -> None:
        from decision_manual.calculators.batch import schemas, told

        answers = schemas() if listing else (told_of(line, told) for line in lines(file))
        for each in answers:
            self.stdout.write(json.dumps(each, ensure_ascii=False))

    def _manual(self) -> Manual:
        """The newest versions of the database; where there is none, what the code ships, as drafts."""
        with acting_as(system("the manual on the command line")):
            try:
                kept = manual_now()
            except (OperationalError, ProgrammingError):
                kept = None
        return kept if kept and kept.editions else self._shipped()

    def _shipped(self) -> Manual:
        """What the code ships; what can't be read is told and left out."""
        shipped = load()
        for error in shipped.errors:
            self.stderr.write(str(error))
        editions = tuple(Edition(p, digest(p.bundle)[:12], "draft") for p in shipped.pathways.values())
        return Manual(editions, shipped.shared)

    def _load(self, **_options: Any) -> None:
        with acting_as(system("loading the manual that is shipped")) as actor:
            fresh = load_shipped(actor=actor)
        if fresh:
            prove.apply_async(countdown=20)
        self.stdout.write(f"{len(fresh)} new versions")

    def _check(self, *, pathway: str, **_options: Any) -> None:
        # Z3 takes a quarter of a second to come up, so only this act imports it
        from decision_manual.checker import check_library

        faults = check_library(load(), clock.today(), only=pathway, say=self.stdout.write)
        for fault in faults:
            self.stdout.write(str(fault))
        if faults:
            raise CommandError(f"{len(faults)} faults in the library")


def lines(file: str) -> Iterator[str]:
    """The lines of a file, or of standard input, that are not blank."""
    with sys.stdin if file == "-" else Path(file).open(encoding="utf-8") as source:
        for line in source:
            if line.strip():
                yield line


def answered(manual: Manual, line: str) -> dict[str, Any]:
    """The answer to one line; an error that names the field where it can't be read."""
    return told_of(line, manual.told)


def told_of(line: str, answer: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """`answer` to the object in a line; an error when there is none."""
    try:
        asked = json.loads(line, parse_float=Decimal, parse_constant=_not_a_number)
    except (ValueError, RecursionError) as error:
        return {"id": None, "error": {"line": f"This is not JSON: {error}"}}
    return answer(asked)


def _not_a_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")
