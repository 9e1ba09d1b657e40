"""`manage.py read_fhir FILE ...`: what a FHIR R4 file asks, does and says, or where it is none."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consortium.interop.r4.reading import Asked, Doing, Read, Said, Unreadable, read_all


class Command(BaseCommand):
    help = "Reads FHIR R4 resources or bundles (JSON), ours or anybody's. Words that people wrote are not printed."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path)

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        for file in files:
            try:
                found = read_all(json.loads(file.read_text(encoding="utf-8")))
            except (OSError, ValueError, Unreadable) as error:
                raise CommandError(f"{file}: {error}") from error
            for each in found:
                self.stdout.write(line_of(each))


def line_of(found: Read) -> str:
    """One resource in one line, by its codes and references."""
    match found:
        case Asked():
            told = ["ServiceRequest", found.id, found.status, found.priority, "to " + ", ".join(found.performers)]
        case Doing():
            told = ["Task", found.id, found.status, found.business_status, "with " + found.owner, found.reason]
        case Said():
            told = ["Communication", found.id, found.status, "from " + found.sender, f"{len(found.texts)} texts"]
        case _:
            told = [found.kind, found.id]
    return "  ".join(filter(None, told))
