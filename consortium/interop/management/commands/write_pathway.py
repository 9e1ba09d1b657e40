"""`manage.py write_pathway NUMBER FILE`: a child's pathway with its state, for another consortium's `read_pathway`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consortium.interop.fhir.state import whole_pathway
from consortium.journal.operations import note_read
from consortium.kernel.actors import acting_as, system
from consortium.kernel.api.rendering import to_json
from consortium.patients.models import Pathway


class Command(BaseCommand):
    help = (
        "Writes a pathway as a FHIR R4 Bundle with its state. It names the child: keep the file as you keep a record."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", help="The pathway's number.")
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, number: str, file: Path, **options: Any) -> None:
        with acting_as(system("a pathway is written for another consortium")) as operator:
            pathway = Pathway.objects.filter(number=number).first()
            if pathway is None:
                raise CommandError(f"There is no pathway {number}.")
            found = whole_pathway(operator, pathway.pk)
            note_read(actor=operator, subject=pathway, patient_id=pathway.patient_id, what="pathway written")
        file.write_bytes(to_json(found))
        file.chmod(0o600)
        self.stdout.write(f"{len(found['entry'])} resources")
