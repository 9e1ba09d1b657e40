"""`manage.py load_demo`: the demonstration consortium, into an empty database."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from consortium.demo.operations import approve_manual, load
from consortium.demo.operations.approving import APPROVERS
from consortium.demo.operations.settling import found_again
from consortium.demo.tasks import films, history
from consortium.people.models import User


class Command(BaseCommand):
    help = "Load the demonstration consortium into an empty database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--manual", action="store_true", help="only approve what is new in the manual")

    def handle(self, *args: Any, manual: bool = False, **options: Any) -> None:
        if not settings.DEMO_MODE:
            raise CommandError("The demonstration loads in demo mode only (DEMO=1).")
        if manual:
            if User.objects.filter(username__in=APPROVERS).count() == len(APPROVERS):
                approve_manual(found_again())
            return
        if User.objects.exists():
            raise CommandError("There are people here already; the demonstration loads into an empty database only.")
        load()
        films.apply_async()
        history.apply_async()
        self.stdout.write("demonstration loaded")
