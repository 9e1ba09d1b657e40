"""`manage.py read_pathway FILE`: reads what `write_pathway` wrote into a consortium that has none of it."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from consortium.interop.operations import read_pathway
from consortium.interop.r4.reading import Unreadable
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import DomainError


class Command(BaseCommand):
    help = "Reads a pathway with its state: people, the child, cases and how they stand, ids included."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            bundle = json.loads(file.read_text(encoding="utf-8"))
            with acting_as(system("a pathway of another consortium is read")) as operator:
                pathway = read_pathway(actor=operator, bundle=bundle)
        except (OSError, ValueError, Unreadable, DomainError, Error) as error:
            raise CommandError(f"{file}: {type(error).__name__}: {error}") from error
        self.stdout.write(f"Read {pathway.number}.")
