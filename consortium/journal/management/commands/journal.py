"""`manage.py journal verify`: recompute every chain and name each place where it does not hold."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consortium.journal.models import Chain
from consortium.journal.queries import chain_faults


class Command(BaseCommand):
    help = "Verify the journal's hash chains."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=["verify"])

    def handle(self, *args: Any, **options: Any) -> None:
        faults = list(chain_faults())
        for fault in faults:
            self.stdout.write(f"{fault.chain} #{fault.seq}: {fault.what}")
        if faults:
            raise CommandError(f"{len(faults)} faults in the journal")
        self.stdout.write(f"{Chain.objects.count()} chains hold")
